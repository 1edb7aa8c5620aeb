# Cases worked out by hand, so that the oracle cannot agree with the tool on nothing: each says what one record must come to.
# Uses model.py, meaning.py and verdict.py only; the tool is not started.
# Start at CASES; run() counts them.
from arithmetic import months_between, rounded, years_between
from meaning import cells
from model import Assumption, Clause, Field, Guideline, Outcome, Period, Requirement, Row, Rule, Table, Tariff
from verdict import verdict

INT, BOOL, DATE, MONEY, VAL = ('int',), ('bool',), ('date',), ('money',), ('values', 'v')
D = 738000


def n(v, t=INT):
    return ('k', t, v)


def guideline(pieces, outcomes=None, assumptions=(), **more):
    fields = [Field('nr', ('text',), key=True), Field('a', BOOL), Field('b', BOOL), Field('c', BOOL, default=False), Field('x', INT),
              Field('y', INT), Field('z', INT), Field('v', VAL), Field('w', VAL), Field('m', ('set', 'v')), Field('dag', DATE), Field('född', DATE),
              Field('pris', MONEY), Field('ord', ('text',)), Field('reg', INT)]
    if more.get('dated_by') and 'period' not in more:
        more['period'] = Period(start=D - 5000, before='nothing')
    return Guideline('prov.fall', 'sv', {'v': ['p', 'q', 'r']}, fields, list(assumptions), more.pop('tariffs', []),
                     outcomes or [Outcome('o', INT)], pieces, **more)


def rule(name, when, value, outcome='o', **more):
    return Rule(name, when, [(outcome, n(value) if isinstance(value, int) else value)], **more)


A, B, X, Y = ('f', 'a'), ('f', 'b'), ('f', 'x'), ('f', 'y')
NOT_A = ('not', A)


def lt(l, r):
    return ('cmp', '<', l, r)


