# agree.py - dicts, frames and Arrow batches of every layout are decided as the command decides the same records.
# May include: the Python standard library, klausul and what requirements.txt pins, tests/agree/records.py, shapes.py beside it.
# Start at main(): random records of the shipped guidelines, broken ones among them, then every run of tests/golden/meaning.
import argparse
import csv
import datetime
import io
import json
import os
import random
import re
import shlex
import sys
import tempfile
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "agree"), os.path.join(TESTS, "conformance")]
import check as corpus  # noqa: E402
from records import DAY0, Maker  # noqa: E402
from shapes import as_cells, as_json, difference, flat, judged, of_command  # noqa: E402
from suite import ROOT, Count, run  # noqa: E402

import klausul  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pyarrow as pa  # noqa: E402

GUIDELINES = ("rules/vgr/distanskontakter/2023-06-01.klausul", "rules/halland/distanskontakter/2018-06-28.klausul",
              "rules/halland/medicinsk_service/2018-06-28.klausul", "tests/bench/yardstick.klausul")
BROKEN = ("x", "1,2345", "99999999999999999", "2023-02-30", "Ja!", "-", "1e3")
LAYOUTS = 4


def ndjson(lines):
    return "".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in lines).encode()


# ---------------------------------------------------------------- Python's own types
def as_dict(maker, record, rng):
    """The record in types that a host would have at hand."""
    out = {}
    for f in maker.fields:
        v = record.get(f.name)
        if v is None:
            if rng.random() < 0.5:
                out[f.name] = None
        elif f.kind == "date":
            day = DAY0 + datetime.timedelta(days=v)
            out[f.name] = rng.choice([day, day.isoformat(), pd.Timestamp(day) if day.year > 1700 and day.year < 2200 else day])
        elif f.scale:
            number = Decimal(v).scaleb(-f.scale)
            out[f.name] = rng.choice([number, float(number), format(number, "f"), number * Decimal("1.00")])
        elif f.kind == "set":
            out[f.name] = rng.choice([list, tuple, set, frozenset])(v)
        elif isinstance(v, int) and not isinstance(v, bool):
            out[f.name] = rng.choice([v, float(v), Decimal(v), str(v)])
        else:
            out[f.name] = v
    return out


def broken(maker, record, rng):
    """The record, now and then with something that no field of that kind holds."""
    if rng.random() < 0.05:
        field = rng.choice([f for f in maker.fields if not f.key])
        record = {**record, field.name: rng.choice(BROKEN)}
    return record


# ---------------------------------------------------------------- Arrow's layouts
def column(f, values, codes, rng):
    """An array of the field's values in one of the types that can hold them."""
    if f.kind == "yes/no":
        return rng.choice([lambda: pa.array(values, pa.bool_()),
                           lambda: pa.array([None if v is None else "ja" if v else "nej" for v in values]).dictionary_encode(),
                           lambda: pa.array([None if v is None else int(v) for v in values], pa.uint8())])()
    if f.kind == "values":
        said = [None if v is None else rng.choice(codes[v]) for v in values]
        kind = rng.choice([pa.string(), pa.large_string(), pa.string_view(), "coded", "small"])
        if kind == "coded":
            return pa.array(said, pa.string()).dictionary_encode()
        if kind == "small":
            return pa.array(said, pa.string()).cast(pa.dictionary(pa.uint16(), pa.large_string()))
        return pa.array(said, kind)
    if f.kind == "set":
        return rng.choice([lambda: pa.array(values, pa.list_(pa.string())), lambda: pa.array(values, pa.large_list(pa.large_string())),
                           lambda: pa.array([None if v is None else ",".join(v) or "inga" for v in values], pa.large_string())])()
    if f.kind == "date":
        days = pa.array(values, pa.int32()).cast(pa.date32())
        return rng.choice([lambda: days, lambda: days.cast(pa.date64()), lambda: days.cast(pa.timestamp("us")), lambda: days.cast(pa.string())])()
    if f.scale:
        exact = pa.array([None if v is None else Decimal(v).scaleb(-f.scale) for v in values], pa.decimal128(20, f.scale))
        return rng.choice([lambda: exact, lambda: exact.cast(pa.decimal128(30, f.scale + 3)),
                           lambda: pa.array([None if v is None else v / 10 ** f.scale for v in values], pa.float64()),
                           lambda: exact.cast(pa.string())])()
    if f.kind == "text":
        return pa.array(values, rng.choice([pa.string(), pa.large_string(), pa.string_view()]))
    kinds = [pa.int64(), pa.int64(), pa.decimal128(25, 0), pa.float64(), pa.string()]
    if all(v is None or abs(v) < 2 ** 31 for v in values):
        kinds.append(pa.int32())
    kind = rng.choice(kinds)
    return pa.array([None if v is None else str(v) for v in values], kind) if kind == pa.string() else pa.array(values, pa.int64()).cast(kind)


