# run.py - builds the image fuzzer with the sanitizers, gives it images of the shipped guidelines and runs it for a minute.
# May include: the Python standard library and tests/suite.py; runs the compiler and klausul.
# Start at main(); --seed repeats a run, --soak makes it an hour.
import argparse
import glob
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, Count, run  # noqa: E402

FLAGS = ["-std=c11", "-O1", "-g", "-D_POSIX_C_SOURCE=200809L", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
RULES = ("rules/*/*/*.klausul", "tests/bench/*.klausul")


def images(count, klausul, folder):
    made = []
    for number, rule in enumerate([*sorted(path for rules in RULES for path in glob.glob(os.path.join(ROOT, rules))), table(folder)]):
        image = os.path.join(folder, f"{number}.image")
        done = run([klausul, "build", rule, "-o", image], cwd=ROOT)
        if count.check(f"build {os.path.relpath(rule, ROOT)}", done.returncode == 0, done.stderr.decode("utf-8", "replace")):
            made.append(image)
    return made


def table(folder):
    """A guideline whose rows are more than what marks say by planes, two of them for some records."""
    path = os.path.join(folder, "table.klausul")
    with open(path, "w", encoding="utf-8") as f:
        f.write("riktlinje prov.rader\n  valuta SEK\n  gäller utan datum\nvärden bokstav\n" + "".join(f"  v{i}\n" for i in range(12)))
        f.write("post kontakt\n" + "".join(f"  {key} : bokstav\n" for key in "ab") + "utfall avgift : belopp\n")
        for name, rows in (("t", 144), ("u", 144), ("v", 20)):
            f.write(f"tabell {name}\n  |  | a | b | avgift |\n  |---|---|---|---|\n")
            f.writelines(f"  | {i + 1}) | v{i // 12} | v{i % 12} | {i % 5} kr |\n" for i in range(rows))
    return path


def main():
    parser = argparse.ArgumentParser(description="damages images and loads them")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--seconds", type=int, help="how long (default 60)")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"), help="repeats a run")
    parser.add_argument("--soak", action="store_true", help="an hour")
    options = parser.parse_args()
    seconds = options.seconds or (3600 if options.soak else 60)
    count = Count()
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = os.path.join(folder, "image")
        sources = sorted(glob.glob(os.path.join(ROOT, "runtime/*.c")) + glob.glob(os.path.join(ROOT, "runtime/simd/*.c"))) + [os.path.join(ROOT, "tests/fuzz/image.c")]
        done = run([os.environ.get("CC", "cc"), *FLAGS, f"-I{ROOT}", "-o", fuzzer, *sources])
        if not count.check("build of the fuzzer", done.returncode == 0, done.stderr.decode("utf-8", "replace")):
            return count.finish()
        made = images(count, os.path.join(ROOT, options.build, "klausul"), folder)
        if not count.check("images to damage", made):
            return count.finish()

        done = run([fuzzer, str(seconds), str(options.seed), *made], cwd=folder)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        count.check(f"fuzz --seed {options.seed}", done.returncode == 0, said)
        print(said)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
