# Runs `klausul plan` on random guidelines against rewrites that mean the same and against small changes, and compares with every record tried.
# Uses the files beside it, tests/suite.py and the standard library; the tool is a program that it starts, nothing more.
# Start at one(): a guideline, its rewrite and its change; ends with 'N passed, N failed'.
import copy
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import generate  # noqa: E402
import surface  # noqa: E402
from meaning import Judge  # noqa: E402
from model import Clause, Requirement, Rule, Table  # noqa: E402
from shrink import smaller  # noqa: E402
from suite import Count, build_option, clean_environment, run, side_by_side  # noqa: E402

RECORDS_MOST = 400
SECONDS_MOST = 60  # of one plan, on a machine that does other things too
UNDECIDED_MOST = 0.1  # of the outcomes of changed guidelines, and of rewritten guidelines: computed values may stay open


# ---------------------------------------------------------------------- rewrites that mean the same
def again(c, r):
    """The condition in other words, equal in Kleene's logic."""
    kind = c[0]
    if kind in ('and', 'or'):
        parts = [again(x, r) for x in c[1:]]
        r.shuffle(parts)
        if r.random() < 0.4:
            return ('not', ('or' if kind == 'and' else 'and', *[('not', x) for x in parts]))
        return (kind, *parts)
    if kind == 'not':
        return ('not', again(c[1], r))
    if kind == 'imp':
        return ('or', again(c[2], r), ('not', again(c[1], r)))
    if kind == 'if' and r.random() < 0.5:
        test = again(c[1], r)
        return ('or', ('and', ('not', test), again(c[3], r)), ('and', again(c[2], r), test))
    return ('not', ('not', c)) if r.random() < 0.1 else c


def split_row(t, r):
    """A row in two, by a test that it leaves open."""
    places = [(i, n) for i, row in enumerate(t.rows) for n, cell in enumerate(row.cells) if cell == ('any',)]
    if not places:
        return
    i, n = r.choice(places)
    if not isinstance(t.tests[n], tuple) or t.tests[n][0] != 'f' or not t.tests[n][1].startswith('sant'):
        return
    row = t.rows[i]
    halves = [copy.deepcopy(row), copy.deepcopy(row)]
    for half, answer in zip(halves, (True, False)):
        half.cells[n] = ('bool', answer)
        half.label = '%s%s' % (row.label, 'xy'[not answer])
    t.rows[i:i + 1] = halves


def named_rows(g):
    return {o.split('.', 1)[1] for p in g.pieces for o in getattr(p, 'overrides', []) if '.' in o}


def rewrite(g, r):
    g = copy.deepcopy(g)
    r.shuffle(g.pieces)
    for p in g.pieces:
        if isinstance(p, Clause):
            p.items = [(label, again(c, r)) for label, c in p.items]
            p.excepts = [(q, [(label, again(c, r)) for label, c in items]) for q, items in p.excepts]
        if isinstance(p, Requirement):
            p.requires = again(p.requires, r)
            p.applies = again(p.applies, r) if p.applies is not None else None
        if isinstance(p, (Rule, Table)) and p.when is not None:
            p.when = again(p.when, r)
        if isinstance(p, Table) and not named_rows(g):
            if not p.first:
                r.shuffle(p.rows)
    if g.scope is not None:
        g.scope = again(g.scope, r)
    return g


# ---------------------------------------------------------------------- changes
def changes(g):
    """Guidelines with one thing less, or one result, default or answer changed."""
    yield from smaller(g)
    for i, o in enumerate(g.outcomes):
        if o.default and o.default[0] == 'k' and o.type[0] in ('int', 'dec', 'money'):
            h = copy.deepcopy(g)
            h.outcomes[i].default = ('k', o.type, o.default[2] + 100)
            yield h
    for i, p in enumerate(g.pieces):
        if isinstance(p, Table):
            for n, row in enumerate(p.rows):
                for m, cell in enumerate(row.cells):
                    if cell[0] == 'bool':
                        h = copy.deepcopy(g)
                        h.pieces[i].rows[n].cells[m] = ('bool', not cell[1])
                        yield h
        if isinstance(p, Clause) and p.quantifier in ('all', 'any'):
            h = copy.deepcopy(g)
            h.pieces[i].quantifier = 'any' if p.quantifier == 'all' else 'all'
            yield h
    for i, f in enumerate(g.fields):
        if f.type == ('bool',) and not f.required:
            h = copy.deepcopy(g)
            h.fields[i].default = None if f.default is not None else True
            yield h


# ---------------------------------------------------------------------- every record, or many
def records(g, r):
    values = generate.interesting(g, Judge(g, {}))
    lists = []
    for f in g.fields:
        if f.key:
            continue
        own = list(values[f.name])
        if len(own) > 6:
            own = sorted(r.sample(own, 6), key=str)
        lists.append([(f.name, v) for v in own] + ([] if f.required else [(f.name, None)]))
    size = 1
    for x in lists:
        size *= len(x)
    chosen = itertools.product(*lists) if size <= RECORDS_MOST else ([r.choice(x) for x in lists] for _ in range(RECORDS_MOST))
    out = []
    for i, pairs in enumerate(chosen):
        record = {n: v for n, v in pairs if v is not None}
        out.append({'nr': 'r%d' % i, **record})
    return out


def decide(klausul, path, g, rows, folder, env):
    data = os.path.join(folder, 'r.ndjson')
    with open(data, 'w', encoding='utf-8') as f:
        f.writelines(surface.line(g, x) + '\n' for x in rows)
    done = run([klausul, 'run', path, data, '--format', 'ndjson'], env=env, timeout=120)
    return [json.loads(x, parse_float=str) for x in done.stdout.decode().splitlines()]


