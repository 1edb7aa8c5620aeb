# The judge's whole word on one record in the form of the tool's NDJSON line, and the differences between the two.
# Uses meaning.py, model.py, surface.py; reads JSON as the manual describes it.
# Start at verdict() and differences().
import json

from arithmetic import date_of
from logic import k_and, k_or
from meaning import Judge
from model import Clause, Requirement, children, scale_of, walk
from surface import fixed

TRUTH = {True: 'yes', False: 'no', None: 'unknown'}


def written(t, v):
    """A value as the tool writes it: numbers by their text, since decimals count."""
    kind = t[0]
    if kind == 'bool':
        return v
    if kind in ('values', 'text'):
        return v
    if kind == 'set':
        return sorted(v)
    if kind == 'date':
        return date_of(v).isoformat() if 1 <= v <= 3652059 else ('day', v)
    return Number(fixed(v, scale_of(t), '.'))


class Number(str):
    """A JSON number's literal."""


def read_line(line):
    return json.loads(line, parse_float=Number, parse_int=Number)


# ---------------------------------------------------------------------- trace
def clause_lines(j):
    g, k = j.g, j.kleene
    out = {}
    for p in g.pieces:
        if isinstance(p, Clause):
            out[p.name] = k.clause(p)
            for label, c in p.items:
                if label:
                    out[p.name + '.' + label] = k.truth(c)
            for n, (q, items) in enumerate(p.excepts):
                ident = exception_id(p, n)
                out[ident] = k.body(q, items)
                for label, c in items:
                    if label:
                        out[ident + '.' + label] = k.truth(c)
    for e in j.entries:
        out[e.ident] = k.holds_at_all(e)
    out = {n: TRUTH[k.framed(t)] for n, t in out.items()}
    out.update((p.name, requirement_word(k, p)) for p in g.pieces if isinstance(p, Requirement))
    out.update(gäller=TRUTH[k.framed(True)], omfattar=TRUTH[k.in_scope()])
    return out


def exception_id(p, n):
    return p.name + '.utom' + ('.%d' % (n + 1) if len(p.excepts) > 1 else '')


def requirement_word(k, p):
    frame, inside = frame_truth(k.j), k.framed(True)
    if frame is False:
        return 'not_applicable'
    word = within_scope(k, p)
    if inside is None and (word != 'not_applicable' or k.framed(False) is None):
        return 'unknown'
    return 'unknown' if word == 'no' and frame is None else word


def within_scope(k, p):
    applies = k.applies(p)
    before, within, after = k.in_force(p.period) if p.period is not None else (False, True, False)
    absent = False
    if p.period is not None:
        absent = k_or(*[x for x, said in ((before, p.period.before), (after, p.period.after)) if said == 'unknown'])
    if absent is True:
        return 'unknown'
    here = k_and(applies, within)
    if absent is False and here is False:
        return 'not_applicable'
    met = k.truth(p.requires)
    if here is not True:
        return 'unknown'
    return TRUTH[met]


# ---------------------------------------------------------------------- record level
def breaches(j, advice):
    k = j.kleene
    if frame_truth(j) is not True:
        return []
    return [p.name for p in j.g.pieces if isinstance(p, Requirement) and p.advice == advice and k.breached(p) is True]


def frame_truth(j):
    return j.kleene.framed(j.kleene.in_scope())


def audit(j, o, r):
    """agrees, differs, unaudited, possible or nothing."""
    if not o.audited:
        return None
    registered = j.value(o.audited)
    if registered is None:
        return 'unaudited'
    if r.state == 'decided':
        return 'agrees' if r.value == registered else 'differs'
    inside = [t for t in r.endings if t not in (('none', 'outside scope'), ('none', 'not in force'))]
    never = [t[0] in ('not_stated', 'none') or (t[0] == 'value' and t[1] != registered) for t in inside]
    if len(inside) < len(r.endings):
        return 'possible'
    return 'differs' if all(never) else 'possible'


def blocked_by(j):
    k, found = j.kleene, set()
    if frame_truth(j) is False or k.framed(True) is not True:
        return found
    for p in j.g.pieces:
        if isinstance(p, Clause):
            if k.body(p.quantifier, p.items) is True:
                for n, (q, items) in enumerate(p.excepts):
                    if k.body(q, items) is True:
                        found.add(exception_id(p, n))
    for e in j.entries:
        inside, absent = k.holds(e)
        for o in {name for name, _ in e.gives}:
            for x in j.overriders(e, o):
                if k.holds_at_all(x) is True and (inside is True or absent_for_sure(k, e)):
                    found.add(x.ident)
    return found


def absent_for_sure(k, entry):
    within, absent = True, False
    for p in entry.periods:
        if p is not None:
            before, here, after = k.in_force(p)
            gone = k_or(*[x for x, said in ((before, p.before), (after, p.after)) if said == 'unknown'])
            absent = k_or(absent, k_and(within, gone))
            within = k_and(within, here)
    return absent is True


