# Conditions over one record: the structure of the language, with what an unanswered question gives left to two readings of it.
# Uses model.py and arithmetic.py; knows nothing of the tool under test.
# Start at Logic.truth(); Kleene says unknown, Exact asks for an answer.
import arithmetic
from model import is_constant, walk, NUMERIC

NONE = ('NONE',)        # the answer "none" of a fed outcome
OTHER = ('OTHER',)      # the answer "some other text"


class Ask(Exception):
    """A completion must be chosen before the evaluation can go on."""

    def __init__(self, question, state=None):
        self.question, self.state = question, state


class TooMany(Exception):
    """More completions than a slow oracle wants to try."""


def k_not(a):
    return None if a is None else not a


def k_and(*xs):
    return False if False in xs else None if None in xs else True


def k_or(*xs):
    return True if True in xs else None if None in xs else False


def all_of(truths):
    """k_and over truths that are worked out one by one, no further than needed."""
    out = True
    for t in truths:
        if t is False:
            return False
        if t is None:
            out = None
    return out


def any_of(truths):
    out = False
    for t in truths:
        if t is True:
            return True
        if t is None:
            out = None
    return out


COMPARE = {
    '=': lambda a, b: a == b, '!=': lambda a, b: a != b, '<': lambda a, b: a < b,
    '<=': lambda a, b: a <= b, '>': lambda a, b: a > b, '>=': lambda a, b: a >= b,
}


