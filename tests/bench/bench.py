# bench.py - `make bench`: times each stage of Klausul beside its baselines and peers, in turn, and prints tables of medians and ratios.
# May include: the Python standard library, tests/suite.py, the scripts beside it; runs what `make all tests deps-bench` builds.
# Start at main(). --yardstick DIR builds the C programs found there (gen naive tuned ndjson, rules.h) and runs them in the same rounds.
import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from suite import ROOT, clean_environment, run  # noqa: E402
import check_tables  # noqa: E402
import growth  # noqa: E402
import page  # noqa: E402
from instructions import built_by  # noqa: E402
from peers import CHECKED, PEERS, words_form  # noqa: E402

GUIDELINE = os.path.join(ROOT, "tests", "bench", "yardstick.klausul")
PLAIN = "contact_id,typ,kvalificerad,avgift,poäng,klausul"
COLUMNS = PLAIN + ",decided_by"
SLOW = 10**6  # rows for programs that take a second for as many
# The words of the yardstick's programs, column by column after the key, and Klausul's.
WORDS = (dict(BR="BR", T="T", TB="TB", M="M"),
         dict(true="true", false="false", unknown="undetermined"),
         {"": "", "0": "0.00", "50": "50.00", "100": "100.00", "300": "300.00", "unknown": "undetermined"},
         {"0": "0.0", "0.3": "0.3", "1": "1.0", "unknown": "undetermined"},
         {"T": "telefon", "TB-OTHER": "samtal_övriga", "TB-LAK-PLANNED": "samtal_planerat",
          "TB-LAK-UNPLANNED": "samtal_oplanerat", "M-LAK-LISTED": "video_läkare_listad",
          "M-LAK-UNLISTED": "video_läkare_olistad", "M-LEG-LISTED": "video_övriga_listad",
          "M-LEG-UNLISTED": "video_övriga_olistad", "M-NO-ZV051": "video_utan_kod", "BR-ZV051": "skriftlig_kvalificerad",
          "BR-ADMIN": "skriftlig_administrativ", "N-LICENSED": "brist_legitimation", "N-DIALOG": "brist_dialog",
          "N-EQUIV": "brist_besök", "N-ASSESS": "brist_bedömning", "N-JOURNAL": "brist_journal", "N-AUTH": "brist_inloggning",
          "X-RENEWAL": "bara_recept", "X-SICKNOTE": "bara_intyg", "X-AID": "bara_hjälpmedel", "X-SELFMON": "bara_egenmätning",
          "UNKNOWN": "undetermined"})


