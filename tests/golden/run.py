# run.py - the golden runner: files *.golden hold a command of klausul, its input files and what it must print.
# May include: the Python standard library and tests/suite.py.
# Start at README.md beside this file for the format; `--bless` (or `make bless`) writes what the tool prints now.
import argparse
import datetime
import difflib
import os
import re
import shlex
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from suite import ROOT, Count, clean_environment, run, side_by_side  # noqa: E402

MARK = re.compile(r"^-- (command|env|stdin|file|stdout|stderr|exit|output)(?:\(([a-z0-9, -]+)\))?(?::[ ]?(.*))?$")
CUT = "\\ no newline at the end\n"


class Golden:
    def __init__(self, path):
        self.path = path
        self.commands = []
        self.env = {}
        self.sections = []  # [kind, flags, name, text], in order
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
            lines = f.read().split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        body = None
        for line in lines:
            m = MARK.match(line)
            if not m:
                if body is None:
                    if line.strip() and not line.startswith("#"):
                        raise ValueError(f"{path}: text before the first section: {line!r}")
                    continue
                body.append(line)
                continue
            kind, flags, rest = m.group(1), (m.group(2) or "").replace(" ", "").split(","), m.group(3) or ""
            body = None
            if kind == "command":
                self.commands.append(rest)
            elif kind == "env":
                for word in shlex.split(rest):
                    name, _, value = word.partition("=")
                    self.env[name] = value
            else:
                body = []
                self.sections.append([kind, flags, rest, body])
        if not self.commands:
            raise ValueError(f"{path}: no '-- command:' line")
        self.head = []
        for line in lines:
            if MARK.match(line) and not line.startswith(("-- command", "-- env")):
                break
            self.head.append(line)

    def text_of(self, section):
        return "".join(line + "\n" for line in section[3])

    def bytes_of(self, section):
        text, flags = self.text_of(section), section[1]
        if "repeat" in flags:
            text = re.sub(r"^(\d+)× (.*\n)", repeated, text, flags=re.M)
        if "escaped" in flags:
            text = re.sub(r"\\(x[0-9a-fA-F]{2}|[nrt\\])", unescape, text)
        if "crlf" in flags:
            text = text.replace("\n", "\r\n")
        if "cut" in flags:
            text = text.rstrip("\r\n")
        data = text.encode("latin-1" if "latin1" in flags else "utf-8", "surrogateescape")
        for flag in flags:
            if flag.startswith("fill"):
                data = data.ljust(int(flag[4:]))
        return (b"\xef\xbb\xbf" if "bom" in flags else b"") + data


def repeated(m):
    """`3× c{n} {n+1}` is three lines; {day} is the n-th day after 2000-01-01, ↵ a line end; a \\ last leaves the line open."""
    first = datetime.date(2000, 1, 1)
    line = m.group(2).replace("\\\n", "")
    return "".join(
        line.replace("{n}", str(n)).replace("{n+1}", str(n + 1)).replace("↵", "\n")
        .replace("{day}", str(first + datetime.timedelta(days=n)))
        for n in range(1, int(m.group(1)) + 1)
    )


def unescape(m):
    word = m.group(1)
    if word[0] == "x":
        return bytes([int(word[1:], 16)]).decode("utf-8", "surrogateescape")
    return {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}[word]


def perform(golden, klausul, folder):
    """Runs the commands; returns what each checked section holds now, by (kind, name)."""
    out, err, codes = b"", b"", []
    stdin = b""
    for section in golden.sections:
        if section[0] == "stdin":
            stdin = golden.bytes_of(section)
        elif section[0] == "file":
            path = os.path.join(folder, section[2])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(golden.bytes_of(section))
    env = clean_environment()
    env.update(golden.env)
    for command in golden.commands:
        words = [w.replace("{root}", ROOT) for w in shlex.split(command)]
        done = run([klausul] + words, input=stdin, cwd=folder, env=env, timeout=120)
        out, err = out + done.stdout, err + done.stderr
        codes.append(str(done.returncode))
    now = {("stdout", ""): out, ("stderr", ""): err, ("exit", ""): ("\n".join(codes) + "\n").encode()}
    for section in golden.sections:
        if section[0] == "output":
            path = os.path.join(folder, section[2])
            now[("output", section[2])] = open(path, "rb").read() if os.path.exists(path) else b"(no such file)\n"
    shown = {}
    for key, data in now.items():
        text = data.decode("utf-8", "surrogateescape").replace(ROOT, "{root}").replace(folder, "{here}")
        shown[key] = text if not text or text.endswith("\n") else text + "\n" + CUT
    return shown


