"""Turns what a caller gives (DataFrame, dict, array, Table) into Rows of a contract.

Columns are found by name; their order never matters. A value that cannot be of its feature's type makes its row
invalid; it never stops the other rows. No DataFrame library is imported: only what all of them offer is used.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.errors import MissingColumnError, SampleError, did_you_mean
from modelport.ir.contract import MISSING_STRING, Contract, Feature
from modelport.ir.rows import BoolArray, Column, Rows

__all__ = ["TEXT", "as_text", "is_missing", "named_columns", "rows_from", "typed_column"]

# What a column of texts is called where nobody named it.
TEXT = "text"

Array = npt.NDArray[np.generic]
_NUMPY = {"float64": np.float64, "float32": np.float32, "int64": np.int64, "bool": np.bool_}


def named_columns(data: object) -> tuple[dict[str, Array], bool]:
    """Returns {column name: values[N]} and whether the caller gave the names; an array gets x0, x1, ….

    A list, array or Series of texts or numbers is one column; the name of a Series tells what it is, and need not fit.
    Missing values become None in object columns and NaN in float ones.
    Raises: SampleError for anything that is not rows.
    """
    # Any: DataFrames of every library, told by what they offer.
    frame: Any = data
    if hasattr(frame, "columns") and isinstance(frame.columns, Mapping):
        return {str(name): np.asarray(values) for name, values in frame.columns.items()}, True
    if isinstance(frame, Mapping):
        return {str(name): _one_dimensional(values, str(name)) for name, values in frame.items()}, True
    if hasattr(frame, "columns") and hasattr(frame, "__getitem__"):
        _check_names([str(name) for name in frame.columns])
        return {str(name): _series(frame[name]) for name in list(frame.columns)}, True
    if isinstance(frame, list | tuple) and frame and isinstance(frame[0], Mapping):
        names = list(dict.fromkeys(str(key) for row in frame for key in row))
        return {name: _one_dimensional([row.get(name) for row in frame], name) for name in names}, True
    if hasattr(frame, "name") and hasattr(frame, "dtype") and getattr(frame, "ndim", 1) == 1:
        values = _series(frame)
        if _are_texts(values) or values.dtype.kind in "fiub":
            return {TEXT if frame.name is None else str(frame.name): values}, False
    try:
        array = np.asarray(frame, dtype=object if _holds_texts(frame) else None)
    except ValueError as err:
        raise _no_rows(data) from err
    if array.ndim == 1 and (_are_texts(array) or array.dtype.kind in "fiub"):
        return {"x0": array}, False
    if array.ndim != 2:
        raise _no_rows(data)
    return {f"x{i}": array[:, i] for i in range(array.shape[1])}, False


def _check_names(names: Sequence[str]) -> None:
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise SampleError(
            f"several columns have one name: {', '.join(map(repr, doubled))}",
            where="the rows given",
            fix="give every column a name of its own",
        )


def rows_from(data: object, contract: Contract) -> tuple[Rows, tuple[str, ...]]:
    """Returns the rows and the names of the columns that the model does not use.

    Raises: MissingColumnError naming every column that is not there.
    """
    columns, named = named_columns(data)
    wanted = [feature.name for feature in contract.features]
    if not named or (contract.layout == "matrix" and not set(wanted) & set(columns)):
        if len(columns) != len(wanted):
            raise SampleError(
                f"the rows have {len(columns)} columns, the model takes {len(wanted)}",
                where="the rows given",
                fix=f"give columns in this order: {', '.join(wanted[:12])}{', …' if len(wanted) > 12 else ''}",
            )
        columns = dict(zip(wanted, columns.values(), strict=True))
    absent = [name for name in wanted if name not in columns]
    if absent:
        raise MissingColumnError(
            f"{len(absent)} column(s) missing: {', '.join(map(repr, absent))}",
            where="the rows given",
            fix="; ".join(f"{name!r}: {did_you_mean(name, sorted(columns))}" for name in absent[:5]),
        )
    typed: dict[str, Column] = {}
    invalid: dict[int, int] = {}
    count = len(columns[wanted[0]]) if wanted else 0
    for index, feature in enumerate(contract.features):
        column, bad = typed_column(columns[feature.name], feature)
        typed[feature.name] = column
        for row in np.flatnonzero(bad):
            invalid.setdefault(int(row), index)
    unused = tuple(name for name in columns if name not in set(wanted))
    return Rows(typed, count, invalid), unused


def typed_column(values: Array, feature: Feature) -> tuple[Column, BoolArray]:
    """Returns the column in the feature's type and the mask of values that cannot be of it."""
    if feature.dtype == "string":
        return _strings(_texts_of(values) if feature.numbers_as == "text" else values)
    if values.dtype.kind in "fiub":
        return _numbers(values, feature)
    return _numbers_from_objects(values, feature)


