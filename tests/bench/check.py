# check.py - yardstick.klausul against its rules written once more in Python, on random records; baselines and peers; lines that are reused.
# May include: the Python standard library, tests/suite.py, peers.py.
# Start at decide(): None is unknown; main() compares CSV and NDJSON of the command, and ifelse, with it; reused() compares ways to the same CSV.
import csv
import io
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from suite import ROOT, Count, build_option, clean_environment, run  # noqa: E402
from peers import PEERS, words_form  # noqa: E402

COLUMNS = "contact_id,typ,kvalificerad,avgift,poäng,klausul"
GUIDELINE = os.path.join(ROOT, "tests", "bench", "yardstick.klausul")
CONTENT = [("dialog", "brist_dialog"), ("equals_visit", "brist_besök"), ("assessment", "brist_bedömning"),
           ("journaled", "brist_journal")]
NOT_ENOUGH = [("renewal_only", "bara_recept"), ("sick_note_extension_only", "bara_intyg"),
              ("aid_renewal_only", "bara_hjälpmedel"), ("self_monitoring_only", "bara_egenmätning")]


def every(*facts):
    return False if False in facts else None if None in facts else True


def some(*facts):
    return True if True in facts else None if None in facts else False


def decide(cells):
    """One record, cells as text, to the cells of COLUMNS."""
    fact = {k: {"true": True, "false": False, "": None}.get(v, v) for k, v in cells.items()}
    form, physician, coded = cells["contact_type"], cells["profession"] == "LAKARE", cells["kva"] == "ZV051"
    content = every(*(fact[name] for name, _ in CONTENT))
    barred = some(*(fact[name] for name, _ in NOT_ENOUGH))
    qualified = every(content, None if barred is None else not barred)
    for_points = content if cells["date"] < "2023-01-01" else qualified
    fee, points, ground, needs = "", "0.0", None, None

    if form == "T":
        ground = "telefon"
    elif form == "TB" and not physician:
        fee, ground = "0.00", "samtal_övriga"
    elif form == "TB":
        needs = []
        fee = {True: "100.00", False: "0.00", None: "undetermined"}[every(qualified, fact["planned"])]
        points = {True: "0.3", False: "0.0", None: "undetermined"}[for_points]
        if qualified and fact["planned"] is not None:
            ground = "samtal_planerat" if fact["planned"] else "samtal_oplanerat"
    elif not coded:
        ground = "video_utan_kod" if form == "M" else "skriftlig_administrativ"
    else:
        needs = ["licensed"] if form == "M" else ["licensed", "strong_auth"]
        entitled = every(*(fact[name] for name in needs))
        points = {True: "1.0", False: "0.0", None: "undetermined"}[every(entitled, for_points)]
        enough = every(entitled, qualified)
        if enough and form == "BR":
            ground = "skriftlig_kvalificerad"
        elif enough and fact["listed"] is not None:
            ground = "video_" + ("läkare" if physician else "övriga") + ("_listad" if fact["listed"] else "_olistad")
            fee = {(True, True): "100.00", (True, False): "300.00", (False, True): "50.00",
                   (False, False): "100.00"}[physician, fact["listed"]]
        elif enough is not False and form == "M":
            fee = "undetermined"

    if needs is not None and ground is None:
        fails = [("licensed", "brist_legitimation")] if "licensed" in needs else []
        fails += CONTENT + ([("strong_auth", "brist_inloggning")] if "strong_auth" in needs else [])
        found = [why for name, why in fails if fact[name] is False] + [why for name, why in NOT_ENOUGH if fact[name]]
        ground = (found + ["undetermined"])[0]
    word = {True: "true", False: "false", None: "undetermined"}
    return [cells["contact_id"], form, word[qualified], fee, points, ground]


# Results of every kind, overrides, requirements, a period and a scope.
EVERY_STATE = """riktlinje prov.allt
  valuta SEK
  dateras av datum
  gäller från 2023-01-01 tidigare {before}
  omfattar när form bland a, b
värden form
  a
  b
  c
post kontakt
  id : text nyckel
  datum : datum
  form : form
  dag : datum
  taxa : belopp
  antal : heltal
  brådskar : ja/nej
  betald : ja/nej annars nej
utfall avgift : belopp annars 0 kr
utfall sort : form
utfall svarsdag : datum
utfall hänvisning : text
utfall dubbel : belopp
klausul dyr
  gäller när taxa > 100 kr
  utom när betald
regel grund
  när form = a
  ger avgift 50 kr, sort form, svarsdag dag
regel dyrare
  åsidosätter grund
  när dyr och brådskar
  ger avgift taxa * antal, svarsdag 2023-09-01
regel annan
  när form = b och antal < 3
  ger avgift enligt "prislistan", hänvisning "se avtalet"
regel krock
  när form = b och brådskar
  ger avgift taxa, hänvisning ej angivet
regel dubblad
  när antal != 2
  ger dubbel avgift * 2
krav betalning
  för dyr
  kräver betald
råd snabbt
  för brådskar
  kräver antal < 2
"""


