# What `check` proves of random guidelines, against records tried one by one: all there are where the questions are few and plain, else many.
# Uses the files beside it and the standard library; the tool is a program that it starts, once for a folder of guidelines.
# Start at wrong(), which holds the two against each other; run.py calls batch().
import itertools
import json
import os
import random
import re
import subprocess
import tempfile
from collections import Counter

import generate
import surface
from logic import TooMany
from meaning import Judge, cells
from model import (MAX_DAY, MAX_INPUT, MIN_DAY, Assumption, Clause, Field, Guideline, Outcome, Period, Requirement, Row, Rule, Table, children,
                   walk)

MOST = 160        # records of one guideline that are tried one by one, for each reading of its assumptions
READINGS = 4      # readings tried
SIZE = 50         # guidelines that one start of the tool checks
SAID = {
    'K0204': r'rows? .* give different (?P<o>\S+)',
    'K0818': r'the row (?P<row>.+) never applies',
    'K0901': r'(?P<a>\S+) and (?P<b>\S+) apply at the same time and give different (?P<o>\S+)',
    'K0902': r'no rule or row gives (?P<os>.*) for some records',
    'K0903': r'(?P<x>\S+) never holds',
    'K0904': r'(?P<x>\S+) always holds',
    'K0905': r'(?P<x>\S+) never makes a difference in (?P<y>\S+)',
    'K0906': r'(?P<x>\S+) is overridden whenever it applies',
    'K0907': r'the row (?P<x>\S+) never applies',
    'K0908': r'(?P<x>\S+) never applies',
    'K0909': r'(?P<x>\S+) can never be breached',
    'K0910': r'no rule or row gives (?P<os>.*) on the days',
    'K0912': r'the assumption (?P<x>\S+) changes nothing',
    'K0913': r'(?P<x>.+) is not decided',
}


# ---------------------------------------------------------------------- what the tool says
class Said:
    def __init__(self):
        self.errors, self.found = set(), {code: set() for code in SAID}

    def add(self, line):
        if line['severity'] == 'error':
            self.errors.add(line['code'])
        if line['code'] not in SAID:
            return
        m = re.match(SAID[line['code']], line['message'])
        names = m.groupdict()
        if 'os' in names:
            self.found[line['code']] |= set(names['os'].split(', '))
        else:
            self.found[line['code']].add(names.get('x') or names.get('o') or names.get('row'))

    def of(self, x, *codes):
        return any(x in self.found[c] for c in codes) or x in self.found['K0913']


