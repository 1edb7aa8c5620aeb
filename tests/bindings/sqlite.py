# sqlite.py - the SQLite extension decides as the command does, says why it refuses, and may stand in views and indexes.
# May include: the Python standard library, tests/suite.py, common.py beside it; builds with `make sqlite`.
# Start at main().
import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import GUIDELINES, Case, loaded, page, sanitized  # noqa: E402
from suite import ROOT, Count, build_option, run  # noqa: E402


def opened(extension):
    db = sqlite3.connect(":memory:")
    db.enable_load_extension(True)
    db.load_extension(extension)
    db.enable_load_extension(False)
    return db


def trouble(db, *query):
    try:
        return f"no trouble: {db.execute(*query).fetchall()}"
    except sqlite3.Error as e:
        return str(e)


def agrees(count, db, cases):
    db.execute("CREATE TABLE guideline (name TEXT PRIMARY KEY, image BLOB)")
    db.execute("CREATE TABLE record (guideline TEXT, number INTEGER, data TEXT)")
    for case in cases:
        db.execute("INSERT INTO guideline VALUES (?, ?)", (case.name, case.image))
        db.executemany("INSERT INTO record VALUES (?, ?, ?)", ((case.name, i, line) for i, line in enumerate(case.lines)))
        rows = db.execute("SELECT klausul_try(?, data, 1) FROM record WHERE guideline = ? ORDER BY number", (case.image, case.name))
        case.check(count, "the guideline a parameter", [r[0] for r in rows])
    # All guidelines in one statement, record by record of another guideline.
    rows = db.execute("SELECT guideline, klausul_try(image, data, 1) FROM record JOIN guideline ON name = guideline ORDER BY number").fetchall()
    for case in cases:
        case.check(count, "the guideline a column", [text for name, text in rows if name == case.name])


def outcomes(count, db, case):
    """klausul_outcome and klausul_state give what stands in the decision."""
    db.execute("CREATE TABLE one AS SELECT ? AS image", (case.image,))
    wrong = 0
    for i, theirs in enumerate(case.decisions[:300]):
        if theirs is None:
            continue
        for name, o in theirs["outcomes"].items():
            value, state = db.execute("SELECT klausul_outcome(image, ?1, ?2), klausul_state(image, ?1, ?2) FROM one", (case.lines[i], name)).fetchone()
            told = o.get("value") if o["state"] == "decided" else None
            if isinstance(told, list):
                value = loaded(value)
            elif isinstance(told, bool):
                told = int(told)
            same = value == told if told is None or isinstance(told, (list, int)) else str(value) == str(told)
            wrong += not same or state != o["state"]
    count.check(f"{case.name}: outcomes one by one", wrong == 0, f"{wrong} differ")


