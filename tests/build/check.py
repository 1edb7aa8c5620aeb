# check.py - tests of what is built and installed: headers, symbols, size, reproducible images, a DESTDIR install used by a host.
# May include: the Python standard library and tests/suite.py; runs the compiler, nm, size, make and klausul.
# Start at main(): one function for each promise.
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, Count, build_option, clean_environment, run, side_by_side  # noqa: E402

TEXT_MOST = 32 * 1024
# To inspect and describe images, to write them, to read and write dates as text, to write batches fast, to report: no part of loading,
# verifying, deciding and tracing, and a host that only does that links none.
NOT_TO_DECIDE = {"arrange.c", "disassemble.c", "describe.c", "seal.c", "date_text.c", "marks.c", "report.c", "single.c", "who.c"}
CC = os.environ.get("CC", "cc")
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Werror"]


def said(done):
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def headers_stand_alone(count, build):
    """Every header compiles when it is the only thing included, twice; the public one as C++ too."""
    headers = [os.path.relpath(os.path.join(top, f), ROOT) for room in ("runtime", "lang", "compiler", "tests")
               for top, _, files in os.walk(os.path.join(ROOT, room)) for f in files
               if f.endswith(".h") and "/bindings/" not in top + "/"]  # those need their host's headers

    def compiles(header):
        text = f'#include "{header}"\n#include "{header}"\nint kl_nothing;\n'
        command = [CC, *STRICT, "-I.", f"-I{build}", "-D_POSIX_C_SOURCE=200809L", "-fsyntax-only", "-x", "c", "-"]
        return header, run(command, cwd=ROOT, input=text.encode())

    for header, done in side_by_side(compiles, sorted(headers), 2):
        count.check(f"{header} alone", done.returncode == 0, said(done))
    if shutil.which("g++"):
        done = run(["g++", "-Wall", "-Wextra", "-Werror", "-I.", "-fsyntax-only", "-x", "c++", "-"], cwd=ROOT,
                   input=b'#include "runtime/klausul.h"\nint main() { return 0; }\n')
        count.check("runtime/klausul.h as C++", done.returncode == 0, said(done))
    else:
        count.skip("runtime/klausul.h as C++", "no g++ on this machine")


def symbols_are_ours(count, build):
    """Every global symbol of the archives begins with kl_; the shared library shows what klausul.h declares, no more."""
    for name in ("libklausul.a", "libklausulio.a", "libklausulc.a", "libklausullang.a"):
        listed = run(["nm", "-g", "--defined-only", os.path.join(build, name)]).stdout.decode()
        names = set(re.findall(r"^[0-9a-f]+ [A-Za-z] (\S+)$", listed, re.M))
        ours = ("kl_", "ir_") if name == "libklausulc.a" else ("kl_",)
        strange = sorted(n for n in names if not n.startswith((*ours, "__odr_asan", "_GLOBAL_", "_sub_", "__asan_")))
        count.check(f"{name}: symbols", names and not strange, f"not ours: {' '.join(strange)}")
    with open(os.path.join(ROOT, "runtime/klausul.h"), encoding="utf-8") as f:
        declared = set(re.findall(r"^[a-z].*?\b(kl_\w+)\(", f.read(), re.M))
    listed = run(["nm", "-D", "--defined-only", os.path.join(build, "libklausul.so")]).stdout.decode()
    shown = set(re.findall(r"^[0-9a-f]+ [A-Za-z] (\w+)", listed, re.M))
    count.check("libklausul.so: symbols", shown == declared,
                f"too many: {sorted(shown - declared)}\ntoo few: {sorted(declared - shown)}")


def core_is_small(count, build):
    """Load, verify, evaluate and trace at -Os: at most 32 KB of text."""
    sources = sorted(f for f in os.listdir(os.path.join(ROOT, "runtime")) if f.endswith(".c") and f not in NOT_TO_DECIDE)
    with tempfile.TemporaryDirectory() as folder:
        def compiled(source):
            target = os.path.join(folder, source[:-2] + ".o")
            return run([CC, "-std=c11", "-Os", "-I.", f"-I{build}", "-fno-asynchronous-unwind-tables", "-c", "-o", target,
                        f"runtime/{source}"], cwd=ROOT)

        for source, done in zip(sources, side_by_side(compiled, sources, 2)):
            if not count.check(f"runtime/{source} at -Os", done.returncode == 0, said(done)):
                return
        rows = run(["size", *(os.path.join(folder, s[:-2] + ".o") for s in sources)]).stdout.decode().split("\n")[1:]
        numbers = [row.split() for row in rows if row.strip()]
        total = sum(int(n[0]) for n in numbers)
        print(f"note: runtime text at -Os: {total} bytes of at most {TEXT_MOST} (constants included)")
        count.check("runtime text size", 0 < total <= TEXT_MOST, "\n".join("\t".join((n[0], os.path.basename(n[5]))) for n in numbers))
        count.check("runtime has no data", all(n[1] == "0" and n[2] == "0" for n in numbers),
                    "globals that can change:\n" + "\n".join(rows))


