"""Lowers a Forest to one ai.onnx.ml 5 TreeEnsemble node in the type of its sums: thresholds, leaves and order kept.

TreeEnsemble leaves hold one target each. Where a vector leaf has a single number that is not 0, as a vote has, the leaf adds
it to its own target: the zeros that are left out change no sum, as none is ever -0.0. Any other tree with vector leaves
becomes one tree per target; in each copy subtrees whose leaves agree on that target are merged, which leaves every sum as
it was. Splits on sets are asked of columns that are whole numbers (``lower_sets``).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import LEAF, Forest
from modelport.ir.lower_sets import lower_sets, membership
from modelport.ir.tree_tables import TreeTables

__all__ = ["lower_forest"]

_MODES = {"<=": 0, "<": 1}
# Columns of nodes under the names of their attributes; _ASKED is the set that a node asks for.
_ASKED = "asked"
_COLUMNS = (
    *("nodes_featureids", "nodes_splits", "nodes_truenodeids", "nodes_falsenodeids"),
    *("nodes_trueleafs", "nodes_falseleafs", "nodes_missing_value_tracks_true", _ASKED),
)
_MEMBER = 6
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def lower_forest(builder: GraphBuilder, forest: Forest, rows: ir.Value) -> ir.Value:
    """Adds the node and returns the sums [N, K] in the forest's ``value_type``, base included.

    Numerics: onnxruntime adds trees in order, starting from 0.0, with one intra-op thread. The base is therefore
    a first (or last) tree of a single value: 0.0 + base is exact, and the sum goes on from there as in the source.
    """
    plain, read = lower_sets(builder, forest, rows)
    lowering = _Lowering(plain)
    lowering.add()
    return builder.trees(forest.name, read, lowering.tables(forest))


class _Lowering:
    """Gathers the arrays of a TreeEnsemble node, target by target; within each, trees stand in the source's order."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        # All trees add into the one target.
        self._owner = _owners(forest)
        whole = self._owner is not None or (
            forest.n_targets == 1 and (forest.target is None or not forest.target.any())
        )
        self._levels = None if whole and _all_reached(forest) else _levels(forest, forest.roots)
        # The pieces of each column, one a target and base.
        self._nodes: dict[str, list[npt.NDArray[np.generic]]] = {name: [] for name in _COLUMNS}
        self._leaf_target: list[npt.NDArray[np.unsignedinteger]] = []
        self._leaf_weight: list[npt.NDArray[np.float64]] = []
        self._roots: list[npt.NDArray[np.integer]] = []
        self._n_nodes = 0
        self._n_leaves = 0

    def add(self) -> None:
        """Adds every base and tree."""
        forest = self._forest
        if self._owner is None:
            for target in range(forest.n_targets):
                self._add_target(target)
            return
        bases = np.flatnonzero(forest.base)
        if forest.base_first:
            self._add_constants(bases, forest.base[bases])
        if len(forest.roots):
            whole = np.take_along_axis(forest.values, self._owner[:, None].astype(np.int64), axis=1)[:, 0]
            self._add_trees(self._owner, forest.roots.astype(np.int64), whole, forest.feature == LEAF)
        if not forest.base_first:
            self._add_constants(bases, forest.base[bases])

    def _add_target(self, target: int) -> None:
        """Adds the base and all trees that add into one target."""
        forest = self._forest
        roots = forest.roots if forest.target is None else forest.roots[forest.target == target]
        base, own = forest.base[[target]], np.array([target])
        if base[0] != 0.0 and forest.base_first:
            self._add_constants(own, base)
        if len(roots):
            values = forest.values[:, target if forest.target is None else 0]
            leaf = forest.feature == LEAF
            if self._levels is not None and forest.target is None and forest.n_targets > 1:
                leaf, values = _merged(forest, self._levels, values)
            self._add_trees(np.broadcast_to(own, len(values)), roots.astype(np.int64), values, leaf)
        if base[0] != 0.0 and not forest.base_first:
            self._add_constants(own, base)

    def _add_constants(self, targets: npt.NDArray[np.integer], values: npt.NDArray[np.float64]) -> None:
        if len(values):
            self._roots.append(self._add_stumps(targets, values))

    def _add_stumps(self, targets: npt.NDArray[np.integer], values: npt.NDArray[np.float64]) -> Ints:
        """Adds the nodes of trees of one value each; returns their roots.

        A tree must start with a node, so both of its ways lead to the value, each to a leaf of its own: onnxruntime
        1.29 takes a node whose two ways lead to the same leaf for something else and adds that leaf's value to rows
        that never reach it.
        """
        count = len(values)
        roots = np.arange(count, dtype=np.int64) + self._n_nodes
        zeros, ones = np.zeros(count, np.int64), np.ones(count, np.bool_)
        leaves = 2 * np.arange(count, dtype=np.int64) + self._n_leaves
        self._append(zeros, np.zeros(count), leaves, leaves + 1, ones, ones, ~ones, self._asked(zeros))
        self._append_leaves(np.repeat(targets, 2), np.repeat(values, 2))
        return roots

    def _add_trees(
        self, targets: npt.NDArray[np.integer], roots: Ints, values: npt.NDArray[np.float64], leaf: Bools
    ) -> None:
        """Adds the trees of these roots; ``targets`` and ``values`` of each node, of which those at a ``leaf`` count."""
        forest = self._forest
        alive = np.ones(len(leaf), dtype=np.bool_)
        if self._levels is not None:
            alive[:] = False
            for level in _levels(forest, roots, leaf):
                alive[level] = True
        single = leaf[roots]
        alive[roots[single]] = False
        inner, leaves = np.flatnonzero(alive & ~leaf), np.flatnonzero(alive & leaf)
        place = np.empty(len(leaf), dtype=np.int32)
        place[inner] = np.arange(len(inner)) + self._n_nodes
        place[leaves] = np.arange(len(leaves)) + self._n_leaves
        true_child, false_child = forest.true_child[inner], forest.false_child[inner]
        self._append(
            forest.feature[inner],
            forest.threshold[inner],
            place[true_child],
            place[false_child],
            leaf[true_child],
            leaf[false_child],
            forest.missing_true[inner],
            self._asked(inner) if forest.sets is None else forest.sets.index[inner],
        )
        self._append_leaves(targets[leaves], values[leaves])
        starts = place[roots]
        if single.any():
            starts[single] = self._add_stumps(targets[roots[single]], values[roots[single]])
        self._roots.append(starts)

    def _asked(self, nodes: Ints) -> npt.NDArray[np.integer]:
        """-1 for nodes that ask for no set."""
        return np.full(len(nodes), -1, np.int8 if self._forest.sets is None else np.int32)

    def _append(self, *columns: npt.NDArray[np.generic]) -> None:
        for name, column in zip(_COLUMNS, columns, strict=True):
            self._nodes[name].append(column)
        self._n_nodes += len(columns[0])

    def _append_leaves(self, targets: npt.NDArray[np.integer], values: npt.NDArray[np.float64]) -> None:
        self._leaf_target.append(targets.astype(np.min_scalar_type(self._forest.n_targets)))
        self._leaf_weight.append(values)
        self._n_leaves += len(values)

    def tables(self, forest: Forest) -> TreeTables:
        """All targets together; ``forest`` is the one that they came from, its sets still in it."""
        if not self._roots:
            # A forest without a tree and with a base of zeros still gives its zeros.
            self._add_constants(np.zeros(1, np.int64), np.zeros(1))
        return TreeTables.of(forest, self._arrays(np.dtype(forest.value_type), forest.comparison))

    def _arrays(self, number: np.dtype[np.generic], comparison: str) -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
        """The attributes, each let go when the next one is asked for."""
        asked = _joined(self._nodes.pop(_ASKED))
        yield "nodes_modes", np.where(asked >= 0, np.uint8(_MEMBER), np.uint8(_MODES[comparison]))
        members = self._members(asked[asked >= 0])
        del asked
        if len(members):
            yield "membership_values", members.astype(number, copy=False)
        for name in _COLUMNS[:-1]:
            column = _joined(self._nodes.pop(name))
            yield name, column.astype(number, copy=False) if name == "nodes_splits" else column
        yield "leaf_targetids", _joined(self._leaf_target)
        yield "leaf_weights", _joined(self._leaf_weight).astype(number, copy=False)
        yield "tree_roots", _joined(self._roots)

    def _members(self, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        sets = self._forest.sets
        return np.empty(0) if sets is None else membership(sets, numbers)


def _owners(forest: Forest) -> npt.NDArray[np.unsignedinteger] | None:
    """The one target that each leaf adds to, int [M]; None where some leaf adds to several, or trees have their own, or
    nodes ask for sets."""
    if forest.target is not None or forest.n_targets < 2 or forest.sets is not None:
        # Of nodes one below the other that ask for members of a set, onnxruntime 1.32 makes one node where their leaves
        # weigh the same, of whichever target they are.
        return None
    leaves = forest.values[forest.feature == LEAF] != 0.0
    if (leaves.sum(axis=1) > 1).any():
        return None
    return np.asarray(np.argmax(forest.values != 0.0, axis=1), dtype=np.min_scalar_type(forest.n_targets))


def _joined(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """The parts as one array, and the list emptied."""
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts)
    parts.clear()
    return whole


def _all_reached(forest: Forest) -> bool:
    """Whether every node is a root or the child of exactly one node."""
    inner = forest.feature != LEAF
    entered = np.zeros(len(inner), dtype=np.bool_)
    entered[forest.true_child[inner]] = True
    entered[forest.false_child[inner]] = True
    entered[forest.roots] = True
    # As many ways in as nodes, and none without one: then each has exactly one.
    return 2 * int(inner.sum()) + len(forest.roots) == len(inner) and bool(entered.all())


def _levels(forest: Forest, roots: npt.NDArray[np.integer], leaf: Bools | None = None) -> list[Ints]:
    """Returns node ids by depth, the roots first; nothing below a ``leaf``."""
    ends = forest.feature == LEAF if leaf is None else leaf
    levels: list[Ints] = []
    current = roots.astype(np.int64)
    while len(current):
        levels.append(current)
        inner = current[~ends[current]]
        current = np.concatenate([forest.true_child[inner], forest.false_child[inner]]).astype(np.int64)
    return levels


def _merged(forest: Forest, levels: list[Ints], own: npt.NDArray[np.float64]) -> tuple[Bools, npt.NDArray[np.float64]]:
    """Marks nodes under which every leaf has the same value, and gives that value."""
    values = own.copy()
    merged = forest.feature == LEAF
    for level in reversed(levels):
        inner = level[forest.feature[level] != LEAF]
        left, right = forest.true_child[inner], forest.false_child[inner]
        # Bit patterns, not ==: 0.0 and -0.0 must stay apart.
        same = merged[left] & merged[right] & (values[left].view(np.int64) == values[right].view(np.int64))
        merged[inner[same]] = True
        values[inner[same]] = values[left[same]]
    return merged, values
