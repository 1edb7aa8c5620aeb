# run.py - properties of `klausul fmt` on the shipped rules, generated guidelines and mutated copies of both.
# May include: the Python standard library, tests/suite.py and the guideline generator of tests/oracle.
# Start at properties(): what must hold of any file that is read without errors; broken files must be left as they are.
import argparse
import glob
import os
import random
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "oracle")]
from suite import ROOT, Count, clean_environment, run, side_by_side  # noqa: E402
import generate  # noqa: E402
import surface  # noqa: E402

GENERATED = 60
MUTANTS = 4  # of each file


class Tool:
    def __init__(self, klausul):
        self.klausul, self.env = klausul, clean_environment()

    def fmt(self, text, *flags):
        """(exit status, what comes out, what is said) of fmt on standard input."""
        done = run([self.klausul, "fmt", *flags, "-"], input=text.encode(), env=self.env, timeout=60)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def words(text):
    """The text without blanks at all: what formatting may not change."""
    return re.sub(r"[ \t\u00a0]+|(?<=\|)[-:]+(?=\|)", "", text.rstrip("\n"))


def properties(tool, text):
    """Yields what is wrong with fmt on a file that has no errors."""
    status, once, said = tool.fmt(text)
    if status != 0:
        yield f"fmt ended with {status}: {said[:2000]}"
        return
    if tool.fmt(once)[1] != once:
        yield "fmt of its own output changes it"
    if tool.fmt(once, "--check")[0] != 0:
        yield "--check finds something to change in fmt's own output"
    if once != text and tool.fmt(text, "--check")[0] != 1:
        yield "--check finds nothing where fmt changes"
    if len(once.rstrip("\n").split("\n")) != len(text.rstrip("\n").split("\n")):
        yield "lines were joined or broken"
    if words(once) != words(text):
        yield "more than blanks changed"
    if re.search(r"[ \t]$", once, re.M):
        yield "blanks at the end of a line"
    own = "sv" if re.search(r"^(riktlinje|värden|post|använd|utfall|klausul|taxa|antagande|regel)\b", once, re.M) else "en"
    other = {"sv": "en", "en": "sv"}[own]
    status, there, said = tool.fmt(once, "--keywords", other)
    if status != 0:
        yield f"--keywords {other} ended with {status}: {said[:2000]}"
        return
    back = tool.fmt(there, "--keywords", own)[1]
    if back != once:
        at = next((i for i, (a, b) in enumerate(zip(once.split("\n"), back.split("\n"))) if a != b), 0)
        yield f"--keywords {other} and back differ at line {at + 1}:\n{once.split(chr(10))[at]}\n{(back.split(chr(10)) + [''] * at)[at]}"
    if tool.fmt(there, "--keywords", other)[1] != there:
        yield f"--keywords {other} is not settled"


def respaced(text, chance):
    """The same file badly laid out: indents, blanks between words and cells, blanks at line ends."""
    lines = []
    for line in text.split("\n"):
        if not line.strip():
            lines.append(line + " " * chance.choice((0, 0, 3)))
            continue
        body = line.strip()
        # Outside quotes, back quotes and comments a run of blanks may be any run of blanks.
        parts = re.split(r'("(?:[^"\\]|\\.)*"|”[^”]*”|`[^`]*`|#.*$)', body)
        for i in range(0, len(parts), 2):
            parts[i] = re.sub(r" +", lambda m: " " * chance.choice((1, 1, 2, 5)), parts[i])
            if body.startswith("|") and not re.fullmatch(r"[|:\- ]+", body):
                parts[i] = re.sub(r" *(?<!\\)\| *", lambda m: chance.choice(("|", " | ", "  |")), parts[i])
        body = "".join(parts).strip()
        lines.append(" " * chance.choice((0, 2, 2, 7)) + body + " " * chance.choice((0, 0, 2)))
    return "\n".join(lines)


