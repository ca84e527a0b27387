"""Linear trees: a forest tells which leaf a row reaches, and the leaf's linear model is computed as the source does.

    leaf const + c0·x0 + c1·x1 + …    term after term; the plain leaf value where one of its x is NaN

Numerics: exact. Each product and each sum is rounded by itself, in the source's order. A leaf with fewer terms than
the widest adds 0·0, which changes nothing.
Source: include/LightGBM/tree.h of 4.7, Tree::Predict; GBDT::PredictRaw.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import Forest
from modelport.ir.lower_forest import lower_forest
from modelport.readers.lightgbm.columns import Reading, clean
from modelport.readers.lightgbm.forest import make_forest
from modelport.readers.lightgbm.model import LightGBMModel, Linear

__all__ = ["linear_sums"]


def linear_sums(
    builder: GraphBuilder, model: LightGBMModel, linear: Linear, rows: ir.Value, reading: Reading
) -> tuple[Forest, ir.Value]:
    """Returns the forest of leaf numbers and the raw sums [N, K]. ``rows`` [N, F] float64."""
    b = builder
    # Numbered over all trees: whole numbers, exact in double.
    numbers = np.arange(len(model.leaf_value), dtype=np.float64)
    every = np.arange(len(model.leaves), dtype=np.int32)
    forest = make_forest("LightGBMLeaves", model, reading, numbers, every)
    leaf = b.cast(lower_forest(b, forest, reading.rows), ir.DataType.INT64)
    given = clean(b, rows)
    # One more column, of 0, for the terms that a leaf does not have.
    first = b.op("Gather", given, b.constant(np.array([0])), axis=1)
    yes, zero = b.constant(np.array([True])), b.constant(np.array([0.0]))
    padded = b.op("Concat", given, b.op("Where", yes, zero, first, dtype=ir.DataType.DOUBLE), axis=1)
    total = b.op("Gather", b.constant(linear.constant), leaf, axis=0)
    missing: ir.Value | None = None
    for feature, coefficient in _terms(linear, padding=len(model.names)):
        x = b.op("GatherElements", padded, b.op("Gather", b.constant(feature), leaf, axis=0), axis=1)
        total = b.op("Add", total, b.op("Mul", b.op("Gather", b.constant(coefficient), leaf, axis=0), x))
        nan = b.op("IsNaN", x, dtype=ir.DataType.BOOL)
        missing = nan if missing is None else b.op("Or", missing, nan)
    if missing is not None:
        plain = b.op("Gather", b.constant(model.leaf_value), leaf, axis=0)
        total = b.op("Where", missing, plain, total, dtype=ir.DataType.DOUBLE)
    return forest, _summed(b, total, model.iterations, model.per_iteration)


def _terms(linear: Linear, padding: int) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
    """The first, second … term of every leaf: its feature int64[L] and its coefficient float64[L]."""
    starts = np.cumsum(linear.counts) - linear.counts
    for position in range(int(linear.counts.max(initial=0))):
        has = linear.counts > position
        feature = np.full(len(starts), padding, dtype=np.int64)
        coefficient = np.zeros(len(starts))
        feature[has] = linear.feature[starts[has] + position]
        coefficient[has] = linear.coefficient[starts[has] + position]
        yield feature, coefficient


def _summed(b: GraphBuilder, each: ir.Value, iterations: int, per_iteration: int) -> ir.Value:
    """[N, T] -> [N, K]: one iteration after the other, from 0.0; 0.0 + x is x."""
    stages = b.op("Reshape", each, b.constant(np.array([-1, iterations, per_iteration])))
    total = b.op("Gather", stages, b.constant(np.asarray(0)), axis=1)
    for number in range(1, iterations):
        total = b.op("Add", total, b.op("Gather", stages, b.constant(np.asarray(number)), axis=1))
    return total
