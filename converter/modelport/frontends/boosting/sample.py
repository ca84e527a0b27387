"""Matches the caller's rows with the columns that a booster was fitted on, and types them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from modelport.errors import UnsupportedTypeError
from modelport.frontends._matching import matched, respelled, without_response
from modelport.frontends.boosting._library import BoostedModel
from modelport.ir.contract import DType, Feature
from modelport.ir.intake import is_missing, named_columns
from modelport.ir.names import tensor_names
from modelport.readers.boosted import BoostedColumn
from modelport.readers.table import Table, typed_text

__all__ = ["Sample", "read_sample"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Sample:
    """The model's columns in the order of fit(), with provisional features; ``unused`` names what it does not read."""

    features: tuple[Feature, ...]
    columns: Mapping[str, Array]
    layout: Literal["columns", "matrix"]
    unused: tuple[str, ...]
    count: int


def read_sample(model: BoostedModel, rows: object, response: str | None) -> Sample:
    """Reads the sample. Raises: UnsupportedTypeError, each naming all columns."""
    names = tuple(column.name for column in model.columns)
    if rows is None:
        found: dict[str, Array] = {name: np.empty(0) for name in names}
        given_names = model.named
    else:
        found, given_names = named_columns(rows)
    named_rows = given_names and rows is not None
    found = without_response(found, response, names if model.named else (), named=named_rows)
    own = respelled(names, found) if model.named and given_names else names
    matches = matched(own if model.named or not given_names else None, len(own), found, named=given_names)
    text = isinstance(rows, Table)
    columns: dict[str, Array] = {}
    for (target, source), column in zip(matches.items(), model.columns, strict=True):
        columns[target] = _typed(found[source], column, text=text)
    dtypes = _dtypes(columns, model.columns)
    matrix = not given_names and len(set(dtypes)) == 1 and dtypes[0] in ("float64", "float32")
    tensors = ("X",) * len(columns) if matrix else tensor_names(tuple(columns))
    features = tuple(
        Feature(
            name=name,
            dtype=dtype,
            input=tensor,
            column=index if matrix else 0,
            missing="accept",
            missing_as="none" if dtype == "string" else "nan",
            categories=wanted.categories,
            numbers=wanted.numbers,
        )
        for index, (name, dtype, tensor, wanted) in enumerate(zip(columns, dtypes, tensors, model.columns, strict=True))
    )
    unused = tuple(name for name in found if name not in set(matches.values()))
    count = len(next(iter(columns.values()))) if columns else 0
    return Sample(features, columns, "matrix" if matrix else "columns", unused, count)


def _typed(values: Array, column: BoostedColumn, *, text: bool) -> Array:
    """Numbers of text, as a file has them, and of objects, as an array of several types has them."""
    if text and column.kind == "number":
        return typed_text(values)
    if text and column.kind == "category":
        numbers = typed_text(values)
        # 007 is a category of its own, 7 may be a number.
        whole = numbers.dtype.kind in "iu" and all(str(n) == t for n, t in zip(numbers.tolist(), values, strict=True))
        return numbers if whole or numbers.dtype.kind == "b" else values
    if values.dtype.kind == "O" and not text:
        return named_columns({column.name: values})[0][column.name]
    return values


def _dtypes(columns: Mapping[str, Array], wanted: tuple[BoostedColumn, ...]) -> list[DType]:
    result: list[DType] = []
    wrong: list[str] = []
    for (name, values), column in zip(columns.items(), wanted, strict=True):
        present = [v for v in values if not is_missing(v)] if values.dtype.kind == "O" else []
        if column.kind == "text":
            result.append("string")
            if values.dtype.kind in "fiub" and values.size and not np.isnan(values.astype(np.float64)).all():
                wrong.append(f"{name!r}: the model takes categories that are text, the sample holds numbers")
        elif column.kind == "category":
            dtype, fault = _category(name, values, present)
            result.append(dtype)
            wrong += fault
        elif present or values.dtype.kind not in "fiubO":
            shown = repr(present[0]) if present else str(values.dtype)
            wrong.append(f"{name!r}: the model takes numbers, the sample holds {shown}")
            result.append("float64")
        elif values.dtype.kind == "b":
            result.append("bool")
        else:
            result.append("float32" if values.dtype.kind == "f" and values.dtype.itemsize <= 4 else "float64")
    if wrong:
        raise UnsupportedTypeError(
            "; ".join(wrong), where="--data", fix="give the columns as they were given to fit(), text only where it was"
        )
    return result


def _category(name: str, values: Array, present: list[object]) -> tuple[DType, list[str]]:
    """The type of a column of categories, and what is wrong with it."""
    if values.dtype.kind == "b":
        return "bool", []
    if values.dtype.kind in "iu":
        return "int64", []
    numbers = values.dtype.kind == "f" and len(values) > 0
    if not numbers and all(isinstance(value, str) for value in present):
        return "string", []
    shown = repr(values[0].item()) if numbers else ", ".join(sorted({type(v).__name__ for v in present}))
    return "string", [f"{name!r}: the model takes categories, text or whole numbers, the sample holds {shown}"]
