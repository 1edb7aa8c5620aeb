# run.py - the library, the reading of records and their unit tests on other processors: built by their compilers, run by qemu. NEON, and bytes the other way round.
# May include: the Python standard library, tests/suite.py; runs make, cross compilers and qemu where .ci/deps machines put them.
# Start at MACHINES; cmocka.h and absent.c.in beside this file stand in for libraries that are not installed for them.
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, Count, build_option, clean_environment, run  # noqa: E402

HERE = os.path.join("tests", "machines")
ROOMS = ("runtime", "io")
# name: (compiler, emulator, what it shows)
MACHINES = {"aarch64": ("aarch64-linux-gnu-gcc", "qemu-aarch64", "NEON"),
            "s390x": ("s390x-linux-gnu-gcc", "qemu-s390x", "big-endian")}


def programs(room):
    """(main sources, helper sources) of the unit tests of a room."""
    folder = os.path.join("tests", room)
    sources = [os.path.join(folder, name) for name in sorted(os.listdir(os.path.join(ROOT, folder))) if name.endswith(".c")]
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
    rooms = {room: programs(room) for room in ROOMS}
    bench = [os.path.join("tests", "bench", name) for name in ("memory.c", "given.c", "record.c")]
    folder = os.path.join(build, machine)
    object_of = lambda path: os.path.join(folder, path[:-2] + ".o")  # noqa: E731
    libraries = [os.path.join(folder, name) for name in ("libklausulio.a", "libklausul.a")]
    sources = [path for mains, helpers in rooms.values() for path in mains + helpers]
    made = run(["make", "-s", f"-j{os.cpu_count()}", f"B={folder}", f"CC={compiler}", "CFLAGS=-O2 -g",
                "PKG_CFLAGS=-idirafter /usr/include -idirafter /usr/include/yajl",
                f"CPPFLAGS=-I{HERE} -I. -I{folder} -D_POSIX_C_SOURCE=200809L", *libraries, *map(object_of, sources + bench)], cwd=ROOT)
    if not count.check(f"{machine}: builds", made.returncode == 0, made.stderr.decode("utf-8", "replace")):
        return
    absent = os.path.join(folder, "absent.o")
    run([compiler, "-I" + HERE, "-I.", "-c", "-o", absent, "-x", "c", os.path.join(HERE, "absent.c.in")], cwd=ROOT)
    link = lambda to, objects: run([compiler, "-static", "-pthread", "-o", to, *map(object_of, objects), *libraries],  # noqa: E731
                                   cwd=ROOT)
    tool = os.path.join(folder, "memory")
    linked = link(tool, bench)
    if count.check(f"{machine}: the benchmark links", linked.returncode == 0, linked.stderr.decode("utf-8", "replace")):
        yardstick(count, machine, build, tool)
    libraries.append(absent)
    for mains, helpers in rooms.values():
        for path in mains:
            name = path[len("tests/"):-2]
            linked = link(object_of(path)[:-2], [path, *helpers])
            if count.check(f"{machine} {name}: links", linked.returncode == 0, linked.stderr.decode("utf-8", "replace")):
                unit(count, f"{machine} {name}", [emulator, object_of(path)[:-2]])


def unit(count, name, command):
    """One program of tests: its lines of TAP as cases of our own."""
    done = run(command, env=clean_environment(), cwd=ROOT)
    said, ended = [], 0
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        result = re.match(r"(ok|not ok) \d+( # SKIP)? - (.*)$", line)
        if not result:
            said.append(line)
            continue
        word, skipped, test = result.groups()
        if skipped:
            count.skip(f"{name}: {test}", " ".join(said).strip("# ") or "it skips itself")
        else:
            count.check(f"{name}: {test}", word == "ok", "\n".join(said))
        said, ended = [], ended + 1
    count.check(f"{name}: ends well", ended > 0 and done.returncode == 0,
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
