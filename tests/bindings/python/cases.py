# cases.py - the package's own promises: what load() takes, what is rejected and why, streams, threads, pickling, memory.
# May include: the Python standard library, klausul and what requirements.txt pins, tests/suite.py.
# Start at the functions that main() lists; each is a handful of cases.
import argparse
import collections
import datetime
import os
import pathlib
import pickle
import resource
import sys
import threading
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
from suite import ROOT, Count, run  # noqa: E402

import duckdb  # noqa: E402
import klausul  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pyarrow as pa  # noqa: E402

RULES = """riktlinje prov.avgift "Avgift"
  valuta SEK
  gäller utan datum
värden ärende "Ärende"
  recept "Recept" kod "1", "R"
  prov   "Provsvar" kod "2"
post besök
  id      : text nyckel
  ålder   : heltal
  avgift  : belopp
  poäng   : decimal(1)
  frikort : ja/nej
  dag     : datum kolumn "Besöksdag"
  ärende  : ärende
  ärenden : mängd av ärende
  anteckning : text
antagande gräns "Åldersgräns" : heltal annars 20
utfall betalar : ja/nej
utfall kvar : belopp
regel frikort "Frikort befriar"
  källa "Avsnitt 2"
  när frikort
  ger betalar nej, kvar 0 kr
regel ung
  när inte frikort och ålder < gräns
  ger betalar nej, kvar 0 kr
regel vuxen
  när inte frikort och ålder >= gräns
  ger betalar ja, kvar avgift
"""


def raises(kind, call, *says):
    """None when the call raises that with those words, else what happened."""
    try:
        call()
    except kind as e:
        lacking = [word for word in says if word not in str(e)]
        return f"{e} lacks {lacking}" if lacking else None
    except Exception as e:  # noqa: BLE001
        return f"{type(e).__name__}: {e}"
    return "nothing was raised"


def must_raise(count, name, kind, call, *says):
    why = raises(kind, call, *says)
    count.check(name, why is None, why)


def loading(count, build):
    path = os.path.join(ROOT, "rules/vgr/distanskontakter")
    rules = klausul.load(path)
    image = rules.images[0]
    same = [klausul.load(pathlib.Path(path)), klausul.load(os.path.join(path, "2023-06-01.klausul")), klausul.load(image), klausul.Guideline(rules.images),
            pickle.loads(pickle.dumps(rules))]
    count.check("one guideline, however it is loaded", all(s.images == rules.images and s.hash == rules.hash for s in same))
    built = os.path.join(build, "python", "vgr.kli")
    os.makedirs(os.path.dirname(built), exist_ok=True)
    run([os.path.join(build, "klausul"), "build", os.path.join(path, "2023-06-01.klausul"), "-o", built])
    with open(built, "rb") as f:
        count.check("the image is the command's, to the byte", f.read() == image)
    count.check("an image from its path", klausul.load(built).images == [image])
    text = klausul.load(RULES)
    count.check("rule text, and its bytes", text.images == klausul.load(RULES.encode()).images and text.name == "prov.avgift")
    must_raise(count, "an error in the rules", klausul.RulesError, lambda: klausul.load(RULES.replace("när frikort", "när frikrot")), "K0201", "<rules>:2", "frikort")
    must_raise(count, "the same in Swedish", klausul.RulesError, lambda: klausul.load(RULES.replace("när frikort", "när frikrot"), lang="sv"), "menade du")
    must_raise(count, "an unsound image", klausul.RulesError, lambda: klausul.load(image[:2000]), "unsound")
    must_raise(count, "no such file", OSError, lambda: klausul.load("nowhere.klausul"))
    must_raise(count, "a vocabulary alone", klausul.RulesError, lambda: klausul.load(os.path.join(ROOT, "rules/vgr/ordlista.klausul")), "no guideline")
    must_raise(count, "two guidelines", klausul.RulesError, lambda: klausul.Guideline([image, text.images[0]]), "different guidelines")
    must_raise(count, "no such assumption", klausul.RulesError, lambda: klausul.load(RULES, {"gräsn": 1}), "gräsn")
    must_raise(count, "a value it does not take", klausul.RulesError, lambda: klausul.load(RULES, {"gräns": "snart"}), "gräns")
    record = {"frikort": False, "ålder": 30, "avgift": 150, "id": 1}
    values = [klausul.load(RULES, a).decide(record)["betalar"].value for a in (None, {"gräns": 20}, {"gräns": Decimal(31)}, {"gräns": "31"})]
    count.check("assumptions", values == [True, True, False, False], values)
    open_ = klausul.load(RULES, {"gräns": None}).decide(record)
    count.check("an assumption without a value is open", open_["betalar"].state == "undetermined" and open_.open == ("gräns",), open_)
    again = pickle.loads(pickle.dumps(klausul.load(RULES, {"gräns": 31})))
    count.check("assumptions are pickled", again.decide(record)["betalar"].value is False)


