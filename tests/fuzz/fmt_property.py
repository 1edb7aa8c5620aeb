# Damaged and generated rule files for `klausul check` and `klausul fmt`: never a crash; the layout is stable; translation comes back.
# Uses the generator of tests/oracle, mutate.py, tries.py and the standard library; starts the tool, best built with the sanitizers.
# Start at examine(): what must hold of one text. fmt_property.py --klausul PATH --seconds N | --count N [--seed S]
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'oracle')]
import generate  # noqa: E402
import surface  # noqa: E402
from mutate import damaged_bytes, mutated  # noqa: E402
from tries import options, tries  # noqa: E402

ENV = dict(os.environ, LC_ALL='C.UTF-8', NO_COLOR='1', ASAN_OPTIONS='abort_on_error=0:detect_leaks=0:exitcode=99',
           UBSAN_OPTIONS='halt_on_error=1:print_stacktrace=1:exitcode=99')
BLANK = '[ \t\r\u00a0\u2009\u200b\u202f\u2060\ufeff]'
STRING = re.compile('"(?:[^"\\\\\n]|\\\\[^\n])*"|[“”](?:[^”\\\\\n]|\\\\[^\n])*”|#[^\n]*')


class Broken(Exception):
    pass


def tool(klausul, args, data=None):
    try:
        done = subprocess.run([klausul, *args], input=data if data is not None else b'', stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=ENV, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        raise Broken('%s: no answer within a minute' % ' '.join(args)) from None
    if done.returncode not in (0, 1, 2):
        raise Broken('%s: exit status %d\n%s' % (' '.join(args), done.returncode, done.stderr.decode('utf-8', 'replace')[-3000:]))
    return done


def squeezed(text):
    """What a layout may not touch: every line's characters but blanks, outside strings and comments as they stand."""
    out = []
    for line in unicodedata.normalize('NFC', text.lstrip('\ufeff')).split('\n'):
        parts, at = [], 0
        for m in STRING.finditer(line):
            parts += [re.sub(BLANK, '', line[at:m.start()]), m.group().rstrip()]
            at = m.end()
        parts.append(re.sub(BLANK, '', line[at:]))
        s = ''.join(parts)
        rule, mark, comment = s.partition('#')
        if re.fullmatch(r'\|[-:|]*\|', rule):
            s = re.sub('-+', '-', rule) + mark + comment
        out.append(s)
    while out and not out[-1]:
        out.pop()
    return out


def without_runs_of_blanks(lines):
    out = []
    for s in lines:
        if s or (out and out[-1]):
            out.append(s)
    return out


def examine(klausul, data, folder):
    """Raises Broken when a property fails; says which properties could be tried."""
    path = os.path.join(folder, 'x.klausul')
    with open(path, 'wb') as f:
        f.write(data)
    clean = correct(klausul, path)
    once = tool(klausul, ['fmt', '-'], data)
    tried = ['check']
    if once.returncode == 0:
        tried.append('fmt')
        twice = tool(klausul, ['fmt', '-'], once.stdout)
        if twice.stdout != once.stdout:
            raise Broken('fmt is not idempotent\n%s' % first_difference(once.stdout, twice.stdout))
        before, after = (without_runs_of_blanks(squeezed(x.decode('utf-8', 'replace'))) for x in (data, once.stdout))
        if before != after:
            raise Broken('fmt changes tokens or lines\n%s' % first_difference('\n'.join(before).encode(), '\n'.join(after).encode()))
        with open(path, 'wb') as f:
            f.write(once.stdout)
        if correct(klausul, path) != clean:
            raise Broken('check finds something else after fmt')
    elif clean:
        raise Broken('a file without errors is not formatted: %s' % once.stderr.decode('utf-8', 'replace')[:500])
    if clean:
        tried.append('keywords')
        here, there = ('sv', 'en') if is_swedish(once.stdout) else ('en', 'sv')
        other = tool(klausul, ['fmt', '--keywords', there, '-'], once.stdout)
        back = tool(klausul, ['fmt', '--keywords', here, '-'], other.stdout)
        if back.stdout != once.stdout:
            raise Broken('fmt --keywords %s and back gives other bytes\n%s' % (there, first_difference(once.stdout, back.stdout)))
        with open(path, 'wb') as f:
            f.write(other.stdout)
        if not correct(klausul, path):
            raise Broken('fmt --keywords %s gives a file with errors\n%s' % (there, other.stdout.decode('utf-8', 'replace')))
    return tried


def correct(klausul, path):
    """No errors; warnings do not count."""
    said = tool(klausul, ['check', '--format', 'json', path]).stdout
    try:
        return not any(json.loads(x)['severity'] == 'error' for x in said.decode('utf-8').split('\n')[:-1])
    except ValueError as e:
        raise Broken('check --format json is not JSON: %s' % e) from None


def is_swedish(data):
    for line in data.decode('utf-8', 'replace').lstrip('\ufeff').splitlines():
        word = (line.split() or [''])[0]
        if word in ('riktlinje', 'använd', 'värden', 'post', 'taxa', 'antagande', 'utfall', 'klausul', 'krav', 'råd', 'regel', 'tabell', 'anmärkning', 'exempel'):
            return True
        if word in ('guideline', 'use', 'values', 'record', 'tariff', 'assumption', 'outcome', 'clause', 'requirement', 'advice', 'rule', 'table', 'note', 'example'):
            return False
    return True


def first_difference(a, b):
    x, y = a.decode('utf-8', 'replace').split('\n'), b.decode('utf-8', 'replace').split('\n')
    for i, (p, q) in enumerate(zip(x, y)):
        if p != q:
            return 'line %d:\n  %r\n  %r' % (i + 1, p, q)
    return '%d lines, %d lines' % (len(x), len(y))


def seeds():
    """Texts to begin with: every shipped rule file."""
    out = []
    for path in sorted(glob.glob(os.path.join(ROOT, 'rules', '**', '*.klausul'), recursive=True) +
                       glob.glob(os.path.join(ROOT, 'examples', '**', '*.klausul'), recursive=True)):
        with open(path, encoding='utf-8') as f:
            out.append(f.read())
    return out


def make(seed, shipped):
    """The text of one try: generated or shipped, as it stands, loosely laid out or damaged."""
    rng = random.Random(seed)
    text = rng.choice(shipped) if shipped and rng.random() < 0.3 else surface.text(generate.guideline(rng.randrange(10 ** 6)))
    kind = rng.random()
    if kind < 0.15:
        return text.encode()
    if kind < 0.3:
        return loosened(rng, text).encode()
    if kind < 0.92:
        if rng.random() < 0.5:          # a part, so that many damages stay readable
            lines = text.split('\n')
            i = rng.randrange(len(lines))
            text = '\n'.join(lines[i:i + rng.choice([3, 10, 40])])
        return mutated(rng, text).encode('utf-8', 'surrogatepass')
    return damaged_bytes(rng, text.encode())


def loosened(rng, text):
    """The same tokens with other blanks, comments and empty lines."""
    out = []
    for line in text.split('\n'):
        bare = line.strip()
        if not bare:
            out += [''] * rng.choice([0, 1, 1, 3])
            continue
        if rng.random() < 0.1:
            out.append(rng.choice(['', '  ', '\t']) + '# en anmärkning  i  marginalen ')
        if '"' not in bare and rng.random() < 0.4:
            bare = re.sub(' ', lambda m: rng.choice([' ', ' ', '  ', '\u00a0', '\t']), bare)
        line = rng.choice(['', ' ', '  ', '      ']) + bare + rng.choice(['', '', ' ', '  # här'])
        out.append(line)
    return '\n'.join(out) + rng.choice(['', '\n', '\n\n'])


def main():
    a = options(__doc__, 1500, 100000)
    shipped = seeds()

    def one(seed):
        data = make(seed, shipped)
        with tempfile.TemporaryDirectory(prefix='klausul-fmt-') as folder:
            try:
                return examine(a.klausul, data, folder), None
            except Broken as e:
                if a.keep:
                    with open(os.path.join(a.keep, 'fmt%d.klausul' % seed), 'wb') as f:
                        f.write(data)
                return [], 'text %d (--seed %d --count 1 repeats it): %s' % (seed, seed, e)
    did, failed = tries(a, one)
    passed, tried = len(did) - failed, Counter(t for properties in did for t in properties)
    if not failed and passed > 500:
        for t, least in (('fmt', passed // 10), ('keywords', passed // 20)):
            if tried[t] < least:
                failed += 1
                print('FAILED coverage: %s was tried only %d times of %d' % (t, tried[t], passed))
    print(', '.join('%s %d' % x for x in sorted(tried.items())))
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
