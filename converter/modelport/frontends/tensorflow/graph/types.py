"""Element types that would not come out as they are: tf2onnx takes bfloat16 for float16, and has no complex numbers."""

from collections.abc import Iterator
from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends.tensorflow.repairs.fourier import COMPLEX

__all__ = ["refuse_types"]

# Of complex64 these are written as pairs of floats; what else stands on complex numbers would read the pairs wrongly.
_ON_COMPLEX = COMPLEX | {"Identity"}

_FLOAT = "load the model in float32: a dtype policy of 'float32', or layers cast to it"
_REAL = "compute with real numbers: of complex ones only Fourier transforms, their parts and their lengths are written"


# Any: tensorflow's GraphDef, its nodes and functions.
def refuse_types(graph: Any, where: str) -> None:
    """Looks at the types of every node, those of loops and branches too.

    Raises: UnsupportedModelError with all of them.
    """
    found: dict[str, None] = {}
    for node in [*graph.node, *(node for function in graph.library.function for node in function.node_def)]:
        scope = node.name.rpartition("/")[0]
        for kind in _kinds(node):
            if _wrong(kind, node.op):
                found[f"{node.op}({kind}){' in ' + scope if scope else ''}"] = None
    if found:
        raise UnsupportedModelError(
            f"{len(found)} operator(s) compute in types that ONNX Runtime does not: {'; '.join(found)}",
            where=where,
            fix=_REAL if all("(complex" in one for one in found) else _FLOAT,
        )


def _wrong(kind: str, operator: str) -> bool:
    if kind == "complex64":
        return operator not in _ON_COMPLEX
    return kind.startswith(("bfloat16", "float8", "complex128", "q", "int4", "uint4", "int2", "uint2"))


def _kinds(node: Any) -> Iterator[str]:
    import tensorflow as tf

    for name, value in node.attr.items():
        types = [value.type] if value.WhichOneof("value") == "type" else list(value.list.type)
        for one in types:
            if one and not name.startswith("_"):
                yield tf.as_dtype(one).name
