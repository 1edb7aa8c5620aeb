# The pieces of a small random guideline as plain Python structures: what the generator makes, the printer prints and the judge judges.
# Uses the standard library only; knows nothing of the tool under test.
# Start at Guideline; conditions and expressions are tuples, listed below.
"""Conditions (tuples, first element is the kind)

    ('lit', bool)                       ja / nej
    ('f', field) ('c', clause) ('o', outcome) ('a', assumption)     a yes/no name
    ('br', requirement)                 brutet
    ('not', x) ('and', x, y, ...) ('or', x, y, ...) ('imp', x, y) ('if', c, x, y)
    ('cmp', op, e1, e2)                 op in = != < <= > >=
    ('in', e, items, negated)           items: constants and ('range', k, k)
    ('btw', e, low, high)
    ('has', field, codes) ('lacks', field, codes) ('empty', field)
    ('known', field)

Expressions

    ('k', type, value)                  a constant; numbers are scaled integers, dates are day numbers (proleptic, 0001-01-01 is 1)
    ('f', field) ('a', assumption) ('o', outcome) ('t', tariff)
    ('+', x, y) ('-', x, y) ('*', x, y) ('neg', x)
    ('/', x, y, rounding) ('round', x, step, rounding)
    ('min', x, y, ...) ('max', x, y, ...)
    ('years', x, y) ('months', x, y) ('days', x, y)
    ('if', c, x, y)

Results add ('not_stated',), ('external', document), ('cond', condition) and, for many-of outcomes, ('entry', {column: result}).
Types: ('bool',) ('values', set) ('set', set) ('int',) ('dec', n) ('money',) ('date',) ('min',) ('days',) ('text',)
"""
from dataclasses import dataclass, field as _field
from typing import Optional

MAX_INPUT = 10 ** 15          # a field's number, in scaled units, lies within plus and minus this
MIN_DAY, MAX_DAY = 1, 3652059  # 0001-01-01 and 9999-12-31
INT64_MIN, INT64_MAX = -2 ** 63, 2 ** 63 - 1


@dataclass
class Period:
    start: Optional[int] = None      # gäller från
    through: Optional[int] = None    # till och med
    before: Optional[str] = None     # tidigare: 'unknown' | 'nothing'
    after: Optional[str] = None      # senare
    assumed: Optional[str] = None    # från NAME: a date assumption instead of start
    of_row: bool = False             # the dates of one row of a table


@dataclass
class Field:
    name: str
    type: tuple
    default: object = None           # annars
    required: bool = False
    key: bool = False
    column: Optional[str] = None


@dataclass
class Assumption:
    name: str
    type: tuple
    value: object = None
    low: object = None
    high: object = None


@dataclass
class Tariff:
    name: str
    type: tuple
    steps: list                      # [(None or day, value)], first is "before"


@dataclass
class Outcome:
    name: str
    type: tuple = None
    default: tuple = None            # a result
    audited: Optional[str] = None
    columns: list = None             # many of: [(name, type)]


@dataclass
class Clause:
    name: str
    quantifier: str                  # 'one' | 'all' | 'any'
    items: list                      # [(label, condition)]; 'one' has a single ('', condition)
    excepts: list = _field(default_factory=list)   # [(quantifier, items)]
    period: Optional[Period] = None


@dataclass
class Requirement:
    name: str
    advice: bool
    applies: Optional[tuple]
    requires: tuple
    period: Optional[Period] = None


@dataclass
class Rule:
    name: str
    when: Optional[tuple]
    gives: list                      # [(outcome, result)]; a many-of outcome takes ('entry', {column: result})
    overrides: list = _field(default_factory=list)
    period: Optional[Period] = None


@dataclass
class Row:
    label: str
    cells: list                      # one cell per test head; see Table
    results: list                    # one result per result head
    start: Optional[int] = None
    through: Optional[int] = None


