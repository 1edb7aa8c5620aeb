# tools.py - `make bench-tools`: rows a second of every target and binding, beside the evaluator and beside the same decisions written as SQL by hand.
# May include: the Python standard library, tests/suite.py, tests/agree, tests/bindings and the scripts beside it; what is not installed is not measured.
# Start at CONTESTANTS: each is made ready once, checked to decide as the command does, then timed in turn. --write puts the table into the manual.
import argparse
import csv
import importlib.util
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import types
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "agree"), os.path.join(TESTS, "bindings")]
import bench  # noqa: E402
import page  # noqa: E402
from c_target import HEAD, Target  # noqa: E402
from corpus import read  # noqa: E402
from records import Maker  # noqa: E402
from sql_target import DuckDB, PostgreSQL, SQLite, cell  # noqa: E402
from suite import ROOT, run  # noqa: E402

OUTCOMES = ("typ", "kvalificerad", "avgift", "poäng", "klausul")
PASSES = 20  # of what takes microseconds a record
FACTS = """SELECT contact_id, form, yrke = 'läkare' AS physician, coalesce(kva = 'ZV051', {no}) AS coded, datum < {day} AS early,
  legitimerad AS licensed, planerad AS planned, listad AS listed, dialog, som_besök AS equals_visit, bedömning AS assessment,
  journalförd AS journaled, stark_inlogg AS strong_auth, receptförnyelse AS renewal_only, förlängt_intyg AS sick_note_extension_only,
  nytt_hjälpmedel AS aid_renewal_only, egenmätning AS self_monitoring_only FROM kontakt"""


class NotHere(Exception):
    """What the contestant needs is not installed."""


class Data:
    """The records in every form that somebody wants, and what the command decides of them."""

    def __init__(self, build, folder, rows):
        self.build, self.folder, self.rows = build, folder, rows
        self.klausul = os.path.join(build, "klausul")
        self.csv, self.image = os.path.join(folder, "records.csv"), os.path.join(folder, "y.kli")
        with open(self.csv, "wb") as f:
            subprocess.run([os.path.join(build, "tests", "bench", "records"), str(rows), "csv"], stdout=f, check=True)
        subprocess.run([self.klausul, "build", bench.GUIDELINE, "-o", self.image], check=True)
        with open(self.image, "rb") as f:
            self.image_bytes = f.read()
        schema = json.loads(run([self.klausul, "template", bench.GUIDELINE, "--format", "json-schema"]).stdout)
        self.maker = Maker(schema, "", 1)
        self.fields = self.maker.fields
        with open(self.csv, encoding="utf-8", newline="") as f:
            self.records = [read(self.fields, row) for row in csv.DictReader(f)]
        self.objects = [self.maker.as_input(r) for r in self.records]
        self.lines = [json.dumps(o, ensure_ascii=False) for o in self.objects]
        done = run([self.klausul, "run", self.image, self.csv, "--select", bench.PLAIN, "-f", "csv"])
        self.decided = list(csv.reader(io.StringIO(done.stdout.decode())))[1:]
        self.filled = set()  # schemas of the PostgreSQL server

    def path(self, name):
        return os.path.join(self.folder, name)


def shown(state, value):
    """An outcome as the command writes it where its state has no column of its own."""
    if state == "none":
        return ""
    return cell(value) if state == "decided" else state


def of_outcomes(key, outcomes):
    return [key, *(shown(outcomes[name]["state"], outcomes[name].get("value")) for name in OUTCOMES)]


