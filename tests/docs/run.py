# run.py - every example in the README and the manual is run: rule blocks are checked, console blocks compared, links followed.
# May include: the Python standard library and tests/suite.py; runs klausul.
# Start at README.md beside this file for what may stand after the three back-quotes; --write puts in what is printed now.
import difflib
import os
import re
import shlex
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from suite import ROOT, Count, build_option, clean_environment, run, side_by_side  # noqa: E402

FENCE = re.compile(r"^```(\S*)[ ]*(.*)$")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HERE_TOO = dict(a.removeprefix("--with=").split("=", 1) for a in sys.argv[1:] if a.startswith("--with="))  # name: folder of programs
PLAIN = {"", "text", "c", "sh", "make"}  # shown, not run; `sh` blocks must stand word for word in .ci/run


def pages():
    found = []
    for top, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in (".git", "build", "__pycache__")]
        found += [os.path.join(top, f) for f in files if f.endswith(".md")]
    return sorted(found)


class Block:
    def __init__(self, line, kind, info):
        self.line, self.kind, self.info, self.lines = line, kind, info, []
        words = shlex.split(info)
        self.options = dict(w.split("=", 1) for w in words if "=" in w)
        self.flags = {w for w in words if "=" not in w}

    def text(self):
        return "".join(line + "\n" for line in self.lines)


def blocks_of(text):
    block, found = None, []
    for number, line in enumerate(text.split("\n"), 1):
        m = FENCE.match(line)
        if block is None and m:
            block = Block(number, m.group(1), m.group(2))
        elif block is not None and line.strip() == "```":
            found.append(block)
            block = None
        elif block is not None:
            block.lines.append(line)
    return found


