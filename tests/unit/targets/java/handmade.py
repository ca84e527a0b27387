"""Bundles made by hand: any contract, a graph that fits it, and vectors answered by that graph."""

import numpy as np
import onnx
import onnx_ir as ir
from onnx import TensorProto as T
from onnx import helper

from modelport.bundle.assemble import assemble
from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.evidence.vectors import Answer, LabelAnswer, NumberAnswer, Vectors
from modelport.ir.contract import Bound, Contract, Feature, Input, Output
from modelport.ir.names import tensor_names
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance
from modelport.ir.rows import Column, Rows
from modelport.ir.session import open_session
from modelport.parity.python_ort import answer

EXACT = Bound(kind="exact", reason="copies, comparisons and short sums")
ELEMENTS = {"double": T.DOUBLE, "float": T.FLOAT, "string": T.STRING}
DTYPES = {"float64": T.DOUBLE, "float32": T.FLOAT, "int64": T.INT64, "bool": T.BOOL, "string": T.STRING}
NUMPY = {"float64": np.float64, "float32": np.float32, "int64": np.int64, "bool": np.bool_}
OPTIONS = TargetOptions(java_package="com.acme.tried", java_group="com.acme", cpp_namespace="acme::tried")


def penguins_like() -> Bundle:
    """A classifier with every type of feature."""
    return bundle(
        [
            feature("bill length (mm)", "float64", infinite="refuse", max_abs=1e6),
            feature("mass", "float32", missing="accept"),
            feature("year", "int64", missing="accept"),
            feature("tagged", "bool", missing="accept"),
            feature("island", "string", categories=("Biscoe", "Dream", ""), unknown="refuse"),
            feature("sex", "string", missing="accept", categories=("female", "male")),
            feature("note", "string", missing="accept"),
        ],
        [
            label("label", ("Adelie", "Gentoo")),
            number("probability", width=2, classes=("Adelie", "Gentoo")),
        ],
        name="penguins",
    )


def feature(name: str, dtype: str = "float64", **policies: object) -> Feature:
    """A feature in a tensor of its own; missing is refused unless said otherwise."""
    policies.setdefault("missing", "refuse")
    return Feature(name=name, dtype=dtype, input=name, **policies)  # type: ignore[arg-type]


def label(name: str, classes: tuple[object, ...], width: int | None = None) -> Output:
    """A label output of the classes' own type."""
    dtype = {str: "string", bool: "bool", int: "int64", float: "float64"}[type(classes[0])]
    return Output(name=name, role="label", dtype=dtype, width=width, classes=classes, bound=EXACT)  # type: ignore[arg-type]


def number(
    name: str, dtype: str = "float64", width: int | None = None, classes: tuple[object, ...] | None = None
) -> Output:
    """A number output."""
    return Output(name=name, role="number", dtype=dtype, width=width, classes=classes, bound=EXACT)  # type: ignore[arg-type]


def bundle(
    features: list[Feature],
    outputs: list[Output],
    *,
    name: str = "tried",
    matrix: str | None = None,
    rows: int = 9,
) -> Bundle:
    """A bundle of features and outputs; one tensor a feature, or one ``matrix`` of that element type."""
    if matrix:
        inputs = (Input(name="X", element=matrix, width=len(features)),)  # type: ignore[arg-type]
        features = [_placed(f, "X", i) for i, f in enumerate(features)]
    else:
        # As a conversion does it: not every column's name can be a tensor's name.
        names = tensor_names([f.name for f in features])
        features = [_placed(f, name) for f, name in zip(features, names, strict=True)]
        inputs = tuple(Input(name=f.input, element=_element(f), width=1) for f in features)  # type: ignore[arg-type]
    contract = Contract(
        task="classifier",
        layout="matrix" if matrix else "columns",
        inputs=inputs,
        features=tuple(features),
        outputs=tuple(outputs),
    )
    model = _graph(contract)
    return assemble(
        Program(ir.from_proto(model), contract, Provenance(framework="none", framework_version="0", model_class="Sum")),
        _vectors(model, contract, _rows(contract, rows)),
        name=name,
        version="1.2.3",
        options=OPTIONS,
        passes=[],
    )


def _placed(feature: Feature, tensor: str, column: int = 0) -> Feature:
    fields = {name: getattr(feature, name) for name in feature.__struct_fields__}
    return Feature(**{**fields, "input": tensor, "column": column})


def _element(feature: Feature) -> str:
    return {"string": "string", "float32": "float"}.get(feature.dtype, "double")