@dataclass
class Table:
    """tests: heads that are a single name ('f'|'c'|'a', name), or a condition.
    A cell is ('any',) | ('unknown',) | ('bool', b) | ('list', items, negated) | ('cmp', op, k) | ('has', codes) | ('lacks', codes)."""
    name: str
    tests: list
    heads: list                      # outcome names, or outcome.column for a many-of
    rows: list
    first: bool = False
    when: Optional[tuple] = None
    dated: bool = False              # has från / till och med columns
    overrides: list = _field(default_factory=list)
    period: Optional[Period] = None


@dataclass
class Guideline:
    name: str
    surface: str                     # 'sv' | 'en'
    sets: dict                       # value set -> [codes]
    fields: list
    assumptions: list
    tariffs: list
    outcomes: list
    pieces: list                     # Clause, Requirement, Rule, Table in printed order
    period: Period = None
    dated_by: Optional[str] = None
    scope: Optional[tuple] = None

    def named(self, items, name):
        for x in items:
            if x.name == name:
                return x
        raise KeyError(name)

    def field(self, name):
        return self.named(self.fields, name)

    def assumption(self, name):
        return self.named(self.assumptions, name)

    def tariff(self, name):
        return self.named(self.tariffs, name)

    def outcome(self, name):
        return self.named(self.outcomes, name)

    def piece(self, name):
        return self.named(self.pieces, name)


NUMERIC = ('int', 'dec', 'money', 'date', 'min', 'days')


def scale_of(t):
    return {'money': 2, 'dec': t[1] if len(t) > 1 else 0}.get(t[0], 0)


def is_constant(e):
    return e[0] == 'k'


def sub(e):
    """The direct sub-expressions and sub-conditions of a node."""
    kind = e[0]
    if kind in ('not', 'neg', 'cond'):
        return [e[1]]
    if kind == 'dated':
        return [e[2]]
    if kind in ('and', 'or', 'min', 'max'):
        return list(e[1:])
    if kind in ('imp', '+', '-', '*', 'years', 'months', 'days'):
        return [e[1], e[2]]
    if kind == '/':
        return [e[1], e[2]]
    if kind == 'round':
        return [e[1]]
    if kind == 'if':
        return [e[1], e[2], e[3]]
    if kind == 'cmp':
        return [e[2], e[3]]
    if kind == 'btw':
        return [e[1], e[2], e[3]]
    if kind == 'in':
        return [e[1]]
    if kind == 'entry':
        return [v for _, v in sorted(e[1].items())]
    return []


def walk(e):
    yield e
    for x in sub(e):
        yield from walk(x)


def children(piece):
    """Every condition, expression and result of a piece, in document order."""
    if isinstance(piece, Clause):
        for _, c in piece.items:
            yield c
        for _, items in piece.excepts:
            for _, c in items:
                yield c
    elif isinstance(piece, Requirement):
        if piece.applies is not None:
            yield piece.applies
        yield piece.requires
    elif isinstance(piece, Rule):
        if piece.when is not None:
            yield piece.when
        for _, r in piece.gives:
            yield r
    elif isinstance(piece, Table):
        if piece.when is not None:
            yield piece.when
        for row in piece.rows:
            for head, cell in zip(piece.tests, row.cells):
                c = cell_condition(head, cell)
                if c is not None:
                    yield c
            for r in row.results:
                yield r


def cell_condition(head, cell):
    """The condition a test cell states; None for `*`."""
    kind = cell[0]
    if kind == 'any':
        return None
    if kind == 'unknown':
        return ('not', ('known', head[1]))
    if kind == 'bool':
        return head if cell[1] else ('not', head)
    if kind == 'list':
        return ('in', head, cell[1], cell[2])
    if kind == 'cmp':
        return ('cmp', cell[1], head, cell[2])
    if kind in ('has', 'lacks'):
        return (kind, head[1], cell[1])
    raise ValueError(cell)


def row_condition(table, row):
    parts = [c for c in (cell_condition(h, x) for h, x in zip(table.tests, row.cells)) if c is not None]
    for i, (head, cell) in enumerate(zip(table.tests, row.cells)):      # beside a row for what is unknown
        if cell[0] not in ('any', 'unknown') and any(other.cells[i] == ('unknown',) for other in table.rows):
            parts.append(('known', head[1]))
    return ('and', *parts) if parts else ('lit', True)
