# common.py - what the tests of bindings share: records, what the command decides of them, and how two decisions are compared.
# May include: the Python standard library, tests/suite.py and tests/agree/records.py.
# Start at Case: a guideline with its image, its records and the command's decisions.
import csv
import json
import os
import re
import sys
from decimal import Decimal

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "agree")]
from records import Maker  # noqa: E402
from suite import ROOT, run  # noqa: E402

GUIDELINES = ("rules/vgr/distanskontakter/2023-06-01.klausul", "rules/halland/distanskontakter/2018-06-28.klausul",
              "rules/halland/medicinsk_service/2018-06-28.klausul", "tests/bench/yardstick.klausul")


def loaded(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def sanitized(build):
    return b"__asan_init" in run(["nm", "-g", os.path.join(build, "libklausul.a")]).stdout


def conformance(guideline, key):
    """The records of the conformance cases for that guideline, under keys of their own."""
    sys.path.append(os.path.join(TESTS, "conformance"))
    from check import record_of
    with open(os.path.join(TESTS, "conformance/cases.json"), encoding="utf-8") as f:
        data = json.load(f)
    for case in data["cases"]:
        of = data["guidelines"][case["guideline"]]
        if guideline.startswith(of["rules"] + "/"):
            yield dict(record_of(case, of["base"]), **({key: case["id"]} if key else {}))


class Case:
    """One guideline: `lines` are records as JSON, `decisions` the command's for each, None where it rejects the record; `codes` why."""

    def __init__(self, build, guideline, folder, records, seed=1):
        klausul = os.path.join(build, "klausul")
        self.name, path = guideline, os.path.join(ROOT, guideline)
        self.image_path = os.path.join(folder, re.sub(r"\W", "_", guideline) + ".image")
        done = run([klausul, "build", path, "-o", self.image_path])
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        with open(self.image_path, "rb") as f:
            self.image = f.read()
        schema = json.loads(run([klausul, "template", path, "--format", "json-schema"]).stdout)
        with open(path, encoding="utf-8") as f:
            maker = Maker(schema, f.read(), seed)
        made = [maker.as_input(maker.record(i)) for i in range(records)]
        for i, record in enumerate(made):  # some that are refused, for several reasons
            if i % 50 == 7:
                field = maker.rng.choice(maker.fields)
                record[field.name] = maker.rng.choice(([1, [2]], {"a": 1}, "ingen sådan kod", "2023-02-30", "1e400", "x" * 10))
        key = next((f.name for f in maker.fields if f.key), None)
        made += conformance(guideline, key)
        self.keyed = key is not None
        self.lines = [json.dumps(r, ensure_ascii=False) for r in made]
        rejects = os.path.join(folder, "rejects.csv")
        done = run([klausul, "run", path, "-", "--input-format", "ndjson", "--format", "ndjson", "--trace", "--rejects", rejects],
                   input="".join(line + "\n" for line in self.lines).encode())
        if done.returncode > 1:
            raise RuntimeError(done.stderr.decode())
        with open(rejects, encoding="utf-8", newline="") as f:
            self.rejected = {int(r["row"]) - 1: (r["code"], r["column"], r["reason"]) for r in csv.DictReader(f)}
        told = iter(loaded(line) for line in done.stdout.decode().splitlines())
        self.decisions = [None if i in self.rejected else next(told) for i in range(len(made))]

    def differs(self, i, ours):
        """None, or how a binding's answer for record i differs from the command's; both with trace."""
        theirs = self.decisions[i]
        if theirs is None:
            why = ours.get("rejected", {})
            return None if (why.get("code"), why.get("column"), why.get("reason")) == self.rejected[i] else f"{self.rejected[i]} / {ours}"
        if not self.keyed:
            theirs, ours = dict(theirs, key=None), dict(ours, key=None)
        if theirs == ours:
            return None
        return "\n".join(f"{k}: {theirs.get(k)} / {ours.get(k)}" for k in theirs if theirs.get(k) != ours.get(k)) or f"{theirs} / {ours}"

    def check(self, count, what, answers):
        """All answers at once, as JSON texts in the records' order."""
        wrong = [(i, why) for i, text in enumerate(answers) for why in [self.differs(i, loaded(text))] if why]
        for i, why in wrong[:3]:
            count.check(f"{self.name}, record {i}, {what}", False, f"{why}\n{self.lines[i]}")
        refused = len(self.rejected)
        count.check(f"{self.name}: {len(self.lines)} records, {refused} refused, {what}",
                    not wrong and len(answers) == len(self.lines) and 0 < refused < len(self.lines) // 2,
                    f"{len(wrong)} of {len(self.lines)} differ; {len(answers)} answers")


def page(count, build, name, programs):
    """The console blocks of a page of the manual, with programs that only this test has."""
    command = [sys.executable, os.path.join(TESTS, "docs/run.py"), "--build", build, f"--with={name}={programs}", os.path.join(ROOT, f"lang/spec/{name}.md")]
    done = run(command, cwd=ROOT)
    count.check(f"lang/spec/{name}.md", done.returncode == 0, done.stdout.decode() + done.stderr.decode())
