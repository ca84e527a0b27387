"""Lowers a Forest to one ai.onnx.ml 5 TreeEnsemble node in the type of its sums: thresholds, leaves and order kept.

TreeEnsemble leaves hold one target each, so a tree with vector leaves becomes one tree per target; in each copy
subtrees whose leaves agree on that target are merged, which leaves every sum as it was. Splits on sets are looked up
before the node (``lower_sets``).
"""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import LEAF, Forest
from modelport.ir.lower_sets import lower_sets

__all__ = ["lower_forest"]

_MODES = {"<=": 0, "<": 1}
_SUM = 1
Ints = npt.NDArray[np.int64]


def lower_forest(builder: GraphBuilder, forest: Forest, rows: ir.Value) -> ir.Value:
    """Adds the node and returns the sums [N, K] in the forest's ``value_type``, base included.

    Numerics: onnxruntime adds trees in order, starting from 0.0, with one intra-op thread. The base is therefore
    a first (or last) tree of a single value: 0.0 + base is exact, and the sum goes on from there as in the source.
    """
    forest, rows = lower_sets(builder, forest, rows)
    levels = _levels(forest)
    trees: list[tuple[int, int]] = []
    for index, root in enumerate(forest.roots):
        targets = range(forest.n_targets) if forest.target is None else [int(forest.target[index])]
        trees += [(int(root), int(target)) for target in targets]
    owner = _owner(forest)
    leaves = {target: _merge(forest, levels, target) for target in sorted({t for _, t in trees})}
    lowered = _Lowering(forest)
    bases = [(int(k), float(b)) for k, b in enumerate(forest.base) if b != 0.0]
    if forest.base_first:
        for target, base in bases:
            lowered.add_constant(target, base)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(forest.roots) + 1))
    tree_of_root = {int(root): i for i, root in enumerate(forest.roots)}
    for root, target in trees:
        i = tree_of_root[root]
        nodes = order[starts[i] : starts[i + 1]]
        lowered.add_tree(root, target, nodes, *leaves[target])
    if not forest.base_first:
        for target, base in bases:
            lowered.add_constant(target, base)
    return builder.op(
        "TreeEnsemble",
        rows,
        domain="ai.onnx.ml",
        dtype=ir.DataType.FLOAT if forest.value_type == "float32" else ir.DataType.DOUBLE,
        name=builder.name(forest.name),
        **lowered.attributes(),
    )


