"""Bundles of nets made by hand: every type of element in and out, odd names, lengths that the inputs and the values decide."""

import numpy as np
import onnx
import onnx_ir as ir
from msgspec import UNSET
from onnx import TensorProto as T
from onnx import helper

from modelport.bundle.assemble import assemble
from modelport.bundle.reader import Bundle
from modelport.evidence.cases import Case, Tensor, TensorAnswer
from modelport.ir.contract import Axis, Bound, Contract, Input, Output
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance
from modelport.ir.session import open_session, run
from modelport.ir.tensor_intake import NUMPY
from tests.unit.targets.java.handmade import OPTIONS

__all__ = ["every_element", "net"]

ONNX = {
    "double": T.DOUBLE,
    "float": T.FLOAT,
    "float16": T.FLOAT16,
    "int64": T.INT64,
    "int32": T.INT32,
    "int16": T.INT16,
    "int8": T.INT8,
    "uint8": T.UINT8,
    "bool": T.BOOL,
    "string": T.STRING,
}
DTYPES = NUMPY | {"string": "string"}
TEXTS = ("", "a", "b c ", "\u00e9", "\U0001f44d\U0001f3fd", "a\0b", "\0", "tail\0", "\uff9f\ufff0", "x" * 3000)
EXACT = Bound(kind="exact", reason="copies and comparisons")


def every_element() -> Bundle:
    """A copy of every type of tensor; the places of what is true, of a number only the values decide; a single number."""
    inputs = [Input(name=f"{e} in", element=e, shape=("batch", "length", 2), finite=_finite(e)) for e in ONNX]  # type: ignore[arg-type]
    nodes = [helper.make_node("Identity", [f"{e} in"], [f"{e} out"]) for e in ONNX]
    nodes.append(helper.make_node("NonZero", ["bool in"], ["where"]))
    nodes.append(helper.make_node("Identity", ["class"], ["namespace"]))
    outputs = [_output(f"{e} out", e, ("batch", "length", 2)) for e in ONNX]
    outputs += [_output("where", "int64", (3, "found")), _output("namespace", "float", ())]
    inputs.append(Input(name="class", element="float", shape=()))
    axes = (Axis(symbol="batch", least=0, most=None), Axis(symbol="length", least=1, most=4))
    return net(inputs, outputs, nodes, axes, [(1, 3), (0, 2), (2, 1), (5, 4)], name="every-element")


def _finite(element: str) -> bool:
    return element in ("double", "float", "float16")


def _output(name: str, element: str, shape: tuple[int | str, ...]) -> Output:
    return Output(name=name, role="number", dtype=DTYPES[element], bound=EXACT, shape=shape)  # type: ignore[arg-type]


def net(
    inputs: list[Input],
    outputs: list[Output],
    nodes: list[onnx.NodeProto],
    axes: tuple[Axis, ...],
    lengths: list[tuple[int, ...]],
    name: str = "net",
    notes: tuple[str, ...] = (),
) -> Bundle:
    """A net of these nodes, its cases answered by itself; ``lengths`` of the axes are those of a case each."""
    contract = Contract(
        task="net", layout="tensors", inputs=tuple(inputs), features=(), outputs=tuple(outputs), axes=axes, notes=notes
    )
    numpy_to_onnx = {DTYPES[element]: code for element, code in ONNX.items()}
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info(t.name, ONNX[t.element], t.shape) for t in inputs],
        [helper.make_tensor_value_info(o.name, numpy_to_onnx[o.dtype], o.shape) for o in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    session = open_session(model.SerializeToString())
    rng = np.random.default_rng(3)
    cases = []
    for number, found in enumerate(lengths):
        given = dict(zip((axis.symbol for axis in axes), found, strict=True))
        tensors = {tensor.name: _drawn(tensor, given, rng) for tensor in inputs}
        answers = run(session, tensors, [output.name for output in outputs])
        cases.append(
            Case(
                f'case "{number}" ??/ \u00e9',
                "synthetic",
                tensors,
                {name: TensorAnswer(value, np.zeros(value.shape)) for name, value in answers.items()},
            )
        )
    provenance = Provenance(framework="none", framework_version="0", model_class="Net")
    program = Program(ir.from_proto(model), contract, provenance)
    return assemble(program, cases, name=name, version="1.2.3", options=OPTIONS, passes=[])


def _drawn(tensor: Input, lengths: dict[str, int], rng: np.random.Generator) -> Tensor:
    shape = () if tensor.shape is UNSET else tensor.shape
    if tensor.element == "string":
        size = [lengths[d] if isinstance(d, str) else d for d in shape]
        return np.asarray(rng.choice(np.array(TEXTS, dtype=object), size))
    values = rng.normal(scale=40, size=[lengths[d] if isinstance(d, str) else d for d in shape])
    if tensor.element == "bool":
        return np.asarray(values > 0)
    if tensor.element == "uint8":
        values = np.abs(values)
    return np.asarray(values).astype(NUMPY[tensor.element])