def one_file(count, build):
    """The amalgamation compiles alone, under both compilers; a program of that file and its own decides a record as the command does."""
    with tempfile.TemporaryDirectory() as folder:
        done = run([sys.executable, "runtime/amalgamate.py", folder], cwd=ROOT)
        if not count.check("amalgamation", done.returncode == 0, said(done)):
            return
        source, image = os.path.join(folder, "klausul.c"), os.path.join(folder, "vgr.image")
        klausul = os.path.join(build, "klausul")
        rules = "rules/vgr/distanskontakter/2023-06-01.klausul"
        given = {"avtal": "vårdval_vårdcentral", "form": "telefon", "yrke": "läkare", "ärende": "bedömning", "legitimerad": "ja",
                 "planerad": "ja", "egenmonitorering": "ingen"}
        run([klausul, "build", rules, "-o", image], cwd=ROOT)
        record = dict(given, kontakt_id="1", kontaktdatum="2023-09-01")
        done = run([klausul, "run", image, "-", "--input-format", "ndjson"], input=json.dumps(record).encode())
        given["kontaktdatum"] = "19601"
        told = json.loads(done.stdout or b'{"outcomes": {}}')["outcomes"]
        wanted = [(name, o["state"].replace("_", " "), next(iter(o.get("by", [])), "")) for name, o in told.items()]
        shutil.copy(source, build)
        shutil.copy(os.path.join(folder, "klausul.h"), build)
        cc = shutil.which(CC.split()[0]) or "cc"
        page = [sys.executable, "tests/docs/run.py", "--build", build, f"--with=amalgamation={os.path.dirname(cc)}", os.path.join(ROOT, "lang/spec/embedding.md")]
        done = run(page, cwd=ROOT)
        count.check("lang/spec/embedding.md", done.returncode == 0, said(done))
        for compiler in ("gcc", "clang"):
            if not shutil.which(compiler):
                count.skip(f"amalgamation with {compiler}", "it is not on this machine")
                continue
            host = os.path.join(folder, compiler)
            for level in ("-Os", "-O2"):
                done = run([compiler, *STRICT, level, "-c", "-o", host + ".o", source], cwd=folder)
                count.check(f"amalgamation with {compiler} {level}", done.returncode == 0, said(done)[:4000])
                done = run([compiler, *STRICT, f"-I{folder}", "-o", host, "examples/embedding/one.c", host + ".o"], cwd=ROOT)
                count.check(f"its host with {compiler} {level}", done.returncode == 0, said(done)[:4000])
                done = run([host, image, *(f"{k}={v}" for k, v in given.items())])
                lines = [re.fullmatch(r"(\w+): ((?:not )?\w+)(?: \w+)?(?: by (\S+))?", line) for line in done.stdout.decode().splitlines()]
                count.check(f"it decides with {compiler} {level}", wanted and [m and (m[1], m[2], m[3] or "") for m in lines] == wanted,
                            f"{wanted}\n{said(done)}")


def editions():
    """Every rule file that is a guideline."""
    for top, _, files in sorted(os.walk(os.path.join(ROOT, "rules"))):
        for name in sorted(files):
            path = os.path.join(top, name)
            if name.endswith(".klausul"):
                with open(path, encoding="utf-8") as f:
                    if re.search(r"^(riktlinje|guideline) ", f.read(), re.M):
                        yield path


def images_are_reproducible(count, build):
    """The same sources give the same bytes, from another folder and another name for it, and the image verifies."""
    klausul = os.path.join(build, "klausul")
    paths = list(editions())
    count.check("rules/ holds guidelines", paths)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.path.join(ROOT, "rules"), os.path.join(folder, "copy"))
        for path in paths:
            inner = os.path.relpath(path, os.path.join(ROOT, "rules"))
            one, two = os.path.join(folder, "one.img"), os.path.join(folder, "two.img")
            a = run([klausul, "build", "--target", "image", path, "-o", one], cwd=ROOT)
            b = run([klausul, "build", "--target", "image", os.path.join("copy", inner), "-o", two], cwd=folder)
            if not count.check(f"build rules/{inner}", a.returncode == 0 and b.returncode == 0, said(a) + said(b)):
                continue
            digests = [hashlib.sha256(open(p, "rb").read()).hexdigest() for p in (one, two)]
            count.check(f"rules/{inner}: same bytes", digests[0] == digests[1])
            done = run([klausul, "verify", one])
            count.check(f"rules/{inner}: verified", done.returncode == 0, said(done))