def used_assumptions(j):
    """Assumptions with a value behind the candidates that decide, and behind breached requirements."""
    g = j.g
    found = set()

    def look(c, seen):
        for x in walk(c):
            if x[0] == 'a':
                found.add(x[1])
            elif x[0] in ('c', 'br') and x[1] not in seen:
                seen.add(x[1])
                piece(g.piece(x[1]), seen)

    def piece(p, seen):
        if p.period is not None and p.period.assumed:
            found.add(p.period.assumed)
        for c in children(p):
            look(c, seen)

    for o in g.outcomes:
        r = j.results[o.name]
        if r.state == 'none' and r.reason in ('outside scope', 'not in force'):
            continue
        named = r.used if o.columns else set(r.by) | set(r.by_one_of)
        if not o.columns and not named and r.state not in ('decided', 'none'):
            named = {e.ident for e, _ in j.candidates(o.name) if j.credited(j.fires(e, o.name)) is None}
        for e, res in j.candidates(o.name):
            if r.state in ('none', 'undetermined') or e.ident in named:
                look(res, set())
                if e.piece.period is not None and e.piece.period.assumed:
                    found.add(e.piece.period.assumed)
                if ('lit', True) in e.earlier:      # a row that never applies
                    continue
                look(e.when, set())
                for c in e.earlier:
                    look(c, set())
    for advice in (False, True):
        for name in breaches(j, advice):
            for c in children(g.piece(name)):
                look(c, set())
    return {a for a in found if j.assumed[a] is not None}


# ---------------------------------------------------------------------- the whole
def verdict(g, record, assumed=None):
    j = Judge(g, record, assumed)
    j.decide()
    out = {'key': record['nr'], 'outcomes': {}}
    missing, opens = set(), set()
    findings = set(breaches(j, False))
    for o in g.outcomes:
        r = j.results[o.name]
        missing |= r.missing
        opens |= r.open - set(n for n in r.open if any(x.name == n for x in g.outcomes))
        if audit(j, o, r) == 'differs':
            findings.add(o.name)
        out['outcomes'][o.name] = outcome_word(j, o, r)
    out.update(findings=sorted(findings), warnings=sorted(breaches(j, True)), missing=sorted(missing), open=sorted(opens),
               blocked_by=sorted(blocked_by(j)), assumptions=sorted(used_assumptions(j)), clauses=clause_lines(j))
    out['judge'] = j
    return out


def outcome_word(j, o, r):
    w = {'state': r.state}
    if o.columns:
        if r.state in ('decided', 'undetermined'):
            w['value'] = listed(o, r.entries_in)
        if r.entries_open and r.state != 'none':
            w['possible'] = listed(o, r.entries_open)
    elif r.state == 'decided':
        w['value'] = written(o.type, r.value)
    if r.state == 'external':
        w['document'] = r.value
    if r.state == 'none' and r.reason:
        w['reason'] = r.reason
    if r.by:
        w['by'] = sorted(r.by)
    if r.by_one_of:
        w['by_one_of'] = sorted(r.by_one_of)
    if r.state == 'undetermined':
        w['missing'] = sorted(r.missing)
        w['waiting'] = sorted(r.waiting)
    return w


def listed(o, entries):
    types = dict(o.columns)
    open_values = [(c, ('sym', None)) for c in sorted(types)]
    out = [{c: part(types[c], v) for c, v in (e[1] if e[0] == 'entry' else open_values)} for e in entries]
    return sorted(out, key=repr)


def part(t, v):
    """One column of an entry."""
    if v[0] == 'value':
        return written(t, v[1])
    if v[0] in ('not_stated', 'none'):
        return None
    if v[0] == 'external':
        return {'state': 'external', 'document': v[1]}
    return {'state': v[0] if v[0] in ('conflict', 'error') else 'undetermined'}


LISTS = ('findings', 'warnings', 'missing', 'open', 'blocked_by', 'assumptions')


def differences(want, got):
    """Each difference as (place, wanted, got)."""
    out = []

    def same(place, a, b):
        if a != b:
            out.append((place, a, b))

    same('key', want['key'], got.get('key'))
    g = want['judge'].g
    settled = any(a.low is not None for a in g.assumptions) or any(x[0] == 'o' for p in g.pieces for c in children(p) for x in walk(c))
    for name in LISTS:
        if name == 'assumptions' and settled:   # what bounds or a fed outcome decide beforehand reads no assumption
            if not set(got.get(name, ['?'])) <= set(want[name]):
                out.append((name, want[name], got.get(name)))
            continue
        same(name, want[name], sorted(got.get(name, ['(no %s)' % name])))
        if len(set(got.get(name, []))) != len(got.get(name, [])):
            out.append((name, 'each once', got[name]))
    same('outcome names', sorted(want['outcomes']), sorted(got.get('outcomes', {})))
    for name, w in want['outcomes'].items():
        h = got.get('outcomes', {}).get(name, {})
        place = 'outcome ' + name
        same(place + ' state', w['state'], h.get('state'))
        for part in ('value', 'possible', 'document', 'reason'):
            if part == 'reason' and part not in w:
                continue
            have = h.get(part)
            if isinstance(have, list):
                have = sorted((dict(sorted(x.items())) if isinstance(x, dict) else x for x in have), key=repr)
            same('%s %s' % (place, part), w.get(part), have)
        if w['state'] != h.get('state'):
            continue
        for part in ('by', 'by_one_of', 'missing', 'waiting'):
            same('%s %s' % (place, part), w.get(part, []), sorted(h.get(part, [])))
    have = got.get('clauses', {})
    for ident, t in want['clauses'].items():
        same('clause ' + ident, t, have.get(ident))
    for ident in have:
        if ident not in want['clauses']:
            out.append(('clause ' + ident, '(not expected)', have[ident]))
    return out