def commented(text, chance):
    """Comments and blank lines put between lines, and comments after lines."""
    lines = []
    for line in text.split("\n"):
        if chance.random() < 0.05:
            lines.append(chance.choice(("", "# egen rad", "   # indragen åäö")))
        if line.strip() and "#" not in line and chance.random() < 0.05:
            line += chance.choice(("  # efter", " # ”citat” | och rör"))
        lines.append(line)
    return "\n".join(lines)


def broken(text, chance):
    """A few characters lost, doubled or moved: usually no longer a file that can be read."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        size = chance.randint(1, 12)
        piece = text[at:at + size]
        text = chance.choice((text[:at] + text[at + size:], text[:at] + piece + text[at:], text[:at] + chance.choice('()|",#`:') + text[at:]))
    return text


def judge(tool, name, text, chance):
    """(name, complaint or None) of a file and its mutants."""
    status, plain, said = tool.fmt(text)
    found = [(name, "; ".join(properties(tool, text)) or None)]
    for number in range(MUTANTS):
        mutant = respaced(text, chance)
        out = tool.fmt(mutant)[1]
        complaint = None if status or out == plain else "laid out badly, it is not brought back to the same layout"
        found.append((f"{name} respaced {number}", complaint))
        mutant = commented(respaced(text, chance), chance)
        found.append((f"{name} commented {number}", "; ".join(properties(tool, mutant)) or None))
        mutant = broken(text, chance)
        code, out, said = tool.fmt(mutant)
        if code == 0:
            found.append((f"{name} broken {number}", "; ".join(properties(tool, mutant)) or None))
        else:
            good = code == 1 and out in ("", mutant) and said
            found.append((f"{name} broken {number}", None if good else f"exit status {code}, {len(out)} characters out: {said[:500]}"))
    return [(where, why and f"{why}\n(the text: {keep(where, text)})") for where, why in found]


def keep(name, text):
    path = os.path.join(tempfile.gettempdir(), "fmt-" + re.sub(r"\W+", "-", name) + ".klausul")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def files_on_disk(count, tool, sample):
    """fmt rewrites files in place, leaves those with errors alone, and says which."""
    with tempfile.TemporaryDirectory() as folder:
        good, bad = os.path.join(folder, "a.klausul"), os.path.join(folder, "b.klausul")
        ill = "riktlinje (((\n"
        for path, text in ((good, respaced(sample, random.Random(1))), (bad, ill)):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        done = run([tool.klausul, "fmt", folder], env=tool.env)
        with open(good, encoding="utf-8") as f:
            count.check("fmt in place", f.read() == tool.fmt(sample)[1])
        with open(bad, encoding="utf-8") as f:
            count.check("fmt of a file with errors", f.read() == ill and done.returncode == 1 and b"b.klausul" in done.stderr,
                        done.stderr.decode("utf-8", "replace"))


def main():
    parser = argparse.ArgumentParser(description="properties of klausul fmt")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--seed", type=int, default=1, help="first generated guideline (default 1)")
    parser.add_argument("--soak", action="store_true", help="fifty times as many guidelines")
    options = parser.parse_args()
    tool = Tool(os.path.join(ROOT, options.build, "klausul"))
    count = Count()
    cases = []
    shipped = sorted(glob.glob(os.path.join(ROOT, "rules/**/*.klausul"), recursive=True))
    for path in shipped:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        cases.append((os.path.relpath(path, ROOT), text))
        count.check(f"{os.path.relpath(path, ROOT)} is formatted", tool.fmt(text, "--check")[0] == 0)
    for seed in range(options.seed, options.seed + GENERATED * (50 if options.soak else 1)):
        cases.append((f"generated {seed}", surface.text(generate.guideline(seed))))
    judged = side_by_side(lambda case: judge(tool, *case, random.Random(f"{options.seed}/{case[0]}")), cases)
    for found in judged:
        for name, why in found:
            count.check(name, why is None, why or "")
    if count.check("rules to format", cases and shipped):
        files_on_disk(count, tool, cases[0][1])
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
