# run.py - the Python package as a user gets it: built by pip into a venv under the build folder, then its tests, run there.
# May include: the Python standard library and tests/suite.py. --install makes the venv with what requirements.txt pins (from the network).
# Start at main(). What is not installed is skipped with the reason, so that `make check` needs none of it.
import argparse
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))
from suite import ROOT, Count, run  # noqa: E402

CLOSING = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
PACKAGE = os.path.join(ROOT, "runtime", "bindings", "python")


def venv_of(build):
    """(folder, its Python)"""
    folder = os.path.join(build, "python", "venv")
    return folder, os.path.join(folder, "bin", "python")


def install(build):
    """Makes the venv; downloads are kept in the build folder, so that a second time needs no network."""
    folder, python = venv_of(build)
    kept = os.path.join(build, "python", "downloads")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--cache-dir", kept]
    steps = [] if os.path.exists(python) else [[sys.executable, "-m", "venv", folder]]
    steps.append([*pip, "install", "-q", "-r", os.path.join(HERE, "requirements.txt")])
    for step in steps:
        done = run(step)
        if done.returncode:
            print((done.stdout + done.stderr).decode("utf-8", "replace"), file=sys.stderr)
            return f"{' '.join(step[:4])} … failed"
    return None


def why_not(build, python):
    """Why the package cannot be built here, or None."""
    if not os.path.exists(python):
        return "no venv under the build folder; `make deps-python` installs what it takes"
    if run([python, "-c", "import setuptools, wheel"]).returncode:
        return "the venv has no setuptools; `make deps-python` mends it"
    include = run([python, "-c", "import sysconfig; print(sysconfig.get_paths()['include'])"]).stdout.decode().strip()
    if not os.path.exists(os.path.join(include, "Python.h")):
        return "Python's C headers are missing; `make deps-python` installs them"
    with open(os.path.join(build, "libklausul.a"), "rb") as f:
        if b"__asan_" in f.read():
            return "archives of a sanitizer build cannot be loaded into Python"
    return None


def build_package(build, python):
    """pip install from the tree, without the network; every warning is an error."""
    env = dict(os.environ, KLAUSUL_BUILD=build, CFLAGS="-Werror -Wconversion", PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    return run([python, "-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps", "--force-reinstall", PACKAGE], env=env, cwd=ROOT)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--install", action="store_true", help="makes the venv")
    parser.add_argument("--records", type=int, default=1500, help="records of each guideline")
    parser.add_argument("--only", choices=("cases", "agree", "spark"))
    options = parser.parse_args()
    build = os.path.join(ROOT, options.build)
    _, python = venv_of(build)
    if options.install:
        why = install(build)
        if why:
            print(why, file=sys.stderr)
        return 1 if why else 0
    count = Count()
    why = why_not(build, python)
    if why:
        count.skip("Python package", why)
        return count.finish()
    before = set(os.listdir(PACKAGE))
    done = build_package(build, python)
    if not count.check("pip install ./runtime/bindings/python", done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")):
        return count.finish()
    left = set(os.listdir(PACKAGE)) - before
    count.check("building leaves nothing in the tree", not left, " ".join(sorted(left)))
    if options.only is None:
        done = run([sys.executable, os.path.join(ROOT, "tests", "docs", "run.py"), "--build", options.build,
                    f"--with=python={os.path.dirname(python)}", "lang/spec/python.md"], cwd=ROOT)
        count.check("the manual's page", done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace"))
    java = shutil.which("java") is not None
    for name, more in (("cases", []), ("agree", ["--records", str(options.records)]), ("spark", [])):
        if options.only not in (None, name):
            continue
        if name == "spark" and (not java or run([python, "-c", "import pyspark"]).returncode):
            count.skip("Spark", "no java" if not java else "no pyspark in the venv")
            continue
        done = run([python, os.path.join(HERE, name + ".py"), "--build", build, *more], cwd=ROOT)
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        closing = CLOSING.findall(text)
        if not closing or (done.returncode and closing[-1][1] == "0"):
            count.fail(name, text[-3000:])
            continue
        print("".join(line + "\n" for line in text.splitlines()[:-1]), end="")
        count.passed += int(closing[-1][0])
        count.failed += int(closing[-1][1])
        count.skipped += [name] * int(closing[-1][2] or 0)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