ORDER_OK = {'=': '=', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>='}
FLIP = {'<': '>', '>': '<', '=': '='}


def within(v, item):
    return item[1][2] <= v <= item[2][2] if item[0] == 'range' else item[2] == v


def push(make, e):
    """`om` inside a comparison: the comparison goes into both arms."""
    if e[0] == 'if':
        return ('if', e[1], push(make, e[2]), push(make, e[3]))
    return make(e)


class Logic:
    """Conditions over one record. What an unanswered question gives is left to Kleene (unknown) and Exact (ask)."""

    def __init__(self, judge):
        self.j = judge
        self.memo = {}

    # --- to be said by the two readings
    def atom(self, question, holds):
        raise NotImplementedError

    def special(self, question, state, holds):
        raise NotImplementedError

    # --- conditions
    def truth(self, c):
        kind = c[0]
        if kind == 'lit':
            return c[1]
        if kind == 'not':
            return k_not(self.truth(c[1]))
        if kind == 'and':
            return all_of(self.truth(x) for x in c[1:])
        if kind == 'or':
            return any_of(self.truth(x) for x in c[1:])
        if kind == 'imp':
            return any_of(t() for t in (lambda: k_not(self.truth(c[1])), lambda: self.truth(c[2])))
        if kind == 'if':
            t = self.truth(c[1])
            if t is not None:
                return self.truth(c[2] if t else c[3])
            return k_or(k_and(t, self.truth(c[2])), k_and(k_not(t), self.truth(c[3])))
        if kind in ('f', 'a', 'o'):
            return self.test(c, lambda v: v is True)
        if kind == 'c':
            return self.clause(self.j.g.piece(c[1]))
        if kind == 'br':
            return self.breached(self.j.g.piece(c[1]))
        if kind == 'known':
            return self.j.received(c[1], self)
        if kind == 'has':
            return all_of(self.set_code(c[1], code) for code in c[2])
        if kind == 'lacks':
            return all_of(k_not(self.set_code(c[1], code)) for code in c[2])
        if kind == 'empty':
            v = self.j.value(c[1])
            return (not v) if v is not None else self.atom(('S0', c[1]), lambda a: a)
        if kind == 'in':
            return self.among(c[1], c[2], c[3])
        if kind == 'btw':
            return k_and(self.truth(('cmp', '<=', c[2], c[1])), self.truth(('cmp', '<=', c[1], c[3])))
        if kind == 'cmp':
            return self.compare(c[1], c[2], c[3])
        if kind == 'dated':
            return k_and(self.in_force(c[1])[1], self.truth(c[2]))
        raise ValueError(c)

    def has_value(self, e):
        """No where an outcome that feeds it is none."""
        if not any(x[0] == 'o' for x in walk(e)):
            return True
        if e[0] == 'if':
            t = self.truth(e[1])
            return k_or(k_and(t, self.has_value(e[2])), k_and(k_not(t), self.has_value(e[3])))
        return self.test(e, lambda v: True)

    def among(self, e, items, negated):
        if negated:
            return k_and(k_not(self.among(e, items, False)), self.has_value(self.j.choices(e)))
        tests = [items] if self.j.type_of(e)[0] not in NUMERIC else [[i] for i in items]
        return k_or(*[self.test(e, lambda v, some=some: any(within(v, i) for i in some)) for some in tests])

    def set_code(self, field, code):
        v = self.j.value(field)
        return (code in v) if v is not None else self.atom(('S', field, code), lambda a: a)

    def compare(self, op, left, right):
        left, right = self.j.choices(left), self.j.choices(right)
        if left[0] == 'if':
            return self.truth(push(lambda x: ('cmp', op, x, right), left))
        if right[0] == 'if':
            return self.truth(push(lambda x: ('cmp', op, left, x), right))
        if is_constant(left) and is_constant(right):
            return COMPARE[op](left[2], right[2])
        if is_constant(right):
            return self.test(left, lambda v: COMPARE[op](v, right[2]))
        if is_constant(left):
            return self.test(right, lambda v: COMPARE[op](left[2], v))
        a, b = self.j.resolve(left), self.j.resolve(right)
        both = arithmetic.meet(a, b)
        if both is None:
            return COMPARE[op](a[1], b[1])
        if both[0] == 'none':
            return False
        question, flipped = self.j.pair_question(left, right)
        holds = lambda answer: answer is not NONE and (FLIP.get(answer, answer) if flipped else answer) in ORDER_OK[op]
        if both[0] in arithmetic.OPEN:
            return self.atom(question, holds)
        return self.special(question, both, holds)

    def test(self, e, holds):
        """A condition on the value of one expression."""
        e = self.j.choices(e)
        if e[0] == 'if':
            t = self.truth(e[1])
            return k_or(k_and(t, self.test(e[2], holds)), k_and(k_not(t), self.test(e[3], holds)))
        r = self.j.resolve(e)
        if r[0] == 'value':
            return holds(r[1])
        if r[0] == 'none':
            return False
        question = self.j.question(e)
        safe = lambda v: v is not NONE and holds(v)
        return self.atom(question, safe) if r[0] in arithmetic.OPEN else self.special(question, r, safe)

    # --- time
    def date(self, holds):
        return self.test(('f', self.j.g.dated_by), holds)

    def in_force(self, p):
        """(before, inside, after), each yes, no or unknown."""
        if p is None:
            return False, True, False
        before = after = False
        if p is not self.j.g.period and not p.of_row:
            p = self.j.narrower(p)
        if p.start is not None:
            before = self.date(lambda d: d < p.start)
        if p.assumed is not None:
            before = self.compare('<', ('f', self.j.g.dated_by), ('a', p.assumed))
        if p.through is not None:
            after = self.date(lambda d: d > p.through)
        return before, k_and(k_not(before), k_not(after)), after

    def edition(self, ident, p, inside):
        """A piece with a period: inside it `inside()`, outside it nothing or an open question."""
        if p is None:
            return inside()
        before, within, after = self.in_force(p)
        parts = [k_and(within, inside()) if within is not False else False]
        for here, said in ((before, p.before), (after, p.after)):
            if here is not False and said == 'unknown':
                parts.append(k_and(here, self.atom(('N', ident), lambda a: a)))
        return k_or(*parts)

    def framed(self, inside):
        """A truth inside the guideline's own period, which every piece inherits; outside it what the guideline says of it."""
        p = self.j.g.period
        before, within, after = self.in_force(p)
        parts = [k_and(within, inside)]
        if p is not None:
            parts += [k_and(here, None) for here, said in ((before, p.before), (after, p.after)) if said == 'unknown']
        return k_or(*parts)

    def in_scope(self):
        return True if self.j.g.scope is None else self.truth(self.j.g.scope)

    # --- clauses and requirements
    def body(self, quantifier, items):
        truths = (self.truth(c) for _, c in items)
        return any_of(truths) if quantifier == 'any' else all_of(truths)

    def clause(self, piece):
        def inside():
            body = self.body(piece.quantifier, piece.items)
            if body is False:
                return False
            return k_and(body, k_not(any_of(self.body(q, items) for q, items in piece.excepts)))
        if piece.name not in self.memo:
            self.memo[piece.name] = self.edition(piece.name, piece.period, inside)
        return self.memo[piece.name]

    def applies(self, piece):
        return True if piece.applies is None else self.truth(piece.applies)

    def breached(self, piece):
        def inside():
            applies = self.applies(piece)
            return False if applies is False else k_and(applies, k_not(self.truth(piece.requires)))
        return self.edition(piece.name, piece.period, inside)

    # --- rules and rows
    def holds(self, entry):
        """Whether a rule or row holds, whatever overrides it: (in force and holding, absent edition that gives something)."""
        if entry.ident not in self.memo:
            self.memo[entry.ident] = self.holds_now(entry)
        return self.memo[entry.ident]

    def holds_now(self, entry):
        within, absent = True, False
        for p in [p for p in entry.periods if p is not None]:
            before, here, after = self.in_force(p)
            gone = k_or(*[x for x, said in ((before, p.before), (after, p.after)) if said == 'unknown'])
            absent = k_or(absent, k_and(within, gone))
            within = k_and(within, here)
        inside = False
        if within is not False:
            inside = self.truth(entry.when)
            if inside is not False:
                inside = k_and(within, inside, all_of(k_not(self.truth(c)) for c in entry.earlier))
        if absent is not False:
            absent = k_and(absent, self.atom(('R', entry.piece.name), lambda a: a))
        return inside, absent

    def holds_at_all(self, entry):
        return k_or(*self.holds(entry))


class Kleene(Logic):
    def atom(self, question, holds):
        if self.j.bounded(question):
            found = {holds(a) for a in self.j.domain(question)}
            if len(found) == 1:
                return found.pop()
        return None

    def special(self, question, state, holds):
        return None


class Exact(Logic):
    def __init__(self, judge, answers):
        super().__init__(judge)
        self.answers = answers

    def atom(self, question, holds):
        if question not in self.answers:
            raise Ask(question)
        return holds(self.answers[question])

    def special(self, question, state, holds):
        if question not in self.answers:
            raise Ask(question, state)
        return holds(self.answers[question])
