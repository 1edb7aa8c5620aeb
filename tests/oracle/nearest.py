# Runs `klausul explain --why-not` on random guidelines and records, and looks for a smaller change by trying them.
# Uses the files beside it, tests/suite.py and the standard library; the tool is a program that it starts, nothing more.
# Start at one(): a value that another record has is asked for; ends with 'N passed, N failed'.
import itertools
import json
import os
import random
import sys
import tempfile
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import generate  # noqa: E402
import surface  # noqa: E402
from changes import decide, put  # noqa: E402
from meaning import Judge  # noqa: E402
from suite import Count, build_option, clean_environment, run, side_by_side  # noqa: E402

TRIES_MOST = 3000
ASKED = 3  # of each guideline


def wanted(outcome):
    """The outcome as --why-not takes it, or None."""
    state, value = outcome['state'], outcome.get('value')
    if state == 'decided' and isinstance(value, (bool, str)):
        return ('ja' if value else 'nej') if isinstance(value, bool) else value
    return {'not_stated': 'ej angivet', 'none': 'inget', 'conflict': 'motstridigt', 'error': 'fel'}.get(state)


def same(a, b):
    return (a['state'], a.get('value')) == (b['state'], b.get('value'))


def changed(record, names, values, free):
    """Records that differ in exactly these fields at most."""
    for choice in itertools.product(*[values[n] for n in names]):
        yield {**record, **dict(zip(names, choice))}


def one(job):
    klausul, seed = job
    r = random.Random('nearest/%d' % seed)
    g = generate.guideline(seed)
    env, fails, tally = clean_environment(), [], Counter()
    judge = Judge(g, {})
    values = generate.interesting(g, judge)
    rows = generate.records(g, judge, seed, 12)
    with tempfile.TemporaryDirectory(prefix='klausul-nearest-') as folder:
        path = put(folder, 'g.klausul', g)
        told = decide(klausul, path, g, rows, folder, env)
        if len(told) != len(rows):
            return fails, tally
        for _ in range(ASKED):
            o = r.choice(g.outcomes)
            i, k = r.randrange(len(rows)), r.randrange(len(rows))
            goal = told[k]['outcomes'][o.name]
            value = None if o.columns else wanted(goal)
            if value is None or same(goal, told[i]['outcomes'][o.name]):
                continue
            data = os.path.join(folder, 'one.ndjson')
            with open(data, 'w', encoding='utf-8') as f:
                f.write(surface.line(g, rows[i]) + '\n')
            done = run([klausul, 'explain', path, data, '--record', rows[i]['nr'], '--why-not', '%s=%s' % (o.name, value), '--format', 'json'],
                       env=env, timeout=60)
            if done.returncode not in (0, 1):
                fails.append('guideline %d: exit status %d\n%s\n%s' % (seed, done.returncode, done.stderr.decode(), surface.text(g)))
                continue
            answer = json.loads(done.stdout.decode())
            tally[answer['answer']] += 1
            size = len(answer['changes']) if answer['answer'] == 'found' else 3
            if answer['answer'] not in ('found', 'never'):
                continue
            free = [f.name for f in g.fields if not f.key]
            tries = [x for n in range(1, min(size, 3)) for names in itertools.combinations(free, n)
                     for x in changed(rows[i], names, values, free)]
            if len(tries) > TRIES_MOST:
                tries = r.sample(tries, TRIES_MOST)
            for x, d in zip(tries, decide(klausul, path, g, tries, folder, env)):
                if same(d['outcomes'][o.name], goal):
                    fails.append('guideline %d: %s=%s\n%s\n%s\nsmaller: %s\n%s' % (
                        seed, o.name, value, json.dumps(answer, ensure_ascii=False), surface.line(g, rows[i]), surface.line(g, x), surface.text(g)))
                    break
    return fails, tally


def main():
    klausul = os.path.join(build_option(), 'klausul')
    count, tally = Count(), Counter()
    for fails, told in side_by_side(one, [(klausul, s) for s in generate.asked(150)]):
        tally += told
        for f in fails:
            count.fail(f.split('\n')[0], '\n'.join(f.split('\n')[1:]))
        for _ in range(max(0, sum(told.values()) - len(fails))):
            count.ok()
    print(', '.join('%s %d' % x for x in sorted(tally.items())))
    count.check('most are decided', tally['not_decided'] * 3 <= sum(tally.values()), str(tally))
    return count.finish()


if __name__ == '__main__':
    sys.exit(main())
