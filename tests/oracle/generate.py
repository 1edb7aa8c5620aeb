# Random small guidelines and records for them, deterministic by seed; every feature is noted in a tally so that a run can show what it covered.
# Uses model.py and the standard library; knows nothing of the tool under test.
# Start at guideline() and records().
import argparse
import random
from collections import Counter

from arithmetic import date_of
from model import (Assumption, Clause, Field, Guideline, Outcome, Period, Requirement, Row, Rule, Table, Tariff, NUMERIC, MAX_INPUT)

SETS = {'färg': ['röd', 'grön', 'blå', 'gul'], 'väg': ['bil', 'båt', 'tåg'], 'sort': ['ny', 'gammal']}
DAY0 = 738000          # a day in 2021
WORDS = ['ett', 'två', 'räv å bi']
FIELD_KINDS = (['bool'] * 5 + ['values'] * 3 + ['set'] + ['int'] * 2 + ['dec', 'money', 'date', 'min', 'text'])
STEMS = {'bool': 'sant', 'values': 'val', 'set': 'mängd', 'int': 'antal', 'dec': 'vikt', 'money': 'pris', 'date': 'datum_', 'min': 'tid',
         'days': 'dygn', 'text': 'ord'}
ROUNDINGS = ['half_up', 'half_even', 'down', 'up']