def describing(count, build):
    rules = klausul.load(RULES)
    count.check("fields", list(rules.fields) == "id ålder avgift poäng frikort dag ärende ärenden anteckning".split() and rules.fields["id"].key)
    count.check("inputs", rules.fields["dag"].inputs == ("dag", "Besöksdag") and "Besöksdag" in rules.inputs, rules.fields["dag"])
    count.check("codes", rules.fields["ärende"].values["recept"] == ("recept", "1", "R"), rules.fields["ärende"].values)
    count.check("kinds", (rules.fields["avgift"].kind, rules.fields["poäng"].decimals, rules.outcomes["kvar"].kind) == ("money", 1, "money"))
    count.check("entries", rules.entries["frikort"].citation == "Avsnitt 2" and rules.entries["frikort"].kind == "rule", rules.entries["frikort"])
    count.check("assumptions", rules.assumptions["gräns"].has_value and rules.currency == "SEK" and rules.record == "besök")
    count.check("a hash", len(rules.hash) == 64 and repr(rules) == "<klausul.Guideline prov.avgift>", repr(rules))


def values(count, build):
    rules = klausul.load(RULES)
    base = {"id": "a", "frikort": False, "ålder": 30, "avgift": 150}
    kvar = lambda **change: rules.decide({**base, **change})["kvar"].value  # noqa: E731
    for given, wanted in ((150, "150.00"), (150.5, "150.50"), (Decimal("150.10"), "150.10"), (Decimal("1.5E+2"), "150.00"), ("150,10 kr", "150.10"),
                          (0.07, "0.07"), (1234567.89, "1234567.89"), (Decimal("150.1000"), "150.10"), (pd.Series([99.9])[0], "99.90"),
                          (pd.Series([99.5], dtype="float32")[0], "99.50"), (pd.Series([7], dtype="int16")[0], "7.00"), (-0.5, "-0.50")):
        got = raises(ValueError, lambda: None) and kvar(avgift=given)
        count.check(f"money as {given!r}", got == Decimal(wanted) and str(got) == wanted, got)
    count.check("a whole number as '150.0'", kvar(avgift="150.0000") == kvar(avgift=150) and rules.decide({**base, "ålder": "30.0"}) == rules.decide(base))
    for field, given, code in (("avgift", 0.005, "K0512"), ("avgift", 150.001, "K0512"), ("ålder", "30.000", "K0512"), ("avgift", float("nan"), "K0511"), ("avgift", 1e300, "K0513"),
                               ("avgift", float("inf"), "K0513"), ("avgift", Decimal("0.001"), "K0512"), ("avgift", 10 ** 30, "K0513"),
                               ("avgift", True, "K0511"), ("avgift", [1], "K0506"), ("avgift", b"1", "K0506"), ("avgift", Decimal("NaN"), "K0511"),
                               ("ålder", 30.5, "K0512"), ("frikort", 2, "K0510"), ("frikort", "kanske", "K0510"), ("dag", "2023-02-30", "K0514"),
                               ("dag", datetime.datetime(2023, 1, 1, 12), "K0514"), ("dag", pd.Timestamp("2023-01-01", tz="Europe/Stockholm"), "K0514"),
                               ("ärende", 3, "K0509"), ("ärenden", ["recept", "x"], "K0509"), ("ärenden", [["recept"]], "K0506"),
                               ("anteckning", "\ud800", "K0504"), ("frikort", {"a": 1}, "K0506")):
        must_raise(count, f"{field} = {given!r}", klausul.RecordError, lambda f=field, g=given: rules.decide({**base, f: g}), code, field)
    for field, given, missing in (("frikort", None, "frikort"), ("frikort", "", "frikort"), ("ålder", pd.NA, "ålder"), ("ålder", "  ", "ålder")):
        count.check(f"{field} = {given!r} is unknown", missing in rules.decide({**base, field: given}).missing)
    count.check("NaT is unknown", rules.decide({**base, "dag": pd.NaT})["betalar"].value is True)
    for given in (datetime.date(2023, 1, 1), datetime.datetime(2023, 1, 1), pd.Timestamp("2023-01-01"), "2023-01-01", 20230101):
        count.check(f"a date as {given!r}", rules.decide({**base, "dag": given})["betalar"].value is True)
    for name, record, code in (("required key", {"frikort": True}, "K0507"), ("two names of one field", {**base, "dag": "2023-01-01", "Besöksdag": "2023-01-02"}, "K0508")):
        must_raise(count, name, klausul.RecordError, lambda r=record: rules.decide(r), code)
    count.check("names with space and decomposed letters", rules.decide({"id": 1, "frikort": 0, " a\u030alder ": "30", "avgift": 1})["kvar"].value == 1)
    count.check("other mappings", rules.decide(collections.ChainMap(base))["kvar"].value == 150)
    must_raise(count, "no mapping", TypeError, lambda: rules.decide(7))
    decision = rules.decide({**base, "ålder": None}, trace=True)
    outcome = decision["betalar"]
    count.check("undetermined", (outcome.state, outcome.missing, outcome.value) == ("undetermined", ("ålder",), None), outcome)
    count.check("traced", decision.trace == {"gäller": "yes", "omfattar": "yes", "frikort": "no", "ung": "unknown", "vuxen": "unknown"}, decision.trace)
    count.check("by", rules.decide({"id": 1, "frikort": True})["kvar"].by == ("frikort",))


