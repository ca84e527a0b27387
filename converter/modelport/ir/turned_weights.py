"""Products with turned weights: exporters turn the weight of a dense layer by a view, which no file and no session has.

**Before**: MatMul(x, W') where W' is W turned: a view of an initializer, a Transpose of one, or a Cast of either.

**After**: Gemm(x, W, transB=1) of the weight as it lies in memory, x flattened to rows before and unfolded behind. It is neither
copied nor turned in each call, and a table that is looked up and multiplied with (tied weights) is stored once.

**Refuses when** 1. the number of axes of x is not known or below 2; 2. a view that is turned has other users.
"""

import numpy as np
import onnx_ir as ir

__all__ = ["multiply_in_place"]


def multiply_in_place(model: ir.Model) -> int:
    """Rewrites the graph in place, bodies of branches and loops too; returns how many products it changed."""
    changed = 0
    for node in list(model.graph.all_nodes()):
        if node.op_type == "MatMul" and node.domain == "" and _multiply(node):
            changed += 1
    return changed


def _multiply(node: ir.Node) -> bool:
    x, weight = node.inputs
    if x is None or weight is None or x.shape is None or len(x.shape) < 2:
        return False
    found = _origin(weight)
    if found is None:
        return False
    stored, kinds, turned = found
    array = stored.const_value.numpy() if stored.const_value is not None else None
    if array is None or array.ndim != 2:
        return False
    view = not array.flags.c_contiguous and array.T.flags.c_contiguous
    if turned == view:
        return False
    if view:
        if not all(_only_multiplied(user) for user in stored.consumers()):
            return False
        tensor = stored.const_value
        assert tensor is not None
        # Its other products were turned with it and follow: each of them finds it as a Transpose would give it.
        for user in list(stored.consumers()):
            _turn_back(user, stored)
        stored.const_value = ir.tensor(array.T, dtype=tensor.dtype, name=stored.name)
        stored.shape = ir.Shape(array.T.shape)
        return _multiply(node)
    _replace(node, x, stored, kinds)
    return True


def _origin(value: ir.Value) -> tuple[ir.Value, tuple[ir.DataType, ...], bool] | None:
    """The initializer behind casts and transposes of it, the types of the casts, and whether it is turned on the way."""
    kinds: list[ir.DataType] = []
    turned = False
    while (node := value.producer()) is not None:
        source = node.inputs[0] if node.inputs else None
        if source is None or node.op_type not in ("Cast", "Transpose"):
            return None
        if node.op_type == "Cast":
            kinds.insert(0, ir.DataType(node.attributes.get_int("to", 0)))
        elif list(node.attributes.get_ints("perm", [])) == [1, 0]:
            turned = not turned
        else:
            return None
        value = source
    return (value, tuple(kinds), turned) if value.is_initializer() else None


def _only_multiplied(user: ir.Node) -> bool:
    """Whether a user is such a product, or a cast for such products alone."""
    if user.op_type == "Cast":
        return all(_only_multiplied(one) for one in user.outputs[0].consumers())
    shape = user.inputs[0].shape if user.op_type == "MatMul" and user.inputs[0] is not None else None
    return shape is not None and len(shape) >= 2


def _turn_back(user: ir.Node, stored: ir.Value) -> None:
    turn = ir.node("Transpose", [stored], attributes={"perm": [1, 0]})
    turn.outputs[0].type = stored.type
    turn.outputs[0].name = f"{user.outputs[0].name}_turned"
    graph = user.graph
    assert graph is not None
    graph.insert_before(user, turn)
    for place, value in enumerate(user.inputs):
        if value is stored:
            user.replace_input_with(place, turn.outputs[0])


def _replace(node: ir.Node, x: ir.Value, stored: ir.Value, kinds: tuple[ir.DataType, ...]) -> None:
    graph, y = node.graph, node.outputs[0]
    assert graph is not None and x.shape is not None and stored.shape is not None
    nodes: list[ir.Node] = []

    def add(op: str, *inputs: ir.Value, **attributes: int) -> ir.Value:
        return _added(nodes, y, ir.node(op, inputs, attributes=attributes))

    weight = stored
    for kind in kinds:
        weight = add("Cast", weight, to=int(kind))
        weight.dtype, weight.shape = kind, stored.shape
    if len(x.shape) == 2:
        made = add("Gemm", x, weight, transB=1)
    else:
        width, depth = (int(length) for length in stored.const_value.numpy().shape)  # type: ignore[union-attr]
        rows = add("Reshape", x, _constant(nodes, y, [-1, depth]))
        rows.type = x.type
        product = add("Gemm", rows, weight, transB=1)
        product.type = x.type
        outer = add("Shape", x, end=-1)
        outer.dtype = ir.DataType.INT64
        shape = add("Concat", outer, _constant(nodes, y, [width]), axis=0)
        shape.dtype = ir.DataType.INT64
        made = add("Reshape", product, shape)
    made.type, made.shape = y.type, y.shape
    graph.insert_before(node, nodes)
    name = y.name
    y.replace_all_uses_with(made, replace_graph_outputs=True)
    turned = node.inputs[1]
    graph.remove(node, safe=True)
    y.name = None
    made.name = name
    _drop(turned)


def _drop(value: ir.Value | None) -> None:
    """Takes out casts and transposes that nobody reads any more."""
    while value is not None and not value.uses() and not value.is_graph_output():
        node = value.producer()
        if node is None or node.graph is None:
            return
        source = node.inputs[0]
        node.graph.remove(node, safe=True)
        value = source


def _constant(nodes: list[ir.Node], y: ir.Value, numbers: list[int]) -> ir.Value:
    tensor = ir.tensor(np.array(numbers, dtype=np.int64))
    value = _added(nodes, y, ir.node("Constant", [], attributes={"value": tensor}))
    value.dtype, value.shape = ir.DataType.INT64, ir.Shape([len(numbers)])
    return value


def _added(nodes: list[ir.Node], y: ir.Value, node: ir.Node) -> ir.Value:
    """Named after the product: names that onnx_ir gives begin anew in each body of a loop."""
    node.outputs[0].name = f"{y.name}_in_place_{len(nodes)}"
    nodes.append(node)
    return node.outputs[0]