def table(maker, records, codes, rng):
    """The records as a table of mixed layouts, cut in batches that begin at every kind of offset."""
    columns = {}
    for f in maker.fields:
        values = [r.get(f.name) for r in records]
        if any(v is not None for v in values) or f.required or f.key:
            columns[f.name] = column(f, values, codes.get(f.name, {}), rng)
    padded = pa.table(columns)
    ahead = rng.choice([0, 1, 7, 64, 65])
    padded = pa.concat_tables([padded.slice(0, ahead), padded]).combine_chunks().slice(ahead)
    pieces, at = [], 0
    while at < padded.num_rows:
        step = rng.choice([1, 63, 64, 128, 1000, 1024, 1025, 5000])
        pieces += padded.slice(at, step).to_batches()
        at += step
    return pa.Table.from_batches(pieces, padded.schema)


# ---------------------------------------------------------------- comparing
def same_rows(count, name, wanted, rows):
    wrong = [(i, difference(a, b)) for i, (a, b) in enumerate(zip(wanted, rows)) if a != b][:3]
    why = "\n".join(f"{i}: {d}" for i, d in wrong) or f"{len(wanted)} decisions, {len(rows)} here"
    count.check(name, not wrong and len(wanted) == len(rows), why)


def same_rejects(count, name, refused, rejects):
    theirs = [(int(r["row"]) - 1, r["column"], r["code"]) for r in refused]
    ours = [(r.row, r.column, r.code) for r in rejects]
    count.check(name, theirs == ours, "\n".join(f"{a} / {b}" for a, b in zip(theirs, ours) if a != b)[:500] or f"{len(theirs)} / {len(ours)}")


def agree_on_dicts(count, name, command, path, rules, lines, dicts):
    wanted, refused = judged(command, path, ndjson(lines))
    stream = rules.decide_many(dicts, trace=True, batch=random.Random(1).choice([1, 64, 1000, 1024]) if len(lines) < 100 else 1024)
    got = list(stream)
    same_rows(count, f"{name}: {len(got)} dicts", [of_command(w) for w in wanted], [as_json(d) for d in got])
    same_rejects(count, f"{name}: rejected dicts", refused, stream.rejects)
    keys = [d.key for d in got] if got and got[0].key is not None else [str(d.row + 1) for d in got]
    count.check(f"{name}: keys", keys == [w["key"] for w in wanted])


def guideline(count, command, path, records, seed):
    rng, name = random.Random(seed), os.path.relpath(path, ROOT)
    rules = klausul.load(path)
    schema = json.loads(run([command, "template", path, "--format", "json-schema"]).stdout)
    with open(path, encoding="utf-8") as f:
        maker = Maker(schema, f.read(), seed)
    made = [maker.record(i) for i in range(records)]
    lines = [broken(maker, maker.as_input(r), rng) for r in made]
    agree_on_dicts(count, f"{name}, as NDJSON has them", command, path, rules, lines, lines)
    lines = [maker.as_input(r) for r in made]
    agree_on_dicts(count, f"{name}, typed", command, path, rules, lines, [as_dict(maker, r, rng) for r in made])

    wanted, refused = flat(command, path, ndjson(lines))
    codes = {f.name: f.values for f in rules.fields.values()}
    for layout in range(LAYOUTS):
        whole = table(maker, made, codes, random.Random(seed * 100 + layout))
        decisions = rules.decide_arrow(whole)
        rows = pa.table(decisions).to_pylist()
        same_rows(count, f"{name}: Arrow, layout {layout}, {len(rows)} rows", wanted, [as_cells(r) for r in rows])
        same_rejects(count, f"{name}: Arrow, layout {layout}, rejects", refused, decisions.rejects)
    frame = pl.DataFrame(whole.cast(pa.schema([f.with_type(pa.string()) if f.type == pa.string_view() else f for f in whole.schema])))
    rows = rules.decide_frame(frame).to_dicts()
    same_rows(count, f"{name}: polars", wanted, [as_cells(r) for r in rows])
    boxed = pd.DataFrame([as_dict(maker, r, rng) for r in made])
    boxed.index = [f"r{i}" for i in range(len(boxed))]
    result = rules.decide_frame(boxed)
    count.check(f"{name}: pandas rejects", len(result.attrs["rejects"]) == len(refused), "\n".join(map(str, result.attrs["rejects"][:3])))
    same_rows(count, f"{name}: pandas", wanted, [as_cells(r) for r in pa.Table.from_pandas(result, preserve_index=False).to_pylist()])
    count.check(f"{name}: pandas index", list(result.index) == [f"r{r}" for r in result["row"]])


