"""What the two encoders share: which category a value is, as an int64 code or as one column of booleans each."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedTypeError
from modelport.frontends.sklearn._columns import Part
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.contract import MISSING_STRING

__all__ = ["is_missing", "matches", "note", "two_kinds_of_missing"]


def is_missing(category: Any) -> bool:
    """True for the categories None and NaN."""
    return category is None or (isinstance(category, float | np.floating) and bool(np.isnan(category)))


def note(scope: Scope, part: Part, categories: Any) -> None:
    """Tells the contract which values the encoder knows, and makes probes at numeric ones."""
    known = [category for category in categories if not is_missing(category)]
    if part.kind == "number":
        others = sorted({type(c).__name__ for c in known if not isinstance(c, int | float | np.number | np.bool_)})
        if others:
            features = ", ".join(map(repr, sorted(part.origins[0].features)))
            raise UnsupportedTypeError(
                f"{features}: the encoder knows categories of type {', '.join(others)}, the column holds numbers",
                where="--data",
                fix="give the column as it was in fit(); turn dates into text or numbers before the pipeline",
            )
        known = [float(category) for category in known]  # of bool too: to the graph they are 0 and 1
    scope.know_categories(part.origins[0], known)
    if any(category is None for category in categories):
        scope.missing_none |= part.origins[0].features
    if part.kind == "number":
        scope.mark(part.origins[0], known)


def matches(scope: Scope, part: Part, categories: Any) -> ir.Value:
    """Shapes: [N, 1] -> bool [N, C]: which category each row is; no True in a row of an unknown one."""
    b = scope.builder
    if part.kind == "string":
        texts = [MISSING_STRING if is_missing(category) else str(category) for category in categories]
        return b.op("Equal", part.value, b.constant(texts), dtype=ir.DataType.BOOL)
    numbers = np.array([np.nan if is_missing(c) else float(c) for c in categories], dtype=np.float64)
    value = b.cast(part.value, ir.DataType.DOUBLE)
    equal = b.op("Equal", value, b.constant(numbers), dtype=ir.DataType.BOOL)
    missing = np.isnan(numbers)
    if not missing.any():
        return equal
    # NaN equals nothing, so a NaN category is asked for by itself.
    nan = b.op("And", b.op("IsNaN", value, dtype=ir.DataType.BOOL), b.constant(missing))
    return b.op("Or", equal, nan)


def two_kinds_of_missing(estimator: Any) -> list[str]:
    """Refuses encoders that tell None and NaN apart: no target can."""
    found = [
        str(place)
        for place, categories in enumerate(estimator.categories_)
        if sum(is_missing(category) for category in categories) > 1
    ]
    if not found:
        return []
    return [f"column(s) {', '.join(found)} have None and NaN as two categories; use one of them for missing values"]
