# growth.py - how the cost of deciding grows: vector instructions, order of rows, unknown facts, columns, rows of a table, threads.
# May include: the Python standard library; uses the Bench of bench.py.
# Start at measure(): lines of (what, rows a second from CSV, nanoseconds in memory, milliseconds to compile).
import json
import os
import random
import subprocess

from suite import run

ROWS = 10**6
VARIANTS = ("portable", "sse2", "avx2", "avx512", "neon")  # those that the machine lacks are left out
KEYS = (("a", 25), ("b", 20), ("c", 20))  # values of the three keys of a table


def write_records(b, name, unknown):
    path = b.path(name)
    with open(path, "wb") as f:
        subprocess.run([b.tool("records"), str(min(b.rows, ROWS)), "csv", "7", str(unknown)], stdout=f, check=True)
    return path


def sorted_by_date(b, path):
    """The same records, those of a day together."""
    to = b.path("sorted.csv")
    script = f"head -n 1 '{path}' >'{to}' && tail -n +2 '{path}' | LC_ALL=C sort -s -t, -k3,3 >>'{to}'"
    subprocess.run(["sh", "-c", script], check=True)
    return to


def many_columns(b, columns, rows):
    """Records of yes and no, and a guideline that reads the first 20 of them, and one that reads all."""
    dice = random.Random(columns)
    names = [f"f{i}" for i in range(columns)]
    chunks = [",".join(dice.choice(("true", "false", "true", "true", "")) for _ in range(20)) for _ in range(512)]
    path = b.path(f"columns{columns}.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("id," + ",".join(names) + "\n")
        for i in range(rows):
            f.write(f"{i}," + ",".join(dice.choices(chunks, k=columns // 20)) + "\n")
    images = {}
    for read in sorted({20, columns}):
        rules = b.path(f"reads{read}.klausul")
        with open(rules, "w", encoding="utf-8") as f:
            f.write("riktlinje prov.bred\n  valuta SEK\n  gäller utan datum\npost kontakt\n  id : text nyckel\n")
            f.writelines(f"  {name} : ja/nej\n" for name in names[:read])
            f.write("utfall avgift : belopp annars 0 kr\n")
            for i in range(0, read, 10):
                f.write(f"klausul k{i}\n  gäller när " + " och ".join(names[i:i + 10]) + "\n")
            f.write("regel någon\n  när " + " eller ".join(f"k{i}" for i in range(0, read, 10)) + "\n  ger avgift 100 kr\n")
        images[read] = b.path(f"reads{read}.kli")
        b.seconds([b.klausul, "build", rules, "-o", images[read]])
    return path, images


def table_rules(b, rows):
    """A guideline whose table gives a fee for every combination of three value sets; the first `rows` of 10,000."""
    path = b.path(f"table{rows}.klausul")
    with open(path, "w", encoding="utf-8") as f:
        f.write("riktlinje prov.tabell\n  valuta SEK\n  gäller utan datum\n")
        for name, n in KEYS:
            f.write(f"värden {name}_värde\n" + "".join(f"  {name}{i}\n" for i in range(n)))
        f.write("post kontakt\n  id : text nyckel\n" + "".join(f"  {name} : {name}_värde\n" for name, _ in KEYS))
        f.write("utfall avgift : belopp\ntabell avgifter\n  |  | a | b | c | avgift |\n  |---|---|---|---|---|\n")
        for i in range(rows):
            f.write(f"  | {i + 1}) | a{i // 400} | b{i // 20 % 20} | c{i % 20} | {i * 37 % 1000} kr |\n")
    return path


def table_records(b, rows):
    dice = random.Random(1)
    path = b.path("table.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("id,a,b,c\n")
        for i in range(rows):
            f.write(f"{i}," + ",".join(f"{name}{dice.randrange(n)}" for name, n in KEYS) + "\n")
    return path


def in_memory(b, unknown, variant=None):
    env = dict(b.env, KLAUSUL_SIMD=variant) if variant else b.env
    done = run([b.tool("memory"), "times", b.path("y.kli"), "131072", str(unknown)], env=env)
    return json.loads(done.stdout)["batch"] if done.returncode == 0 else None


def measure(b):
    rows = min(b.rows, ROWS)
    base = write_records(b, "random.csv", 10)
    lines, jobs = [], {}

    def line(what, command, count, nanoseconds=None, compiled=None):
        jobs[what] = (command, None)
        lines.append({"what": what, "rows": count, "nanoseconds": nanoseconds, "compile": compiled})

    line("rows in random order, 1 of 100 facts unknown, 1 thread", b.decide(base, 1)[0], rows, in_memory(b, 10))
    line("the same, 2 threads", b.decide(base, 2)[0], rows)
    for variant in VARIANTS:
        forced = ["env", "KLAUSUL_SIMD=" + variant, *b.decide(base, 1)[0]]
        if run(forced, env=b.env).returncode == 0:
            line(f"the same, 1 thread, {variant}", forced, rows, in_memory(b, 10, variant))
    line("rows sorted by date", b.decide(sorted_by_date(b, base), 1)[0], rows)
    for what, unknown in (("all facts known", 0), ("half of the facts unknown", 500)):
        line(what, b.decide(write_records(b, f"unknown{unknown}.csv", unknown), 1)[0], rows, in_memory(b, unknown))
    for columns in (20, 200):
        count = rows // (columns // 20) // 2
        path, images = many_columns(b, columns, count)
        for read, image in images.items():
            line(f"{columns} columns, {read} of them read", [b.klausul, "run", image, path, "-f", "csv", "--select", "id,avgift",
                                                             "-o", b.path("out"), "-j", "1"], count)
    path, count = table_records(b, rows // 2), rows // 2
    for size in (10, 100, 1000, 10000):
        image, rules = b.path(f"table{size}.kli"), table_rules(b, size)
        b.in_turn({f"compile {size}": ([b.klausul, "build", rules, "-o", image], None)}, min(3, b.rounds))
        line(f"a table of {size:,} rows over 3 keys", [b.klausul, "run", image, path, "-f", "csv", "--select", "id,avgift", "-o",
                                                      b.path("out"), "-j", "1"], count, None, b.taken[f"compile {size}"] * 1e3)
    b.in_turn(jobs, min(3, b.rounds))
    for one in lines:
        one["rate"] = one["rows"] / b.taken[one["what"]]
        one["peak_kb"] = b.peak[one["what"]]
    return lines


if __name__ == "__main__":
    raise SystemExit(f"{os.path.basename(__file__)} is used by bench.py")