def loaded(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


class Contestant:
    """`most` rows are decided; ready() once, decisions() to be checked, seconds() in every round."""

    def __init__(self, data, most):
        self.data, self.rows = data, min(most, data.rows)
        self.ready()

    def ready(self):
        raise NotImplementedError


# ---------------------------------------------------------------- the evaluator
class Library(Contestant):
    """Columns in memory, all outcomes out; the program finds the fastest of its rounds itself."""

    def ready(self):
        self.rows = None

    def decisions(self):
        return None  # tests/runtime and `make bench` check it

    def seconds(self):
        done = run([os.path.join(self.data.build, "tests", "bench", "memory"), "times", self.data.image])
        return json.loads(done.stdout)["untraced"] / 1e9


class Command(Contestant):
    def ready(self):
        pass

    def seconds(self):
        start = time.perf_counter()
        done = run([self.data.klausul, "run", self.data.image, self.data.csv, "--select", bench.COLUMNS, "-f", "csv", "-o", self.data.path("out"), "-j", "1"])
        took = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return took

    def decisions(self):
        self.seconds()
        with open(self.data.path("out"), encoding="utf-8", newline="") as f:
            return [row[:6] for row in list(csv.reader(f))[1:]]


# ---------------------------------------------------------------- C
class Timed(Target):
    """The C target with a driver that decides records it has in memory."""

    level = "-O2"

    def driver(self):
        out = HEAD + "#include <time.h>\nint main(int argc, char **argv) {\n    size_t n = strtoul(argv[1], NULL, 10), all = 0, size = 0, room = 1 << 20;\n"
        out += "    char *at, *token, *input = malloc(room);\n    @_record *records = calloc(n, sizeof *records);\n    static @_decision d;\n    struct timespec a, b;\n    (void)argc;\n"
        out += "    while ((all = fread(input + size, 1, room - size, stdin)) > 0) {\n        size += all;\n        if (size == room) input = realloc(input, room *= 2);\n    }\n"
        out += "    at = input;\n    for (size_t i = 0; i < n; i++) {\n        @_record r;\n        memset(&r, 0, sizeof r);\n"
        for f, (body, name) in zip(self.fields, self.members("record")):
            out += self.take_field(f, body, name)
        out += "        records[i] = r;\n    }\n    clock_gettime(CLOCK_MONOTONIC, &a);\n"
        out += f"    for (int pass = 0; pass < {PASSES}; pass++)\n        for (size_t i = 0; i < n; i++) all += (size_t)(@_decide(&records[i], &d) + 1) + (size_t)d.typ.state;\n"
        out += f'    clock_gettime(CLOCK_MONOTONIC, &b);\n    printf("%.9f %zu\\n", ((double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9) / {PASSES}, all);\n    return 0;\n}}\n'
        return out.replace("@U", self.name.upper()).replace("@", self.name)


class C(Contestant):
    def ready(self):
        if not shutil.which("cc"):
            raise NotHere("no C compiler")
        told = self.data.path("c-told")
        folder = self.data.path("c")
        os.mkdir(folder)
        os.mkdir(told)
        self.records = self.data.records[: self.rows]
        self.target = Timed(self.data.klausul, bench.GUIDELINE, folder, self.data.fields)
        self.told = Target(self.data.klausul, bench.GUIDELINE, told, self.data.fields)
        self.input = "".join("\t".join(self.target.token(f, r) for f in self.data.fields) + "\n" for r in self.records).encode()

    def decisions(self):
        return [of_outcomes(r["contact_id"], loaded(line)["outcomes"]) for r, line in zip(self.records, self.told.decide(self.records))]

    def seconds(self):
        return float(run([self.target.program, str(self.rows)], input=self.input).stdout.split()[0])


# ---------------------------------------------------------------- SQL
def by_hand(no, day):
    with open(os.path.join(HERE, "peers", "decide.sql"), encoding="utf-8") as f:
        rules = f.read()
    return f"CREATE TEMP VIEW facts AS {FACTS.format(no=no, day=day)};\n", rules


def of_view(row):
    return [row["key"], *(shown(row[f"{name}.state"], row[name]) for name in OUTCOMES)]


class InSQLite(Contestant):
    """A table in a file, read by the shell; what is decided goes into a table of the session."""

    def ready(self):
        if not shutil.which("sqlite3"):
            raise NotHere("no program sqlite3")
        self.file = self.data.path(f"sqlite-{self.rows}.db")
        target = SQLite(self.data.klausul, bench.GUIDELINE, self.data.folder, self.data.fields)
        target.careless = False  # SQL by hand does without
        self.script = self.data.path("sqlite.sql")
        if not os.path.exists(self.file):
            db = sqlite3.connect(self.file)
            db.execute(f"CREATE TABLE kontakt ({target.column_types()})")
            db.executemany(f"INSERT INTO kontakt VALUES ({', '.join('?' * len(self.data.fields))})", target.rows(self.data.records[: self.rows]))
            db.execute("CREATE TABLE record (number INTEGER, data TEXT)")
            db.executemany("INSERT INTO record VALUES (?, ?)", enumerate(self.data.lines[: self.rows]))
            db.execute("CREATE TABLE rules (image BLOB)")
            db.execute("INSERT INTO rules VALUES (?)", (self.data.image_bytes,))
            db.commit()
            db.close()

    def shell(self, *lines):
        done = run(["sqlite3", "-batch", "-csv", self.file], input="\n".join(lines).encode())
        if done.returncode or done.stderr:
            raise RuntimeError(done.stderr.decode()[:2000])
        return done.stdout.decode()

    def seconds(self):
        return sum(float(n) for n in re.findall(r"^Run Time: real ([\d.]+)", self.shell(*self.before, ".timer on", *self.timed), re.M))


class SQLiteTarget(InSQLite):
    def ready(self):
        super().ready()
        self.before, self.timed = [], [f".read {self.script}"]

    def decisions(self):
        names = [f'"{n}"' for n in ("key", *(c for name in OUTCOMES for c in (name, name + ".state")))]
        text = self.shell(".headers on", *self.timed, f"SELECT {', '.join(names)} FROM \"prov.distanskontakter\";")
        rows = [{k: {"1": True, "0": False}.get(v) if k == "kvalificerad" else v for k, v in r.items()} for r in csv.DictReader(io.StringIO(text))]
        return [of_view(r) for r in rows]


class SQLiteByHand(InSQLite):
    def ready(self):
        super().ready()
        view, rules = by_hand("0", "'2023-01-01'")
        self.before, self.timed, self.rules = [view], [f"CREATE TEMP TABLE told AS {rules};"], rules

    def decisions(self):
        return list(csv.reader(io.StringIO(self.shell(*self.before, self.rules + ";"))))


class SQLiteExtension(InSQLite):
    def ready(self):
        super().ready()
        extension = os.path.join(self.data.build, "sqlite", "klausul.so")
        if not os.path.exists(extension):
            raise NotHere("no sqlite3ext.h (package libsqlite3-dev)")
        self.before, self.timed = [f".load {extension}"], ["CREATE TEMP TABLE told AS SELECT number, klausul_decide(image, data) AS decision FROM record, rules;"]

    def decisions(self):
        rows = csv.reader(io.StringIO(self.shell(*self.before, *self.timed, "SELECT decision FROM told ORDER BY number;")))
        return [of_outcomes(d["key"], d["outcomes"]) for d in (loaded(row[0]) for row in rows)]


class InDuckDB(Contestant):
    threads = 1

    def ready(self):
        if not importlib.util.find_spec("duckdb"):
            raise NotHere("no Python package duckdb")
        import duckdb
        self.target = DuckDB(self.data.klausul, bench.GUIDELINE, self.data.folder, self.data.fields)
        self.target.careless = False
        self.db = duckdb.connect()
        self.target.fill(self.db, self.data.records[: self.rows])
        self.db.execute(f"SET threads = {self.threads}")

    def seconds(self):
        self.db.execute("DROP TABLE IF EXISTS told")
        start = time.perf_counter()
        self.db.execute(f"CREATE TEMP TABLE told AS {self.query}")
        return time.perf_counter() - start

    def told(self):
        self.seconds()
        cursor = self.db.execute("SELECT * FROM told")
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


class DuckDBTarget(InDuckDB):
    def ready(self):
        super().ready()
        self.db.execute(self.target.text)
        self.query = f"SELECT * FROM {self.target.view}"

    def decisions(self):
        return [of_view(row) for row in self.told()]


class DuckDBByHand(InDuckDB):
    def ready(self):
        super().ready()
        view, self.query = by_hand("false", "DATE '2023-01-01'")
        self.db.execute(view)

    def decisions(self):
        return [[cell(v) for v in row.values()] for row in self.told()]


class InPostgreSQL(Contestant):
    """The server of the agreement, with the extension where it is built; tables are filled once for all."""

    cluster = None

    def ready(self):
        self.server = self.started()
        self.target = PostgreSQL(self.data.klausul, bench.GUIDELINE, self.data.folder, self.data.fields)
        self.target.careless = False
        self.table = f"kontakt_{self.rows}"
        if self.table in self.data.filled:
            return
        self.data.filled.add(self.table)
        rows = io.StringIO()
        csv.writer(rows, lineterminator="\n").writerows(["\\N" if v is None else cell(v) for v in row] for row in self.target.rows(self.data.records[: self.rows]))
        self.server.sql(f"CREATE SCHEMA {self.table}; SET search_path = {self.table}; CREATE TABLE kontakt ({self.target.column_types()});\n"
                        f"COPY kontakt FROM STDIN (FORMAT csv, NULL '\\N');\n{rows.getvalue()}\\.\nANALYZE kontakt;\n{self.target.text}\n")

    def started(self):
        if InPostgreSQL.cluster is None:
            import postgresql as extension
            if not shutil.which("pg_config"):
                raise NotHere("no pg_config (package postgresql-server-dev-15)")
            programs = run(["pg_config", "--bindir"]).stdout.decode().strip()
            library = os.path.join(self.data.build, "postgresql", "klausul.so")
            if not os.path.exists(os.path.join(programs, "initdb")) or not os.path.exists(library):
                raise NotHere("no server or no extension (packages postgresql-15, postgresql-server-dev-15)")
            os.chmod(self.data.folder, 0o755)
            copy = extension.installed_copy(programs, library, self.data.path("usr"))
            InPostgreSQL.cluster = extension.Cluster(copy, self.data.path("server"))
        return InPostgreSQL.cluster

    def seconds(self):
        text = self.server.sql(f"SET search_path = {self.table}, public; SET enable_nestloop = off; SET max_parallel_workers_per_gather = 0;\n{self.before}"
                               f"\\timing on\nCREATE TEMP TABLE told AS {self.query};\n")
        return float(re.search(r"^Time: ([\d.]+) ms", text, re.M)[1]) / 1000

    before = ""

    def told(self):
        text = self.server.sql(f"SET search_path = {self.table}, public; SET enable_nestloop = off;\n{self.before}COPY ({self.query}) TO STDOUT (FORMAT csv, HEADER);\n")
        return list(csv.DictReader(io.StringIO(text)))


class PostgreSQLTarget(InPostgreSQL):
    def ready(self):
        super().ready()
        self.query = f"SELECT * FROM {self.target.view}"

    def decisions(self):
        return [of_view({k: {"t": True, "f": False}.get(v, v) if k == "kvalificerad" else v for k, v in row.items()}) for row in self.told()]


class PostgreSQLByHand(InPostgreSQL):
    def ready(self):
        super().ready()
        self.before, self.query = by_hand("false", "DATE '2023-01-01'")

    def decisions(self):
        return [list(row.values()) for row in self.told()]


class PostgreSQLExtension(InPostgreSQL):
    def ready(self):
        super().ready()
        rows = io.StringIO()
        csv.writer(rows, lineterminator="\n").writerows(enumerate(self.data.lines[: self.rows]))
        self.server.sql(f"SET search_path = {self.table}, public; CREATE TABLE record (number int, data jsonb); CREATE TABLE rules (image guideline);\n"
                        f"COPY record FROM STDIN (FORMAT csv);\n{rows.getvalue()}\\.\nINSERT INTO rules VALUES ('\\x{self.data.image_bytes.hex()}'); ANALYZE record;\n")
        self.query = "SELECT klausul_decide((SELECT image FROM rules), data) AS decision FROM record ORDER BY number"

    def decisions(self):
        return [of_outcomes(d["key"], d["outcomes"]) for d in (loaded(row["decision"]) for row in self.told())]


# ---------------------------------------------------------------- Python and JavaScript
class InPython(Contestant):
    def ready(self):
        if not importlib.util.find_spec("klausul"):
            raise NotHere("no Python package klausul; `make deps-python` and its test make it")
        import klausul
        self.rules = klausul.load(bench.GUIDELINE)

    def seconds(self):
        start = time.perf_counter()
        self.decide()
        return time.perf_counter() - start


class Arrow(InPython):
    def ready(self):
        super().ready()
        if not importlib.util.find_spec("pyarrow"):
            raise NotHere("no Python package pyarrow")
        import pyarrow as pa
        self.pa = pa
        kinds = {"yes/no": pa.bool_(), "date": pa.date32()}
        columns = {f.name: pa.array([r.get(f.name) for r in self.data.records[: self.rows]], pa.int32() if f.kind == "date" else kinds.get(f.kind, pa.string()))
                   for f in self.data.fields}
        self.table = pa.table({f.name: columns[f.name].cast(pa.date32()) if f.kind == "date" else columns[f.name].dictionary_encode() if f.kind == "values" else columns[f.name]
                               for f in self.data.fields})

    def decide(self):
        return self.pa.table(self.rules.decide_arrow(self.table))

    def decisions(self):
        return [[row["key"], *(shown(row[f"{name}.state"], row[name]) for name in OUTCOMES)] for row in self.decide().to_pylist()]


class Dicts(InPython):
    def ready(self):
        super().ready()
        self.objects = self.data.objects[: self.rows]

    def decide(self):
        return list(self.rules.decide_many(self.objects))

    def decisions(self):
        return [[d.key, *(shown(d[name].state, d[name].value) for name in OUTCOMES)] for d in self.decide()]


class InNode(Contestant):
    """Records as objects in memory; --print writes the decisions instead of the time."""

    def ready(self):
        self.package = os.path.join(self.data.build, "wasm")
        if not shutil.which("node") or not os.path.exists(os.path.join(self.package, "klausul-runtime.wasm")):
            raise NotHere("no Node or no package (make wasm)")
        self.input = self.data.path(f"node-{self.rows}.ndjson")
        with open(self.input, "w", encoding="utf-8") as f:
            f.writelines(line + "\n" for line in self.data.lines[: self.rows])

    def node(self, *more):
        done = run(["node", os.path.join(HERE, "tools.mjs"), self.package, self.data.image, self.input, *more])
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()

    def decisions(self):
        return [of_outcomes(d["key"], d["outcomes"]) for d in map(loaded, self.node("--print").splitlines())]

    def seconds(self):
        return float(self.node())


# name, class, rows at most, what comes out beside the five outcomes and their states
ALL = "decided by, blocked by, missing, open, findings, assumptions"
CONTESTANTS = (("the evaluator, columns in memory", Library, 0, "decided by"),
               ("the command, from CSV to CSV, 1 thread", Command, 200000, "decided by"),
               ("C: one function, records in memory", C, 100000, ALL + ", every clause"),
               ("Python, an Arrow table", Arrow, 200000, ALL),
               ("Python, dicts", Dicts, 20000, ALL),
               ("JavaScript, objects, WebAssembly in Node", InNode, 20000, ALL),
               ("SQLite: the SQL target", SQLiteTarget, 20000, ALL),
               ("SQLite: the extension, JSON", SQLiteExtension, 20000, ALL),
               ("SQLite: SQL by hand", SQLiteByHand, 20000, ""),
               ("DuckDB: the SQL target, 1 thread", DuckDBTarget, 100000, ALL),
               ("DuckDB: SQL by hand, 1 thread", DuckDBByHand, 100000, ""),
               ("PostgreSQL: the SQL target", PostgreSQLTarget, 5000, ALL),
               ("PostgreSQL: the extension, jsonb", PostgreSQLExtension, 20000, ALL),
               ("PostgreSQL: SQL by hand", PostgreSQLByHand, 20000, ""))


def agree(name, wanted, told):
    """Ends the run where the decisions are not the command's."""
    if told is None:
        return
    wanted, told = ({row[0]: row for row in rows} for rows in (wanted, told))
    for key, row in wanted.items():
        if told.get(key) != row:
            sys.exit(f"{name} decides otherwise than the command:\n{row}\n{told.get(key)}")
    if len(told) != len(wanted):
        sys.exit(f"{name}: {len(told)} decisions of {len(wanted)}")


def measure(data, rounds, few):
    """Rows of the table: name, what comes out, rows a second (None: not measured), of rows, why not."""
    ready, out = [], []
    for name, kind, most, more in CONTESTANTS:
        row = {"name": name, "more": more}
        out.append(row)
        try:
            one = kind(data, min(most, few) if few else most)
        except NotHere as e:
            row["why"] = str(e)
            continue
        agree(name, data.decided[: one.rows] if one.rows else None, one.decisions())
        ready.append((one, row, []))
    for _ in range(rounds):
        for one, _, taken in ready:
            taken.append(one.seconds())
    for one, row, taken in ready:
        row["seconds"], row["rows"] = statistics.median(taken), one.rows
        row["rate"] = (one.rows or 1) / row["seconds"]
    return out


def prepared(build):
    """Goes on in the Python of `make deps-python`, with the package built, where it is there."""
    python = os.path.join(build, "python", "venv", "bin", "python")
    if os.path.exists(python) and os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(python))):
        sys.path.insert(0, os.path.join(TESTS, "bindings", "python"))
        spec = importlib.util.spec_from_file_location("package", os.path.join(TESTS, "bindings", "python", "run.py"))
        package = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(package)
        if not package.why_not(python):
            done = package.build_package(build, python, [])
            if done.returncode:
                sys.exit(done.stderr.decode())
        os.execv(python, [python, *sys.argv])


