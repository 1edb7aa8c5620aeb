# check.py - how a run of the command begins and ends: threads, pipes, signals, full disks, and CSV against Python's own reader.
# May include: the Python standard library and tests/suite.py.
# Start at main(): one function a matter.
import csv
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import Count, build_option, clean_environment, run  # noqa: E402

RULES = """riktlinje prov.avgift "Avgift"
  valuta SEK
  gäller utan datum
post kontakt
  id     : text nyckel
  listad : ja/nej
  taxa   : belopp
utfall avgift : belopp annars 0 kr
regel listade "Listade betalar taxan"
  när listad
  ger avgift taxa
"""


class Bench:
    def __init__(self, klausul, folder, count):
        self.klausul, self.folder, self.count = klausul, folder, count
        self.rules = self.write("g.klausul", RULES.encode())

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def run(self, *words, **options):
        return run([self.klausul, "run", self.rules, *words], env=clean_environment(), timeout=120, **options)

    def start(self, *words, **options):
        return subprocess.Popen([self.klausul, "run", self.rules, *words], env=clean_environment(), stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def left_behind(self):
        return [n for n in os.listdir(self.folder) if n.endswith(".part")]


def many(rows, rng):
    """A CSV file with quoted cells over several lines, and some records to reject."""
    lines = ["id;listad;taxa;text"]
    for i in range(rows):
        text = rng.choice(["", "enhet", '"rad ett\nrad två; med ""citat"""', '"a;b"'])
        lines.append(f"{i};{rng.choice(['ja', 'nej', '', 'kanske' if i % 50 == 7 else 'J'])};{rng.randrange(900)},50;{text}")
    return ("\n".join(lines) + "\n").encode()


def threads(b):
    """Output, rejects and receipt are the same bytes whatever the number of threads."""
    b.write("r.csv", many(30000, random.Random(5)))
    for form in ("csv", "ndjson"):
        seen = []
        for n in ("1", "2", "3", "8"):
            done = b.run(b.path("r.csv"), "--format", form, "-o", b.path("out"), "--rejects", b.path("rejects"),
                         "--receipt", b.path("receipt"), "--threads", n, "--keep")
            b.count.check(f"{form}, {n} threads: exit status", done.returncode == 1, done.stderr.decode())
            seen.append((b.read("out"), b.read("rejects"), b.read("receipt")))
        b.count.check(f"{form}: the same whatever the threads", len(set(seen)) == 1)
        rejects, lines = list(csv.reader(io.StringIO(seen[0][1].decode())))[1:], b.read("r.csv").decode().split("\n")
        exact = all(int(r[0]) == int(r[2]) + 1 and lines[int(r[1]) - 1].startswith(r[2] + ";") for r in rejects)
        b.count.check(f"{form}: rejected records stand where the rejects say", len(rejects) > 100 and exact)
        receipt = json.loads(seen[0][2])["counts"]
        b.count.check(f"{form}: counts add up", receipt["records"] == 30000 == receipt["judged"] + receipt["rejected"], receipt)


def threads_and_forms(b):
    """Lines that were written before, in every form, from both kinds of input, with rejects in between: as with one thread and each on its own."""
    rng = random.Random(8)
    b.write("r.csv", many(9000, rng))
    lines = []
    for i in range(9000):
        listed = rng.choice([True, False, None])
        lines.append(json.dumps({"id": rng.choice(["", "a", 'x"y', "1,5", "långt " * 9]) + str(i), "listad": listed, "taxa": i % 7})
                     if i % 97 else '{"id": "%d", "listad": "kanske"}' % i if i % 2 else "{")
    b.write("r.ndjson", ("\n".join(lines) + "\n").encode())
    for records in ("r.csv", "r.ndjson"):
        for words in ((), ("--trace",), ("--select", "id,avgift"), ("--select", "avgift,avgift.state,clauses"), ("--summary",)):
            for form in ("csv", "ndjson"):
                seen = []
                for n in ("1", "2", "3", "8"):
                    done = b.run(b.path(records), *words, "--format", form, "-o", b.path("out"), "--rejects", b.path("rejects"),
                                 "--receipt", b.path("receipt"), "--threads", n)
                    seen.append((done.returncode, done.stdout, b.read("out"), b.read("rejects"), b.read("receipt")))
                b.count.check(f"{records}, {' '.join(words)} {form}: the same whatever the threads", len(set(seen)) == 1)
                if records == "r.ndjson" and form == "csv":
                    continue  # no --keep there
                done = b.run(b.path(records), *words, "--format", form, "-o", b.path("out"), "--receipt", b.path("receipt"), "--keep")
                one_by_one, all_alike = (text.decode() for text in (b.read("out"), seen[0][2]))
                if form == "csv":
                    same = [row[:-1] for row in csv.reader(io.StringIO(one_by_one))] == list(csv.reader(io.StringIO(all_alike)))
                else:
                    strip = lambda line: {k: v for k, v in json.loads(line).items() if k != "kept"}  # noqa: E731
                    same = [strip(x) for x in one_by_one.splitlines()] == [json.loads(x) for x in all_alike.splitlines()]
                b.count.check(f"{records}, {' '.join(words)} {form}: as each on its own", same)
                b.count.check(f"{records}, {' '.join(words)} {form}: counted alike", b.read("receipt") == seen[0][4])


def vector_instructions(b):
    """Every variant decides alike; what the machine lacks, or nobody knows, is refused."""
    rng = random.Random(9)
    b.write("r.csv", many(5000, rng))
    keys = ["{}", "k{}", '"{},{}"', '"x""{}"', "({})", "åäö{}", " {} ", "k" * 56 + "{}", "lång " * 30 + "{}"]
    rows = [f"{rng.choice(keys).format(i, i)};{rng.choice(['ja', 'nej', ''])};{i % 3};" for i in range(9000)]
    b.write("keys.csv", "\n".join(["id;listad;taxa;text", *rows, ""]).encode())
    flat = (b.path("keys.csv"), "--format", "csv", "--select", "id,avgift,decided_by")
    plain, alike = b.run(b.path("r.csv"), "--format", "ndjson", "--trace").stdout, b.run(*flat).stdout
    for name in ("portable", "sse2", "avx2", "avx512", "neon"):
        env = dict(clean_environment(), KLAUSUL_SIMD=name)
        done = run([b.klausul, "run", b.rules, b.path("r.csv"), "--format", "ndjson", "--trace", "--stats"], env=env)
        if done.returncode == 2 and b"K0705" in done.stderr:
            b.count.skip(f"run with {name}", "this machine lacks it")
        else:
            said = done.stderr.decode().split()
            b.count.check(f"run with {name}", done.stdout == plain and said[-2:] == ["simd", name], done.stderr.decode())
            done = run([b.klausul, "run", b.rules, *flat], env=env)
            b.count.check(f"keys with {name}", done.stdout == alike and len(alike) > 9000 * 20, done.stderr.decode())
    env = dict(clean_environment(), KLAUSUL_SIMD="mmx")
    done = run([b.klausul, "run", b.rules, b.path("r.csv")], env=env)
    b.count.check("unknown vector instructions", done.returncode == 2 and b"K0705" in done.stderr and not done.stdout, done.stderr)


def stats(b):
    """What --stats tells adds up, and nothing else is told otherwise for it."""
    b.write("r.csv", many(20000, random.Random(10)))
    without = b.run(b.path("r.csv"), "--format", "csv", "--threads", "2")
    done = b.run(b.path("r.csv"), "--format", "csv", "--threads", "2", "--stats")
    lines = done.stderr.decode()[len(without.stderr.decode()):].splitlines()
    told = {line[:11].strip(): line[11:].split() for line in lines}
    b.count.check("stats: decisions", done.stdout == without.stdout and done.stderr.startswith(without.stderr))
    amounts = [int(told[k][0]) for k in ("records", "bytes in", "bytes out", "threads")]
    b.count.check("stats: amounts", amounts == [20000, len(b.read("r.csv")), len(done.stdout), 2], told)
    spent = sum(float(told[k][0]) for k in ("reading", "deciding", "writing", "waiting"))
    b.count.check("stats: times of both threads", abs(spent - 2 * float(told["time"][0])) < 0.05 + 0.5 * spent, told)


def names_unread(b):
    """Names that no field reads: more than are told, all of them kept, told in the same order whatever the threads."""
    records = [{"id": str(i), f"x{i % 450}": {"a": i, "b": [i, {"c": None}]}, "text": "å" * 60} for i in range(9000)]
    b.write("r.ndjson", "".join(json.dumps(r) + "\n" for r in records).encode())
    seen = set()
    for n in ("1", "2", "5"):
        done = b.run(b.path("r.ndjson"), "--keep", "--threads", n)
        kept = [o["kept"] for o in map(json.loads, done.stdout.splitlines())]
        want = [{f"x{i % 450}.a": i, f"x{i % 450}.b": [i, {"c": None}], "text": "å" * 60} for i in range(9000)]
        b.count.check(f"{n} threads: every name is kept", kept == want, done.stderr.decode())
        seen.add(b.run(b.path("r.ndjson"), "--threads", n).stderr)
    b.count.check("names are told in one order", len(seen) == 1 and b"x0.a, x0.b, text, x1.a" in seen.pop())


def agreement(b):
    """Cells as Python's csv module reads them, less the space around."""
    rng = random.Random(11)
    plain = ["", '"', '""', 'a"b', "x\ny", "\r\n", "a,b", ";", "a;b\tc", "å" * 70]
    for case in range(60):
        comma, end = rng.choice(",;\t"), rng.choice(["\n", "\r\n"])
        columns, n = rng.randrange(1, 9), rng.choice([1, 5, 70, 1500])
        rows = [[str(i)] + [rng.choice(plain) if rng.random() < 0.3 else "".join(rng.choice('abå"\n,; \t') for _ in range(rng.randrange(9)))
                            for _ in range(columns)] for i in range(n)]
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=comma, lineterminator=end, quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
        writer.writerow(["id"] + [f"k{i}" for i in range(columns)])
        writer.writerows(rows)
        b.write("r.csv", text.getvalue().encode())
        done = b.run(b.path("r.csv"), "--format", "ndjson", "--keep", "--threads", rng.choice("123"))
        got = [[o["key"]] + [o["kept"][f"k{i}"] for i in range(columns)] for o in map(json.loads, done.stdout.splitlines())]
        want = [[r[0]] + [c.strip(" \t\r\n") for c in r[1:]] for r in rows]
        b.count.check(f"csv agreement {case}", done.returncode == 0 and got == want, done.stderr.decode())


def slow_pipe(b):
    """A record is answered before the next one comes."""
    for form, head, record in (("csv", b"id,listad\n", b"%d,nej\n"), ("ndjson", b"", b'{"id": %d, "listad": false}\n')):
        p = b.start("-", "--input-format", form, "--format", "ndjson", "--threads", "2")
        answers = []
        for i in range(3):
            p.stdin.write((head if i == 0 else b"") + record % i)
            p.stdin.flush()
            answers.append(json.loads(p.stdout.readline())["key"])
        p.stdin.close()
        b.count.check(f"slow {form} pipe", answers == ["0", "1", "2"] and p.wait(10) == 0, answers)
        p.stdout.close()
        p.stderr.close()


def ended(p):
    """(status, or that there is none; what was said) of a run that was told to end."""
    try:
        status = p.wait(10)
    except subprocess.TimeoutExpired:
        p.kill()
        status = "no end"
    said = p.stderr.read()
    for pipe in (p.stdin, p.stdout, p.stderr):
        pipe.close()
    return status, said


def signals(b):
    """An interrupt and a termination: a message, status 2, and no file that looks finished."""
    b.write("out.csv", b"old\n")
    for number in (signal.SIGINT, signal.SIGTERM):
        for sent in (b"", b"id,listad\n1,nej\n"):
            p = b.start("-", "--input-format", "csv", "--format", "csv", "-o", b.path("out.csv"), "--threads", "3")
            p.stdin.write(sent)
            p.stdin.flush()
            time.sleep(0.5)
            p.send_signal(number)
            status, said = ended(p)
            good = status == 2 and b"K0720" in said and b.read("out.csv") == b"old\n" and not b.left_behind()
            b.count.check(f"{number.name} after {len(sent)} bytes", good, (status, said, b.left_behind()))


def stuck(b):
    """A termination reaches a run whose reader has stopped reading without closing, whichever thread is writing."""
    b.write("r.csv", many(60000, random.Random(6)))
    for n in ("1", "2", "4"):
        p = b.start(b.path("r.csv"), "--format", "ndjson", "--threads", n)
        p.stdout.read(10)
        time.sleep(0.7)
        p.send_signal(signal.SIGTERM)
        status, said = ended(p)
        b.count.check(f"stuck pipe, {n} threads", status == 2 and b"K0720" in said, (status, said))


def broken_pipe(b):
    b.write("r.csv", many(60000, random.Random(6)))
    p = b.start(b.path("r.csv"), "--format", "ndjson")
    p.stdout.read(10)
    p.stdout.close()
    said = p.stderr.read()
    b.count.check("broken pipe", p.wait(20) == 2 and b"K0721" in said, said)
    p.stdin.close()
    p.stderr.close()


def left_unread(b):
    """What is said for people ends without a word when nobody reads on; a full device is told of all the same."""
    env, image = clean_environment(), b.path("g.image")
    subprocess.run([b.klausul, "build", b.rules, "-o", image], env=env, check=True)
    wrong, few = b.write("wrong.klausul", b"riktlinje a\n"), b.write("few.csv", b"id,listad\n1,ja\n")
    for words in (["--help"], ["check", wrong], ["inspect", image], ["fmt", "-"], ["template", b.rules], ["test", b.rules],
                  ["build", b.rules, "-o", "-"], ["run", b.rules, few, "--summary"]):
        read, written = os.pipe()
        os.close(read)
        with open(b.rules, "rb") as given:
            done = subprocess.run([b.klausul, *words], stdin=given, stdout=written, stderr=subprocess.PIPE, env=env, check=False)
        os.close(written)
        b.count.check(f"left unread: {words[0]}", done.returncode == 141 and not done.stderr, (done.returncode, done.stderr))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([b.klausul, "--help"], stdout=full, stderr=subprocess.PIPE, env=env, check=False)
    b.count.check("help on a full device", done.returncode == 2 and b"K0721" in done.stderr, (done.returncode, done.stderr))


def full_disk(b):
    """A file that may not grow further: the old one stays, nothing half is left."""
    b.write("out.csv", b"old\n")
    done = b.run(b.path("r.csv"), "--format", "csv", "-o", b.path("out.csv"),
                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)))
    good = done.returncode == 2 and b"K0721" in done.stderr and b.read("out.csv") == b"old\n" and not b.left_behind()
    b.count.check("file size limit", good, (done.returncode, done.stderr, b.left_behind()))
    for flag in ("--receipt", "--rejects"):
        done = b.run(b.path("r.csv"), "-o", b.path("out.csv"), flag, "/dev/full")
        good = done.returncode == 2 and b"K0721" in done.stderr and b.read("out.csv") == b"old\n" and not b.left_behind()
        b.count.check(f"{flag} on a full device", good, (done.returncode, done.stderr, b.left_behind()))
        done = b.run(b.path("r.csv"), "-o", b.path("out.csv"), flag, b.path("gone/file"))
        good = done.returncode == 2 and done.stderr.count(b"error") == 1 and b.read("out.csv") == b"old\n" and not b.left_behind()
        b.count.check(f"{flag} in no folder is told before anything is done", good, (done.returncode, done.stderr, b.left_behind()))


