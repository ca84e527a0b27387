"""What counts as missing for an imputer, as sklearn.utils._mask says it, and the columns that tell so."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.contract import MISSING_STRING

__all__ = ["indicators", "is_nan", "missing_mask", "note_marker"]

_BOOL = ir.DataType.BOOL


def is_nan(value: Any) -> bool:
    """True for a NaN of any float type."""
    return isinstance(value, float | np.floating) and bool(np.isnan(value))


def _is_na(value: Any) -> bool:
    """True for pandas.NA, which stands for every kind of missing."""
    return type(value).__name__ == "NAType"


def note_marker(scope: Scope, part: Part, marker: Any) -> None:
    """Where None is what is imputed, a missing text is None to the original."""
    if part.kind == "string" and marker is None:
        for origin in part.origins:
            scope.missing_none |= origin.features


def missing_mask(scope: Scope, part: Part, marker: Any) -> ir.Value:
    """bool of the shape of the part: True where the original sees ``missing_values``.

    A missing text is NaN or None to the original, as the sample has it, and only one of them is the marker. In a CSV
    or Parquet file it is neither; then it is what pandas makes of it, NaN.
    """
    b = scope.builder
    if part.kind == "string":
        if isinstance(marker, str):
            return b.op("Equal", part.value, b.constant([marker]), dtype=_BOOL)
        hit = b.op("Equal", part.value, b.constant([MISSING_STRING]), dtype=_BOOL)
        if is_nan(marker) and any(origin.features & scope.given_none for origin in part.origins):
            return b.op("And", hit, b.constant(np.asarray(False)))
        return hit
    if isinstance(marker, str):
        # No number equals a text.
        never = b.op("IsNaN", part.value, dtype=_BOOL)
        return b.op("And", never, b.constant(np.asarray(False)))
    if marker is None or is_nan(marker) or _is_na(marker):
        return b.op("IsNaN", part.value, dtype=_BOOL)
    return b.op("Equal", part.value, b.constant(np.asarray(marker), part.value.dtype), dtype=_BOOL)


def indicators(
    scope: Scope, indicator: Any, masks: Sequence[ir.Value], singles: Sequence[Part], dtype: ir.DataType
) -> Iterable[Part]:
    """The columns of a fitted MissingIndicator, as 0 and 1 in the type of the columns they stand beside."""
    for index in indicator.features_:
        number = scope.builder.cast(masks[int(index)], dtype)
        yield Part(number, Columns((singles[int(index)],)).encoded())
