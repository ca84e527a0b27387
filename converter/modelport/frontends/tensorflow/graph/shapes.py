"""Folds what a graph computes from shapes alone, where the lengths that matter are known.

TensorFlow computes sizes and scales from whole shapes, of which the batch is not known. What comes out is known all the same if
it does not depend on the open lengths: it is computed with several sets of lengths in their place, and must be equal in all.
"""

import contextlib
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["fold_shapes"]

# Operators that lengths pass through, on few numbers at a time. None of them makes a tensor of the size of a length.
_PASSED = frozenset(
    "Identity Cast RealDiv Div FloorDiv FloorMod TruncateDiv Mul Add AddV2 Sub Neg Pack Unpack ConcatV2 Slice StridedSlice "
    "GatherV2 Prod Sum Max Min Maximum Minimum Squeeze ExpandDims Reshape Round Rint Ceil Floor Equal NotEqual Less LessEqual "
    "Greater GreaterEqual LogicalAnd LogicalOr LogicalNot SelectV2 Select BroadcastArgs ListDiff All Any".split()
)
# For each open axis two primes, their successors and one: neighbours differ in every remainder, and one lies on the other side of
# every comparison; all axes of one length are equal.
_LENGTHS = (
    (7919, 6271, 5113, 4217, 3313, 2417),
    (104729, 99991, 87557, 76607, 65537, 54323),
    (7920, 6272, 5114, 4218, 3314, 2418),
    (1, 1, 1, 1, 1, 1),
)
_SMALL = 64


# Any: tensorflow's GraphDef, and its graphs and operations.
def fold_shapes(graph: Any) -> Any:
    """Returns the graph with constants in the place of what is known; functions of loops and branches are left as they are."""
    import tensorflow as tf

    with tf.Graph().as_default() as built:
        tf.import_graph_def(graph, name="")
        shapes, derived = _derived(built)
        wanted = [value for op in derived for value in op.outputs]
        if not wanted:
            return graph
        with tf.compat.v1.Session(graph=built) as session:
            runs = [_run(tf, session, wanted, {v: _filled(v, lengths) for v in shapes}) for lengths in _LENGTHS]
    known = {name: value for name, value in runs[0].items() if all(_same(value, run.get(name)) for run in runs[1:])}
    folded = type(graph)()
    folded.CopyFrom(graph)
    single = {op.name for op in derived if len(op.outputs) == 1}
    for node in folded.node:
        if node.name in single and f"{node.name}:0" in known:
            _constant(tf, node, known[f"{node.name}:0"])
    return folded


def _derived(graph: Any) -> tuple[list[Any], list[Any]]:
    """The shapes of which the rank is known, and the operations that depend on these and on constants alone."""
    shapes: dict[Any, None] = {}
    small: set[str] = set()
    found: list[Any] = []
    for op in graph.get_operations():
        if op.type == "Shape" and op.inputs[0].shape.rank is not None and op.inputs[0].shape.rank <= len(_LENGTHS[0]):
            shapes[op.outputs[0]] = None
            small.add(op.name)
            found.append(op)
        elif op.type == "Const" and (op.outputs[0].shape.num_elements() or 0) <= _SMALL:
            small.add(op.name)
        elif op.type in _PASSED and op.inputs and all(value.op.name in small for value in op.inputs):
            small.add(op.name)
            found.append(op)
    return list(shapes), found


def _filled(shape: Any, lengths: tuple[int, ...]) -> npt.NDArray[Any]:
    known = shape.op.inputs[0].shape.as_list()
    values = [other if length is None else length for length, other in zip(known, lengths, strict=False)]
    return np.array(values, dtype=shape.dtype.as_numpy_dtype)


def _run(tf: Any, session: Any, wanted: list[Any], feeds: dict[Any, Any]) -> dict[str, Any]:
    """What each tensor is; those that cannot be computed are left out."""
    try:
        return dict(zip((value.name for value in wanted), session.run(wanted, feeds), strict=True))
    except (tf.errors.OpError, ValueError):
        found = {}
        for value in wanted:
            with contextlib.suppress(tf.errors.OpError, ValueError):
                found[value.name] = session.run(value, feeds)
        return found


def _same(one: Any, other: Any) -> bool:
    if other is None:
        return False
    one, other = np.asarray(one), np.asarray(other)
    return bool(one.shape == other.shape and one.size <= _SMALL and one.tobytes() == other.tobytes())


def _constant(tf: Any, node: Any, value: Any) -> None:
    kind = node.attr["out_type"] if node.op == "Shape" else None
    tensor = tf.make_tensor_proto(value)
    for name in list(node.attr):
        del node.attr[name]
    del node.input[:]
    node.op = "Const"
    node.attr["dtype"].type = kind.type if kind is not None and kind.type else tensor.dtype
    node.attr["value"].tensor.CopyFrom(tensor)
