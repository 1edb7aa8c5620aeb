# soak.py - records without number through a pipe: every one is answered, in order, in constant memory, and an end by SIGTERM is told.
# May include: the Python standard library, tests/suite.py; runs records and klausul. --soak: a hundred million of them.
# Start at through_a_pipe() and without_end(). Memory is asserted, time is not: rates are printed.
import argparse
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, Count, clean_environment, run  # noqa: E402

GUIDELINE = os.path.join(ROOT, "tests", "bench", "yardstick.klausul")
COLUMNS = "contact_id,typ,kvalificerad,avgift,poäng,klausul,decided_by"
MEGABYTES_MOST = 64
PIECE = 1 << 20
HANGS = 60  # seconds without any answer after which a run counts as hanging


class Soak:
    def __init__(self, count, build, folder):
        self.count, self.folder = count, folder
        self.klausul = os.path.join(build, "klausul")
        self.tool = lambda name: os.path.join(build, "tests", "bench", name)
        self.env = clean_environment()
        self.image = os.path.join(folder, "y.kli")
        run([self.klausul, "build", GUIDELINE, "-o", self.image], env=self.env)

    def command(self, form):
        return [self.klausul, "run", self.image, "-", "--input-format", form, "-f", "csv", "--select", COLUMNS]

    def check_memory(self, name, kilobytes):
        self.count.check(f"{name}: memory", 0 < kilobytes < 1024 * MEGABYTES_MOST,
                         f"{kilobytes / 1024:.1f} MB of {MEGABYTES_MOST} MB")

    def through_a_pipe(self, rows, form):
        """records | klausul run -, the answers read as they come: so many lines, the keys in order, little memory."""
        name, measured = f"{rows:,} records as {form}", os.path.join(self.folder, "measured")
        start = time.monotonic()
        source = subprocess.Popen([self.tool("records"), str(rows), form], stdout=subprocess.PIPE, env=self.env)
        decider = subprocess.Popen([self.tool("measure"), measured, *self.command(form)], stdin=source.stdout,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env)
        source.stdout.close()
        lines, rest, disorder = 0, b"", ""
        while piece := decider.stdout.read(PIECE):
            whole, newline, tail = (rest + piece).rpartition(b"\n")
            rest = tail if newline else rest + piece
            if not newline:
                continue
            first = whole[: whole.find(b",")]
            if lines and first != str(lines).encode() and not disorder:
                disorder = f"line {lines + 1} begins with {first.decode()}"
            lines += whole.count(b"\n") + 1
        took = time.monotonic() - start
        said, code = decider.stderr.read().decode(), decider.wait()
        self.count.check(f"{name}: ends well", code == 0 and source.wait() == 0, f"status {code}\n{said}")
        self.count.check(f"{name}: as many lines", lines == rows + 1 and not rest, f"{lines:,} and {rest!r}")
        self.count.check(f"{name}: in order", not disorder, disorder)
        with open(measured, encoding="utf-8") as f:
            kilobytes = int(f.read().split()[3])
        self.check_memory(name, kilobytes)
        print(f"note: {name} through a pipe: {rows / took / 1e6:.2f} M/s, peak memory {kilobytes / 1024:.1f} MB", flush=True)

    def answer_at_once(self, form, many):
        """One record, its answer, the next record: nobody has to wait for more records than his own."""
        name = f"one record at a time as {form}"
        given = run([self.tool("records"), str(many), form]).stdout.splitlines(keepends=True)
        heading = [given.pop(0)] if form == "csv" else []
        decider = subprocess.Popen(self.command(form), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.env, bufsize=0)
        answers = []
        decider.stdin.write(b"".join(heading))
        for record in given:
            decider.stdin.write(record)
            answers.append(self.lines_within(decider.stdout, 1 if answers else 2)[-1:])
        keys = [a[0].split(b",")[0] if a else b"" for a in answers]
        self.count.check(name, keys == [str(i + 1).encode() for i in range(many)], keys)
        decider.stdin.close()
        self.count.check(f"{name}: ends well", decider.wait(HANGS) == 0, decider.stderr.read().decode())

    @staticmethod
    def lines_within(stream, wanted):
        """So many lines, or fewer when nothing comes for long."""
        data = b""
        while data.count(b"\n") < wanted and select.select([stream], [], [], HANGS)[0]:
            piece = os.read(stream.fileno(), PIECE)
            if not piece:
                break
            data += piece
        return data.splitlines()

    def without_end(self, form, seconds):
        """Records that never end for some seconds; then SIGTERM: said, and only whole lines were written."""
        name = f"an endless pipe of {form}"
        source = subprocess.Popen([self.tool("records"), "0", form], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  env=self.env)
        decider = subprocess.Popen(self.command(form), stdin=source.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.env)
        source.stdout.close()
        lines, last, size, peaks, asked = 0, b"", 0, [], False
        start = tick = time.monotonic()
        while piece := os.read(decider.stdout.fileno(), PIECE):
            lines, last, size = lines + piece.count(b"\n"), piece[-1:], size + len(piece)
            now = time.monotonic()
            if not asked and now - tick > seconds / 5:
                tick = now
                peaks.append(memory_of(decider.pid))
            if not asked and now - start > seconds:
                asked = True
                decider.send_signal(signal.SIGTERM)
        said, code = decider.stderr.read().decode(), decider.wait(HANGS)
        source.wait(HANGS)
        told = re.search(r"interrupted after (\d+) records", said)
        self.count.check(f"{name}: status and message", code == 2 and "interrupted" in said, f"status {code}: {said}")
        self.count.check(f"{name}: whole lines", last == b"\n", f"ends with {last!r}")
        self.count.check(f"{name}: as many lines as it says", told and int(told[1]) == lines - 1, f"{lines:,} lines; {said}")
        self.check_memory(name, max(peaks, default=0))
        if len(peaks) > 2:  # what it needs it has after the first part; a buffer that grows with the records would show
            self.count.check(f"{name}: constant memory", peaks[-1] <= peaks[0] * 1.25 + 1024, peaks)
        print(f"note: {name}: {lines / (time.monotonic() - start) / 1e6:.2f} M/s, peak memory {max(peaks, default=0) / 1024:.1f} MB",
              flush=True)


def memory_of(pid):
    """Kilobytes that the process has had at most."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return int(re.search(r"VmHWM:\s*(\d+)", f.read())[1])


def main():
    parser = argparse.ArgumentParser(description="many records through a pipe")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    parser.add_argument("--soak", action="store_true", help="a hundred million records, ten million of them as NDJSON")
    parser.add_argument("--rows", type=lambda s: int(float(s)), help="records (default: 2e6; soak: 1e8)")
    options = parser.parse_args()
    rows = options.rows or (10**8 if options.soak else 2 * 10**6)
    count = Count()
    with tempfile.TemporaryDirectory() as folder:
        s = Soak(count, os.path.join(ROOT, options.build), folder)
        for form, few in (("csv", 1), ("ndjson", 10)):
            s.through_a_pipe(rows // few, form)
            s.answer_at_once(form, 300 if options.soak else 20)
            s.without_end(form, 60 if options.soak else 3)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
