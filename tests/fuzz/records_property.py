# Damaged CSV and NDJSON for `klausul run`: never a crash, and every record that came in goes out or is rejected: the counts add up.
# Uses the generator of tests/oracle, mutate.py, tries.py and the standard library; starts the tool, best built with the sanitizers.
# Start at examine(): what must hold of one input. records_property.py --klausul PATH --seconds N | --count N [--seed S]
import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'oracle')]
import generate  # noqa: E402
import surface  # noqa: E402
from fmt_property import ENV, Broken  # noqa: E402
from meaning import Judge  # noqa: E402
from mutate import damaged_bytes, mutated  # noqa: E402
from tries import options, tries  # noqa: E402


STATES = ('decided', 'not_stated', 'external', 'none', 'undetermined', 'conflict', 'error')
TRUTHS = ('yes', 'no', 'unknown', 'not_applicable')


def run_tool(klausul, args):
    try:
        done = subprocess.run([klausul, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        raise Broken('no answer within a minute') from None
    if done.returncode not in (0, 1, 2):
        raise Broken('exit status %d\n%s' % (done.returncode, done.stderr.decode('utf-8', 'replace')[-3000:]))
    return done


def cell(f, v, form, rng):
    if f.type[0] == 'bool':
        return rng.choice({True: ['ja', 'j', 'true', '1', 'J'], False: ['nej', 'n', 'false', '0', 'N']}[v])
    if f.type[0] == 'set':
        return ' '.join(sorted(v)) if rng.random() < 0.5 or form != ';' else ','.join(sorted(v))
    if f.type[0] in ('text', 'values'):
        return v
    s = surface.plain(f.type, v).strip('"')
    if f.type[0] == 'date':
        return s if rng.random() < 0.7 else s.replace('-', '')
    return s.replace('.', ',') if form == ';' else s


def as_csv(g, records, rng):
    form = rng.choice([',', ';', '\t'])
    out = io.StringIO()
    w = csv.writer(out, delimiter=form, lineterminator=rng.choice(['\n', '\r\n']), quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    fields = [f for f in g.fields]
    w.writerow([f.column or f.name for f in fields])
    for r in records:
        w.writerow([cell(f, r[f.name], form, rng) if f.name in r else '' for f in fields])
    return out.getvalue()


def counted(data, ndjson):
    """How many records the bytes hold, where that is plain to see; else None."""
    if b'"' in data and not ndjson or b'\r' in data.replace(b'\r\n', b'') or b'\x00' in data:
        return None
    if data.startswith((b'\xff', b'\xfe')):
        return None
    lines = [x for x in data.replace(b'\r\n', b'\n').split(b'\n')]
    if ndjson:
        return sum(1 for x in lines if x.strip(b' \t\xef\xbb\xbf'))
    while lines and not lines[0]:  # the header is the first line that is not empty
        lines.pop(0)
    if len(lines) < 2 or not any(c in lines[0] for c in b',;\t'):  # with one column an empty line is a record
        return None
    return sum(1 for x in lines[1:] if x)


def examine(klausul, g, data, ndjson, form, threads, folder):
    rules = os.path.join(folder, 'g.klausul')
    with open(rules, 'w', encoding='utf-8') as f:
        f.write(surface.text(g))
    path = os.path.join(folder, 'r.ndjson' if ndjson else 'r.csv')
    with open(path, 'wb') as f:
        f.write(data)
    out, rejects, receipt = (os.path.join(folder, x) for x in ('out', 'rejects.csv', 'receipt.json'))
    done = run_tool(klausul, ['run', rules, path, '--format', form, '-o', out, '--rejects', rejects, '--receipt', receipt, '--threads', str(threads), '--keep'])
    if done.returncode == 2:
        if os.path.exists(out):
            raise Broken('exit status 2, and yet there is an output file')
        return False
    with open(out, encoding='utf-8', newline='') as f:
        text = f.read()
    with open(rejects, encoding='utf-8', newline='') as f:
        rejected = max(len(list(csv.reader(f))) - 1, 0)
    with open(receipt, encoding='utf-8') as f:
        whole = json.load(f)
    counts = whole['counts']
    sums = [('rejected_by_reason', sum(whole['rejected_by_reason'].values()), counts['rejected']),
            ('records of the editions', sum(e['records'] for e in whole['editions']), counts['judged'])]
    for e in whole['editions']:
        for part, words in (('outcomes', STATES), ('clauses', TRUTHS)):
            sums += [(n, sum(v for k, v in c.items() if k in words), e['records']) for n, c in e[part].items()]
    for name, a, b in sums:
        if a != b:
            raise Broken('the receipt does not add up: %s are %d, not %d' % (name, a, b))
    if form == 'ndjson':
        lines = text.split('\n')
        decided = len(lines) - 1
        for x in lines[:-1]:
            json.loads(x)
    else:
        decided = max(len(list(csv.reader(io.StringIO(text, newline='')))) - 1, 0)
    if counts['records'] != counts['judged'] + counts['rejected']:
        raise Broken('the receipt does not add up: %s' % counts)
    if (decided, rejected) != (counts['judged'], counts['rejected']):
        raise Broken('%d decided and %d rejected were written, the receipt says %s' % (decided, rejected, counts))
    seen = counted(data, ndjson)
    if seen is not None and seen != counts['records']:
        raise Broken('%d records went in, %d were counted' % (seen, counts['records']))
    if (rejected > 0) and done.returncode != 1:
        raise Broken('rejected records, and yet exit status %d' % done.returncode)
    return True


def make(seed):
    rng = random.Random(seed)
    g = generate.guideline(rng.randrange(10 ** 6))
    records = generate.records(g, Judge(g, {}), seed, rng.choice([1, 3, 10, 70]))
    ndjson = rng.random() < 0.5
    text = '\n'.join(surface.line(g, r) for r in records) + '\n' if ndjson else as_csv(g, records, rng)
    kind = rng.random()
    if kind < 0.1:
        data = text.encode()
    elif kind < 0.7:
        data = mutated(rng, text).encode('utf-8', 'surrogatepass')
    else:
        data = damaged_bytes(rng, text.encode())
    if rng.random() < 0.1:
        data = b'\xef\xbb\xbf' + data
    return g, data, ndjson, rng.choice(['ndjson', 'ndjson', 'csv']), rng.choice([1, 1, 2])


def main():
    a = options(__doc__, 1000, 50000)

    def one(seed):
        g, data, ndjson, form, threads = make(seed)
        with tempfile.TemporaryDirectory(prefix='klausul-records-') as folder:
            try:
                return examine(a.klausul, g, data, ndjson, form, threads, folder), None
            except Broken as e:
                if a.keep:
                    with open(os.path.join(a.keep, 'r%d.klausul' % seed), 'w', encoding='utf-8') as f:
                        f.write(surface.text(g))
                    with open(os.path.join(a.keep, 'r%d.%s' % (seed, 'ndjson' if ndjson else 'csv')), 'wb') as f:
                        f.write(data)
                return False, 'input %d (--seed %d --count 1 repeats it): %s' % (seed, seed, e)
    did, failed = tries(a, one)
    passed, read = len(did) - failed, sum(did)
    if not failed and passed > 200 and read < passed // 2:
        failed += 1
        print('FAILED coverage: only %d of %d inputs were read at all' % (read, passed))
    print('%d inputs read' % read)
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
