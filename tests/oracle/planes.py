# planes.py - gives random guidelines and the shipped ones to the program planes, which compiles each with and without shared planes.
# Uses the oracle's generator, tests/suite.py and the standard library.
# Start at main(); tangled() writes conditions that repeat, negate and overlap each other, which is what sharing planes is about.
import argparse
import glob
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import generate  # noqa: E402
import surface  # noqa: E402
from suite import ROOT, run  # noqa: E402

SHIPPED = ("rules/*/*/*.klausul", "tests/bench/*.klausul")
BATCHES = 3
AT_ONCE = 40

HEAD = """riktlinje prov.snår
  {period}
värden färg
  röd
  grön
  blå
  gul
  vit
post sak
  nr   : text nyckel
  dag  : datum
  vikt : heltal
  mått : heltal annars 4
  färg : färg
  kant : färg annars gul
  ny   : ja/nej
  hel  : ja/nej annars nej
  hål  : mängd av färg
  ord  : text
antagande gräns : heltal annars okänt mellan 2 och 6
antagande sed : ja/nej annars ja
utfall svar : heltal
utfall även : ja/nej annars nej
"""
PERIODS = ("gäller utan datum", "dateras av dag\n  gäller från 2023-01-01 tidigare okänt",
           "dateras av dag\n  gäller från 2023-01-01 till och med 2024-12-31 tidigare inget senare okänt\n"
           "  omfattar när vikt < 9 eller ny")


def atom(dice):
    number = lambda: dice.randrange(0, 9)  # noqa: E731
    colours = lambda: ", ".join(dice.sample(("röd", "grön", "blå", "gul", "vit"), dice.randrange(1, 4)))  # noqa: E731
    return dice.choice((
        lambda: f"{dice.choice(('vikt', 'mått'))} {dice.choice(('<', '<=', '>', '>=', '=', '!='))} {number()}",
        lambda: f"{dice.choice(('färg', 'kant'))} bland {colours()}",
        lambda: f"{dice.choice(('färg', 'kant'))} = {dice.choice(('röd', 'grön', 'blå'))}",
        lambda: dice.choice(("ny", "hel", "sed")),
        lambda: f"{dice.choice(('vikt', 'färg', 'ny', 'hel', 'mått', 'hål', 'ord'))} är känd",
        lambda: f"hål har {dice.choice(('röd', 'grön'))}",
        lambda: f"ord = \"{dice.choice('abc')}\"",
        lambda: f"vikt {dice.choice(('<', '>=', '='))} gräns",
        lambda: f"vikt + mått {dice.choice(('<', '>='))} {number() + 4}",
        lambda: f"dag {dice.choice(('<', '>='))} 202{dice.randrange(2, 6)}-0{dice.randrange(1, 7)}-01",
    ))()


def condition(dice, names, depth):
    if depth == 0 or dice.random() < 0.2:
        return dice.choice(names) if names and dice.random() < 0.5 else atom(dice)
    if dice.random() < 0.25:
        return f"inte ({condition(dice, names, depth - 1)})"
    word = dice.choice((" och ", " eller "))
    parts = [condition(dice, names, depth - 1) for _ in range(dice.randrange(2, 4))]
    if dice.random() < 0.3:
        parts.append(dice.choice(parts))
    return word.join(f"({p})" for p in parts)


def tangled(seed):
    dice = random.Random(f"snår/{seed}")
    text, names = HEAD.format(period=dice.choice(PERIODS)), []
    for i in range(dice.randrange(4, 12)):
        text += f"klausul k{i}\n  gäller när {condition(dice, names, 3)}\n"
        if dice.random() < 0.3:
            text += f"  utom när {condition(dice, names, 1)}\n"
        names.append(f"k{i}")
    for i in range(dice.randrange(2, 6)):
        gives = dice.choice((f"svar {dice.randrange(3)}", "svar vikt", "även ja"))
        text += f"regel r{i}\n"
        if i and dice.random() < 0.3:
            text += f"  åsidosätter r{i - 1}\n"
        text += f"  när {condition(dice, names, 2)}\n  ger {gives}\n"
    text += f"krav v\n  för {condition(dice, names, 1)}\n  kräver {condition(dice, names, 1)}\n"
    return text


def crossing(seed):
    """Truths too large to be worked out: pairs of facts that no order brings together."""
    dice, size = random.Random(f"kors/{seed}"), 30
    text = "riktlinje prov.kors\n  gäller utan datum\npost sak\n  nr : text nyckel\n"
    text += "".join(f"  {name}{i} : ja/nej\n" for name in "ab" for i in range(size))
    text += "utfall svar : heltal\n"
    for k in range(60):
        other = dice.sample(range(size), size)
        text += f"klausul k{k}\n  gäller när " + " eller ".join(f"(a{i} och b{other[i]})" for i in range(size)) + "\n"
        text += f"klausul l{k}\n  gäller när inte k{k} och (a0 eller b{k % size} eller inte b{k % size})\n"
    return text + "regel r\n  när a1 och b1\n  ger svar 1\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--guidelines", type=int, help="how many random ones of each sort (default 200; soak 5000)")
    parser.add_argument("--seed", type=int, default=1, help="first guideline (default 1)")
    parser.add_argument("--keep", help="folder for the guidelines")
    parser.add_argument("--soak", action="store_true", help="a long run")
    options = parser.parse_args()
    program = os.path.join(ROOT, options.build, "tests", "oracle", "planes")
    count = options.guidelines or (5000 if options.soak else 200)
    files = sorted(path for rules in SHIPPED for path in glob.glob(os.path.join(ROOT, rules)))
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="klausul-planes-") as folder:
        folder = options.keep or folder
        for seed in range(options.seed, options.seed + count):
            texts = [("g", surface.text(generate.guideline(seed))), ("t", tangled(seed))]
            if seed % 100 == 0:
                texts.append(("x", crossing(seed)))
            for name, text in texts:
                files.append(os.path.join(folder, f"{name}{seed}.klausul"))
                with open(files[-1], "w", encoding="utf-8") as f:
                    f.write(text)
        for i in range(0, len(files), AT_ONCE):
            done = run([program, str(options.seed), str(BATCHES), *files[i:i + AT_ONCE]])
            said = done.stdout.decode("utf-8", "replace").splitlines() or ["0 passed, 0 failed"]
            if done.returncode:
                print("\n".join(said), done.stderr.decode("utf-8", "replace"))
            words = said[-1].replace(",", "").split()
            if len(words) != 4 or done.returncode not in (0, 1):
                failed += 1
                continue
            passed, failed = passed + int(words[0]), failed + int(words[2])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
