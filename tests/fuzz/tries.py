# tries.py - what the property tests that make their own input share: their options, and tries side by side until enough were made or failed.
# May include: the Python standard library and tests/suite.py.
# Start at options() and tries().
import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT  # noqa: E402


def options(about, count, soaked):
    """What was asked for on the command line; klausul is the program under test, count how many tries (None: until the time is over)."""
    p = argparse.ArgumentParser(description=about)
    p.add_argument('--klausul', help='the program under test (default: BUILD/klausul)')
    p.add_argument('--build', default='build')
    p.add_argument('--seconds', type=float)
    p.add_argument('--count', type=int)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--most', type=int, default=10, help='stop after so many failures')
    p.add_argument('--keep', help='folder for what failed')
    p.add_argument('--soak', action='store_true')
    a = p.parse_args()
    a.klausul = os.path.abspath(a.klausul or os.path.join(ROOT, a.build, 'klausul'))
    a.count = a.count or (None if a.seconds else soaked if a.soak else count)
    return a


def tries(a, one):
    """one(seed) of seed after seed gives (what it did, None or why it failed): what all did, and how many failed."""
    end = time.monotonic() + a.seconds if a.seconds else None
    did, failed, at = [], 0, a.seed

    def within_time(seed):
        return None if end and time.monotonic() > end else one(seed)
    with ThreadPoolExecutor(a.jobs) as pool:
        while failed < a.most:
            n = min(64, a.seed + a.count - at) if a.count else 64
            if n <= 0 or (end and time.monotonic() > end):
                break
            for r in pool.map(within_time, range(at, at + n)):
                if r is None:
                    continue
                did.append(r[0])
                if r[1]:
                    failed += 1
                    print('FAILED ' + r[1], flush=True)
            at += n
    return did, failed
