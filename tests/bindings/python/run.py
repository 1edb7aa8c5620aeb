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


def why_not(python):
    """Why the package cannot be built here, or None."""
    if not os.path.exists(python):
        return "no venv under the build folder; `make deps-python` installs what it takes"
    if run([python, "-c", "import setuptools, wheel"]).returncode:
        return "the venv has no setuptools; `make deps-python` mends it"
    include = run([python, "-c", "import sysconfig; print(sysconfig.get_paths()['include'])"]).stdout.decode().strip()
    if not os.path.exists(os.path.join(include, "Python.h")):
        return "Python's C headers are missing; `make deps-python` installs them"
    return None


def is_sanitized(build):
    with open(os.path.join(build, "libklausul.a"), "rb") as f:
        return b"__asan_" in f.read()


def sanitized(build, site):
    """The environment in which a plain Python loads what was built with sanitizers."""
    found = [run([os.environ.get("CC", "cc"), f"-print-file-name={name}"]).stdout.decode().strip() for name in ("libasan.so", "libubsan.so")]
    return dict(os.environ, LD_PRELOAD=" ".join(found), ASAN_OPTIONS="detect_leaks=0", PYTHONMALLOC="malloc", PYTHONPATH=site)


def build_package(build, python, more):
    """pip install from the tree, without the network; every warning is an error."""
    flags = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"] if more else []
    env = dict(os.environ, KLAUSUL_BUILD=build, CFLAGS=" ".join(["-Werror", "-Wconversion", *flags]), LDFLAGS=" ".join(flags), PIP_NO_INDEX="1",
               PIP_DISABLE_PIP_VERSION_CHECK="1", SAN="1" if more else "")
    if not more:
        env.pop("SAN")
    return run([python, "-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps", "--force-reinstall", *more, PACKAGE], env=env, cwd=ROOT)


def perform(count, name, python, more, env):
    """One script of this folder in the venv; its tally is added."""
    done = run([python, os.path.join(HERE, name + ".py"), *more], cwd=ROOT, env=env)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    closing = CLOSING.fullmatch(lines[-1]) if lines else None
    if not closing or (done.returncode and closing.group(2) == "0"):
        count.fail(name, (done.stdout + done.stderr).decode("utf-8", "replace")[-3000:])
        return
    print("".join(line + "\n" for line in lines[:-1]), end="")
    count.passed += int(closing.group(1))
    count.failed += int(closing.group(2))
    count.skipped += [name] * int(closing.group(3) or 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--install", action="store_true", help="makes the venv")
    parser.add_argument("--records", type=int, default=3000, help="records of each guideline")
    parser.add_argument("--rounds", type=int, default=1, help="so many times other records")
    parser.add_argument("--only", choices=("cases", "agree", "spark"))
    options = parser.parse_args()
    build = os.path.join(ROOT, options.build)
    if options.install:
        why = install(build)
        if why:
            print(why, file=sys.stderr)
        return 1 if why else 0
    count, env, site = Count(), None, os.path.join(build, "python", "site")
    with_sanitizers = is_sanitized(build)
    _, python = venv_of(build if os.path.exists(venv_of(build)[1]) or not with_sanitizers else os.path.join(ROOT, "build"))
    why = why_not(python)
    if why:
        count.skip("Python package", why)
        return count.finish()
    before = set(os.listdir(PACKAGE))
    if with_sanitizers:
        shutil.rmtree(site, ignore_errors=True)
        env = sanitized(build, site)
    done = build_package(build, python, ["--target", site] if with_sanitizers else [])
    if not count.check("pip install ./runtime/bindings/python", done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")):
        return count.finish()
    left = set(os.listdir(PACKAGE)) - before
    count.check("building leaves nothing in the tree", not left, " ".join(sorted(left)))
    if with_sanitizers:
        perform(count, "cases", python, ["--build", build, "--sanitized"], env)
        perform(count, "agree", python, ["--build", build, "--records", "150"], env)
        return count.finish()
    if options.only in (None, "cases"):
        perform(count, "cases", python, ["--build", build], env)
        done = run([python, "-m", "mypy", "--strict", "--cache-dir", os.path.join(build, "python", "mypy"), os.path.join(PACKAGE, "klausul")], cwd=ROOT)
        count.check("mypy --strict", done.returncode == 0, done.stdout.decode("utf-8", "replace"))
    if options.only in (None, "agree"):
        perform(count, "agree", python, ["--build", build, "--records", str(options.records), "--rounds", str(options.rounds)], env)
    if options.only is None:
        done = run([sys.executable, os.path.join(ROOT, "tests", "docs", "run.py"), "--build", options.build,
                    f"--with=python={os.path.dirname(python)}", "lang/spec/python.md"], cwd=ROOT)
        count.check("the manual's page", done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace"))
    if options.only in (None, "spark"):
        if not shutil.which("java"):
            count.skip("Spark", "no java")
        elif run([python, "-c", "import pyspark"]).returncode:
            count.skip("Spark", "no pyspark in the venv")
        else:
            perform(count, "spark", python, ["--build", build], env)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
