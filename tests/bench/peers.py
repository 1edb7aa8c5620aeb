# peers.py - what `make bench` compares with: engines and databases that decide the same records by the rules in peers/.
# May include: the Python standard library, tests/suite.py. --install (make deps-bench) fetches those that Debian lacks, pinned.
# Start at PEERS: what each needs, reads and is called with; install() puts them under the build folder, `available` says what is there.
import argparse
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, run  # noqa: E402

HERE = os.path.join(ROOT, "tests", "bench", "peers")
CHECKED = 100000  # rows on which a peer must agree with Klausul before it is timed


def here(name):
    return os.path.join(HERE, name)


class Peer:
    """One of them. `form`: what it reads (csv, ndjson, words); `most`: rows that it gets, those that are slow get fewer."""

    def __init__(self, name, form, most, threads=1):
        self.name, self.form, self.most, self.threads = name, form, most, threads

    def program(self, folder):
        """The program it needs, or None."""
        return shutil.which(self.name)

    def version(self, folder):
        return words_of([self.name, "--version"])

    def command(self, folder, work, read, write):
        """(command, whether it writes to standard output)"""
        raise NotImplementedError


def words_of(command):
    """A version as a program tells it: the first number with a point in it."""
    done = run(command)
    found = re.search(rb"\d+\.\d[\w.]*", done.stdout + done.stderr)
    return found.group().decode() if found else ""


class Duck(Peer):
    def __init__(self, threads):
        super().__init__(f"DuckDB, {threads} thread{'s' * (threads > 1)}", "csv", 10**7, threads)

    def program(self, folder):
        python = os.path.join(folder, "venv", "bin", "python")
        return python if os.path.exists(python) and run([python, "-c", "import duckdb"]).returncode == 0 else None

    def version(self, folder):
        return words_of([self.program(folder), "-c", "import duckdb; print(duckdb.__version__)"])

    def command(self, folder, work, read, write):
        return [self.program(folder), here("duck.py"), read, write, str(self.threads)], False


class Sqlite(Peer):
    def program(self, folder):
        return shutil.which("sqlite3")

    def version(self, folder):
        return words_of(["sqlite3", "--version"])

    def command(self, folder, work, read, write):
        script = os.path.join(work, "sqlite.run")
        with open(here("decide.sql"), encoding="utf-8") as f:
            rules = f.read()
        with open(script, "w", encoding="utf-8") as f:
            f.write(f".mode csv\n.import {read} records\n.read {here('sqlite.sql')}\n.mode list\n.separator , \"\\n\"\n"
                    f".headers on\n.once {write}\n{rules};\n")
        return ["sqlite3", ":memory:", f".read {script}"], False


class Mawk(Peer):
    def version(self, folder):
        return words_of(["mawk", "-W", "version"])

    def command(self, folder, work, read, write):
        return ["mawk", "-f", here("decide.awk"), read], True


class Jq(Peer):
    def command(self, folder, work, read, write):
        return ["jq", "-rn", "-f", here("decide.jq"), read], True


class Clips(Peer):
    def program(self, folder):
        return shutil.which("clips")

    def version(self, folder):
        return words_of(["dpkg-query", "-W", "-f", "${Version}", "clips"]) if shutil.which("dpkg-query") else ""

    def command(self, folder, work, read, write):
        script = os.path.join(work, "clips.run")
        with open(script, "w", encoding="utf-8") as f:
            f.write(f'(load* "{here("decide.clp")}")\n(decide "{read}" "{write}")\n(exit)\n')
        return ["clips", "-f2", script], False


class Node(Peer):
    def __init__(self, name, package, script, most):
        super().__init__(name, "csv", most)
        self.package, self.script = package, script

    def program(self, folder):
        there = os.path.exists(os.path.join(folder, "node_modules", self.package, "package.json"))
        return shutil.which("node") if there else None

    def version(self, folder):
        with open(os.path.join(folder, "node_modules", self.package, "package.json"), encoding="utf-8") as f:
            return re.search(r'"version":\s*"([^"]+)"', f.read()).group(1)

    def command(self, folder, work, read, write):
        return ["node", here(self.script), folder, read, write], False


PEERS = [Duck(1), Duck(2), Mawk("mawk", "csv", 10**6), Sqlite("SQLite", "csv", 300000),
         Node("json-logic-engine", "json-logic-engine", "logic.mjs", 300000), Clips("CLIPS", "words", CHECKED),
         Jq("jq", "ndjson", CHECKED), Node("GoRules ZEN", "@gorules/zen-engine", "zen.mjs", CHECKED)]


def words_form(csv, path):
    """The benchmark's CSV as words between blanks, which CLIPS reads: nil is unknown."""
    with open(csv, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as to:
        next(f)
        for line in f:
            to.write(" ".join(cell or "nil" for cell in line.rstrip("\n").split(",")) + "\n")


# ---------------------------------------------------------------- make deps-bench
def install(folder):
    """DuckDB into a Python environment, the engines of npm into node_modules, both under the build folder; what fails is said."""
    os.makedirs(folder, exist_ok=True)
    python = os.path.join(folder, "venv", "bin", "python")
    steps = [("Python environment", None if os.path.exists(python) else [sys.executable, "-m", "venv", os.path.join(folder, "venv")]),
             ("DuckDB", [python, "-m", "pip", "install", "--quiet", "-r", here("requirements.txt")])]
    for name in ("package.json", "package-lock.json"):
        shutil.copy(here(name), folder)
    steps.append(("engines of npm", ["npm", "ci", "--no-audit", "--no-fund", "--prefix", folder]))
    for name, command in steps:
        try:
            done = run(command, cwd=folder) if command else None
            why = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] if done and done.returncode else None
        except OSError as e:
            why = [str(e)]
        if why is not None:
            print(f"deps-bench: {name} could not be installed: {' '.join(why)}")
    for peer in PEERS:
        there = peer.program(folder)
        print(f"{peer.name:<20} {peer.version(folder) if there else 'left out: not installed'}")


def main():
    parser = argparse.ArgumentParser(description="what make bench compares with")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--install", action="store_true", help="fetches what is pinned in tests/bench/peers")
    options = parser.parse_args()
    folder = os.path.join(ROOT, options.build, "peers")
    if options.install:
        install(folder)
        return 0
    for peer in PEERS:
        print(f"{peer.name:<20} {peer.version(folder) if peer.program(folder) else 'not installed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
