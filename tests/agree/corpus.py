# corpus.py - what all back ends are tried on: the shipped guidelines, the conformance cases under every assumption, the cases of the language.
# May include: the Python standard library, tests/suite.py, tests/conformance/check.py, records.py beside it.
# Start at shipped(), conformance() and language(); a Source is one guideline with records, each as it was written and as Klausul holds it.
import csv
import glob
import io
import json
import os
import re
import shlex
import shutil
import sys
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "agree"), os.path.join(TESTS, "conformance")]
from check import record_of  # noqa: E402
from records import DAY0, Maker  # noqa: E402
from suite import ROOT, run  # noqa: E402

SHIPPED = ("rules/vgr/distanskontakter/2023-06-01.klausul", "rules/halland/distanskontakter/2018-06-28.klausul",
           "rules/halland/medicinsk_service/2018-06-28.klausul", "tests/bench/yardstick.klausul", "tests/agree/pieces.klausul")
HEAVY = SHIPPED[:2]  # with diagrams so wide that a database walks them for milliseconds a record
OTHER_RULES = ("tests/bindings/wasm/fees.klausul", "tests/docs/ref.klausul")
NOT_IN_SQL = {"many_of.golden: g.klausul", "periods.golden: g.klausul", "row_by_row.golden: rad.klausul"}  # refused when they are built
TRUTHS = {"ja": True, "j": True, "true": True, "1": True, "sant": True, "yes": True, "y": True,
          "nej": False, "n": False, "false": False, "0": False, "falskt": False, "no": False}


class Source:
    """A guideline's file and how its records are made; `written` are records as JSON, or None where they are made here."""

    def __init__(self, klausul, name, path, seed=1):
        self.name, self.path = name, path
        done = run([klausul, "template", path, "--format", "json-schema"])
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        with open(path, encoding="utf-8") as f:
            self.maker = Maker(json.loads(done.stdout), f.read(), seed)
        self.fields = self.maker.fields
        self.key = next((f.name for f in self.fields if f.key), None)
        self.own = []

    def take(self, objects):
        """Records of a case, as far as read() can read them; keys are replaced by numbers."""
        for o in objects:
            try:
                record = read(self.fields, o)
            except (ValueError, InvalidOperation):
                continue
            number = str(len(self.own))
            if self.key:
                record[self.key] = number
                names = set(next(f.names for f in self.fields if f.key))
                o = {**{k: v for k, v in o.items() if k.strip() not in names}, self.key: number}
            self.own.append((record, o))

    def made(self, count):
        """The records of the case, then so many more."""
        yield from self.own
        self.maker.again()
        bases = [{k: v for k, v in record.items() if k != self.key} for record, _ in self.own]
        for i in range(len(self.own), len(self.own) + count):
            record = self.maker.record(i, bases)
            yield record, self.maker.with_blanks(self.maker.as_input(record))

    def full(self):
        for i, record in enumerate(self.maker.full()):
            record = self.maker.numbered(record, i)
            yield record, self.maker.with_blanks(self.maker.as_input(record))


# ---------------------------------------------------------------- records as they are written
def found(record, name):
    """What stands under the name, which may reach into objects."""
    if name in record:
        return record[name]
    head, _, rest = name.partition(".")
    return found(record[head], rest) if rest and isinstance(record.get(head), dict) else None


def one(f, v):
    """A value as Klausul holds it; ValueError where it is none."""
    text = unicodedata.normalize("NFC", v).strip() if isinstance(v, str) else v
    if f.kind == "yes/no":
        return v if isinstance(v, bool) else TRUTHS[str(text).lower()]
    if f.kind == "values":
        return f.codes[str(text)]
    if f.kind == "set":
        if isinstance(text, str):
            text = [] if text in ("inga", "empty", "[]") else [text] if text in f.codes else re.split(r"[,;|\n]\s*", text) if re.search(r"[,;|\n]", text) else text.split()
        return sorted({f.codes[str(x).strip()] for x in text}, key=f.values.index)
    if f.kind == "date":
        return (date.fromisoformat(text if "-" in str(text) else f"{str(text)[:4]}-{str(text)[4:6]}-{str(text)[6:]}") - DAY0).days
    if f.kind == "text":
        return str(text)
    if isinstance(v, bool) or not re.fullmatch(r"-?(\d[\d\s]*)?([.,]\d+)?( ?kr)?", str(text)):
        raise ValueError(v)
    n = Decimal(re.sub(r"\s|kr", "", str(text)).replace(",", ".")).scaleb(f.scale)
    if n != int(n) or abs(n) > 10 ** 15:
        raise ValueError(v)
    return int(n)


