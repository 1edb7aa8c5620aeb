# Runs `klausul test --suggest` on the shipped guidelines without their examples and on random ones, puts in what it writes, and runs that.
# Uses the files beside it, tests/suite.py and the standard library; the tool is a program that it starts, nothing more.
# Start at one(): what is suggested parses, holds, covers, and leaves nothing to suggest; limits() says which values of a limit are tried.
# Ends with 'N passed, N failed'.
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import generate  # noqa: E402
import surface  # noqa: E402
from suite import ROOT, Count, build_option, clean_environment, run, side_by_side  # noqa: E402

EXAMPLES_MOST = {'vgr/distanskontakter': 30, 'halland/distanskontakter': 25, 'halland/medicinsk_service': 10}


def without_examples(path):
    with open(path, encoding='utf-8') as f:
        text = f.read()
    m = re.search(r'^exempel ', text, re.M)
    return text[:m.start()] if m else text


def one(job):
    """(name, what is wrong, how many suggestions)."""
    klausul, name, text = job
    env = clean_environment()
    with tempfile.TemporaryDirectory(prefix='klausul-suggest-') as folder:
        path = os.path.join(folder, 'g.klausul')
        tool = lambda *flags: run([klausul, 'test', *flags, '-I', os.path.join(ROOT, 'rules'), path], env=env, timeout=120)  # noqa: E731
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        told = tool('--suggest')
        if told.returncode != 0:
            return name, 'exit status %d\n%s' % (told.returncode, told.stderr.decode()), 0
        suggested = told.stdout.decode()
        with open(path, 'a', encoding='utf-8') as f:
            f.write(suggested)
        done = tool('--format', 'json')
        if done.returncode not in (0, 1):
            return name, 'the suggestions do not parse\n%s\n%s' % (done.stderr.decode()[:3000], suggested), 0
        got = json.loads(done.stdout.decode())[0]
        if got['failed']:
            return name, 'suggestions fail: %s\n%s' % (json.dumps(got['failures'], ensure_ascii=False)[:2000], text + suggested), 0
        given_up = set(re.findall(r'^# (\S+): ', suggested, re.M))
        for entry, counts in got['coverage'].items():
            open_ones = [t for t in ('yes', 'no', 'unknown') if not counts[t]]
            if open_ones and entry not in given_up:
                return name, '%s is never %s, and nothing says so\n%s' % (entry, ', '.join(open_ones), text + suggested), 0
        rest = re.findall(r'^(?:exempel|example) .*', tool('--suggest').stdout.decode(), re.M)
        if rest:
            return name, 'there is more to suggest: %s\n%s' % (rest[:3], text + suggested), 0
        return name, '', len(re.findall(r'^(?:exempel|example) ', suggested, re.M)) + (1000 if given_up else 0)


# ---------------------------------------------------------------------- limits: the values around what the author wrote
LIMITS = [  # the type as written, a limit, the values just under, at and over it
    ('heltal', '20', ('19', '20', '21')),
    ('heltal', '0', ('-1', '0', '1')),
    ('decimal(1)', '3,5', ('3,4', '3,5', '3,6')),
    ('decimal(2)', '3', ('2,99', '3', '3,01')),
    ('belopp', '100 kr', ('99,99 kr', '100 kr', '100,01 kr')),
    ('belopp', '250 öre', ('2,49 kr', '2,50 kr', '2,51 kr')),
    ('minuter', '30 minuter', ('29 minuter', '30 minuter', '31 minuter')),
    ('dagar', '7 dagar', ('6 dagar', '7 dagar', '8 dagar')),
    ('datum', '2024-01-01', ('2023-12-31', '2024-01-01', '2024-01-02')),
]
FORMS = ['x %s L' % sign for sign in ('<', '<=', '≤', '>', '>=', '≥', '=', '!=', '<>')] + [
    'L %s x' % sign for sign in ('<', '<=', '>', '>=')] + ['inte x > L', 'x bland L', 'x < L och y', 'x > grans', 'x <= grans']


def limits(job):
    """(name, what is wrong): the suggestions about a limit are for the three values around it."""
    klausul, (kind, limit, around), form = job
    grans = 'antagande grans : %s annars %s\n  källa "1"\n' % (kind, limit) if 'grans' in form else ''
    text = ('riktlinje prov.limit\n  valuta SEK\n  gäller utan datum\npost p\n  x : %s\n  y : ja/nej\n%sutfall u : ja/nej annars nej\n'
            'regel r\n  när %s\n  ger u ja\n' % (kind, grans, form.replace('L', limit)))
    with tempfile.TemporaryDirectory(prefix='klausul-limit-') as folder:
        path = os.path.join(folder, 'g.klausul')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        told = run([klausul, 'test', '--lang', 'sv', '--suggest', path], env=clean_environment(), timeout=120)
        tried = re.findall(r'^exempel "förslag \d+: x ([^"]*?)(?:, r [^"]*)?"', told.stdout.decode(), re.M)
        return '%s: %s' % (kind, form.replace('L', limit)), '' if tuple(tried) == around else 'tries %s\n%s' % (tried, told.stdout.decode() + told.stderr.decode())


def main():
    klausul = os.path.join(build_option(), 'klausul')
    jobs = []
    for name in EXAMPLES_MOST:
        folder = os.path.join(ROOT, 'rules', name)
        for path in sorted(os.listdir(folder)):
            jobs.append((klausul, name, without_examples(os.path.join(folder, path))))
    jobs += [(klausul, 'guideline %d' % s, surface.text(generate.guideline(s))) for s in generate.asked(150)]
    count, given_up = Count(), 0
    for name, wrong, suggestions in side_by_side(one, jobs):
        given_up += suggestions >= 1000
        count.check(name, not wrong and (name not in EXAMPLES_MOST or suggestions <= EXAMPLES_MOST[name]),
                    wrong or '%d examples are suggested' % suggestions)
    for name, wrong in side_by_side(limits, [(klausul, limit, form) for limit in LIMITS for form in FORMS]):
        count.check(name, not wrong, wrong)
    print('%d of %d guidelines have something that no example was found for' % (given_up, len(jobs)))
    return count.finish()


if __name__ == '__main__':
    sys.exit(main())
