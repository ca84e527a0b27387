"""The one form of tree ensembles: struct-of-arrays trees with the arithmetic of their source.

It stays beside the graph as data; it is never guessed back from a graph.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["LEAF", "Forest", "Sets"]

LEAF = -1

# How many (row, tree, target) places are held in memory while rows are walked.
_STANDING = 2_000_000


@dataclass(frozen=True)
class Sets:
    """Sets of whole numbers on which nodes split.

    Shapes: index int32[M]: the set of each node, -1 where it compares with its threshold; starts int64[S+1]; members
    int64, those of set s from starts[s] to starts[s+1].
    """

    index: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    members: npt.NDArray[np.int64]

    def of(self, number: int) -> npt.NDArray[np.int64]:
        """The members of one set."""
        return self.members[self.starts[number] : self.starts[number + 1]]


@dataclass(frozen=True)
class Forest:
    """T trees over F columns, adding into K targets.

    Shapes: roots int64[T]; per node (M of them, children after parents): feature int32, LEAF at leaves;
    threshold float64; true_child, false_child int32; missing_true bool; values float64[M, K], only leaves count;
    target int32[T]: the one target that a tree adds to, or None when its leaves are vectors of K; base float64[K].
    Numerics: a row goes to true_child where x <= threshold, or x < threshold, as ``comparison`` says, x first rounded
    to ``input_type``; NaN goes where missing_true says. Where a node has a set, a row goes to true_child when x, which
    the front end has made whole, is a member. Targets are base + trees, added one by one in tree order in
    ``value_type``, in which thresholds, leaves and base are exact; ``base_first`` tells whether the base is the first or
    the last summand.
    ``tensor`` names the graph's tensor [N, F] in ``value_type`` that the forest reads, already rounded.
    """

    name: str
    tensor: str
    input_type: Literal["float32", "float64"]
    roots: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float64]
    true_child: npt.NDArray[np.int32]
    false_child: npt.NDArray[np.int32]
    missing_true: npt.NDArray[np.bool_]
    values: npt.NDArray[np.float64]
    base: npt.NDArray[np.float64]
    target: npt.NDArray[np.int32] | None = None
    base_first: bool = True
    comparison: Literal["<=", "<"] = "<="
    value_type: Literal["float32", "float64"] = "float64"
    sets: Sets | None = None

    @property
    def n_targets(self) -> int:
        """K."""
        return int(self.base.shape[0])

    def thresholds(self) -> dict[int, npt.NDArray[np.float64]]:
        """Returns the distinct finite thresholds of each column, ascending; infinite ones only part NaN from the rest."""
        inner = (self.feature >= 0) & np.isfinite(self.threshold)
        if self.sets is not None:
            inner &= self.sets.index < 0
        order = np.lexsort((self.threshold[inner], self.feature[inner]))
        feature, threshold = self.feature[inner][order], self.threshold[inner][order]
        columns, starts = np.unique(feature, return_index=True)
        if not len(columns):
            return {}
        return {int(c): np.unique(part) for c, part in zip(columns, np.split(threshold, starts[1:]), strict=True)}

    def reachable(
        self, rows: npt.NDArray[np.float64], deviation: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Returns the least and the greatest sums when each x may lie up to its deviation off.

        Shapes: rows, deviation float64[N, F] -> float64[N, K] twice. All trees of some rows are walked at once, level
        by level; a row stands at several nodes of a tree where its deviation spans a split.
        """
        low = np.tile(self.base, (len(rows), 1))
        high = low.copy()
        step = max(1, _STANDING // max(1, len(self.roots) * self.values.shape[1]))
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            least, greatest = self._leaves(rows[part], deviation[part])
            if self.target is None:
                low[part] += least.sum(axis=1)
                high[part] += greatest.sum(axis=1)
            else:
                for k in range(self.n_targets):
                    own = self.target == k
                    low[part, k] += least[:, own, 0].sum(axis=1)
                    high[part, k] += greatest[:, own, 0].sum(axis=1)
        return low, high

    def _leaves(
        self, rows: npt.NDArray[np.float64], deviation: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The least and greatest leaf of each tree that a row may reach: float64[N, T, K or 1] twice."""
        n_trees = len(self.roots)
        least = np.full((len(rows), n_trees, self.values.shape[1]), np.inf)
        greatest = -least
        row = np.repeat(np.arange(len(rows)), n_trees)
        tree = np.tile(np.arange(n_trees), len(rows))
        node = np.tile(self.roots, len(rows))
        while len(node):
            at_leaf = self.feature[node] == LEAF
            where = (row[at_leaf], tree[at_leaf])
            np.minimum.at(least, where, self.values[node[at_leaf]])
            np.maximum.at(greatest, where, self.values[node[at_leaf]])
            row, tree, node = row[~at_leaf], tree[~at_leaf], node[~at_leaf]
            goes_true, goes_false = self._ways(node, rows[row, self.feature[node]], deviation[row, self.feature[node]])
            row, tree = (np.concatenate([which[goes_true], which[goes_false]]) for which in (row, tree))
            node = np.concatenate([self.true_child[node[goes_true]], self.false_child[node[goes_false]]])
        return least, greatest

    def _ways(
        self, node: npt.NDArray[np.integer], x: npt.NDArray[np.float64], d: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Whether a value within x ± d may go to the true, and to the false child of its node."""
        threshold = self.threshold[node]
        # Asked by what it is not: x ± d may be inf - inf, and then both ways are open.
        if self.comparison == "<=":
            goes_true, goes_false = ~(x - d > threshold), ~(x + d <= threshold)
        else:
            goes_true, goes_false = ~(x - d >= threshold), ~(x + d < threshold)
        if self.sets is not None:
            split = np.flatnonzero(self.sets.index[node] >= 0)
            for number in np.unique(self.sets.index[node[split]]):
                own = split[self.sets.index[node[split]] == number]
                member = np.isin(x[own], self.sets.of(int(number)))
                # A value that may be off may be any number.
                goes_true[own], goes_false[own] = member | (d[own] > 0), ~member | (d[own] > 0)
        missing = np.isnan(x)
        goes_true = np.where(missing, self.missing_true[node], goes_true)
        return goes_true, np.where(missing, ~self.missing_true[node], goes_false)