def wanted(golden):
    want = {("stdout", ""): "", ("stderr", ""): "", ("exit", ""): ""}
    for section in golden.sections:
        if section[0] in ("stdout", "stderr", "exit", "output"):
            want[(section[0], section[2])] = golden.text_of(section)
    return want


def bless(golden, now):
    lines = list(golden.head)
    for section in golden.sections:
        if section[0] in ("stdin", "file"):
            flags = f"({','.join(section[1])})" if section[1] != [""] else ""
            lines.append(f"-- {section[0]}{flags}" + (f": {section[2]}" if section[2] else ""))
            lines += section[3]
    keys = [("stdout", ""), ("stderr", "")] + [k for k in now if k[0] == "output"] + [("exit", "")]
    for kind, name in keys:
        if not now[(kind, name)] and kind in ("stdout", "stderr"):
            continue
        lines.append(f"-- {kind}" + (f": {name}" if name else ""))
        lines += now[(kind, name)].split("\n")[:-1]
    with open(golden.path, "w", encoding="utf-8", errors="surrogateescape", newline="") as f:
        f.write("\n".join(lines) + "\n")


def one(job):
    path, klausul, blessing = job
    name = os.path.relpath(path, ROOT)
    try:
        golden = Golden(path)
        with tempfile.TemporaryDirectory() as folder:
            now = perform(golden, klausul, folder)
    except Exception as e:  # a broken golden or a command that hangs is a failure of that golden only
        return name, str(e)
    want = wanted(golden)
    if now == want:
        return name, None
    if blessing:
        bless(golden, now)
        return name, "blessed"
    report = []
    for key in sorted(set(want) | set(now)):
        a, b = want.get(key, ""), now.get(key, "")
        if a != b:
            report += difflib.unified_diff(
                a.splitlines(), b.splitlines(), f"{key[0]} {key[1]} wanted", f"{key[0]} {key[1]} now", lineterm="")
    return name, "\n".join(report[:80]).encode("utf-8", "backslashreplace").decode()


def codes_of(diag_def):
    with open(diag_def, encoding="utf-8") as f:
        return re.findall(r"^\s*KL_DIAG\(\s*\"?(K\d{4})", f.read(), re.M)


def every_code_has_one(count, paths):
    """Each diagnostic code is printed by some golden under diag/ that is named after it."""
    diag_def = os.path.join(ROOT, "lang/diag.def")
    codes = codes_of(diag_def)
    count.check("lang/diag.def", codes and len(codes) == len(set(codes)), "no codes, or a code twice")
    by_code = {}
    for path in paths:
        if os.path.basename(os.path.dirname(path)) == "diag":
            by_code.setdefault(os.path.basename(path)[:5], []).append(path)
    for code in codes:
        texts = [wanted(Golden(p)) for p in by_code.get(code, [])]
        shown = any(code in t[("stdout", "")] + t[("stderr", "")] for t in texts)
        count.check(f"tests/golden/diag/{code}*.golden", shown, "no golden of that name prints the code")
    for code in sorted(set(by_code) - set(codes)):
        count.fail(f"tests/golden/diag/{code}*.golden", "lang/diag.def has no such code")


def main():
    parser = argparse.ArgumentParser(description="compares what klausul prints with the goldens")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--bless", action="store_true", help="write what the tool prints now")
    parser.add_argument("paths", nargs="*", help="goldens or folders (default: all)")
    options = parser.parse_args()
    klausul = os.path.join(ROOT, options.build, "klausul")
    paths = sorted(os.path.join(top, f) for top, _, files in os.walk(HERE) for f in files if f.endswith(".golden"))
    only = [os.path.abspath(p) for p in options.paths]
    chosen = [p for p in paths if not only or any(p == o or p.startswith(o + os.sep) for o in only)]
    count = Count()
    for name, why in side_by_side(one, [(p, klausul, options.bless) for p in chosen]):
        if why == "blessed":
            print(f"blessed {name}")
            why = None
        if why is None:
            count.ok()
        else:
            count.fail(name, why)
    if not only and not options.bless:
        every_code_has_one(count, paths)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