SINCE = Period(start=D, before='unknown')
CASES = [
    # name, guideline, record, expected parts of the verdict
    ('one rule fires', guideline([rule('r', A, 1)]), {'a': True}, {'o': {'state': 'decided', 'value': '1', 'by': ['r']}}),
    ('no rule fires', guideline([rule('r', A, 1)]), {'a': False}, {'o': {'state': 'none', 'reason': 'no clause applies'}}),
    ('unknown is not no', guideline([rule('r', A, 1)]), {}, {'o': {'state': 'undetermined', 'missing': ['a'], 'by_one_of': ['r']}, 'missing': ['a']}),
    ('all completions agree', guideline([rule('r', A, 1), rule('s', NOT_A, 1)]), {},
     {'o': {'state': 'decided', 'value': '1', 'by_one_of': ['r', 's']}, 'missing': []}),
    ('two values', guideline([rule('r', A, 1), rule('s', B, 2)]), {'a': True, 'b': True}, {'o': {'state': 'conflict', 'by': ['r', 's']}}),
    ('a conflict is a result', guideline([rule('r', A, 1), rule('s', None, 2), rule('t', None, 3)]), {},
     {'o': {'state': 'conflict', 'by': ['s', 't']}, 'missing': []}),
    ('only what matters is missing', guideline([rule('r', ('and', A, ('or', B, ('not', B))), 1)]), {}, {'missing': ['a']}),
    ('an override removes', guideline([rule('r', A, 1), rule('s', B, 2, overrides=['r'])]), {'a': True, 'b': True},
     {'o': {'state': 'decided', 'value': '2', 'by': ['s']}, 'blocked_by': ['s']}),
    ('an unknown override', guideline([rule('r', A, 1), rule('s', B, 1, overrides=['r'])]), {'a': True},
     {'o': {'state': 'decided', 'value': '1', 'by_one_of': ['r', 's']}}),
    ('an override counts though overridden',
     guideline([rule('r', A, 1), rule('s', A, 2, overrides=['r']), rule('t', A, 3, overrides=['s'])]), {'a': True},
     {'o': {'state': 'decided', 'value': '3', 'by': ['t']}, 'blocked_by': ['s', 't']}),
    ('one comparison is one question', guideline([rule('r', lt(X, Y), 1), rule('s', ('cmp', '>=', X, Y), 1)]), {'x': 1},
     {'o': {'state': 'decided', 'value': '1'}}),
    ('an expression is not its field', guideline([rule('r', lt(X, n(3)), 1), rule('s', ('cmp', '>=', ('+', X, n(1)), n(4)), 1)]), {},
     {'o': {'state': 'undetermined', 'missing': ['x']}}),
    ('a range has no holes', guideline([rule('r', lt(X, n(3)), 1), rule('s', ('cmp', '>', X, n(2)), 1)]), {}, {'o': {'state': 'decided'}}),
    ('a set is a question per code', guideline([rule('r', ('has', 'm', ('p',)), 1), rule('s', ('lacks', 'm', ('p',)), 1)]), {},
     {'o': {'state': 'decided', 'value': '1'}}),
    ('inga is its own question', guideline([rule('r', ('and', ('has', 'm', ('p',)), ('empty', 'm')), 1)]), {}, {'missing': ['m']}),
    ('a default is known', guideline([rule('r', ('not', ('f', 'c')), 1)]), {}, {'o': {'state': 'decided'}}),
    ('known as received', guideline([rule('r', ('not', ('known', 'c')), 1)]), {}, {'o': {'state': 'decided'}}),
    ('an earlier text', guideline([rule('r', A, 1, period=SINCE)], dated_by='dag'), {'a': False, 'dag': D - 1},
     {'o': {'state': 'undetermined', 'waiting': ['r']}, 'missing': [], 'open': ['r']}),
    ('an earlier text overridden', guideline([rule('r', A, 1, period=SINCE), rule('s', None, 2, overrides=['r'])], dated_by='dag'),
     {'dag': D - 1}, {'o': {'state': 'decided', 'value': '2'}, 'open': [], 'blocked_by': ['s']}),
    ('nothing before', guideline([rule('r', A, 1, period=Period(start=D, before='nothing'))], dated_by='dag'), {'dag': D - 1},
     {'o': {'state': 'none'}}),
    ('the date is missing', guideline([rule('r', None, 1, period=Period(start=D, before='nothing'))], dated_by='dag'), {},
     {'o': {'state': 'undetermined', 'missing': ['dag']}}),
    ('an absent clause', guideline([Clause('k', 'one', [('', A)], period=SINCE), rule('r', ('c', 'k'), 1)], dated_by='dag'), {'dag': D - 1},
     {'open': ['k'], 'clauses': {'k': 'unknown'}}),
    ('outside the guideline', guideline([rule('r', None, 1)], dated_by='dag', period=SINCE), {'dag': D - 1}, {'open': ['gäller']}),
    ('not in force', guideline([rule('r', None, 1)], dated_by='dag', period=Period(start=D, before='nothing')), {'dag': D - 1},
     {'o': {'state': 'none', 'reason': 'not in force'}}),
    ('outside scope', guideline([rule('r', None, 1)], scope=A), {'a': False}, {'o': {'state': 'none', 'reason': 'outside scope'}}),
    ('division by zero', guideline([rule('r', None, ('/', X, Y, 'down'))]), {'x': 5, 'y': 0}, {'o': {'state': 'error', 'by': ['r']}}),
    ('rounding', guideline([rule('r', None, ('/', X, Y, 'half_even'))]), {'x': 5, 'y': 2}, {'o': {'state': 'decided', 'value': '2'}}),
    ('overflow', guideline([rule('r', None, ('*', X, Y))]), {'x': 10 ** 15, 'y': 10 ** 15}, {'o': {'state': 'error'}}),
    ('an error that does not matter', guideline([rule('r', lt(('*', X, X), n(3)), 1), rule('s', ('cmp', '>=', ('*', X, X), n(3)), 1)]),
     {'x': 10 ** 15}, {'o': {'state': 'decided', 'value': '1'}}),
    ('an error that matters', guideline([rule('r', lt(('*', X, X), n(3)), 1)]), {'x': 10 ** 15}, {'o': {'state': 'error'}, 'clauses': {'r': 'unknown'}}),
    ('a carried field', guideline([rule('r', A, X)]), {'a': True}, {'o': {'state': 'undetermined', 'by': ['r'], 'missing': ['x']}}),
    ('equal carried fields', guideline([rule('r', None, X), rule('s', None, Y)]), {'x': 4, 'y': 4}, {'o': {'state': 'decided', 'value': '4'}}),
    ('perhaps equal', guideline([rule('r', None, X), rule('s', None, Y)]), {'x': 4}, {'o': {'state': 'undetermined', 'missing': ['y']}}),
    ('a fed outcome', guideline([rule('r', A, 1), rule('s', ('cmp', '=', ('o', 'o'), n(1)), 2, 'p')], [Outcome('o', INT), Outcome('p', INT)]), {},
     {'p': {'state': 'undetermined', 'missing': ['a'], 'waiting': ['o']}}),
    ('none makes a condition no',
     guideline([rule('r', A, 1), rule('s', ('cmp', '!=', ('o', 'o'), n(1)), 2, 'p')], [Outcome('o', INT), Outcome('p', INT)]), {'a': False},
     {'p': {'state': 'none'}}),
    ('not stated propagates', guideline([rule('r', None, ('not_stated',)), rule('s', None, ('+', ('o', 'o'), n(1)), 'p')],
                                        [Outcome('o', INT), Outcome('p', INT)]), {}, {'p': {'state': 'not_stated'}}),
    ('an open assumption', guideline([rule('r', lt(X, ('a', 'g')), 1)], assumptions=[Assumption('g', INT)]), {'x': 1},
     {'o': {'state': 'undetermined', 'waiting': ['g']}, 'missing': [], 'open': ['g']}),
    ('bounds decide', guideline([rule('r', lt(X, ('a', 'g')), 1)], assumptions=[Assumption('g', INT, None, 2, 10)]), {'x': 1},
     {'o': {'state': 'decided'}, 'open': []}),
    ('bounds do not decide', guideline([rule('r', lt(X, ('a', 'g')), 1)], assumptions=[Assumption('g', INT, None, 2, 10)]), {'x': 2}, {'open': ['g']}),
    ('an assumption that was used', guideline([rule('r', lt(X, ('a', 'g')), 1)], assumptions=[Assumption('g', INT, 5)]), {'x': 2},
     {'o': {'state': 'decided'}, 'assumptions': ['g']}),
    ('Kleene', guideline([Clause('k', 'any', [('a', A), ('b', NOT_A)]), rule('r', ('c', 'k'), 1)]), {},
     {'o': {'state': 'decided'}, 'clauses': {'k': 'unknown', 'k.a': 'unknown'}}),
    ('an exception', guideline([Clause('k', 'one', [('', A)], [('one', [('', B)])])]), {'a': True, 'b': True},
     {'clauses': {'k': 'no', 'k.utom': 'yes'}, 'blocked_by': ['k.utom']}),
    ('a breach', guideline([Requirement('q', False, A, B)]), {'a': True, 'b': False}, {'findings': ['q'], 'clauses': {'q': 'no'}}),
    ('advice not followed', guideline([Requirement('q', True, None, B)]), {'b': False}, {'warnings': ['q'], 'findings': []}),
    ('not applicable', guideline([Requirement('q', False, A, B)]), {'a': False}, {'clauses': {'q': 'not_applicable'}}),
    ('an audit', guideline([rule('r', None, 1)], [Outcome('o', INT, audited='reg')]), {'reg': 2}, {'findings': ['o']}),
    ('an audit of nothing', guideline([rule('r', A, 1)], [Outcome('o', INT, audited='reg')]), {'reg': 2, 'a': False}, {'findings': ['o']}),
    ('an impossible value', guideline([rule('r', A, 1)], [Outcome('o', INT, audited='reg')]), {'reg': 2}, {'findings': ['o']}),
    ('a possible value', guideline([rule('r', A, 1)], [Outcome('o', INT, audited='reg')]), {'reg': 1}, {'findings': []}),
    ('the first row', guideline([Table('t', [A, B], ['o'], [Row('1', [('bool', True), ('any',)], [n(1)]), Row('2', [('any',), ('any',)], [n(2)])],
                                       first=True)]), {'a': True}, {'o': {'state': 'decided', 'value': '1', 'by': ['t.1']}}),
    ('rows of a number', guideline([Table('t', [A], ['o'], [Row('5a', [('any',)], [n(1)]), Row('5b', [('any',)], [n(1)])]),
                                    rule('r', None, 2, overrides=['t.5'])]), {}, {'o': {'state': 'decided', 'value': '2'}}),
    ('one column', guideline([Table('t', [], ['o', 'p'], [Row('1', [], [n(1), n(1)])]), rule('r', None, 2, overrides=['t.kolumn.o'])],
                             [Outcome('o', INT), Outcome('p', INT)]), {}, {'o': {'value': '2'}, 'p': {'value': '1'}}),
    ('entries', guideline([Rule('r', A, [('o', ('entry', {'c': n(1)}))]), Rule('s', None, [('o', ('entry', {'c': n(2)}))])],
                          [Outcome('o', columns=[('c', INT)])]), {}, {'o': {'state': 'undetermined'}, 'missing': ['a']}),
    ('a tariff', guideline([rule('r', None, ('t', 'taxa'), 'o')], [Outcome('o', MONEY)], dated_by='dag',
                           tariffs=[Tariff('taxa', MONEY, [(None, 100), (D, 200)])]), {'dag': D}, {'o': {'value': '2.00'}}),
    ('an earlier text is not what stands here', guideline([rule('r', None, 0, period=SINCE)], [Outcome('o', INT, n(0))], dated_by='dag'),
     {'dag': D - 1}, {'o': {'state': 'undetermined'}, 'open': ['r']}),
    ('an earlier text beside a sure rule', guideline([rule('r', None, 1, period=SINCE), rule('s', None, 1)], dated_by='dag'),
     {'dag': D - 1}, {'o': {'state': 'undetermined', 'by': ['s']}, 'open': ['r']}),
    ('an earlier text and a choice', guideline([rule('r', None, ('if', A, n(0), n(1)), period=SINCE)], [Outcome('o', INT, n(0))], dated_by='dag'),
     {'dag': D - 1, 'a': True}, {'o': {'state': 'undetermined'}, 'missing': []}),
    ('an earlier text may add to a list',
     guideline([Rule('r', None, [('o', ('entry', {'c': n(1)}))], period=SINCE), Rule('s', None, [('o', ('entry', {'c': n(1)}))])],
               [Outcome('o', columns=[('c', INT)])], dated_by='dag'), {'dag': D - 1},
     {'o': {'state': 'undetermined', 'value': [{'c': '1'}], 'possible': [{'c': {'state': 'undetermined'}}], 'by': ['s']}, 'open': ['r']}),
    ('an audit where the scope is unknown', guideline([rule('r', A, 1)], [Outcome('o', INT, audited='reg')], scope=B), {'reg': 2, 'a': False},
     {'o': {'state': 'none'}, 'findings': []}),
    ('none is another result than a number',
     guideline([rule('r', A, 1), rule('s', None, ('o', 'o'), 'p'), rule('t', None, X, 'p')], [Outcome('o', INT), Outcome('p', INT)]),
     {'a': False, 'x': 1}, {'p': {'state': 'conflict'}}),
    ('a choice between alike', guideline([Clause('k', 'one', [('', ('if', A, B, B))]), rule('r', ('c', 'k'), 1)]), {'b': True},
     {'o': {'state': 'decided'}, 'clauses': {'k': 'unknown'}}),
    ('the last of two states', guideline([rule('r', None, ('not_stated',)), Clause('k', 'one', [('', lt(('/', X, Y, 'down'), n(1)))]),
                                           rule('s', ('and', ('c', 'k'), ('cmp', '=', ('o', 'o'), n(1))), 1, 'p')],
                                          [Outcome('o', INT), Outcome('p', INT)]), {'x': 1, 'y': 0}, {'p': {'state': 'not_stated'}}),
    ('a bounded assumption is three ways', guideline([rule('r', lt(X, ('a', 'g')), 1), rule('s', ('cmp', '=', X, ('a', 'g')), 1),
                                                      rule('t', ('cmp', '>', X, ('a', 'g')), 1)],
                                                     assumptions=[Assumption('g', INT, None, 2, 10)]), {}, {'o': {'state': 'decided', 'value': '1'}}),
    ('a tariff that matters', guideline([rule('r', None, ('t', 'taxa'), 'o')], [Outcome('o', MONEY)], dated_by='dag',
                                        tariffs=[Tariff('taxa', MONEY, [(None, 100), (D, 200)])]), {}, {'missing': ['dag']}),
]


