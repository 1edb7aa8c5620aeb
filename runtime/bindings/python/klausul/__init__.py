# klausul - decides records by guidelines written in Klausul, exactly, and says which passage decided.
# May use: the Python standard library; pandas, polars and pyarrow only where a caller hands such data over.
# Start at load(), then Guideline.decide(); the manual's page is lang/spec/python.md.
"""Decide records by guidelines written in Klausul.

>>> import klausul
>>> rules = klausul.load("rules/vgr/distanskontakter")
>>> decision = rules.decide({"contact_id": "1", "datum": "2023-09-01"})
>>> decision["patientavgift"].state
'undetermined'
"""
from __future__ import annotations

import datetime
import itertools
import os
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Iterable, Iterator, Mapping, NamedTuple, Union

from . import _core
from ._core import RulesError
from ._frames import Decisions, decide_frame as _decide_frame

__all__ = ["Assumption", "ColumnState", "Decision", "DecisionStream", "Decisions", "Entry", "Field", "Guideline", "Outcome", "OutcomeInfo",
           "RecordError", "Reject", "RulesError", "load"]
__version__ = _core.version

Value = Union[bool, int, Decimal, datetime.date, str, frozenset[str], tuple[dict[str, Any], ...], None]
BATCH_MOST = 1024
_IMAGE = b"KLAUSUL\x1a"


class ColumnState(NamedTuple):
    """What stands in a column of a many-of entry that has no value: its state, and the document of `external`."""

    state: str
    document: str | None


class Reject(NamedTuple):
    """A record that was not read: its row in the input (the first is 0), its key, and what was wrong with which column.

    `column` is the name in the input (the field's own where the input has no such column), `value` what stood there as text, `code` the
    diagnostic's code, as `klausul run --rejects` writes it.
    """

    row: int
    key: str | None
    column: str
    value: str
    code: str
    reason: str

    def __str__(self) -> str:
        what = f"{self.column} = {self.value!r}" if self.value else self.column
        return f"row {self.row}{f' ({self.key})' if self.key else ''}, {what}: {self.reason} [{self.code}]"