def _numbers(values: Array, feature: Feature) -> tuple[Column, BoolArray]:
    nan = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=np.bool_)
    bad = np.zeros(len(values), dtype=np.bool_)
    if feature.dtype in ("float64", "float32"):
        return Column(values.astype(_NUMPY[feature.dtype]), ~nan), bad
    filled = np.where(nan, 0, values)
    if feature.dtype == "bool":
        bad = (filled != 0) & (filled != 1)
    elif values.dtype.kind == "f":
        # 2**63 itself does not fit; comparing as float is exact there.
        bad = (filled != np.floor(filled)) | (np.abs(filled) >= 2.0**63)
    return Column(np.where(bad, 0, filled).astype(_NUMPY[feature.dtype]), ~nan & ~bad), bad


def _numbers_from_objects(values: Array, feature: Feature) -> tuple[Column, BoolArray]:
    numbers = np.full(len(values), np.nan)
    bad = np.zeros(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        if is_missing(value):
            continue
        try:
            if isinstance(value, str) and feature.dtype == "bool" and value.strip().lower() in ("true", "false"):
                numbers[row] = value.strip().lower() == "true"
            elif isinstance(value, str) and "_" in value:
                bad[row] = True
            else:
                numbers[row] = float(value)
        except (TypeError, ValueError):
            bad[row] = True
    column, more = _numbers(numbers, feature)
    return column, bad | more


def as_text(value: object) -> object:
    """A number or logical as the text that R makes of it; anything else as it is."""
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating) and value == value:
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}"
    return value


def _texts_of(values: Array) -> Array:
    if values.dtype.kind == "U":
        return values
    found = np.empty(len(values), dtype=object)
    found[:] = [as_text(value) for value in values.tolist()]
    return found


def _strings(values: Array) -> tuple[Column, BoolArray]:
    texts = np.empty(len(values), dtype=object)
    texts[:] = ""
    valid = np.ones(len(values), dtype=np.bool_)
    bad = np.zeros(len(values), dtype=np.bool_)
    for row, value in enumerate(values):
        if isinstance(value, str):
            if value == MISSING_STRING:
                valid[row] = False
            elif not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
                # Half of a surrogate pair has no UTF-8 form: it cannot even be sent to another program.
                bad[row], valid[row] = True, False
            else:
                texts[row] = str(value)
        elif is_missing(value):
            valid[row] = False
        else:
            bad[row], valid[row] = True, False
    return Column(texts, valid), bad


def is_missing(value: object) -> bool:
    """True for None, NaN and every library's own NA: they alone are not equal to themselves, or refuse to say."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return True


# Any: a pandas Series, a polars Series, an arrow column.
def _series(series: Any) -> Array:
    kind = getattr(getattr(series, "dtype", None), "kind", None)
    if isinstance(kind, str) and kind in "fiub" and isinstance(series.dtype, np.dtype):
        return np.asarray(series)
    values = np.asarray(series, dtype=object)
    if values.size and all(isinstance(v, bool | np.bool_) for v in values):
        return values.astype(np.bool_)
    present = [v for v in values if not is_missing(v)]
    if present and all(isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in present):
        filled = [np.nan if is_missing(v) else v for v in values]
        return np.asarray(filled) if len(present) == len(values) else np.asarray(filled, dtype=np.float64)
    return values


def _one_dimensional(values: object, name: str) -> Array:
    if hasattr(values, "dtype") and not isinstance(values, np.ndarray):
        return _series(values)
    array: Array = np.asarray(values)
    if array.dtype.kind in "US" or array.dtype == object:
        array = np.empty(len(array), dtype=object)
        array[:] = list(values) if isinstance(values, Sequence) else list(np.asarray(values, dtype=object).ravel())
        return _series(array)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise SampleError(
            f"column {name!r} has shape {array.shape}, not [N]",
            where=f"column {name!r}",
            fix="give one value a row in every column",
        )
    return array


def _no_rows(data: object) -> SampleError:
    if hasattr(data, "toarray"):
        return SampleError(
            f"a {type(data).__name__} is sparse: targets take rows with every value",
            where="the rows given",
            fix="give some of the rows as an array: rows[:1000].toarray()",
        )
    return SampleError(
        f"a {type(data).__name__} is no table of rows",
        where="the rows given",
        fix="give a DataFrame, a dict of columns, a 2-D array, or the path of a CSV or Parquet file",
    )


def _are_texts(values: Array) -> bool:
    """Whether a column holds text and nothing else, missing values apart; one without values may hold anything."""
    if values.dtype.kind == "U":
        return True
    return values.dtype == object and all(isinstance(value, str) or is_missing(value) for value in values)


# Any: whatever the caller gives as rows.
def _holds_texts(rows: Any) -> bool:
    """A list of texts must not go through numpy's own text type: that drops zero characters at the end."""
    return isinstance(rows, list | tuple) and any(isinstance(row, str) for row in rows)
