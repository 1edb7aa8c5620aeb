# records.py - records to try a guideline with: every value of each field, bounds and the days and amounts the rules name, unknowns.
# May include: the Python standard library.
# Start at Maker: pairs(), full() and changed() are systematic, record() takes from all; the fields come from `klausul template --format json-schema`.
import datetime
import itertools
import math
import random
import re

DAY0 = datetime.date(1970, 1, 1)
BLANKS = " \t\n\r\u00a0\u2009\u202f"  # what is left out at the ends of a value
FIRST, LAST = (datetime.date(1, 1, 1) - DAY0).days, (datetime.date(9999, 12, 31) - DAY0).days


class Field:
    def __init__(self, name, described, required):
        self.name, self.kind = name, described["x-type"]
        self.key, self.required = described.get("x-key", False), required
        self.scale = described.get("x-decimals", 0)
        self.values = described.get("enum") or described.get("items", {}).get("enum") or []
        self.names = [name, *described.get("x-input-names", [])]
        self.codes = {code: v for v in self.values for code in (v, *described["x-input-codes"][v])}


def blanked(rng, text, blanks=BLANKS):
    """The text as a careless system has it: now and then with blanks around."""
    if rng.random() < 0.7:
        return text
    before, after = rng.choice(((0, 1), (1, 0), (1, 1), (2, 3)))
    return "".join(rng.choices(blanks, k=before)) + text + "".join(rng.choices(blanks, k=after))


def fields_of(schema):
    return [Field(name, d, name in schema.get("required", [])) for name, d in schema["properties"].items()]


