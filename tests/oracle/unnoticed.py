# Runs `klausul test --mutate` on the shipped guidelines and on random ones with few examples, makes each change that it reports in the text, and tries.
# Uses the files beside it, tests/suite.py and the standard library; the tool is a program that it starts, nothing more.
# Start at try_change(): the bytes are there, the changed file holds, `plan` shows the difference, also on the record given; ends with 'N passed, N failed'.
import json
import os
import random
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import generate  # noqa: E402
import surface  # noqa: E402
from suite import ROOT, Count, build_option, clean_environment, run, side_by_side  # noqa: E402

SECONDS_MOST = 300
CHANGES_MOST = 8  # tried of one guideline
KINDS = {'condition', 'joined', 'limit', 'value', 'amount', 'period', 'left_out'}


class Folder:
    """A rule file and the tool beside it."""

    def __init__(self, klausul, path):
        self.klausul, self.path, self.env = klausul, path, clean_environment()

    def tool(self, verb, *more):
        done = run([self.klausul, verb, '--lang', 'en', '-I', os.path.join(ROOT, 'rules'), *more], env=self.env, timeout=SECONDS_MOST)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def write(self, name, data):
        path = os.path.join(self.path, name)
        with open(path, 'wb') as f:
            f.write(data)
        return path


def vocabulary():
    """The texts that the shipped guidelines use."""
    out = ''
    for folder in ('gemensamt', 'vgr', 'halland'):
        for name in ('ordlista', 'remiss'):
            path = os.path.join(ROOT, 'rules', folder, name + '.klausul')
            if os.path.exists(path):
                with open(path, encoding='utf-8') as f:
                    out += f.read()
    return out


def place_of(data, at, end):
    """Line and column, counted in characters, of the first byte of the change that is no blank."""
    while at < end and data[at:at + 1] in (b' ', b'\t'):
        at += 1
    line = data.rfind(b'\n', 0, at) + 1
    return data.count(b'\n', 0, at) + 1, len(data[line:at].decode()) + 1


def record_line(text, witness):
    """A witness as a line of NDJSON; which fields are sets, and the key, the text says."""
    sets = set(re.findall(r'^\s+(\w+)\s*(?:"[^"]*")?\s*:\s*(?:mängd av|set of) ', text, re.M))
    record = {name: '1' for name in re.findall(r'^\s+(\w+)\s*(?:"[^"]*")?\s*:.* (?:nyckel|key)$', text, re.M)}
    for field, value in witness.items():
        if field in sets:
            record[field] = [] if value == 'empty' else [v.strip('` ') for v in value.strip('()').split(',')]
        elif value in ('yes', 'no'):
            record[field] = value == 'yes'
        elif value.startswith('"'):
            record[field] = value[1:-1]
        else:
            number = re.match(r'-?\d+(?:\.\d+)?(?= \w+$|$)', value)
            record[field] = json.loads(number[0]) if number else value.strip('`')
    return json.dumps(record, ensure_ascii=False).encode() + b'\n'


def try_witness(folder, path, changed, text, shown, number):
    """What is wrong with the record that is to show the difference, or ''."""
    lines = folder.write('witness%d.ndjson' % number, record_line(text, shown['witness']))
    code, out, err = folder.tool('plan', '--format', 'json', path, changed, lines)
    if code != 1:
        return 'over its own witness plan ends with %d\n%s%s' % (code, out, err)
    plan = json.loads(out)
    if shown['what'].startswith('finding '):
        seen = [r for r in plan['requirements'] if 'finding ' + r['name'] == shown['what']]
        return '' if seen and seen[0]['old'] != seen[0]['new'] else 'the witness does not change %s\n%s' % (shown['what'], out)
    seen = [(r['from'], r['to']) for o in plan['outcomes'] if o['name'] == shown['what'] for r in o['results']]
    many = 'perhaps ' in shown['old'] + shown['new']  # which plan words otherwise for many records
    return '' if seen == [(shown['old'], shown['new'])] or (many and seen) else 'the witness makes %s of %s\n%s' % (seen, shown['what'], out)