def without_code(text):
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors_of(text):
    """The anchors a Markdown viewer makes of the headings."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M):
        plain = re.sub(r"[`*]", "", heading).strip().lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def matches(want, got):
    """Lines agree; a wanted line that is `…` alone stands for any number of lines."""
    pieces, pattern = [[]], []
    for line in want:
        if line.strip() == "…":
            pieces.append([])
        else:
            pieces[-1].append(line)
    for piece in pieces:
        pattern.append("".join(re.escape(line) + "\n" for line in piece))
    return re.fullmatch("(?:.*\n)*?".join(pattern), "".join(line + "\n" for line in got)) is not None


class Page:
    def __init__(self, path, build, write):
        self.path, self.build, self.write = path, build, write
        self.name = os.path.relpath(path, ROOT)
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        self.results = []  # (name, good, why)

    def result(self, block, good, why=""):
        self.results.append((f"{self.name}:{block.line}", good, why))

    def run(self):
        self.links()
        with tempfile.TemporaryDirectory() as folder:
            for room in ("rules", "examples"):
                if os.path.isdir(os.path.join(ROOT, room)):
                    os.symlink(os.path.join(ROOT, room), os.path.join(folder, room))
            os.symlink(self.build, os.path.join(folder, "build"))
            for block in blocks_of(self.text):
                self.block(block, folder)
        return self

    def block(self, block, folder):
        if block.options.get("needs", "") not in ("", *HERE_TOO):
            return  # the suite that has it runs the page once more
        if "file" in block.options:
            with open(os.path.join(folder, block.options["file"]), "w", encoding="utf-8") as f:
                f.write(block.text())
        if block.kind == "klausul":
            self.rules(block, folder)
        elif block.kind == "console":
            self.console(block, folder)
        elif block.kind == "sh":
            with open(os.path.join(ROOT, ".ci/run"), encoding="utf-8") as f:
                steps = f.read()
            for line in block.lines:
                command = line.split(" #")[0].strip()
                if command and not command.startswith(("git clone", "cd ")):
                    self.result(block, re.search(rf"(?m) {re.escape(command)}$", steps), f".ci/run does not run: {command}")
        elif block.kind not in PLAIN and "file" not in block.options:
            self.result(block, False, f"a block of kind {block.kind} that no test reads")

    def rules(self, block, folder):
        text = block.text()
        if "conditions" in block.flags:
            text = "".join(f"klausul villkor_{i}\n  gäller när {line}\n" for i, line in enumerate(block.lines) if line.strip())
        if "with" in block.options:
            prelude = os.path.join(HERE, block.options["with"] + ".klausul")
            with open(prelude, encoding="utf-8") as f:
                text = f.read() + "\n" + text
        if "from" in block.options:  # a passage of a shipped file, as it stands there
            with open(os.path.join(ROOT, block.options["from"]), encoding="utf-8") as f:
                self.result(block, text in f.read(), f"{block.options['from']} has no such lines")
            return
        if "conditions" not in block.flags:
            self.layout(block)
        name = block.options.get("file", block.options.get("append", f"block-{block.line}.klausul"))
        if "append" in block.options:
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                text = f.read() + "\n" + text
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
        done = self.klausul(["check", "--lang", "en", name], folder)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        # A passage or an unfinished file may have what nothing uses yet; a whole file may not.
        partial = "with" in block.options or "append" in block.options or "file" in block.options
        codes = set(re.findall(r"error\[(K\d{4})\]" if partial else r"\[(K\d{4})\]", said))
        expected = set(filter(None, block.options.get("says", "").split(",")))
        self.result(block, codes == expected and done.returncode in (0, 1), said or f"wanted {expected}")

    def klausul(self, words, folder):
        return run([os.path.join(self.build, "klausul"), *words], cwd=folder, env=clean_environment(self.build), timeout=120)

    def console(self, block, folder):
        """`$ command` lines, each followed by what it prints; both outputs together; `…` stands for any lines."""
        command, want, shown = None, [], []
        for line in [*block.lines, "$ "]:
            if not line.startswith("$ "):
                want.append(line)
                continue
            if command is not None:
                env = clean_environment(self.build)
                if "needs" in block.options:
                    env["PATH"] = HERE_TOO[block.options["needs"]] + os.pathsep + env["PATH"]
                if "sv" in block.flags:
                    env["LC_ALL"] = "sv_SE.UTF-8"
                done = run(["bash", "-c", "exec 2>&1; " + command], cwd=folder, env=env, timeout=300)
                got = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
                why = "\n".join(difflib.unified_diff(want, got, "page", "now", lineterm=""))
                good = matches(want, got)
                self.result(block, good or self.write, f"$ {command}\n{why}")
                shown += ["$ " + command, *(want if good else got)]
            command, want = line[2:], []
        self.renew(block, shown)

    def renew(self, block, lines):
        """With --write: puts those lines into the page in place of the block's."""
        if lines == block.lines or not self.write:
            return
        head = f"```{block.kind} {block.info}".rstrip()
        old, new = ("\n".join([head, *text, "```"]) for text in (block.lines, lines))
        with open(self.path, encoding="utf-8") as f:
            text = f.read()
        with open(self.path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))

    def layout(self, block):
        """A block of rules stands in the canonical layout."""
        done = run([os.path.join(self.build, "klausul"), "fmt", "-"], input=block.text().encode(), env=clean_environment())
        lines = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
        if done.returncode == 0:
            why = "\n".join(difflib.unified_diff(block.lines, lines, "page", "fmt", lineterm=""))
            self.result(block, lines == block.lines or self.write, why)
            self.renew(block, lines)

    def links(self):
        for target in LINK.findall(without_code(self.text)):
            if re.match(r"[a-z]+:", target):
                continue
            place, _, anchor = target.partition("#")
            path = os.path.join(os.path.dirname(self.path), place) if place else self.path
            good = os.path.exists(path)
            if good and anchor and path.endswith(".md"):
                with open(path, encoding="utf-8") as f:
                    good = anchor in anchors_of(f.read())
            self.results.append((f"{self.name}: link to {target}", good, "leads nowhere"))


def opcode_table():
    """The instruction table of the image page, as runtime/opcodes.def gives it."""
    with open(os.path.join(ROOT, "runtime/opcodes.def"), encoding="utf-8") as f:
        rows = re.findall(r'^KL_OP\((\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*(\w+),\s*"(.*)"\)', f.read(), re.M)
    lines = ["| code | name | dst | a | b | c | d | meaning |", "|--:|---|---|---|---|---|---|---|"]
    for number, row in enumerate(rows):
        cells = ["" if c == "NO" else c for c in row[1:6]]
        lines.append("| " + " | ".join([str(number), f"`{row[0]}`", *cells, row[6].replace("|", "\\|")]) + " |")
    return lines