def replaced(b):
    """A file that takes another's place keeps its permissions, and the links to it."""
    b.write("r.csv", many(10, random.Random(7)))
    os.mkdir(b.path("far"))
    os.symlink("far/out.csv", b.path("link.csv"))
    os.symlink(b.path("link.csv"), b.path("links.csv"))
    for there in (False, True):
        if there:
            os.chmod(b.write("far/out.csv", b"old\n"), 0o600)
        b.run(b.path("r.csv"), "-o", b.path("links.csv"))
        kept = os.path.islink(b.path("links.csv")) and os.path.islink(b.path("link.csv"))
        b.count.check(f"link kept, file there before: {there}", kept and b.read("far/out.csv").startswith(b"key,"))
    mode = os.stat(b.path("far/out.csv")).st_mode & 0o777
    b.count.check("permissions kept", mode == 0o600, oct(mode))


def main():
    count = Count()
    klausul = os.path.join(build_option(), "klausul")
    for matter in (threads, threads_and_forms, vector_instructions, stats, names_unread, agreement, slow_pipe, signals, stuck, broken_pipe, left_unread, full_disk, replaced):
        with tempfile.TemporaryDirectory() as folder:
            b = Bench(klausul, folder, count)
            if matter is full_disk:
                b.write("r.csv", many(60000, random.Random(6)))
            matter(b)
    sys.exit(count.finish())


main()
