# records.py - records to try a guideline with: every value of each field, bounds and the days and amounts the rules name, unknowns.
# May include: the Python standard library.
# Start at Maker; the fields come from `klausul template --format json-schema`.
import datetime
import random
import re

DAY0 = datetime.date(1970, 1, 1)


class Field:
    def __init__(self, name, described, required):
        self.name, self.kind = name, described["x-type"]
        self.key, self.required = described.get("x-key", False), required
        self.scale = described.get("x-decimals", 0)
        self.values = described.get("enum") or described.get("items", {}).get("enum") or []


def fields_of(schema):
    return [Field(name, d, name in schema.get("required", [])) for name, d in schema["properties"].items()]


class Maker:
    """Random records over what the rule text tells apart: `text` is searched for dates, numbers and strings."""

    def __init__(self, schema, text, seed):
        self.fields, self.rng = fields_of(schema), random.Random(seed)
        days = {(datetime.date(int(y), int(m), int(d)) - DAY0).days for y, m, d in re.findall(r"\b(\d{4})-(\d\d)-(\d\d)\b", text)}
        self.days = sorted({d + more for d in days for more in (-1, 0, 1)}) or [19500, 19501]
        numbers = {int(n) for n in re.findall(r"\b\d{1,6}\b", text)}
        self.numbers = sorted({n + more for n in numbers for more in (-1, 0, 1)} | {0, 1})
        self.words = re.findall(r'"([^"\n]{1,20})"', text)[:20] + ["ord", "Å", ""]
        self.texts = [self.rng.choice(self.words) for _ in range(3)]

    def value(self, f):
        """A field's value as Klausul's own: code by name, scaled number, days, text; None: unknown."""
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

    def record(self, number):
        unknown = self.rng.choice((0, 0, 0.1, 0.3, 0.7))
        out = {}
        for f in self.fields:
            if f.key:
                out[f.name] = str(number)
            elif f.required or self.rng.random() >= unknown:
                out[f.name] = self.value(f)
        return out

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