def literals(text):
    """Adjacent C string literals as one text; an empty text for NULL."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return re.sub(r"\\(.)", r"\\1", "".join(parts))


def keyword_table():
    """Keywords in both surfaces, as lang/catalogue.def gives them."""
    with open(os.path.join(ROOT, "lang/catalogue.def"), encoding="utf-8") as f:
        rows = re.findall(r'^KL_WORD\(\w+, (\w+), "(.*?)", "(.*?)"\)', f.read(), re.M)
    return ["| svenska | English | keyword |", "|---|---|---|", *(f"| {sv} | {en} | {where.lower()} |" for where, sv, en in rows)]


def diagnostic_table():
    """Codes with their wording in both languages, as lang/diag.def gives them; %1 %2 %3 stand for what is filled in."""
    with open(os.path.join(ROOT, "lang/diag.def"), encoding="utf-8") as f:
        text = f.read()
    string = r'((?:\s*"(?:[^"\\]|\\.)*")+)'
    rows = re.findall(rf'^KL_DIAG\("(K\d{{4}})", \w+, KL_(\w+),{string},{string},', text, re.M)
    lines = ["| code | | svenska | English |", "|---|---|---|---|"]
    for code, severity, sv, en in rows:
        cells = (literals(x).replace("|", "\\|").replace("`", "'") for x in (sv, en))
        lines.append(f"| {code} | {severity.lower()} | " + " | ".join(cells) + " |")
    return lines


def limit_table():
    """The named limits of the language and the compiler."""
    lines = ["| limit | | |", "|---|--:|---|"]
    for path in ("lang/limits.h", "compiler/limits.h"):
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            for name, value, says in re.findall(r"^#define KL_(MAX_\w+) (\S.*?) +/\* (.*) \*/", f.read(), re.M):
                value = re.sub(r"INT64_C\((\d+)\)", r"\1", value).replace("u ", " ").strip("()")
                lines.append(f"| `{name}` | {value} | {says} |")
    return lines


def between_marks(count, page, mark, lines, write):
    """The lines between <!-- mark --> and <!-- /mark --> are those; --write puts them there."""
    path = os.path.join(ROOT, page)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    pattern = re.compile(rf"(<!-- {mark} -->\n)(.*?)(<!-- /{mark} -->)", re.S)
    m = pattern.search(text)
    wanted = "".join(line + "\n" for line in lines)
    if m and write and m.group(2) != wanted:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text[: m.start(2)] + wanted + text[m.end(2):])
    count.check(f"{page}: {mark}", m and (write or m.group(2) == wanted),
                "differs from its source; python3 tests/docs/run.py --write mends it")


def words_of(help_text):
    """The verbs and flags that a --help text names."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_text))


def help_and_papers(count, build):
    """Every verb and flag of --help stands in the man page, the completions and the manual's command page, and none besides."""
    klausul = os.path.join(build, "klausul")
    env = clean_environment(build)
    top = run([klausul, "--lang", "en", "--help"], env=env).stdout.decode()
    verbs = re.findall(r"^  ([a-z]+)  ", top, re.M)
    count.check("klausul --help", len(verbs) >= 9, f"verbs found: {verbs}")
    flags = words_of(top)
    for verb in verbs:
        text = run([klausul, "--lang", "en", verb, "--help"], env=env).stdout.decode()
        flags |= words_of(text)
        count.check(f"klausul {verb} --help", re.search(rf"klausul {verb} \S", text), "it has no example")
    papers = ["compiler/cli/klausul.1", "compiler/cli/klausul.bash", "compiler/cli/klausul.zsh", "compiler/cli/klausul.fish",
              "lang/spec/command.md"]
    for paper in papers:
        with open(os.path.join(ROOT, paper), encoding="utf-8") as f:
            text = f.read().replace("\\-", "-")
        spoken = words_of(text) | {"--" + w for w in re.findall(r"(?:^|\s)-l ([a-z-]+)", text) if paper.endswith(".fish")}
        for verb in verbs:
            count.check(f"{paper}: {verb}", re.search(rf"(?<![\w-]){verb}(?![\w-])", text), "the verb is not there")
        lacking, extra = sorted(flags - spoken), sorted(spoken - flags)
        count.check(f"{paper}: flags", not lacking, f"not there: {' '.join(lacking)}")
        count.check(f"{paper}: flags", not extra, f"unknown to --help: {' '.join(extra)}")


def main():
    build = build_option()
    write = "--write" in sys.argv
    only = [os.path.abspath(a) for a in sys.argv[1:] if a.endswith(".md")]
    count = Count()
    chosen = [p for p in pages() if not only or p in only]
    for page in side_by_side(lambda path: Page(path, build, write).run(), chosen, 2):
        for name, good, why in page.results:
            count.check(name, good, why)
    if not only:
        between_marks(count, "lang/spec/image.md", "instructions", opcode_table(), write)
        between_marks(count, "lang/spec/grammar.md", "keywords", keyword_table(), write)
        between_marks(count, "lang/spec/reference.md", "limits", limit_table(), write)
        between_marks(count, "lang/spec/reference.md", "diagnostics", diagnostic_table(), write)
        help_and_papers(count, build)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