class RecordError(ValueError):
    """A single record that was not read. `reject` says why."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(str(reject))
        self.reject = reject


class Outcome(NamedTuple):
    """One outcome of a decision.

    state: decided, not_stated, external, none, undetermined, conflict or error.
    value: bool, int (integer, minutes, days), Decimal (money in the guideline's currency, decimals), date, str (a value's name, a text),
        frozenset of str (a set), tuple of dicts (a many-of outcome: its entries, column by column); None unless decided. The entries that
        are in are also given while others are open.
    by: ids of the rules and rows that decided; by_one_of: of those of which one does.
    missing: fields that could change an undetermined outcome; waiting: assumptions, absent editions and outcomes it waits for.
    reason: of `none`; document: of `external`; audit: agrees, differs, unknown or possible, where the guideline audits the outcome.
    possible: entries of a many-of outcome that are open.
    """

    state: str
    value: Value
    by: tuple[str, ...]
    by_one_of: tuple[str, ...]
    missing: tuple[str, ...]
    waiting: tuple[str, ...]
    reason: str | None
    document: str | None
    audit: str | None
    possible: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one record. `row` is its place in the input (the first is 0), `key` its key as received.

    findings: ids of breached requirements and names of outcomes that differ from what is registered; warnings: of breached advice.
    missing and open: over all outcomes. trace: the truth of every clause, rule and row by id (yes, no, unknown, not_applicable), where
    it was asked for. `decision["fee"]` is `decision.outcomes["fee"]`.
    """

    key: str | None
    row: int
    guideline: str
    edition: str | None
    outcomes: dict[str, Outcome]
    findings: tuple[str, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    open: tuple[str, ...]
    blocked_by: tuple[str, ...]
    assumptions: tuple[str, ...]
    trace: dict[str, str] | None

    def __getitem__(self, outcome: str) -> Outcome:
        return self.outcomes[outcome]


@dataclass(frozen=True, slots=True)
class Field:
    """What a record may hold. `inputs`: names that are read, the own one first; `values`: each value's name with the codes read as it.

    kind: bool, values, set, integer, decimal, money, date, minutes, days or text; decimals: of money (2) and decimal.
    """

    name: str
    title: str
    kind: str
    decimals: int
    values: dict[str, tuple[str, ...]]
    required: bool
    key: bool
    attested: bool
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutcomeInfo:
    """What is decided. `many`: several entries may be in at once, each with `columns`."""

    name: str
    title: str
    kind: str
    decimals: int
    values: dict[str, tuple[str, ...]]
    many: bool
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause, item, exception, requirement, rule, table row or note, with the passage it stands for."""

    id: str
    kind: str
    label: str | None
    title: str | None
    citation: str | None
    open: str | None
    because: str | None
    valid_from: datetime.date | None
    valid_through: datetime.date | None
    parent: str | None


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the guideline leaves to whoever decides. `has_value`: the text gives one."""

    name: str
    title: str | None
    citation: str | None
    kind: str
    decimals: int
    has_value: bool


@dataclass(frozen=True, slots=True)
class _Edition:
    name: str
    title: str
    issuer: str | None
    document: str | None
    currency: str | None
    edition: str | None
    record: str | None
    valid_from: datetime.date | None
    valid_through: datetime.date | None
    hash: str
    fields: tuple[Field, ...]
    outcomes: tuple[OutcomeInfo, ...]
    entries: tuple[Entry, ...]
    assumptions: tuple[Assumption, ...]


def _edition(d: dict[str, Any]) -> _Edition:
    made = {"fields": Field, "outcomes": OutcomeInfo, "entries": Entry, "assumptions": Assumption}
    for name, kind in made.items():
        d[name] = tuple(kind(**one) for one in d[name])
    d["hash"] = d["hash"].hex()
    return _Edition(**d)


def _decision(t: tuple[Any, ...]) -> Decision:
    key, row, guideline, edition, names, outcomes, *rest = t
    return Decision(key, row, guideline, edition, dict(zip(names, map(_outcome, outcomes))), *rest)


def _entries(entries: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    return tuple({n: ColumnState(*v) if isinstance(v, tuple) else v for n, v in e.items()} for e in entries)


def _outcome(outcome: tuple[Any, ...]) -> Outcome:
    """Gives the columns of many-of entries that have a state and no value their name."""
    if not outcome[9] and not isinstance(outcome[1], tuple):
        return Outcome._make(outcome)
    state, value, *rest, possible = outcome
    return Outcome._make((state, _entries(value) if isinstance(value, tuple) else value, *rest, _entries(possible)))


class DecisionStream(Iterator[Decision]):
    """Decisions of an iterable of records, a batch at a time; `rejects` grows with the records that were not read."""

    def __init__(self, rules: Any, records: Iterable[Mapping[str, Any]], trace: bool, batch: int) -> None:
        self.rejects: list[Reject] = []
        self._decisions = self._decide(rules, iter(records), trace, batch)

    def _decide(self, rules: Any, records: Iterator[Mapping[str, Any]], trace: bool, batch: int) -> Iterator[Decision]:
        first = 0
        while True:
            group = [r if isinstance(r, dict) else dict(r) for r in itertools.islice(records, batch)]
            if not group:
                return
            decisions, rejects = rules.decide(group, first, trace)
            self.rejects.extend(itertools.starmap(Reject, rejects))
            first += len(group)
            for decision in decisions:
                if decision is not None:
                    yield _decision(decision)

    def __iter__(self) -> DecisionStream:
        return self

    def __next__(self) -> Decision:
        return next(self._decisions)


class Guideline:
    """A guideline ready to decide: one edition, or several of which each record's date picks its own.

    What describes it (name, fields, entries, …) is of the newest edition; `editions` has all of them, the oldest first. It may be shared by
    threads and pickled; the interpreter's lock is given up while records are decided.
    """

    def __init__(self, images: Iterable[bytes], assume: Mapping[str, Any] | None = None) -> None:
        self._assume = {name: None if value is None else _assumed(value) for name, value in (assume or {}).items()}
        self._rules = _core.Rules(list(images), self._assume)
        self.editions: tuple[_Edition, ...] = tuple(_edition(d) for d in self._rules.describe())
        newest = self.editions[-1]
        self.name, self.title, self.edition, self.currency = newest.name, newest.title, newest.edition, newest.currency
        self.issuer, self.document, self.record, self.hash = newest.issuer, newest.document, newest.record, newest.hash
        self.valid_from, self.valid_through = newest.valid_from, newest.valid_through
        self.fields: dict[str, Field] = {f.name: f for f in newest.fields}
        self.outcomes: dict[str, OutcomeInfo] = {o.name: o for o in newest.outcomes}
        self.entries: dict[str, Entry] = {e.id: e for e in newest.entries}
        self.assumptions: dict[str, Assumption] = {a.name: a for a in newest.assumptions}

    def __repr__(self) -> str:
        return f"<klausul.Guideline {self.name}{f', edition {self.edition}' if self.edition else ''}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Guideline, (self.images, self._assume)

    @property
    def images(self) -> list[bytes]:
        """The compiled editions, as `klausul build` writes them."""
        return self._rules.images()

    @property
    def inputs(self) -> frozenset[str]:
        """Every name that some field of some edition reads."""
        return frozenset(name for e in self.editions for f in e.fields for name in f.inputs)

    def decide(self, record: Mapping[str, Any], *, trace: bool = False) -> Decision:
        """Decides one record: names to values, as the command reads them; a name that is absent or None is unknown.

        Values may be str, bool, int, Decimal, float (that is nearest to a number with as many decimals as the field has), date, datetime at
        midnight, and for sets a list, tuple or set of codes. Raises RecordError when the record cannot be read.
        """
        decisions, rejects = self._rules.decide([record if isinstance(record, dict) else dict(record)], 0, trace)
        decision = decisions[0]
        if decision is None:
            raise RecordError(Reject(*rejects[0]))
        return _decision(decision)

    def decide_many(self, records: Iterable[Mapping[str, Any]], *, trace: bool = False, batch: int = BATCH_MOST) -> DecisionStream:
        """Decides records as they come, `batch` (1 to 1024) at a time. Those that cannot be read are left out and listed in `.rejects`."""
        if not 1 <= batch <= BATCH_MOST:
            raise ValueError(f"batch: 1 to {BATCH_MOST}")
        return DecisionStream(self._rules, records, trace, batch)

    def decide_arrow(self, data: Any) -> Decisions:
        """Decides whatever has `__arrow_c_stream__` or `__arrow_c_array__`: a batch, a table, a reader, a frame, a DuckDB relation.

        Columns are found by the names that fields read. The result has `__arrow_c_stream__` too and is computed while it is read, once; its
        columns are `key`, each outcome with NAME.state and NAME.document, `decided_by`, `blocked_by`, `missing`, `open`, `findings`,
        `warnings`, `assumptions` (lists of ids) and `row` (of the input; the first is 0). Records that cannot be read are left out and
        listed in `.rejects`. Raises ValueError when no column is read by any field.
        """
        return Decisions(self._rules, data, Reject)

    def decide_frame(self, frame: Any) -> Any:
        """Decides a pandas or polars DataFrame; gives a frame of the same kind with the columns of decide_arrow().

        A pandas result has the index of the rows it came from and Arrow types. `.attrs["rejects"]` of a pandas frame lists what was left
        out; with polars, use decide_arrow() to see it, or compare `row`.
        """
        return _decide_frame(self, frame)


def _assumed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def load(rules: str | os.PathLike[str] | bytes, assume: Mapping[str, Any] | None = None, *, include: Iterable[str | os.PathLike[str]] = (),
         lang: str = "en") -> Guideline:
    """Loads a guideline.

    rules: the path of a rule file, of an image, or of a folder with the editions of one guideline; or rule text (a str with a line break);
        or the bytes of an image or of rule text. What a rule text uses (`använd`) is looked for in the current folder.
    assume: values for the guideline's assumptions by name; None takes the value that the text gives away.
    include: more folders where used files are looked for. lang: "sv" or "en", of the messages.
    Raises RulesError (a ValueError) with every diagnostic, its file and line; OSError when a file cannot be read.
    """
    if lang not in ("sv", "en"):
        raise ValueError("lang: sv or en")
    images: list[bytes] = []
    sources: list[tuple[str, bytes | None]] = []
    if isinstance(rules, (bytes, bytearray, memoryview)):
        _sort(bytes(rules), "<rules>", images, sources)
    elif isinstance(rules, str) and "\n" in rules:
        _sort(rules.encode(), "<rules>", images, sources)
    else:
        path = os.fspath(rules)
        names = sorted(n for n in os.listdir(path) if n.endswith(".klausul") and not n.startswith(".")) if os.path.isdir(path) else None
        for one in [path] if names is None else [os.path.join(path, n) for n in names]:
            with open(one, "rb") as f:
                _sort(f.read(), one, images, sources)
    if sources:
        images += _core.compile(sources, [os.fspath(i) for i in include], lang == "sv")
    if not images:
        raise RulesError(f"no guideline in {rules if isinstance(rules, (str, os.PathLike)) and sources[:1] != [('<rules>', None)] else 'it'}")
    return Guideline(images, assume)


def _sort(data: bytes, name: str, images: list[bytes], sources: list[tuple[str, bytes | None]]) -> None:
    if data.startswith(_IMAGE):
        images.append(data)
    else:
        sources.append((name, data))
