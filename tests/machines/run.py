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


def yardstick(count, machine, build, tool):
    """The trace of the benchmark's guideline in batches, trace and outcomes one by one: the same as here."""
    here = os.path.join(build, "tests", "bench", "memory")
    image = os.path.join(build, machine, "yardstick.kli")
    env = clean_environment()
    run([os.path.join(build, "klausul"), "build", "tests/bench/yardstick.klausul", "-o", image], cwd=ROOT, env=env)
    for verb, rows in (("batches", "20480"), ("one", "2000")):
        ways = [run([*start, verb, image, rows, "200"], env=env) for start in ([here], [MACHINES[machine][1], tool])]
        same = ways[0].stdout == ways[1].stdout != b"" and ways[1].returncode == 0
        count.check(f"{machine}: yardstick, {verb}", same, ways)


def on(count, machine, build):
    compiler, emulator, what = MACHINES[machine]
    for tool in (compiler, emulator):
        if not shutil.which(tool):
            count.skip(f"{machine} ({what})", f"{tool} is not installed; .ci/deps machines")
            return
    mains, helpers = programs()
    bench = [os.path.join("tests", "bench", name) for name in ("memory.c", "given.c", "record.c")]
    folder = os.path.join(build, machine)
    object_of = lambda path: os.path.join(folder, path[:-2] + ".o")  # noqa: E731
    library = os.path.join(folder, "libklausul.a")
    made = run(["make", "-s", f"-j{os.cpu_count()}", f"B={folder}", f"CC={compiler}", "CFLAGS=-O2 -g", "PKG_CFLAGS=",
                f"CPPFLAGS=-I{HERE} -I. -I{folder} -D_POSIX_C_SOURCE=200809L", library, *map(object_of, mains + helpers + bench)],
               cwd=ROOT)
    if not count.check(f"{machine}: builds", made.returncode == 0, made.stderr.decode("utf-8", "replace")):
        return
    tool = os.path.join(folder, "memory")
    linked = run([compiler, "-static", "-o", tool, *map(object_of, bench), library], cwd=ROOT)
    if count.check(f"{machine}: the benchmark links", linked.returncode == 0, linked.stderr.decode("utf-8", "replace")):
        yardstick(count, machine, build, tool)
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
