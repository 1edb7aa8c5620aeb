# What a guideline means for one record, by asking every open question in turn: slow, plain, and written from the language's manual alone.
# Uses model.py; knows nothing of the tool under test. No diagrams, no batches: completions are tried one by one.
# Start at Judge.decide(), then Judge.completions(); conditions are read in logic.py.
import copy
import itertools

import arithmetic
from logic import NONE, OTHER, Ask, Exact, Kleene, TooMany, any_of, k_and, k_not
from model import (Rule, Table, Period, NUMERIC, MAX_INPUT, MIN_DAY, MAX_DAY, INT64_MIN, INT64_MAX,
                   children, is_constant, row_condition, sub, walk)

GRAVITY = ('none', 'decided', 'undetermined', 'not_stated', 'external', 'conflict', 'error')   # of a many-of outcome's entries


class Result:
    def __init__(self, state, value=None):
        self.state, self.value = state, value
        self.by, self.by_one_of, self.reason = [], [], None
        self.carried = None        # undetermined, but surely this unknown field or sum
        self.missing, self.open, self.waiting = set(), set(), set()
        self.terminals = set()     # all that can come of it
        self.endings = set()       # as terminals, but with the reason of a none
        self.entries_in, self.entries_open, self.used = [], [], set()

    def fed(self):
        """The result as an operand of another outcome."""
        if self.state == 'decided':
            return ('value', self.value)
        if self.state == 'undetermined':
            return ('unsure',)
        if self.state == 'external':
            return ('external', self.value)
        return (self.state,)


class Entry:
    """A rule or a row, as something that can hold, set outcomes and be overridden."""

    def __init__(self, ident, piece, when, earlier, periods, gives):
        self.ident, self.piece, self.when, self.earlier, self.periods, self.gives = ident, piece, when, earlier, periods, gives


def target_matches(target, entry, outcome):
    ident, table = entry.ident, entry.piece.name
    if target == table or target == ident:
        return True
    if target == table + '.kolumn.' + outcome:
        return True
    head = table + '.'
    if not target.startswith(head) or not ident.startswith(target):
        return False
    number, rest = target[len(head):], ident[len(target):]
    return number.isdigit() and rest.isalpha()