class Bench:
    """Where things are, and how a command is measured."""

    def __init__(self, options, folder):
        self.build = os.path.join(ROOT, options.build)
        self.rounds, self.rows, self.folder = options.rounds, options.rows, folder
        self.yardstick = {}
        self.klausul = os.path.join(self.build, "klausul")
        self.env = clean_environment()
        self.peak, self.processor, self.taken = {}, {}, {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def tool(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def seconds(self, command, out=None):
        """Wall seconds, processor seconds and peak kilobytes of a command."""
        measured = self.path("measured")
        for old in ("out", "tuned"):  # a file that is written anew: to replace one costs what depends on the file system
            if os.path.exists(self.path(old)):
                os.remove(self.path(old))
        with open(self.path(out) if out else os.devnull, "wb") as stdout, open(self.path("stderr"), "wb") as stderr:
            code = subprocess.call([self.tool("measure"), measured, *command], stdin=subprocess.DEVNULL, stdout=stdout,
                                   stderr=stderr, env=self.env)
        if code:
            with open(self.path("stderr"), encoding="utf-8", errors="replace") as said:
                sys.exit(f"{' '.join(command)}: status {code}\n{said.read()}")
        with open(measured, encoding="utf-8") as f:
            wall, user, system, peak = (float(n) for n in f.read().split())
        return wall, user + system, int(peak)

    def in_turn(self, jobs, rounds=None):
        """Each job (name: (command, output)) once a round; medians are kept under its name in taken, processor and peak."""
        found = {name: [] for name in jobs}
        for _ in range(rounds or self.rounds):
            for name, (command, out) in jobs.items():
                found[name].append(self.seconds(command, out))
        for name, all_of in found.items():
            self.taken[name] = statistics.median(wall for wall, _, _ in all_of)
            self.processor[name] = statistics.median(cpu for _, cpu, _ in all_of)
            self.peak[name] = max(peak for _, _, peak in all_of)

    def decide(self, records, threads, columns=COLUMNS, *more):
        return ([self.klausul, "run", self.path("y.kli"), records, "--select", columns, "-f", "csv", "-o", self.path("out"),
                 "-j", str(threads), *more], None)

    # ---------------------------------------------------------------- what is given
    def make_yardstick(self, folder):
        """Builds what is there; a program that does not build is not measured."""
        for name, source, extra in (("gen", "gen.c", []), ("naive", "naive.c", []), ("tuned", "tuned.c", ["-pthread"]),
                                    ("ndjson", "ndjson.cpp", ["-lsimdjson"])):
            path, to = os.path.join(folder, source), self.path("yard_" + name)
            compiler = "c++" if source.endswith("pp") else "cc"
            if not os.path.exists(path) or not shutil.which(compiler):
                continue
            done = run([compiler, "-O3", "-march=native", "-o", to, path, *extra])
            if done.returncode == 0:
                self.yardstick[name] = to
            else:
                why = [line for line in done.stderr.decode().splitlines() if "error" in line]
                print(f"note: {source} does not build here: {(why or ['?'])[0]}", file=sys.stderr)
        rules = os.path.join(folder, "rules.h")
        if os.path.exists(rules):
            here, to = os.path.join(ROOT, "tests", "bench"), self.path("memory_given")
            done = run(["cc", "-O3", "-march=native", "-D_POSIX_C_SOURCE=200809L", "-I" + ROOT,
                        f'-DKL_RULES="{os.path.abspath(rules)}"', "-o", to,
                        *(os.path.join(here, name) for name in ("memory.c", "given.c", "record.c")),
                        os.path.join(self.build, "libklausul.a")])
            if done.returncode == 0:
                self.yardstick["memory"] = to

    def make_records(self):
        """records.csv and .ndjson, and the beginnings of them that slower programs get."""
        tool = self.yardstick.get("gen") or self.tool("records")
        for form, rows in (("csv", self.rows), ("ndjson", min(self.rows, SLOW))):
            with open(self.path("records." + form), "wb") as f:
                subprocess.run([tool, str(rows), form], stdout=f, check=True)
        self.seconds([self.klausul, "build", GUIDELINE, "-o", self.path("y.kli")])

    def beginning(self, rows, form):
        """The first rows of the records: a path and how many they are."""
        if form == "words":
            path = self.path(f"records.{rows}.words")
            if not os.path.exists(path):
                words_form(self.beginning(rows, "csv")[0], path)
            return path, rows
        here = SLOW if form == "ndjson" else self.rows
        if rows >= min(here, self.rows):
            return self.path("records." + form), min(here, self.rows)
        path = self.path(f"records.{rows}.{form}")
        if not os.path.exists(path):
            with open(path, "wb") as f:
                subprocess.run(["head", "-n", str(rows + (form == "csv")), self.path("records." + form)], stdout=f, check=True)
        return path, rows

    # ---------------------------------------------------------------- the stages
    def memory(self):
        done = run([self.yardstick.get("memory", self.tool("memory")), "times", self.path("y.kli")])
        if done.returncode:
            sys.exit(done.stderr.decode())
        return json.loads(done.stdout)

    def files(self):
        csv, _ = self.beginning(self.rows, "csv")
        fewer, _ = self.beginning(SLOW, "csv")
        ndjson, _ = self.beginning(SLOW, "ndjson")
        fast = {"csv 1": self.decide(csv, 1), "csv 2": self.decide(csv, 2), "plain 1": self.decide(csv, 1, PLAIN),
                "plain 2": self.decide(csv, 2, PLAIN)}
        if "tuned" in self.yardstick:
            for threads in (1, 2):
                fast[f"tuned {threads}"] = ([self.yardstick["tuned"], csv, self.path("tuned"), str(threads)], None)
        slow = {"full 1": ([self.klausul, "run", self.path("y.kli"), fewer, "--trace", "-o", self.path("out"), "-f", "csv", "-j",
                            "1"], None),
                "ndjson 1": self.decide(ndjson, 1), "ifelse": ([self.tool("ifelse"), fewer], "plain")}
        if "naive" in self.yardstick:
            slow["naive"] = ([self.yardstick["naive"], fewer], "plain")
        if "ndjson" in self.yardstick:
            slow["simdjson"] = ([self.yardstick["ndjson"], ndjson, self.path("tuned")], None)
        self.in_turn(fast)
        self.in_turn(slow)

    def peers(self):
        """Each peer that is installed agrees on the first rows, then is timed; what it took, and of whom nothing is known."""
        folder = os.path.join(self.build, "peers")
        rows = min(self.rows, CHECKED)
        want = self.answers(rows)
        found, jobs = [], {}
        for peer in PEERS:
            one = {"name": peer.name, "threads": peer.threads}
            found.append(one)
            if not peer.program(folder):
                continue
            command, printed = peer.command(folder, self.folder, self.beginning(rows, peer.form)[0], self.path("peer"))
            self.seconds(command, "peer" if printed else None)
            self.agree(peer.name, want, self.path("peer"))
            path, one["rows"] = self.beginning(peer.most, peer.form)
            command, printed = peer.command(folder, self.folder, path, self.path("peer"))
            one.update(version=peer.version(folder), checked=rows)
            jobs[peer.name] = (command, "peer" if printed else None)
        self.in_turn(jobs, min(3, self.rounds))
        for one in found:
            if "rows" in one:
                one.update(seconds=self.taken[one["name"]], rate=one["rows"] / self.taken[one["name"]])
        return found

    def answers(self, rows):
        """Klausul's decisions of the first rows, as lines."""
        self.seconds(self.decide(self.beginning(rows, "csv")[0], 1, PLAIN)[0])
        with open(self.path("out"), "rb") as f:
            return f.read().split(b"\n")

    def agree(self, name, want, path):
        with open(path, "rb") as f:
            have = f.read().split(b"\n")
        if want == have:
            return
        at = next((i for i, (a, b) in enumerate(zip(want, have)) if a != b), min(len(want), len(have)))
        sys.exit(f"{name} decides otherwise than Klausul, line {at + 1}:\n{want[at:at + 1]}\n{have[at:at + 1]}")

    def agree_with_yardstick(self):
        """The programs of the yardstick decide as Klausul, row for row, after words alone are changed."""
        said = {}  # the rest of a yardstick's line: Klausul's
        for name, most in (("tuned", self.rows), ("naive", SLOW)):
            if name not in self.yardstick:
                continue
            path, rows = self.beginning(most, "csv")
            if name == "tuned":
                self.seconds([self.yardstick[name], path, self.path("theirs"), "1"])
            else:
                self.seconds([self.yardstick[name], path], "theirs")
            self.seconds(self.decide(path, 2, PLAIN)[0])
            with open(self.path("theirs"), "rb") as theirs, open(self.path("out"), "rb") as ours:
                lines = -1
                for lines, (a, b) in enumerate(zip(theirs, ours)):
                    key, _, rest = a.partition(b",")
                    if rest not in said:
                        cells = rest.decode().rstrip("\n").split(",")
                        said[rest] = ("," + ",".join(w.get(c, "?") for w, c in zip(WORDS, cells)) + "\n").encode()
                    if lines and key + said[rest] != b:
                        sys.exit(f"{name} decides otherwise than Klausul, line {lines + 1}:\n{a}\n{b}")
                if lines != rows or theirs.readline() or ours.readline():
                    sys.exit(f"{name} and Klausul write {lines} decisions of {rows}")
            print(f"{name} of the yardstick and Klausul decide {rows:,} records alike")

    def start(self):
        one = self.path("one.csv")
        with open(one, "wb") as f:
            subprocess.run([self.tool("records"), "1", "csv"], stdout=f, check=True)
        self.in_turn({"start": ([self.tool("memory"), "start", self.path("y.kli")], None),
                      "start command": self.decide(one, 1), "nothing": (["true"], None)}, 30 if self.rounds > 1 else 5)

    def compile(self):
        path = growth.table_rules(self, 10000)
        self.in_turn({"table": ([self.klausul, "build", path, "-o", self.path("w.kli")], None)}, min(3, self.rounds))


# ---------------------------------------------------------------- the table
class Row:
    """One line: `good` and `base` are compared as `how` says: rate (more is better), most (less is better), none."""

    def __init__(self, what, how, good, base, show, must=None, aim=None, processor=None):
        self.what, self.show, self.must, self.aim = what, show, must, aim
        self.good, self.base, self.how, self.processor = good, base, how, processor
        self.ratio = good / base if how == "rate" and good and base else None

    def reached(self):
        value = self.ratio if self.how == "rate" else self.good
        if self.must is None:
            return ""
        if value is None:
            return page.NOT_MEASURED
        good = (lambda x: value >= x) if self.how == "rate" else (lambda x: value <= x)
        return "aim" if self.aim and good(self.aim) else "yes" if good(self.must) else "no"

    def cells(self):
        goal = lambda x: "" if x is None else f"{x:g} ×" if self.how == "rate" else self.show(x)  # noqa: E731
        base = "" if self.how == "most" and self.base is None else self.show(self.base) if self.base else page.NOT_MEASURED
        if self.how == "none":
            base = ""
        times = f"{self.ratio:.2f} ×" if self.ratio else "" if self.how != "rate" else page.NOT_MEASURED
        return [self.what, self.show(self.good), base, times, goal(self.must), goal(self.aim), self.reached(),
                f"{self.processor:.2f} ×" if self.processor else ""]


HEAD = ["what", "Klausul", "baseline", "ratio", "must reach", "aim", "reached", "processor time"]


def table(b, memory, peers):
    t, n, slow = b.taken, b.rows, min(b.rows, SLOW)
    per_second = lambda name, rows: rows / t[name] if name in t else None  # noqa: E731
    cpu = lambda ours, theirs: b.processor[theirs] / b.processor[ours] if theirs in b.processor else None  # noqa: E731
    records = lambda ns: 1e9 / ns if ns else None  # noqa: E731
    rate, batch = page.rate, memory["batch"]
    rows = [Row("in memory, all outcomes and trace, against the yardstick's loop", "rate", records(batch),
                records(memory["given_loop"]), rate, 15, 60),
            Row("the same, against the project's own loop", "rate", records(batch), records(memory["own_loop"]), rate)]
    rows += [Row("the same in portable C, against the best variant", "rate", records(memory["portable"]), records(batch), rate,
                 0.25, 0.5),
             Row("in memory without the trace", "none", records(memory["untraced"]), None, rate)]
    for threads in (1, 2):
        rows.append(Row(f"CSV to CSV with decided_by, {threads} thread{'s' * (threads > 1)}, against the tuned program", "rate",
                        per_second(f"csv {threads}", n), per_second(f"tuned {threads}", n), rate, 0.5 if threads == 1 else 0.9,
                        1, cpu(f"csv {threads}", f"tuned {threads}")))
    rows.append(Row("two threads against one", "rate", per_second("csv 2", n), per_second("csv 1", n), rate, 1.7, 2))
    rows.append(Row("NDJSON to decisions, 1 thread, against simdjson", "rate", per_second("ndjson 1", slow),
                    per_second("simdjson", slow), rate, 2, 4, cpu("ndjson 1", "simdjson")))
    for threads, peer in zip((1, 2), peers):
        rows.append(Row(f"CSV to decisions, {threads} thread{'s' * (threads > 1)}, against DuckDB", "rate",
                        per_second(f"plain {threads}", n), peer.get("rate"), rate, 6, 15,
                        cpu(f"plain {threads}", peer["name"]) if peer.get("rows") == n else None))
    rows += [Row("CSV to CSV, 1 thread, against the naive program", "rate", per_second("csv 1", n), per_second("naive", slow), rate),
             Row("CSV to CSV, 1 thread, against the project's own if/else", "rate", per_second("csv 1", n),
                 per_second("ifelse", slow), rate),
             Row("CSV to all columns with the trace, 1 thread", "none", per_second("full 1", slow), None, rate),
             Row("one record through the library, with trace", "most", memory["one"], None, lambda x: f"{x:.0f} ns", 1000, 200),
             Row("start: load and verify an image, decide one record, end: the library", "most", t["start"] * 1e3, None,
                 lambda x: f"{x:.2f} ms", 2, 1),
             Row("the same: the command, from one CSV file to another", "most", t["start command"] * 1e3, None, lambda x: f"{x:.2f} ms",
                 2, 1),
             Row("compile a table of 10,000 rows over 3 keys", "most", t["table"] * 1e3, None, lambda x: f"{x:.0f} ms", 1000, 100),
             Row("peak memory of a run", "most", max(b.peak[name] for name in ("csv 1", "csv 2", "ndjson 1")) / 1024, None,
                 lambda x: f"{x:.1f} MB", 64, 16)]
    return rows


def machine(b):
    """Where it was measured, of what, and when."""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        info = dict(line.split(":", 1) for line in f.read().replace("\t", "").splitlines() if ":" in line)
    flags = info.get("flags", "").split()
    widest = next((name for name, flag in (("AVX-512", "avx512bw"), ("AVX2", "avx2"), ("SSE2", "sse2")) if flag in flags), "")
    commit = run(["git", "-C", ROOT, "describe", "--always", "--dirty"]).stdout.decode().strip()
    return {"processor": info.get("model name", os.uname().machine).strip(), "cores": os.cpu_count(), "vectors": widest,
            "system": f"Linux {os.uname().release}", "compiler": built_by(b.klausul), "commit": commit,
            "date": datetime.date.today().isoformat()}


def main():
    parser = argparse.ArgumentParser(description="times Klausul beside its baselines and peers")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--yardstick", help="a folder with programs to run beside")
    parser.add_argument("--rows", type=lambda s: int(float(s)), help="records (default: 5e6)")
    parser.add_argument("--rounds", type=int, help="of each (default: 5)")
    parser.add_argument("--quick", action="store_true", help="few records, one round: to try, not to quote")
    parser.add_argument("--no-peers", action="store_true", help="leaves the peers out")
    parser.add_argument("--no-growth", action="store_true", help="leaves out how the cost grows")
    parser.add_argument("--no-proofs", action="store_true", help="leaves out how long check takes to prove large tables")
    options = parser.parse_args()
    options.rows = options.rows or (10**5 if options.quick else 5 * 10**6)
    options.rounds = options.rounds or (1 if options.quick else 5)
    with tempfile.TemporaryDirectory() as folder:
        b = Bench(options, folder)
        if options.yardstick:
            b.make_yardstick(options.yardstick)
        b.make_records()
        b.agree_with_yardstick()
        b.files()
        peers = [{"name": p.name, "threads": p.threads} for p in PEERS] if options.no_peers else b.peers()
        memory = b.memory()
        b.start()
        b.compile()
        rows = table(b, memory, peers)
        grown = [] if options.no_growth else growth.measure(b)
        proofs = [] if options.no_proofs else check_tables.measure(b.klausul, (100, 300) if options.quick else check_tables.SIZES)
        found = {"machine": machine(b), "rows": b.rows, "rounds": b.rounds, "head": HEAD, "table": [r.cells() for r in rows],
                 "bars": bars(b, peers), "peers": peers, "growth": grown, "proofs": proofs, "nanoseconds": memory, "seconds": b.taken,
                 "processor_seconds": b.processor, "peak_kb": b.peak}
    print("\n".join(page.everything(found)))
    with open(os.path.join(b.build, "bench.json"), "w", encoding="utf-8") as f:
        json.dump(found, f, indent=1, ensure_ascii=False)
        f.write("\n")
    return 0


def bars(b, peers):
    """What the plot shows: (name, kind, rows a second) of everything that made decisions out of a file of records."""
    slow = min(b.rows, SLOW)
    own = [("Klausul, 2 threads", "klausul", "plain 2", b.rows), ("Klausul, 1 thread", "klausul", "plain 1", b.rows),
           ("Klausul, NDJSON, 1 thread", "klausul", "ndjson 1", slow),
           ("C tuned for this file, 2 threads", "c", "tuned 2", b.rows), ("C tuned for this file, 1 thread", "c", "tuned 1", b.rows),
           ("C++ with simdjson, NDJSON", "c", "simdjson", slow), ("C, written plainly", "c", "ifelse", slow)]
    found = [(name, kind, rows / b.taken[key]) for name, kind, key, rows in own if key in b.taken]
    return found + [(p["name"], "peer", p["rate"]) for p in peers if "rate" in p]


if __name__ == "__main__":
    sys.exit(main())
