# run.py - runs every suite of tests, two at a time, prints one line each and closes with 'N passed, N failed'.
# May include: the Python standard library and tests/suite.py; suites are programs that close with such a line themselves.
# Start at suites(): the list of what is run; `--only NAME` runs those whose name holds NAME, with all they print.
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from suite import ROOT  # noqa: E402

CLOSING = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
EXAMPLES = re.compile(r": (\d+) examples?, (\d+) failed")  # a line of `klausul test` for each file
MINUTES_MOST = 15
HOURS_SOAKED = 3


def units(build):
    """Every test program under the build folder; fuzzers, oracles and benches have drivers of their own."""
    for room in sorted(os.listdir(os.path.join(build, "tests"))):
        folder = os.path.join(build, "tests", room)
        if room in ("fuzz", "oracle", "bench", "conformance") or not os.path.isdir(folder):
            continue
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            source = os.path.join(ROOT, "tests", room, name + ".c")
            if os.access(path, os.X_OK) and os.path.isfile(path) and os.path.exists(source):
                yield f"unit {room}/{name}", [path]


def suites(build, soak):
    """(name, command) of each suite, the long ones first so that two at a time finish together."""
    klausul = os.path.join(build, "klausul")
    script = lambda path, *more: [sys.executable, os.path.join("tests", path), "--build", build, *more]  # noqa: E731
    long = ["--soak"] if soak else []
    yield "image fuzz", script("fuzz/run.py", *long)
    yield "oracle", script("oracle/run.py", *long)
    yield "plane properties", script("oracle/planes.py", *long)
    yield "smallest changes", script("oracle/nearest.py", *long)
    yield "suggested examples", script("oracle/suggestions.py", *long)
    yield "changes that go unnoticed", script("oracle/unnoticed.py", *long)
    yield "plans of random guidelines", script("oracle/changes.py", *long)
    yield "back ends", script("agree/run.py", *long)
    yield "build", script("build/check.py")
    yield "goldens", script("golden/run.py")
    yield "other machines", script("machines/run.py")
    yield "conformance", script("conformance/check.py")
    yield "runs that end otherwise", script("cli/check.py")
    yield "guideline examples", [klausul, "test", "--lang", "en", "--threshold", "100", "rules"]
    yield "formatter properties", script("fuzz/fmt_property.py", *long)
    yield "record properties", script("fuzz/records_property.py", *long)
    yield "cells as another reader sees them", script("fuzz/cells_property.py", *long)
    yield "records without end", script("bench/soak.py", *long)
    yield "bench", script("bench/check.py")
    yield "instructions", script("bench/instructions.py")
    yield "rules are formatted", [klausul, "fmt", "--check", "rules"]
    yield "documents", script("docs/run.py")
    yield "Python package", script("bindings/python/run.py", *(["--rounds", "40", "--only", "agree"] if soak else []))
    yield "PostgreSQL extension", script("bindings/postgresql.py", *(["--rounds", "20"] if soak else []))
    yield "SQLite extension", script("bindings/sqlite.py", *(["--rounds", "26"] if soak else []))
    yield "WebAssembly", script("bindings/wasm/run.py", *(["--rounds", "100"] if soak else []))
    yield "arrows", script("arrows.py")
    yield from units(build)


def tally(text, code):
    """Cases passed, failed and skipped: from a closing line, cmocka's TAP lines, or the examples of rule files."""
    closing = CLOSING.findall(text)
    tap = re.findall(r"^(ok|not ok) \d+ (# SKIP)?", text, re.M)
    if closing:
        passed, failed, skipped = (int(n or 0) for n in closing[-1])
    elif tap:
        skipped = sum(1 for _, skip in tap if skip)
        passed = sum(1 for word, skip in tap if word == "ok" and not skip)
        failed = len(tap) - passed - skipped
    elif EXAMPLES.search(text):
        examples = [(int(n), int(bad)) for n, bad in EXAMPLES.findall(text)]
        passed, failed, skipped = sum(n - bad for n, bad in examples), sum(bad for _, bad in examples), 0
    else:
        passed, failed, skipped = (1, 0, 0) if code == 0 else (0, 1, 0)
    if code != 0 and failed == 0:
        failed = 1
    return passed, failed, skipped


def perform(job, most):
    name, command = job
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", LC_ALL="C.UTF-8", NO_COLOR="1")
    start = time.monotonic()
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60 * most, check=False)
        text, code = done.stdout.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as e:
        text, code = (e.stdout or b"").decode("utf-8", "replace") + f"\nstopped after {most} minutes", 1
    except OSError as e:
        text, code = str(e), 1
    return name, text, code, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description="runs all suites of tests")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--only", action="append", help="suites whose name holds this")
    parser.add_argument("--soak", action="store_true", help="fuzzers, the oracle and pipes of records, for much longer")
    options = parser.parse_args()
    build = os.path.join(ROOT, options.build)
    most = 60 * HOURS_SOAKED if options.soak else MINUTES_MOST
    only = options.only or (["fuzz", "oracle", "properties", "without end", "back ends", "package", "extension", "WebAssembly"] if options.soak else [])
    chosen = [s for s in suites(build, options.soak) if not only or any(o in s[0] for o in only)]
    total = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for job in concurrent.futures.as_completed([pool.submit(perform, s, most) for s in chosen]):
            name, text, code, seconds = job.result()
            numbers = tally(text, code)
            total = [a + b for a, b in zip(total, numbers)]
            skipped = f", {numbers[2]} skipped" if numbers[2] else ""
            print(f"{name:<36} {numbers[0]} passed, {numbers[1]} failed{skipped}  ({seconds:.1f} s)", flush=True)
            lines = text.splitlines()
            if numbers[1] or options.only:
                shown = lines if options.only else lines[-60:]
            else:
                shown = [line for line in lines if line.startswith(("note:", "skipped "))]
            for line in shown:
                print(f"    {line}", flush=True)
    print(f"{total[0]} passed, {total[1]} failed" + (f", {total[2]} skipped" if total[2] else ""))
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
