# compare.py - is a decision that the C target's driver tells the one that `klausul run --trace` tells? Value by value, id by id.
# May include: the Python standard library.
# Start at difference().
import json
from decimal import Decimal


def loaded(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def plain(value):
    """Values as all can say them: numbers as decimals without an exponent, sets sorted."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, Decimal)):
        return Decimal(value).normalize()
    return sorted(value) if isinstance(value, list) and all(isinstance(x, str) for x in value) else value


def column(c):
    return c.get("value", c.get("document")) if isinstance(c, dict) else c


def outcome_of_evaluator(o):
    out = {"state": o["state"], "by": sorted(o.get("by", [])), "by_one_of": sorted(o.get("by_one_of", []))}
    if o["state"] == "none":
        out["reason"] = o["reason"]
    if o["state"] == "undetermined":
        out["missing"], out["waiting"] = sorted(o["missing"]), sorted(o["waiting"])
    if o["state"] == "external":
        out["document"] = o["document"]
    if "possible" in o or (isinstance(o.get("value"), list) and o["value"] and isinstance(o["value"][0], dict)):
        out["in"] = [{k: plain(column(v)) for k, v in e.items()} for e in o.get("value", [])]
        out["possible"] = [{k: plain(column(v)) for k, v in e.items()} for e in o.get("possible", [])]
    elif o["state"] == "decided":
        out["value"] = plain(o["value"])
    return out


def outcome_of_target(o, many_keys):
    out = {"state": o["state"], "by": sorted(o["by"]), "by_one_of": sorted(o["by_one_of"])}
    for key in ("reason", "document"):
        if key in o:
            out[key] = o[key]
    if o["state"] == "undetermined":
        out["missing"], out["waiting"] = sorted(o["missing"]), sorted(o["waiting"] + o["assumptions"] + o["editions"])
    if "entries" in o:
        if o["state"] == "none":
            return out
        for name, wanted in (("in", 1), ("possible", 0)):
            out[name] = [dict(zip(many_keys, (plain(column(v)) for k, v in e.items() if k != "in"))) for e in o["entries"] if int(e["in"]) == wanted]
    elif "value" in o:
        out["value"] = plain(o["value"])
    return out


def difference(theirs, ours):
    """None, or what differs between the evaluator's decision and a target's."""
    for (name, a), b in zip(theirs["outcomes"].items(), ours["outcomes"].values()):
        entries = a.get("value") if isinstance(a.get("value"), list) else []
        first = next((e for e in (entries or []) + a.get("possible", []) if isinstance(e, dict)), {})
        x, y = outcome_of_evaluator(a), outcome_of_target(b, list(first))
        if x.get("in") == [] and x.get("possible", None) is None:
            x.pop("in")
        for key in sorted(set(x) | set(y)):
            if x.get(key) or y.get(key):
                if x.get(key) != y.get(key):
                    return f"{name}.{key}: {x.get(key)} / {y.get(key)}"
    for key in ("warnings", "blocked_by", "assumptions", "missing"):
        mine = ours["waits"]["missing"] if key == "missing" else ours[key]
        if sorted(theirs[key]) != sorted(mine):
            return f"{key}: {theirs[key]} / {mine}"
    if sorted(theirs["open"]) != sorted(ours["waits"]["assumptions"] + ours["waits"]["editions"]):
        return f"open: {theirs['open']} / {ours['waits']}"
    audits = [name for (name, o) in zip(theirs["outcomes"], ours["outcomes"].values()) if o.get("audit") == 2]
    if sorted(theirs["findings"]) != sorted(ours["findings"] + audits):
        return f"findings: {theirs['findings']} / {ours['findings'] + audits}"
    for entry, truth in theirs["clauses"].items():
        if ours["clauses"].get(entry) != truth:
            return f"{entry}: {truth} / {ours['clauses'].get(entry)}"
    return None
