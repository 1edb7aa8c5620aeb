# cells_property.py - CSV through `klausul run` against Python's csv module: every cell, and every rejected row with its number, line, column and value.
# May include: the Python standard library and tests/suite.py; each input is read with one and with several threads and by a random set of vector instructions.
# Start at expected(): what an input says. cells_property.py --build DIR [--count N] [--seed S] [--soak]
import argparse
import csv
import datetime
import io
import os
import random
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, Count, clean_environment, run, side_by_side  # noqa: E402

GUIDELINE = """riktlinje prov.celler "Celler som de står"
  dokument "Prov"
  gäller utan datum

värden form "Form"
  telefon  kod "phone"
  video    kod "Videolänk"
  brev     kod "brev, post"

post kontakt
  nummer   : text nyckel
  fritext  : text
  ort      : text
  planerad : ja/nej
  listad   : ja/nej
  dag      : datum
  form     : form
  antal    : heltal
  pris     : decimal(2)

utfall svar : ja/nej

regel ja_om
  när planerad
  ger svar ja
"""
FIELDS = ["nummer", "fritext", "ort", "planerad", "listad", "dag", "form", "antal", "pris"]
WORDS = {"true": "true", "ja": "true", "J": "true", "1": "true", "false": "false", "nej": "false", "n": "false", "0": "false"}
CODES = {"telefon": "telefon", "phone": "telefon", "video": "video", "Videolänk": "video", "brev": "brev", "brev, post": "brev"}
BLANKS = " \t\r\n\u00a0\u202f\u2009"


def as_date(s):
    m = re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)", s) if re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d", s) else None
    try:
        return datetime.date(*map(int, m.groups())).isoformat() if m else None
    except ValueError:
        return None


def as_number(s, scale):
    m = re.fullmatch(r"(-?)(\d*)(?:[.,](\d+))?", s)
    decimals = (m.group(3) or "") if m else ""
    if not m or not (m.group(2) or decimals) or (len(decimals) > scale and (len(decimals) == 3 or decimals[scale:].strip("0"))):
        return None
    n = int((m.group(2) or "0") + decimals[:scale].ljust(scale, "0"))
    digits = str(n).rjust(scale + 1, "0")
    sign = "-" if m.group(1) and n else ""
    return sign + (digits[:-scale] + "." + digits[-scale:] if scale else digits)


READ = {"planerad": WORDS.get, "listad": WORDS.get, "dag": as_date, "form": CODES.get, "antal": lambda s: as_number(s, 0),
        "pris": lambda s: as_number(s, 2)}