def try_change(folder, path, data, change, number):
    """What is wrong with one reported change, or ''."""
    place = change['place']
    was = data[place['start']:place['end']]
    if was != change['from'].encode():
        return 'the place holds %r' % was.decode('utf-8', 'replace')
    if change['to'] == change['from'] or change['kind'] not in KINDS or place['file'] != path:
        return 'no change of a known kind in this file'
    if (place['line'], place['column']) != place_of(data, place['start'], place['end']):
        return 'line and column are not those of the bytes'
    changed = folder.write('changed%d.klausul' % number, data[:place['start']] + change['to'].encode() + data[place['end']:])
    code, out, err = folder.tool('test', '--format', 'json', changed)
    if code != 0:
        return 'the changed file does not hold: exit status %d\n%s%s' % (code, err[:2000], out[:2000])
    code, out, err = folder.tool('plan', '--format', 'json', path, changed)
    if code not in (0, 1):
        return 'plan ends with %d\n%s' % (code, err)
    plan = json.loads(out)
    verdicts = {s['name']: s['verdict'] for s in plan['outcomes']}
    verdicts.update(('finding ' + s['name'], s['verdict']) for s in plan['requirements'])
    if change['effect'] == 'not_decided':
        return '' if 'not_decided' in verdicts.values() or 'differs' in verdicts.values() else 'plan decides that it changes nothing'
    shown = change.get('shown_by')
    if not shown:
        return '' if {'removed', 'added', 'other_type'} & set(verdicts.values()) else 'nothing is shown'
    if verdicts.get(shown['what']) != 'differs' or shown['old'] == shown['new']:
        return 'of %s the report says %s → %s, plan %s' % (shown['what'], shown['old'], shown['new'], verdicts.get(shown['what']))
    return try_witness(folder, path, changed, data.decode() + vocabulary(), shown, number)


def examples_for(folder, text, seed, most):
    """Some of the suggested examples, so that not everything goes unnoticed."""
    code, out, err = folder.tool('test', '--suggest', folder.write('plain.klausul', text.encode()))
    if code != 0:
        raise RuntimeError('test --suggest ends with %d\n%s' % (code, err))
    found = re.findall(r'^(?:exempel|example) .*\n(?:  .*\n)*', out, re.M)
    return '\n' + '\n'.join(random.Random(seed).sample(found, min(most, len(found))))


def one(job):
    """(name, what is wrong, changes tried, kinds seen)."""
    klausul, name, text, seed = job
    with tempfile.TemporaryDirectory(prefix='klausul-unnoticed-') as where:
        folder = Folder(klausul, where)
        try:
            if seed is not None:
                text += examples_for(folder, text, seed, seed % 4)
        except RuntimeError as e:
            return name, str(e), 0, set()
        data = text.encode()
        path = folder.write('g.klausul', data)
        code, out, err = folder.tool('test', '--mutate', '--format', 'json', path)
        if code not in (0, 1):
            return name, 'exit status %d\n%s' % (code, err), 0, set()
        report = json.loads(out)
        changes = report['changes']
        if len(changes) != report['unnoticed'] or (code == 1) != bool(changes):
            return name, '%d changes are listed, %d counted, exit status %d' % (len(changes), report['unnoticed'], code), 0, set()
        chosen = random.Random(seed or 1).sample(changes, min(CHANGES_MOST, len(changes)))
        for number, change in enumerate(chosen):
            wrong = try_change(folder, path, data, change, number)
            if wrong:
                return name, '%s\n%s\n%s' % (wrong, json.dumps(change, ensure_ascii=False), text if seed is not None else ''), 0, set()
        return name, '', len(chosen), {c['kind'] for c in changes}


def main():
    klausul = os.path.join(build_option(), 'klausul')
    jobs = []
    for name in ('vgr/distanskontakter', 'halland/distanskontakter', 'halland/medicinsk_service'):
        folder = os.path.join(ROOT, 'rules', name)
        for path in sorted(os.listdir(folder)):
            with open(os.path.join(folder, path), encoding='utf-8') as f:
                jobs.append((klausul, name, f.read(), None))
    jobs += [(klausul, 'guideline %d' % s, surface.text(generate.guideline(s)), s) for s in generate.asked(25)]
    count, tried, kinds = Count(), 0, set()
    for name, wrong, changes, seen in side_by_side(one, jobs):
        count.check(name, not wrong, wrong)
        tried += changes
        kinds |= seen
    count.check('every kind of change is met', kinds == KINDS, 'only %s' % sorted(kinds))
    print('%d changes were made in the text of %d guidelines' % (tried, len(jobs)))
    return count.finish()


if __name__ == '__main__':
    sys.exit(main())