def said(decision, name):
    o = decision['outcomes'][name]
    value = o.get('value')
    if isinstance(value, list):
        value = sorted(json.dumps(x, sort_keys=True) for x in value)
    return o['state'], json.dumps(value), o.get('document')


def found(decision, name):
    return name in decision['findings'] or name in decision['warnings']


# ---------------------------------------------------------------------- one guideline
def plan(klausul, old, new, env):
    try:
        done = run([klausul, 'plan', old, new, '--format', 'json'], env=env, timeout=SECONDS_MOST)
    except subprocess.TimeoutExpired:
        return None, 'no end in %d seconds' % SECONDS_MOST, ''
    if done.returncode not in (0, 1):
        return None, done.returncode, done.stderr.decode()
    return json.loads(done.stdout.decode()), done.returncode, ''


def put(folder, name, g):
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(surface.text(g))
    return path


def show(*gs):
    return '\n'.join(surface.text(g) for g in gs)


def check_rewrite(klausul, g, r, folder, env, fails, seed, tally):
    """Equivalent; or, where a condition inside a computed number is written otherwise, perhaps not decided."""
    h = rewrite(g, r)
    told, status, err = plan(klausul, put(folder, 'g.klausul', g), put(folder, 'h.klausul', h), env)
    verdicts = [s['verdict'] for s in told['outcomes'] + told['requirements']] if told else ['differs']
    tally['rewrites'] += 1
    if set(verdicts) <= {'equivalent', 'not_decided'} and status == ('not_decided' in verdicts) and not told['words']:
        tally['rewrites not decided'] += 'not_decided' in verdicts
    else:
        fails.append('guideline %d: a rewrite is not called equivalent\n%s%s\n%s' % (
            seed, err, json.dumps(told, ensure_ascii=False, indent=1)[:3000], show(g, h)))
        return 0
    return 1


def check_change(klausul, g, r, folder, env, fails, seed, tally):
    choices = list(changes(g))
    if not choices:
        return 0
    h = r.choice(choices)
    old, new = put(folder, 'g.klausul', g), put(folder, 'h.klausul', h)
    told, status, err = plan(klausul, old, new, env)
    if told is None:
        if status == 2 and 'K0' in err:
            tally['not a guideline'] += 1
            return 0
        fails.append('guideline %d: plan ended with %s\n%s\n%s' % (seed, status, err, show(g, h)))
        return 0
    rows = [x for x in records(g, r) + records(h, r)]
    common = {f.name for f in g.fields} & {f.name for f in h.fields}
    rows = [{n: v for n, v in x.items() if n in common} for x in rows]
    before, after = decide(klausul, old, g, rows, folder, env), decide(klausul, new, h, rows, folder, env)
    if len(before) != len(after):
        return 0
    bad = []
    for s in told['outcomes'] + told['requirements']:
        name, verdict = s['name'], s['verdict']
        tally[verdict] += 1
        if verdict in ('added', 'removed', 'other_type'):
            continue
        requirement = s in told['requirements']
        look = found if requirement else said
        differs = [i for i, (a, b) in enumerate(zip(before, after)) if look(a, name) != look(b, name)]
        if verdict == 'equivalent' and differs:
            bad.append('%s is called equivalent, but not for %s' % (name, surface.line(g, rows[differs[0]])))
        if verdict == 'differs' and not s['classes']:
            bad.append('%s differs without a class' % name)
        full = [i for i in differs if all(f.name in rows[i] for f in g.fields if f.name in common)]
        if verdict == 'differs' and full and not s['not_decided'] and all(c['only_unknown'] for c in s['classes']):
            bad.append('%s differs also for full facts: %s' % (name, surface.line(g, rows[full[0]])))
        if verdict == 'not_decided' and not s['not_decided']:
            bad.append('%s is not decided without a reason' % name)
        if not requirement and verdict == 'differs' and differs and not s['not_decided'] and not s['more']:
            pairs = {(c['old']['state'], c['new']['state']) for c in s['classes']}
            for i in full:
                pair = (said(before[i], name)[0], said(after[i], name)[0])
                if pair not in pairs:
                    bad.append('%s: no class says %s, but %s' % (name, pair, surface.line(g, rows[i])))
                    break
    if bad:
        fails.append('guideline %d:\n%s\n%s\n%s' % (seed, '\n'.join(bad), json.dumps(told, ensure_ascii=False, indent=1)[:3000], show(g, h)))
        return 0
    return 1


def one(job):
    klausul, seed = job
    r = random.Random('changes/%d' % seed)
    g = generate.guideline(seed)
    tally, fails, good = Counter(), [], 0
    env = clean_environment()
    with tempfile.TemporaryDirectory(prefix='klausul-changes-') as folder:
        good += check_rewrite(klausul, g, r, folder, env, fails, seed, tally)
        for _ in range(2):
            good += check_change(klausul, g, r, folder, env, fails, seed, tally)
    return fails, good, tally


def main():
    klausul = os.path.join(build_option(), 'klausul')
    count, tally = Count(), Counter()
    for fails, good, told in side_by_side(one, [(klausul, s) for s in generate.asked(100)]):
        tally += told
        for _ in range(good):
            count.ok()
        for f in fails:
            count.fail(f.split('\n')[0], '\n'.join(f.split('\n')[1:]))
    print(', '.join('%s %d' % x for x in sorted(tally.items())))
    whole = sum(tally[v] for v in ('equivalent', 'differs', 'not_decided')) or 1
    count.check('few rewrites are left undecided', tally['rewrites not decided'] <= UNDECIDED_MOST * tally['rewrites'], str(tally))
    count.check('few are left undecided', tally['not_decided'] <= UNDECIDED_MOST * whole, str(tally))
    return count.finish()


if __name__ == '__main__':
    sys.exit(main())
