# sql_target.py - the SQL target under test: the view in a real database over a table of the records, its rows as the command's CSV has them.
# May include: the Python standard library, tests/suite.py; duckdb and a PostgreSQL server where they are found.
# Start at SQLite; the others differ in how they are reached.
import csv
import datetime
import glob
import io
import os
import random
import re
import shutil
import sqlite3
import sys
import tempfile
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from records import BLANKS, blanked  # noqa: E402
from suite import run  # noqa: E402

DAY0 = datetime.date(1970, 1, 1)


def cell(v):
    """A value of the database as the command writes it in CSV."""
    if v is None:
        return ""
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, (datetime.date, datetime.datetime)):
        return v.isoformat()[:10]
    return str(v)


def written(rows):
    """Rows as CSV, in which NULL alone has no quotes around it: a bare line end in a cell would be another row."""
    return "".join(",".join("\\N" if v is None else '"' + cell(v).replace('"', '""') + '"' for v in row) + "\n" for row in rows)


class Refused(Exception):
    """The dialect cannot express the guideline, and the compiler says so."""


class SqlTarget:
    dialect = None
    first_date = "0001-01-01"
    blanks = BLANKS  # that the dialect leaves out around a text
    careless = True  # values stand with blanks around, now and then
    faults = None  # where the text is looked into: what is wrong with it

    def blanked(self, text, blanks):
        return blanked(self.rng, text, blanks) if self.careless else text

    def __init__(self, klausul, guideline, folder, fields):
        path = os.path.join(folder, self.dialect + ".sql")
        done = run([klausul, "build", guideline, "--target", "sql", "--dialect", self.dialect, "-o", path])
        if done.returncode:
            raise Refused(done.stderr.decode()) if b"[K0740]" in done.stderr else RuntimeError(done.stderr.decode())
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        self.fields = fields
        self.table = self.text.split('It reads the table "', 1)[1].split('"', 1)[0]
        self.view = self.view_of(self.text)
        self.rng = random.Random(1)

    def view_of(self, text):
        return re.findall(r'CREATE (?:VIEW|TEMP TABLE) ("[^"]+") AS\n', text)[-1]

    def quoted(self, name):
        return '"' + name.replace('"', '""') + '"'

    def value(self, f, record):
        v = record.get(f.name)
        if f.kind in ("values", "text") and (v is not None or (self.careless and self.rng.random() < 0.1)):
            return self.blanked(v or "", self.blanks)
        if v is None:
            return None
        if f.kind == "date":
            return DAY0 + datetime.timedelta(days=v)
        if f.kind == "set":
            return self.blanked(" ".join(v), self.blanks)
        if f.scale:
            return Decimal(v).scaleb(-f.scale)
        return v

    def column_types(self):
        return ", ".join(f"{self.quoted(f.name)} {self.type_of(f)}" for f in self.fields)

    def rows(self, records):
        return [tuple(self.value(f, r) for f in self.fields) for r in records]


class SQLite(SqlTarget):
    dialect = "sqlite"

    def type_of(self, f):
        return {"yes/no": "INTEGER", "date": "TEXT", "values": "TEXT", "set": "TEXT", "text": "TEXT"}.get(f.kind, "NUMERIC")

    def value(self, f, record):
        v = super().value(f, record)
        if isinstance(v, datetime.date):
            return self.blanked(v.isoformat(), BLANKS)
        return "" if v is None and f.kind != "set" and self.careless and self.rng.random() < 0.1 else float(v) if isinstance(v, Decimal) else v

    def decide(self, records, booleans):
        db = sqlite3.connect(":memory:")
        db.execute(f"CREATE TABLE {self.quoted(self.table)} ({self.column_types()})")
        db.executemany(f"INSERT INTO {self.quoted(self.table)} VALUES ({', '.join('?' * len(self.fields))})", self.rows(records))
        db.executescript(self.text)
        cursor = db.execute(f"SELECT * FROM {self.view}")
        names = [d[0] for d in cursor.description]
        return [{n: cell(bool(v) if n in booleans and v is not None else v) for n, v in zip(names, row)} for row in cursor]


class DuckDB(SqlTarget):
    dialect = "duckdb"

    def type_of(self, f):
        if f.scale:
            return f"DECIMAL(18, {f.scale})"
        return {"yes/no": "BOOLEAN", "date": "DATE", "values": "VARCHAR", "set": "VARCHAR", "text": "VARCHAR"}.get(f.kind, "BIGINT")

    def fill(self, db, records):
        db.execute(f"CREATE TABLE {self.quoted(self.table)} ({self.column_types()})")
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as f:
            f.write(written([[x.name for x in self.fields], *self.rows(records)]))
            f.flush()
            db.execute(f"COPY {self.quoted(self.table)} FROM '{f.name}' (HEADER, NULLSTR '\\N')")

    def decide(self, records, booleans):
        import duckdb
        db = duckdb.connect()
        self.fill(db, records)
        db.execute(self.text)
        cursor = db.execute(f"SELECT * FROM {self.view}")
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, map(cell, row))) for row in cursor.fetchall()]


class Server:
    """A PostgreSQL server of its own in a folder, reached through a socket there; as another user where root runs the tests."""

    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        self.bin = os.path.dirname(found[-1]) if found else None
        self.folder = folder
        if not self.bin:
            raise FileNotFoundError("no PostgreSQL server")
        self.as_user = []
        if os.geteuid() == 0:
            self.as_user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        os.chmod(folder, 0o755)
        self.do("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "tests", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.do("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o",
                f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c jit=off", "start")

    def do(self, program, *words, **options):
        done = run([*self.as_user, os.path.join(self.bin, program), *words], **options)
        if done.returncode:
            raise RuntimeError(done.stdout.decode() + done.stderr.decode())
        return done.stdout

    def sql(self, text):
        return self.do("psql", "-X", "-q", "-h", self.folder, "-U", "tests", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-f", "-",
                       input=text.encode())

    def stop(self):
        self.do("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")


class PostgreSQL(SqlTarget):
    dialect = "postgresql"
    server = None

    def type_of(self, f):
        if f.scale:
            return f"numeric(18, {f.scale})"
        return {"yes/no": "boolean", "date": "date", "values": "text", "set": "text", "text": "text"}.get(f.kind, "bigint")

    def decide(self, records, booleans):
        table = self.quoted(self.table)
        # Without nested loops, as lang/spec/sql.md advises where many rows are read.
        text = (f"SET enable_nestloop = off;\nDROP TABLE IF EXISTS {table} CASCADE;\nCREATE TABLE {table} ({self.column_types()});\n"
                f"COPY {table} FROM STDIN (FORMAT csv, NULL '\\N');\n{written(self.rows(records))}\\.\nANALYZE {table};\n{self.text}\n"
                f"COPY (SELECT * FROM {self.view}) TO STDOUT (FORMAT csv, HEADER);\n")
        out = list(csv.DictReader(io.StringIO(self.server.sql(text).decode())))
        words = {"t": "true", "f": "false"}
        return [{k: words.get(v, v) if k in booleans else v for k, v in row.items()} for row in out]
