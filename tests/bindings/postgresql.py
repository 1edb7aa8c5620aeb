# postgresql.py - the PostgreSQL extension in real servers: decides as the command does, in one, in parallel, and spread over three.
# May include: the Python standard library, tests/suite.py, common.py beside it; the server that it starts, built by `make postgresql`.
# Start at main(); Cluster is a server whose programs and extensions are in a folder of their own, so that nothing is installed.
import argparse
import csv
import glob
import io
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import GUIDELINES, Case, loaded, page, sanitized  # noqa: E402
from suite import ROOT, Count, build_option, run  # noqa: E402


def installed_copy(server, ours, folder):
    """The server's files under another root, where it finds what it needs by where its programs lie; with our extension among them."""
    version = os.path.basename(os.path.dirname(server))
    for kind, inner in (("lib", "lib"), ("share", "")):
        source = os.path.join("/usr", kind, "postgresql", version, inner)
        target = os.path.join(folder, kind, "postgresql", version, inner)
        os.makedirs(target)
        for name in os.listdir(source):
            if name != "extension":
                os.symlink(os.path.join(source, name), os.path.join(target, name))
    extensions, own = f"/usr/share/postgresql/{version}/extension", os.path.join(folder, f"share/postgresql/{version}/extension")
    os.makedirs(own)
    for name in os.listdir(extensions):
        if not name.startswith("klausul"):
            os.symlink(os.path.join(extensions, name), os.path.join(own, name))
    for name in glob.glob(os.path.join(ROOT, "runtime/bindings/postgresql/klausul*.sql")) + [os.path.join(ROOT, "runtime/bindings/postgresql/klausul.control")]:
        shutil.copy(name, own)
    library = os.path.join(folder, f"lib/postgresql/{version}/lib/klausul.so")
    if os.path.lexists(library):
        os.remove(library)
    shutil.copy(ours, library)
    programs = os.path.join(folder, f"lib/postgresql/{version}/bin")
    shutil.copytree(server, programs)
    return programs


