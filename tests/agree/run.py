# run.py - do the back ends decide as the evaluator does? The same records through all of them, outcome by outcome, id by id.
# May include: the Python standard library, tests/suite.py and the files beside it.
# Start at main(); compare() says what must be equal.
import argparse
import csv
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from c_target import Target  # noqa: E402
from records import Maker  # noqa: E402
from sql_target import DuckDB, PostgreSQL, Server, SQLite  # noqa: E402
from suite import ROOT, Count, build_option, run  # noqa: E402

GUIDELINES = ("rules/vgr/distanskontakter/2023-06-01.klausul", "rules/halland/distanskontakter/2018-06-28.klausul",
              "rules/halland/medicinsk_service/2018-06-28.klausul", "tests/bench/yardstick.klausul")


def evaluated(klausul, guideline, lines):
    done = run([klausul, "run", guideline, "-", "--input-format", "ndjson", "--format", "ndjson", "--trace"],
               input="".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode())
    return {d["key"]: d for d in (json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in done.stdout.decode().splitlines())}


def plain(value):
    """Values as all can say them: numbers as decimals without an exponent, sets sorted."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, Decimal)):
        return Decimal(value).normalize()
    return sorted(value) if isinstance(value, list) and all(isinstance(x, str) for x in value) else value


def column(c):
    return c.get("value", c.get("document")) if isinstance(c, dict) else c


def outcome_of_evaluator(o):
    out = {"state": o["state"], "by": sorted(o.get("by", [])), "by_one_of": sorted(o.get("by_one_of", []))}
    if o["state"] == "none":
        out["reason"] = o["reason"]
    if o["state"] == "undetermined":
        out["missing"], out["waiting"] = sorted(o["missing"]), sorted(o["waiting"])
    if o["state"] == "external":
        out["document"] = o["document"]
    if "possible" in o or (isinstance(o.get("value"), list) and o["value"] and isinstance(o["value"][0], dict)):
        out["in"] = [{k: plain(column(v)) for k, v in e.items()} for e in o.get("value", [])]
        out["possible"] = [{k: plain(column(v)) for k, v in e.items()} for e in o.get("possible", [])]
    elif o["state"] == "decided":
        out["value"] = plain(o["value"])
    return out


def outcome_of_target(o, many_keys):
    out = {"state": o["state"], "by": sorted(o["by"]), "by_one_of": sorted(o["by_one_of"])}
    for key in ("reason", "document"):
        if key in o:
            out[key] = o[key]
    if o["state"] == "undetermined":
        out["missing"], out["waiting"] = sorted(o["missing"]), sorted(o["waiting"] + o["assumptions"] + o["editions"])
    if "entries" in o:
        if o["state"] == "none":
            return out
        for name, wanted in (("in", 1), ("possible", 0)):
            out[name] = [dict(zip(many_keys, (plain(column(v)) for k, v in e.items() if k != "in"))) for e in o["entries"] if e["in"] == wanted]
    elif "value" in o:
        out["value"] = plain(o["value"])
    return out


def compare(theirs, ours):
    """None, or what differs between the evaluator's decision and a target's."""
    for (name, a), b in zip(theirs["outcomes"].items(), ours["outcomes"].values()):
        entries = a.get("value") if isinstance(a.get("value"), list) else []
        first = next((e for e in (entries or []) + a.get("possible", []) if isinstance(e, dict)), {})
        x, y = outcome_of_evaluator(a), outcome_of_target(b, list(first))
        if x.get("in") == [] and x.get("possible", None) is None:
            x.pop("in")
        for key in sorted(set(x) | set(y)):
            if x.get(key) or y.get(key):
                if x.get(key) != y.get(key):
                    return f"{name}.{key}: {x.get(key)} / {y.get(key)}"
    for key in ("warnings", "blocked_by", "assumptions", "missing"):
        mine = ours["waits"]["missing"] if key == "missing" else ours[key]
        if sorted(theirs[key]) != sorted(mine):
            return f"{key}: {theirs[key]} / {mine}"
    if sorted(theirs["open"]) != sorted(ours["waits"]["assumptions"] + ours["waits"]["editions"]):
        return f"open: {theirs['open']} / {ours['waits']}"
    audits = [name for (name, o) in zip(theirs["outcomes"], ours["outcomes"].values()) if o.get("audit") == 2]
    if sorted(theirs["findings"]) != sorted(ours["findings"] + audits):
        return f"findings: {theirs['findings']} / {ours['findings'] + audits}"
    for entry, truth in theirs["clauses"].items():
        if ours["clauses"].get(entry) != truth:
            return f"{entry}: {truth} / {ours['clauses'].get(entry)}"
    return None


def agree(count, klausul, guideline, records, seed):
    schema = json.loads(run([klausul, "template", guideline, "--format", "json-schema"]).stdout)
    with open(guideline, encoding="utf-8") as f:
        maker = Maker(schema, f.read(), seed)
    made = [maker.record(i) for i in range(records)]
    name = os.path.relpath(guideline, ROOT)
    with tempfile.TemporaryDirectory() as folder:
        target = Target(klausul, guideline, folder, maker.fields, os.environ.get("CC", "cc"))
        ours = target.decide(made)
    theirs = evaluated(klausul, guideline, [maker.as_input(r) for r in made])
    key = next((f.name for f in maker.fields if f.key), None)
    wrong = tried = 0
    for i, (record, decision) in enumerate(zip(made, ours)):
        evaluator = theirs.get(record[key] if key else str(i + 1))
        if evaluator is None:
            continue
        tried += 1
        why = compare(evaluator, decision)
        if why:
            wrong += 1
            if wrong <= 3:
                count.check(f"{name}: record {i} as the C target decides it", False, why + "\n" + json.dumps(maker.as_input(record), ensure_ascii=False))
    count.check(f"{name}: {tried} records, C target", tried > records // 2 and wrong == 0, f"{wrong} of {tried} differ")


def flat(klausul, guideline, lines):
    """The evaluator's decisions as CSV, by key, and which columns are yes/no."""
    done = run([klausul, "run", guideline, "-", "--input-format", "ndjson", "--format", "csv"],
               input="".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode())
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    key = next(iter(rows[0]))
    return {r[key]: r for r in rows}, {c for c in rows[0] if any(r[c] in ("true", "false") for r in rows)}