class Maker:
    def __init__(self, rng, tally):
        self.r = rng
        self.tally = tally
        self.g = None

    def chance(self, p):
        return self.r.random() < p

    def note(self, feature):
        self.tally[feature] += 1

    # ------------------------------------------------------------------ vocabulary
    def make(self, name, surface):
        r = self.r
        sets = {k: list(SETS[k]) for k in r.sample(sorted(SETS), r.choice([1, 2, 2, 3]))}
        g = self.g = Guideline(name, surface, sets, [], [], [], [], [])
        g.fields.append(Field('nr', ('text',), key=True))
        kinds = [r.choice(FIELD_KINDS) for _ in range(r.choice([2, 3, 3, 4, 4, 5, 6]))]
        if self.chance(0.2):
            kinds += r.choice([['date', 'date'], ['int', 'int'], ['money', 'money'], ['values', 'values']])
        for i, k in enumerate(kinds):
            g.fields.append(self.field(STEMS[k] + str(i), k))
        if self.chance(0.55):
            g.fields.append(Field('dag', ('date',), required=self.chance(0.6)))
            g.dated_by = 'dag'
            g.period = self.period(0.25) if self.chance(0.3) else Period(start=DAY0 - 1000, before=r.choice(['unknown', 'nothing']))
            self.note('guideline dated')
        for _ in range(r.choice([0, 0, 0, 1, 1, 2])):
            g.assumptions.append(self.assumption('antagande%d' % len(g.assumptions)))
        if g.dated_by and self.chance(0.35):
            g.tariffs.append(self.tariff('taxa1'))
        self.outcomes()
        self.level = 0
        if self.chance(0.2):
            g.scope = self.condition(1)
            self.note('scope')
        self.pieces()
        for o in self.lonely():
            self.level = 0
            g.pieces.append(self.rule('regel_' + o.name, [o]))
        r.shuffle(g.pieces)
        return g

    def field(self, name, kind):
        t = self.type(kind)
        f = Field(name, t)
        if self.chance(0.12) and kind not in ('set', 'text'):
            f.default = self.constant(t, ('F', name))[2]
            self.note('field default')
        elif self.chance(0.08):
            f.required = True
        if self.chance(0.3):
            f.column = 'kolumn_' + name
        self.note('field ' + kind)
        return f

    def type(self, kind):
        if kind in ('values', 'set'):
            return (kind, self.r.choice(sorted(self.g.sets)))
        if kind == 'dec':
            return ('dec', self.r.choice([1, 1, 2, 3]))
        return (kind,)

    def constant(self, t, _for=None):
        r = self.r
        kind = t[0]
        if kind == 'bool':
            v = self.chance(0.5)
        elif kind == 'values':
            v = r.choice(self.g.sets[t[1]])
        elif kind == 'set':
            v = frozenset(r.sample(self.g.sets[t[1]], r.randint(0, len(self.g.sets[t[1]]))))
        elif kind == 'int':
            v = r.choice([0, 1, 2, 3, 5, -1])
        elif kind == 'dec':
            v = r.choice([0, 3, 5, 10, 25, -4])
        elif kind == 'money':
            v = r.choice([0, 10000, 20000, 5050, 15000])
        elif kind == 'date':
            v = DAY0 + r.choice([0, 1, 30, 366, -400])
        elif kind in ('min', 'days'):
            v = r.choice([0, 2, 5, 10, 15])
        else:
            v = r.choice(WORDS)
        return ('k', t, v)

    def period(self, end=0.3, assumed=False):
        r = self.r
        start = DAY0 + r.choice([0, 30, 366])
        dates = [a.name for a in self.g.assumptions if a.type == ('date',)]
        if dates and assumed and self.chance(0.4):
            self.note('period from an assumption')
            p = Period(assumed=r.choice(dates), before=r.choice(['unknown', 'nothing']))
        elif self.chance(0.12):
            p = Period(through=start, after=r.choice(['unknown', 'nothing']))
        else:
            p = Period(start=start, before=r.choice(['unknown', 'nothing']))
            if self.chance(end):
                p.through = start + r.choice([0, 1, 365])
                p.after = r.choice(['unknown', 'nothing'])
        for side in ('before', 'after'):
            if getattr(p, side):
                self.note('%s %s' % (side, getattr(p, side)))
        return p

    def maybe_period(self, p, assumed=True):
        if not self.g.dated_by or not self.chance(p):
            return None
        p, g = self.period(assumed=assumed), self.g.period
        outside = (p.through is not None and g.start is not None and p.through < g.start) or \
                  (p.start is not None and g.through is not None and p.start > g.through)
        return None if outside else p

    def assumption(self, name):
        kind = self.r.choice(['bool', 'bool', 'int', 'min', 'money', 'date'])
        a = Assumption(name, (kind,))
        if self.chance(0.6):
            a.value = self.constant(a.type)[2]
            self.note('assumption with value')
        else:
            self.note('assumption open')
        if kind != 'bool' and self.chance(0.5):
            low, high = sorted([self.constant(a.type)[2], self.constant(a.type)[2]])
            if low < high and (a.value is None or low <= a.value <= high):
                a.low, a.high = low, high
                self.note('assumption bounded')
        return a

    def tariff(self, name):
        days = sorted(self.r.sample([DAY0, DAY0 + 30, DAY0 + 366], self.r.choice([1, 1, 2])))
        self.note('tariff')
        return Tariff(name, ('money',), [(d, self.constant(('money',))[2]) for d in [None] + days])

    def outcomes(self):
        r, g = self.r, self.g
        for i in range(r.choice([1, 2, 2, 3, 3, 4])):
            kind = r.choice(['values', 'values', 'money', 'money', 'dec', 'int', 'bool', 'bool', 'text', 'date', 'many', 'set'])
            name = 'utfall%d' % i
            if kind == 'many':
                columns = [('mot', self.type('values')), ('på', r.choice([('text',), ('int',), ('bool',), ('money',)]))]
                g.outcomes.append(Outcome(name, columns=columns[:r.choice([1, 2, 2])]))
                self.note('many of')
                continue
            o = Outcome(name, self.type(kind))
            if self.chance(0.4):
                o.default = ('not_stated',) if self.chance(0.25) else self.constant(o.type)
                self.note('otherwise not stated' if o.default[0] == 'not_stated' else 'otherwise value')
            same = [f for f in g.fields if f.type == o.type and f.name not in ('nr', 'dag')]
            if same and self.chance(0.5):
                o.audited = r.choice(same).name
                self.note('audited')
            elif self.chance(0.25):
                f = Field('registrerat%d' % i, o.type)
                g.fields.append(f)
                o.audited = f.name
                self.note('audited')
            g.outcomes.append(o)

    # ------------------------------------------------------------------ conditions
    def usable(self, *kinds):
        """Names a condition may use here, with their types; fed outcomes only up to the piece's level."""
        g = self.g
        out = [(('f', f.name), f.type) for f in g.fields if not f.key]
        out += [(('a', a.name), a.type) for a in g.assumptions] * 2
        for o in g.outcomes[:self.level]:
            if not o.columns and o.type[0] not in ('set', 'text'):
                out += [(('o', o.name), o.type)] * 2
        return [(e, t) for e, t in out if t[0] in kinds]

    def named_truths(self):
        out = []
        for p in self.g.pieces:
            if isinstance(p, Clause) and self.levels[p.name] <= self.level:
                out += [('c', p.name)] * 2
            if isinstance(p, Requirement) and self.levels[p.name] <= self.level:
                out.append(('br', p.name))
        return out

    def condition(self, depth):
        r = self.r
        if depth > 0 and self.chance(0.6):
            kind = r.choice(['and', 'and', 'or', 'or', 'not', 'imp', 'if'])
            self.note('condition ' + kind)
            if kind == 'not':
                return ('not', self.condition(depth - 1))
            if kind == 'imp':
                return ('imp', self.condition(depth - 1), self.condition(depth - 1))
            if kind == 'if':
                return ('if', self.condition(depth - 1), self.condition(depth - 1), self.condition(depth - 1))
            return (kind, *[self.condition(depth - 1) for _ in range(r.choice([2, 2, 3]))])
        truths = self.named_truths()
        if truths and self.chance(0.35):
            c = r.choice(truths)
            self.note({'c': 'clause used', 'br': 'breached used'}[c[0]])
            return c
        return self.test()

    def test(self):
        r, g = self.r, self.g
        e, t = r.choice(self.usable('bool', 'values', 'set', 'text', *NUMERIC))
        if e[0] == 'o':
            self.note('fed ' + t[0])
        if e[0] == 'f' and self.chance(0.06):
            self.note('is known')
            return ('known', e[1])
        if t[0] == 'bool':
            same = [x for x, u in self.usable('bool') if x != e]
            if same and self.chance(0.08):
                self.note('two yes/no compared')
                return ('cmp', r.choice(['=', '!=']), e, r.choice(same))
            if self.chance(0.05):
                return ('cmp', r.choice(['=', '!=']), e, self.constant(t))
            return e if self.chance(0.75) else ('not', e)
        if t[0] == 'set':
            kind = r.choice(['has', 'has', 'lacks', 'empty'])
            self.note('set ' + kind)
            if kind == 'empty':
                return ('empty', e[1])
            return (kind, e[1], tuple(r.sample(g.sets[t[1]], r.choice([1, 1, 2]))))
        if t[0] == 'values':
            codes = g.sets[t[1]]
            same = [x for x, u in self.usable('values') if u == t and x != e]
            if same and self.chance(0.25):
                self.note('two values compared')
                return ('cmp', r.choice(['=', '!=']), e, r.choice(same))
            if len(codes) > 2 and self.chance(0.4):
                items = tuple(('k', t, c) for c in r.sample(codes, 2))
                negated = self.chance(0.3)
                self.note('in')
                return ('in', e, items, negated)
            return ('cmp', r.choice(['=', '=', '!=']), e, ('k', t, r.choice(codes)))
        if t[0] == 'text':
            same = [x for x, u in self.usable('text') if x != e and x[0] == 'f' and e[0] == 'f']
            if same and self.chance(0.3):
                self.note('two texts compared')
                return ('cmp', '=', e, r.choice(same))
            return ('cmp', r.choice(['=', '=', '!=']), e, self.constant(t))
        return self.numeric_test(e, t)

    def numeric_test(self, e, t):
        r = self.r
        left = e
        if self.chance(0.3):
            left = self.expression(t, e)
        if self.chance(0.25):
            same = [x for x, u in self.usable(t[0]) if u == t and x != left]
            if same:
                right = r.choice(same)
                if self.chance(0.15):
                    right = self.expression(t, right)
                self.note('two numbers compared')
                if not (left[0] == 'a' and right[0] == 'a'):
                    return ('cmp', r.choice(['=', '!=', '<', '<=', '>', '>=']), left, right)
        if t == ('date',) and self.g.dated_by and self.chance(0.3) and left != ('f', 'dag'):
            self.note('time between dates')
            kind = r.choice(['years', 'months', 'days'])
            pair = [left, ('f', 'dag')]
            r.shuffle(pair)
            k = ('k', ('days',) if kind == 'days' else ('int',), r.choice([0, 1, 30]) if kind == 'days' else r.choice([0, 1, 12]))
            return ('cmp', r.choice(['<', '<=', '>', '>=', '=']), (kind, *pair), k)
        kind = r.choice(['cmp', 'cmp', 'cmp', 'btw', 'in'])
        if kind == 'btw':
            low, high = sorted([self.constant(t)[2], self.constant(t)[2]])
            self.note('between')
            return ('btw', left, ('k', t, low), ('k', t, high))
        if kind == 'in':
            low, high = sorted([self.constant(t)[2], self.constant(t)[2]])
            items = [self.constant(t)] + ([('range', ('k', t, low), ('k', t, high))] if t[0] in ('int', 'dec') else [])
            self.note('in numbers')
            return ('in', left, tuple(items), self.chance(0.2))
        if self.chance(0.12) and not t[0] == 'date':
            self.note('om in comparison')
            other = self.constant(t)
            left = ('if', self.test_bool(), left, other) if self.chance(0.5) else ('if', self.test_bool(), other, left)
        return ('cmp', r.choice(['=', '!=', '<', '<=', '>', '>=']), left, self.constant(t))

    def test_bool(self):
        bools = [e for e, _ in self.usable('bool')]
        return self.r.choice(bools) if bools else self.test()

    def expression(self, t, start=None):
        """A sum of type t that reads something."""
        r = self.r
        same = [e for e, u in self.usable(t[0]) if u == t and u != ('text',)]
        if self.g.tariffs and t == ('money',):
            same.append(('t', 'taxa1'))
        x = start or (r.choice(same) if same else self.constant(t))
        y = r.choice(same + [self.constant(t)])
        if t[0] == 'date':
            if x[0] == 'k':
                return x
            self.note('date and days')
            return (r.choice('+-'), x, ('k', ('days',), r.choice([1, 30, 400])))
        kind = r.choice(['+', '-', '*', '*', 'min', 'max', '/', '/', '/', 'round', 'neg'])
        if kind in ('*', '/'):
            ints = [e for e, u in self.usable('int')]
            other = r.choice(ints + [('k', ('int',), r.choice([2, 3, -2, 100000]))]) if ints else ('k', ('int',), r.choice([2, 3, 100000]))
            if t[0] not in ('int', 'money', 'dec'):
                kind = '+'
            elif kind == '*':
                self.note('multiplied')
                return ('*', x, other)
            else:
                self.note('divided')
                return ('/', x, other, r.choice(ROUNDINGS))
        if kind == 'round':
            if t[0] == 'money' and x[0] != 'k':
                self.note('rounded')
                return ('round', x, r.choice([100, 1000, 5000]), r.choice(ROUNDINGS))
            kind = '-'
        if kind == 'neg':
            return ('neg', x) if x[0] != 'k' and t[0] in ('int', 'money', 'dec') else x
        if x[0] == 'k' and y[0] == 'k':
            return x
        self.note('expression ' + kind)
        return (kind, x, y)

    # ------------------------------------------------------------------ results
    def result(self, o, t):
        r = self.r
        ints = [('f', f.name) for f in self.g.fields if f.type == ('int',)]
        if t[0] in ('int', 'money', 'dec') and ints and self.chance(0.15):
            same = [e for e, u in self.usable(t[0]) if u == t] + [self.constant(t)]
            self.note('divided result')
            return ('/', r.choice(same), r.choice(ints), r.choice(ROUNDINGS))
        p = r.random()
        if p < 0.07:
            self.note('not stated')
            return ('not_stated',)
        if p < 0.13:
            self.note('external')
            return ('external', r.choice(['Prislistan', 'Rutin 2']))
        if p < 0.2 and t[0] in ('text', 'set'):
            same = [('f', f.name) for f in self.g.fields if f.type == t and not f.key]
            if same:
                self.note('carried ' + t[0])
                return r.choice(same)
        if p < 0.45 and t[0] not in ('text', 'set'):
            same = [e for e, u in self.usable(t[0]) if u == t]
            if t[0] == 'date' and same and self.chance(0.5):
                return self.expression(t)
            if t == ('money',) and self.g.tariffs and self.chance(0.4):
                self.note('tariff result')
                return ('t', 'taxa1')
            if t[0] in ('int', 'dec', 'money') and self.chance(0.6):
                self.note('computed result')
                return self.expression(t)
            if same:
                self.note('carried result')
                return r.choice(same)
        if p < 0.5:
            self.note('om in result')
            return ('if', self.condition(0), self.constant(t), self.constant(t))
        if p < 0.58 and t[0] == 'bool':
            self.note('condition as result')
            return ('cond', self.condition(1))
        return self.constant(t)

    def entry_result(self, o):
        return ('entry', {c: self.column_result(t) for c, t in o.columns})

    def column_result(self, t):
        p = self.r.random()
        same = [e for e, u in self.usable(t[0]) if u == t and e[0] == 'f']
        if p < 0.12 and same:
            self.note('carried into an entry')
            return self.r.choice(same)
        if p < 0.2:
            self.note('om in an entry')
            return ('if', self.condition(0), self.constant(t), self.constant(t))
        if p < 0.25:
            return ('not_stated',)
        return self.constant(t)

    # ------------------------------------------------------------------ pieces
    def pieces(self):
        r, g = self.r, self.g
        self.levels = {}
        top = len(g.outcomes)
        for i in range(r.choice([0, 1, 1, 2, 2, 3])):
            self.level = r.choice([0, 0, 0, r.randint(0, top)])
            c = self.clause('villkor%d' % i)
            self.levels[c.name] = self.level
            g.pieces.append(c)
        for i in range(r.choice([0, 0, 1, 1, 2])):
            self.level = r.choice([0, 0, r.randint(0, top)])
            q = Requirement('krav%d' % i, self.chance(0.3), self.condition(1) if self.chance(0.7) else None, self.condition(1),
                            self.maybe_period(0.15, False))
            self.note('advice' if q.advice else 'requirement')
            self.levels[q.name] = self.level
            g.pieces.append(q)
        made = []
        for i in range(r.choice([1, 2, 2, 3, 3, 4])):
            table = self.chance(0.35)
            name = ('tabell%d' if table else 'regel%d') % i
            targets = self.targets(made) if made and self.chance(0.45) else []
            limit = min([top] + [self.first_outcome(p) for p, _ in targets])
            sets = sorted(r.sample(range(top), min(top, r.choice([1, 1, 2, 2, 3]))))
            self.level = min([limit] + sets)
            outs = [g.outcomes[k] for k in sets]
            p = self.table(name, outs) if table else self.rule(name, outs)
            p.overrides = [t for _, t in targets]
            if targets and not table and self.chance(0.12):
                self.note('rule that only overrides')
                p.gives = []
            p.period = self.maybe_period(0.25)
            made.append(p)
            g.pieces.append(p)

    def lonely(self):
        """Many-of outcomes that nothing gives."""
        given = {h.split('.')[0] for p in self.g.pieces if isinstance(p, Table) for h in p.heads}
        given |= {o for p in self.g.pieces if isinstance(p, Rule) for o, _ in p.gives}
        return [o for o in self.g.outcomes if o.columns and o.name not in given]

    def first_outcome(self, piece):
        names = [o.name for o in self.g.outcomes]
        if isinstance(piece, Rule):
            return min([names.index(o) for o, _ in piece.gives] or [len(names)])
        return min(names.index(h.split('.')[0]) for h in piece.heads)

    def targets(self, made):
        out = []
        for p in self.r.sample(made, min(len(made), self.r.choice([1, 1, 2]))):
            if isinstance(p, Table) and self.chance(0.6):
                kind = self.r.choice(['row', 'row', 'column', 'prefix'])
                if kind == 'column':
                    self.note('overrides column')
                    out.append((p, p.name + '.kolumn.' + self.r.choice(p.heads).split('.')[0]))
                    continue
                label = self.r.choice(p.rows).label
                number = label.rstrip('abcdefgh')
                if kind == 'prefix' and number and not any(row.label == number for row in p.rows):
                    self.note('overrides rows')
                    out.append((p, p.name + '.' + number))
                    continue
                self.note('overrides row')
                out.append((p, p.name + '.' + label))
                continue
            self.note('overrides table' if isinstance(p, Table) else 'overrides rule')
            out.append((p, p.name))
        return out

    def clause(self, name):
        r = self.r
        q = r.choice(['one', 'all', 'any'])
        self.note('clause ' + q)
        labels = ['a', 'b', 'c'] if self.chance(0.6) else ['1', '2', '3']
        if q == 'one':
            items = [('', self.condition(2))]
        else:
            items = [(x, self.condition(1)) for x in labels[:r.choice([2, 2, 3])]]
        c = Clause(name, q, items)
        for _ in range(r.choice([0, 0, 1, 1, 2])):
            if self.chance(0.3):
                self.note('lettered exception')
                c.excepts.append((r.choice(['all', 'any']), [(x, self.condition(0)) for x in ['a', 'b']]))
            else:
                self.note('exception')
                c.excepts.append(('one', [('', self.condition(1))]))
        if len(c.excepts) > 1:
            self.note('several exceptions')
        c.period = self.maybe_period(0.2)
        return c

    def rule(self, name, outs):
        self.note('rule')
        if len(outs) > 1:
            self.note('rule with several outcomes')
        when = self.condition(2) if self.chance(0.93) else None
        gives = []
        for o in outs:
            gives.append((o.name, self.entry_result(o) if o.columns else self.result(o, o.type)))
            if o.columns and self.chance(0.3):
                self.note('two entries of one rule')
                gives.append((o.name, self.entry_result(o)))
        return Rule(name, when, gives)

    def table(self, name, outs):
        r = self.r
        heads = [e for e, _ in self.usable('bool', 'values', 'set', 'text', *NUMERIC) if e[0] != 'o']
        if self.chance(0.15):
            heads += [self.condition(1)] * 4
        heads += [t for t in self.named_truths() if t[0] == 'c']
        heads = [h for h in dict.fromkeys(heads) if h[0] != 'o']  # a heading that names an outcome alone is a result
        heads = r.sample(heads, min(len(heads), r.choice([1, 2, 2, 3])))
        first = self.chance(0.4)
        results = []
        for o in outs:
            results += ['%s.%s' % (o.name, c) for c, _ in o.columns] if o.columns else [o.name]
        t = Table(name, heads, results, [], first=first)
        self.note('table first row' if first else 'table')
        if first:
            rows = [[self.cell(h) for h in heads] for _ in range(r.choice([2, 3, 4]))]
        else:
            rows = self.split(heads, [])
            r.shuffle(rows)
            rows = rows[:r.choice([2, 3, 4, 6])]
        style = r.choice(['n', 'na'])
        for i, cells in enumerate(rows):
            label = str(i + 1) if style == 'n' else '%d%s' % (i // 2 + 1, 'ab'[i % 2])
            values = []
            for o in outs:
                if o.columns:
                    values += [self.column_result(ct) if self.chance(0.3) else self.constant(ct) for _, ct in o.columns]
                else:
                    values.append(self.result(o, o.type) if self.chance(0.4) else self.constant(o.type))
            t.rows.append(Row(label, cells, [v if v[0] not in ('if', 'cond') else ('not_stated',) for v in values]))
        if self.g.dated_by and self.chance(0.2):
            t.dated = True
            self.note('row dates')
            for row in t.rows:
                if self.chance(0.6):
                    row.start = DAY0 + r.choice([0, 30])
                if self.chance(0.4):
                    row.through = DAY0 + 30 + r.choice([0, 336])
        if self.chance(0.15):
            t.when = self.condition(0)
            self.note('table when')
        return t

    def type_of(self, head):
        if head[0] not in ('f', 'a', 'o'):
            return ('bool',)
        g = self.g
        return {'f': g.field, 'a': g.assumption, 'o': g.outcome}[head[0]](head[1]).type

    def cell(self, head):
        r = self.r
        t = self.type_of(head)
        if self.chance(0.25):
            return ('any',)
        if head[0] == 'f' and self.chance(0.1):
            self.note('cell unknown')
            return ('unknown',)
        if t[0] == 'bool':
            return ('bool', self.chance(0.5))
        if t[0] == 'values':
            codes = self.g.sets[t[1]]
            n = 1 if len(codes) < 3 else r.choice([1, 1, 2])
            return ('list', tuple(('k', t, c) for c in r.sample(codes, n)), self.chance(0.3))
        if t[0] == 'set':
            return (r.choice(['has', 'has', 'lacks']), tuple(r.sample(self.g.sets[t[1]], r.choice([1, 1, 2]))))
        if t[0] != 'text' and self.chance(0.4):
            return ('cmp', r.choice(['<', '<=', '>', '>=']), self.constant(t))
        if t[0] != 'text' and self.chance(0.3):
            low, high = sorted([self.constant(t)[2], self.constant(t)[2]])
            self.note('range in a cell')
            return ('list', (('range', ('k', t, low), ('k', t, high)),), self.chance(0.3))
        return ('list', (self.constant(t),), False)

    def split(self, heads, done):
        """Rows that never overlap: each head splits the space into complementary cells or is left alone."""
        if not heads:
            return [done]
        head, rest = heads[0], heads[1:]
        t = self.type_of(head)
        if self.chance(0.25):
            parts = [('any',)]
        elif t[0] == 'bool':
            parts = [('bool', True), ('bool', False)]
        elif t[0] == 'set':
            code = (self.r.choice(self.g.sets[t[1]]),)
            parts = [('has', code), ('lacks', code)]
        elif t[0] == 'text':
            k = self.constant(t)
            parts = [('list', (k,), False), ('list', (k,), True)]
        elif t[0] == 'values':
            codes = tuple(('k', t, c) for c in self.r.sample(self.g.sets[t[1]], len(self.g.sets[t[1]])))
            n = self.r.randint(1, len(codes) - 1)
            parts = [('list', codes[:n], False), ('list', codes[:n], True) if self.chance(0.5) else ('list', codes[n:], False)]
        else:
            k = self.constant(t)
            parts = [('cmp', '<', k), ('cmp', '>=', k)] if self.chance(0.5) else [('cmp', '<=', k), ('cmp', '>', k)]
        rows = []
        for p in parts:
            rows += self.split(rest, done + [p])
        return rows


def asked(usual):
    """The seeds of the guidelines that a test is to make: `--guidelines N` from `--first SEED`, thirty times as many with `--soak`."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--guidelines', type=int, default=usual)
    parser.add_argument('--first', type=int, default=1)
    parser.add_argument('--soak', action='store_true')
    options, _ = parser.parse_known_args()
    return range(options.first, options.first + options.guidelines * (30 if options.soak else 1))


def guideline(seed, tally=None):
    rng = random.Random(seed)
    m = Maker(rng, tally if tally is not None else Counter())
    return m.make('prov.g%d' % seed, 'sv' if seed % 2 == 0 else 'en')


def assume(g, seed):
    """Assumptions to switch for a run: [(name, value or None, as written on the command line)]."""
    rng = random.Random('assume/%s' % seed)
    out = []
    for a in g.assumptions:
        if rng.random() < 0.3:
            v = {'bool': [True, False], 'int': [0, 2, 3], 'min': [2, 5, 10], 'money': [0, 10000], 'date': [DAY0, DAY0 + 30]}[a.type[0]]
            v = [x for x in v if a.low is None or a.low <= x <= a.high]
            if v:
                out.append((a.name, rng.choice(v)))
    return [(n, v, written(g.assumption(n).type, v)) for n, v in out]


def written(t, v):
    if t[0] == 'bool':
        return 'ja' if v else 'nej'
    if t[0] == 'money':
        return str(v // 100)
    if t[0] == 'date':
        return date_of(v).isoformat()
    return str(v)


FEATURES = '''
advice|after nothing|after unknown|assumption bounded|assumption open|assumption with value|audited|before nothing|before unknown|between
breached used|carried result|cell unknown|clause all|clause any|clause one|clause used|computed result|condition and|condition as result
condition if|condition imp|condition not|condition or|divided|exception|expression +|expression -|expression max|expression min|external
fed bool|fed date|fed dec|fed int|fed money|fed values|field bool|field date|field dec|field default|field int|field min|field money
field set|field text|field values|guideline dated|in|in numbers|is known|lettered exception|many of|multiplied|not stated|om in comparison
om in result|otherwise not stated|otherwise value|overrides column|overrides row|overrides rows|overrides rule|overrides table
requirement|rounded|row dates|rule|rule with several outcomes|scope|set empty|set has|set lacks|several exceptions|table
table first row|table when|period from an assumption|two yes/no compared|carried text|carried set|carried into an entry|om in an entry
two entries of one rule|rule that only overrides|range in a cell|date and days|tariff|tariff result|time between dates|two numbers compared|two texts compared|two values compared
'''.strip().replace('\n', '|').split('|')


# ---------------------------------------------------------------------- records
def interesting(g, judge):
    """For each field, the values worth trying: around every constant it meets."""
    out = {}
    for f in g.fields:
        t = f.type
        if t[0] == 'bool':
            v = [True, False]
        elif t[0] == 'values':
            v = list(g.sets[t[1]])
        elif t[0] == 'set':
            codes = g.sets[t[1]]
            v = [frozenset(c for i, c in enumerate(codes) if n >> i & 1) for n in range(1 << len(codes))]
        elif t[0] == 'text':
            v = WORDS + ['något annat']
        else:
            near = judge.constants.get(('F', f.name), set())
            v = {k + d for k in near for d in (-1, 0, 1)} | ({DAY0, DAY0 + 1, DAY0 + 31, DAY0 + 400, DAY0 - 1, DAY0 - 1100}
                                                            if t[0] == 'date' else {0, 1, 2, 7})
            v = sorted(v)
            if t[0] == 'date' and f.name != g.dated_by:
                v = [d for d in v if 1 <= d <= 3652059] + [1, 3652059]
        out[f.name] = v
    return out


def records(g, judge, seed, count):
    rng = random.Random('%s/%s' % (seed, g.name))
    values = interesting(g, judge)
    out = []
    for i in range(count):
        p = rng.choice([0.0, 0.0, 0.1, 0.2, 0.35, 0.5, 0.9])
        record = {}
        for f in g.fields:
            if f.key:
                record[f.name] = 'r%d' % i
                continue
            if rng.random() < p and not f.required:
                continue
            record[f.name] = rng.choice(values[f.name])
            if f.type[0] == 'int' and rng.random() < 0.25:
                record[f.name] = 0
            if f.type[0] in ('int', 'dec', 'money') and rng.random() < 0.12:
                record[f.name] = rng.choice([MAX_INPUT, -MAX_INPUT, MAX_INPUT - 1, MAX_INPUT // 7])
        out.append(record)
    return out
