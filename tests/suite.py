# suite.py - what every test script shares: counting, parallel work, the closing line that tests/run.py adds up.
# May include: the Python standard library only.
# Start at Count: ok() and fail() for each case, then `sys.exit(count.finish())`.
import argparse
import concurrent.futures
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Count:
    """Counts cases; prints only what failed; closes with the line 'N passed, N failed'."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = []

    def ok(self):
        self.passed += 1

    def fail(self, name, why=""):
        self.failed += 1
        print(f"FAILED {name}")
        for line in str(why).splitlines():
            print(f"    {line}")

    def check(self, name, good, why=""):
        if good:
            self.ok()
        else:
            self.fail(name, why)
        return good

    def skip(self, name, reason):
        self.skipped.append(name)
        print(f"skipped {name}: {reason}")

    def finish(self):
        tail = f", {len(self.skipped)} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{tail}")
        return 1 if self.failed else 0


def side_by_side(work, items, jobs=None):
    """work(item) for every item, a few at a time; the results in the items' order."""
    with concurrent.futures.ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
        return list(pool.map(work, items))


def run(command, **options):
    """Runs a command with no standard input (unless given) and both outputs as bytes."""
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **options)


def build_option():
    """The build folder of `--build DIR`, absolute; 'build' when it is not given. Other arguments are left alone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    return os.path.join(ROOT, parser.parse_known_args()[0].build)


def clean_environment(folder=None):
    """An environment where locale, colour and terminal of the person who runs the tests do not show."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "CC")}
    kept.update(LC_ALL="C.UTF-8", HOME="/nonexistent", NO_COLOR="1")
    if folder:
        kept["PATH"] = folder + os.pathsep + kept.get("PATH", "")
    return kept


if __name__ == "__main__":
    sys.exit("suite.py is used by the test scripts beside it")
