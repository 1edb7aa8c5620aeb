# run.py - the npm package: its own tests in Node, and the evaluator's decisions against those in Node and in Chromium.
# May include: the Python standard library, tests/suite.py, tests/agree/records.py.
# Start at main(); what is not installed or not built is skipped, and told.
import argparse
import base64
import csv
import http.server
import io
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [TESTS, os.path.join(TESTS, "agree"), os.path.join(TESTS, "conformance")]
from check import record_of  # noqa: E402
from records import Maker  # noqa: E402
from suite import ROOT, Count, build_option, run  # noqa: E402

GUIDELINES = ("rules/vgr/distanskontakter/2023-06-01.klausul", "rules/halland/distanskontakter/2018-06-28.klausul",
              "rules/halland/medicinsk_service/2018-06-28.klausul", "tests/bench/yardstick.klausul")
BROWSER_SECONDS = 120


def rough(record, rng):
    """The record as somebody might send it: other types, spaces, codes that are none, objects, marks apart from their letters."""
    out = dict(record)
    for name, value in record.items():
        if rng.random() > 0.06:
            continue
        out[name] = rng.choice((None, "", "  ", "x", "12,50", "1 200", "-3.0 kr", 7, 12.5, True, "nej", [], ["x"], [[]], {"a": {"b": 1}}, {},
                                "2023-13-01", "20230901", f" {value} ", 10 ** 15, str(10 ** 16), "a\u030A", "\u0000", "\t1\n"))
    return out


def exact(text):
    """Decisions as the package gives them: decimals, and numbers past 2^53, as texts."""
    return json.loads(text, parse_float=str, parse_int=lambda n: int(n) if len(n.lstrip("-")) < 16 else n)


def evaluated(klausul, guideline, records, assume, folder):
    rejects = os.path.join(folder, "rejects.csv")
    done = run([klausul, "run", guideline, "-", "--input-format", "ndjson", "--format", "ndjson", "--trace", "--lang", "en", "--rejects", rejects,
                *(f"--assume={name}={value}" for name, value in assume.items())],
               input="".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode())
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode())
    with open(rejects, encoding="utf-8-sig", newline="") as f:
        text = f.read()
    comma = ";" if ";" in text.split("\n", 1)[0] else ","
    refused = {int(r["row"]): r for r in csv.DictReader(io.StringIO(text), delimiter=comma)}
    return [exact(line) for line in done.stdout.decode().splitlines()], refused


def made_records(klausul, guideline, records, seed):
    path = os.path.join(ROOT, guideline)
    schema = json.loads(run([klausul, "template", path, "--format", "json-schema"]).stdout)
    with open(path, encoding="utf-8") as f:
        maker, rng = Maker(schema, f.read(), seed), random.Random(seed)
    made = [maker.as_input(maker.record(i)) for i in range(records)]
    return [rough(r, rng) if rng.random() < 0.5 else r for r in made]


def task(klausul, guideline, records, assume, folder):
    """What decide.mjs is given: rule texts, the image that the command makes of them, records."""
    files = {}
    for top, _, names in os.walk(os.path.join(ROOT, "rules")):
        for name in names:
            if name.endswith(".klausul"):
                with open(os.path.join(top, name), encoding="utf-8") as f:
                    files[os.path.relpath(os.path.join(top, name), ROOT)] = f.read()
    with open(os.path.join(ROOT, guideline), encoding="utf-8") as f:
        files[guideline] = f.read()
    image = os.path.join(folder, "image")
    done = run([klausul, "build", guideline, "-o", image], cwd=ROOT)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    with open(image, "rb") as f:
        return {"path": guideline, "files": files, "records": records, "assume": assume, "image": base64.b64encode(f.read()).decode()}


def difference(theirs, ours):
    if theirs == ours:
        return None
    for key in sorted(set(theirs) | set(ours)):
        if theirs.get(key) != ours.get(key):
            return f"{key}: {json.dumps(theirs.get(key), ensure_ascii=False)[:600]} / {json.dumps(ours.get(key), ensure_ascii=False)[:600]}"
    return "order"


