# Prints a guideline as Klausul text in either surface, and a record as a line of NDJSON.
# Uses model.py and the standard library; the keywords here are this test's own reading of the manual.
# Start at text() and line().
import json

from arithmetic import date_of
from meaning import Judge
from model import Clause, Requirement, Rule, Table, scale_of

KEYWORDS = [
    # Swedish, English
    ('riktlinje', 'guideline'), ('valuta', 'currency'), ('dateras av', 'dated by'), ('gäller utan datum', 'in force undated'),
    ('omfattar när', 'applies when'), ('värden', 'values'), ('post', 'record'), ('kod', 'code'), ('kolumn', 'column'), ('krävs', 'required'),
    ('nyckel', 'key'), ('annars', 'otherwise'), ('taxa', 'tariff'), ('före', 'before'), ('från', 'from'), ('antagande', 'assumption'),
    ('okänt', 'unknown'), ('mellan', 'between'), ('och', 'and'), ('eller', 'or'), ('inte', 'not'), ('medför', 'implies'), ('utfall', 'outcome'),
    ('granskas mot', 'audited against'), ('flera', 'many of'), ('klausul', 'clause'), ('gäller när', 'holds when'), ('alla', 'all'),
    ('någon', 'any'), ('utom när', 'except when'), ('krav', 'requirement'), ('råd', 'advice'), ('för', 'for'), ('kräver', 'requires'),
    ('brutet', 'breached'), ('regel', 'rule'), ('när', 'when'), ('ger', 'gives'), ('åsidosätter', 'overrides'), ('tabell', 'table'),
    ('första raden gäller', 'first row applies'), ('till och med', 'through'), ('tidigare okänt', 'unknown before'),
    ('tidigare inget', 'nothing before'), ('senare okänt', 'unknown after'), ('senare inget', 'nothing after'), ('ja', 'yes'), ('nej', 'no'), ('bland', 'in'), ('har', 'has'), ('saknar', 'lacks'), ('inga', 'empty'),
    ('är känd', 'is known'), ('om', 'if'), ('så', 'then'), ('annars_om', 'else'), ('minsta av', 'min of'), ('största av', 'max of'),
    ('år mellan', 'years between'), ('månader mellan', 'months between'), ('dagar mellan', 'days between'), ('avrunda', 'round'),
    ('enligt', 'per'), ('ej angivet', 'not stated'), ('gäller från', 'in force from'), ('gäller till och med', 'in force through'),
    ('ja/nej', 'yes/no'), ('mängd av', 'set of'), ('heltal', 'integer'), ('decimal', 'decimal'), ('belopp', 'money'), ('datum', 'date'),
    ('minuter', 'minutes'), ('dagar', 'days'), ('text', 'text'), ('är', 'is'), ('kolumn', 'column'),
    ('uppåt', 'up'), ('nedåt', 'down'), ('närmast', 'nearest'), ('närmast jämnt', 'nearest even'),
    ('till jämna', 'to multiples of'), ('till', 'to'), ('decimaler', 'decimals'),
]
ROUND = {'up': 'uppåt', 'down': 'nedåt', 'half_up': 'närmast', 'half_even': 'närmast jämnt'}
ENGLISH = dict(KEYWORDS)
OPERATORS = {'=': '=', '!=': '≠', '<': '<', '<=': '<=', '>': '>', '>=': '>='}


def fixed(v, decimals, comma):
    sign, v = ('-', -v) if v < 0 else ('', v)
    if not decimals:
        return sign + str(v)
    digits = str(v).rjust(decimals + 1, '0')
    return sign + digits[:-decimals] + comma + digits[-decimals:]


