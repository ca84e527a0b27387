"""A diagonal made a matrix, or set into one: tf2onnx multiplies by 0 beside it, or leaves ONNX.

**After**: the diagonal as a column (above the main one) or as a row (below it), where row and column are that far apart.
"""

import numpy as np

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer, integers

__all__ = ["REPAIR"]


def _matrix(write: Writer) -> None:
    diagonal = write.inputs[0]
    offset = _offset(write)
    if len(write.inputs) > 2 and any(write.needed(place, "the size").item() != -1 for place in (2, 3)):
        raise ValueError("its size is given")
    length = write("Gather", write("Shape", diagonal), integers([-1]))
    side = write("Reshape", write("Add", length, integers(abs(offset))), integers([]))
    fill = write.inputs[4] if len(write.inputs) > 4 else write.like(0, diagonal)
    spread = _spread(write, diagonal, side if offset >= 0 else None, side if offset < 0 else None)
    write.choose(_is_diagonal(write, side, side, offset), spread, fill)


def _set(write: Writer) -> None:
    matrix, diagonal = write.inputs[:2]
    offset = _offset(write, place=2)
    shape = write("Shape", matrix)
    rows, columns = (write("Gather", shape, integers(place)) for place in (-2, -1))
    spread = _spread(write, diagonal, rows if offset >= 0 else None, columns if offset < 0 else None)
    write.choose(_is_diagonal(write, rows, columns, offset), spread, matrix)


def _offset(write: Writer, place: int = 1) -> int:
    """How far above the main diagonal it lies."""
    if len(write.inputs) <= place:
        return 0
    found = np.ravel(write.needed(place, "which diagonal"))
    if len(set(found.tolist())) != 1:
        raise ValueError("it is a band of several diagonals")
    return int(found[0])


def _is_diagonal(write: Writer, rows: str, columns: str, offset: int) -> str:
    down, across = (write("Range", integers(0), one, integers(1)) for one in (rows, columns))
    return write("Equal", write("Sub", across, write("Unsqueeze", down, integers([1]))), integers(offset))


def _spread(write: Writer, diagonal: str, rows: str | None, columns: str | None) -> str:
    """The diagonal as a column of so many rows, or as a row of so many columns; what is behind its end is never read."""
    side = rows or columns
    length = write("Gather", write("Shape", diagonal), integers(-1))
    last = write("Max", write("Sub", length, integers(1)), integers(0))
    places = write("Min", write("Range", integers(0), side, integers(1)), last)
    return write("Unsqueeze", write("Gather", diagonal, places, axis=-1), integers([-1 if rows else -2]))


REPAIR = Repair(
    "diagonals",
    {
        "MatrixDiag": _matrix,
        "MatrixDiagV2": _matrix,
        "MatrixDiagV3": _matrix,
        "MatrixSetDiag": _set,
        "MatrixSetDiagV2": _set,
        "MatrixSetDiagV3": _set,
    },
)
