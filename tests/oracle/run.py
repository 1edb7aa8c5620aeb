# Runs random guidelines through the tool and through the oracle and compares every record: results, missing, open, by, findings, trace.
# Uses the files beside it and the standard library; the tool is a program that it starts, nothing more.
# Start at main(): run.py --klausul PATH --guidelines N --records M --seed S; ends with 'N passed, N failed' and status 0 or 1.
import argparse
import itertools
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate  # noqa: E402
import proofs  # noqa: E402
import rows  # noqa: E402
import self_test  # noqa: E402
import surface  # noqa: E402
from logic import TooMany  # noqa: E402
from meaning import Judge  # noqa: E402
from model import children, walk  # noqa: E402
from shrink import shrink  # noqa: E402
from verdict import differences, read_line, verdict  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMPLETIONS = 60      # of one partly known record, at most


class Refused(Exception):
    """The tool would not run the guideline, or lost a record."""


def run_tool(klausul, g, records, folder, assumed=()):
    """The tool's decisions, one per record, in order."""
    rules, data = os.path.join(folder, 'g.klausul'), os.path.join(folder, 'r.ndjson')
    with open(rules, 'w', encoding='utf-8') as f:
        f.write(surface.text(g))
    with open(data, 'w', encoding='utf-8') as f:
        for r in records:
            f.write(surface.line(g, r) + '\n')
    command = [klausul, 'run', rules, data, '--format', 'ndjson', '--trace']
    for name, value in assumed:
        command += ['--assume', '%s=%s' % (name, value)]
    env = dict(os.environ, LC_ALL='C.UTF-8', NO_COLOR='1')
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, check=False, timeout=120)
    lines = done.stdout.decode('utf-8', 'replace').splitlines()
    if done.returncode not in (0, 1) or len(lines) != len(records):
        raise Refused('exit status %d, %d lines for %d records\n%s' % (
            done.returncode, len(lines), len(records), done.stderr.decode('utf-8', 'replace')[:3000]))
    return [read_line(x) for x in lines]


def disagreements(klausul, g, records, folder, assumed=()):
    """[(record, differences)] between tool and oracle; records too open for the oracle are left out."""
    got = run_tool(klausul, g, records, folder, [(n, w) for n, _, w in assumed])
    out, judged, states = [], 0, Counter()
    for r, h in zip(records, got):
        try:
            want = verdict(g, r, {n: v for n, v, _ in assumed})
        except TooMany:
            continue
        judged += 1
        for o in want['outcomes'].values():
            states[o['state']] += 1
        d = differences(want, h)
        if d:
            out.append((r, d))
    return out, judged, states, got


# ---------------------------------------------------------------------- the fields themselves
def asked_if_known(g):
    """Fields whose absence the guideline may ask about: filling them in is another record, not a completion."""
    found = set()
    roots = [c for p in g.pieces for c in children(p)] + ([g.scope] if g.scope is not None else [])
    for root in roots:
        found |= {x[1] for x in walk(root) if x[0] == 'known'}
    return found


def completions(g, record, values, rng):
    """Records in which every unknown field has a value; all of them when few, else a sample."""
    fixed = asked_if_known(g)
    open_fields = [f.name for f in g.fields if f.name not in record and f.default is None and f.name not in fixed]
    if not open_fields:
        return []
    size = 1
    for f in open_fields:
        size *= len(values[f])
    if size <= COMPLETIONS:
        chosen = itertools.product(*[values[f] for f in open_fields])
    else:
        chosen = [[rng.choice(values[f]) for f in open_fields] for _ in range(COMPLETIONS)]
    return [{**record, **dict(zip(open_fields, c))} for c in chosen]


def contradiction(partial, full):
    """The outcome that a completion decides otherwise, or None."""
    for name, o in partial['outcomes'].items():
        if o['state'] == 'undetermined':
            continue
        h = full['outcomes'][name]
        if any(o.get(k) != h.get(k) for k in ('state', 'value', 'document')):
            return name
    return None


