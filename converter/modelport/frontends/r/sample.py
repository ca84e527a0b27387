"""Finds a model's variables among the caller's columns and types them as the model says, not as the sample looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from modelport.errors import MissingColumnError, did_you_mean
from modelport.frontends.r._variables import Hints, Variable
from modelport.ir.contract import Feature
from modelport.ir.intake import as_text, named_columns
from modelport.ir.names import tensor_names
from modelport.readers.table import typed_text

__all__ = ["Sample", "hints_of", "read_sample"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Sample:
    """The columns of the variables, in their order, with a provisional feature each; ``unused`` are the others."""

    features: tuple[Feature, ...]
    columns: Mapping[str, Array]
    unused: tuple[str, ...]
    count: int


def hints_of(rows: object) -> Hints:
    """What the sample shows of its columns; nothing where there is none."""
    if rows is None:
        return Hints()
    found, _ = named_columns(rows)
    hints = Hints({name: _hint(values) for name, values in found.items()})
    for name, values in found.items():
        given = [value for value in values.tolist() if value is not None and value == value]
        hints.texts[name] = tuple(dict.fromkeys(str(as_text(value)) for value in given))
    return hints


def _hint(values: Array) -> Literal["number", "logical", "text"]:
    typed = typed_text(values)
    if typed.dtype == object:
        present = [value for value in typed if value is not None and value == value]
        words = {"TRUE", "FALSE", "True", "False", "true", "false"}
        return "logical" if present and all(str(value) in words for value in present) else "text"
    return "logical" if typed.dtype.kind == "b" else "text" if typed.dtype.kind == "U" else "number"


def read_sample(variables: Sequence[Variable], rows: object) -> Sample:
    """Reads the sample. Raises: MissingColumnError naming all columns that it lacks, SampleError for what is no table."""
    found: Mapping[str, Array] = {}
    named = True
    if rows is None:
        found = {variable.name: np.empty(0) for variable in variables}
    else:
        found, named = named_columns(rows)
    if not named and len(found) == len(variables):
        found = dict(zip((variable.name for variable in variables), found.values(), strict=True))
    absent = [variable.name for variable in variables if variable.name not in found]
    if absent:
        raise MissingColumnError(
            f"the sample lacks {len(absent)} column(s) that the model was fitted on: {', '.join(map(repr, absent))}",
            where="--data",
            fix="; ".join(f"{name!r}: {did_you_mean(name, sorted(found))}" for name in absent[:5]),
        )
    columns = {variable.name: _typed(found[variable.name], variable) for variable in variables}
    tensors = tensor_names(tuple(columns))
    features = tuple(_feature(v, tensor) for v, tensor in zip(variables, tensors, strict=True))
    wanted = set(columns)
    unused = tuple(name for name in found if name not in wanted)
    count = len(next(iter(found.values()))) if found else 0
    return Sample(features, columns, unused, count)


def _feature(variable: Variable, tensor: str) -> Feature:
    if variable.is_text:
        return Feature(
            name=variable.name,
            dtype="string",
            input=tensor,
            missing="accept",
            missing_as="none",
            categories=variable.levels,
            numbers_as="text",
        )
    dtype: Literal["bool", "float64"] = "bool" if variable.kind == "logical" else "float64"
    return Feature(
        name=variable.name, dtype=dtype, input=tensor, missing="accept", missing_as="nan", numbers=variable.numbers
    )


def _typed(values: Array, variable: Variable) -> Array:
    """The column as the variable's type can take it; numbers and logicals become the text that R makes of them."""
    if values.dtype.kind == "U":
        return values.astype(object)
    if not variable.is_text:
        return values
    found = np.empty(len(values), dtype=object)
    found[:] = [as_text(value) for value in values.tolist()]
    return found
