"""The operators and element types that a front end may emit: those measured to be exact or of stated error.

tests/unit/ir/test_operators.py runs every row against numpy in onnxruntime. What is missing here either has no
double kernel (Erf, Softplus, Gelu …), is inaccurate (Sigmoid below -18), or computes in float32 whatever its
inputs are (LinearClassifier, SVM*, Normalizer, Scaler): docs/decisions/0003-allowed-operators.md.
"""

from collections.abc import Iterable

import onnx_ir as ir

__all__ = ["ALLOWED", "outside"]

_FLOATS = frozenset({"DOUBLE", "FLOAT"})
_NUMBERS = _FLOATS | {"INT64", "INT32"}
_ANY = _NUMBERS | {"BOOL", "STRING"}

# (domain, operator): element types of the first input that may be emitted.
ALLOWED: dict[tuple[str, str], frozenset[str]] = {
    ("", "Abs"): _NUMBERS,
    ("", "Add"): _NUMBERS,
    ("", "And"): frozenset({"BOOL"}),
    ("", "ArgMax"): _FLOATS,
    ("", "Cast"): _NUMBERS | {"BOOL"},
    ("", "Ceil"): _FLOATS,
    ("", "Clip"): _NUMBERS,
    ("", "Concat"): _ANY,
    ("", "CumSum"): _FLOATS,
    ("", "Cos"): _FLOATS,
    ("", "Div"): _FLOATS,
    ("", "Equal"): _ANY,
    ("", "Exp"): _FLOATS,
    ("", "Expand"): _ANY,
    ("", "Floor"): _FLOATS,
    ("", "Gather"): _ANY,
    ("", "GatherElements"): _ANY,
    ("", "Greater"): _NUMBERS,
    ("", "GreaterOrEqual"): _NUMBERS,
    ("", "Identity"): _ANY,
    ("", "IsInf"): _FLOATS,
    ("", "IsNaN"): _FLOATS,
    ("", "Less"): _NUMBERS,
    ("", "LessOrEqual"): _NUMBERS,
    ("", "Log"): _FLOATS,
    ("", "Loop"): frozenset({"INT64"}),
    ("", "MatMul"): _FLOATS,
    ("", "Max"): _NUMBERS,
    ("", "Min"): _NUMBERS,
    ("", "Mod"): _FLOATS,
    ("", "Mul"): _NUMBERS,
    ("", "Neg"): _NUMBERS,
    ("", "Not"): frozenset({"BOOL"}),
    ("", "OneHot"): frozenset({"INT64"}),
    ("", "Or"): frozenset({"BOOL"}),
    ("", "Pow"): _FLOATS,
    ("", "ReduceMax"): _NUMBERS,
    ("", "ReduceMin"): _NUMBERS,
    ("", "ReduceSum"): _NUMBERS,
    ("", "Reshape"): _ANY,
    ("", "Round"): _FLOATS,
    ("", "Sign"): _FLOATS,
    ("", "Sin"): _FLOATS,
    ("", "ScatterElements"): _FLOATS,
    ("", "Shape"): _ANY,
    ("", "Sqrt"): _FLOATS,
    ("", "Squeeze"): _ANY,
    ("", "Sub"): _NUMBERS,
    ("", "Tanh"): _FLOATS,
    ("", "TopK"): _FLOATS,
    ("", "Transpose"): _ANY,
    ("", "Unsqueeze"): _ANY,
    ("", "Where"): frozenset({"BOOL"}),
    ("ai.onnx.ml", "LabelEncoder"): frozenset({"STRING", "INT64"}),
    ("ai.onnx.ml", "TreeEnsemble"): _FLOATS,
}


def outside(nodes: Iterable[ir.Node]) -> list[str]:
    """Returns 'Operator(TYPE)' for every node that the table does not allow, in order, each once; bodies of loops too."""
    found: dict[str, None] = {}
    for node in nodes:
        for attribute in node.attributes.values():
            if attribute.type == ir.AttributeType.GRAPH:
                found |= dict.fromkeys(outside(attribute.as_graph()))
        first = next((value for value in node.inputs if value is not None), None)
        element = first.dtype.name if first is not None and first.dtype is not None else "?"
        allowed = ALLOWED.get((node.domain, node.op_type))
        if allowed is None or (element != "?" and element not in allowed):
            found[f"{node.op_type}({element})"] = None
    return list(found)