def agree(count, where, given, decided, refused, answer):
    name, wrong = f"{given['path']} {given['assume'] or ''}: {where}", []
    if not count.check(f"{name} answers", "decisions" in answer, answer.get("error", "")):
        return
    count.check(f"{name}: the image is the command's, byte for byte", answer["same"])
    count.check(f"{name}: one by one as all at once, compiler's module as the runtime's", answer["wrong"] == [], str(answer["wrong"]))
    theirs = iter(decided)
    for i, ours in enumerate(answer["decisions"]):
        no = refused.get(i + 1)
        if no is None:
            why = difference(next(theirs), ours)
        else:
            given_as = ours.get("rejected", {})
            why = difference({"code": no["code"], "name": no["column"], "message": no["reason"], "key": no["key"]},
                             {**{k: given_as.get(k) for k in ("code", "name", "message")}, "key": ours.get("key")})
        if why:
            wrong.append(f"record {i} {json.dumps(given['records'][i], ensure_ascii=False)}\n{why}")
    count.check(f"{name}: {len(decided)} decisions and {len(refused)} rejections as the command's",
                not wrong and len(answer["decisions"]) == len(given["records"]) and len(decided) > len(refused), "\n".join(wrong[:3]))


# ---------------------------------------------------------------- diagnostics
def broken(text, rng):
    """A text with a few words taken away, doubled, exchanged or misspelt."""
    words = re.split(r"(\s+)", text)
    for _ in range(rng.randrange(1, 4)):
        i = rng.randrange(len(words))
        words[i] = rng.choice(("", words[i] + " " + words[i], rng.choice(words), words[i][:-1], words[i] + "a\u030A", "1,5", "`", "日本", "\u00AD"))
    return "".join(words)


def diagnostics(count, klausul, node, package, variants):
    rng, texts = random.Random(5), []
    for path in ("tests/bindings/wasm/fees.klausul", "tests/docs/ref.klausul", "tests/bench/yardstick.klausul"):
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            text = f.read()
        texts += [broken(text, rng) for _ in range(variants)]
    done = run([node, os.path.join(HERE, "diagnose.mjs"), package], input=json.dumps(texts).encode())
    if not count.check("broken texts are compiled", done.returncode == 0, done.stderr.decode()[:2000]):
        return
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for text, ours in zip(texts, json.loads(done.stdout)):
            with open(os.path.join(folder, "text.klausul"), "w", encoding="utf-8", newline="") as f:
                f.write(text)
            for lang in ("sv", "en"):
                said = run([klausul, "check", "text.klausul", "-f", "json", "--effort", "1", "--lang", lang], cwd=folder)
                theirs = [json.loads(line) for line in said.stdout.decode().splitlines()]
                theirs = [d for d in theirs if not d["code"].startswith("K09")]  # proofs
                if theirs != ours[lang]:
                    wrong.append(f"{text[:200]}\n{theirs}\n{ours[lang]}")
    told = sum(1 for d in json.loads(done.stdout) if d["en"])
    count.check(f"{told} of {len(texts)} broken texts: what is said is what check says", not wrong and told > len(texts) // 3, "\n".join(wrong[:3]))


# ---------------------------------------------------------------- the manual's page and the example
def manual(count, klausul, node, package):
    with open(os.path.join(ROOT, "lang/spec/wasm.md"), encoding="utf-8") as f:
        files = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", f.read(), re.M | re.S))
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "node_modules"))
        os.symlink(package, os.path.join(folder, "node_modules", "klausul"))
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
        run([klausul, "build", "avgift.klausul", "-o", "avgift.kli"], cwd=folder)
        for script, wanted in (("start.mjs", files["start.txt"]), ("runtime.mjs", "200.00\n")):
            done = run([node, script], cwd=folder)
            got = done.stdout.decode()
            count.check(f"lang/spec/wasm.md: {script}", got == wanted, f"{got}{done.stderr.decode()}")
    done = run([node, "examples/wasm/decide.mjs", package], cwd=ROOT)
    got = done.stdout.decode()
    count.check("examples/wasm/decide.mjs", "kontakttyp: BR, by registrering.6 (tabellen, rad 1–6)\n" in got, f"{got}{done.stderr.decode()}")