def installs(count, build):
    """make install under DESTDIR; the host program of examples/ builds against it with pkg-config and runs; uninstall leaves nothing."""
    quiet = dict(os.environ, MAKEFLAGS="")
    with tempfile.TemporaryDirectory() as folder:
        prefix = os.path.join(folder, "usr")
        # The folder by the name that make knew it by when it built: dependency files hold it.
        known_as = os.path.relpath(build, ROOT) if build.startswith(ROOT + os.sep) else build
        make = ["make", "-s", f"B={known_as}", "PREFIX=/usr", f"DESTDIR={folder}"]
        done = run([*make, "install"], cwd=ROOT, env=quiet)
        if not count.check("make install", done.returncode == 0, said(done)):
            return
        for name in ("bin/klausul", "include/klausul.h", "lib/libklausul.a", "lib/libklausul.so", "lib/pkgconfig/klausul.pc",
                     "share/man/man1/klausul.1", "share/bash-completion/completions/klausul",
                     "share/zsh/site-functions/_klausul", "share/fish/vendor_completions.d/klausul.fish"):
            count.check(f"installed {name}", os.path.exists(os.path.join(prefix, name)))
        soname = run(["objdump", "-p", os.path.join(prefix, "lib/libklausul.so")]).stdout.decode()
        count.check("versioned soname", re.search(r"SONAME\s+libklausul\.so\.\d+$", soname, re.M), soname)
        leftovers = [os.path.join(t, f) for t, _, fs in os.walk(prefix) for f in fs if folder.encode() in open(os.path.join(t, f), "rb").read()]
        count.check("no DESTDIR inside installed files", not leftovers, "\n".join(leftovers))
        host = os.path.join(folder, "host")
        shutil.copytree(os.path.join(ROOT, "examples/host"), host)
        image = os.path.join(folder, "vgr.image")
        env = clean_environment(os.path.join(prefix, "bin"))
        env.update(PKG_CONFIG_PATH=os.path.join(prefix, "lib/pkgconfig"), PKG_CONFIG_SYSROOT_DIR=folder,
                   LD_LIBRARY_PATH=os.path.join(prefix, "lib"), CFLAGS="-fsanitize=address,undefined" if sanitized(build) else "-O1")
        for step in (["klausul", "build", "rules/vgr/distanskontakter/2023-06-01.klausul", "-o", image], ["make", "-s", "-C", host],
                     [os.path.join(host, "host"), image]):
            done = run(step, cwd=ROOT, env=env)
            if not count.check(f"host program: {os.path.basename(step[0])}", done.returncode == 0, said(done)):
                break
        else:
            count.check("host program decides", b"registrering." in done.stdout, said(done))
        done = run([*make, "uninstall"], cwd=ROOT, env=quiet)
        left = [os.path.join(t, f) for t, _, fs in os.walk(prefix) for f in fs]
        count.check("make uninstall", done.returncode == 0 and not left, said(done) + "\n".join(left))


def demonstrates(count, build):
    """The demonstration ends well, in the one language of the locale."""
    for locale, ours, other in (("sv_SE.UTF-8", b"poster in", b"records"), ("C.UTF-8", b"records in", b"poster")):
        done = run(["examples/demo.sh", os.path.join(build, "klausul")], cwd=ROOT, env=dict(clean_environment(), LC_ALL=locale))
        told = b"\n".join(line for line in done.stdout.splitlines() if not line.startswith(b"$ "))
        count.check(f"demonstration in {locale}", done.returncode == 0 and ours in told and other not in told, said(done))


def sanitized(build):
    return b"__asan_init" in run(["nm", "-g", os.path.join(build, "libklausul.a")]).stdout


def stands_alone(count, build):
    """The programs of examples/ that have a guideline written out, as C and as SQL."""
    klausul, rules = os.path.join(build, "klausul"), "rules/vgr/distanskontakter/2023-06-01.klausul"
    with tempfile.TemporaryDirectory() as folder:
        source, host, sql = (os.path.join(folder, name) for name in ("vgr.c", "decide", "vgr.sql"))
        done = run([klausul, "build", rules, "--target", "c", "-o", source], cwd=ROOT)
        if done.returncode == 0:
            done = run([CC, *STRICT, f"-I{folder}", "-o", host, "examples/c/decide.c", source], cwd=ROOT)
        if done.returncode == 0:
            done = run([host])
        told = done.stdout.decode().splitlines()
        count.check("examples/c/decide.c", told[1:3] == ["the fee depends on: planerad", "the fee is 100.00 kr"] and len(told) == 4
                    and told[3].startswith("  by registrering.3b: tabellen"), said(done))
        done = run([klausul, "build", rules, "--target", "sql", "--dialect", "sqlite", "-o", sql], cwd=ROOT)
        if done.returncode == 0:
            done = run([sys.executable, "examples/sql/decide.py", sql], cwd=ROOT)
        told = [line.split(" | ") for line in done.stdout.decode().splitlines()]
        wanted = [["1", "100.00", "decided"], ["2", "undetermined", "registrera"], ["3", "form"]]
        count.check("examples/sql/decide.py", [line[:3] for line in told] == wanted and told[1][-1] == "planerad", said(done))


def main():
    build = build_option()
    count = Count()
    headers_stand_alone(count, build)
    symbols_are_ours(count, build)
    core_is_small(count, build)
    one_file(count, build)
    images_are_reproducible(count, build)
    installs(count, build)
    demonstrates(count, build)
    stands_alone(count, build)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
