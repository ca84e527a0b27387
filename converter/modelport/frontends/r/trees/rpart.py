"""The tree of an rpart object: which way each of its splits sends a row, and the nodes in which they are asked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.serialize import NULL, RNull, RObject, RStrings, as_array, integer, matrix, texts
from modelport.frontends.r.trees.check import damaged

__all__ = ["LEFT", "NEITHER", "RIGHT", "Rpart", "Splits", "rpart_tree"]

LEFT, NEITHER, RIGHT = -1, 0, 1
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Splits:
    """S splits, primary ones and surrogates.

    Shapes: column int [S]: of the names of the tree; threshold float64 [S]; below int [S]: the way of x < threshold, its
    opposite for the others; ways int [S, L]: of a factor (``nominal``), the way of each level. NA goes NEITHER way.
    """

    column: Ints
    threshold: Floats
    below: Ints
    nominal: npt.NDArray[np.bool_]
    ways: Ints


@dataclass(frozen=True)
class Rpart:
    """A tree whose node m asks its splits ``chain[m]`` [M, R] one after the other, -1 for none.

    The first that sends a row some way decides; if none does, ``otherwise`` [M] does, and where that is NEITHER the row
    stays in the node. left, right [M] are -1 at leaves. ``names`` are the variables behind the columns of the splits.
    """

    names: list[str]
    splits: Splits
    chain: Ints
    otherwise: Ints
    left: Ints
    right: Ints

    @property
    def leaf(self) -> npt.NDArray[np.bool_]:
        """Which nodes are leaves."""
        return self.left < 0


def rpart_tree(model: RObject) -> Rpart:
    """The tree of ``object``, in the order of its frame, parents before children.

    Source: rpart 4.1.19, R/pred.rpart.R and src/pred_rpart.c.
    """
    frame = model["frame"]
    variables = _strings(frame["var"])
    numbers = _row_names(frame)
    count = len(numbers)
    leaf = np.array([name == "<leaf>" for name in variables], dtype=np.bool_)
    n, competing, surrogates = (as_array(frame[name]).astype(np.int64) for name in ("n", "ncompete", "nsurrogate"))
    if not len(leaf) == count == len(n) == len(competing) == len(surrogates) or not count:
        raise damaged("the columns of the frame differ in length")
    left, right = _children(numbers, leaf)
    splits, names = _splits(model, bool(leaf.all()))
    used = (~leaf).astype(np.int64) + competing + surrogates
    first = np.cumsum(used) - used
    usesurrogate = integer(model["control"]["usesurrogate"]) if "control" in model else 2
    depth = 1 + (int(surrogates[~leaf].max(initial=0)) if usesurrogate > 0 else 0)
    rank = np.arange(depth)
    chain = np.where(rank == 0, first[:, None], (first + competing)[:, None] + rank)
    chain[(rank > surrogates[:, None]) & (rank > 0)] = -1
    chain[leaf] = -1
    if chain.max(initial=-1) >= len(splits.column):
        raise damaged("the frame counts more splits than there are")
    heavier = np.sign(n[right] - n[left])
    otherwise = np.where(leaf | (usesurrogate < 2), NEITHER, heavier)
    return Rpart(names, splits, chain, otherwise, left, right)


def _children(numbers: Ints, leaf: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    order = np.argsort(numbers, kind="stable")

    def place(wanted: Ints) -> Ints:
        at = np.minimum(np.searchsorted(numbers[order], wanted), len(numbers) - 1)
        found = order[at]
        wrong = ~leaf & ((numbers[found] != wanted) | (found <= np.arange(len(leaf))))
        if wrong.any():
            raise damaged(f"node {int(numbers[wrong][0])} has no children")
        return np.where(leaf, -1, found)

    return place(2 * numbers), place(2 * numbers + 1)


def _splits(model: RObject, none: bool) -> tuple[Splits, list[str]]:
    given = model.get("splits")
    if none or given is None or isinstance(given, RNull):
        empty = np.zeros(0, dtype=np.int64)
        return Splits(empty, np.zeros(0), empty, np.zeros(0, dtype=np.bool_), np.zeros((0, 1), dtype=np.int64)), []
    table = matrix(given)
    if len(table.rows) != len(table.values) or table.values.shape[1] < 4:
        raise damaged("its splits have no names")
    names = sorted(set(table.rows))
    place = {name: number for number, name in enumerate(names)}
    column = np.array([place[name] for name in table.rows], dtype=np.int64)
    categories = table.values[:, 1].astype(np.int64)
    nominal = categories >= 2
    ways = np.zeros((len(column), max(1, int(categories.max(initial=1)))), dtype=np.int64)
    if nominal.any():
        kept = matrix(model.get("csplit") or NULL).values.astype(np.int64) - 2
        rows = table.values[nominal, 3].astype(np.int64) - 1
        if not 0 <= rows.min() <= rows.max() < len(kept):
            raise damaged("a split has no row of csplit")
        width = min(ways.shape[1], kept.shape[1])
        ways[nominal, :width] = kept[rows, :width]
        ways[np.arange(ways.shape[1]) >= np.maximum(categories, 1)[:, None]] = NEITHER
    return Splits(column, np.where(nominal, 0.0, table.values[:, 3]), np.sign(categories), nominal, ways), names


def _row_names(frame: RObject) -> Ints:
    given = frame.attributes.get("row.names", NULL)
    if isinstance(given, RStrings):
        try:
            return np.array([int(name) for name in texts(given)], dtype=np.int64)
        except ValueError as err:
            raise damaged("the rows of the frame are not named by node numbers") from err
    found = as_array(given)
    if len(found) == 2 and np.isnan(found[0]):
        # The short form of 1, 2, …: a tree of a root alone, or of a root and two leaves.
        return np.arange(1, int(abs(found[1])) + 1)
    return found.astype(np.int64)


def _strings(x: RObject) -> list[str]:
    """The variables of the frame, which were a factor up to rpart 4.0."""
    return texts(x)