class Printer:
    def __init__(self, g):
        self.g = g
        self.sv = g.surface == 'sv'
        self.types = Judge(g, {}).type_of
        self.out = []

    def w(self, swedish):
        if self.sv:
            return swedish.replace('annars_om', 'annars')
        return ENGLISH[swedish]

    def line(self, *words):
        self.out.append(' '.join(x for x in words if x != ''))

    # ------------------------------------------------------------------ values and types
    def type(self, t):
        kind = t[0]
        if kind == 'values':
            return t[1]
        if kind == 'set':
            return '%s %s' % (self.w('mängd av'), t[1])
        if kind == 'dec':
            return '%s(%d)' % (self.w('decimal'), t[1])
        return self.w({'bool': 'ja/nej', 'int': 'heltal', 'money': 'belopp', 'date': 'datum', 'min': 'minuter', 'days': 'dagar', 'text': 'text'}[kind])

    def constant(self, k):
        t, v = k[1], k[2]
        kind = t[0]
        if kind == 'bool':
            return self.w('ja') if v else self.w('nej')
        if kind == 'values':
            return v
        if kind == 'text':
            return '"%s"' % v
        if kind == 'date':
            return date_of(v).isoformat()
        if kind == 'money':
            return (str(v // 100) if v % 100 == 0 and v >= 0 else fixed(v, 2, ',' if self.sv else '.')) + ' kr'
        if kind == 'min':
            return '%d %s' % (v, self.w('minuter'))
        if kind == 'days':
            return '%d %s' % (v, self.w('dagar'))
        if kind == 'set':
            if len(v) > 1:
                return '(%s)' % ', '.join(sorted(v))
            return ''.join(v) or self.w('inga')
        return fixed(v, scale_of(t), ',' if self.sv else '.')

    # ------------------------------------------------------------------ conditions and expressions
    def inner(self, c):
        """A part of a larger one: in parentheses unless it is a single word or test."""
        s = self.expr(c)
        if s.startswith('-'):
            return '(%s)' % s
        if c[0] in ('k', 'f', 'a', 'o', 't', 'c', 'lit', 'min', 'max', 'known', 'br', 'not_stated'):
            return s
        return '(%s)' % s

    def expr(self, c):
        kind = c[0]
        w = self.w
        if kind == 'k':
            return self.constant(c)
        if kind in ('f', 'a', 'o', 't', 'c'):
            return c[1]
        if kind == 'not_stated':
            return w('ej angivet')
        if kind == 'lit':
            return w('ja') if c[1] else w('nej')
        if kind == 'not':
            return '%s %s' % (w('inte'), self.inner(c[1]))
        if kind == 'and':
            return (' %s ' % w('och')).join(self.test_or_inner(x) for x in c[1:])
        if kind == 'or':
            return (' %s ' % w('eller')).join(self.expr(x) if x[0] == 'and' else self.test_or_inner(x) for x in c[1:])
        if kind == 'imp':
            return '%s %s %s' % (self.inner(c[1]), w('medför'), self.inner(c[2]))
        if kind == 'if':
            return '%s %s %s %s %s %s' % (w('om'), self.inner(c[1]), w('så'), self.inner(c[2]), w('annars_om'), self.inner(c[3]))
        if kind == 'cmp':
            return '%s %s %s' % (self.inner(c[2]), OPERATORS[c[1]], self.inner(c[3]))
        if kind == 'btw':
            return '%s %s %s %s %s' % (self.inner(c[1]), w('mellan'), self.inner(c[2]), w('och'), self.inner(c[3]))
        if kind == 'in':
            return '%s %s%s %s' % (self.inner(c[1]), w('inte') + ' ' if c[3] else '', w('bland'), self.items(c[2]))
        if kind in ('has', 'lacks'):
            return '%s %s %s' % (c[1], w('har' if kind == 'has' else 'saknar'), ', '.join(c[2]))
        if kind == 'empty':
            return '%s = %s' % (c[1], w('inga'))
        if kind == 'known':
            return '%s %s' % (c[1], w('är känd'))
        if kind == 'br':
            return '%s %s' % (w('brutet'), c[1])
        if kind in ('+', '-', '*'):
            return '%s %s %s' % (self.inner(c[1]), kind, self.inner(c[2]))
        if kind == 'neg':
            return '-%s' % self.inner(c[1])
        if kind == '/':
            decimals = scale_of(self.types(c[1]))
            to = '%s %d %s' % (w('till'), decimals, w('decimaler'))
            return '%s %s / %s %s %s' % (w('avrunda'), self.inner(c[1]), self.inner(c[2]), to, w(ROUND[c[3]]))
        if kind == 'round':
            return '%s %s %s %s %s' % (w('avrunda'), self.inner(c[1]), w('till jämna'), self.constant(('k', ('money',), c[2])), w(ROUND[c[3]]))
        if kind in ('min', 'max'):
            return '%s (%s)' % (w('minsta av' if kind == 'min' else 'största av'), ', '.join(self.expr(x) for x in c[1:]))
        if kind in ('years', 'months', 'days'):
            return '%s %s %s %s' % (w({'years': 'år mellan', 'months': 'månader mellan', 'days': 'dagar mellan'}[kind]),
                                    self.inner(c[1]), w('och'), self.inner(c[2]))
        raise ValueError(c)

    def test_or_inner(self, c):
        if c[0] in ('cmp', 'known', 'br', 'not') or (c[0] in ('has', 'lacks', 'in') and len(c[2]) == 1):
            return self.expr(c)
        return self.inner(c)

    def items(self, items):
        return ', '.join('%s..%s' % (self.constant(i[1]), self.constant(i[2])) if i[0] == 'range' else self.constant(i) for i in items)

    def result(self, r):
        if r[0] == 'not_stated':
            return self.w('ej angivet')
        if r[0] == 'external':
            return '%s "%s"' % (self.w('enligt'), r[1])
        if r[0] == 'cond':
            return '(%s)' % self.expr(r[1])
        return self.expr(r)

    def cell(self, cell):
        kind = cell[0]
        if kind == 'any':
            return '*'
        if kind == 'unknown':
            return self.w('okänt')
        if kind == 'bool':
            return self.w('ja') if cell[1] else self.w('nej')
        if kind == 'list':
            return (self.w('inte') + ' ' if cell[2] else '') + self.items(cell[1])
        if kind in ('has', 'lacks'):
            return '%s %s' % (self.w('har' if kind == 'has' else 'saknar'), ', '.join(cell[1]))
        return '%s %s' % (OPERATORS[cell[1]], self.constant(cell[2]))

    # ------------------------------------------------------------------ pieces
    def period(self, p, indent='  '):
        if p is None:
            return
        words = []
        if p.start is not None or p.assumed:
            words = [self.w('gäller från'), p.assumed or date_of(p.start).isoformat()]
            if p.through is not None:
                words += [self.w('till och med'), date_of(p.through).isoformat()]
        else:
            words = [self.w('gäller till och med'), date_of(p.through).isoformat()]
        if p.before:
            words.append(self.w('tidigare okänt' if p.before == 'unknown' else 'tidigare inget'))
        if p.after:
            words.append(self.w('senare okänt' if p.after == 'unknown' else 'senare inget'))
        self.line(indent + ' '.join(words))

    def body(self, intro, quantifier, items):
        if quantifier == 'one':
            self.line('  ' + intro, self.expr(items[0][1]))
            return
        self.line('  ' + intro, self.w('alla' if quantifier == 'all' else 'någon'))
        for label, c in items:
            self.line('    %s) "led %s"' % (label, label), self.expr(c))

    def piece(self, p):
        w = self.w
        self.line('')
        if isinstance(p, Clause):
            self.line(w('klausul'), p.name, '"Villkor"')
            self.period(p.period)
            self.body(w('gäller när'), p.quantifier, p.items)
            for q, items in p.excepts:
                self.body(w('utom när'), q, items)
        elif isinstance(p, Requirement):
            self.line(w('råd' if p.advice else 'krav'), p.name, '"Krav"')
            self.period(p.period)
            if p.applies is not None:
                self.line('  ' + w('för'), self.expr(p.applies))
            self.line('  ' + w('kräver'), self.expr(p.requires))
        elif isinstance(p, Rule):
            self.line(w('regel'), p.name, '"Regel"')
            self.period(p.period)
            if p.overrides:
                self.line('  ' + w('åsidosätter'), ', '.join(map(self.target, p.overrides)))
            if p.when is not None:
                self.line('  ' + w('när'), self.expr(p.when))
            gives = []
            for o, r in p.gives:
                if r[0] == 'entry':
                    once = [x for x, _ in p.gives].count(o) == 1
                    if once and len(o) % 2 == len(p.name) % 2:      # either way of writing one entry
                        gives += ['%s.%s %s' % (o, c, self.result(v)) for c, v in r[1].items()]
                    else:
                        gives.append('%s (%s)' % (o, ', '.join('%s %s' % (c, self.inner(v)) for c, v in r[1].items())))
                else:
                    gives.append('%s %s' % (o, self.result(r)))
            if gives:
                self.line('  ' + w('ger'), ', '.join(gives))
        elif isinstance(p, Table):
            self.line(w('tabell'), p.name, '"Tabell"')
            self.period(p.period)
            if p.overrides:
                self.line('  ' + w('åsidosätter'), ', '.join(map(self.target, p.overrides)))
            if p.first:
                self.line('  ' + w('första raden gäller'))
            if p.when is not None:
                self.line('  ' + w('när'), self.expr(p.when))
            dates = [w('från'), w('till och med')] if p.dated else []
            heads = [''] + dates + [self.expr(h) for h in p.tests] + p.heads
            self.line('  | ' + ' | '.join(heads) + ' |')
            self.line('  |' + '---|' * len(heads))
            for row in p.rows:
                when = [date_of(d).isoformat() if d else '*' for d in (row.start, row.through)] if p.dated else []
                cells = [row.label + ')'] + when + [self.cell(c) for c in row.cells]
                cells += ['-' if r[0] == 'not_stated' else self.result(r) for r in row.results]
                self.line('  | ' + ' | '.join(cells) + ' |')

    def target(self, t):
        return t if self.sv else t.replace('.kolumn.', '.column.')

    def guideline(self):
        g, w = self.g, self.w
        self.line(w('riktlinje'), g.name, '"Prov"')
        self.line('  ' + w('valuta'), 'SEK')
        if g.dated_by:
            self.line('  ' + w('dateras av'), g.dated_by)
            self.period(g.period)
        else:
            self.line('  ' + w('gäller utan datum'))
        if g.scope is not None:
            self.line('  ' + w('omfattar när'), self.expr(g.scope))
        for name, codes in g.sets.items():
            self.line('')
            self.line(w('värden'), name, '"Värden"')
            for i, c in enumerate(codes):
                self.line('  ' + c, '"%s"' % c.capitalize(), w('kod') + ' "%d"' % i if i % 2 else '')
        self.line('')
        self.line(w('post'), 'kontakt')
        for f in g.fields:
            self.line('  %s :' % f.name, self.type(f.type),
                      '%s "%s"' % (w('kolumn'), f.column) if f.column else '',
                      w('nyckel') if f.key else '', w('krävs') if f.required else '',
                      '%s %s' % (w('annars'), self.constant(('k', f.type, f.default))) if f.default is not None else '')
        for t in g.tariffs:
            self.line('')
            self.line(w('taxa'), t.name)
            self.line('  %s %s: %s' % (w('före'), date_of(t.steps[1][0]).isoformat(), self.constant(('k', t.type, t.steps[0][1]))))
            for start, v in t.steps[1:]:
                self.line('  %s %s: %s' % (w('från'), date_of(start).isoformat(), self.constant(('k', t.type, v))))
        for a in g.assumptions:
            self.line('')
            value = w('okänt') if a.value is None else self.constant(('k', a.type, a.value))
            bounds = ''
            if a.low is not None:
                bounds = '%s %s %s %s' % (w('mellan'), self.constant(('k', a.type, a.low)), w('och'), self.constant(('k', a.type, a.high)))
            self.line(w('antagande'), a.name, '"Antagande" :', self.type(a.type), w('annars'), value, bounds)
        self.line('')
        for o in g.outcomes:
            if o.columns:
                self.line(w('utfall'), o.name, ':', w('flera'))
                for c, t in o.columns:
                    self.line('  %s : %s' % (c, self.type(t)))
                continue
            self.line(w('utfall'), o.name, ':', self.type(o.type),
                      '%s %s' % (w('annars'), self.result(o.default)) if o.default is not None else '',
                      '%s %s' % (w('granskas mot'), o.audited) if o.audited else '')
        for p in g.pieces:
            self.piece(p)
        return '\n'.join(self.out) + '\n'


def text(g):
    return Printer(g).guideline()


def plain(t, v):
    """A field's value as it stands in JSON."""
    kind = t[0]
    if kind == 'bool':
        return 'true' if v else 'false'
    if kind == 'set':
        return json.dumps(sorted(v), ensure_ascii=False)
    if kind == 'date':
        return '"%s"' % date_of(v).isoformat()
    if kind in ('values', 'text'):
        return json.dumps(v, ensure_ascii=False)
    return fixed(v, scale_of(t), '.')


def line(g, record):
    parts = []
    for f in g.fields:
        if f.name in record:
            parts.append('%s: %s' % (json.dumps(f.column or f.name, ensure_ascii=False), plain(f.type, record[f.name])))
    return '{' + ', '.join(parts) + '}'
