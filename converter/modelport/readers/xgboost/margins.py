"""The margins of an XGBoost model as a graph: trees, DART, or a linear booster; bit for bit its own float32 sums."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import LEAF, Forest, Sets
from modelport.ir.lower_forest import lower_forest
from modelport.readers.xgboost.model import Linear, Trees, XGBoostModel
from modelport.readers.xgboost.objectives import OBJECTIVES, base_margin

__all__ = ["Use", "margins", "to_forest"]

_FLOAT = ir.DataType.FLOAT


@dataclass(frozen=True)
class Use:
    """How a model is asked. ``rounds``: only the first so many boosting rounds; ``missing``: the value that counts as
    missing beside NaN, ``zeros_missing``: zeros count too, as in sparse rows; ``inplace``: through ``inplace_predict``,
    as the wrappers do, which rounds DART otherwise.
    """

    missing: float = float("nan")
    zeros_missing: bool = False
    rounds: int | None = None
    inplace: bool = False


def margins(b: GraphBuilder, model: XGBoostModel, rows: ir.Value, use: Use) -> tuple[ir.Value, Forest | None]:
    """[N, F] float32 -> [N, K] float32, and the forest behind it.

    Numerics: exact. Base margin first, then each tree in order, in float32.
    Source: src/predictor/cpu_predictor.cc, src/gbm/gbtree.cc (Dart) and src/gbm/gblinear.cc of 3.2.
    """
    base = base_margin(OBJECTIVES[model.objective], model.base_score)
    if model.linear is not None:
        return _linear(b, model.linear, base, rows), None
    if model.trees is not None and model.trees.sets is not None:
        rows = _whole(b, model.trees, rows, model.n_features)
    forest = to_forest(model, base, str(rows.name), use)
    return lower_forest(b, forest, rows), forest


def to_forest(model: XGBoostModel, base: npt.NDArray[np.float32], tensor: str, use: Use) -> Forest:
    """The forest of the rounds asked for: a row goes left where x < condition, right where it is in the node's set."""
    trees = model.trees
    assert trees is not None
    first, last = 0, len(trees.roots)
    if use.rounds is not None:
        last = int(trees.iterations[min(use.rounds, len(trees.iterations) - 1)])
    leaf = _weighted(trees, base, use)
    inner = trees.left >= 0
    # A set holds the categories that go right.
    right_is_true = np.zeros(len(inner), dtype=np.bool_) if trees.sets is None else trees.sets.index >= 0
    forest = Forest(
        name="XGBoost",
        tensor=tensor,
        input_type="float32",
        value_type="float32",
        comparison="<",
        roots=trees.roots,
        feature=np.where(inner, trees.feature, LEAF).astype(np.int32),
        threshold=np.where(inner & ~right_is_true, trees.condition, 0.0).astype(np.float64),
        true_child=np.where(right_is_true, trees.right, trees.left),
        false_child=np.where(right_is_true, trees.left, trees.right),
        missing_true=inner & (trees.default_left != right_is_true),
        values=leaf.astype(np.float64),
        base=base.astype(np.float64),
        target=trees.output,
        sets=_inner_sets(trees.sets, inner),
    )
    return forest if (first, last) == (0, len(trees.roots)) else _first_trees(forest, last)


def _inner_sets(sets: Sets | None, inner: npt.NDArray[np.bool_]) -> Sets | None:
    return None if sets is None else replace(sets, index=np.where(inner, sets.index, -1).astype(np.int32))


def _first_trees(forest: Forest, count: int) -> Forest:
    """Only the first trees; their nodes stand before all others."""
    end = int(forest.roots[count])
    nodes = ("feature", "threshold", "true_child", "false_child", "missing_true", "values")
    return replace(
        forest,
        roots=forest.roots[:count],
        target=None if forest.target is None else forest.target[:count],
        sets=None if forest.sets is None else replace(forest.sets, index=forest.sets.index[:end]),
        **{name: getattr(forest, name)[:end] for name in nodes},
    )


def _weighted(trees: Trees, base: npt.NDArray[np.float32], use: Use) -> npt.NDArray[np.float32]:
    """DART multiplies each leaf by its tree's weight in float32; asked in place, it adds the base to the leaf and
    subtracts it again before that, which leaves a rounding behind.
    """
    if trees.weight is None:
        return trees.leaf
    sizes = np.diff(np.append(trees.roots, len(trees.left)))
    weight = np.repeat(trees.weight, sizes).reshape(-1, 1)
    leaf = trees.leaf
    if use.inplace:
        own = np.repeat(base[trees.output], sizes).reshape(-1, 1) if trees.output is not None else base
        leaf = (leaf + own) - own
    return leaf * weight


def _whole(b: GraphBuilder, trees: Trees, rows: ir.Value, n_features: int) -> ir.Value:
    """Categories are cut to whole numbers, negative ones belong to no set. Source: src/common/categorical.h of 3.2."""
    assert trees.sets is not None
    is_category = np.zeros((1, n_features), dtype=np.bool_)
    is_category[0, trees.feature[(trees.sets.index >= 0) & (trees.left >= 0)]] = True
    cut = b.op("Where", b.constant(is_category), b.op("Floor", rows), rows, dtype=_FLOAT)
    cut.shape = rows.shape
    return cut


def _linear(b: GraphBuilder, linear: Linear, base: npt.NDArray[np.float32], rows: ir.Value) -> ir.Value:
    """bias + base, then x·w of each column that is not missing, one after the other.

    The base of the first output is that of all others too: XGBoost reads no other one here.
    """
    start = (linear.bias + base[0]).astype(np.float32)
    missing = b.op("IsNaN", rows, dtype=ir.DataType.BOOL)
    present = b.op("Where", missing, b.constant(np.asarray(0.0), _FLOAT), rows, dtype=_FLOAT)
    total: ir.Value | None = None
    for column, weights in enumerate(linear.weight):
        x = b.op("Gather", present, b.constant(np.array([column])), axis=1)
        term = b.op("Mul", x, b.constant(weights.reshape(1, -1)))
        total = b.op("Add", b.constant(start.reshape(1, -1)) if total is None else total, term)
    assert total is not None
    return total
