"""What front ends share of a graph's inputs: types, the rows of a sample, and the ranges of its features."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import SampleError
from modelport.ir.contract import Feature, Input
from modelport.ir.intake import typed_column
from modelport.ir.rows import Rows

__all__ = ["ELEMENT", "drop_unused_inputs", "ignored_note", "rounded_range", "rows_of", "tensor_list"]

ELEMENT = {
    "float64": ir.DataType.DOUBLE,
    "float32": ir.DataType.FLOAT,
    "int64": ir.DataType.DOUBLE,
    "bool": ir.DataType.DOUBLE,
    "string": ir.DataType.STRING,
}
"""The tensor's type for a feature's; whole numbers are exact as doubles up to 2**53."""

_ONNX_NAME = {
    ir.DataType.DOUBLE: "double",
    ir.DataType.FLOAT: "float",
    ir.DataType.INT64: "int64",
    ir.DataType.STRING: "string",
}


def drop_unused_inputs(model: ir.Model) -> set[str]:
    """Takes away inputs that no node reads: columns that the model ignores; returns the names that stay."""
    for value in [v for v in model.graph.inputs if not v.uses()]:
        model.graph.inputs.remove(value)
    return {str(value.name) for value in model.graph.inputs}


def tensor_list(model: ir.Model) -> tuple[Input, ...]:
    """Describes the tensors [N, width]; the width of a text step's is None."""
    return tuple(
        Input(name=str(value.name), element=_ONNX_NAME[value.dtype], width=_width(value))  # type: ignore[index,arg-type]
        for value in model.graph.inputs
    )


def _width(value: ir.Value) -> int | None:
    width = value.shape[1]  # type: ignore[index]
    return width if isinstance(width, int) else None


def rows_of(columns: Mapping[str, npt.NDArray[np.generic]], features: Sequence[Feature], count: int) -> Rows:
    """Returns the sample as rows of these features. Raises: SampleError naming every column with other values."""
    typed = {}
    wrong: list[str] = []
    for feature in features:
        values = np.asarray(columns[feature.name])
        typed[feature.name], bad = typed_column(values, feature)
        if bad.any():
            first = values[int(np.flatnonzero(bad)[0])]
            wrong.append(f"{feature.name!r}: {int(bad.sum())} value(s) are no {feature.dtype}, such as {first!r}")
    if wrong:
        raise SampleError("; ".join(wrong), where="--data", fix="give one type of value in each column")
    return Rows(typed, count)


def ignored_note(seen: Sequence[Feature], used: Sequence[Feature]) -> tuple[str, ...]:
    """A note that names the columns which fit() saw and no prediction depends on."""
    names = {feature.name for feature in used}
    ignored = [feature.name for feature in seen if feature.name not in names]
    return (f"columns seen by fit() that no prediction depends on: {', '.join(ignored)}",) if ignored else ()


def rounded_range(values: npt.ArrayLike, marks: Sequence[float]) -> tuple[float, float]:
    """The range of a feature's sample and marks, widened to round numbers so that no value of the sample is given away."""
    numbers = np.asarray(values, dtype=np.float64).ravel()
    # Thresholds of float32's largest number only part infinities; no range can be drawn from there.
    pool = np.concatenate([numbers[np.isfinite(numbers)], [x for x in marks if abs(x) < 1e30]])
    if not len(pool):
        return (0.0, 1.0)
    low, high = float(pool.min()), float(pool.max())
    step = 10.0 ** np.floor(np.log10(max(high - low, abs(high) * 1e-6, 1e-300)))
    return (float((np.floor(low / step) - 1) * step), float((np.ceil(high / step) + 1) * step))
