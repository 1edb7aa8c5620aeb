# Makes a disagreement small: leaves out pieces, items, rows, results and fields while the difference stays.
# Uses model.py; the caller says whether a smaller case still differs.
# Start at shrink().
import copy

from model import Clause, Requirement, Rule, Table, children, sub, walk

TRIES = 250


def uses(g):
    """Every name that something reads."""
    found = set()
    roots = [c for p in g.pieces for c in children(p)] + ([g.scope] if g.scope is not None else [])
    for root in roots:
        for x in walk(root):
            if x[0] in ('f', 'c', 'o', 'a', 't', 'br', 'known', 'has', 'lacks', 'empty'):
                found.add(x[1])
    for p in g.pieces:
        if isinstance(p, Table):
            found |= {h[1] for h in p.tests} | {h.split('.')[0] for h in p.heads}
        if isinstance(p, Rule):
            found |= {o for o, _ in p.gives}
        found |= {t.split('.')[0] for t in getattr(p, 'overrides', [])}
        if p.period is not None and p.period.assumed:
            found.add(p.period.assumed)
    for o in g.outcomes:
        if o.audited:
            found.add(o.audited)
    if g.dated_by:
        found.add(g.dated_by)
    return found


def smaller(g):
    """Guidelines with one thing less."""
    used = uses(g)

    def changed(change):
        h = copy.deepcopy(g)
        change(h)
        return h
    for i, p in enumerate(g.pieces):
        if p.name not in used:
            yield changed(lambda h: h.pieces.pop(i))
    for i, o in enumerate(g.outcomes):
        if o.name not in used and len(g.outcomes) > 1:
            yield changed(lambda h: h.outcomes.pop(i))
    for kind in ('assumptions', 'tariffs'):
        for i, x in enumerate(getattr(g, kind)):
            if x.name not in used:
                yield changed(lambda h: getattr(h, kind).pop(i))
    if g.scope is not None:
        yield changed(lambda h: setattr(h, 'scope', None))
    for i, o in enumerate(g.outcomes):
        if o.default is not None:
            yield changed(lambda h: setattr(h.outcomes[i], 'default', None))
        if o.audited:
            yield changed(lambda h: setattr(h.outcomes[i], 'audited', None))
    for i, p in enumerate(g.pieces):
        if p.period is not None:
            yield changed(lambda h: setattr(h.pieces[i], 'period', None))
        for n in range(len(getattr(p, 'overrides', []))):
            yield changed(lambda h: h.pieces[i].overrides.pop(n))
        if isinstance(p, Clause):
            for n in range(len(p.excepts)):
                yield changed(lambda h: h.pieces[i].excepts.pop(n))
            if len(p.items) > 1:
                for n in range(len(p.items)):
                    yield changed(lambda h: h.pieces[i].items.pop(n))
            for n, (label, c) in enumerate(p.items):
                for d in simpler(c):
                    yield changed(lambda h: h.pieces[i].items.__setitem__(n, (label, d)))
            for n, (q, items) in enumerate(p.excepts):
                for m, (label, c) in enumerate(items):
                    for d in simpler(c):
                        yield changed(lambda h: h.pieces[i].excepts[n][1].__setitem__(m, (label, d)))
        elif isinstance(p, Requirement):
            if p.applies is not None:
                yield changed(lambda h: setattr(h.pieces[i], 'applies', None))
                for d in simpler(p.applies):
                    yield changed(lambda h: setattr(h.pieces[i], 'applies', d))
            for d in simpler(p.requires):
                yield changed(lambda h: setattr(h.pieces[i], 'requires', d))
        elif isinstance(p, Rule):
            if len(p.gives) > 1:
                for n in range(len(p.gives)):
                    yield changed(lambda h: h.pieces[i].gives.pop(n))
            if p.when is not None:
                yield changed(lambda h: setattr(h.pieces[i], 'when', None))
                for d in simpler(p.when):
                    yield changed(lambda h: setattr(h.pieces[i], 'when', d))
        elif isinstance(p, Table):
            if len(p.rows) > 1:
                for n in range(len(p.rows)):
                    yield changed(lambda h: h.pieces[i].rows.pop(n))
            if p.when is not None:
                yield changed(lambda h: setattr(h.pieces[i], 'when', None))
            if p.dated:
                yield changed(lambda h: undate(h.pieces[i]))
            for n in range(len(p.tests)):
                yield changed(lambda h: drop_test(h.pieces[i], n))
            if len(p.heads) > 1 and not any('.' in x for x in p.heads):
                for n in range(len(p.heads)):
                    yield changed(lambda h: drop_head(h.pieces[i], n))
    for i, f in enumerate(g.fields):
        if f.name not in used and not f.key:
            yield changed(lambda h: h.fields.pop(i))


def undate(t):
    t.dated = False
    for row in t.rows:
        row.start = row.through = None


def drop_test(t, n):
    t.tests.pop(n)
    for row in t.rows:
        row.cells.pop(n)


def drop_head(t, n):
    t.heads.pop(n)
    for row in t.rows:
        row.results.pop(n)


def simpler(c):
    if c[0] in ('and', 'or', 'not', 'imp', 'if'):
        yield from sub(c)
        if c[0] in ('and', 'or') and len(c) > 3:
            for n in range(1, len(c)):
                yield c[:n] + c[n + 1:]
        for n in range(1, len(c)):
            for d in simpler(c[n]):
                yield c[:n] + (d,) + c[n + 1:]


def shrink(g, record, still):
    tries = 0
    progress = True
    while progress and tries < TRIES:
        progress = False
        for h in smaller(g):
            r = {k: v for k, v in record.items() if any(f.name == k for f in h.fields)}
            tries += 1
            if still(h, r):
                g, record, progress = h, r, True
                break
            if tries >= TRIES:
                break
    return g, record