def main():
    parser = argparse.ArgumentParser(description="rows a second of every target and binding")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--rounds", type=int, help="of each (default: 5)")
    parser.add_argument("--quick", action="store_true", help="few records, one round: to try, not to quote")
    parser.add_argument("--write", action="store_true", help="puts the table into lang/spec/speed.md")
    options = parser.parse_args()
    build = os.path.join(ROOT, options.build)
    prepared(build)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server ends with the program
    rounds = options.rounds or (1 if options.quick else 5)
    with tempfile.TemporaryDirectory() as folder:
        try:
            rows = measure(Data(build, folder, 2000 if options.quick else 200000), rounds, 2000 if options.quick else None)
        finally:
            if InPostgreSQL.cluster:
                InPostgreSQL.cluster.stop()
    found = {"machine": bench.machine(types.SimpleNamespace(klausul=os.path.join(build, "klausul"))), "rounds": rounds, "tools": rows}
    print("\n".join([*page.where_tools(found), "", *page.tools(found)]))
    for row in rows:
        if "why" in row:
            print(f"note: {row['name']}: not measured: {row['why']}")
    with open(os.path.join(build, "bench-tools.json"), "w", encoding="utf-8") as f:
        json.dump(found, f, indent=1, ensure_ascii=False)
        f.write("\n")
    if options.write:
        page.write({"tools-measured": page.where_tools(found), "tools": page.tools(found)})
    measured = sum("rate" in row for row in rows)
    print(f"{measured} passed, 0 failed" + (f", {len(rows) - measured} skipped" if measured < len(rows) else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