def holds(want, got, place=''):
    if isinstance(want, dict):
        for k, v in want.items():
            if not isinstance(got, dict) or k not in got and not (v == [] and isinstance(got, dict)):
                return '%s/%s is not there' % (place, k)
            why = holds(v, got.get(k, []), place + '/' + str(k))
            if why:
                return why
        return None
    return None if want == got else '%s is %r, not %r' % (place, got, want)


def run():
    passed = failed = 0
    for name, g, record, want in CASES:
        got = verdict(g, {'nr': '1', **record})
        got = {**got, **got['outcomes']}
        why = holds(want, got)
        if why:
            failed += 1
            print('FAILED oracle on "%s": %s' % (name, why))
        else:
            passed += 1
    facts = [
        (cells([3, 4], -10, 10), [2, 3, 4, 5]), (cells([-10, 10], -10, 10), [-10, 9, 10]),
        ([rounded(v, 2, 'half_even') for v in (1, 3, -1, -3)], [0, 2, 0, -2]), ([rounded(v, 2, 'half_up') for v in (1, -1, 3)], [1, -1, 2]),
        ([rounded(v, 3, h) for v in (4, -4) for h in ('up', 'down')], [2, 1, -2, -1]), (rounded(7, -2, 'down'), -3),
        (years_between(D, D), 0), (months_between(D, D + 27), 0),
    ]
    for i, (got, want) in enumerate(facts):
        if got == want:
            passed += 1
        else:
            failed += 1
            print('FAILED oracle arithmetic %d: %r, not %r' % (i, got, want))
    return passed, failed


if __name__ == '__main__':
    print('%d passed, %d failed' % run())
