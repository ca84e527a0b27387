"""Half precision: weights stay stored in float16 or bfloat16, and every operation is computed in float32.

ONNX Runtime has few kernels of float16 on CPUs and hardly one of bfloat16. PyTorch's own widen each number, compute in float32
and round what an operation gives once. So does the graph after this, of TensorFlow's operators too.

**Before**: y = Op(x, w), all of them float16 or bfloat16.

**After**: y = Round(Op(x, Cast(w))) in float32, where Round(v) = Cast(Cast(v, to half), to float32) is where the exporter says
that an operation of the source ends. A lookup in a table comes before the cast of what it gives, so that no table is widened as a
whole. Inputs and outputs of float16 stay float16. Those of bfloat16, which neither NumPy nor Java nor C++ has, are
float32: an input is rounded to bfloat16, and every bfloat16 is a float32, so that nothing is lost.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

import numpy as np
import onnx_ir as ir
from onnx_ir.passes.common import ShapeInferencePass

__all__ = ["half_types", "lower_half"]

_HALVES = frozenset((ir.DataType.FLOAT16, ir.DataType.BFLOAT16))
# Copies and choices of numbers that are rounded already.
_MOVES = frozenset(
    "Abs Compress Concat DepthToSpace Expand Flatten Gather GatherElements GatherND Identity Max MaxPool Min Neg Pad "
    "ReduceMax ReduceMin Relu Reshape ReverseSequence ScatterElements ScatterND Slice SpaceToDepth Split Squeeze Tile "
    "TopK Transpose Trilu Unsqueeze Where If Loop Scan SequenceAt SequenceConstruct SplitToSequence ConcatFromSequence".split()
)
_TABLES = frozenset(("Gather", "GatherND", "GatherElements"))
# Above this a weight stays as it is stored and is widened in each call; what is smaller is kept as float32.
_SMALL_BYTES = 4096

_ADDED = "added to the graph "

Source = Callable[[ir.Node], str | None]


def lower_half(model: ir.Model, source: Source, outputs: Mapping[str, ir.DataType]) -> bool:
    """Rewrites the graph in place, where it holds any half; returns whether it did.

    ``source`` names the operation of the source that a node is a part of, None where the exporter does not say: then every
    node is one. ``outputs`` are the element types that the original gives, by name.
    """
    nodes = list(model.graph.all_nodes())
    if any(_names_half(node) for node in nodes) and any(
        value.dtype is None and source(node) is None for node in nodes for value in node.outputs
    ):
        # Where every node is an operation it must be known which of them give halves.
        ShapeInferencePass(check_type=False, strict_mode=False, data_prop=False)(model)
    graphs = [model.graph, *(graph for node in nodes for graph in _bodies(node))]
    values = [value for graph in graphs for value in graph.inputs] + [value for node in nodes for value in node.outputs]
    halves = {value: value.dtype for value in values if value.dtype in _HALVES}
    stored = [v for graph in graphs for v in graph.initializers.values() if v.dtype in _HALVES]
    if not halves and not stored:
        return False
    for value in stored:
        for looked_up in _widen_stored(value):
            halves.pop(looked_up, None)
    for node in nodes:
        _widen_constant(node)
    for value, kind in halves.items():
        producer = value.producer()
        if producer is None:
            _round_input(model, value, kind)
        elif producer.op_type == "Cast" or (producer.op_type not in _MOVES and _leaves(value, producer, source)):
            _round(value, kind)
        else:
            value.dtype = ir.DataType.FLOAT
    for value in list(model.graph.outputs):
        _state_output(model, value, outputs.get(value.name or ""))
    _name(model)
    return True


def half_types(names: Mapping[str, str]) -> dict[str, ir.DataType]:
    """{output: type} of {output: 'float16' or 'bfloat16'}."""
    return {name: ir.DataType[kind.upper()] for name, kind in names.items()}


def _name(model: ir.Model) -> None:
    """Names what was added: onnx_ir would begin anew in each body of a loop, and a graph has each name once."""
    values = [value for node in model.graph.all_nodes() for value in node.outputs]
    taken = {value.name for value in values}
    free = (name for name in map("half_{}".format, count()) if name not in taken)
    for value in values:
        if value.name is not None and value.name.startswith(_ADDED):
            value.name = next(free)


def _names_half(node: ir.Node) -> bool:
    """Whether a node casts to a half, or reads one that is known to be one."""
    to = node.attributes.get_int("to", 0) if node.op_type == "Cast" else 0
    return ir.DataType(to) in _HALVES or any(value is not None and value.dtype in _HALVES for value in node.inputs)


def _bodies(node: ir.Node) -> Iterator[ir.Graph]:
    for attribute in node.attributes.values():
        if attribute.type == ir.AttributeType.GRAPH:
            yield attribute.as_graph()


def _leaves(value: ir.Value, producer: ir.Node, source: Source) -> bool:
    """Whether anything outside the operation of the source uses the value."""
    own = source(producer)
    return own is None or value.is_graph_output() or any(source(user) != own for user in value.consumers())


def _widen_stored(value: ir.Value) -> list[ir.Value]:
    """Lets the users of a stored half see it as float32; returns what was looked up in it, and is a half still."""
    tensor = value.const_value
    assert tensor is not None and value.dtype is not None
    if tensor.nbytes <= _SMALL_BYTES and not value.is_graph_output():
        value.const_value = ir.tensor(tensor.numpy().astype(np.float32), name=value.name)
        value.dtype = ir.DataType.FLOAT
        return []
    whole, looked_up = [], []
    for user, place in list(value.uses()):
        if user.op_type in _TABLES and place == 0:
            looked_up.append(user.outputs[0])
            _after(user, user.outputs[0], [_cast(user.outputs[0], ir.DataType.FLOAT)], value.dtype)
        else:
            whole.append((user, place))
    if not whole:
        return looked_up
    cast = _cast(value, ir.DataType.FLOAT)
    graph = value.graph
    assert graph is not None
    first = next(iter(graph))
    graph.insert_before(first, cast)
    for user, place in whole:
        user.replace_input_with(place, cast.outputs[0])
    return looked_up


def _widen_constant(node: ir.Node) -> None:
    """Constants within nodes, and the element types that nodes name."""
    for attribute in list(node.attributes.values()):
        if attribute.type == ir.AttributeType.TENSOR and attribute.as_tensor().dtype in _HALVES:
            wide = ir.tensor(attribute.as_tensor().numpy().astype(np.float32))
            node.attributes[attribute.name] = ir.AttrTensor(attribute.name, wide)
        elif attribute.name == "dtype" and ir.DataType(attribute.as_int()) in _HALVES:
            node.attributes[attribute.name] = ir.AttrInt64(attribute.name, int(ir.DataType.FLOAT))


def _round(value: ir.Value, kind: ir.DataType) -> None:
    """Puts a rounding behind a value; a Cast to half, which is one itself, is only widened again."""
    producer = value.producer()
    assert producer is not None
    if producer.op_type == "Cast":
        _after(producer, value, [_cast(value, ir.DataType.FLOAT)], kind)
        return
    narrow = _cast(value, kind)
    _after(producer, value, [narrow, _cast(narrow.outputs[0], ir.DataType.FLOAT)], ir.DataType.FLOAT)


def _round_input(model: ir.Model, value: ir.Value, kind: ir.DataType) -> None:
    """float16 is widened; what is given for bfloat16 as float32 is rounded to it."""
    if value.graph is not model.graph:
        value.dtype = ir.DataType.FLOAT
        return
    wide = ir.DataType.FLOAT
    if kind is ir.DataType.FLOAT16:
        chain = [_cast(value, wide)]
    else:
        narrow = _cast(value, kind)
        chain = [narrow, _cast(narrow.outputs[0], wide)]
        value.dtype = wide
    _place(model.graph, None, value, chain)


def _state_output(model: ir.Model, value: ir.Value, kind: ir.DataType | None) -> None:
    """Gives an output the type that the original gives: float16 itself, float32 for the numbers of a bfloat16."""
    if kind not in _HALVES or value.producer() is None:
        return
    name = value.name
    chain = [_cast(value, kind)] if kind is not None else []
    if kind is ir.DataType.BFLOAT16:
        chain.append(_cast(chain[-1].outputs[0], ir.DataType.FLOAT))
    made = chain[-1].outputs[0]
    made.shape = value.shape
    for place, output in enumerate(model.graph.outputs):
        if output is value:
            model.graph.outputs[place] = made
    for node in chain:
        model.graph.append(node)
    value.name = f"{name}_wide"
    made.name = name


def _cast(value: ir.Value, kind: ir.DataType) -> ir.Node:
    node = ir.node("Cast", [value], attributes={"to": int(kind)})
    node.outputs[0].dtype = kind
    node.outputs[0].shape = value.shape
    # Until all are there and get names that are the same each time.
    node.outputs[0].name = f"{_ADDED}{id(node)}"
    return node


def _after(producer: ir.Node, value: ir.Value, chain: Sequence[ir.Node], kind: ir.DataType) -> None:
    """Puts nodes behind a value that has the type ``kind``, and lets all its users read what they give."""
    value.dtype = kind
    assert producer.graph is not None
    _place(producer.graph, producer, value, chain)


def _place(graph: ir.Graph | ir.Function, producer: ir.Node | None, value: ir.Value, chain: Sequence[ir.Node]) -> None:
    users = [(user, place) for user, place in value.uses() if user is not chain[0]]
    last = chain[-1].outputs[0]
    for user, place in users:
        user.replace_input_with(place, last)
    if producer is None:
        first = next(iter(graph), None)
        if first is None:
            graph.extend(chain)
        else:
            graph.insert_before(first, list(chain))
        return
    # The name is that of what the source gives, by which layers are found: what is rounded.
    name, value.name = value.name, f"{value.name}_unrounded"
    last.name = name
    for place, output in enumerate(graph.outputs):
        if output is value:
            graph.outputs[place] = last
    graph.insert_after(producer, list(chain))