class Maker:
    """Records over what the rule text tells apart: `text` is searched for dates, numbers, strings and names of values.
    A field's value is Klausul's own: a code by its name, a scaled number, days since 1970, a text; None is unknown."""

    def __init__(self, schema, text, seed):
        self.fields, self.rng = fields_of(schema), random.Random(seed)
        days = {(datetime.date(int(y), int(m), int(d)) - DAY0).days for y, m, d in re.findall(r"\b(\d{4})-(\d\d)-(\d\d)\b", text)}
        self.days = sorted({d + more for d in days for more in (-1, 0, 1) if FIRST <= d + more <= LAST}) or [19500, 19501]
        numbers = {int(n) for n in re.findall(r"\b\d{1,6}\b", text)}
        self.numbers = sorted({n + more for n in numbers for more in (-1, 0, 1)} | {0, 1})
        rules = re.sub(r'"[^"\n]*"|\b\d{4}-\d\d-\d\d\b|--.*|^ *värden .*(\n  .*)*|^ *values .*(\n  .*)*', " ", text, flags=re.M)
        self.named = set(re.findall(r"\w+", rules))
        self.bounds = sorted({int(n) + more for n in re.findall(r"\b\d{1,6}\b", rules) for more in (-1, 0, 1)} | {0, 1})
        self.words = re.findall(r'"([^"\n]{1,20})"', text)[:20] + ["ord", "Å", ""]
        self.texts = [self.rng.choice(self.words) for _ in range(3)]
        self.sources = self.cycled = None

    # ---------------------------------------------------------------- one value, one record
    def value(self, f):
        rng = self.rng
        if f.kind == "yes/no":
            return rng.random() < 0.5
        if f.kind == "values":
            return rng.choice(f.values)
        if f.kind == "set":
            return sorted(v for v in f.values if rng.random() < 0.4)
        if f.kind == "date":
            return rng.choice(self.days) if rng.random() < 0.9 else rng.randrange(-30000, 40000)
        if f.kind == "text":
            return rng.choice(self.texts) or "x"
        n = rng.choice(self.numbers) * 10 ** f.scale if rng.random() < 0.9 else rng.randrange(-(10 ** 9), 10 ** 9)
        return n + (rng.choice((-1, 0, 1)) if f.scale else 0)

    def any_record(self, unknown=None):
        """Each field at random, some share of them unknown."""
        unknown = self.rng.choice((0, 0, 0.1, 0.3, 0.7)) if unknown is None else unknown
        return {f.name: self.value(f) for f in self.fields if not f.key and (f.required or self.rng.random() >= unknown)}

    # ---------------------------------------------------------------- systematic records
    def levels(self, f, few=False):
        """What the field is tried with: all codes, both sides of each bound, unknown. Few: one code for all that the rules never name."""
        if f.kind == "yes/no":
            known = [False, True]
        elif f.kind == "values":
            named = [v for v in f.values if v in self.named]
            known = named + [v for v in f.values if v not in self.named][:1] if few else f.values
        elif f.kind == "set":
            most = 1 if few or len(f.values) > 4 else len(f.values)
            known = [sorted(s) for n in range(most + 1) for s in itertools.combinations(f.values, n)] + ([f.values] if most < len(f.values) else [])
        elif f.kind == "date":
            known = self.days if few else sorted({FIRST, *self.days, LAST})
        elif f.kind == "text":
            known = sorted({t or "x" for t in self.texts})[: 2 if few else 3]
        else:
            known = [n * 10 ** f.scale for n in self.bounds] + [n * 10 ** f.scale + 1 for n in self.bounds if f.scale]
        return list(known) + ([] if f.required else [None])

    def asked(self):
        return [f for f in self.fields if not f.key]

    def pairs(self):
        """Records in which every two values of two fields meet: each takes up a pair that never was, then what adds most."""
        fields = self.asked()
        levels = [self.levels(f) for f in fields]
        first, at = [], 0
        for known in levels:
            first.append(at)
            at += len(known)
        owner = [i for i, known in enumerate(levels) for _ in known]
        of_field = [((1 << len(known)) - 1) << first[i] for i, known in enumerate(levels)]
        everything = (1 << at) - 1
        left = [everything & ~of_field[owner[n]] for n in range(at)]  # the levels that a level has not met
        for n in range(at):
            while left[n]:
                chosen, taken = {owner[n]: n}, 1 << n
                other = (left[n] & -left[n]).bit_length() - 1
                chosen[owner[other]], taken = other, taken | 1 << other
                order = [i for i in range(len(fields)) if i not in chosen]
                self.rng.shuffle(order)
                for i in order:
                    best = max(range(first[i], first[i] + len(levels[i])), key=lambda m: ((left[m] & taken).bit_count(), self.rng.random()))
                    chosen[i], taken = best, taken | 1 << best
                for m in chosen.values():
                    left[m] &= ~taken
                yield {fields[i].name: levels[i][m - first[i]] for i, m in chosen.items() if levels[i][m - first[i]] is not None}

    def full_size(self):
        return math.prod(len(self.levels(f, True)) for f in self.asked())

    def full(self):
        """Every combination of what the rules tell apart."""
        fields = self.asked()
        for values in itertools.product(*(self.levels(f, True) for f in fields)):
            yield {f.name: v for f, v in zip(fields, values) if v is not None}

    def changed(self, bases):
        """Each base with one field after the other set to each of its levels, and to two at a time."""
        fields = self.asked()
        for base in bases or [self.any_record(0) for _ in range(40)]:
            known = {k: v for k, v in base.items() if k in {f.name for f in fields}}
            for f in fields:
                for v in self.levels(f):
                    out = {**known, f.name: v}
                    yield {k: w for k, w in out.items() if w is not None}
                    g = self.rng.choice(fields)
                    out[g.name] = self.rng.choice(self.levels(g))
                    yield {k: w for k, w in out.items() if w is not None}

    # ---------------------------------------------------------------- all of them
    def record(self, number, bases=None):
        """The next record, in turn systematic and at random, with `number` as its key; bases, of the first call, are what changed() begins with."""
        if self.cycled is None:
            self.sources = [list(self.pairs()), list(self.changed(bases)), []]
            for source in self.sources:
                self.rng.shuffle(source)
            self.cycled = itertools.cycle((0, 0, 1, 2))  # half of them pairs, as long as there are new ones
        source = self.sources[next(self.cycled)]
        return self.numbered(source.pop() if source else self.any_record(), number)

    def again(self):
        """The systematic records begin anew, in another order."""
        self.cycled = None

    def numbered(self, record, number):
        return {f.name: str(number) if f.key else record[f.name] for f in self.fields if f.key or f.name in record}

    def as_input(self, record):
        """The record as an object for NDJSON."""
        out = {}
        for f in self.fields:
            if f.name not in record:
                continue
            v = record[f.name]
            if f.kind == "date":
                v = (DAY0 + datetime.timedelta(days=v)).isoformat()
            elif f.scale:
                sign, n = ("-" if v < 0 else ""), abs(v)
                v = f"{sign}{n // 10 ** f.scale}.{n % 10 ** f.scale:0{f.scale}d}"
            out[f.name] = v
        return out

    def with_blanks(self, given):
        """The object of as_input() with blanks around texts and yes/no, and blanks alone for what is unknown."""
        rng, out = random.Random(repr(given)), {}
        for f in self.fields:
            v = given.get(f.name)
            if isinstance(v, bool) and rng.random() < 0.3:
                v = "ja" if v else "nej"
            if v is None and rng.random() < 0.1:
                v = ""
            if v is not None:
                out[f.name] = blanked(rng, v) if isinstance(v, str) else v
        return out