# ---------------------------------------------------------------------- one guideline
def choose_records(g, seed, count):
    judge = Judge(g, {})
    records = generate.records(g, judge, seed, count)
    values = generate.interesting(g, judge)
    rng = random.Random('fields/%s/%s' % (seed, g.name))
    groups = []
    partial = [r for r in records if len(r) < len(g.fields)]
    for r in partial[:2]:
        full = completions(g, r, values, rng)
        if full:
            groups.append((r, full))
    return records, groups


def one(job):
    klausul, seed, count, keep = job
    tally = Counter()
    g = generate.guideline(seed, tally)
    records, groups = choose_records(g, seed, count)
    fails, judged, states, compared = [], 0, Counter(), 0
    assumed = generate.assume(g, seed)
    with tempfile.TemporaryDirectory(prefix='klausul-oracle-') as folder:
        try:
            bad, judged, states, got = disagreements(klausul, g, records, folder, assumed)
            if bad:
                fails.append(explain(klausul, g, bad, folder, seed, assumed))
            every = [x for _, full in groups for x in full]
            if every:
                decisions = iter(run_tool(klausul, g, every, folder, [(n, w) for n, _, w in assumed]))
                for r, full in groups:
                    h = got[next(i for i, x in enumerate(records) if x is r)]
                    for x in full:
                        compared += 1
                        name = contradiction(h, next(decisions))
                        if name and not bad:
                            fails.append('guideline %d: %s is decided for a record and otherwise for a completion of it\n%s\n%s\n%s' % (
                                seed, name, surface.text(g), surface.line(g, r), surface.line(g, x)))
                            break
        except (Refused, subprocess.TimeoutExpired) as e:
            fails.append('guideline %d: the tool would not decide it: %s\n%s' % (seed, e, numbered(surface.text(g))))
        if fails and keep:
            with open(os.path.join(keep, 'g%d.klausul' % seed), 'w', encoding='utf-8') as f:
                f.write(surface.text(g))
    return seed, fails, judged, compared, states, tally


def cases(klausul):
    """The oracle's hand-made cases, through the tool."""
    fails = []
    with tempfile.TemporaryDirectory(prefix='klausul-oracle-') as folder:
        for name, g, record, _ in self_test.CASES:
            try:
                bad, _, _, _ = disagreements(klausul, g, [{'nr': '1', **record}], folder)
            except Refused as e:
                fails.append('case "%s": %s\n%s' % (name, e, numbered(surface.text(g))))
                continue
            for _, d in bad:
                fails.append('case "%s"\n%s\n%s\n%s' % (name, surface.text(g), surface.line(g, record),
                                                        '\n'.join('  %s: the oracle says %s, the tool says %s' % x for x in d)))
    return fails


def numbered(text):
    return '\n'.join('%4d %s' % (i + 1, line) for i, line in enumerate(text.splitlines()))


def explain(klausul, g, bad, folder, seed, assumed):
    record, d = bad[0]
    place = d[0][0]

    def still(g2, r2):
        try:
            again, _, _, _ = disagreements(klausul, g2, [r2], folder, [a for a in assumed if any(x.name == a[0] for x in g2.assumptions)])
        except Refused:
            return False
        return any(x[0] == place for _, ds in again for x in ds)

    small, r = shrink(g, record, still)
    again = disagreements(klausul, small, [r], folder, [a for a in assumed if any(x.name == a[0] for x in small.assumptions)])[0]
    d = again[0][1] if again else d
    lines = ['guideline %d disagrees (--only %d repeats it):' % (seed, seed), surface.text(small), surface.line(small, r)]
    lines += ['--assume %s=%s' % (n, w) for n, _, w in assumed if any(x.name == n for x in small.assumptions)]
    lines += ['  %s: the oracle says %s, the tool says %s' % x for x in d]
    return '\n'.join(lines)


# ---------------------------------------------------------------------- the run
FEATURES_LEAST = 10
STATES_LEAST = {'decided': 200, 'not_stated': 30, 'external': 15, 'none': 200, 'undetermined': 200, 'conflict': 30, 'error': 15}