def _graph(contract: Contract) -> onnx.ModelProto:
    """Sums every number (NaN counts 0, a known string 1); outputs are the sum, its multiples and its sign."""
    nodes: list[onnx.NodeProto] = []
    constants = [
        helper.make_tensor("zero", T.DOUBLE, [], [0.0]),
        helper.make_tensor("last", T.INT64, [1], [1]),
    ]
    terms: list[str] = []
    for i, tensor in enumerate(contract.inputs):
        term = f"term_{i}"
        if tensor.element == "string":
            known = next(f for f in contract.features if f.input == tensor.name).categories or ("known",)
            constants.append(helper.make_tensor(f"known_{i}", T.STRING, [1], [known[0].encode()]))
            nodes.append(helper.make_node("Equal", [tensor.name, f"known_{i}"], [f"equal_{i}"]))
            nodes.append(helper.make_node("Cast", [f"equal_{i}"], [term], to=T.DOUBLE))
        else:
            nodes.append(helper.make_node("Cast", [tensor.name], [f"double_{i}"], to=T.DOUBLE))
            nodes.append(helper.make_node("IsNaN", [f"double_{i}"], [f"nan_{i}"]))
            nodes.append(helper.make_node("Where", [f"nan_{i}", "zero", f"double_{i}"], [f"number_{i}"]))
            nodes.append(helper.make_node("ReduceSum", [f"number_{i}", "last"], [term], keepdims=1))
        terms.append(term)
    nodes.append(helper.make_node("Concat", terms, ["terms"], axis=1))
    nodes.append(helper.make_node("ReduceSum", ["terms", "last"], ["sum"], keepdims=1))
    nodes.append(helper.make_node("Greater", ["sum", "zero"], ["positive"]))
    nodes.append(helper.make_node("Cast", ["positive"], ["sign"], to=T.INT64))
    for output in contract.outputs:
        _output_nodes(output, nodes, constants)
    graph = helper.make_graph(
        nodes,
        "sums",
        [helper.make_tensor_value_info(t.name, ELEMENTS[t.element], ["N", t.width]) for t in contract.inputs],
        [
            helper.make_tensor_value_info(o.name, DTYPES[o.dtype], ["N"] if o.width is None else ["N", o.width])
            for o in contract.outputs
        ],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def _output_nodes(output: Output, nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto]) -> None:
    width, name = output.width or 1, output.name
    wide = f"{name}_wide"
    if output.role == "label":
        constants.append(_classes(f"{name}_values", output))
        constants.append(helper.make_tensor(f"{name}_shape", T.INT64, [2], [1, width]))
        nodes.append(helper.make_node("Gather", [f"{name}_values", "sign"], [f"{name}_one"]))
        nodes.append(helper.make_node("Expand", [f"{name}_one", f"{name}_shape"], [wide]))
    else:
        constants.append(helper.make_tensor(f"{name}_factors", T.DOUBLE, [width], [float(i + 1) for i in range(width)]))
        nodes.append(helper.make_node("Mul", ["sum", f"{name}_factors"], [f"{name}_double"]))
        nodes.append(helper.make_node("Cast", [f"{name}_double"], [wide], to=DTYPES[output.dtype]))
    if output.width is None:
        nodes.append(helper.make_node("Squeeze", [wide, "last"], [name]))
    else:
        nodes.append(helper.make_node("Identity", [wide], [name]))


def _classes(name: str, output: Output) -> onnx.TensorProto:
    classes = output.classes or ()
    if output.dtype != "string":
        return helper.make_tensor(name, DTYPES[output.dtype], [len(classes)], classes)
    # make_tensor goes through a NumPy array of bytes, which drops a NUL at the end.
    texts = [str(item).encode() for item in classes]
    return onnx.TensorProto(name=name, data_type=T.STRING, dims=[len(texts)], string_data=texts)


def _rows(contract: Contract, count: int) -> Rows:
    """Row 0 is plain; row 1 lacks everything; row 2 is extreme; the rest are drawn."""
    rng = np.random.default_rng(7)
    return Rows({f.name: _column(f, count, rng) for f in contract.features}, count)


def _column(feature: Feature, count: int, rng: np.random.Generator) -> Column:
    valid = np.arange(count) != 1
    if feature.dtype == "string":
        known = [*(feature.categories or ("known", "a \U0001f600 b")), "never seen"]
        values = np.empty(count, dtype=object)
        values[:] = [known[0], "", *(known[i] for i in rng.integers(len(known), size=count - 2))]
        return Column(values, valid)
    # Quarters: their sums are exact in any order, and ReduceSum adds one row otherwise than many.
    numbers = np.round(rng.normal(scale=12, size=count)) / 4
    if feature.dtype in ("float64", "float32"):
        numbers[1], numbers[2] = np.nan, np.inf
    elif feature.dtype == "bool":
        numbers = (numbers > 0).astype(np.float64)
    numbers = np.nan_to_num(numbers) if feature.dtype == "int64" else numbers
    return Column(numbers.astype(NUMPY[feature.dtype]), valid)


def _vectors(model: onnx.ModelProto, contract: Contract, rows: Rows) -> Vectors:
    given = answer(open_session(model.SerializeToString()), contract, rows)
    answers: dict[str, Answer] = {}
    for output in contract.outputs:
        got = given.outputs[output.name]
        if output.role == "label":
            classes = len(output.classes or ())
            answers[output.name] = LabelAnswer(got.astype(np.int32), got[..., None] == np.arange(classes))
        else:
            answers[output.name] = NumberAnswer(got, np.zeros_like(got))  # type: ignore[arg-type, type-var]
    origin = np.ones(rows.count, dtype=np.uint8)
    return Vectors(rows, answers, given.status, given.status_feature, origin)