# ---------------------------------------------------------------- what each word of the language means
def sections(path):
    with open(path, encoding="utf-8") as f:
        parts = re.split(r"^-- (.*)\n", f.read(), flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def golden(count, command, path):
    """Every `run` of a golden case, its records as dicts and as a table of texts."""
    parts = sections(path)
    with tempfile.TemporaryDirectory() as folder:
        for head, text in parts:
            if head.startswith("file: "):
                place = os.path.join(folder, head[6:])
                os.makedirs(os.path.dirname(place), exist_ok=True)
                with open(place, "w", encoding="utf-8") as f:
                    f.write(text)
        seen = set()
        for head, _ in parts:
            words = shlex.split(head[9:]) if head.startswith("command: run ") else []
            assume = tuple(b for a, b in zip(words, words[1:]) if a == "--assume")
            if len(words) < 3 or not words[2].endswith((".csv", ".ndjson")) or (words[1], words[2], assume) in seen:
                continue
            seen.add((words[1], words[2], assume))
            try:
                golden_run(count, command, f"{os.path.basename(path)}: {' '.join(words[1:3])} {' '.join(assume)}",
                           os.path.join(folder, words[1]), os.path.join(folder, words[2]), assume)
            except klausul.RulesError as e:
                code = run([command, *words], cwd=folder).returncode
                count.check(f"{os.path.basename(path)}: {words[1]}", code == 2, str(e))


def golden_run(count, command, name, rules, records, assume):
    with open(records, encoding="utf-8", newline="") as f:
        text = f.read()
    form = "csv" if records.endswith(".csv") else "ndjson"
    loaded = klausul.load(rules, dict(a.split("=", 1) if not a.endswith(("=okänt", "=unknown")) else (a.split("=")[0], None) for a in assume))
    if form == "csv":
        separator = max(";,\t", key=text.split("\n", 1)[0].count)
        dicts = list(csv.DictReader(io.StringIO(text), delimiter=separator))
    else:
        dicts = [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip()]
    wanted, refused = judged(command, rules, text.encode(), form, assume)
    stream = loaded.decide_many(dicts, trace=True)
    same_rows(count, f"{name}, dicts", [of_command(w) for w in wanted], [as_json(d) for d in stream])
    count.check(f"{name}, rejects", [int(r["row"]) - 1 for r in refused] == [r.row for r in stream.rejects])
    if form == "csv" and dicts:
        cells, _ = flat(command, rules, text.encode(), form, assume)
        columns = {k: [d[k] for d in dicts] for k in dicts[0]}
        rows = pa.table(loaded.decide_arrow(pa.table(columns))).to_pylist()
        keyed = any(f.key for f in loaded.fields.values())
        got = [{**as_cells(r), **({} if keyed else {"key": str(r["row"] + 1)})} for r in rows]
        same_rows(count, f"{name}, Arrow", cells, got)


# ---------------------------------------------------------------- the conformance corpus
def conformance(count, command):
    """Every case, with and without what it assumes: as dicts, and as a table of what NDJSON holds."""
    with open(os.path.join(TESTS, "conformance", "cases.json"), encoding="utf-8") as f:
        data = json.load(f)
    runs = {}
    for case in data["cases"]:
        record = corpus.record_of(case, data["guidelines"][case["guideline"]]["base"])
        for assume in (None, *(other["assume"] for other in case.get("assuming", []))):
            runs.setdefault((case["guideline"], assume), []).append(record)
    for (name, assume), records in runs.items():
        path = os.path.join(ROOT, data["guidelines"][name]["rules"])
        given = (assume,) if assume else ()
        value = assume.split("=", 1) if assume else None
        rules = klausul.load(path, {value[0]: None if value[1] in ("okänt", "unknown") else value[1]} if value else None)
        wanted, refused = judged(command, path, ndjson(records), "ndjson", given)
        stream = rules.decide_many(records, trace=True)
        same_rows(count, f"conformance, {name} {assume or ''}", [of_command(w) for w in wanted], [as_json(d) for d in stream])
        same_rejects(count, f"conformance, {name} {assume or ''}: rejects", refused, stream.rejects)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--records", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1, help="so many times other records")
    options = parser.parse_args()
    count, command = Count(), os.path.join(ROOT, options.build, "klausul")
    for seed in range(options.seed, options.seed + options.rounds):
        for path in GUIDELINES:
            guideline(count, command, os.path.join(ROOT, path), options.records, seed)
    conformance(count, command)
    meaning = os.path.join(ROOT, "tests", "golden", "meaning")
    for path in sorted(os.listdir(meaning)):
        if path.endswith(".golden"):
            golden(count, command, os.path.join(meaning, path))
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