def read(fields, record):
    """A record as a case has it, of CSV or JSON, as Maker's own are; ValueError where that is not plain."""
    record = {unicodedata.normalize("NFC", k).strip(): v for k, v in record.items() if k is not None}
    out = {}
    for f in fields:
        given = [v for v in (found(record, name) for name in f.names) if v is not None and not (isinstance(v, str) and not v.strip())]
        try:
            values = [one(f, v) for v in given]
        except (KeyError, TypeError) as e:
            raise ValueError(f.name) from e
        if any(v != values[0] for v in values):
            raise ValueError(f.name)
        if values:
            out[f.name] = values[0]
    return out


# ---------------------------------------------------------------- where guidelines are
def cases():
    with open(os.path.join(TESTS, "conformance", "cases.json"), encoding="utf-8") as f:
        data = json.load(f)
    for name, guideline in data["guidelines"].items():
        of = [c for c in data["cases"] if c["guideline"] == name]
        assumed = sorted({other["assume"] for case in of for other in case.get("assuming", [])})
        newest = sorted(glob.glob(os.path.join(ROOT, guideline["rules"], "*.klausul")))[-1]
        yield newest, [record_of(case, guideline["base"]) for case in of], assumed


def shipped(klausul, seed):
    """The shipped guidelines with the conformance cases as they are."""
    records = {path: objects for path, objects, _ in cases()}
    for name in SHIPPED:
        path = os.path.join(ROOT, name)
        source = Source(klausul, name, path, seed)
        source.take(records.get(path, ()))
        yield source


def assuming(path, assumed, to):
    """The rule text with another value of an assumption, and the files it uses, in a folder of their own."""
    shutil.copytree(os.path.join(ROOT, "rules"), to)
    path = os.path.join(to, os.path.relpath(path, os.path.join(ROOT, "rules")))
    name, value = assumed.split("=", 1)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    value += " minuter" if re.search(rf"^antagande {name} .*: minuter ", text, re.M) else ""
    text, times = re.subn(rf"^(antagande {name} .*annars )(okänt mellan .*? och \d+ \w+|\S+)", lambda m: m[1] + value, text, flags=re.M)
    if times != 1:
        raise LookupError(f"{path}: the assumption {name} is found {times} times")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def conformance(klausul, folder):
    """The conformance cases under each assumption that one of them names."""
    for path, objects, assumed in cases():
        for number, one_of in enumerate(assumed):
            name = f"{os.path.relpath(path, ROOT)} {one_of}"
            source = Source(klausul, name, assuming(path, one_of, os.path.join(folder, f"{os.path.relpath(path, ROOT).replace(os.sep, '-')}.{number}")))
            source.take(objects)
            yield source


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        text = f.read()
    if path.endswith(".csv"):
        first = text.split("\n", 1)[0]
        return list(csv.DictReader(io.StringIO(text), delimiter=max(";,\t", key=first.count)))
    lines = (json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip())
    return [{k: str(v) if isinstance(v, Decimal) else v for k, v in line.items()} for line in lines]


def language(klausul, folder):
    """tests/golden/meaning: each guideline there that compiles, with the records that the case's runs decide."""
    for number, golden in enumerate(sorted(glob.glob(os.path.join(TESTS, "golden", "meaning", "*.golden")))):
        place = os.path.join(folder, str(number))
        with open(golden, encoding="utf-8") as f:
            parts = re.split(r"^-- (.*)\n", f.read(), flags=re.M)
        words = [shlex.split(head[9:]) for head in parts[1::2] if head.startswith("command: run ")]
        rules = []
        for head, text in zip(parts[1::2], parts[2::2]):
            if head.startswith("file: "):
                path = os.path.join(place, head[6:])
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
                if re.search(r"^(riktlinje|guideline) ", text, re.M):
                    rules.append(head[6:])
        for name in rules:
            try:
                source = Source(klausul, f"{os.path.basename(golden)}: {name}", os.path.join(place, name))
            except RuntimeError:  # a case of what does not compile
                continue
            for given in sorted({w[2] for w in words if w[1] in (name, os.path.dirname(name)) and w[2].endswith((".csv", ".ndjson"))}):
                try:
                    source.take(rows_of(os.path.join(place, given)))
                except (ValueError, OSError):  # a case of what cannot be read
                    continue
            yield source
    for name in OTHER_RULES:
        yield Source(klausul, name, os.path.join(ROOT, name))