class _Lowering:
    """Gathers the arrays of a TreeEnsemble node, tree by tree."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self._nodes: dict[str, list[npt.NDArray[np.generic]]] = {
            key: [] for key in ("feature", "split", "true", "false", "true_leaf", "false_leaf", "missing")
        }
        self._leaf_target: list[Ints] = []
        self._leaf_weight: list[npt.NDArray[np.float64]] = []
        self._roots: list[int] = []
        self._n_nodes = 0
        self._n_leaves = 0

    def add_constant(self, target: int, value: float) -> None:
        """A tree must start with a node, so both of its ways lead to the value, each to a leaf of its own.

        onnxruntime 1.29 takes a node whose two ways lead to the same leaf for something else and adds that leaf's
        value to rows that never reach it.
        """
        self._roots.append(self._n_nodes)
        first, second = (np.array([self._n_leaves + i], dtype=np.int64) for i in range(2))
        one = np.ones(1, dtype=np.int64)
        self._append(np.zeros(1, np.int64), np.zeros(1), first, second, one, one, np.zeros(1, np.int64))
        self._leaf_target.append(np.full(2, target, dtype=np.int64))
        self._leaf_weight.append(np.full(2, value, dtype=np.float64))
        self._n_leaves += 2

    def add_tree(
        self, root: int, target: int, nodes: Ints, merged: npt.NDArray[np.bool_], values: npt.NDArray[np.float64]
    ) -> None:
        """Adds the tree of these forest nodes (ascending) for one target, merged nodes as its leaves."""
        forest = self._forest
        if merged[root]:
            self.add_constant(target, float(values[root]))
            return
        alive = _alive(forest, root, nodes, merged)
        inner = alive[~merged[alive]]
        leaves = alive[merged[alive]]
        first = int(nodes[0])
        position = np.full(int(nodes[-1]) - first + 1, -1, dtype=np.int64)
        position[inner - first] = np.arange(len(inner)) + self._n_nodes
        position[leaves - first] = np.arange(len(leaves)) + self._n_leaves
        true_child, false_child = forest.true_child[inner], forest.false_child[inner]
        self._roots.append(self._n_nodes)
        self._append(
            forest.feature[inner].astype(np.int64),
            forest.threshold[inner],
            position[true_child - first],
            position[false_child - first],
            merged[true_child].astype(np.int64),
            merged[false_child].astype(np.int64),
            forest.missing_true[inner].astype(np.int64),
        )
        self._leaf_target.append(np.full(len(leaves), target, dtype=np.int64))
        self._leaf_weight.append(values[leaves])
        self._n_leaves += len(leaves)

    def _append(self, *columns: npt.NDArray[np.generic]) -> None:
        for key, column in zip(self._nodes, columns, strict=True):
            self._nodes[key].append(column)
        self._n_nodes += len(columns[0])

    def attributes(self) -> dict[str, ir.TensorProtocol | int | list[int]]:
        """The attributes of the TreeEnsemble node."""
        node = {key: np.concatenate(parts) for key, parts in self._nodes.items()}
        number = np.dtype(self._forest.value_type)
        return {
            "nodes_featureids": node["feature"].tolist(),
            "nodes_splits": ir.tensor(node["split"].astype(number), name="nodes_splits"),
            "nodes_modes": ir.tensor(
                np.full(self._n_nodes, _MODES[self._forest.comparison], dtype=np.uint8), name="nodes_modes"
            ),
            "nodes_truenodeids": node["true"].tolist(),
            "nodes_falsenodeids": node["false"].tolist(),
            "nodes_trueleafs": node["true_leaf"].tolist(),
            "nodes_falseleafs": node["false_leaf"].tolist(),
            "nodes_missing_value_tracks_true": node["missing"].tolist(),
            "leaf_targetids": np.concatenate(self._leaf_target).tolist(),
            "leaf_weights": ir.tensor(np.concatenate(self._leaf_weight).astype(number), name="leaf_weights"),
            "tree_roots": self._roots,
            "n_targets": self._forest.n_targets,
            "aggregate_function": _SUM,
            "post_transform": 0,
        }


def _levels(forest: Forest) -> list[Ints]:
    """Returns node ids by depth, the roots first."""
    levels: list[Ints] = []
    current = forest.roots.astype(np.int64)
    while len(current):
        levels.append(current)
        inner = current[forest.feature[current] != LEAF]
        current = np.concatenate([forest.true_child[inner], forest.false_child[inner]]).astype(np.int64)
    return levels


def _owner(forest: Forest) -> Ints:
    """Returns the tree index of every node."""
    owner = np.full(len(forest.feature), -1, dtype=np.int64)
    current = forest.roots.astype(np.int64)
    owner[current] = np.arange(len(current))
    while len(current):
        inner = current[forest.feature[current] != LEAF]
        for children in (forest.true_child[inner], forest.false_child[inner]):
            owner[children] = owner[inner]
        current = np.concatenate([forest.true_child[inner], forest.false_child[inner]]).astype(np.int64)
    return owner


def _merge(forest: Forest, levels: list[Ints], target: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Marks nodes under which every leaf has the same value for the target, and gives that value."""
    values = forest.values[:, target if forest.target is None else 0].copy()
    merged = forest.feature == LEAF
    for level in reversed(levels):
        inner = level[forest.feature[level] != LEAF]
        left, right = forest.true_child[inner], forest.false_child[inner]
        # Bit patterns, not ==: 0.0 and -0.0 must stay apart.
        same = merged[left] & merged[right] & (values[left].view(np.int64) == values[right].view(np.int64))
        merged[inner[same]] = True
        values[inner[same]] = values[left[same]]
    return merged, values


def _alive(forest: Forest, root: int, nodes: Ints, merged: npt.NDArray[np.bool_]) -> Ints:
    """Returns the nodes that are reached from the root without passing through a merged one, ascending."""
    first = int(nodes[0])
    mark = np.zeros(int(nodes[-1]) - first + 1, dtype=np.bool_)
    current = np.array([root], dtype=np.int64)
    while len(current):
        mark[current - first] = True
        inner = current[~merged[current]]
        current = np.concatenate([forest.true_child[inner], forest.false_child[inner]]).astype(np.int64)
    return nodes[mark[nodes - first]]
