# check_tables.py - how long `klausul check` takes to prove tables of 100 to 3,000 rows over 12 columns: complete ones and ones of random wildcards.
# May include: the Python standard library; the tool is a program that it starts.
# Start at measure(): a list of figures, printed by main() and taken over by bench.py.
import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COLUMNS = 12
SIZES = (100, 300, 1000, 3000)
VALUES = 6


def head(rng):
    """Three columns of each kind: yes/no, values, numbers, dates."""
    kinds = [('ja/nej', None), ('sort', None), ('heltal', None), ('datum', None)] * (COLUMNS // 4)
    lines = ['riktlinje prov.stor "Stor tabell"', '  gäller utan datum', 'värden sort'] + ['  v%d' % i for i in range(VALUES)]
    lines += ['post kontakt'] + ['  f%d : %s' % (i, k) for i, (k, _) in enumerate(kinds)]
    lines += ['utfall svar : heltal', 'tabell t', '  |  | %s | svar |' % ' | '.join('f%d' % i for i in range(COLUMNS)),
              '  |%s' % ('---|' * (COLUMNS + 2))]
    return [k for k, _ in kinds], lines


def day(n):
    return '20%02d-%02d-01' % (10 + n // 12, n % 12 + 1)


def cell(kind, cut):
    if kind == 'ja/nej':
        return {(0, 1): 'nej', (1, 2): 'ja', (0, 2): '*'}[cut]
    low, high = cut
    if kind == 'sort':
        return '*' if high - low == VALUES else ', '.join('v%d' % i for i in range(low, high))
    word = (lambda n: str(n * 10)) if kind == 'heltal' else day
    least, most = low == 0, high == 60
    if least and most:
        return '*'
    return '< %s' % word(high) if least else '>= %s' % word(low) if most else '%s..%s' % (word(low), last(kind, high))


def last(kind, high):
    return str(high * 10 - 1) if kind == 'heltal' else '20%02d-%02d-28' % (10 + (high - 1) // 12, (high - 1) % 12 + 1)


def whole(kind):
    return (0, 2) if kind == 'ja/nej' else (0, VALUES) if kind == 'sort' else (0, 60)


def complete(rows, rng):
    """Rows that together take every record once: the space divided again and again."""
    kinds, lines = head(rng)
    kinds = ['heltal' if k == 'datum' else k for k in kinds]
    lines = [x.replace(': datum', ': heltal') for x in lines]
    if rows > 1000:
        lines.insert(lines.index('tabell t') + 1, '  rad för rad')     # else its diagram passes the limit of what is compiled
    boxes = [[whole(k) for k in kinds]]
    while len(boxes) < rows:
        at = rng.randrange(len(boxes))
        box = boxes[at]
        free = [i for i, (a, b) in enumerate(box) if b - a > 1]
        if not free:
            continue
        i = rng.choice(free)
        a, b = box[i]
        middle = rng.randrange(a + 1, b)
        boxes[at] = box[:i] + [(a, middle)] + box[i + 1:]
        boxes.append(box[:i] + [(middle, b)] + box[i + 1:])
    for n, box in enumerate(boxes):
        lines.append('  | %d | %s | %d |' % (n + 1, ' | '.join(cell(k, c) for k, c in zip(kinds, box)), n % 7))
    return '\n'.join(lines) + '\n'


def wildcard(rows, rng):
    """Rows of three or four random tests each; they overlap and agree, and the outcome is decided row by row."""
    kinds, lines = head(rng)
    kinds = ['heltal' if k == 'datum' else k for k in kinds]
    lines = [x.replace(': datum', ': heltal') for x in lines]
    lines.insert(lines.index('tabell t') + 1, '  rad för rad')
    for n in range(rows):
        tested = set(rng.sample(range(COLUMNS), rng.choice([3, 4])))
        cells = []
        for i, k in enumerate(kinds):
            low, high = whole(k)
            if i in tested:
                a = rng.randrange(low, high)
                low, high = a, rng.randrange(a + 1, high + 1)
            cells.append(cell(k, (low, high)))
        lines.append('  | %d | %s | 1 |' % (n + 1, ' | '.join(cells)))
    return '\n'.join(lines) + '\n'


def timed(klausul, text, most):
    """(seconds of processor time, codes that were reported, whether it ended)."""
    with tempfile.TemporaryDirectory(prefix='klausul-tables-') as folder:
        path = os.path.join(folder, 't.klausul')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        try:
            done = subprocess.run([klausul, 'check', '--lang', 'en', '--format', 'json', path], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=most)
            codes = sorted({json.loads(x)['code'] for x in done.stdout.decode().split('\n')[:-1]})
        except subprocess.TimeoutExpired:
            return time.monotonic() - start, ['no answer in %d s' % most], False
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, codes, True


def measure(klausul, sizes=SIZES, most=300):
    """[(kind, rows, seconds, codes)] and, first, each shipped guideline: ('rules/…', None, seconds, codes)."""
    out = []
    for top, _, files in sorted(os.walk(os.path.join(ROOT, 'rules'))):
        for name in sorted(files):
            path = os.path.join(top, name)
            if not name.endswith('.klausul') or os.path.basename(top) in ('rules', 'vgr', 'halland', 'gemensamt'):
                continue
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run([klausul, 'check', '--format', 'json', path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            codes = sorted({json.loads(x)['code'] for x in done.stdout.decode().split('\n')[:-1]})
            out.append((os.path.relpath(path, ROOT), None, after.ru_utime - before.ru_utime, codes))
    for kind, make in (('complete', complete), ('wildcard', wildcard)):
        for rows in sizes:
            seconds, codes, _ = timed(klausul, make(rows, random.Random('%s/%d' % (kind, rows))), most)
            out.append((kind, rows, seconds, codes))
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--build', default='build')
    p.add_argument('--rows', type=int, action='append', help='only tables of so many rows')
    a = p.parse_args()
    for kind, rows, seconds, codes in measure(os.path.abspath(os.path.join(a.build, 'klausul')), a.rows or SIZES):
        print('%-60s %6s %8.2f s  %s' % (kind, rows if rows else '', seconds, ' '.join(codes)), flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
