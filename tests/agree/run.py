# run.py - do the back ends decide as the evaluator does? The same records through all of them: outcomes, states, ids and what is missing.
# May include: the Python standard library, tests/suite.py and the files beside it; PostgreSQL's extension as tests/bindings has it.
# Start at main(): TARGETS says how many records of a guideline each gets, corpus.py which guidelines there are.
import argparse
import csv
import importlib.util
import io
import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import corpus  # noqa: E402
from c_target import Target  # noqa: E402
from compare import difference, loaded  # noqa: E402
from sql_target import DuckDB, PostgreSQL, Refused, Server, SQLite  # noqa: E402
from suite import ROOT, Count, build_option, run  # noqa: E402
from translated import TSQL, Oracle, why_not  # noqa: E402

FULL_MOST = 250000  # a guideline with no more combinations of what it tells apart is tried with all of them
SHOWN = 3
# Each target: records of a shipped guideline in CI, in a soak, and how many at a time; then the same of those that are heavy.
TARGETS = {"c": ((30000, 1000000, 20000), (30000, 1000000, 20000)), "sqlite": ((3600, 350000, 10000), (3600, 50000, 5000)),
           "duckdb": ((2000, 350000, 20000), (500, 20000, 5000)), "postgresql": ((1000, 350000, 2000), (120, 3000, 200)),
           "tsql": ((150, 20000, 2000), (150, 2000, 2000)), "oracle": ((150, 20000, 2000), (150, 2000, 2000))}
PLANS_LONG = ("duckdb", "tsql", "oracle")
LANGUAGE = {"tsql": 40, "oracle": 40}  # records of each case of the language, else 100
KEY = re.compile(r'\{"key": ("(?:[^"\\]|\\.)*"), (.*)', re.S)