class Judge:
    LIMIT = 400

    def __init__(self, guideline, record, assumed=None):
        self.g = guideline
        self.record = record
        self.assumed = {a.name: a.value for a in guideline.assumptions}
        self.assumed.update(assumed or {})
        self.results = {}
        self.fields = {f.name: f for f in guideline.fields}
        self.chosen = {}
        self.entries = self.all_entries()
        self.constants = self.all_constants()
        self.kleene = Kleene(self)
        self.places = self.written = None

    # ---------------------------------------------------------------- values of the record
    def received(self, field, reading):
        return field in self.record

    def value(self, field):
        if field in self.record:
            return self.record[field]
        return self.fields[field].default

    def resolve(self, e):
        """('value', v), ('unknown',), or a state that propagates: ('error',), ('none',), ('not_stated',), …"""
        kind = e[0]
        if kind == 'k':
            return ('value', e[2])
        if kind == 'f':
            v = self.value(e[1])
            return ('unknown',) if v is None else ('value', v)
        if kind == 'a':
            v = self.assumed[e[1]]
            return ('unknown',) if v is None else ('value', v)
        if kind == 'o':
            fed = self.results[e[1]]
            return self.resolve(fed.carried) if fed.carried is not None else fed.fed()
        if kind == 't':
            day = self.value(self.g.dated_by)
            return ('unknown',) if day is None else ('value', self.tariff_at(e[1], day))
        return arithmetic.apply(e, [self.resolve(x) for x in sub(e)], self.type_of)

    def narrower(self, p):
        """What a piece's period adds to its guideline's: a side that is no narrower is the guideline's affair."""
        g = self.g.period
        if g is None:
            return p
        q = copy.copy(p)
        if g.start is not None and p.start is not None and p.start <= g.start:
            q.start = q.before = None
        if g.through is not None and p.through is not None and p.through >= g.through:
            q.through = q.after = None
        return q

    def tariff_at(self, name, day):
        found = None
        for start, v in self.g.tariff(name).steps:
            if start is None or day >= start:
                found = v
        return found

    def choices(self, e):
        """`om` and tariffs inside a sum come out of it: one sum in each arm; sums of constants are constants."""
        if e not in self.chosen:
            self.chosen[e] = self.take_choices_out(e)
        return self.chosen[e]

    def take_choices_out(self, e):
        if e[0] == 't':
            return self.tariff_steps(e[1], lambda k: k)
        if e[0] == 'if':
            return ('if', e[1], self.choices(e[2]), self.choices(e[3]))
        if e[0] not in arithmetic.OPERATIONS:
            return e
        for i, x in enumerate(e):
            if isinstance(x, tuple):
                x = self.choices(x)
                if x[0] == 'if':
                    return ('if', x[1], *[self.choices(e[:i] + (arm,) + e[i + 1:]) for arm in x[2:]])
                e = e[:i] + (x,) + e[i + 1:]
        if all(is_constant(x) for x in sub(e)):
            return ('k', self.type_of(e), self.resolve(e)[1])
        return e

    def tariff_steps(self, name, build):
        """A tariff as `om` over the record's date."""
        t = self.g.tariff(name)
        c = build(('k', t.type, t.steps[0][1]))
        changed = False
        for start, v in t.steps[1:]:
            changed = changed or v != t.steps[0][1]
            if not changed:         # a step that changes nothing is no step
                continue
            c = ('if', ('cmp', '<', ('f', self.g.dated_by), ('k', ('date',), start)), c, build(('k', t.type, v)))
        return c

    def type_of(self, e):
        kind = e[0]
        if kind == 'k':
            return e[1]
        if kind == 'f':
            return self.g.field(e[1]).type
        if kind == 'a':
            return self.g.assumption(e[1]).type
        if kind == 'o':
            return self.g.outcome(e[1]).type
        if kind == 't':
            return self.g.tariff(e[1]).type
        if kind in ('years', 'months'):
            return ('int',)
        if kind == 'days':
            return ('days',)
        if kind == 'if':
            return self.type_of(e[2])
        return arithmetic.type_of(e, [self.type_of(x) for x in sub(e)])

    def unknown_inputs(self, e):
        """Questions' names behind an expression whose value is not known."""
        for x in walk(e):
            if x[0] in ('f', 'a', 'o') and self.resolve(x)[0] in arithmetic.OPEN:
                yield x[:2]
            if x[0] == 't' and self.value(self.g.dated_by) is None:
                yield ('f', self.g.dated_by)

    # ---------------------------------------------------------------- questions
    def question(self, e):
        return {'f': ('F', e[1]), 'a': ('A', e[1]), 'o': ('O', e[1])}.get(e[0]) or ('E', canonical(e))

    def pair_question(self, left, right):
        left, right = canonical(left), canonical(right)
        if repr(right) < repr(left):
            return ('C', right, left), True
        return ('C', left, right), False

    def bounded(self, question):
        """Questions about assumptions with bounds are decided where every value within them agrees."""
        sides = {'A': [('a', question[1])], 'C': question[1:]}.get(question[0], [])
        return any(e[0] == 'a' and self.g.assumption(e[1]).low is not None for e in sides)

    def interval(self, e):
        r = self.resolve(e)
        if r[0] == 'value':
            return r[1], r[1]
        if e[0] == 'a' and self.g.assumption(e[1]).low is not None:
            return self.g.assumption(e[1]).low, self.g.assumption(e[1]).high
        return INT64_MIN, INT64_MAX

    def domain(self, question):
        kind = question[0]
        if kind in ('S', 'S0', 'N', 'R', 'Q', 'K'):
            return [True, False]
        none = [NONE] if any(x[0] == 'o' and self.can_be_none(x[1]) for e in question[1:] if kind in 'EC' for x in walk(e)) else []
        if self.bounded(question) and all(e[0] == 'a' or self.resolve(e)[0] == 'value' for e in question[1:] if kind == 'C'):
            none = []      # the outcome that feeds it has its value: only the assumption is open
        if kind == 'C':
            if self.type_of(question[1])[0] not in NUMERIC:
                return ['=', '<'] + none
            (a, b), (c, d) = self.interval(question[1]), self.interval(question[2])
            return [x for x, ok in (('<', a < d), ('=', max(a, c) <= min(b, d)), ('>', b > c)) if ok] + none
        low, high = INT64_MIN, INT64_MAX
        e = question[1] if kind == 'E' else {'F': 'f', 'A': 'a', 'O': 'o'}[kind], question[1]
        if kind == 'E':
            e = question[1]
        t = self.type_of(e)
        if kind in ('F', 'A'):
            low, high = (MIN_DAY, MAX_DAY) if t[0] == 'date' else (-MAX_INPUT, MAX_INPUT)
        if kind == 'A' and self.g.assumption(question[1]).low is not None:
            low, high = self.g.assumption(question[1]).low, self.g.assumption(question[1]).high
        if t[0] == 'bool':
            answers = [True, False]
        elif t[0] == 'values':
            answers = list(self.g.sets[t[1]])
        elif t[0] == 'text':
            answers = sorted(self.constants.get(question, ())) + [OTHER]
        else:
            answers = cells(sorted(self.constants.get(question, ())), low, high)
        if kind == 'O' and self.can_be_none(question[1]):
            none = [NONE]
        return answers + none

    def can_be_none(self, outcome):
        """Whether nothing may come of it: it has no value for when nothing fires, or carries another over that can be none."""
        return self.g.outcome(outcome).default is None or any(
            x[0] == 'o' and self.can_be_none(x[1]) for _, r in self.candidates(outcome) for x in self.parts_of_result(r))

    def parts_of_result(self, r):
        """What a computed or carried result reads."""
        if r[0] == 'if':
            return [x for arm in r[2:] for x in self.parts_of_result(arm)]
        return list(walk(r)) if r[0] in arithmetic.OPERATIONS + ('o',) else []

    def all_constants(self):
        """For each question, the constants it is compared with anywhere: finer ranges never change a result."""
        found = {}

        def note(e, k):
            e = self.choices(e)
            if e[0] == 'if':
                note(e[2], k)
                note(e[3], k)
            elif not is_constant(e):
                found.setdefault(self.question(e), set()).add(k)

        def pair(a, b):
            for x, y in ((a, b), (b, a)):
                for k in leaves_of(y):
                    note(x, k)

        def leaves_of(e):
            e = self.choices(e)
            if e[0] == 'k':
                return [e[2]]
            if e[0] == 'if':
                return leaves_of(e[2]) + leaves_of(e[3])
            return []

        roots = [c for p in self.g.pieces for c in children(p)]
        if self.g.scope is not None:
            roots.append(self.g.scope)
        for root in roots:
            for c in walk(root):
                if c[0] == 'cmp':
                    pair(c[2], c[3])
                elif c[0] == 'btw':
                    pair(c[1], c[2])
                    pair(c[1], c[3])
                elif c[0] == 'in':
                    for i in c[2]:
                        for k in (i[1:] if i[0] == 'range' else [i]):
                            note(c[1], k[2])
        date = ('F', self.g.dated_by)
        for p in [self.g.period] + [p.period for p in self.g.pieces] + [p for e in self.entries for p in e.periods]:
            for day in ([p.start, p.through, None if p.through is None else p.through + 1] if p else []):
                if day is not None:
                    found.setdefault(date, set()).add(day)
        for t in self.g.tariffs:
            for start, _ in t.steps[1:]:
                found.setdefault(date, set()).add(start)
        return found

    def all_entries(self):
        out = []
        for p in self.g.pieces:
            if isinstance(p, Rule):
                out.append(Entry(p.name, p, p.when or ('lit', True), [], [p.period], p.gives))
            elif isinstance(p, Table):
                earlier = []
                for row in p.rows:
                    c = row_condition(p, row)
                    if p.when is not None:
                        c = ('and', p.when, c)
                    own = None
                    if row.start is not None or row.through is not None:
                        own = Period(row.start, row.through, 'nothing', 'nothing', of_row=True)
                    gives = merge_columns(p.heads, row.results)
                    e = Entry(p.name + '.' + row.label, p, c, list(earlier), [p.period, own], gives)
                    out.append(e)
                    if p.first:
                        earlier.append(c if own is None else ('dated', own, c))
        return out

    # ---------------------------------------------------------------- who overrides whom
    def overriders(self, entry, outcome):
        out = []
        for e in self.entries:
            for target in e.piece.overrides:
                if e.piece is not entry.piece and target_matches(target, entry, outcome) and e not in out:
                    out.append(e)
        return out

    def candidates(self, outcome):
        return [(e, r) for e in self.entries for o, r in e.gives if o == outcome]

    def fires(self, entry, outcome):
        """In Kleene's logic."""
        return k_and(self.kleene.holds_at_all(entry), k_not(self.blocked(entry, outcome)))

    def fires_here(self, entry, outcome):
        """… in an edition that is at hand."""
        return k_and(self.kleene.holds(entry)[0], k_not(self.blocked(entry, outcome)))

    def blocked(self, entry, outcome):
        return any_of(self.kleene.holds_at_all(x) for x in self.overriders(entry, outcome))

    # ---------------------------------------------------------------- outcomes
    def decide(self):
        for name in self.feeding_order():
            o = self.g.outcome(name)
            self.results[name] = self.decide_many(o) if o.columns else self.decide_one(o)
        return self.results

    def feeding_order(self):
        done, order = set(), []

        def visit(name):
            if name in done:
                return
            done.add(name)
            for used in sorted(self.fed_into(name)):
                visit(used)
            order.append(name)
        for o in self.g.outcomes:
            visit(o.name)
        return order

    def fed_into(self, outcome):
        seen, found = set(), set()

        def look(c):
            for x in walk(c):
                if x[0] == 'o':
                    found.add(x[1])
                elif x[0] in ('c', 'br') and x[1] not in seen:
                    seen.add(x[1])
                    for y in children(self.g.piece(x[1])):
                        look(y)
        for e, r in self.candidates(outcome):
            look(r)
            for x in [e] + self.overriders(e, outcome):
                look(x.when)
                for c in x.earlier:
                    look(c)
        return found - {outcome}

    def frame(self, x):
        """Period and scope: None when inside both, else the terminal."""
        p = self.g.period
        if p is not None:
            before, within, after = x.in_force(p)
            for here, said in ((before, p.before), (after, p.after)):
                if here:
                    return ('something', 'gäller') if said == 'unknown' else ('none', 'not in force')
        if self.g.scope is not None and not x.truth(self.g.scope):
            return ('none', 'outside scope')
        return None

    def active(self, x, outcome):
        """The candidates that fire in one completion, each with its result there."""
        out = []
        for e, r in self.candidates(outcome):
            inside, absent = x.holds(e)
            if not (inside or absent):
                continue
            if any(x.holds_at_all(y) for y in self.overriders(e, outcome)):
                continue
            out.append((e, self.leaf(x, r) if inside else ('something', e.piece.name)))
        return out

    def leaf(self, x, r):
        """What a candidate gives in one completion, choices taken: a constant, a document, not stated, or something computed or carried."""
        if r[0] in arithmetic.OPERATIONS:
            r = self.choices(r)
        kind = r[0]
        if kind == 'if':
            return self.leaf(x, r[2] if x.truth(r[1]) else r[3])
        if kind == 't':
            return self.leaf(x, self.tariff_steps(r[1], lambda k: k))
        if kind in ('not_stated', 'external'):
            return r
        if kind == 'k':
            return ('value', r[2])
        if kind == 'cond':
            return ('value', x.truth(r[1]))
        if kind in ('f', 'a') and self.type_of(r) == ('bool',):
            return ('value', x.truth(r))
        if kind == 'entry':
            return ('entry', tuple((c, self.leaf(x, v)) for c, v in sorted(r[1].items())))
        return ('computed', canonical(r))

    def settled(self, leaf):
        """A leaf with its value, where the record knows it."""
        if leaf[0] != 'computed':
            return leaf
        v = self.resolve(leaf[1])
        return ('sym', leaf[1]) if v[0] in arithmetic.OPEN else v

    def combine(self, x, outcome):
        """One completion of one outcome."""
        outside = self.frame(x)
        if outside is not None:
            return outside
        leaves = []
        for _, leaf in self.active(x, outcome.name):
            if leaf not in leaves:
                leaves.append(leaf)
        if not leaves:
            return self.leaf(x, outcome.default) if outcome.default is not None else ('none', 'no clause applies')
        constant = [leaf for leaf in leaves if leaf[0] != 'computed']
        if len(constant) > 1 or (len(leaves) > 1 and any(leaf[0] == 'something' for leaf in leaves)):
            return ('conflict',)
        leaves.sort(key=self.written_order)
        first = (constant or leaves)[0]
        for leaf in leaves:
            if leaf != first and not self.same(x, first, leaf):
                return ('conflict',)
        return first

    def written_order(self, leaf):
        """Computed results by where they are first written, so that the same two always meet in the same question."""
        if self.written is None:
            self.written = {}
            for name in self.feeding_order():
                for _, r in self.candidates(name):
                    self.write_down(r)
        return self.written.get(leaf, -1)

    def write_down(self, r):
        if r[0] == 'entry':
            for _, v in sorted(r[1].items()):
                self.write_down(v)
        elif r[0] in arithmetic.OPERATIONS + ('t',) and self.choices(r) != r:
            self.write_down(self.choices(r))
        elif r[0] == 'if':
            self.write_down(r[2])
            self.write_down(r[3])
        elif r[0] in arithmetic.OPERATIONS + ('f', 'a', 'o'):
            self.written.setdefault(('computed', canonical(r)), len(self.written))

    def same(self, x, a, b):
        """Whether two candidates, not both constant, give the same: a question when the record does not tell."""
        p, q = self.settled(a), self.settled(b)
        if 'conflict' in (p[0], q[0]):
            return False
        if 'sym' in (p[0], q[0]):
            return x.atom(('Q', a, b), lambda same: same)
        if 'error' in (p[0], q[0]):
            return x.special(('Q', a, b), ('error',), lambda same: same)
        return p == q

    def completions(self, function, equal=None, values=False):
        """Every way to answer the open questions: [(answers, terminal)]. Results that are `equal` are the same. An open question may also turn
        out to be a state, unless only `values` are asked for."""
        equal = equal or same_as

        def level(n, answers, specials):
            """With the first n of them taken: the result that all their values agree on, as written, else their state."""
            if n == 0:
                return function(Exact(self, answers))
            question, state = specials[n - 1]
            try:
                return level(n - 1, answers, specials)
            except Ask as a:
                if a.question != question:
                    raise
            found = [level(n - 1, {**answers, question: v}, specials) for v in self.domain(question) if v is not NONE]
            if len({same_as(t) for t in found}) > 1:
                return state
            return max(found, key=lambda t: REASONS.index(t[1]) if t[0] == 'none' and len(t) > 1 else 0)

        leaves = []

        def go(answers, taken, specials):
            """answers: of open questions; taken: the same, states among them; specials: questions that are a state, in document order."""
            try:
                leaves.append((taken, equal(self.settled(level(len(specials), answers, specials)))))
                if len(leaves) > self.LIMIT:
                    raise TooMany()
                return
            except Ask as a:
                asked = a
            ordered = lambda state: sorted(specials + [(asked.question, state)], key=lambda s: self.place(s[0]))
            if asked.state is not None:
                go(answers, taken, ordered(asked.state))
                return
            for v in self.domain(asked.question):
                go({**answers, asked.question: v}, {**taken, asked.question: v}, specials)
            for state in [] if values else self.states_of(asked.question):
                go(answers, {**taken, asked.question: state}, ordered(state))

        go({}, {}, [])
        return leaves

    def states_of(self, question):
        """States that an open question may turn out to be, besides its values and none."""
        if question[0] == 'Q':
            return [('error',)] if any(e[0] == 'computed' and ('error',) in self.possible_states(e[1]) for e in question[1:]) else []
        if question[0] == 'O':
            return self.possible_states(('o', question[1]))
        return [s for e in question[1:] for s in self.possible_states(e)] if question[0] in 'EC' else []

    def given(self, outcome):
        """All that an outcome can give, as written, choices taken."""
        o = self.g.outcome(outcome)
        results = [r for _, r in self.candidates(outcome)] + ([o.default] if o.default is not None else [])
        return [leaf for r in results for leaf in self.leaves(r)]

    def possible_states(self, e):
        """States that an expression can take in some record."""
        found = [] if self.span(e) else [('error',)]
        for x in walk(e):
            if x[0] == 'o':
                found += outcome_states(self.g)[x[1]]
        return list(dict.fromkeys(found))

    def span(self, e):
        """The least and the largest value of a sum; None when it may have none for want of room."""
        kind = e[0]
        if kind == 'k':
            return (e[2], e[2]) if isinstance(e[2], int) else (0, 0)
        if kind in ('f', 'a'):
            a = self.g.assumption(e[1]) if kind == 'a' else None
            if a is not None and a.low is not None:
                return a.low, a.high
            return (MIN_DAY, MAX_DAY) if self.type_of(e)[0] == 'date' else (-MAX_INPUT, MAX_INPUT)
        if kind == 'o':
            spans = [(0, 0) if isinstance(leaf[1], (str, frozenset)) else (leaf[1], leaf[1]) for leaf in self.given(e[1]) if leaf[0] == 'value']
            spans += [self.span(leaf[1]) for leaf in self.given(e[1]) if leaf[0] == 'computed']
            return None if None in spans else (min((a for a, _ in spans), default=0), max((b for _, b in spans), default=0))
        if kind == 'if':
            return arithmetic.hull([self.span(e[2]), self.span(e[3])])
        if kind == 't':
            return arithmetic.hull([(v, v) for _, v in self.g.tariff(e[1]).steps])
        return arithmetic.span(e, [self.span(x) for x in sub(e)], self.type_of(e)[0] == 'date')

    def place(self, question):
        """Where in the document a question first occurs; whether two results are the same is asked before anything is decided."""
        if question[0] == 'Q':
            return -1
        if self.places is None:
            self.places = {}
            roots = [self.g.scope] if self.g.scope is not None else []
            roots += [c for p in self.g.pieces for c in children(p)]
            for root in roots:
                for c in walk(root):
                    qs = []
                    if c[0] in ('f', 'a', 'o'):
                        qs = [self.question(c)]
                    elif c[0] == 'cmp' and not (is_constant(c[2]) or is_constant(c[3])):
                        qs = [self.pair_question(c[2], c[3])[0]]
                    elif c[0] == 'btw':
                        qs = [self.pair_question(c[1], y)[0] for y in c[2:4]]
                        qs.append(self.question(c[1]))
                    elif c[0] == 'cmp':
                        qs = [self.question(c[2] if is_constant(c[3]) else c[3])]
                    elif c[0] == 'in':
                        qs = [self.question(c[1])]
                    for q in qs:
                        self.places.setdefault(q, len(self.places))
        return self.places.get(question, len(self.places))

    def support(self, leaves):
        """The questions that matter: two completions that differ only in it give different results."""
        found = set()
        for i, (a, ta) in enumerate(leaves):
            for b, tb in leaves[i + 1:]:
                if ta == tb:
                    continue
                differ = [q for q in a if q in b and a[q] != b[q]]
                if len(differ) == 1:
                    found.add(differ[0])
        return found

    def decide_one(self, o):
        leaves = self.completions(lambda x: self.combine(x, o))
        terminals = {t for _, t in leaves}
        r = self.conclude(terminals)
        r.terminals = terminals
        self.waits(r, self.support(leaves), terminals)
        if o.audited:
            r.endings = {t for _, t in self.completions(lambda x: self.combine(x, o), lambda t: t, values=True)}
        self.credit(r, o)
        self.reason(r, o)
        return r

    def conclude(self, terminals):
        if len(terminals) > 1:
            return Result('undetermined')
        t = next(iter(terminals))
        if t[0] in ('sym', 'something'):
            r = Result('undetermined')
            r.carried = t[1] if t[0] == 'sym' else None
            return r
        if t[0] == 'value':
            return Result('decided', t[1])
        return Result(t[0], t[1] if t[0] == 'external' else None)

    def waits(self, r, support, terminals):
        """Turns the questions that matter into missing fields, open questions and undetermined outcomes waited for."""
        def blame(e):
            for kind, name in self.unknown_inputs(e):
                if kind == 'f':
                    r.missing.add(name)
                elif kind == 'a':
                    r.open.add(name)
                    r.waiting.add(name)
                else:
                    fed = self.results[name]
                    r.missing |= fed.missing
                    r.open |= fed.open
                    r.waiting |= fed.waiting | {name}
        for q in support:
            if q[0] in ('F', 'S', 'S0'):
                r.missing.add(q[1])
            elif q[0] in ('N', 'R'):
                r.open.add(q[1])
                r.waiting.add(q[1])
            elif q[0] == 'A':
                blame(('a', q[1]))
            elif q[0] == 'O':
                blame(('o', q[1]))
            elif q[0] == 'E':
                blame(q[1])
            elif q[0] == 'C':
                blame(q[1])
                blame(q[2])
            elif q[0] == 'Q':
                for t in q[1:]:
                    if t[0] == 'computed':
                        blame(t[1])
        for t in terminals:
            self.blame_terminal(r, t, blame)

    def blame_terminal(self, r, t, blame):
        if t[0] == 'sym':
            blame(t[1])
        elif t[0] == 'something':
            r.open.add(t[1])
            r.waiting.add(t[1])
        elif t[0] == 'entry':
            for _, v in t[1]:
                self.blame_terminal(r, v, blame)

    def credit(self, r, o):
        """by and by_one_of, from the candidates' Kleene planes."""
        if r.state in ('none',):
            return
        planes = [(e, res, self.credited(self.fires(e, o.name))) for e, res in self.candidates(o.name)]
        r.by = [e.ident for e, _, p in planes if p is True]
        if r.by or r.state not in ('decided', 'undetermined'):
            return
        for e, res, p in planes:
            if p is None and (r.state == 'undetermined' or (self.fires_here(e, o.name) is not False and self.gives_same(res, r))):
                r.by_one_of.append(e.ident)

    def credited(self, plane):
        """Nothing surely fired while the record may lie outside the guideline's period or scope."""
        return self.kleene.framed(k_and(self.kleene.in_scope(), plane))

    def gives_same(self, res, r):
        if res[0] == 'if':
            t = self.kleene.truth(res[1])
            return (t is not False and self.gives_same(res[2], r)) or (t is not True and self.gives_same(res[3], r))
        if res[0] == 'cond':
            return self.kleene.truth(res[1]) in (None, r.value)
        if res[0] in ('f', 'a') and self.type_of(res) == ('bool',):
            return self.kleene.truth(res) in (None, r.value)
        if res[0] in ('not_stated', 'external'):
            return False
        if res[0] not in ('if', 'k') and self.choices(res)[0] in ('if', 'k') and self.choices(res) != res:
            return self.gives_same(self.choices(res), r)
        v = self.resolve(res)
        return v[0] == 'value' and v[1] == r.value

    def reason(self, r, o):
        if r.state != 'none':
            return
        found = {t for _, t in self.completions(lambda x: self.frame(x) or ('none', 'no clause applies'), lambda t: t)}
        r.reason = found.pop()[1] if len(found) == 1 else None

    # ---------------------------------------------------------------- many of
    def decide_many(self, o):
        """Each entry, as written, is in, out or open by itself; what an edition not at hand may give is an entry of its own, open and
        without values. Entries that are equal in this record are listed once."""
        def entries(x):
            outside = self.frame(x)
            return outside if outside is not None else ('entries', frozenset(t for _, t in self.active(x, o.name)))

        planes = []
        for e, res in self.candidates(o.name):
            inside, absent = self.kleene.holds(e)
            free = k_not(self.blocked(e, o.name))
            planes += [(t, e.ident, self.credited(k_and(inside, free))) for t in self.ways(res)]
            if e.piece.period is not None and 'unknown' in (self.narrower(e.piece.period).before, self.narrower(e.piece.period).after):
                planes.append((('something', e.piece.name), e.ident, self.credited(k_and(absent, free))))
        slots = []
        for t in dict.fromkeys(t for t, _, _ in planes):
            slot = Slot(t, self.settled_entry(t), {i: p for key, i, p in planes if key == t})
            slot.column = self.completions(lambda x, t=t: self.whether(t, entries(x)))
            states = {u for _, u in slot.column}
            only = next(iter(states))[0] if len(states) == 1 else 'something'
            slot.state = {'in': 'decided', 'out': 'none', 'something': 'undetermined'}.get(only, only)
            slots.append(slot)
        r = Result('none')
        for slot in slots:
            if slot.state == 'none':
                continue
            group = [s for s in slots if s is slot or s.equals(slot)]
            settled = any(s.state == 'decided' for s in group)
            sure = [i for i, p in slot.here.items() if p is True]
            maybe = [i for i, p in slot.here.items() if p is None]
            r.used |= set(sure or maybe)
            if slot.state == 'decided':
                r.entries_in += [slot.value] if slot.value not in r.entries_in else []
                r.by += [i for i in sure if i not in r.by]
            elif not (slot.state == 'undetermined' and settled):
                r.entries_open += [slot.value] if slot.value not in r.entries_open else []
            surely = any(p is True for s in group if s.state != 'none' for p in s.here.values())
            if slot.state != 'decided' or not surely:
                found = (sure if slot.state != 'decided' else []) + (maybe if slot.state in ('decided', 'undetermined') else [])
                r.by_one_of += [i for i in found if i not in r.by_one_of]
            state = 'decided' if slot.state == 'undetermined' and settled else slot.state
            if slot.state == 'decided':
                state = max([state] + [{'sym': 'undetermined'}.get(v[0], v[0]) for _, v in slot.value[1] if v[0] in ('sym', 'conflict', 'error')],
                            key=GRAVITY.index)
            r.state = max(r.state, state, key=GRAVITY.index)
            if slot.state == 'undetermined' and not settled:
                self.waits(r, self.support(slot.column), {u for _, u in slot.column if u[0] == 'something'})
            if any(u == ('in',) for _, u in slot.column) and not (slot.state == 'undetermined' and settled):
                self.waits(r, set(), {slot.value})
        if r.state != 'undetermined':
            r.missing, r.open, r.waiting = set(), set(), set()
        self.reason(r, o)
        return r

    def ways(self, r):
        """The entries a result can give, as written, one for each way its choices go."""
        columns = [[(c, leaf) for leaf in self.leaves(v)] for c, v in sorted(r[1].items())]
        return [('entry', t) for t in itertools.product(*columns)]

    def leaves(self, r):
        if r[0] in arithmetic.OPERATIONS + ('t',) and self.choices(r) != r:
            return self.leaves(self.choices(r))
        if r[0] == 'if':
            return list(dict.fromkeys(self.leaves(r[2]) + self.leaves(r[3])))
        if r[0] == 'cond' or (r[0] in ('f', 'a') and self.type_of(r) == ('bool',)):
            return [('value', True), ('value', False)]
        return [self.leaf(self.kleene, r)]

    def settled_entry(self, t):
        return ('entry', tuple((c, self.settled(leaf)) for c, leaf in t[1])) if t[0] == 'entry' else t

    @staticmethod
    def whether(entry, completion):
        if completion[0] != 'entries':
            return ('out',) if completion[0] == 'none' else completion
        return ('in',) if entry in completion[1] else ('out',)


