# run.py - the library and its unit tests on other processors: built by their compilers, run by qemu. NEON, and bytes the other way round.
# May include: the Python standard library, tests/suite.py; runs make, cross compilers and qemu where .ci/deps machines put them.
# Start at MACHINES; cmocka.h beside this file stands in for the library, which is not installed for them.
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, Count, build_option, clean_environment, run  # noqa: E402

HERE = os.path.join("tests", "machines")
# name: (compiler, emulator, what it shows)
MACHINES = {"aarch64": ("aarch64-linux-gnu-gcc", "qemu-aarch64", "NEON"),
            "s390x": ("s390x-linux-gnu-gcc", "qemu-s390x", "big-endian")}


def programs():
    """(main source, helper sources) of the unit tests of the library."""
    room = os.path.join("tests", "runtime")
    sources = [os.path.join(room, name) for name in sorted(os.listdir(os.path.join(ROOT, room))) if name.endswith(".c")]
    with_main = []
    for path in sources:
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            if re.search(r"^int main", f.read(), re.M):
                with_main.append(path)
    return with_main, [path for path in sources if path not in with_main]


def on(count, machine, build):
    compiler, emulator, what = MACHINES[machine]
    for tool in (compiler, emulator):
        if not shutil.which(tool):
            count.skip(f"{machine} ({what})", f"{tool} is not installed; .ci/deps machines")
            return
    mains, helpers = programs()
    folder = os.path.join(build, machine)
    object_of = lambda path: os.path.join(folder, path[:-2] + ".o")  # noqa: E731
    library = os.path.join(folder, "libklausul.a")
    made = run(["make", "-s", f"-j{os.cpu_count()}", f"B={folder}", f"CC={compiler}", "CFLAGS=-O2 -g", "PKG_CFLAGS=",
                f"CPPFLAGS=-I{HERE} -I. -I{folder} -D_POSIX_C_SOURCE=200809L", library, *map(object_of, mains + helpers)], cwd=ROOT)
    if not count.check(f"{machine}: builds", made.returncode == 0, made.stderr.decode("utf-8", "replace")):
        return
    for path in mains:
        name = os.path.splitext(os.path.basename(path))[0]
        program = object_of(path)[:-2]
        linked = run([compiler, "-static", "-o", program, object_of(path), *map(object_of, helpers), library], cwd=ROOT)
        if not count.check(f"{machine} {name}: links", linked.returncode == 0, linked.stderr.decode("utf-8", "replace")):
            continue
        done = run([emulator, program], env=clean_environment(), cwd=ROOT)
        said, ended = [], 0
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            result = re.match(r"(ok|not ok) \d+( # SKIP)? - (.*)$", line)
            if not result:
                said.append(line)
                continue
            word, skipped, test = result.groups()
            if skipped:
                count.skip(f"{machine} {name}: {test}", " ".join(said) or "it skips itself")
            else:
                count.check(f"{machine} {name}: {test}", word == "ok", "\n".join(said))
            said, ended = [], ended + 1
        count.check(f"{machine} {name}: ends well", ended > 0 and done.returncode == 0,
                    f"status {done.returncode}\n{done.stderr.decode('utf-8', 'replace')}")


def main():
    build, count = build_option(), Count()
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # of a make that may have started this
        os.environ.pop(name, None)
    for machine in MACHINES:
        on(count, machine, build)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