class Agreement:
    """What is counted over all: the records of each target."""

    def __init__(self, count, klausul):
        self.count, self.klausul = count, klausul
        self.tried, self.seconds = {}, {}

    def evaluated(self, source, inputs, *more):
        done = run([self.klausul, "run", source.path, "-", "--input-format", "ndjson", "--format", *more],
                   input="".join(json.dumps(line, ensure_ascii=False) + "\n" for line in inputs).encode())
        if done.returncode > 1:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()

    def lines(self, source, inputs):
        """The evaluator's decisions by key, each as the rest of its line."""
        return {json.loads(m[1]): m[2] for m in map(KEY.match, self.evaluated(source, inputs, "ndjson", "--trace").splitlines())}

    def cells(self, source, inputs):
        """The evaluator's decisions as CSV, by key, and which columns are yes/no."""
        head, *rows = csv.reader(io.StringIO(self.evaluated(source, inputs, "csv")))
        head = [f"{name}.value" if name in head[i + 1:] else name for i, name in enumerate(head)]  # an outcome that bears the name of a column
        rows = [dict(zip(head, row)) for row in rows]
        return {r[head[0]]: r for r in rows}, {c for c in head if any(r[c] in ("true", "false") for r in rows)}

    def try_all(self, name, source, differing, pairs, at_once, some=True):
        """differing(chunk, keys) for a part at a time: [(index, why)]; one case for the whole, shown is what differs first."""
        tried = accepted = wrong = 0
        start = time.monotonic()
        while chunk := list(itertools.islice(pairs, at_once)):
            keys = [r[source.key] if source.key else str(i + 1) for i, (r, _) in enumerate(chunk)]
            took, found = differing(chunk, keys)
            for i, why in found[: max(0, SHOWN - wrong)]:
                self.count.check(f"{name}: record {keys[i]}", False, f"{why}\n{json.dumps(chunk[i][1], ensure_ascii=False)}")
            tried, accepted, wrong = tried + len(chunk), accepted + took, wrong + len(found)
        target = name.rsplit(", ", 1)[1]
        self.tried[target] = self.tried.get(target, 0) + tried
        self.seconds[target] = self.seconds.get(target, 0) + time.monotonic() - start
        self.count.check(f"{name}: {tried} records, {accepted} of them decided", wrong == 0 and (accepted > tried // 2 or not some), f"{wrong} of {tried} differ")

    # ---------------------------------------------------------------- against the trace
    def c_target(self, source, pairs, at_once, folder, some=True):
        target, same = Target(self.klausul, source.path, folder, source.fields, os.environ.get("CC", "cc")), set()

        def differing(chunk, keys):
            theirs, out, took = self.lines(source, [line for _, line in chunk]), [], 0
            for i, (key, ours) in enumerate(zip(keys, target.decide([r for r, _ in chunk]))):
                told = theirs.get(key)
                if told is None or ours == "rejected":
                    if (told is None) != (ours == "rejected"):
                        out.append((i, f"rejected: {told is None} / {ours}"))
                    continue
                took += 1
                pair = hash((told, ours))
                if pair not in same:
                    why = difference(loaded("{" + told), loaded(ours))
                    if why:
                        out.append((i, why))
                    elif len(same) < 10**6:
                        same.add(pair)
            return took, out

        self.try_all(f"{source.name}, C", source, differing, pairs, at_once, some)

    # ---------------------------------------------------------------- against the cells of CSV
    def sql_target(self, kind, source, pairs, at_once, folder, some=True):
        try:
            target = kind(self.klausul, source.path, folder, source.fields)
        except Refused as e:
            return str(e)
        if target.faults is not None:
            self.count.check(f"{source.name} keeps to {kind.dialect}", not target.faults, "\n".join(target.faults[:5]))

        def differing(chunk, keys):
            theirs, booleans = self.cells(source, [line for _, line in chunk])
            ours = {r["key"]: r for r in target.decide([r for r, _ in chunk], booleans)}
            out = []
            for i, key in enumerate(keys):
                a, b = theirs.get(key), ours.get(key, {})
                if a:  # a column of SQL has a type, so that it cannot hold the document's name
                    a = {c: "" if a.get(c + ".state") == "external" else v for c, v in a.items()}
                if a and b.get("rejected") and any((chunk[i][1].get(f.name, "").strip() or kind.first_date) < kind.first_date for f in source.fields if f.kind == "date"):
                    continue  # a day that the database has no name for
                differ = [c for c in b if c not in ("key", "rejected") and b[c] != a.get(c)] if a else []
                if not b or bool(b["rejected"]) != (a is None) or differ:
                    out.append((i, "\n".join(f"{c}: {a.get(c)!r} / {b[c]!r}" for c in differ) or f"rejected: {a is None} / {b.get('rejected')!r}"))
            return len(theirs), out

        self.try_all(f"{source.name}, {kind.dialect}", source, differing, pairs, at_once, some)
        return None


def databases(count, build, folder, chosen):
    """The dialects whose database is here; PostgreSQL's server is started in the folder."""
    if "sqlite" in chosen:
        if sqlite3.sqlite_version_info >= (3, 35):
            yield SQLite
        else:
            count.skip("SQLite", f"{sqlite3.sqlite_version} is older than 3.35")
    if "duckdb" in chosen:
        try:
            import duckdb  # noqa: F401
            yield DuckDB
        except ImportError:
            count.skip("DuckDB", "no Python package duckdb; `make deps-python` installs it")
    if "postgresql" in chosen:
        try:
            PostgreSQL.server = Server(folder)
            yield PostgreSQL
        except (FileNotFoundError, LookupError) as e:
            count.skip("PostgreSQL", str(e))
    if {"tsql", "oracle"} & set(chosen):
        if why_not():
            count.skip("T-SQL and Oracle, translated", why_not())
        else:
            yield from (kind for kind in (TSQL, Oracle) if kind.dialect in chosen)


def with_duckdb(build):
    """Goes on in the Python that `make deps-python` or `make deps-bench` gave duckdb, where this one has none."""
    if importlib.util.find_spec("duckdb"):
        return
    for place in (build, os.path.join(ROOT, "build")):
        for room in ("python", "peers"):
            python = os.path.join(place, room, "venv", "bin", "python")
            if os.path.exists(python) and run([python, "-c", "import duckdb"]).returncode == 0:
                os.execv(python, [python, *sys.argv])


def shipped(a, kinds, options):
    for source in corpus.shipped(a.klausul, options.seed):
        for name in options.targets:
            records, soaked, at_once = TARGETS[name][source.name in corpus.HEAVY]
            records = options.records or (soaked if options.soak else records)
            with tempfile.TemporaryDirectory() as folder:
                if name == "c" and "c" in kinds:
                    a.c_target(source, source.made(records), at_once, folder)
                    if source.maker.full_size() <= FULL_MOST:
                        a.c_target(source, source.full(), at_once, folder)
                elif name in kinds:
                    why = a.sql_target(kinds[name], source, source.made(records), at_once, folder)
                    a.count.check(f"{source.name}: {name} can express it", why is None, why)


def cases(a, kinds, options):
    """The conformance cases under their assumptions, and the cases of the language; in DuckDB, which plans for seconds, the first in a soak only."""
    with tempfile.TemporaryDirectory() as place:
        for source in corpus.conformance(a.klausul, place):
            for name in options.targets:
                with tempfile.TemporaryDirectory() as folder:
                    if name == "c" and "c" in kinds:
                        a.c_target(source, source.made(0), 1000, folder)
                    elif name in kinds and (name not in PLANS_LONG or options.soak):
                        a.sql_target(kinds[name], source, source.made(0), 1000, folder)
        refused = set()
        for source in corpus.language(a.klausul, place):
            for name in options.targets:
                with tempfile.TemporaryDirectory() as folder:
                    if name == "c" and "c" in kinds:
                        a.c_target(source, source.made(300), 1000, folder, some=False)
                    elif name in kinds and a.sql_target(kinds[name], source, source.made(LANGUAGE.get(name, 100)), 1000, folder, some=False):
                        refused.add(source.name)
        if set(kinds) - {"c"}:
            a.count.check("what SQL cannot express", refused == corpus.NOT_IN_SQL, f"{sorted(refused)}\n{sorted(corpus.NOT_IN_SQL)}")


def main():
    parser = argparse.ArgumentParser(description="do the back ends decide as the evaluator does?")
    parser.add_argument("--build", default="build")
    parser.add_argument("--records", type=int, help="of each shipped guideline, for every target")
    parser.add_argument("--soak", action="store_true", help="millions for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--targets", type=lambda s: s.split(","), default=list(TARGETS), help=",".join(TARGETS))
    options = parser.parse_args()
    count, build = Count(), build_option()
    with_duckdb(build)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server ends with the program
    a = Agreement(count, os.path.join(build, "klausul"))
    kinds = {}
    if "c" in options.targets:
        if shutil.which(os.environ.get("CC", "cc")):
            kinds["c"] = None
        else:
            count.skip("C target", "no C compiler")
    with tempfile.TemporaryDirectory() as folder:
        try:
            kinds.update({kind.dialect: kind for kind in databases(count, build, folder, options.targets)})
            shipped(a, kinds, options)
            cases(a, kinds, options)
        finally:
            if PostgreSQL.server:
                PostgreSQL.server.stop()
    for target, tried in a.tried.items():
        print(f"note: {target}: {tried:,} records in {a.seconds[target]:.0f} s")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