def check(klausul, guidelines, *flags):
    """{name: Said} of all of them, from one start of the tool."""
    with tempfile.TemporaryDirectory(prefix='klausul-proofs-') as folder:
        for g in guidelines:
            with open(os.path.join(folder, g.name + '.klausul'), 'w', encoding='utf-8') as f:
                f.write(surface.text(g))
        done = subprocess.run([klausul, 'check', '--lang', 'en', '--format', 'json', *flags, folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=300)
    if done.returncode not in (0, 1):
        raise RuntimeError('exit status %d\n%s' % (done.returncode, done.stderr.decode('utf-8', 'replace')[:2000]))
    out = {g.name: Said() for g in guidelines}
    for line in done.stdout.decode('utf-8').split('\n')[:-1]:
        line = json.loads(line)
        out[os.path.basename(line['file'])[:-len('.klausul')]].add(line)
    return out


# ---------------------------------------------------------------------- small guidelines with few records
class Small:
    """Clauses, requirements, rules, tables and outcomes that feed each other, over a handful of fields with few answers each."""

    def __init__(self, seed):
        r = self.r = random.Random('small/%d' % seed)
        g = self.g = Guideline('prov.s%d' % seed, 'sv' if seed % 2 else 'en', {'färg': ['röd', 'grön', 'blå'], 'sort': ['ny', 'gammal']},
                               [], [], [], [], [])
        g.fields.append(Field('nr', ('text',), key=True))
        for i, kind in enumerate(r.sample(['bool', 'bool', 'bool', 'färg', 'sort', 'int', 'set'], r.choice([2, 3, 3, 4]))):
            t = ('bool',) if kind == 'bool' else ('int',) if kind == 'int' else ('set', 'sort') if kind == 'set' else ('values', kind)
            f = Field('%s%d' % ({'set': 'mängd', 'int': 'antal'}.get(kind, kind if kind != 'bool' else 'sant'), i), t)
            if r.random() < 0.1 and kind in ('bool', 'färg'):
                f.default = self.constant(t)[2]
            g.fields.append(f)
        if r.random() < 0.3:
            g.fields.append(Field('dag', ('date',), required=True))
            g.dated_by, g.period = 'dag', Period(start=generate.DAY0, before=r.choice(['unknown', 'nothing']))
        if r.random() < 0.3:
            g.assumptions.append(Assumption('läsning', ('bool',), r.random() < 0.5))
        self.names = []              # clauses and requirements so far
        self.fed = []                # outcomes that may be read
        if r.random() < 0.2:
            g.scope = self.condition(1)
        for i in range(r.choice([1, 2, 3])):
            self.clause('villkor%d' % i)
        if r.random() < 0.4:
            q = Requirement('krav0', r.random() < 0.3, self.condition(1) if r.random() < 0.7 else None, self.condition(1), self.period())
            g.pieces.append(q)
            self.names.append(('br', 'krav0'))
        types = r.sample([('int',), ('values', 'färg'), ('bool',)], r.choice([1, 2, 2, 3]))
        for i, t in enumerate(types):
            g.outcomes.append(Outcome('utfall%d' % i, t, self.constant(t) if r.random() < 0.4 else None))
            self.candidates(g.outcomes[-1], i)
            self.fed.append(g.outcomes[-1])

    def constant(self, t):
        r = self.r
        v = r.random() < 0.5 if t[0] == 'bool' else r.choice(self.g.sets[t[1]]) if t[0] == 'values' else r.choice([0, 1, 2])
        return ('k', t, v)

    def period(self):
        if not self.g.dated_by or self.r.random() < 0.7:
            return None
        p = Period(start=generate.DAY0 + self.r.choice([10, 20]), before=self.r.choice(['unknown', 'nothing']))
        if self.r.random() < 0.3:
            p.through, p.after = p.start + self.r.choice([0, 5]), self.r.choice(['unknown', 'nothing'])
        return p

    def atom(self):
        r, g = self.r, self.g
        kind = r.random()
        if kind < 0.2 and self.names:
            return r.choice(self.names)
        if kind < 0.3 and self.fed:
            o = r.choice(self.fed)
            return ('cmp', r.choice(['=', '!=']), ('o', o.name), self.constant(o.type)) if o.type != ('bool',) else ('o', o.name)
        if kind < 0.35 and g.assumptions:
            return ('a', 'läsning')
        f = r.choice([f for f in g.fields if not f.key])
        if kind < 0.42 and not f.required:
            return ('known', f.name)
        if f.type == ('bool',):
            return ('f', f.name)
        if f.type[0] == 'set':
            return r.choice([('has', f.name, (r.choice(g.sets['sort']),)), ('empty', f.name)])
        if f.type[0] == 'values':
            return ('in', ('f', f.name), (self.constant(f.type),), r.random() < 0.3)
        if f.type[0] == 'date':
            return ('cmp', r.choice(['<', '>=']), ('f', 'dag'), ('k', ('date',), generate.DAY0 + r.choice([0, 10, 20])))
        return ('cmp', r.choice(['<', '>=', '=', '<=']), ('f', f.name), self.constant(('int',)))

    def condition(self, depth):
        r = self.r
        kind = r.random()
        if depth == 0 or kind < 0.3:
            return self.atom()
        if kind < 0.45:
            return ('not', self.condition(depth - 1))
        return (r.choice(['and', 'or', 'and', 'or', 'imp']), self.condition(depth - 1), self.condition(depth - 1))

    def body(self):
        quantifier = self.r.choice(['one', 'all', 'any'])
        if quantifier == 'one':
            return quantifier, [('', self.condition(2))]
        return quantifier, [('%s' % 'abc'[i], self.condition(1)) for i in range(self.r.choice([2, 2, 3]))]

    def clause(self, name):
        excepts = [self.body() for _ in range(self.r.choice([0, 0, 1, 1, 2]))]
        self.g.pieces.append(Clause(name, *self.body(), excepts, self.period()))
        self.names.append(('c', name))

    def cell(self, f):
        r = self.r
        if r.random() < 0.35:
            return ('any',)
        if r.random() < 0.07 and not f.required and f.type[0] != 'set':
            return ('unknown',)
        if f.type == ('bool',):
            return ('bool', r.random() < 0.5)
        if f.type[0] == 'set':
            return (r.choice(['has', 'lacks']), (r.choice(self.g.sets['sort']),))
        if f.type[0] == 'values':
            return ('list', (self.constant(f.type),), r.random() < 0.3)
        return ('cmp', r.choice(['<', '>=']), self.constant(f.type) if f.type == ('int',) else ('k', ('date',), generate.DAY0 + 10))

    def candidates(self, o, i):
        r, g = self.r, self.g
        made = []
        for k in range(r.choice([1, 2, 2, 3])):
            if r.random() < 0.4:
                fields = r.sample([f for f in g.fields if not f.key], r.choice([1, 2]))
                rows = [Row(str(n + 1), [self.cell(f) for f in fields], [self.constant(o.type)]) for n in range(r.choice([2, 3, 4]))]
                p = Table('tabell%d_%d' % (i, k), [('f', f.name) for f in fields], [o.name], rows, first=r.random() < 0.6)
            else:
                p = Rule('regel%d_%d' % (i, k), self.condition(2), [(o.name, self.constant(o.type))])
            p.overrides = [q.name for q in made if r.random() < 0.4]
            p.period = self.period()
            made.append(p)
            g.pieces.append(p)


def small(seed):
    return Small(seed).g


def wide(seed):
    """More rules than a diagram of them all is made for, each testing some of a few fields."""
    s = Small(seed)
    g, r = s.g, s.r
    g.name, g.pieces, g.outcomes, g.scope, g.assumptions = 'prov.sw%d' % seed, [], [], None, []
    g.period, g.dated_by, g.fields = None, None, [f for f in g.fields if f.key]
    for i, t in enumerate([('values', 'färg'), ('values', 'färg'), ('values', 'sort'), ('bool',)]):
        g.fields.append(Field('f%d' % i, t))
    results = [('k', ('int',), r.choice([1, 1, 1, 2]) if r.random() < 0.02 else 1) for _ in range(r.choice([64, 70, 90]))]
    g.outcomes.append(Outcome('utfall0', ('int',)))
    for i, result in enumerate(results):
        tests = [('f', f.name) if f.type == ('bool',) else ('in', ('f', f.name), (s.constant(f.type),), r.random() < 0.2)
                 for f in r.sample(g.fields[1:], r.choice([2, 3, 3, 4]))]
        g.pieces.append(Rule('regel%d' % i, ('and', *tests), [('utfall0', result)]))
    return g


# ---------------------------------------------------------------------- which records there are
def roots(g):
    return [c for p in g.pieces for c in children(p)] + ([g.scope] if g.scope is not None else [])


def plain(g):
    """Every question is about one field, and the outcomes are constants: the answers can be tried one by one."""
    if g.name.startswith('prov.s'):
        return True
    computed = ('+', '-', '*', '/', 'neg', 'round', 'min', 'max', 'years', 'months', 'days', 'a', 'o', 't')
    for root in roots(g):
        for x in walk(root):
            if x[0] in computed:
                return False
            if x[0] in ('cmp', 'btw') and sum(y[0] != 'k' for y in x[1:] if isinstance(y, tuple)) > 1:
                return False
    results = [r for p in g.pieces for r in ([r for _, r in p.gives] if isinstance(p, Rule) else
                                             [r for row in p.rows for r in row.results] if isinstance(p, Table) else [])]
    return not g.tariffs and all(x[0] != 'f' or g.field(x[1]).type == ('bool',) for r in results for x in walk(r)) and \
        not any(p is not None and p.assumed for p in periods(g))


def periods(g):
    return [g.period] + [p.period for p in g.pieces]


def asked_if_known(g):
    return {x[1] for root in roots(g) for x in walk(root) if x[0] == 'known'} | \
        {h[1] for t in g.pieces if isinstance(t, Table) for row in t.rows for h, c in zip(t.tests, row.cells) if c[0] == 'unknown'}


def values_of(g, judge, f):
    t = f.type
    if t[0] == 'bool':
        return [True, False]
    if t[0] == 'values':
        return list(g.sets[t[1]])
    if t[0] == 'set':
        codes = g.sets[t[1]]
        return [frozenset(c for i, c in enumerate(codes) if n >> i & 1) for n in range(1 << len(codes))]
    if t[0] == 'text':
        return generate.WORDS + ['något annat']
    low, high = (MIN_DAY, MAX_DAY) if t[0] == 'date' else (-MAX_INPUT, MAX_INPUT)
    return cells(sorted(judge.constants.get(('F', f.name), ())), low, high)


def used(g):
    names = {x[1] for root in roots(g) for x in walk(root) if x[0] in ('f', 'known', 'has', 'lacks', 'empty')}
    return names | {h[1] for t in g.pieces if isinstance(t, Table) for h in t.tests if h[0] == 'f'} | ({g.dated_by} if g.dated_by else set())


def every_record(g):
    """(records, whether they are all)."""
    judge, known, names = Judge(g, {}), asked_if_known(g), used(g)
    fields = [f for f in g.fields if f.name in names and not f.key]
    finite = plain(g)
    near = generate.interesting(g, judge)
    choices = []
    for f in fields:
        v = values_of(g, judge, f) if finite else list(near[f.name])
        choices.append(v + ([None] if f.name in known and not f.required else []))
    size = 1
    for c in choices:
        size *= len(c)
    rest = {f.name: values_of(g, judge, f)[0] for f in g.fields if f not in fields}
    make = lambda c: {**rest, **{f.name: v for f, v in zip(fields, c) if v is not None}}  # noqa: E731
    if finite and size <= MOST:
        return [make(c) for c in itertools.product(*choices)], True
    rng = random.Random('proofs/%s' % g.name)
    return [make([rng.choice(c) for c in choices]) for _ in range(MOST // 2)], False


def readings(g):
    """Values of the assumptions: as stated first; whether they are all."""
    stated = {a.name: a.value for a in g.assumptions}
    options = []
    for a in g.assumptions:
        v = {'bool': [True, False], 'int': [0, 2, 3, 5], 'min': [2, 5, 10], 'money': [0, 10000, 20000],
             'date': [generate.DAY0, generate.DAY0 + 30]}[a.type[0]]
        options.append([x for x in v if a.low is None or a.low <= x <= a.high] or [a.low])
    every = [dict(zip(stated, c)) for c in itertools.product(*options)]
    random.Random(g.name).shuffle(every)
    whole = len(every) <= READINGS and all(a.type == ('bool',) for a in g.assumptions)
    return [stated] + [e for e in every[:READINGS] if e != stated], whole


# ---------------------------------------------------------------------- what the records show
def labelled(name, items):
    return [('%s.%s' % (name, label or i + 1), c) for i, (label, c) in enumerate(items)]


class Shown:
    """What the records tried have shown: that something was yes, no, fired, was without a result."""

    def __init__(self, g):
        self.g = g
        self.yes, self.no, self.open = set(), set(), set()
        self.differs, self.none, self.conflict, self.own_conflict, self.fires = set(), set(), set(), set(), set()
        self.unsure = False         # a record may be in scope by logic that the clauses do not follow
        self.moved = False          # a reading that decides otherwise
        self.framing = self.rests_on()

    def rests_on(self):
        found, todo = set(), [g for g in [self.g.scope] if g is not None]
        while todo:
            for x in walk(todo.pop()):
                if x[0] == 'c' and x[1] not in found:
                    found.add(x[1])
                    todo += children(self.g.piece(x[1]))
        return found

    def note(self, name, truth):
        (self.yes if truth is True else self.no if truth is False else self.open).add(name)

    def list_of(self, k, name, quantifier, items):
        truths = [(i, k.truth(c)) for i, c in labelled(name, items)]
        if quantifier == 'one':
            return
        for i, t in truths:
            self.note(i, t)
            rest = [x for n, x in truths if n != i]
            if t is (quantifier == 'any') and all(x is (quantifier != 'any') for x in rest):
                self.differs.add(i)

    def clause(self, j, p):
        k = j.kleene
        self.note(p.name, k.clause(p))
        self.list_of(k, p.name, p.quantifier, p.items)
        body = k.body(p.quantifier, p.items)
        before = False
        for n, (q, items) in enumerate(p.excepts):
            name = p.name + '.utom' + ('.%d' % (n + 1) if len(p.excepts) > 1 else '')
            truth = k.body(q, items)
            self.note(name, truth)
            self.list_of(k, name, q, items)
            if body is True and truth is True and before is False:
                self.differs.add(name)
            before = before or truth

    def record(self, record, assumed, stated):
        j = Judge(self.g, record, assumed)
        results = j.decide()
        inside = j.kleene.framed(True) is True and j.kleene.in_scope() is True
        self.unsure = self.unsure or j.kleene.in_scope() is None
        for p in self.g.pieces:
            if isinstance(p, Clause) and (inside or p.name in self.framing):
                self.clause(j, p)
            if isinstance(p, Requirement) and inside:
                period = j.kleene.edition(p.name, p.period, lambda: j.kleene.applies(p))
                self.note(p.name + ' applies', period)
                self.note(p.name + ' breached', j.kleene.breached(p))
        told = {o: (r.state, r.value if r.state == 'decided' else None, sorted(map(repr, r.endings)) if r.state == 'undetermined' else None)
                for o, r in results.items()}
        if not inside:
            return told, [False for p in self.g.pieces if isinstance(p, Requirement)]
        for e in j.entries:
            self.note(e.ident, j.kleene.holds(e)[0])
            for o, _ in e.gives:
                if j.fires_here(e, o) is True:
                    self.fires.add(e.ident)
        for o, r in results.items():
            if stated and r.state == 'none' and r.reason == 'no clause applies':
                self.none.add(o)
            if stated and r.state == 'conflict':
                self.conflict.add(o)
                if not any(results[x].state == 'conflict' for x in j.fed_into(o)):
                    self.own_conflict.add(o)
        return told, [j.kleene.breached(p) is True for p in self.g.pieces if isinstance(p, Requirement)]


def shown(g):
    """(what the records show, whether they are all, whether every reading was tried)."""
    s = Shown(g)
    records, all_records = every_record(g)
    assumed, all_readings = readings(g)
    for record in records:
        told = []
        for i, a in enumerate(assumed):
            try:
                told.append(s.record(record, a, i == 0))
            except TooMany:
                all_records = False
        s.moved = s.moved or any(t != told[0] for t in told)
    return s, all_records and not s.unsure, all_readings


# ---------------------------------------------------------------------- the two against each other
def wrong(g, said):
    """What the tool says and the records refute, or what they show and it does not say; with how much was tried."""
    s, every, whole = shown(g)
    out = []
    single = [o.name for o in g.outcomes if not o.columns]
    gives = {o for p in g.pieces for o in ([o for o, _ in p.gives] if isinstance(p, Rule) else p.heads if isinstance(p, Table) else [])}
    for o in single:
        default = g.outcome(o).default is not None
        if o in s.none and not default and o in gives and not said.of(o, 'K0902', 'K0910'):
            out.append('a record has no %s, and no gap is told' % o)
        if every and o not in s.none and (o in said.found['K0902'] or o in said.found['K0910']):
            out.append('a gap of %s is told, and no record has it' % o)
        if o in s.own_conflict and not said.found['K0901'] & {o} and not said.found['K0913']:
            out.append('a record has a conflict in %s, and none is told' % o)
        if every and not g.assumptions and o not in s.conflict and o in said.found['K0901']:
            out.append('a conflict in %s is told, and no record has it' % o)
    names = s.yes | s.no | s.open
    for x in sorted(names):
        never = said.of(x, 'K0903')
        if x in s.yes and x in said.found['K0903']:
            out.append('%s holds for a record, and is told never to' % x)
        if x in s.no and x in said.found['K0904']:
            out.append('%s does not hold for a record, and is told always to' % x)
        if x in s.differs and x in said.found['K0905']:
            out.append('%s makes a difference for a record, and is told never to' % x)
        if x in s.fires and said.found['K0906'] & {x}:
            out.append('%s fires for a record, and is told always to be overridden' % x)
        if x in s.yes and said.found['K0907'] & {x}:
            out.append('%s holds for a record, and is told to be left nothing' % x)
        if not (every and whole) or x not in s.no or x in s.yes or x in s.open or x.endswith((' applies', ' breached')):
            continue
        told = never or said.of(x, 'K0907') or x.split('.')[-1] in said.found['K0818']
        parts = any(y.startswith(x + '.') for code in ('K0903', 'K0904') for y in said.found[code])
        if not told and not parts and any(True for e in Judge(g, {}).entries if e.ident == x and e.gives or '.' not in x and e.ident != x):
            entry = next((e for e in Judge(g, {}).entries if e.ident == x), None)
            if entry is None or entry.gives:
                out.append('%s never holds, and that is not told' % x)
    for p in g.pieces:
        if not isinstance(p, Requirement):
            continue
        applies, breached = p.name + ' applies', p.name + ' breached'
        if applies in s.yes and p.name in said.found['K0908']:
            out.append('%s applies to a record, and is told never to' % p.name)
        if breached in s.yes and p.name in said.found['K0909']:
            out.append('%s is breached by a record, and is told never to be' % p.name)
        if every and whole and applies in names and breached not in s.yes | s.open and not said.of(p.name, 'K0908', 'K0909'):
            out.append('%s is never breached, and that is not told' % p.name)
    if s.moved and len(said.found['K0912']) == len(g.assumptions) and g.assumptions:
        out.append('a reading changes a decision, and every assumption is told to change nothing')
    return out, every, whole


def batch(job):
    """Guidelines [first, first + SIZE): how many were held against all their records, failures, and what was told."""
    klausul, first, make, *flags = job
    guidelines = [make(seed) for seed in range(first, first + SIZE)]
    fails, tally = [], Counter()
    try:
        found = check(klausul, guidelines, *flags)
    except (RuntimeError, subprocess.TimeoutExpired) as e:
        return 0, ['guidelines %d to %d: %s' % (first, first + SIZE - 1, e)], tally
    for seed, g in zip(range(first, first + SIZE), guidelines):
        said = found[g.name]
        if said.errors - {'K0901'}:
            continue
        bad, every, _ = wrong(g, said)
        tally['every record' if every else 'some records'] += 1
        for code, names in said.found.items():
            tally[code] += len(names)
        if bad:
            fails.append('guideline %d:\n%s\n%s' % (seed, '\n'.join('  ' + x for x in bad), surface.text(g)))
    return SIZE, fails, tally