def agree_sql(count, klausul, guideline, target, records, seed):
    schema = json.loads(run([klausul, "template", guideline, "--format", "json-schema"]).stdout)
    with open(guideline, encoding="utf-8") as f:
        maker = Maker(schema, f.read(), seed)
    made = [maker.record(i) for i in range(records)]
    inputs = [maker.as_input(r) for r in made]
    theirs, booleans = flat(klausul, guideline, inputs)
    name, wrong = f"{os.path.relpath(guideline, ROOT)}: {target.dialect}", 0
    with tempfile.TemporaryDirectory() as folder:
        ours = {r["key"]: r for r in target(klausul, guideline, folder, maker.fields).decide(made, booleans)}
    for i, record in enumerate(inputs):
        a, b = theirs.get(str(i)), ours.get(str(i), {})
        differ = [c for c in b if c not in ("key", "rejected") and b[c] != a.get(c)] if a else []
        if not b or bool(b["rejected"]) != (a is None) or differ:
            wrong += 1
            if wrong <= 3:
                why = "\n".join(f"{c}: {a.get(c)!r} / {b[c]!r}" for c in differ) or f"rejected: {a is None} / {b.get('rejected')}"
                count.check(f"{name}, record {i}", False, why + "\n" + json.dumps(record, ensure_ascii=False))
    count.check(f"{name}, {len(theirs)} records", wrong == 0 and len(theirs) > records // 2, f"{wrong} of {records} differ")


def databases(count, folder):
    """The dialects whose database is here; PostgreSQL's server is started in the folder."""
    if sqlite3.sqlite_version_info >= (3, 35):
        yield SQLite
    else:
        count.skip("SQLite", f"{sqlite3.sqlite_version} is older than 3.35")
    try:
        import duckdb  # noqa: F401
        yield DuckDB
    except ImportError:
        count.skip("DuckDB", "no Python package duckdb")
    try:
        PostgreSQL.server = Server(folder)
        yield PostgreSQL
    except (FileNotFoundError, LookupError) as e:
        count.skip("PostgreSQL", str(e))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("guidelines", nargs="*")
    options = parser.parse_args()
    count = Count()
    klausul = os.path.join(build_option(), "klausul")
    if not shutil.which(os.environ.get("CC", "cc")):
        count.skip("C target", "no C compiler")
    else:
        for guideline in options.guidelines or [os.path.join(ROOT, g) for g in GUIDELINES]:
            agree(count, klausul, guideline, options.records, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        try:
            for target in databases(count, folder):
                for guideline in options.guidelines or [os.path.join(ROOT, g) for g in GUIDELINES]:
                    agree_sql(count, klausul, guideline, target, max(50, options.records // 20), options.seed)
        finally:
            if PostgreSQL.server:
                PostgreSQL.server.stop()
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
