"""Keeps the weights of large models out of their graph while it is written: each is an input there, and an initializer afterwards.

TensorFlow's and tf2onnx's graphs hold each constant several times over, and never one above 2 GB. A variable that is only read,
in the main graph, needs no constant: its reads become those of an input. What loops and branches take stays a constant.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["array_of", "set_apart"]

# Models below are written whole: handlers may look at weights.
_LARGE_BYTES = 512 << 20
_LEAST_BYTES = 1 << 20


# Any here and below: graphs, variables and handles of tensorflow.
def set_apart(graph: Any, values: Mapping[str, Any], variables: Mapping[int, Any]) -> dict[str, Any]:
    """Returns {tensor of the graph that stands for a variable: variable}, and lets what reads those take the tensor itself.

    ``values`` are the captures by the tensors that stand for them, ``variables`` those of them that are variables, by identity.
    """
    found = {name: variables[id(outer)] for name, outer in values.items() if id(outer) in variables}
    if sum(_size(variable) for variable in found.values()) < _LARGE_BYTES:
        return {}
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(_node(name), []).append(node)
    apart = {}
    for name, variable in found.items():
        readers = _readers(_node(name), users)
        if readers is not None and _size(variable) >= _LEAST_BYTES:
            apart[name] = variable
            for node in readers:
                node.op = "Identity"
                for told in ("dtype", "_output_shapes"):
                    node.attr.pop(told, None)
                node.attr["T"].type = variable.dtype.as_datatype_enum
    return apart


def _readers(name: str, users: Mapping[str, list[Any]]) -> list[Any] | None:
    """The nodes that read a variable or hand it on to those; None where something else takes it."""
    found: list[Any] = []
    for node in users.get(name, ()):
        rest = [] if node.op == "ReadVariableOp" else _readers(node.name, users) if node.op == "Identity" else None
        if rest is None:
            return None
        found += [node, *rest]
    return found


def _node(tensor: str) -> str:
    return tensor.partition(":")[0]


def array_of(variable: Any) -> np.ndarray[Any, Any]:
    """The numbers of a variable where TensorFlow has them: no copy."""
    tensor = variable.read_value()
    try:
        return np.asarray(memoryview(tensor))
    except (TypeError, ValueError, BufferError):  # bfloat16 has no buffer that NumPy knows
        return np.asarray(tensor.numpy())


def _size(variable: Any) -> int:
    return (
        int(np.prod(variable.shape.as_list(), dtype=np.int64)) * variable.dtype.size
        if variable.shape.rank is not None
        else 0
    )