def expected(text, comma):
    """(decided rows of FIELDS, rejected rows as (row, line, key, column, value)) as Python's reader sees them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    heading = next(reader)
    decided, rejected, number, line = [], [], 0, reader.line_num + 1
    for cells in reader:
        here, line = line, reader.line_num + 1
        if not cells:
            continue
        number += 1
        if len(cells) != len(heading):
            rejected.append([str(number), str(here), "", "", ""])
            continue
        values, fault = {}, None
        for name, cell in zip(heading, cells):
            cell = cell.strip(BLANKS)
            read = READ.get(name)
            values[name] = cell if not read or not cell else read(cell)
            if values[name] is None and fault is None:
                fault = [name, cell]
        if fault is None and not values["nummer"]:
            fault = ["nummer", ""]
        if fault:
            rejected.append([str(number), str(here), cells[heading.index("nummer")].strip(BLANKS), *fault])
        else:
            decided.append([values.get(f, "") for f in FIELDS])
    return decided, rejected


def make(seed):
    rng = random.Random(seed)
    comma = rng.choice(",;\t")
    heading = FIELDS + ["x%d" % i for i in range(rng.choice([0, 0, 1, 5, 50]))]
    heading = heading[:1] + [h for h in heading[1:] if h in ("fritext", "ort") or rng.random() < 0.85]
    rng.shuffle(heading)
    odd = rng.choice([0, 0.002, 0.05, 0.5])
    quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    words = rng.choice([["true", "false", ""], ["ja", "nej", "nej"], ["1", "0", ""], sorted(WORDS)])
    anything = ["", " ", "kanske", "tru", "falsee", "2023-02-29", "2023-1-01", "20230901x", "2023-09-0:", "fax", "phonex", "1.005", "1-2", "-", "12,345", "12,0", "12.00", "12.000", "1,500", "7,7500", "12.01",
                "å", "rad\nrad", "rad\r\nrad", 'ett "ord"', '"', "a,b;c\td", " \u00a0ja ", "Z" * rng.choice([10, 40, 3000]), "brev, post"]
    usual = {"fritext": ["", "kort text", "längre text med å, ä och ö", "x" * 60], "ort": ["Borås", "Halmstad", "A", ""], "planerad": words,
             "listad": words, "dag": ["2023-09-01", "2024-02-29", "", "1999-12-31"] if rng.random() < 0.7 else ["20230901", "20240229"],
             "form": ["telefon", "phone", "video", "brev", ""], "antal": rng.choice([["0", "17", "-4", "", "99999999"], ["0.0", "17.0", "-4.0", ""]]), "pris": ["1,5", "100", "0.25", "-7,75", ""]}
    out = io.StringIO(newline="")
    end = rng.choice(["\n", "\r\n"])
    writer = csv.writer(out, delimiter=comma, lineterminator=end, quoting=quoting)
    writer.writerow(heading)
    rows = rng.choice([0, 1, 63, 64, 65, 500, 1024, 3000, 9000 if len(heading) < 20 else 1500])
    for i in range(rows):
        row = [str(i) if h == "nummer" else rng.choice(usual.get(h, usual["ort"])) for h in heading]
        if rng.random() < odd:
            row[rng.randrange(len(row))] = rng.choice(anything)
        if rng.random() < odd / 10:
            row = row[:rng.randrange(1, len(row))] if rng.random() < 0.5 else row + ["för mycket"]
        if rng.random() < odd / 10:
            out.write(end)
        writer.writerow(row)
    text = out.getvalue()
    return text[:-len(end)] if rows and rng.random() < 0.2 else text, comma


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.reader(f))[1:]


def examine(klausul, seed):
    """None, or what differs."""
    text, comma = make(seed)
    decided, rejected = expected(text, comma)
    rng = random.Random(-seed)
    with tempfile.TemporaryDirectory(prefix="klausul-cells-") as folder:
        place = lambda name: os.path.join(folder, name)  # noqa: E731
        for name, data in (("g.klausul", GUIDELINE), ("r.csv", text)):
            with open(place(name), "w", encoding="utf-8", newline="") as f:
                f.write(data)
        for threads in ("1", "3"):
            env = clean_environment()
            env.pop("KLAUSUL_SIMD", None)
            if rng.random() < 0.3:
                env["KLAUSUL_SIMD"] = "portable"
            done = run([klausul, "run", "--lang", "en", place("g.klausul"), place("r.csv"), "--select", ",".join(FIELDS), "-o", place("o.csv"), "--rejects",
                        place("rejects.csv"), "--threads", threads], env=env)
            if done.returncode != (1 if rejected else 0):
                return f"exit status {done.returncode} with {threads} threads\n{done.stderr.decode('utf-8', 'replace')[-2000:]}"
            for what, wanted, got in (("decided", decided, rows_of(place("o.csv"))),
                                      ("rejected", rejected, [r[:5] for r in rows_of(place("rejects.csv"))])):
                if got == wanted:
                    continue
                at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), len(wanted)))
                return (f"{len(wanted)} {what} wanted, {len(got)} given with {threads} threads, {env.get('KLAUSUL_SIMD', 'the best')};"
                        f" from {at}:\n{wanted[at:at + 1]}\n{got[at:at + 1]}")
    return None


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--build", default="build")
    p.add_argument("--count", type=int)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--soak", action="store_true")
    a = p.parse_args()
    klausul = os.path.join(ROOT, a.build, "klausul")
    count = Count()
    seeds = range(a.seed, a.seed + (a.count or (20000 if a.soak else 150)))
    for seed, why in zip(seeds, side_by_side(lambda s: examine(klausul, s), seeds)):
        count.check(f"input {seed} (--seed {seed} --count 1 repeats it)", why is None, why or "")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