def errors(count, db, case):
    good = case.lines[0]
    for what, image, said in (("half an image", case.image[: len(case.image) // 2], "klausul: not a sound image: byte "),
                              ("a byte changed", case.image[:5000] + b"\xee" + case.image[5001:], "klausul: not a sound image: byte "),
                              ("nothing", b"", "klausul: not a sound image: byte 0: "), ("a text", "x", "klausul: the guideline is a blob")):
        why = trouble(db, "SELECT klausul_decide(?, ?)", (image, good))
        count.check(f"guideline is {what}", why.startswith(said), why)
    for what, record, said in (("no JSON", "{", "klausul: K0505: the line is not a JSON object"), ("a list", "[{}]", "klausul: K0505: "),
                               ("two objects", "{}\n{}", "klausul: K0505: "), ("empty", "", "klausul: K0505: "),
                               ("broken string", '{"a": "x\ny"}', "klausul: K0505: "),
                               ("unknown code", '{"kontakt_id": "1", "form": "brevduva"}', 'klausul: K0509: the code is not among the field\'s values: form: "brevduva"')):
        why = trouble(db, "SELECT klausul_decide(?, ?)", (case.image, record))
        count.check(f"record is {what}", why.startswith(said), why)
    why = trouble(db, "SELECT klausul_outcome(?, ?, 'avgiften')", (case.image, good))
    count.check("no such outcome", why == "klausul: the guideline has no such outcome", why)
    row = db.execute("SELECT klausul_decide(NULL, '{}'), klausul_try(?1, NULL), klausul_outcome(?1, NULL, 'x'), klausul_inspect(NULL)", (case.image,)).fetchone()
    count.check("NULL gives NULL", row == (None,) * 4, row)
    spread = good.replace(", ", ",\r\n\t").replace("{", "\n{\n")
    a, b = db.execute("SELECT klausul_decide(?1, ?2), klausul_decide(?1, ?3)", (case.image, good, spread)).fetchone()
    count.check("line breaks between values", a == b and loaded(a)["outcomes"], b)
    about = loaded(db.execute("SELECT klausul_inspect(?)", (case.image,)).fetchone()[0])
    count.check("klausul_inspect", about["guideline"] == "vgr.distanskontakter" and {"name": "listad", "type": "yes/no", "required": False} in about["fields"]
                and [o["name"] for o in about["outcomes"]] == list(next(d for d in case.decisions if d)["outcomes"]), about)


def damaged(count, db, case):
    """Whatever a record's text is, klausul_try answers: with a decision or with what it refuses."""
    dice, wrong, refused = random.Random(1), [], 0
    for line in case.lines * 2:
        text = line
        for _ in range(dice.randrange(1, 4)):
            at, more = dice.randrange(len(text) + 1), dice.choice(('"', "\\", "{", "}", "[", "]", ",", "\n", ":", "\x01", "é", "\\ud800", "", "null"))
            text = text[:at] + more + text[at + dice.randrange(0, 4):]
        told = loaded(db.execute("SELECT klausul_try(?, ?)", (case.image, text)).fetchone()[0])
        refused += "rejected" in told
        if not told.get("outcomes") and not told.get("rejected", {}).get("code"):
            wrong.append(text)
    count.check(f"{2 * len(case.lines)} damaged records, {refused} refused", not wrong and 0 < refused < 2 * len(case.lines), "\n".join(wrong[:3]))
    why = trouble(db, "SELECT klausul_decide(?, ?)", (case.image, '{"kontakt_id": "' + "x" * 2 ** 24 + '"}'))
    count.check("a record of more than 16 MB", why == "klausul: K0503: the record is longer than 16 MB", why[:200])


def in_the_schema(count, db, case):
    """Innocuous and deterministic: a view may use it where the schema is not trusted, and so may an index."""
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("CREATE TABLE contact (data TEXT, image BLOB, beslut TEXT GENERATED ALWAYS AS (klausul_state(image, data, 'beslut')) VIRTUAL)")
    db.execute("CREATE INDEX contact_beslut ON contact (beslut)")
    db.execute("CREATE VIEW decided AS SELECT klausul_state(image, data, 'beslut') AS state FROM contact")
    lines = [line for line, d in zip(case.lines, case.decisions) if d][:100]
    db.executemany("INSERT INTO contact VALUES (?, ?)", ((line, case.image) for line in lines))
    wanted = sum(d["outcomes"]["beslut"]["state"] == "decided" for d in [d for d in case.decisions if d][:100])
    got = [db.execute(q).fetchone()[0] for q in ("SELECT count(*) FROM decided WHERE state = 'decided'", "SELECT count(*) FROM contact WHERE beslut = 'decided'")]
    count.check("in a view, a generated column and an index", got == [wanted, wanted] and 0 < wanted < 100, f"{wanted}, {got}")


def many_guidelines(count, db, build, folder):
    """More guidelines than a connection keeps ready, in turn."""
    images = []
    for i in range(12):
        path = os.path.join(folder, f"g{i}.klausul")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"riktlinje g{i}\n  gäller utan datum\npost sak\n  f : ja/nej\nutfall u : heltal\nregel r\n  när f\n  ger u {i}\n")
        done = run([os.path.join(build, "klausul"), "build", path, "-o", path + ".image"])
        if not count.check(f"guideline {i}", done.returncode == 0, done.stderr.decode()):
            return
        with open(path + ".image", "rb") as f:
            images.append(f.read())
    db.execute("CREATE TABLE many (number INTEGER, image BLOB)")
    db.executemany("INSERT INTO many VALUES (?, ?)", enumerate(images))
    rows = db.execute("""SELECT number, klausul_outcome(image, '{"f": true}', 'u') FROM many, (SELECT value FROM json_each('[1,2,3]')) ORDER BY value, number""").fetchall()
    count.check("twelve guidelines in turn", len(rows) == 36 and all(a == b for a, b in rows), rows)


def host(count, build, extension, folder):
    """The host of examples/, in a process of its own."""
    image = os.path.join(folder, "host.image")
    run([os.path.join(build, "klausul"), "build", "rules/vgr/distanskontakter/2023-06-01.klausul", "-o", image], cwd=ROOT)
    done = run([sys.executable, "examples/sqlite/decide.py", extension, image, "examples/vgr/kontakter.ndjson"], cwd=ROOT)
    told = done.stdout.decode()
    count.check("examples/sqlite/decide.py", done.returncode == 0 and "registrering.1" in told and "refused" not in told, told + done.stderr.decode())


def more_rounds(count, build, extension, folder, rounds):
    """Other records of every guideline, so many times."""
    for seed in range(2, rounds + 1):
        db = opened(extension)
        agrees(count, db, [Case(build, g, folder, 5000, seed) for g in GUIDELINES])
        db.close()


def main():
    parser = argparse.ArgumentParser(description="tests of the SQLite extension")
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=1, help="so many times other records")
    options = parser.parse_args()
    build, count = build_option(), Count()
    extension = os.path.join(build, "sqlite", "klausul.so")
    debian = "/usr/bin/python3"  # loads extensions; a Python built by oneself often does not
    if not hasattr(sqlite3.Connection, "enable_load_extension") and os.path.exists(debian) and sys.executable != debian:
        os.execv(debian, [debian, *sys.argv])
    known_as = os.path.relpath(build, ROOT) if build.startswith(ROOT + os.sep) else build
    done = run(["make", "-s", f"B={known_as}", *(["SAN=1"] if sanitized(build) else []), "sqlite"], cwd=ROOT, env=dict(os.environ, MAKEFLAGS=""))
    count.check("make sqlite", done.returncode == 0, done.stdout.decode() + done.stderr.decode())
    if not os.path.exists(extension):
        count.skip("SQLite extension", "no sqlite3ext.h (package libsqlite3-dev)")
    elif sanitized(build):
        count.skip("SQLite extension", "a sanitizer's library cannot be loaded into Python")
    elif not hasattr(sqlite3.Connection, "enable_load_extension"):
        count.skip("SQLite extension", "this Python's sqlite3 loads no extensions")
    else:
        with tempfile.TemporaryDirectory() as folder:
            cases = [Case(build, g, folder, 3000) for g in GUIDELINES]
            db = opened(extension)
            agrees(count, db, cases)
            outcomes(count, db, cases[0])
            errors(count, db, cases[0])
            damaged(count, db, cases[0])
            in_the_schema(count, db, cases[0])
            many_guidelines(count, db, build, folder)
            db.close()
            more_rounds(count, build, extension, folder, options.rounds)
            host(count, build, extension, folder)
            if shutil.which("sqlite3"):
                page(count, build, "sqlite", os.path.dirname(shutil.which("sqlite3")))
            else:
                count.skip("lang/spec/sqlite.md", "no program sqlite3")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
