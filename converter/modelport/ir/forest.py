"""The one form of tree ensembles: struct-of-arrays trees with the arithmetic of their source.

It stays beside the graph as data; it is never guessed back from a graph.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["LEAF", "Forest"]

LEAF = -1


@dataclass(frozen=True)
class Forest:
    """T trees over F columns, adding into K targets.

    Shapes: roots int64[T]; per node (M of them, children after parents): feature int32, LEAF at leaves;
    threshold float64; true_child, false_child int32; missing_true bool; values float64[M, K], only leaves count;
    target int32[T]: the one target that a tree adds to, or None when its leaves are vectors of K; base float64[K].
    Numerics: a row goes to true_child where x <= threshold (both as float64, x first rounded to
    ``input_type``); NaN goes where missing_true says. Targets are base + trees, added one by one in tree order in
    float64; ``base_first`` tells whether the base is the first or the last summand.
    ``tensor`` names the graph's tensor [N, F] float64 that the forest reads, already rounded.
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
    comparison: Literal["<="] = "<="

    @property
    def n_targets(self) -> int:
        """K."""
        return int(self.base.shape[0])

    def thresholds(self) -> dict[int, npt.NDArray[np.float64]]:
        """Returns the distinct finite thresholds of each column, ascending; infinite ones only part NaN from the rest."""
        inner = (self.feature >= 0) & np.isfinite(self.threshold)
        columns = np.unique(self.feature[inner])
        return {int(c): np.unique(self.threshold[inner & (self.feature == c)]) for c in columns}

    def reachable(
        self, rows: npt.NDArray[np.float64], deviation: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Returns the least and the greatest sums when each x may lie up to its deviation off.

        Shapes: rows, deviation float64[N, F] -> float64[N, K] twice.
        """
        count = rows.shape[0]
        low = np.tile(self.base, (count, 1))
        high = low.copy()
        for index, root in enumerate(self.roots):
            reach: dict[int, npt.NDArray[np.bool_]] = {int(root): np.ones(count, dtype=np.bool_)}
            least = np.full((count, self.values.shape[1]), np.inf)
            greatest = -least
            while reach:
                node, mask = reach.popitem()
                column = int(self.feature[node])
                if column == LEAF:
                    least[mask] = np.minimum(least[mask], self.values[node])
                    greatest[mask] = np.maximum(greatest[mask], self.values[node])
                    continue
                x, d = rows[:, column], deviation[:, column]
                missing = np.isnan(x)
                goes_true = np.where(missing, self.missing_true[node], x - d <= self.threshold[node])
                goes_false = np.where(missing, not self.missing_true[node], x + d > self.threshold[node])
                for child, way in ((self.true_child[node], goes_true), (self.false_child[node], goes_false)):
                    if (mask & way).any():
                        reach[int(child)] = mask & way
            if self.target is None:
                low += least
                high += greatest
            else:
                low[:, self.target[index]] += least[:, 0]
                high[:, self.target[index]] += greatest[:, 0]
        return low, high
