"""Checks that the tables of a file are trees: children behind their parents, columns that there are."""

import numpy as np
import numpy.typing as npt

from modelport.errors import ModelFileError

__all__ = ["check_children", "check_columns", "damaged"]


def damaged(what: str) -> ModelFileError:
    """The error for a forest whose tables contradict each other."""
    return ModelFileError(
        f"the trees are damaged: {what}",
        where="inside the model",
        fix="save the model as its package made it, whole, with saveRDS",
    )


def check_children(
    inner: npt.NDArray[np.bool_], *children: npt.NDArray[np.integer], last: npt.NDArray[np.integer]
) -> None:
    """Every child of an inner node lies behind it and before ``last``, the end of its tree: so no walk is endless.

    Shapes: inner, children and last [M], all in one count of nodes. Raises: ModelFileError.
    """
    place = np.arange(len(inner))
    for child in children:
        wrong = inner & ((child <= place) | (child >= last))
        if wrong.any():
            raise damaged(f"node {int(np.flatnonzero(wrong)[0])} leads to node {int(child[wrong][0])}")


def check_columns(feature: npt.NDArray[np.integer], inner: npt.NDArray[np.bool_], count: int) -> None:
    """Every inner node asks for one of ``count`` columns. Raises: ModelFileError."""
    wrong = inner & ((feature < 0) | (feature >= count))
    if wrong.any():
        raise damaged(f"a node splits on column {int(feature[wrong][0]) + 1} of {count}")