def coverage(tally, states, guidelines):
    """What this run did not try often enough; only asked of runs large enough to expect it."""
    if guidelines < 500:
        return []
    thin = ['%s only %d times' % (k, tally[k]) for k in sorted(generate.FEATURES) if tally[k] < FEATURES_LEAST]
    return thin + ['state %s only %d times' % (k, states[k]) for k, n in STATES_LEAST.items() if states[k] < n]


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--klausul', help='the program under test (default: BUILD/klausul)')
    p.add_argument('--build', default='build', help='the build folder (default: build)')
    p.add_argument('--guidelines', type=int, help='how many random guidelines (default 2000; soak 20000)')
    p.add_argument('--records', type=int, default=8, help='records of each (default 8)')
    p.add_argument('--seed', type=int, default=1, help='first guideline (default 1)')
    p.add_argument('--tables', type=int, help='how many random tables whose rows may contradict each other (default 600; soak 10000)')
    p.add_argument('--proofs', type=int, help='how many small guidelines whose proofs are held against every record (default 1600; soak 30000)')
    p.add_argument('--only', type=int, action='append', help='just this guideline')
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--keep', help='folder for guidelines that failed')
    p.add_argument('--soak', action='store_true', help='a long run')
    p.add_argument('--most', type=int, default=10, help='stop after so many failures (default 10)')
    return p.parse_args()


def main():
    a = arguments()
    klausul = os.path.abspath(a.klausul or os.path.join(ROOT, a.build, 'klausul'))
    passed, failed = self_test.run()
    if not a.only:
        fails = cases(klausul)
        for text in fails:
            print('FAILED ' + text + '\n', flush=True)
        passed, failed = passed + len(self_test.CASES) - len(fails), failed + len(fails)
    seeds = a.only or range(a.seed, a.seed + (a.guidelines or (20000 if a.soak else 2000)))
    jobs = [(klausul, s, a.records, a.keep) for s in seeds]
    tally, states = Counter(), Counter()
    judged = compared = 0
    start = time.monotonic()
    stopped = False
    tables = [] if a.only else range(1, 1 + (a.tables if a.tables is not None else 10000 if a.soak else 600))
    proved = 0 if a.only else a.proofs if a.proofs is not None else 30000 if a.soak else 1600
    batches = [(klausul, s, proofs.small) for s in range(1, 1 + proved, proofs.SIZE)]
    batches += [(klausul, s, generate.guideline) for s in range(1, 1 + proved // 8, proofs.SIZE)]
    batches += [(klausul, s, proofs.wide) for s in range(1, 1 + proved // 16, proofs.SIZE)]
    batches += [(klausul, s, proofs.small, '--effort', '200') for s in range(1, 1 + proved // 8, proofs.SIZE)]   # much is not decided then
    with multiprocessing.Pool(a.jobs) as pool:
        found = Counter()
        for n, fails, told in pool.imap(proofs.batch, batches):
            passed, failed, found = passed + n - len(fails), failed + len(fails), found + told
            for text in fails:
                print('FAILED ' + text + '\n', flush=True)
        if proved:
            print('proofs: %s' % ', '.join('%s %d' % x for x in sorted(found.items())), flush=True)
        for text in pool.imap(rows.one, [(klausul, s) for s in tables], chunksize=8):
            passed, failed = passed + (text is None), failed + (text is not None)
            if text:
                print('FAILED ' + text + '\n', flush=True)
        for seed, fails, n, m, s, t in pool.imap(one, jobs, chunksize=4):
            judged += n
            compared += m
            states += s
            tally += t
            passed += 0 if fails else 1
            failed += len(fails)
            for text in fails:
                print('FAILED ' + text + '\n', flush=True)
            if failed >= a.most:
                stopped = True
                pool.terminate()
                break
    if not stopped and not a.only:
        for thin in coverage(tally, states, len(jobs)):
            failed += 1
            print('FAILED coverage: ' + thin)
    print('%d records judged, %d completions compared, %.0f s; %s' % (
        judged, compared, time.monotonic() - start, ', '.join('%s %d' % x for x in sorted(states.items()))))
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
