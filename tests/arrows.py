# arrows.py - checks the arrows between the rooms: which folder may include and call which, and how sources are kept.
# May include: the Python standard library and tests/suite.py; reads #include lines and the symbols of the built objects.
# Start at ROOMS: each room with what it may use; the checks follow in main().
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from suite import ROOT, Count, build_option, run  # noqa: E402

LINES_MOST = 1200
# room: (folders it may include from, besides itself; system headers it may include, None: any of the C library and POSIX)
ROOMS = {
    "runtime": ([], {"stdint.h", "stddef.h", "stdbool.h", "string.h"}),
    "runtime/simd": (["runtime"], {"stdint.h", "stddef.h", "stdbool.h", "string.h", "immintrin.h", "emmintrin.h", "arm_neon.h"}),
    "runtime/io": (["runtime", "runtime/simd"], None),
    "runtime/bindings/python": (["runtime", "runtime/io", "compiler", "lang"], None),
    "runtime/bindings/postgresql": (["runtime", "runtime/io"], None),
    "runtime/bindings/sqlite": (["runtime", "runtime/io"], None),
    "runtime/bindings/wasm": (["runtime/io", "compiler", "lang", "lang/base"], None),
    "lang/base": ([], None),
    "lang": (["lang/base"], None),
    "compiler": (["lang", "lang/base", "runtime"], None),
    "compiler/emit": (["compiler", "lang", "lang/base", "runtime"], None),
    "compiler/analyse": (["compiler", "lang", "lang/base", "runtime"], None),
    "compiler/cli": (["compiler", "compiler/emit", "compiler/analyse", "lang", "lang/base", "runtime", "runtime/io",
                       "runtime/simd"], None),
}
# The compiler proper knows of the runtime only its image, instruction table and arithmetic.
RUNTIME_FOR_COMPILER = {"runtime/image.h", "runtime/opcodes.def", "runtime/arith.h", "runtime/dates.h", "runtime/klausul.h"}
# Folders inside one room may use each other, where the room says so.
SAME_ROOM = {"compiler": {"compiler/emit", "compiler/analyse"}, "compiler/emit": {"compiler/analyse"}, "compiler/analyse": set()}
CORE_CALLS = {"memcpy", "memset", "memcmp", "memmove", "_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"}
THIRD = {"yajl/": {"runtime/io", "compiler/cli"}, "utf8proc.h": {"lang/base", "runtime/io"},
         "postgres.h": {"runtime/bindings/postgresql"}, "sqlite3ext.h": {"runtime/bindings/sqlite"}, "z3.h": {"compiler/analyse"}}


def sources():
    """Every file of the repository, what is built and git's own left out."""
    found = []
    for top, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in (".git", "__pycache__") and not (top == ROOT and f == "build")]
        found += [os.path.relpath(os.path.join(top, f), ROOT) for f in files]
    return sorted(found)


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def room_of(path):
    folder = os.path.dirname(path)
    return folder if folder in ROOMS else None


def check_includes(count, path, text):
    room = room_of(path)
    if room is None:
        return
    folders, system = ROOMS[room]
    for kind, name in re.findall(r"^\s*#\s*include\s+([<\"])([^>\"]+)[>\"]", text, re.M):
        where = f"{path}: #include {name}"
        if kind == '"':
            target = os.path.dirname(name)
            good = target == room or target in folders or target in SAME_ROOM.get(room, ())
            if good and target == "runtime" and room.startswith("compiler") and room != "compiler/cli":
                good = name in RUNTIME_FOR_COMPILER
            if name in ("lang/parse.h", "lang/scan.h"):
                good = room == "lang"
            count.check(where, good, f"{room} may not use {target or name}")
            continue
        for third, rooms in THIRD.items():
            if name.startswith(third):
                count.check(where, room in rooms, f"{third} belongs behind {', '.join(sorted(rooms))}")
        if system is not None:
            count.check(where, name in system, f"{room} may include only {', '.join(sorted(system))}")


def check_host_program(count, path, text):
    """Examples see the installed public header only, or the one that was written for them: vgr.h."""
    for kind, name in re.findall(r"^\s*#\s*include\s+([<\"])([^>\"]+)[>\"]", text, re.M):
        good = (kind == "<" and "/" not in name) or name == "vgr.h"
        count.check(f"{path}: #include {name}", good, "examples use the public header <klausul.h> only")


def check_form(count, path, text):
    """A three-line header says what the file is, what it may include and where to start; no file grows past the limit."""
    lines = text.split("\n")
    count.check(path, len(lines) <= LINES_MOST + 1, f"{len(lines)} lines; the most is {LINES_MOST}")
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    head = []
    if path.endswith((".py", ".sh")) or os.path.basename(path) in ("Makefile", "run", "deps"):
        for line in lines:
            if not line.startswith("#"):
                break
            head.append(line)
    else:
        end = text.find("*/")
        head = text[:end].split("\n") if text.startswith("/*") and end > 0 else []
    count.check(path, len(head) >= 3, "it lacks the three-line header: what it is, what it may include, where to start")


def symbols(build, room):
    """(defined, undefined) global symbols of the room's own objects."""
    folder = os.path.join(build, room)
    objects = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(".o")] if os.path.isdir(folder) else []
    defined, undefined = set(), set()
    if objects:
        for line in run(["nm", "-g", *objects]).stdout.decode().split("\n"):
            m = re.match(r"^[0-9a-f ]*([A-Za-z]) (\S+)$", line.strip() if " U " in line else line)
            if m:
                (undefined if m.group(1) in "Uw" else defined).add(m.group(2))
    return defined, undefined - defined


def check_symbols(count, build):
    table = {room: symbols(build, room) for room in ROOMS}
    owner = {name: room for room, (defined, _) in table.items() for name in defined}
    for room, (_, wanted) in table.items():
        allowed = {room, *ROOMS[room][0], *SAME_ROOM.get(room, ())}
        for name in sorted(wanted):
            if name in owner:
                count.check(f"{room} calls {name}", owner[name] in allowed, f"which lives in {owner[name]}")
    sanitized = any(name.startswith("__asan") for name in table["runtime"][1])
    if sanitized:
        count.skip("runtime's outside calls", "a sanitizer build calls its own library")
        return
    for name in sorted(table["runtime"][1]):
        if name not in owner:
            count.check(f"runtime calls {name}", name in CORE_CALLS, "the core uses nothing but memcpy, memset, memcmp")
    for name in sorted(table["runtime"][0]):
        count.check(f"runtime defines {name}", name.startswith("kl_"), "its symbols begin with kl_")


def main():
    build = build_option()
    count = Count()
    for path in sources():
        form = path.endswith((".c", ".h", ".l", ".y", ".def", ".py", ".sh")) or path in ("Makefile", ".ci/run", ".ci/deps")
        if not form:
            continue
        text = text_of(path)
        check_form(count, path, text)
        if path.endswith((".c", ".h", ".inc", ".def", ".l", ".y")):
            check_includes(count, path, text)
        if path.startswith("examples/") and path.endswith((".c", ".h")):
            check_host_program(count, path, text)
    check_symbols(count, build)
    tops = {p.split("/")[0] for p in sources() if "/" in p and not p.startswith(".")}
    rooms = {"lang", "compiler", "runtime", "rules", "examples", "tests"}
    count.check("top-level folders", tops <= rooms, f"not a room: {', '.join(sorted(tops - rooms))}")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
