"""What every boosting reader gives: the columns that a model reads, and what it predicts as graph values.

``readers/<library>`` parses the library's own format into a frozen dataclass of numpy arrays and emits a graph from it.
``frontends/boosting`` (bare boosters and files) and ``frontends/sklearn`` (the wrappers, alone and in pipelines) share
both, so neither parsing nor emission knows a front end or imports the library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import Forest
from modelport.ir.prediction import Prediction

__all__ = ["BoostedColumn", "Emission", "joined"]


@dataclass(frozen=True)
class BoostedColumn:
    """One column of fit(); one of kind 'category' holds text, whole numbers or booleans, as the sample has them.

    ``categories``: the text values, in code order, that the model file itself knows.

    ``landmarks``: values near which the model may turn beside the thresholds of its forests: category codes, a
    ``missing`` value. ``numbers``: the codes that count where the column is only asked which of them it holds.
    """

    name: str
    kind: Literal["number", "text", "category"] = "number"
    categories: tuple[str, ...] | None = None
    landmarks: tuple[float, ...] = ()
    numbers: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Emission:
    """What a model predicts, and the forests behind it.

    ``origins``: for the tensor [N, K] that each forest reads, the number of the model's column behind each of its K
    columns, None where there is none.
    """

    prediction: Prediction
    forests: tuple[Forest, ...] = ()
    origins: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)


def joined(builder: GraphBuilder, values: Sequence[ir.Value], dtype: ir.DataType) -> ir.Value:
    """Returns numeric values [N, k] side by side as one matrix [N, F] of one type, its width known.

    Numerics: each value is cast by itself, so float64 columns beside float32 ones are rounded once.
    """
    cast = [builder.cast(value, dtype) for value in values]
    matrix = cast[0] if len(cast) == 1 else builder.op("Concat", *cast, axis=1)
    if matrix.shape is None:
        widths = [value.shape[1] if value.shape is not None else None for value in values]
        if all(isinstance(width, int) for width in widths):
            matrix.shape = ir.Shape(["N", int(np.sum([int(width) for width in widths if isinstance(width, int)]))])
    return matrix