def some_record(dice, i):
    maybe = lambda text: text if dice.random() < 0.8 else ""  # noqa: E731
    return ",".join((dice.choice((str(i), f'"{i},{i}"', f'"{i}""x"')), maybe(dice.choice(("2022-12-31", "2023-05-01"))),
                     maybe(dice.choice("aabbc")), maybe(dice.choice(("2023-06-01", "2024-02-29"))),
                     maybe(dice.choice(("0", "99,5", "100", "250")).replace(",", ".")), maybe(str(dice.randrange(4))),
                     maybe(dice.choice(("ja", "nej"))), maybe(dice.choice(("ja", "nej")))))


def reused(count, build, env):
    """Lines that are written from what was learnt are those that are written without: a receipt has every record looked at."""
    dice = random.Random(20230601)
    ways = ([], ["--select", "id,avgift,sort,svarsdag,hänvisning,dubbel,decided_by"], ["--csv", "sv"],
            ["--select", "avgift.state,blocked_by,findings,warnings"], ["--select", "decided_by,missing,key"])
    for before in ("okänt", "inget"):
        with tempfile.TemporaryDirectory() as folder:
            rules, records = os.path.join(folder, "g.klausul"), os.path.join(folder, "r.csv")
            with open(rules, "w", encoding="utf-8") as f:
                f.write(EVERY_STATE.format(before=before))
            with open(records, "w", encoding="utf-8") as f:
                f.write("id,datum,form,dag,taxa,antal,brådskar,betald\n")
                f.writelines(some_record(dice, i) + "\n" for i in range(4000))
            for way in ways:
                command = [os.path.join(build, "klausul"), "run", rules, records, *way]
                quick = run(command, env=env)
                whole = run([*command, "--receipt", os.path.join(folder, "receipt")], env=env)
                name = f"reused lines, {before}: {' '.join(way)}"
                count.check(name, len(quick.stdout) > 4000, quick.stderr.decode())
                count.check(name, (quick.stdout, quick.returncode) == (whole.stdout, whole.returncode),
                            "\n".join(f"{a}\n{b}" for a, b in zip(quick.stdout.decode().split("\n"),
                                                                  whole.stdout.decode().split("\n")) if a != b)[:2000])