# ---------------------------------------------------------------- Chromium
class Pages(http.server.BaseHTTPRequestHandler):
    """The page, the package, the task; and the answer back."""

    def do_GET(self):
        files = {"/": os.path.join(HERE, "page.html"), "/decide.mjs": os.path.join(HERE, "decide.mjs")}
        kinds = {".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
        path = files.get(self.path)
        if re.fullmatch(r"/package/[\w.-]+", self.path):
            path = os.path.join(self.server.package, self.path.rsplit("/", 1)[1])
        body, kind = b"", "application/json"
        if self.path == "/task":
            body = self.server.task
        elif path and os.path.exists(path):
            kind = kinds[os.path.splitext(path)[1]]
            with open(path, "rb") as f:
                body = f.read()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind + "; charset=utf-8" if kind.startswith("text") else kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.server.answer = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.server.answered.set()

    def log_message(self, *words):
        pass


def in_chromium(browser, package, given, folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.package, server.task, server.answered, server.answer = package, json.dumps(given).encode(), threading.Event(), b"{}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   f"--user-data-dir={os.path.join(folder, 'profile')}", f"http://127.0.0.1:{server.server_port}/"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **quiet) as child:
            server.answered.wait(BROWSER_SECONDS)
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
        return json.loads(server.answer) or {"error": f"no answer within {BROWSER_SECONDS} s"}
    finally:
        server.shutdown()
        server.server_close()


def corpus():
    """The conformance cases, as they are and under each assumption that a case names: (guideline, assumptions, records)."""
    with open(os.path.join(TESTS, "conformance", "cases.json"), encoding="utf-8") as f:
        data = json.load(f)
    for name, guideline in data["guidelines"].items():
        rules, cases = guideline["rules"], [c for c in data["cases"] if c["guideline"] == name]
        newest = sorted(f for f in os.listdir(os.path.join(ROOT, rules)) if f.endswith(".klausul"))[-1]
        records = [record_of(case, guideline["base"]) for case in cases]
        yield f"{rules}/{newest}", {}, records
        for assumed in sorted({other["assume"] for case in cases for other in case.get("assuming", [])}):
            yield f"{rules}/{newest}", dict([assumed.split("=", 1)]), records


def package_tests(count, node, package):
    done = run([node, "--test", "--test-reporter=tap", os.path.join(HERE, "package.test.mjs")], env=dict(os.environ, KLAUSUL_PACKAGE=package))
    text = done.stdout.decode()
    for good, name in re.findall(r"^\s*(ok|not ok) \d+ - (.*)$", text, re.M):
        if not name.endswith(".mjs"):
            count.check(name, good == "ok", text if good != "ok" else "")
    count.check("the package's tests end well", done.returncode == 0, done.stderr.decode()[:2000])


def main():
    parser = argparse.ArgumentParser(description="tests of the npm package")
    parser.add_argument("--build", default="build")
    parser.add_argument("--records", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1, help="so many times other records; Chromium decides those of the first")
    options = parser.parse_args()
    count, build = Count(), build_option()
    klausul, package, node = os.path.join(build, "klausul"), os.path.join(build, "wasm"), shutil.which("node")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not os.path.exists(os.path.join(package, "klausul.wasm")):
        count.skip("npm package", "not built: make wasm, for which .ci/deps wasm installs what it needs")
        return count.finish()
    if node:
        package_tests(count, node, package)
        diagnostics(count, klausul, node, package, 40)
        manual(count, klausul, node, package)
    else:
        count.skip("Node", "not installed")
    if not browser:
        count.skip("Chromium", "not installed")
    made = (((g, {}, made_records(klausul, g, options.records, options.seed + i)), i) for i in range(options.rounds) for g in GUIDELINES)
    for (guideline, assume, records), i in itertools.chain(((c, 0) for c in corpus()), made):
        with tempfile.TemporaryDirectory() as folder:
            given = task(klausul, guideline, records, assume, folder)
            decided, refused = evaluated(klausul, os.path.join(ROOT, guideline), records, assume, folder)
            if node:
                done = run([node, os.path.join(HERE, "node.mjs"), package], input=json.dumps(given).encode())
                agree(count, "Node", given, decided, refused, json.loads(done.stdout or b"null") or {"error": done.stderr.decode()[:2000]})
            if browser and not assume and i == 0:
                agree(count, "Chromium", given, decided, refused, in_chromium(browser, package, given, folder))
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
