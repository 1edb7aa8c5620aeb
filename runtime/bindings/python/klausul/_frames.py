# _frames.py - Arrow streams, pandas and polars frames in, the same kind out.
# May use: pandas, polars and pyarrow, imported only when such data is handed over.
# Start at Decisions, then decide_frame().
from __future__ import annotations

import datetime
import itertools
import unicodedata
from decimal import Decimal
from typing import Any, Callable


class Decisions:
    """Decisions as an Arrow stream, computed while it is read, once: `pyarrow.table(d)`, `polars.DataFrame(d)`, `duckdb.sql("from d")`.

    `rejects` lists the records that were not read, so far as the stream has been read.
    """

    def __init__(self, rules: Any, data: Any, reject: Callable[..., Any]) -> None:
        self._reject = reject
        if hasattr(data, "__arrow_c_stream__"):
            self._run = rules.arrow(data.__arrow_c_stream__())
        elif hasattr(data, "__arrow_c_array__"):
            self._run = rules.arrow_batch(*data.__arrow_c_array__())
        else:
            raise TypeError(f"{type(data).__name__} has neither __arrow_c_stream__ nor __arrow_c_array__")

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The PyCapsule of an ArrowArrayStream. The schema is the decisions' own, whatever is requested."""
        return self._run.stream()

    @property
    def rejects(self) -> list[Any]:
        return list(itertools.starmap(self._reject, self._run.rejects()))


def decide_frame(guideline: Any, frame: Any) -> Any:
    kind = type(frame).__module__.partition(".")[0]
    if kind == "polars":
        import polars

        if isinstance(frame, polars.LazyFrame):
            frame = frame.collect()
        return polars.DataFrame(guideline.decide_arrow(frame))
    if kind == "pandas":
        return _pandas(guideline, frame)
    raise TypeError(f"{type(frame).__name__} is neither a pandas nor a polars frame; decide_arrow() takes whatever speaks Arrow")


def _pandas(guideline: Any, frame: Any) -> Any:
    import pandas  # type: ignore[import-untyped, unused-ignore]
    import pyarrow  # type: ignore[import-untyped, unused-ignore]

    names, arrays = [], []
    for place, name in enumerate(frame.columns):
        if isinstance(name, str) and unicodedata.normalize("NFC", name.strip()) in guideline.inputs:
            names.append(name)
            arrays.append(_array(frame.iloc[:, place], pyarrow))
    decisions = guideline.decide_arrow(pyarrow.Table.from_arrays(arrays, names=names))
    table = pyarrow.table(decisions)
    result = table.to_pandas(types_mapper=pandas.ArrowDtype)
    result.index = frame.index[table.column("row").to_numpy()]
    result.attrs["rejects"] = decisions.rejects
    return result


def _array(series: Any, pyarrow: Any) -> Any:
    """The column as Arrow; where its values are of several types, each as text."""
    try:
        return pyarrow.array(series, from_pandas=True)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError):
        return pyarrow.array([_text(value) for value in series], type=pyarrow.string())


def _text(value: Any) -> str | None:
    """A value of a mixed column as decide() would read it; what pandas calls missing is unknown."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(str(v) for v in value) or "[]"
    if value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, datetime.datetime) and value.tzinfo is None and value.time() == datetime.time() and not getattr(value, "nanosecond", 0):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Decimal) and value.is_finite():
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
