# bench.py - `make bench`: times each stage of Klausul beside its baselines, in turn, and prints a table of medians and ratios.
# May include: the Python standard library, tests/suite.py; runs what `make all tests` builds.
# Start at main(). --yardstick DIR builds the C programs found there (gen naive tuned ndjson, rules.h) and runs them in the same rounds.
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, clean_environment, run  # noqa: E402

GUIDELINE = os.path.join(ROOT, "tests", "bench", "yardstick.klausul")
COLUMNS = "contact_id,typ,kvalificerad,avgift,poäng,klausul,decided_by"
NOT_MEASURED = "not measured"


class Bench:
    def __init__(self, options, folder):
        self.build = os.path.join(ROOT, options.build)
        self.rounds, self.rows, self.folder = options.rounds, options.rows, folder
        self.yardstick = {}
        self.klausul = os.path.join(self.build, "klausul")
        self.env = clean_environment()
        self.peak, self.processor = {}, {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def tool(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def seconds(self, command, out=None):
        """Wall and processor time of a command; its peak memory in kilobytes is kept under the command's name."""
        with open(self.path(out) if out else os.devnull, "wb") as stdout, open(self.path("stderr"), "wb") as stderr:
            start = time.perf_counter()
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=self.env)
            _, status, usage = os.wait4(child.pid, 0)
            took = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            with open(self.path("stderr"), encoding="utf-8", errors="replace") as said:
                sys.exit(f"{' '.join(command)}: status {child.returncode}\n{said.read()}")
        self.peak[os.path.basename(command[0])] = usage.ru_maxrss
        return took, usage.ru_utime + usage.ru_stime

    def in_turn(self, jobs):
        """The median seconds of each job (name: (command, output)), all of them once a round; processor time is kept aside."""
        times = {name: [] for name in jobs}
        for _ in range(self.rounds):
            for name, (command, out) in jobs.items():
                times[name].append(self.seconds(command, out))
        self.processor.update({name: statistics.median(cpu for _, cpu in all_of) for name, all_of in times.items()})
        return {name: statistics.median(wall for wall, _ in all_of) for name, all_of in times.items()}

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

    # ---------------------------------------------------------------- the stages
    def make_records(self):
        for form in ("csv", "ndjson"):
            tool = self.yardstick.get("gen") or self.tool("records")
            with open(self.path("records." + form), "wb") as f:
                subprocess.run([tool, str(self.rows), form], stdout=f, check=True)

    def memory(self):
        tool = self.yardstick.get("memory", self.tool("memory"))
        done = run([tool, "times", self.path("y.kli")])
        if done.returncode:
            sys.exit(done.stderr.decode())
        return json.loads(done.stdout)

    def files(self):
        csv, ndjson = self.path("records.csv"), self.path("records.ndjson")
        decide = lambda records, threads, *more: (  # noqa: E731
            [self.klausul, "run", self.path("y.kli"), records, "--select", COLUMNS, "-o", self.path("out"), "-j",
             str(threads), *more], None)
        jobs = {
            "csv 1": decide(csv, 1),
            "csv 2": decide(csv, 2),
            "csv full 1": ([self.klausul, "run", self.path("y.kli"), csv, "--trace", "-o", self.path("out"), "-f", "csv",
                            "-j", "1"], None),
            "ndjson 1": decide(ndjson, 1, "--format", "csv"),
            "ifelse": ([self.tool("ifelse"), csv], "plain"),
        }
        if "naive" in self.yardstick:
            jobs["naive"] = ([self.yardstick["naive"], csv], "plain")
        if "tuned" in self.yardstick:
            for threads in (1, 2):
                jobs[f"tuned {threads}"] = ([self.yardstick["tuned"], csv, self.path("tuned"), str(threads)], None)
        if "ndjson" in self.yardstick:
            jobs["simdjson"] = ([self.yardstick["ndjson"], ndjson, self.path("tuned")], None)
        return self.in_turn(jobs)

    def start(self):
        jobs = {"start": ([self.tool("memory"), "start", self.path("y.kli")], None), "nothing": (["true"], None)}
        rounds, self.rounds = self.rounds, max(30, self.rounds)
        times = self.in_turn(jobs)
        self.rounds = rounds
        return times

    def compile(self):
        """A table of 25 × 20 × 20 rows that gives a fee for every combination of three value sets."""
        sets = (("a", 25), ("b", 20), ("c", 20))
        with open(self.path("wide.klausul"), "w", encoding="utf-8") as f:
            f.write("riktlinje prov.tabell\n  valuta SEK\n  gäller utan datum\n")
            for name, n in sets:
                f.write(f"värden {name}_värde\n" + "".join(f"  {name}{i}\n" for i in range(n)))
            f.write("post kontakt\n" + "".join(f"  {name} : {name}_värde\n" for name, _ in sets))
            f.write("utfall avgift : belopp\ntabell avgifter\n  |  | a | b | c | avgift |\n  |---|---|---|---|---|\n")
            for i in range(10000):
                f.write(f"  | {i + 1}) | a{i // 400} | b{i // 20 % 20} | c{i % 20} | {i * 37 % 1000} kr |\n")
        rounds, self.rounds = self.rounds, min(3, self.rounds)
        times = self.in_turn({"table": ([self.klausul, "build", self.path("wide.klausul"), "-o", self.path("w.kli")], None)})
        self.rounds = rounds
        return times["table"]


def ratio(good, base):
    return f"{base / good:.2f} ×" if good and base else NOT_MEASURED


def rate(rows, seconds):
    return f"{rows / seconds / 1e6:.2f} M/s" if seconds else NOT_MEASURED


def lines(b, memory, files, start, table):
    """(what, Klausul, baseline, ratio, must reach, aim) of each row."""
    n = b.rows
    per = lambda ns: f"{ns:.2f} ns" if ns else NOT_MEASURED  # noqa: E731
    yield ("in memory, all outcomes and trace, against the yardstick's loop", per(memory["batch"]),
           per(memory["given_loop"]), ratio(memory["batch"], memory["given_loop"]), "15 ×", "60 ×")
    yield ("the same, against the project's own loop", per(memory["batch"]), per(memory["own_loop"]),
           ratio(memory["batch"], memory["own_loop"]), "", "")
    for threads in (1, 2):
        tuned = files.get(f"tuned {threads}")
        yield (f"CSV to CSV with decided_by, {threads} thread{'s' * (threads > 1)}, against the tuned program",
               rate(n, files[f"csv {threads}"]), rate(n, tuned), ratio(files[f"csv {threads}"], tuned),
               "0.5 ×" if threads == 1 else "0.9 ×", "1 ×")
    yield ("two threads against one", rate(n, files["csv 2"]), rate(n, files["csv 1"]),
           ratio(files["csv 2"], files["csv 1"]), "1.7 ×", "2 ×")
    yield ("CSV to CSV, 1 thread, against the naive program", rate(n, files["csv 1"]), rate(n, files.get("naive")),
           ratio(files["csv 1"], files.get("naive")), "", "")
    yield ("CSV to CSV, 1 thread, against the project's own if/else", rate(n, files["csv 1"]), rate(n, files["ifelse"]),
           ratio(files["csv 1"], files["ifelse"]), "", "")
    yield ("CSV to all columns with the trace, 1 thread", rate(n, files["csv full 1"]), "", "", "", "")
    yield ("NDJSON to decisions, 1 thread, against simdjson", rate(n, files["ndjson 1"]), rate(n, files.get("simdjson")),
           ratio(files["ndjson 1"], files.get("simdjson")), "2 ×", "4 ×")
    yield ("one record through the library, with trace", f"{memory['one']:.0f} ns", "", "", "1000 ns", "200 ns")
    yield ("start: load and verify, decide one record, end", f"{start['start'] * 1e3:.2f} ms",
           f"{start['nothing'] * 1e3:.2f} ms (true)", "", "2 ms", "1 ms")
    yield ("compile a table of 10,000 rows over 3 keys", f"{table * 1e3:.0f} ms", "", "", "1000 ms", "100 ms")
    yield ("peak memory of a run", f"{b.run_peak / 1024:.1f} MB", "", "", "64 MB", "16 MB")


def main():
    parser = argparse.ArgumentParser(description="times Klausul beside its baselines")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--yardstick", help="a folder with programs to run beside")
    parser.add_argument("--rows", type=lambda s: int(float(s)), default=1000000, help="records (default: 1e6)")
    parser.add_argument("--rounds", type=int, default=5, help="of each (default: 5)")
    parser.add_argument("--json", help="also writes the figures there (default: bench.json in the build folder)")
    options = parser.parse_args()
    pairs = {"1 thread, against the tuned": ("csv 1", "tuned 1"), "2 threads, against the tuned": ("csv 2", "tuned 2"),
             "against the naive": ("csv 1", "naive"), "own if/else": ("csv 1", "ifelse"), "simdjson": ("ndjson 1", "simdjson")}
    with tempfile.TemporaryDirectory() as folder:
        b = Bench(options, folder)
        if options.yardstick:
            b.make_yardstick(options.yardstick)
        b.make_records()
        b.seconds([b.klausul, "build", GUIDELINE, "-o", b.path("y.kli")])
        files = b.files()
        b.run_peak = b.peak["klausul"]
        memory, start, table = b.memory(), b.start(), b.compile()
        rows = []
        for row in lines(b, memory, files, start, table):
            both = [names for part, names in pairs.items() if part in row[0]]
            rows.append((*row, ratio(b.processor[both[0][0]], b.processor.get(both[0][1])) if both else ""))
    head = ("what", "Klausul", "baseline", "ratio", "must reach", "aim", "processor time")
    widths = [max(len(str(r[i])) for r in [head, *rows]) for i in range(len(head))]
    print("| " + " | ".join(h.ljust(w) for h, w in zip(head, widths)) + " |")
    print("|" + "|".join("-" * (w + 2) for w in widths) + "|")
    for row in rows:
        print("| " + " | ".join(str(c).ljust(w) for c, w in zip(row, widths)) + " |")
    to = options.json or os.path.join(b.build, "bench.json")
    with open(to, "w", encoding="utf-8") as f:
        json.dump({"rows": b.rows, "rounds": b.rounds, "nanoseconds": memory, "seconds": {**files, **start, "table": table},
                   "processor_seconds": b.processor, "peak_kb": b.run_peak}, f, indent=1, ensure_ascii=False)
        f.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
