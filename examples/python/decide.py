# decide.py - a program that has a guideline inside: decides one contact, then a file of them, and says what each passage decided.
# May use: klausul (pip install ./runtime/bindings/python) and nothing else.
# Start with: python examples/python/decide.py rules/vgr/distanskontakter examples/vgr/kontakter.csv
import csv
import sys
from collections import Counter
from decimal import Decimal

import klausul


def main(rules_path: str, records_path: str) -> int:
    rules = klausul.load(rules_path)
    print(f"{rules.name}, edition {rules.edition}: {len(rules.fields)} fields, {len(rules.outcomes)} outcomes")

    with open(records_path, encoding="utf-8", newline="") as f:
        stream = rules.decide_many(csv.DictReader(f, delimiter=";"))
        first = next(stream)
        for name, outcome in first.outcomes.items():
            value = outcome.value if outcome.state == "decided" else outcome.state
            passages = "; ".join(rules.entries[id].citation or rules.entries[id].title or id for id in outcome.by)
            print(f"  {name}: {value}  [{passages}]")

        fees, states, deciders = Decimal(0), Counter(), Counter()
        for decision in stream:
            fee = decision["patientavgift"]
            states[fee.state] += 1
            fees += fee.value or 0
            deciders.update(fee.by)
    print(f"fees: {fees} {rules.currency}; {', '.join(f'{n} {state}' for state, n in states.most_common())}")
    for id, n in deciders.most_common(3):
        print(f"  {n:5} by {id}: {rules.entries[id].title}")
    for reject in stream.rejects:
        print(f"rejected: {reject}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
