# Exact arithmetic of the oracle: Python's unbounded integers, with the language's limits stated on top.
# Uses model.py and datetime; knows nothing of the tool under test.
# Start at apply(): one operation on resolved operands.
import datetime

from model import INT64_MIN, INT64_MAX, MAX_DAY, MIN_DAY, scale_of

# What several operands that are not all plain values come to: the first of these that any of them is. Unknown can only turn out to be
# a value; unsure is unknown too, and may turn out to be an error, a conflict or anything.
WORST = ('error', 'unsure', 'conflict', 'external', 'not_stated', 'none', 'unknown')
OPEN = ('unknown', 'unsure')


OPERATIONS = ('+', '-', '*', '/', 'neg', 'round', 'min', 'max', 'years', 'months', 'days')


def meet(*operands):
    """None when all are values, else the state that the whole takes."""
    for state in WORST:
        for r in operands:
            if r[0] == state:
                return r
    return None


def rounded(numerator, denominator, how):
    """numerator / denominator to a whole number."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    sign = -1 if numerator < 0 else 1
    whole, rest = divmod(abs(numerator), denominator)
    if how == 'up':
        whole += rest > 0
    elif how == 'half_up':
        whole += 2 * rest >= denominator
    elif how == 'half_even':
        whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    elif how != 'down':
        raise ValueError(how)
    return sign * whole


def date_of(day):
    return datetime.date.fromordinal(day)


def months_between(a, b):
    if b < a:
        return -months_between(b, a)
    x, y = date_of(a), date_of(b)
    months = (y.year - x.year) * 12 + y.month - x.month
    return months - (1 if y.day < x.day else 0)


def years_between(a, b):
    if b < a:
        return -years_between(b, a)
    x, y = date_of(a), date_of(b)
    return y.year - x.year - (1 if (y.month, y.day) < (x.month, x.day) else 0)


def type_of(e, types):
    kind = e[0]
    if kind in ('neg', 'round', 'min', 'max'):
        return types[0]
    if kind in ('+', '-'):
        return max(types, key=scale_of)
    if kind == '*':
        for t in types:
            if t[0] in ('money', 'min', 'days'):
                return t
        scale = sum(scale_of(t) for t in types)
        return ('dec', scale) if scale else ('int',)
    if kind == '/':
        return types[0]
    raise ValueError(e)


def limited(v):
    return ('value', v) if INT64_MIN <= v <= INT64_MAX else ('error',)


def apply(e, operands, type_of_part):
    state = meet(*operands)
    if state is not None:
        return ('unsure',) if state[0] == 'unknown' and e[0] not in ('min', 'max') else state
    v = [r[1] for r in operands]
    kind = e[0]
    if kind in ('+', '-'):
        total = v[0] + v[1] if kind == '+' else v[0] - v[1]
        if type_of_part(e[1])[0] == 'date':
            return ('value', total) if MIN_DAY <= total <= MAX_DAY else ('error',)
        return limited(total)
    if kind == 'neg':
        return limited(-v[0])
    if kind == '*':
        return limited(v[0] * v[1])
    if kind == '/':
        if v[1] == 0:
            return ('error',)
        up = 10 ** scale_of(type_of_part(e[2]))
        if limited(v[0] * up)[0] == 'error':
            return ('error',)
        return limited(rounded(v[0] * up, v[1], e[3]))
    if kind == 'round':
        step = e[2]
        return limited(rounded(v[0], step, e[3]) * step)
    if kind == 'min':
        return ('value', min(v))
    if kind == 'max':
        return ('value', max(v))
    if kind == 'years':
        return ('value', years_between(*v))
    if kind == 'months':
        return ('value', months_between(*v))
    if kind == 'days':
        return ('value', v[1] - v[0])
    raise ValueError(e)


# ---------------------------------------------------------------------- how large it may become
def hull(spans):
    return None if None in spans else (min(a for a, _ in spans), max(b for _, b in spans))


def span(e, spans, dates=False):
    """The least and the largest value of one operation on operands with these; None when it may fail."""
    if None in spans:
        return None
    kind, (a, b) = e[0], spans[0]
    c, d = spans[-1]
    if kind == '+':
        low, high = a + c, b + d
    elif kind == '-':
        low, high = a - d, b - c
    elif kind == 'neg':
        low, high = -b, -a
    elif kind == '*':
        ends = [x * y for x in (a, b) for y in (c, d)]
        low, high = min(ends), max(ends)
    elif kind == '/':
        if c <= 0 <= d:
            return None
        high = max(abs(a), abs(b))
        low = -high
    elif kind == 'round':
        low, high = a - e[2], b + e[2]
    elif kind in ('min', 'max'):
        low, high = (min(x[0] for x in spans), min(x[1] for x in spans)) if kind == 'min' else (max(x[0] for x in spans), max(x[1] for x in spans))
    elif kind == 'days':
        low, high = c - b, d - a
    else:
        low, high = -119988, 119988
    least, most = (MIN_DAY, MAX_DAY) if dates and kind in ('+', '-') else (INT64_MIN, INT64_MAX)
    return (low, high) if least <= low and high <= most else None