def many_rows(count, build, env):
    """Who decided, where a table has more rows than a record has marks: one row, two, three, or four that give the same."""
    dice = random.Random(400)
    sizes = {"a": 10, "b": 10, "c": 4}
    key = {"a": lambda i: i // 40, "b": lambda i: i // 4 % 10, "c": lambda i: i % 4}
    for tables in (("t", 400), ("u", 300), ("v", 200)), (("t", 400), ("u", 300), ("v", 200), ("w", 100)):
        with tempfile.TemporaryDirectory() as folder:
            rules, records = os.path.join(folder, "g.klausul"), os.path.join(folder, "r.csv")
            with open(rules, "w", encoding="utf-8") as f:
                f.write("riktlinje prov.rader\n  valuta SEK\n  gäller utan datum\n")
                for name, n in sizes.items():
                    f.write(f"värden {name}_värde\n" + "".join(f"  {name}{i}\n" for i in range(n)))
                f.write("post kontakt\n  id : text nyckel\n" + "".join(f"  {name} : {name}_värde\n" for name in sizes))
                f.write("utfall avgift : belopp\n")
                for table, rows in tables:
                    f.write(f"tabell {table}\n  |  | a | b | c | avgift |\n  |---|---|---|---|---|\n")
                    f.writelines(f"  | {i + 1}) | a{key['a'](i)} | b{key['b'](i)} | c{key['c'](i)} | {i % 7 * 10} kr |\n"
                                 for i in range(rows))
            drawn = [dice.randrange(400) for _ in range(5000)]
            expected = ["id,avgift,decided_by"]
            with open(records, "w", encoding="utf-8") as f:
                f.write("id,a,b,c\n")
                for n, i in enumerate(drawn):
                    unknown = dice.choice("abc") if n % 20 == 0 else ""
                    f.write(f"{n}," + ",".join("" if name == unknown else f"{name}{key[name](i)}" for name in sizes) + "\n")
                    by = " ".join(f"{table}.{i + 1}" for table, rows in tables if i < rows)
                    expected.append(None if unknown else f"{n},{i % 7 * 10}.00,{by}")
            command = [os.path.join(build, "klausul"), "run", rules, records, "--select", "id,avgift,decided_by"]
            quick = run(command, env=env)
            whole = run([*command, "--receipt", os.path.join(folder, "receipt")], env=env)
            lines, name = quick.stdout.decode().rstrip("\n").split("\n"), f"{len(tables)} tables of up to 400 rows"
            count.check(name, len(lines) == len(expected), quick.stderr.decode())
            count.check(name + ": who decided", all(want in (None, have) for want, have in zip(expected, lines)),
                        "\n".join(f"{a}\n{b}" for a, b in zip(expected, lines) if a not in (None, b))[:2000])
            count.check(name + ": learnt or not", quick.stdout == whole.stdout, whole.stderr.decode())


def peers(count, build, env):
    """The peers of `make bench` that are installed write the same decisions, line by line, many facts being unknown."""
    tool, engines = os.path.join(build, "tests", "bench", "records"), os.path.join(build, "peers")
    with tempfile.TemporaryDirectory() as folder:
        paths = {form: os.path.join(folder, "records." + form) for form in ("csv", "ndjson", "words")}
        for form in ("csv", "ndjson"):
            with open(paths[form], "wb") as f:
                f.write(run([tool, "3000", form, "11", "250"]).stdout)
        words_form(paths["csv"], paths["words"])
        want = run([os.path.join(build, "klausul"), "run", GUIDELINE, paths["csv"], "--select", COLUMNS], env=env).stdout
        for peer in PEERS:
            if not peer.program(engines):
                count.skip(peer.name, "not installed; make deps-bench")
                continue
            to = os.path.join(folder, "decisions")
            command, printed = peer.command(engines, folder, paths[peer.form], to)
            done = run(command, env=env)
            if printed:
                have = done.stdout
            else:
                with open(to, "rb") as f:
                    have = f.read()
                os.unlink(to)
            pairs = zip(want.decode().split("\n"), have.decode("utf-8", "replace").split("\n"))
            count.check(peer.name, want == have, done.stderr.decode("utf-8", "replace") +
                        "\n".join(f"{a}\n{b}" for a, b in pairs if a != b)[:1000])


def as_cell(value):
    if isinstance(value, dict):
        return value["state"]
    return {None: "", True: "true", False: "false"}.get(value, value)


def main():
    build = build_option()
    count = Count()
    tool = lambda name: os.path.join(build, "tests", "bench", name)  # noqa: E731
    env = clean_environment()
    for rows, seed, unknown in ((300, 7, 10), (300, 8, 300), (1500, 9, 100)):
        with tempfile.TemporaryDirectory() as folder:
            paths = {form: os.path.join(folder, "records." + form) for form in ("csv", "ndjson")}
            for form, path in paths.items():
                made = run([tool("records"), str(rows), form, str(seed), str(unknown)])
                with open(path, "wb") as f:
                    f.write(made.stdout)
            with open(paths["csv"], encoding="utf-8", newline="") as f:
                expected = [decide(row) for row in csv.DictReader(f)]
            klausul = [os.path.join(build, "klausul"), "run", GUIDELINE]
            name = f"{rows} records, {unknown} of 1000 facts unknown"

            done = run([*klausul, paths["csv"], "--select", COLUMNS], env=env)
            got = list(csv.reader(io.StringIO(done.stdout.decode())))
            count.check(name + ": heading", got[:1] == [COLUMNS.split(",")], done.stderr.decode())
            for want, have in zip(expected, got[1:]):
                count.check(f"{name}: {want[0]}", want == have, f"{want}\n{have}")
            count.check(name + ": as many", len(got) == rows + 1, f"{len(got)} lines")

            plain = run([tool("ifelse"), paths["csv"]])
            count.check(name + ": if/else in C", plain.stdout == done.stdout, plain.stderr.decode())

            done = run([*klausul, paths["ndjson"], "--select", COLUMNS], env=env)
            flat = [json.loads(line, parse_float=str) for line in done.stdout.decode().splitlines()]
            same = [[as_cell(one[c]) for c in COLUMNS.split(",")] for one in flat] == expected
            count.check(name + ": NDJSON", same, done.stderr.decode())
    peers(count, build, env)
    reused(count, build, env)
    many_rows(count, build, env)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
