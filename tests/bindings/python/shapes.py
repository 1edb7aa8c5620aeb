# shapes.py - decisions of the package in the shapes that the command writes, to compare one with the other.
# May include: the Python standard library, klausul, tests/suite.py.
# Start at as_json() for a Decision, as_cells() for a row of an Arrow table; judged() and flat() ask the command.
import csv
import datetime
import io
import json
import os
import sys
import tempfile
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
from suite import clean_environment, run  # noqa: E402

import klausul  # noqa: E402


def plain(value):
    """Values of JSON and of Python as one: numbers as decimals, days as text, sets and lists of names sorted."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, Decimal)):
        return Decimal(value).normalize()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, klausul.ColumnState):
        return {"state": value.state, "document": value.document} if value.document else {"state": value.state}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    items = [plain(v) for v in value]
    return sorted(items) if all(isinstance(v, str) for v in items) else items


def outcome_as_json(o):
    out = {"state": o.state}
    if o.state == "decided" or isinstance(o.value, tuple):
        out["value"] = plain(o.value)
    if o.possible:
        out["possible"] = plain(o.possible)
    for name in ("document", "reason"):
        if getattr(o, name) is not None:
            out[name] = getattr(o, name)
    for name in ("by", "by_one_of"):
        if getattr(o, name):
            out[name] = plain(getattr(o, name))
    if o.state == "undetermined":
        out["missing"], out["waiting"] = plain(o.missing), plain(o.waiting)
    return out


def as_json(d):
    """A Decision as the command's NDJSON, lists sorted."""
    out = {"guideline": d.guideline, "edition": d.edition, "outcomes": {n: outcome_as_json(o) for n, o in d.outcomes.items()}}
    for name in ("findings", "warnings", "missing", "open", "blocked_by", "assumptions"):
        out[name] = plain(getattr(d, name))
    if d.trace is not None:
        out["clauses"] = d.trace
    return out


def of_command(line):
    """A line of the command, made comparable with as_json()."""
    out = plain(line)
    out.pop("key")
    return out


def difference(a, b, path=""):
    """Where two such shapes differ first, or None."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *(k for k in b if k not in a)]:
            why = difference(a.get(key), b.get(key), f"{path}.{key}")
            if why:
                return why
        return None
    return None if a == b else f"{path[1:]}: {a!r} / {b!r}"


def cell(value):
    """A value of an Arrow column as the command writes it in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def as_cells(row):
    """A row of decisions as the command's CSV: what is external shows its document."""
    out = {}
    for name, value in row.items():
        if name == "row" or name.endswith(".document"):
            continue
        document = row.get(name + ".document")
        out[name] = cell(value if document is None else document)
    return out


def command(klausul_, rules, text, form, out, assume, folder):
    words = [klausul_, "run", rules, "-", "--input-format", form, "--format", out, "--lang", "en"]
    for name in assume:
        words += ["--assume", name]
    rejects = os.path.join(folder, "rejects.csv")
    done = run([*words, *(["--trace"] if out == "ndjson" else []), "--rejects", rejects], input=text, env=clean_environment())
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode())
    refused = []
    if os.path.exists(rejects):
        with open(rejects, encoding="utf-8", newline="") as f:
            refused = list(csv.DictReader(f))
    return done.stdout.decode(), refused


def judged(klausul_, rules, text, form="ndjson", assume=()):
    """The command's decisions in full, in order, and what it rejected."""
    with tempfile.TemporaryDirectory() as folder:
        out, refused = command(klausul_, rules, text, form, "ndjson", assume, folder)
    return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in out.splitlines()], refused


def flat(klausul_, rules, text, form="ndjson", assume=()):
    """The command's decisions as rows of cells, in order, and what it rejected."""
    with tempfile.TemporaryDirectory() as folder:
        out, refused = command(klausul_, rules, text, form, "csv", assume, folder)
    return list(csv.DictReader(io.StringIO(out))), refused
