# instructions.py - counts the instructions of each stage under callgrind and holds them against instructions.json: 5 % more fails.
# May include: the Python standard library, tests/suite.py; runs valgrind. --bless keeps what is counted now.
# Start at STAGES and count_all(). Counted: functions of the project itself (not libc's), the portable variant, per record; nothing is timed.
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from suite import ROOT, Count, build_option, clean_environment, run, side_by_side  # noqa: E402
import growth  # noqa: E402

GOLDEN = os.path.join(ROOT, "tests", "bench", "instructions.json")
GUIDELINE = os.path.join(ROOT, "tests", "bench", "yardstick.klausul")
SHIPPED = ("rules/vgr/distanskontakter/2023-06-01.klausul", "rules/halland/distanskontakter/2018-06-28.klausul",
           "rules/halland/medicinsk_service/2018-06-28.klausul")
COLUMNS = "contact_id,typ,kvalificerad,avgift,poäng,klausul,decided_by"
MOST = 1.05
TABLE = 2000  # rows
FEW, MANY = 4096, 20480  # records of two runs; the difference is what a record costs once a run is under way
# A function's stage, by the file that it stands in; the first that fits.
STAGES = (("write", r"runtime/io/(memo|write_\w+|verdict|tally|columns|teller)\.\w+$"),
          ("read", r"runtime/io/"),
          ("decide", r"runtime/"),
          ("rest", r""))
BLESS = "python3 tests/bench/instructions.py --build DIR --bless keeps what is counted now"


def built_by(path):
    """The compiler and its flags, as its debug information names them: 'gcc 12.2.0 -O2'."""
    with open(path, "rb") as f:
        data = f.read()
    names = sorted(set(re.findall(rb"GNU C11 (\d+\.\d+\.\d+) ([^\0]*)\0", data)))
    if b"__asan_" in data:
        return "with sanitizers"
    if b"clang version" in data:
        return "clang " + re.search(rb"clang version (\d+\.\d+\.\d+)", data).group(1).decode()
    if not names:
        return "an unknown compiler"
    flags = [f for f in names[0][1].decode().split() if re.match(r"-O|-m(arch|tune)=(?!x86-64$|generic$)|-flto", f)]
    return " ".join(["gcc", names[0][0].decode(), *flags])


def own_costs(path):
    """Instructions by source file, self cost, of the functions whose file lies in the project. Reads the format of callgrind."""
    names, costs, file, line_is_call, own = {}, {}, "", False, False
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            m = re.match(r"(ob|fl|fi|fe|fn|cob|cfi|cfl|cfn)=\((\d+)\)(?: (.*))?$", line)
            if m:
                kind = {"ob": "ob", "cob": "ob", "fn": "fn", "cfn": "fn"}.get(m.group(1), "fl")
                key = (kind, m.group(2))
                if m.group(3):
                    names[key] = m.group(3)
                if m.group(1) == "fl":
                    file = names[key]
                    own = re.search(r"(?:^|/)((?:runtime|compiler|lang)/[\w/.]+)$", file)
            elif line.startswith("calls="):
                line_is_call = True
            elif line[0].isdigit() or line[0] in "+-*":
                if not line_is_call and own:
                    costs[own.group(1)] = costs.get(own.group(1), 0) + int(line.split()[1])
                line_is_call = False
    return costs