def streams(count, build):
    rules = klausul.load(RULES)
    taken = []

    def endless():
        for i in range(10 ** 9):
            taken.append(i)
            yield {"id": i, "frikort": i % 2 == 0, "ålder": "x" if i == 5 else 40, "avgift": i}

    stream = rules.decide_many(endless(), batch=10)
    got = [next(stream) for _ in range(12)]
    count.check("an endless iterable, a batch at a time", len(taken) == 20 and [d.row for d in got] == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12], [d.row for d in got])
    count.check("rejects on the way", [(r.row, r.key, r.column, r.value, r.code) for r in stream.rejects] == [(5, "5", "ålder", "x", "K0511")], stream.rejects)
    must_raise(count, "too large a batch", ValueError, lambda: rules.decide_many([], batch=1025))
    count.check("nothing to decide", list(rules.decide_many([])) == [])

    records = [{"id": i, "frikort": i % 3 == 0, "ålder": i % 60, "avgift": Decimal(i).scaleb(-2)} for i in range(5000)]
    wanted, results = list(rules.decide_many(records)), {}

    def work(n):
        results[n] = list(rules.decide_many(records)) == wanted

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    count.check("four threads share a guideline", results == dict.fromkeys(range(4), True), results)


def arrow(count, build):
    rules = klausul.load(RULES)
    n = 3000
    good = pa.table({"id": pa.array(range(n)), "frikort": pa.array([i % 3 == 0 for i in range(n)]), "ålder": pa.array([i % 60 for i in range(n)], pa.int64()),
                     "avgift": pa.array([Decimal(i).scaleb(-2) for i in range(n)], pa.decimal128(9, 2))})
    whole = pa.table(rules.decide_arrow(good))
    count.check("types", [whole.schema.field(c).type for c in ("key", "betalar", "kvar", "missing", "row")]
                == [pa.string(), pa.bool_(), pa.decimal128(19, 2), pa.list_(pa.string()), pa.int64()])
    count.check("arrays are sound", whole.validate(full=True) is None and whole.num_rows == n)
    count.check("a batch through __arrow_c_array__", pa.table(rules.decide_arrow(good.to_batches()[0])).equals(whole))
    reader = pa.RecordBatchReader.from_batches(good.schema, iter(good.to_batches(max_chunksize=17)))
    count.check("a reader of small batches", pa.table(rules.decide_arrow(reader)).combine_chunks().equals(whole.combine_chunks()))
    count.check("an empty table", pa.table(rules.decide_arrow(good.slice(0, 0))).num_rows == 0)
    for offset, lying in ((0, 2), (64, 2), (1, 1)):  # frikort and ålder; a bitmap that begins inside a word is shifted
        at = rules.decide_arrow(pa.concat_tables([good.slice(0, 128), good.slice(0, 2048)]).combine_chunks().slice(offset, 2048))
        pa.table(at)
        used = at._run.used()
        count.check(f"columns used where they lie, from record {offset}", used == (2 * lying, 2 * (4 - lying)), used)
    relation = duckdb.sql("from good where id % 2 = 0")
    decided = rules.decide_arrow(relation.fetch_arrow_table())
    count.check("DuckDB, in and out", duckdb.sql("select count(*), sum(kvar) from decided").fetchone()
                == (n // 2, sum(v for i, v in enumerate(whole["kvar"].to_pylist()) if i % 2 == 0)))
    frame = pl.from_arrow(good)
    result = rules.decide_frame(frame)
    count.check("polars keeps its kind", isinstance(result, pl.DataFrame) and result["kvar"].dtype == pl.Decimal(19, 2), result.schema)
    count.check("polars, lazily", rules.decide_frame(frame.lazy()).equals(result))
    count.check("pandas keeps its kind", isinstance(rules.decide_frame(good.to_pandas()), pd.DataFrame))

    once = rules.decide_arrow(good)
    pa.table(once)
    must_raise(count, "a stream is read once", ValueError, lambda: pa.table(once), "already")
    must_raise(count, "no column is read", ValueError, lambda: rules.decide_arrow(pa.table({"x": [1]})), "no field")
    must_raise(count, "no batches", ValueError, lambda: rules.decide_arrow(pa.array([1])), "record batches")
    must_raise(count, "nothing of Arrow", TypeError, lambda: rules.decide_arrow([1]), "__arrow_c_stream__")
    must_raise(count, "no frame", TypeError, lambda: rules.decide_frame([1]))

    def breaks():
        yield good.to_batches()[0]
        raise RuntimeError("the source is gone")

    must_raise(count, "trouble in the source", Exception, lambda: pa.table(rules.decide_arrow(pa.RecordBatchReader.from_batches(good.schema, breaks()))), "gone")
    keep = rules.decide_arrow(good)
    capsule = keep.__arrow_c_stream__()
    del keep, capsule  # never read: released all the same
    count.check("decisions outlive the guideline", pa.table(klausul.load(RULES).decide_arrow(good)).equals(whole))


def arrow_rejects(count, build):
    rules = klausul.load(RULES)
    day = datetime.date(2023, 1, 1)
    cases = [("ålder", pa.array([10 ** 15 + 1], pa.int64()), "K0513"), ("ålder", pa.array([2 ** 64 - 1], pa.uint64()), "K0513"),
             ("ålder", pa.array([-2 ** 63], pa.int64()), "K0513"), ("avgift", pa.array([10 ** 14], pa.int64()), "K0513"),
             ("avgift", pa.array([0.005]), "K0512"), ("avgift", pa.array([float("nan")]), "K0511"), ("avgift", pa.array([0.07], pa.float32()), None),
             ("avgift", pa.array([Decimal("1.005")]), "K0512"), ("avgift", pa.array([Decimal("1.500")]), None),
             ("avgift", pa.array([Decimal("1e37")], pa.decimal128(38, 0)), "K0513"), ("avgift", pa.array([Decimal("100")], pa.decimal128(5, -2)), None),
             ("ålder", pa.array([3.0]), None), ("ålder", pa.array([3.5]), "K0512"), ("ålder", pa.array([None], pa.null()), None),
             ("dag", pa.array([day]), None), ("dag", pa.array([datetime.datetime(2023, 1, 1)], pa.timestamp("ns")), None),
             ("dag", pa.array([datetime.datetime(2023, 1, 1, 1)], pa.timestamp("s")), "K0514"),
             ("dag", pa.array([datetime.datetime(1960, 1, 1)], pa.timestamp("ms", "UTC")), None),
             ("dag", pa.array([datetime.datetime(2023, 1, 1)], pa.timestamp("ms", "Europe/Stockholm")), "K0514"),
             ("dag", pa.array([3 * 10 ** 6], pa.int32()).cast(pa.date32()), "K0514"), ("dag", pa.array([20230101]), None),
             ("frikort", pa.array(["ja"]), None), ("frikort", pa.array([2], pa.int8()), "K0510"), ("ärende", pa.array([1], pa.int16()), None),
             ("ärende", pa.array(["9"]).dictionary_encode(), "K0509"), ("ärende", pa.array([1]).dictionary_encode(), None),
             ("ärenden", pa.array([["1", "prov"]]), None), ("ärenden", pa.array([["1", None]]), "K0506"), ("ärenden", pa.array([[["1"]]]), "K0506"),
             ("ärenden", pa.array(["1 prov"]), None), ("ärende", pa.array([["1"]]), "K0506"), ("anteckning", pa.array([b"x"]), "K0506"),
             ("anteckning", pa.array([b"\xff"], pa.binary()).cast(pa.string(), safe=False), "K0504"), ("frikort", pa.array([{"a": 1}]), "K0506"),
             ("id", pa.array([None], pa.string()), "K0507"), ("anteckning", pa.array(["en längre text än tolv"], pa.string_view()), None)]
    for number, (field, values, code) in enumerate(cases):
        pad = pa.nulls(1, values.type)
        column = pa.concat_arrays([pad, values]) if not pa.types.is_dictionary(values.type) else values
        columns = {"id": pa.array(["a", "b"][: len(column)]), field: column}
        if field == "id":
            columns["frikort"] = pa.array([None] * len(column), pa.bool_())
        decisions = rules.decide_arrow(pa.table(columns))
        out = pa.table(decisions)
        got = [(r.row, r.column, r.code) for r in decisions.rejects if r.row == len(column) - 1]
        wanted = [(len(column) - 1, field, code)] if code else []
        count.check(f"Arrow case {number}: {field} of {values.type}", got == wanted and out.num_rows == len(column) - len(decisions.rejects), f"{got} / {wanted}")
    twice = pa.Table.from_arrays([pa.array(["a", "b"]), pa.array([day, day]), pa.array([day, None])], names=["id", "dag", "Besöksdag"])
    count.check("two columns that agree", rules.decide_arrow(twice).rejects == [] and pa.table(rules.decide_arrow(twice)).num_rows == 2)
    twice = twice.set_column(2, "Besöksdag", pa.array(["2023-01-02", ""]))
    decisions = rules.decide_arrow(twice)
    count.check("two columns that do not", pa.table(decisions).num_rows == 1 and [(r.row, r.code) for r in decisions.rejects] == [(0, "K0508")], decisions.rejects)


def memory(count, build):
    """What is decided over and over takes no more memory each time."""
    rules = klausul.load(RULES)
    records = [{"id": i, "frikort": i % 3 == 0, "ålder": "x" if i % 50 == 0 else i % 60, "ärenden": ["1"], "avgift": Decimal(i)} for i in range(2000)]
    batch = pa.Table.from_pylist([{**r, "ålder": str(r["ålder"])} for r in records])

    def once():
        list(rules.decide_many(records, trace=True))
        pa.table(rules.decide_arrow(batch))
        klausul.load(RULES)

    for _ in range(5):
        once()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(60):
        once()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    count.check("memory stays", grown < 8000, f"{grown} kB more")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--sanitized", action="store_true", help="memory is not measured")
    options = parser.parse_args()
    count = Count()
    for part in (loading, describing, values, streams, arrow, arrow_rejects, *([] if options.sanitized else [memory])):
        part(count, os.path.join(ROOT, options.build))
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
