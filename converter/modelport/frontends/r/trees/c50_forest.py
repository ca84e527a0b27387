"""The trees of a C5.0 model for rows in which no value is missing: each such row ends in one leaf of each tree."""

from collections.abc import Mapping, Sequence

import numpy as np

from modelport.frontends.r.trees.c50_levels import EPSILON
from modelport.frontends.r.trees.c50_tree import LEAF as END
from modelport.frontends.r.trees.c50_tree import Node
from modelport.frontends.r.trees.quinlan_text import AT_MOST, DISCRETE, MORE, THRESHOLD
from modelport.ir.forest import LEAF, Forest, Sets

__all__ = ["Said", "leaf_forest"]

# What speaks for a row: a leaf, or the node above a leaf without cases.
Said = Node


def leaf_forest(
    roots: Sequence[Node], columns: Mapping[int, int], codes: Mapping[int, Sequence[int]], tensor: str
) -> tuple[Forest, list[tuple[int, Said]]]:
    """A forest whose tree t gives the number of the leaf to target t, and of each leaf its tree and what speaks.

    ``columns``: of each attribute the column that holds it: the number itself, or the place of the level from 0 on, of
    which ``codes`` gives the code. A code that a discrete test does not have counts as missing and may end anywhere.
    """
    made = _Made(columns, codes)
    starts = [made.tree(number, root) for number, root in enumerate(roots)]
    count = len(made.feature)
    values = np.zeros((count, 1))
    values[:, 0] = made.value
    members = [np.array(sorted(own), dtype=np.int64) for own in made.sets]
    sets = Sets(
        np.array(made.set_of, dtype=np.int32),
        np.cumsum([0, *(len(own) for own in members)]).astype(np.int64),
        np.concatenate(members) if members else np.zeros(0, dtype=np.int64),
    )
    forest = Forest(
        name="leaves",
        tensor=tensor,
        input_type="float64",
        roots=np.array(starts, dtype=np.int64),
        feature=np.array(made.feature, dtype=np.int32),
        threshold=np.array(made.threshold, dtype=np.float64),
        true_child=np.array(made.true_child, dtype=np.int32),
        false_child=np.array(made.false_child, dtype=np.int32),
        missing_true=np.zeros(count, dtype=np.bool_),
        values=values,
        base=np.zeros(len(roots)),
        target=np.arange(len(roots), dtype=np.int32),
        sets=sets if made.sets else None,
    )
    return forest, made.said


class _Made:
    """The nodes so far, children behind their parents."""

    def __init__(self, columns: Mapping[int, int], codes: Mapping[int, Sequence[int]]) -> None:
        self._columns, self._codes = columns, codes
        self.feature, self.threshold = list[int](), list[float]()
        self.true_child, self.false_child = list[int](), list[int]()
        self.value, self.set_of = list[float](), list[int]()
        self.sets: list[frozenset[int]] = []
        self.said: list[tuple[int, Said]] = []

    def _node(self) -> int:
        self.feature.append(LEAF)
        self.threshold.append(0.0)
        self.true_child.append(-1)
        self.false_child.append(-1)
        self.value.append(0.0)
        self.set_of.append(-1)
        return len(self.feature) - 1

    def tree(self, number: int, root: Node) -> int:
        """Adds a tree; the place of its root."""
        start = self._node()
        waiting: list[tuple[Node, Node | None, int, bool]] = [(root, None, start, False)]
        while waiting:
            node, above, place, ends = waiting.pop()
            if ends or node.kind == END:
                speaks = above if node.cases < EPSILON and above is not None else node
                self.value[place] = float(len(self.said))
                self.said.append((number, speaks))
            elif node.kind == THRESHOLD:
                self.feature[place], self.threshold[place] = self._columns[node.attribute], node.cut
                self.true_child[place], self.false_child[place] = self._node(), self._node()
                for side, child in ((AT_MOST, self.true_child[place]), (MORE, self.false_child[place])):
                    waiting.append((node.branches[side - 1], node, child, False))
            else:
                waiting += self._values(node, above, place)
        return start

    def _values(self, node: Node, above: Node | None, place: int) -> list[tuple[Node, Node | None, int, bool]]:
        """A chain of nodes, each of which tells the values of one branch from the rest."""
        codes = self._codes[node.attribute]
        sets = [{k} for k in range(1, node.forks + 1)] if node.kind == DISCRETE else [set(own) for own in node.sets]
        found: list[tuple[Node, Node | None, int, bool]] = []
        left = {level for level, code in enumerate(codes) if code > 0}
        ways: list[tuple[set[int], Node]] = []
        for own, branch in zip(sets, node.branches, strict=True):
            levels = {level for level in left if codes[level] in own}
            left -= levels
            if levels:
                ways.append((levels, branch))
        # What is left of a subset test ends at the node itself; of a test of each value it counts as missing.
        rest = bool(left) and node.kind != DISCRETE
        for number, (levels, branch) in enumerate(ways):
            if number == len(ways) - 1 and not rest:
                found.append((branch, node, place, False))
                return found
            self.feature[place], self.set_of[place] = self._columns[node.attribute], len(self.sets)
            self.sets.append(frozenset(levels))
            self.true_child[place], self.false_child[place] = self._node(), self._node()
            found.append((branch, node, self.true_child[place], False))
            place = self.false_child[place]
        found.append((node, above, place, True))
        return found