class Counter:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.env = dict(clean_environment(), KLAUSUL_SIMD="portable")
        self.klausul = os.path.join(build, "klausul")
        self.memory = os.path.join(build, "tests", "bench", "memory")
        self.image = os.path.join(folder, "y.kli")
        run([self.klausul, "build", GUIDELINE, "-o", self.image], env=self.env)

    def path(self, name):
        return os.path.join(self.folder, name)

    def records(self, rows, form):
        path = self.path(f"{rows}.{form}")
        if not os.path.exists(path):
            with open(path, "wb") as f:
                subprocess.run([os.path.join(self.build, "tests", "bench", "records"), str(rows), form], stdout=f, check=True)
        return path

    def costs(self, job):
        name, command = job
        out = self.path(name + ".callgrind")
        done = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, *command], env=self.env, cwd=ROOT)
        if done.returncode not in (0, 1) or not os.path.exists(out):
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr.decode('utf-8', 'replace')}")
        return own_costs(out)

    def count_all(self):
        """{what: instructions}, those of runs and of the library per record."""
        decide = lambda rows, form: [self.klausul, "run", self.image, self.records(rows, form), "-j", "1", "-f", "csv",  # noqa: E731
                                     "--select", COLUMNS, "-o", self.path(f"{rows}.{form}.out")]
        pairs = {"csv": decide, "ndjson": decide, "batches": lambda rows, form: [self.memory, "batches", self.image, str(rows)],
                 "unknown": lambda rows, form: [self.memory, "batches", self.image, str(rows), "500"],
                 "one": lambda rows, form: [self.memory, "one", self.image, str(rows // 16)]}
        jobs = [(f"{form}-{rows}", make(rows, form)) for rows in (MANY, FEW) for form, make in pairs.items()]
        rules, image = growth.table_rules(self, TABLE), self.path("table.kli")
        run([self.klausul, "build", rules, "-o", image], env=self.env)
        for rows in (MANY, FEW):
            records = shutil.copy(growth.table_records(self, rows // 16), self.path(f"table-{rows}.csv"))
            jobs.append((f"table-{rows}", [self.klausul, "run", image, records, "-j", "1", "-f", "csv", "--select",
                                           "id,avgift,decided_by", "-o", self.path(f"table-{rows}.out")]))
        jobs.append(("compile-table", [self.klausul, "build", rules, "-o", self.path("table-again.kli")]))
        jobs.append(("start", [self.memory, "start", self.image]))
        jobs += [(f"compile-{i}", [self.klausul, "build", path, "-o", self.path(f"{i}.kli")])
                 for i, path in enumerate(SHIPPED)]
        found = dict(zip((name for name, _ in jobs), side_by_side(self.costs, jobs)))
        counts = {}
        for form in ("csv", "ndjson"):
            more, less = (by_stage(found[f"{form}-{rows}"]) for rows in (MANY, FEW))
            for stage, _ in STAGES:
                counts[f"{form}: {stage}"] = (more[stage] - less[stage]) / (MANY - FEW)
        counts["library: batches of columns"] = self.of_runtime(found, "batches", 1)
        counts["library: batches, half of the facts unknown"] = self.of_runtime(found, "unknown", 1)
        counts["library: one record with trace"] = self.of_runtime(found, "one", 16)
        counts["start: verify an image, decide one record"] = float(by_stage(found["start"])["decide"])
        more, less = (sum(found[f"table-{rows}"].values()) for rows in (MANY, FEW))
        counts[f"a record of a table of {TABLE:,} rows"] = (more - less) / ((MANY - FEW) // 16)
        counts[f"compile: a table of {TABLE:,} rows"] = float(sum(found["compile-table"].values()))
        for i, path in enumerate(SHIPPED):
            counts[f"compile: {path}"] = float(sum(found[f"compile-{i}"].values()))
        return {name: round(n, 1) for name, n in counts.items()}

    @staticmethod
    def of_runtime(found, name, divided):
        more, less = (by_stage(found[f"{name}-{rows}"])["decide"] for rows in (MANY, FEW))
        return (more - less) / ((MANY - FEW) // divided)


def by_stage(costs):
    found = {stage: 0 for stage, _ in STAGES}
    for file, cost in costs.items():
        found[next(stage for stage, pattern in STAGES if re.search(pattern, file))] += cost
    return found


def main():
    build, bless = build_option(), "--bless" in sys.argv
    count = Count()
    compiler = built_by(os.path.join(build, "klausul"))
    with open(GOLDEN, encoding="utf-8") as f:
        golden = json.load(f)
    if not shutil.which("valgrind"):
        count.skip("instructions", "valgrind is not installed")
        return count.finish()
    if compiler not in golden and not bless:
        count.skip("instructions", f"built by {compiler}; kept are those of {', '.join(golden) or 'none'}. {BLESS}")
        return count.finish()
    with tempfile.TemporaryDirectory() as folder:
        counts = Counter(build, folder).count_all()
    kept, cheaper = golden.get(compiler, {}), []
    for name, now in counts.items():
        before = kept.get(name)
        share = "" if not before else f" ({now / before - 1:+.1%})"
        print(f"{name:<62} {now:>14,.1f}{share}")
        if not bless and before is not None:
            count.check(name, now <= before * MOST + 0.5, f"{before:,.1f} instructions have become {now:,.1f}.\n"
                        f"If it is worth it: {BLESS}.")
            if now < before / MOST - 0.5:
                cheaper.append(name)
    if cheaper:
        print(f"note: cheaper than kept: {', '.join(cheaper)}. {BLESS}")
    if bless:
        golden[compiler] = counts
        with open(GOLDEN, "w", encoding="utf-8") as f:
            json.dump(golden, f, indent=1, ensure_ascii=False)
            f.write("\n")
        print(f"kept for {compiler}")
        return 0
    count.check("the same stages", set(kept) == set(counts), f"differ: {', '.join(sorted(set(kept) ^ set(counts)))}. {BLESS}")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