class AnyRecord(Judge):
    """Nothing is known of the record, not even what it had: what can come of an outcome at all."""
    LIMIT = 1500

    def __init__(self, g):
        super().__init__(g, {}, {a.name: None for a in g.assumptions})

    def received(self, field, reading):
        return reading.atom(('K', field), lambda a: a)

    def value(self, field):
        return None


last = [None, {}]      # the guideline whose states were worked out last, and they


def outcome_states(g):
    """For each outcome, the states besides none that it takes in some record; where that is too much work, all that what it gives can take."""
    if last[0] is g:
        return last[1]
    last[:] = [g, {}]
    j = AnyRecord(g)
    for name in j.feeding_order():
        o = g.outcome(name)
        if o.columns:
            j.results[name] = Result('none')
            continue
        try:
            r = j.decide_one(o)
            ends = r.terminals
        except TooMany:
            r = Result('undetermined')
            ends = {leaf if leaf[0] != 'computed' else ('sym', leaf[1]) for leaf in j.given(name)} | {('conflict',), ('error',)}
        j.results[name] = r
        found = {t for t in ends if t[0] in ('not_stated', 'external', 'conflict', 'error')}
        for t in ends:
            found |= set(j.possible_states(t[1])) if t[0] == 'sym' else set()
        last[1][name] = sorted(found)
    return last[1]


