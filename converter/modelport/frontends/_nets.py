"""What front ends of nets share: the contract of a graph's tensors, and what must leave the graph before it is sealed."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import onnx
import onnx_ir as ir
from msgspec import UNSET, UnsetType

from modelport.errors import UnsupportedTypeError
from modelport.evidence.cases import Tensor, Tensors
from modelport.frontends._net_images import image_layout
from modelport.ir.contract import Axis, Bound, Dimension, DType, Element, Input, Output
from modelport.ir.opsets import OPSETS

__all__ = ["name_symbols", "net_axes", "net_inputs", "net_outputs", "outside_standard", "strip_origins"]

_ELEMENTS: dict[ir.DataType, Element] = {
    ir.DataType.DOUBLE: "double",
    ir.DataType.FLOAT: "float",
    ir.DataType.FLOAT16: "float16",
    ir.DataType.INT64: "int64",
    ir.DataType.INT32: "int32",
    ir.DataType.INT16: "int16",
    ir.DataType.INT8: "int8",
    ir.DataType.UINT8: "uint8",
    ir.DataType.BOOL: "bool",
    ir.DataType.STRING: "string",
}
_DTYPES: dict[str, DType] = {"double": "float64", "float": "float32"}
_OPEN = Bound(kind="exact", reason="")
# ONNX Runtime 1.32 aborts the whole process where one of these gets an empty batch or sequence.
_NEVER_EMPTY = frozenset(("LSTM", "GRU", "RNN", "Einsum"))
# Operators that pass indices on to a lookup in a table of embeddings.
_CARRY = frozenset(("Cast", "Reshape", "Unsqueeze", "Squeeze", "Flatten", "Identity", "Transpose"))


def net_inputs(model: ir.Model, sample: Tensors) -> tuple[Input, ...]:
    """Returns the inputs with their shapes; their ranges are those of the sample, and all rows of a table they look up.

    Raises: UnsupportedTypeError for an element type that no target carries.
    """
    return tuple(
        Input(
            name=_named(value),
            element=_element(value),
            shape=_shape(value),
            range=_range(value, sample[_named(value)]),
            image=image_layout(value) or UNSET,
        )
        for value in model.graph.inputs
    )


def net_outputs(model: ir.Model) -> tuple[Output, ...]:
    """Returns the outputs, each a number; bounds are stated later.

    Raises: UnsupportedTypeError.
    """
    found = []
    for value in model.graph.outputs:
        element = _element(value)
        dtype: DType = _DTYPES.get(element, element)  # type: ignore[arg-type]  # the other names are the same
        found.append(Output(name=_named(value), role="number", dtype=dtype, bound=_OPEN, shape=_shape(value)))
    return tuple(found)


def net_axes(model: ir.Model, limits: Mapping[str, tuple[int, int | None]]) -> tuple[Axis, ...]:
    """Returns each symbol of the inputs' shapes once; ``limits`` holds the least and greatest length where the source sets one.

    The least is 1 where an empty batch or sequence would end ONNX Runtime's process.
    """
    smallest = int(any(node.op_type in _NEVER_EMPTY for node in _nodes(model)))
    symbols = dict.fromkeys(d for value in model.graph.inputs for d in _shape(value) if isinstance(d, str))
    return tuple(
        Axis(
            symbol=symbol,
            least=max(smallest, limits.get(symbol, (0, None))[0]),
            most=limits.get(symbol, (0, None))[1],
        )
        for symbol in symbols
    )


def outside_standard(model: ir.Model, layers: Mapping[str, str]) -> list[str]:
    """Returns 'Operator in layer' for every node that is not in ONNX at the opset of the model; the exporters do not check."""
    found: dict[str, None] = {}
    for node in _nodes(model):
        version = model.opset_imports.get(node.domain, OPSETS.get(node.domain, 1))
        try:
            onnx.defs.get_schema(node.op_type, int(version or 1), node.domain)
        except onnx.defs.SchemaError:
            layer = next((layers[_named(out)] for out in node.outputs if out.name in layers), "")
            name = f"{node.domain}::{node.op_type}" if node.domain else node.op_type
            found[f"{name} in {layer}" if layer else name] = None
    return list(found)


def name_symbols(model: ir.Model, symbols: Mapping[str, str]) -> None:
    """Gives the symbols in the shapes of inputs and outputs other names, also within expressions such as 2*s31."""

    def named(dimension: int | ir.SymbolicDim) -> int | str | None:
        if isinstance(dimension, int) or dimension.value is None:
            return dimension if isinstance(dimension, int) else None
        return re.sub(r"\w+", lambda word: symbols.get(word[0], word[0]), str(dimension.value))

    for value in [*model.graph.inputs, *model.graph.outputs]:
        if value.shape is not None:
            value.shape = ir.Shape([named(dimension) for dimension in value.shape])


def strip_origins(model: ir.Model) -> None:
    """Takes out of a graph what names source files and the exporter's own bookkeeping; sealed files hold no paths."""
    model.metadata_props.clear()
    model.doc_string = None
    model.graph.doc_string = None
    model.graph.name = "model"
    model.graph.metadata_props.clear()
    for node in _nodes(model):
        node.metadata_props.clear()
        node.doc_string = None
        for value in node.outputs:
            value.metadata_props.clear()
            value.doc_string = None
    for value in [*model.graph.inputs, *model.graph.initializers.values()]:
        value.metadata_props.clear()
        value.doc_string = None


def _nodes(model: ir.Model) -> Iterator[ir.Node]:
    yield from model.graph.all_nodes()
    for function in model.functions.values():
        yield from function.all_nodes()


def _named(value: ir.Value) -> str:
    assert value.name is not None
    return value.name


def _element(value: ir.Value) -> Element:
    element = _ELEMENTS.get(value.dtype) if value.dtype is not None else None
    if element is None:
        kind = value.dtype.name if value.dtype is not None else "no tensor"
        raise UnsupportedTypeError(
            f"{value.name!r} is {kind}: no target carries it",
            where="inputs and outputs",
            fix="let the model take and give float32 and convert inside",
        )
    return element


def _shape(value: ir.Value) -> tuple[Dimension, ...]:
    if value.shape is None:
        raise UnsupportedTypeError(
            f"{value.name!r} has no known number of axes",
            where="inputs and outputs",
            fix="let the model return tensors of a fixed number of axes",
        )
    return tuple(d if isinstance(d, int) else str(d.value) if d.value is not None else "?" for d in value.shape)


def _range(value: ir.Value, sample: Tensor) -> tuple[float, float] | UnsetType:
    if sample.dtype.kind in "OSU" or not sample.size:
        return UNSET
    rows = _looked_up(value)
    if rows is not None:
        return (0.0, float(rows - 1))
    numbers = sample.astype(np.float64)
    numbers = numbers[np.isfinite(numbers)]
    return (float(numbers.min()), float(numbers.max())) if numbers.size else UNSET


def _looked_up(value: ir.Value) -> int | None:
    """How many rows the table has that the values choose from, None where they choose from none."""
    for user in value.uses():
        node = user.node
        if node.op_type == "Gather" and user.idx == 1 and node.attributes.get_int("axis", 0) == 0:
            table = node.inputs[0]
            if table is not None and table.const_value is not None:
                return len(table.const_value.numpy())
        if node.op_type in _CARRY and user.idx == 0:
            found = _looked_up(node.outputs[0])
            if found is not None:
                return found
    return None
