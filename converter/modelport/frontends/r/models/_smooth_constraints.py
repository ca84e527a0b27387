"""What PredictMat of mgcv makes of the basis of a smooth: columns of the model matrix, by its by variable and its constraint."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, where
from modelport.frontends.r.models._smooth_parts import Block, Context, given, times
from modelport.frontends.r.serialize import NULL, RObject, RVector, as_array, classes, integer, matrix, text
from modelport.frontends.r.terms.values import Vector

__all__ = ["Basis", "constrained"]

Array = npt.NDArray[np.float64]
Basis: TypeAlias = Callable[[Context, RObject], Block]


def constrained(c: Context, smooth: RObject, basis: Basis) -> Block:
    """PredictMat: the basis, less its means, by the variable, and in the null space of the constraint."""
    b = c.scope.builder
    block = basis(c, smooth)
    constraint = smooth.attributes.get("qrc")
    if constraint is not None and "sweepDrop" in classes(constraint):
        numbers = as_array(constraint)
        dropped = int(numbers[0]) - 1
        kept = np.array([k for k in range(block.width) if k != dropped], dtype=np.int64)
        value = b.op("Gather", block.value, b.constant(kept), axis=1)
        block = Block(b.op("Sub", value, constant(c.scope, numbers[1:][None, :])), len(kept))
    by = text(smooth["by"]) if given(smooth, "by") else "NA"
    if by != "NA":
        block = Block(_by(c, smooth, by, block.value), block.width)
    count = smooth.attributes.get("nCons")
    if constraint is not None and count is not None and integer(count) > 0:
        block = _absorbed(c, smooth, constraint, integer(count), block)
    if given(smooth, "diagRP"):
        block = times(c, block, matrix(smooth["diagRP"]).values)
    gone = smooth.attributes.get("del.index")
    if isinstance(gone, RVector) and len(gone):
        out = set((as_array(gone).astype(int) - 1).tolist())
        kept = np.array([k for k in range(block.width) if k not in out], dtype=np.int64)
        block = Block(b.op("Gather", block.value, b.constant(kept), axis=1), len(kept))
    return block


def _by(c: Context, smooth: RObject, by: str, value: ir.Value) -> ir.Value:
    found = c.lookup(by)
    b = c.scope.builder
    factor = isinstance(found, Vector) and (found.kind in ("factor", "text") or found.as_factor)
    if factor or given(smooth, "by.level"):
        level = text(smooth["by.level"])
        place = c.places(by, (level,))
        # Rows of another level get 0 times the smooth: NaN where it is no number.
        weight = c.scope.looked_up(place, np.array([[1.0]]))
        hit = b.op("Equal", weight, constant(c.scope, 1.0), dtype=ir.DataType.BOOL)
        return b.op("Mul", where(c.scope, hit, constant(c.scope, 1.0), constant(c.scope, 0.0)), value)
    return b.op("Mul", c.number(by), value)


def _absorbed(c: Context, smooth: RObject, constraint: RObject, count: int, block: Block) -> Block:
    """The columns in the null space of the constraint."""
    b = c.scope.builder
    if "qr" in classes(constraint):
        indices = smooth.attributes.get("indi")
        turn = _null_space(constraint, count)
        if indices is None or indices is NULL:
            return times(c, block, turn)
        own = as_array(indices).astype(int) - 1
        whole = np.eye(block.width)
        free = len(own) - count
        whole[:, own[:free]] = 0.0
        whole[np.ix_(own, own[:free])] = turn
        lost = set(own[free:].tolist())
        return times(c, block, whole[:, [k for k in range(block.width) if k not in lost]])
    if "sweepDrop" in classes(constraint):
        return block
    if isinstance(constraint, RVector) and len(constraint) > 1:
        return times(c, block, _differences(block.width, as_array(constraint)[1:-1].astype(int).tolist()))
    place = int(as_array(constraint)[0])
    if place > 0:
        kept = np.array([k for k in range(block.width) if k != place - 1], dtype=np.int64)
        return Block(b.op("Gather", block.value, b.constant(kept), axis=1), len(kept))
    if place < 0:
        later = np.arange(1, block.width, dtype=np.int64)
        value = b.op(
            "Sub",
            b.op("Gather", block.value, b.constant(later), axis=1),
            b.op("Gather", block.value, b.constant(later - 1), axis=1),
        )
        return Block(value, block.width - 1)
    return block


def _differences(width: int, levels: list[int]) -> Array:
    """[P, Q]: each column less that of the last level, in turn for each factor, as XZKr has it."""
    found = np.eye(width)
    last = width // int(np.prod(levels))
    for count in levels:
        found = found.reshape((-1, count), order="F")
        found = (found[:, : count - 1] - found[:, count - 1 :]).T
    return found.reshape((-1, last), order="F").T.reshape((-1, width), order="F").T


def _null_space(decomposition: RObject, count: int) -> Array:
    """The columns of Q behind the first ``count``, from LINPACK's compact form of a QR decomposition."""
    compact = matrix(decomposition["qr"]).values.astype(np.longdouble)
    auxiliary = as_array(decomposition["qraux"])
    size = compact.shape[0]
    q_transposed = np.eye(size, dtype=np.longdouble)
    for j in range(min(count, compact.shape[1], size - 1)):
        if auxiliary[j] == 0:
            continue
        vector = compact[j:, j].copy()
        vector[0] = auxiliary[j]
        q_transposed[j:] -= np.outer(vector, (vector @ q_transposed[j:]) / vector[0])
    return np.asarray(q_transposed[count:].T, dtype=np.float64)
