# check.py - the shipped guidelines against facts derived by hand: every case of cases.json, and every row of rules/statements.csv.
# May include: the Python standard library and tests/suite.py; runs klausul.
# Start at main(): one traced run per guideline and assumption; compare() says what a case demands of its decision.
import csv
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from suite import ROOT, Count, build_option, clean_environment, run  # noqa: E402

STATEMENTS = 104
HOW = {"clause", "item", "rule", "row", "requirement", "note"}
LISTS = ("missing", "open", "findings", "warnings")


def record_of(case, base):
    """The base record with the case's changes: null removes, a dotted name reaches into an object."""
    record = json.loads(json.dumps(base))
    for name, value in case["change"].items():
        *path, last = name.split(".")
        place = record
        for step in path:
            place = place.setdefault(step, {})
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    record["contact_id"] = case["id"]
    record["guideline"] = case["guideline"]  # a column that no field reads
    return record


def decide(klausul, rules, records, assume=None):
    """Decisions by key, or a message."""
    command = [klausul, "run", os.path.join(ROOT, rules), "-", "--input-format", "ndjson", "--format", "ndjson", "--trace"]
    if assume:
        command += ["--assume", assume]
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    done = run(command, input=text.encode(), env=clean_environment(), cwd=ROOT)
    if done.returncode not in (0, 1):
        return done.stderr.decode("utf-8", "replace")
    decisions = {}
    for line in done.stdout.decode("utf-8").splitlines():
        decision = json.loads(line)
        decisions[decision["key"]] = decision
    return decisions


def same(want, got):
    """A list of objects is compared without regard to order; a column that was not stated may be null, absent or say so."""
    if isinstance(want, list) and want and isinstance(want[0], dict):
        return isinstance(got, list) and len(want) == len(got) and all(any(same(w, g) for g in got) for w in want)
    if isinstance(want, dict):
        return isinstance(got, dict) and all(same(v, got.get(k)) for k, v in want.items())
    if want is None:
        return got is None or got == {"state": "not_stated"}
    if isinstance(want, list):
        return isinstance(got, list) and sorted(want) == sorted(got)
    return type(want) is type(got) and want == got or (
        isinstance(want, (int, float)) and isinstance(got, (int, float)) and not isinstance(want, bool) and not isinstance(got, bool)
        and want == got)


def compare(want, decision, statements):
    """What the decision lacks, as a list of sentences."""
    wrong = []
    for name, expected in want.get("outcomes", {}).items():
        got = decision["outcomes"].get(name)
        if got is None:
            wrong.append(f"{name}: no such outcome")
        elif isinstance(expected, dict):
            for key, value in expected.items():
                have = sorted(got.get(key, [])) if key == "missing" else got.get(key)
                if have != (sorted(value) if key == "missing" else value):
                    wrong.append(f"{name}.{key}: want {value}, got {got}")
        elif got["state"] != "decided" or not same(expected, got["value"]):
            wrong.append(f"{name}: want {expected}, got {got}")
    for key in LISTS:
        if key in want and sorted(want[key]) != sorted(decision[key]):
            wrong.append(f"{key}: want {want[key]}, got {decision[key]}")
    shown = set(decision["blocked_by"]) | set(decision["findings"]) | set(decision["warnings"])
    for outcome in decision["outcomes"].values():
        shown.update(outcome.get("by", []), outcome.get("by_one_of", []))
        for entry in outcome.get("entries", []):
            shown.update(entry.get("by", []), entry.get("by_one_of", []))
    shown.update(id for id, truth in decision["clauses"].items() if truth in ("yes", "no"))
    for statement in want.get("statements", []):
        if not shown & set(statements[statement]):
            wrong.append(f"{statement} ({' '.join(statements[statement])}) does not appear")
    return wrong


def read_statements(count):
    with open(os.path.join(ROOT, "rules", "statements.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    names = [r["statement"] for r in rows]
    count.check("statements.csv: every statement once", len(set(names)) == len(names) == STATEMENTS, f"{len(set(names))} of {len(names)} rows")
    for r in rows:
        how = set(r["how"].split())
        count.check(f"{r['statement']}: how", how and how <= HOW, r["how"])
    return {r["statement"]: r["id"].split() for r in rows}


def guideline_of(statement):
    if statement.startswith("vgr/"):
        return "vgr"
    return "service" if statement.startswith("halland/medicinsk-service/") else "halland"


def ids_of(klausul, rules):
    """Every id of a guideline, notes included, as `klausul inspect` lists them for its image."""
    found = set()
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(os.listdir(os.path.join(ROOT, rules))):
            if not name.endswith(".klausul"):
                continue
            image = os.path.join(folder, name + ".kli")
            built = run([klausul, "build", os.path.join(ROOT, rules, name), "-o", image], env=clean_environment(), cwd=ROOT)
            shown = run([klausul, "inspect", image, "--lang", "en"], env=clean_environment(), cwd=ROOT)
            if built.returncode or shown.returncode:
                raise SystemExit((built.stderr + shown.stderr).decode("utf-8", "replace"))
            listed = shown.stdout.decode().split("\nClauses, rules and rows\n", 1)[1].split("\n\n", 1)[0]
            found.update(line.split()[0] for line in listed.splitlines())
    return found


def main():
    count = Count()
    klausul = os.path.join(build_option(), "klausul")
    with open(os.path.join(HERE, "cases.json"), encoding="utf-8") as f:
        data = json.load(f)
    statements = read_statements(count)

    ids = {name: ids_of(klausul, g["rules"]) for name, g in data["guidelines"].items()}
    for statement, named in statements.items():
        unknown = [i for i in named if i not in ids[guideline_of(statement)]]
        count.check(f"{statement}: ids exist", named and not unknown, f"not in the rules: {' '.join(unknown)}")

    runs = {}  # (guideline, assumption or None) → [(name, what is wanted, record)]
    for case in data["cases"]:
        record = record_of(case, data["guidelines"][case["guideline"]]["base"])
        runs.setdefault((case["guideline"], None), []).append((case["id"], case, record))
        for other in case.get("assuming", []):
            runs.setdefault((case["guideline"], other["assume"]), []).append((f"{case['id']} assuming {other['assume']}", other, record))
    for (guideline, assume), wanted in runs.items():
        decisions = decide(klausul, data["guidelines"][guideline]["rules"], [r for _, _, r in wanted], assume)
        for name, want, record in wanted:
            if isinstance(decisions, str) or record["contact_id"] not in decisions:
                count.fail(name, decisions if isinstance(decisions, str) else "no decision: rejected?")
                continue
            wrong = compare(want, decisions[record["contact_id"]], statements)
            count.check(name, not wrong, "\n".join(wrong))
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
