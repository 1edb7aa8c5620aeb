# Do the rows of a table contradict each other? Random tables whose rows may overlap: the tool's word against every record there is.
# Uses the files beside it and the standard library; the tool is a program that it starts.
# Start at contradicts(); run.py calls one() for each of them.
import itertools
import json
import os
import random
import subprocess
import tempfile
from collections import Counter

import generate
import surface
from meaning import Judge, cells
from model import MAX_DAY, MAX_INPUT, MIN_DAY, Outcome, Row, Table
from shrink import uses

MOST = 4000       # records tried for one table


def table(seed):
    """A guideline with one table whose rows are made without regard to each other."""
    rng = random.Random('rows/%d' % seed)
    m = generate.Maker(rng, Counter())
    while True:
        g = m.make('prov.t%d' % seed, 'sv' if seed % 2 else 'en')
        clauses = [p for p in g.pieces if m.levels.get(p.name) == 0 and p.__class__.__name__ == 'Clause' and p.period is None]
        g.assumptions, g.tariffs, g.scope = [], [], None
        g.outcomes = [Outcome('utfall', ('int',)), Outcome('utfall_', ('bool',))]
        g.pieces = [p for p in clauses if plain(g, p, clauses)]
        heads = [('f', f.name) for f in g.fields if not f.key and f.type != ('text',) or f.name.startswith('ord')] + [('c', p.name) for p in g.pieces]
        heads = rng.sample(heads, min(len(heads), rng.choice([1, 2, 2, 3])))
        rows = [Row(str(i + 1), [m.cell(h) for h in heads], [result(rng), ('k', ('bool',), rng.random() < 0.7)])
                for i in range(rng.choice([2, 2, 3, 4]))]
        t = Table('tabell', heads, ['utfall', 'utfall_'], rows)
        if rng.random() < 0.2 and g.dated_by:
            t.dated = True
            for row in rows:
                row.start = generate.DAY0 + rng.choice([0, 30]) if rng.random() < 0.6 else None
                row.through = generate.DAY0 + 30 + rng.choice([0, 1, 100]) if rng.random() < 0.6 else None
        g.pieces.append(t)
        if len(every_record(g)) <= MOST:
            return g


def plain(g, clause, clauses):
    """A clause over fields alone, none of them computed with."""
    from model import children, walk
    names = {p.name for p in clauses}
    for c in children(clause):
        for x in walk(c):
            if x[0] in ('a', 'o', 't', 'br', 'if', '+', '-', '*', '/', 'neg', 'round', 'min', 'max', 'years', 'months', 'days'):
                return False
            if x[0] == 'c' and x[1] not in names:
                return False
            if x[0] in ('cmp', 'btw') and sum(y[0] != 'k' for y in x[1:] if isinstance(y, tuple)) > 1:
                return False
    return all(plain(g, p, []) for p in clauses if p is not clause and any(x == ('c', p.name) for c in children(clause) for x in walk(c)))


def result(rng):
    return ('not_stated',) if rng.random() < 0.1 else ('k', ('int',), rng.choice([1, 1, 2]))


def every_record(g):
    """All records that the table can tell apart, or too many of them."""
    judge = Judge(g, {})
    used = uses(g)
    fields = [f for f in g.fields if f.name in used and not f.key]
    choices = []
    for f in fields:
        t = f.type
        if t[0] == 'bool':
            values = [True, False]
        elif t[0] == 'values':
            values = list(g.sets[t[1]])
        elif t[0] == 'set':
            codes = g.sets[t[1]]
            values = [frozenset(c for i, c in enumerate(codes) if n >> i & 1) for n in range(1 << len(codes))]
        elif t[0] == 'text':
            values = generate.WORDS + ['något annat']
        else:
            low, high = (MIN_DAY, MAX_DAY) if t[0] == 'date' else (-MAX_INPUT, MAX_INPUT)
            values = cells(sorted(judge.constants.get(('F', f.name), ())), low, high)
        choices.append(values + ([] if f.required else [None]))
    size = 1
    for c in choices:
        size *= len(c)
        if size > MOST:
            return range(MOST + 1)
    names = [f.name for f in fields]
    return [{n: v for n, v in zip(names, c) if v is not None} for c in itertools.product(*choices)]


def contradicts(g):
    """Two rows that hold for one record and give different results, with the record; or None."""
    t = g.piece('tabell')
    pairs = [(a, b) for i, a in enumerate(t.rows) for b in t.rows[i + 1:] if a.results != b.results]
    for record in every_record(g):
        j = Judge(g, record)
        if j.kleene.framed(True) is not True:
            continue
        holds = {e.ident: j.kleene.holds(e)[0] for e in j.entries}
        for a, b in pairs:
            if holds['tabell.' + a.label] is True and holds['tabell.' + b.label] is True:
                return a.label, b.label, record
    return None


def judged(klausul, g, folder):
    """Whether the tool reports rows that contradict each other (K0204); None after another error."""
    path = os.path.join(folder, 'g.klausul')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(surface.text(g))
    done = subprocess.run([klausul, 'check', '--format', 'json', path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, timeout=60)
    found = [json.loads(x) for x in done.stdout.decode('utf-8').split('\n')[:-1]]
    errors = {x['code'] for x in found if x['severity'] == 'error'}
    return None if done.returncode not in (0, 1) or errors - {'K0204'} else 'K0204' in errors


def one(job):
    klausul, seed = job
    g = table(seed)
    with tempfile.TemporaryDirectory(prefix='klausul-rows-') as folder:
        said = judged(klausul, g, folder)
    found = contradicts(g)
    if said == (found is not None):
        return None
    return 'table %d: the oracle finds %s, the tool says %s\n%s' % (
        seed, 'rows %s and %s for %s' % (found[0], found[1], surface.line(g, found[2])) if found else 'no contradiction', said, surface.text(g))