class Cluster:
    """One server on a socket in its folder; as another user where root runs the tests."""

    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder
        os.mkdir(folder)
        self.as_user = []
        if os.geteuid() == 0:
            self.as_user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        self.do("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "tests", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.do("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o",
                f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c jit=off -c shared_buffers=16MB", "start")
        self.sql("CREATE EXTENSION klausul;")

    def do(self, program, *words, good=True, **options):
        done = run([*self.as_user, os.path.join(self.programs, program), *words], cwd=self.folder, **options)
        if good and done.returncode:
            raise RuntimeError(done.stdout.decode() + done.stderr.decode())
        return done

    def psql(self, text, good=True, database="postgres"):
        return self.do("psql", "-X", "-q", "-h", self.folder, "-U", "tests", "-d", database, "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose",
                       "-f", "-", input=text.encode(), good=good)

    def sql(self, text):
        return self.psql(text).stdout.decode()

    def rows(self, query, before=""):
        """The rows of a query, as CSV has them."""
        return list(csv.reader(io.StringIO(self.sql(f"{before}COPY ({query}) TO STDOUT (FORMAT csv);\n"))))

    def trouble(self, query):
        done = self.psql(query + ";\n", good=False)
        return done.stderr.decode() if done.returncode else f"no trouble: {done.stdout.decode()}"

    def stop(self):
        self.do("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop", good=False)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def copied(table, rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return f"COPY {table} FROM STDIN (FORMAT csv);\n{out.getvalue()}\\.\n"


def fill(server, cases):
    server.sql("CREATE TABLE rules (name text PRIMARY KEY, image guideline NOT NULL);\n"
               "CREATE TABLE record (rules text, number int, data jsonb NOT NULL);\n" +
               copied("rules", [(c.name, "\\x" + c.image.hex()) for c in cases]) +
               copied("record", [(c.name, i, line) for c in cases for i, line in enumerate(c.lines)]) + "ANALYZE;\n")


def agrees(count, server, cases):
    fill(server, cases)
    for case in cases:
        image = f"(SELECT image FROM rules WHERE name = {quoted(case.name)})"
        query = f"SELECT klausul_try({image}, data, true) FROM record WHERE rules = {quoted(case.name)} ORDER BY number"
        case.check(count, "the guideline from a table", [r[0] for r in server.rows(query)])
    rows = server.rows("SELECT name, klausul_try(image, data, true) FROM record JOIN rules ON name = rules ORDER BY number")
    for case in cases:
        case.check(count, "the guideline a column", [text for name, text in rows if name == case.name])
    case = cases[0]
    constant = f"SELECT klausul_try('\\x{case.image.hex()}'::guideline, data, true) FROM record WHERE rules = {quoted(case.name)} ORDER BY number"
    case.check(count, "the guideline a constant", [r[0] for r in server.rows(constant)])


def in_parallel(count, server, cases):
    """Parallel workers, each with a guideline of its own made ready."""
    forced = ("SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; "
              "SET max_parallel_workers_per_gather = 2; ALTER TABLE record SET (parallel_workers = 2);\n")
    case = cases[0]
    inner = (f"SELECT number, klausul_try((SELECT image FROM rules WHERE name = {quoted(case.name)}), data, true) AS told "
             f"FROM record WHERE rules = {quoted(case.name)}")
    plan = server.sql(f"{forced}EXPLAIN {inner};\n")
    count.check("a plan with workers", "Gather" in plan and "Parallel Seq Scan" in plan, plan)
    rows = server.rows(inner, forced)
    case.check(count, "in parallel workers", [told for _, told in sorted(rows, key=lambda r: int(r[0]))])


def outcomes(count, server, case):
    """Rows for outcomes, and outcomes one by one, say what the decision says."""
    image = f"(SELECT image FROM rules WHERE name = {quoted(case.name)})"
    some = [i for i, d in enumerate(case.decisions) if d][:200]
    query = (f"SELECT number, o.name, o.state, o.value, array_to_json(o.by), array_to_json(o.missing), klausul_outcome({image}, data, o.name), "
             f"klausul_state({image}, data, o.name) FROM record, klausul_outcomes({image}, data) AS o WHERE rules = {quoted(case.name)} "
             f"AND number IN ({', '.join(map(str, some))}) ORDER BY number")
    wrong, rows = [], server.rows(query)
    for number, name, state, value, by, missing, one, one_state in rows:
        o = case.decisions[int(number)]["outcomes"][name]
        told = o.get("value") if o["state"] == "decided" else None
        same = (state, one_state) == (o["state"],) * 2 and (loaded(value) if value else None) == told
        same = same and loaded(by) == o.get("by", []) and loaded(missing) == o.get("missing", [])
        text = "" if told is None else told if isinstance(told, str) else str(told).lower()
        wrong += [] if same and (isinstance(told, list) or one == text) else [f"{number} {name}: {o} / {state} {value} {by} {missing} {one}"]
    wanted = sum(len(case.decisions[i]["outcomes"]) for i in some)
    count.check(f"{case.name}: outcomes as rows", len(rows) == wanted > 0 and not wrong, f"{len(rows)} of {wanted}\n" + "\n".join(wrong[:3]))


def errors(count, server, case):
    def says(what, query, *wanted):
        why = server.trouble(query)
        count.check(what, all(w in why for w in wanted), f"{wanted}\n{why}")

    good, half = case.image.hex(), case.image[: len(case.image) // 2].hex()
    image = f"(SELECT image FROM rules WHERE name = {quoted(case.name)})"
    says("half an image", f"SELECT '\\x{half}'::guideline", "22P03: not a sound guideline image", "At byte ")
    says("half an image as bytea", f"SELECT ('\\x{half}'::bytea)::guideline", "22P03: not a sound guideline image", "At byte ")
    says("nothing", "SELECT ''::guideline", "22P03: not a sound guideline image", "At byte 0")
    says("no hex", "SELECT '\\xfg'::guideline", "invalid hexadecimal digit")
    says("an array", f"SELECT klausul_decide({image}, '[]')", "22023: the record is refused: the line is not a JSON object (K0505)")
    says("an unknown code", f"""SELECT klausul_decide({image}, '{{"kontakt_id": "1", "form": "brevduva"}}')""",
         "22023: the record is refused: the code is not among the field's values (K0509)", 'Column "form" holds "brevduva".')
    says("no such outcome", f"""SELECT klausul_outcome({image}, '{{"kontakt_id": "1", "kontaktdatum": "2023-09-01"}}', 'avgiften')""",
         '42704: the guideline has no outcome "avgiften"')
    again = server.rows(f"SELECT length(klausul_try({image}, data)::text) > 100 FROM record WHERE rules = {quoted(case.name)} LIMIT 1")
    count.check("and the server goes on", again == [["t"]], again)
    forms = server.rows(f"SELECT i::bytea = '\\x{good}'::bytea, i::text = '\\x{good}', (encode(i::bytea, 'base64'))::guideline::bytea = i::bytea, "
                        f"i::bytea::guideline::bytea = i::bytea FROM (SELECT image AS i FROM rules WHERE name = {quoted(case.name)}) AS x")
    count.check("guideline in its forms", forms == [["t"] * 4], forms)
    nulls = server.rows(f"SELECT klausul_decide(NULL, '{{}}') IS NULL, klausul_try({image}, NULL) IS NULL, klausul_inspect(NULL) IS NULL")
    count.check("NULL gives NULL", nulls == [["t"] * 3], nulls)
    about = loaded(server.rows(f"SELECT klausul_inspect({image})")[0][0])
    count.check("klausul_inspect", about["guideline"] == "vgr.distanskontakter" and {"name": "listad", "type": "yes/no", "required": False} in about["fields"], about)
    binary = server.sql(f"COPY (SELECT image FROM rules ORDER BY name) TO '{server.folder}/rules.bin' (FORMAT binary);\nCREATE TEMP TABLE back (image guideline);\n"
                        f"COPY back FROM '{server.folder}/rules.bin' (FORMAT binary);\nCOPY (SELECT count(*) FROM back JOIN rules USING (image)) TO STDOUT;\n"
                        .replace("USING (image)", "ON back.image::bytea = rules.image::bytea"))
    count.check("binary form", binary == f"{len(GUIDELINES)}\n", binary)
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;")
    latin = server.psql(f"SET client_encoding = 'UTF8'; CREATE EXTENSION klausul;\nCOPY (SELECT klausul_decide('\\x{good}', "
                        f"""'{{"kontakt_id": "å", "kontaktdatum": "2023-09-01", "ärende": "bedömning"}}') -> 'key') TO STDOUT;\n""", database="latin").stdout.decode()
    count.check("another encoding than UTF-8", latin == '"å"\n', latin)


def loops(count, server, cases):
    """A parameter that changes in a loop of PL/pgSQL, and more guidelines than a call keeps ready."""
    text = server.sql("DO $$ DECLARE r record; n text; BEGIN FOR k IN 1..3 LOOP FOR r IN SELECT name, image FROM rules ORDER BY name LOOP "
                      "n := klausul_inspect(r.image) ->> 'guideline'; INSERT INTO seen VALUES (k, r.name, n); END LOOP; END LOOP; END $$;\n"
                      .replace("DO $$", "CREATE TABLE seen (k int, name text, told text); DO $$", 1) +
                      "COPY (SELECT name, count(DISTINCT told), max(told) FROM seen GROUP BY name ORDER BY name) TO STDOUT (FORMAT csv);\n")
    rows = list(csv.reader(io.StringIO(text)))
    told = {name: guideline for name, _, guideline in rows}
    wanted = {c.name: next(d for d in c.decisions if d)["guideline"] for c in cases}
    count.check("a parameter in a loop", told == wanted and all(n == "1" for _, n, _ in rows), rows)


def memory(count, server, case):
    """What a query made ready is freed when the query ends: a session's memory stands still."""
    name = quoted(case.name)
    one = f"SELECT count(klausul_try(image, data)) FROM rules JOIN record ON name = rules WHERE name = {name} AND number < 3;\n"
    size = "COPY (SELECT 'pages ' || split_part(pg_read_file('/proc/' || pg_backend_pid() || '/statm'), ' ', 2)) TO STDOUT;\n"
    text = server.sql(f"{one * 40}{size}{one * 400}{size}")
    pages = [int(line.split()[1]) for line in text.splitlines() if line.startswith("pages ")]
    count.check("memory of a session", len(pages) == 2 and pages[1] - pages[0] < 2000, f"resident pages: {pages}")


def spread(count, programs, folder, first, case):
    """A partitioned table whose parts lie on two other servers: the same decisions, wherever they are made."""
    others = [Cluster(programs, os.path.join(folder, name)) for name in ("second", "third")]
    try:
        image = f"COPY rules FROM STDIN (FORMAT csv);\n{case.name},\\x{case.image.hex()}\n\\.\n"
        parts = "CREATE EXTENSION postgres_fdw;\nCREATE TABLE spread (number int, data jsonb) PARTITION BY HASH (number);\n" \
                "CREATE TABLE spread_0 PARTITION OF spread FOR VALUES WITH (MODULUS 3, REMAINDER 0);\n"
        for i, other in enumerate(others, 1):
            other.sql("CREATE TABLE rules (name text, image guideline);\n" + image + "CREATE TABLE part (number int, data jsonb);\n"
                      f"CREATE VIEW told AS SELECT number, klausul_try((SELECT image FROM rules), data, true) AS told FROM part;\n")
            parts += (f"CREATE SERVER s{i} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{other.folder}', dbname 'postgres', extensions 'klausul', async_capable 'true');\n"
                      f"CREATE USER MAPPING FOR tests SERVER s{i} OPTIONS (user 'tests');\n"
                      f"CREATE FOREIGN TABLE spread_{i} PARTITION OF spread FOR VALUES WITH (MODULUS 3, REMAINDER {i}) SERVER s{i} OPTIONS (table_name 'part');\n"
                      f"CREATE FOREIGN TABLE told_{i} (number int, told jsonb) SERVER s{i} OPTIONS (table_name 'told');\n")
        name = quoted(case.name)
        first.sql(parts + copied("spread", enumerate(case.lines)) + "ANALYZE spread;\n"
                  f"CREATE VIEW told_everywhere AS SELECT number, klausul_try((SELECT image FROM rules WHERE name = {name}), data, true) AS told FROM spread_0\n"
                  "UNION ALL SELECT number, told FROM told_1 UNION ALL SELECT number, told FROM told_2;\n")
        sizes = [int(r[0]) for other in others for r in other.rows("SELECT count(*) FROM part")]
        count.check("parts on each server", all(n > len(case.lines) // 5 for n in sizes), sizes)
        start = time.monotonic()
        rows = first.rows(f"SELECT klausul_try((SELECT image FROM rules WHERE name = {name}), data, true) FROM spread ORDER BY number")
        case.check(count, "spread over three servers, decided by the first", [r[0] for r in rows])
        middle = time.monotonic()
        rows = first.rows("SELECT told FROM told_everywhere ORDER BY number")
        case.check(count, "spread over three servers, decided where they lie", [r[0] for r in rows])
        end = time.monotonic()
        alone = first.rows(f"SELECT klausul_try((SELECT image FROM rules WHERE name = {name}), data, true) FROM record WHERE rules = {name} ORDER BY number")
        print(f"note: {len(alone)} records: one table {time.monotonic() - end:.2f} s, spread and decided by one {middle - start:.2f} s, "
              f"decided by three on this one machine {end - middle:.2f} s")
        # No text among the arguments: postgres_fdw sends no condition whose collation it would have to guess.
        condition = f"""FROM spread WHERE klausul_try('\\x{case.image.hex()}', data) @> '{{"outcomes": {{"beslut": {{"state": "decided"}}}}}}'"""
        plan = first.sql(f"EXPLAIN (VERBOSE, COSTS OFF) SELECT number {condition};\n")
        found = first.rows(f"SELECT number {condition} ORDER BY number")
        wanted = [[str(i)] for i, d in enumerate(case.decisions) if d and d["outcomes"]["beslut"]["state"] == "decided"]
        count.check("a condition goes to the other servers", plan.count("Remote SQL: SELECT number FROM public.part WHERE") == 2 and found == wanted,
                    "\n".join(line[:200] for line in plan.splitlines()))
    finally:
        for other in others:
            other.stop()


def host(count, server, build):
    image = os.path.join(server.folder, "host.image")
    run([os.path.join(build, "klausul"), "build", "rules/vgr/distanskontakter/2023-06-01.klausul", "-o", image], cwd=ROOT)
    server.sql("CREATE DATABASE host;")
    env = dict(os.environ, PGHOST=server.folder, PGUSER="tests", PGDATABASE="host", PATH=server.programs + os.pathsep + os.environ["PATH"])
    done = run(["bash", "examples/postgresql/decide.sh", image, "examples/vgr/kontakter.ndjson"], cwd=ROOT, env=env)
    told = done.stdout.decode()
    programs = os.path.join(server.folder, "programs")
    os.mkdir(programs)
    with open(os.path.join(programs, "psql"), "w", encoding="utf-8") as f:  # as a user's own would find the user's own server
        f.write(f'#!/bin/sh\nPGHOST={server.folder} PGUSER=tests PGDATABASE=manual exec {server.programs}/psql "$@"\n')
    os.chmod(f.name, 0o755)
    server.sql("CREATE DATABASE manual;")
    page(count, build, "postgresql", programs)
    count.check("examples/postgresql/decide.sh", done.returncode == 0 and "registrering.1" in told, told + done.stderr.decode())


def more_rounds(count, build, server, folder, rounds):
    """Other records of every guideline, so many times."""
    for seed in range(2, rounds + 1):
        server.sql("DROP TABLE record, rules CASCADE;\n")
        agrees(count, server, [Case(build, g, folder, 5000, seed) for g in GUIDELINES])


def main():
    parser = argparse.ArgumentParser(description="tests of the PostgreSQL extension")
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=1, help="so many times other records")
    options = parser.parse_args()
    build, count = build_option(), Count()
    told = run(["pg_config", "--bindir"]).stdout.decode().strip() if shutil.which("pg_config") else ""
    servers = [p for p in glob.glob("/usr/lib/postgresql/*/bin") if p == told and os.path.exists(os.path.join(p, "initdb"))]
    known_as = os.path.relpath(build, ROOT) if build.startswith(ROOT + os.sep) else build
    if sanitized(build):
        count.skip("PostgreSQL extension", "a sanitizer's library cannot be loaded into a server")
        return count.finish()
    done = run(["make", "-s", f"B={known_as}", "COPT=-Werror", "postgresql"], cwd=ROOT, env=dict(os.environ, MAKEFLAGS=""))
    count.check("make postgresql", done.returncode == 0, done.stdout.decode() + done.stderr.decode())
    library = os.path.join(build, "postgresql", "klausul.so")
    if not os.path.exists(library):
        count.skip("PostgreSQL extension", "no PGXS (package postgresql-server-dev-15)")
    elif not servers:
        count.skip("PostgreSQL extension", "no PostgreSQL server of that version where Debian has it (package postgresql-15)")
    else:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            programs = installed_copy(servers[0], library, os.path.join(folder, "usr"))
            cases = [Case(build, g, folder, 3000) for g in GUIDELINES]
            server = Cluster(programs, os.path.join(folder, "first"))
            try:
                agrees(count, server, cases)
                in_parallel(count, server, cases)
                outcomes(count, server, cases[0])
                outcomes(count, server, cases[2])
                errors(count, server, cases[0])
                loops(count, server, cases)
                memory(count, server, cases[0])
                spread(count, programs, folder, server, cases[0])
                host(count, server, build)
                more_rounds(count, build, server, folder, options.rounds)
            finally:
                server.stop()
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
