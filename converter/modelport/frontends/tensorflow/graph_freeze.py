"""Makes one graph without variables and without calls out of a function of TensorFlow; its loops and branches stay functions."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.errors import UnsupportedModelError
from modelport.frontends.tensorflow.graph_effects import refuse_state

__all__ = ["Frozen", "Table", "freeze"]

# Calls marked so are kept apart by TensorFlow's inliner: compiled by XLA (Keras does so with grouped convolutions), or
# never to be inlined. Neither changes what is computed.
_KEPT_APART = ("_XlaMustCompile", "_XlaScope", "_XlaCompile", "_noinline", "_XlaSeparateCompiledGradients")
_OPAQUE = frozenset(("resource", "variant"))
_RUNS = itertools.count()


@dataclass(frozen=True)
class Table:
    """A lookup table as it is now: keys and values in the same order."""

    keys: npt.NDArray[Any]
    values: npt.NDArray[Any]


@dataclass(frozen=True)
class Frozen:
    """The graph, the names of its inputs and outputs as tensors, and the tables it looks up, by the node that stands for one."""

    # Any: tensorflow's GraphDef.
    graph: Any
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tables: Mapping[str, Table]


# Any here and below: functions, graphs and tensors of tensorflow.
def freeze(function: Any, where: str) -> Frozen:
    """Replaces variables, captured tensors and calls by their values and bodies.

    Raises: UnsupportedModelError for captures that hold no tensor, such as a queue or an iterator, and for functions that change
    what they captured.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2_as_graph

    wrapped, tables = _wrapped(tf, function, where)
    refuse_state(wrapped.graph.as_graph_def(), [value.name for value in wrapped.outputs], where)
    _, graph = convert_variables_to_constants_v2_as_graph(wrapped, lower_control_flow=False, aggressive_inlining=True)
    count = len(function.inputs) - len(function.captured_inputs)
    inputs = tuple(f"{_input(place)}:0" for place in range(count))
    outputs = tuple(f"{_output(place)}:0" for place in range(len(function.outputs)))
    return Frozen(graph, inputs, outputs, tables)


def _input(place: int) -> str:
    return f"modelport_input_{place}"


def _output(place: int) -> str:
    return f"modelport_output_{place}"


def _wrapped(tf: Any, function: Any, where: str) -> tuple[Any, dict[str, Table]]:
    """The same function with values for what it captured, and the tables among them by the node that stands for each."""
    graph = function.graph.as_graph_def(add_shapes=True)
    _open_calls(graph)
    count = len(function.inputs) - len(function.captured_inputs)
    given, captures = function.inputs[:count], function.inputs[count:]
    variables = {id(variable.handle): variable for variable in function.graph.variables}
    found: dict[str, Table] = {}
    lost: list[str] = []

    for inner, outer in zip(captures, function.captured_inputs, strict=True):
        if id(outer) not in variables and inner.dtype.name in _OPAQUE:
            table = _table(tf, function, inner, outer)
            if table is None:
                lost.append(inner.name.split(":")[0])
            else:
                found[inner.name] = table
    if lost:
        raise UnsupportedModelError(
            f"the function reads {', '.join(map(repr, lost))}, which holds no tensor and no table",
            where=where,
            fix="let the function compute from its inputs and variables alone",
        )

    def body(*arguments: Any) -> list[Any]:
        here = tf.compat.v1.get_default_graph()
        names = [*(inner.name for inner in given), *found]
        mapped = dict(zip(names, arguments, strict=True))
        for inner, outer in zip(captures, function.captured_inputs, strict=True):
            if inner.name in found:
                continue
            if id(outer) in variables:
                here.watch_variable(variables[id(outer)])
                mapped[inner.name] = here.capture(outer)
            else:
                mapped[inner.name] = tf.constant(outer.numpy(), dtype=outer.dtype)
        results = tf.graph_util.import_graph_def(
            graph, input_map=mapped, return_elements=[value.name for value in function.outputs], name=""
        )
        return [tf.identity(value, name=_output(place)) for place, value in enumerate(results)]

    signature = [tf.TensorSpec(value.shape, value.dtype, name=_input(place)) for place, value in enumerate(given)]
    tables = {f"modelport_table_{place}": table for place, table in enumerate(found.values())}
    signature += [tf.TensorSpec([], tf.resource, name=name) for name in tables]
    return tf.compat.v1.wrap_function(body, signature), tables


def _open_calls(graph: Any) -> None:
    """Lets every call be inlined, under names of its own: TensorFlow knows these functions already, with their marks."""
    run = next(_RUNS)
    renamed = {one.signature.name: f"modelport_{run}_{one.signature.name}" for one in graph.library.function}
    del graph.library.gradient[:]
    for function in graph.library.function:
        function.signature.name = renamed[function.signature.name]
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    for holder in [*nodes, *graph.library.function]:
        for mark in _KEPT_APART:
            if mark in holder.attr:
                del holder.attr[mark]
    for node in nodes:
        node.op = renamed.get(node.op, node.op)
        for value in node.attr.values():
            for called in _called(value):
                called.name = renamed.get(called.name, called.name)


def _called(value: Any) -> list[Any]:
    kind = value.WhichOneof("value")
    return [value.func] if kind == "func" else list(value.list.func) if kind == "list" else []


def _table(tf: Any, function: Any, inner: Any, outer: Any) -> Table | None:
    """What the table behind a captured resource holds; its types stand where it is looked up."""
    from tensorflow.python.ops import gen_lookup_ops

    types = _looked_up(function.graph.as_graph_def(), inner.name.split(":")[0])
    for key, value in types or [(tf.string, tf.int64), (tf.int64, tf.int64), (tf.int64, tf.string)]:
        try:
            with tf.init_scope():
                keys, values = gen_lookup_ops.lookup_table_export_v2(outer, key, value)
        except (tf.errors.OpError, ValueError):
            continue
        return Table(np.asarray(keys.numpy()), np.asarray(values.numpy()))
    return None


def _looked_up(graph: Any, name: str) -> list[tuple[Any, Any]]:
    """The types of keys and values of the lookups in a graph that read from the node ``name`` itself."""
    import tensorflow as tf

    return [
        (tf.as_dtype(node.attr["Tin"].type), tf.as_dtype(node.attr["Tout"].type))
        for node in graph.node
        if node.op == "LookupTableFindV2" and node.input[0].split(":")[0] == name
    ]