class Slot:
    """One entry of a many-of outcome."""

    def __init__(self, key, value, here):
        self.key, self.value, self.here = key, value, here     # here: rules and rows that give it, and their planes

    def equals(self, other):
        return self.value == other.value and self.value[0] == 'entry' and all(v[0] != 'sym' for _, v in self.value[1])


REASONS = ('no clause applies', 'outside scope', 'not in force')


def same_as(t):
    """Results are equal when state and value are equal: the reason of a none is not part of it."""
    return ('none',) if t[0] == 'none' else t


def canonical(e):
    """One way to write a sum, a product, a least and a largest, whichever operand stands first."""
    kind = e[0]
    if kind in ('min', 'max') and len(e) > 3:
        return canonical((kind, (kind, *e[1:-1]), e[-1]))
    if kind in ('+', '*', 'min', 'max'):
        return (kind, *sorted((canonical(x) for x in e[1:]), key=repr))
    if kind in ('-', 'years', 'months', 'days'):
        return (kind, canonical(e[1]), canonical(e[2]))
    if kind == '/':
        return (kind, canonical(e[1]), canonical(e[2]), e[3])
    if kind == 'round':
        return (kind, canonical(e[1]), *e[2:])
    if kind == 'neg':
        return (kind, canonical(e[1]))
    return e


def merge_columns(heads, results):
    gives, many = [], {}
    for head, r in zip(heads, results):
        if '.' in head:
            outcome, column = head.split('.')
            many.setdefault(outcome, {})[column] = r
        else:
            gives.append((head, r))
    return gives + [(o, ('entry', columns)) for o, columns in many.items()]


def cells(constants, low, high):
    """One value in each range that the constants tell apart."""
    out, at = [], low
    for c in constants:
        if c < low or c > high:
            continue
        if at < c:
            out.append(c - 1)
        out.append(c)
        at = c + 1
    if at <= high:
        out.append(at)
    return out
