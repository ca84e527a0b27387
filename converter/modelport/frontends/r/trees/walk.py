"""Nodes and splits of a tree as they are met, one in the other in R's object, and the tables of ``Rpart`` made of them."""

from dataclasses import dataclass, field

import numpy as np

from modelport.frontends.r.trees.check import damaged
from modelport.frontends.r.trees.rpart import NEITHER, Rpart, Splits

__all__ = ["Walk"]

_MOST = 2_000_000


@dataclass
class Walk:
    """Children stand after their parents.

    ``levels`` of each column, 0 for numbers. Of node m: ``ids`` R's number, ``chains`` its splits in the order in which they
    are asked, ``otherwise`` where a row goes that none decides. ``splits``: column, threshold, way below it, ways of levels.
    ``reasons``: what of the tree is not covered.
    """

    levels: list[int]
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)
    otherwise: list[int] = field(default_factory=list)
    splits: list[tuple[int, float, int, list[int] | None]] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    def node(self) -> int:
        """A node more, a leaf as yet; its place. Raises: ModelFileError for a tree without end."""
        if len(self.left) > _MOST:
            raise damaged("the tree has too many nodes")
        for column, empty in ((self.left, -1), (self.right, -1), (self.ids, -1), (self.otherwise, NEITHER)):
            column.append(empty)
        self.chains.append([])
        return len(self.left) - 1

    def column(self, number: int) -> int:
        """The place of R's column ``number``. Raises: ModelFileError when there is none."""
        if not 1 <= number <= len(self.levels):
            raise damaged(f"a split is on column {number} of {len(self.levels)}")
        return number - 1

    def tables(self, names: list[str]) -> Rpart:
        """The tree over the columns ``names``."""
        depth = max([1, *(len(chain) for chain in self.chains)])
        width = max([1, *(len(ways) for *_, ways in self.splits if ways is not None)])
        ways = [[*(own or []), *[NEITHER] * (width - len(own or []))] for *_, own in self.splits]
        return Rpart(
            names,
            Splits(
                column=np.array([split[0] for split in self.splits], dtype=np.int64),
                threshold=np.array([split[1] for split in self.splits], dtype=np.float64),
                below=np.array([split[2] for split in self.splits], dtype=np.int64),
                nominal=np.array([split[3] is not None for split in self.splits], dtype=np.bool_),
                ways=np.array(ways, dtype=np.int64).reshape(-1, width),
            ),
            np.array([[*own, *[-1] * (depth - len(own))] for own in self.chains], dtype=np.int64),
            np.array(self.otherwise, dtype=np.int64),
            np.array(self.left, dtype=np.int64),
            np.array(self.right, dtype=np.int64),
        )
