# duck.py - runs the benchmark's rules in DuckDB: duck.py IN.csv OUT.csv THREADS. Run by the Python that has duckdb.
# May include: the Python standard library and duckdb (make deps-bench).
# Start at the COPY; the rules are decide.sql, the columns duckdb.sql.
import os
import sys

import duckdb

HERE = os.path.dirname(os.path.abspath(__file__))


def text(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


def main():
    read, write, threads = sys.argv[1:]
    connection = duckdb.connect()
    connection.execute(text("duckdb.sql").replace("{in}", read).replace("{threads}", threads))
    connection.execute(f"COPY ({text('decide.sql')}) TO '{write}' (FORMAT csv, HEADER)")


if __name__ == "__main__":
    main()
