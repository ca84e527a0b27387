"""Makes one graph without variables and without calls out of a function of TensorFlow; its loops and branches stay functions."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelport.frontends.tensorflow.graph.effects import without_effects
from modelport.frontends.tensorflow.graph.tables import Table, captured_tables
from modelport.frontends.tensorflow.graph.weights_apart import set_apart

__all__ = ["Frozen", "freeze"]

# Calls marked so are kept apart by TensorFlow's inliner: compiled by XLA (Keras does so with grouped convolutions), or
# never to be inlined. Neither changes what is computed.
_KEPT_APART = ("_XlaMustCompile", "_XlaScope", "_XlaCompile", "_noinline", "_XlaSeparateCompiledGradients")
_OPAQUE = frozenset(("resource", "variant"))
_RUNS = itertools.count()


@dataclass(frozen=True)
class Frozen:
    """The graph, the names of its inputs and outputs as tensors, and the tables it looks up, by the node that stands for one.

    ``weights`` are variables that stay out of it, by the inputs that stand for them.
    """

    # Any: tensorflow's GraphDef.
    graph: Any
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tables: Mapping[str, Table]
    weights: Mapping[str, Any] = field(default_factory=dict)


# Any here and below: functions, graphs and tensors of tensorflow.
def freeze(function: Any, where: str) -> Frozen:
    """Replaces variables, captured tensors and calls by their values and bodies.

    The calls are opened first; then what does not lead to the outputs is left out, and only then are variables replaced: a state
    that prediction changes but does not read must not stand in the way.

    Raises: UnsupportedModelError for captures that hold no tensor, and for functions that change what they read.
    """
    import tensorflow as tf
    from tensorflow.python.framework import convert_to_constants

    count = len(function.inputs) - len(function.captured_inputs)
    captured = {
        inner.name: outer for inner, outer in zip(function.inputs[count:], function.captured_inputs, strict=True)
    }
    variables = {id(variable.handle): variable for variable in function.graph.variables}
    opaque = {
        name: outer for name, outer in captured.items() if id(outer) not in variables and outer.dtype.name in _OPAQUE
    }
    found = captured_tables(function, opaque, where)
    given = {value.name: tf.TensorSpec(value.shape, value.dtype) for value in function.inputs[:count]}
    given |= {name: tf.TensorSpec([], tf.resource) for name in found}
    values = {name: outer for name, outer in captured.items() if name not in found}
    results = [value.name for value in function.outputs]

    names = [f"modelport_given_{place}" for place in range(len(given))]
    opened = _wrapped(
        tf, function.graph.as_graph_def(add_shapes=True), given, values, variables, results, names, "result"
    )
    inlined = convert_to_constants._run_inline_graph_optimization(
        opened, lower_control_flow=False, aggressive_inlining=True
    )
    results = [f"modelport_result_{place}:0" for place in range(len(results))]
    inlined = without_effects(inlined, results, where)

    given = {f"{name}:0": spec for name, spec in zip(names, given.values(), strict=True)}
    inner = opened.inputs[len(given) :]
    values = {value.name: outer for value, outer in zip(inner, opened.captured_inputs, strict=True)}
    tables = {f"modelport_table_{place}": table for place, table in enumerate(found.values())}
    apart = set_apart(inlined, values, variables)
    values = {name: outer for name, outer in values.items() if name not in apart}
    weights = {f"modelport_weight_{place}": variable for place, variable in enumerate(apart.values())}
    given |= {name: tf.TensorSpec(variable.shape, variable.dtype) for name, variable in apart.items()}
    names = [*(f"modelport_input_{place}" for place in range(count)), *tables, *weights]
    whole = _wrapped(tf, inlined, given, values, variables, results, names, "output")
    # What convert_variables_to_constants_v2 does, but for the function that it builds of the result, weights and all.
    data = convert_to_constants._FunctionConverterDataInEager(
        func=whole, lower_control_flow=False, aggressive_inlining=True
    )
    graph, _ = convert_to_constants._replace_variables_by_constants(converter_data=data)
    outputs = tuple(f"modelport_output_{place}:0" for place in range(len(results)))
    beside = {f"{name}:0": variable for name, variable in weights.items()}
    return Frozen(graph, tuple(f"{name}:0" for name in names[:count]), outputs, tables, beside)


def _wrapped(
    tf: Any,
    graph: Any,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    variables: Mapping[int, Any],
    results: Sequence[str],
    names: Sequence[str],
    kind: str,
) -> Any:
    """A function of the ``given`` tensors of a graph, called ``names``, with what was captured in place of the other ``values``."""
    _open_calls(graph)

    def body(*arguments: Any) -> list[Any]:
        here = tf.compat.v1.get_default_graph()
        mapped = dict(zip(given, arguments, strict=True))
        present = {node.name for node in graph.node}
        for name, outer in values.items():
            if name.split(":")[0] not in present:
                continue
            if id(outer) in variables:
                here.watch_variable(variables[id(outer)])
                mapped[name] = here.capture(outer)
            else:
                mapped[name] = tf.constant(outer.numpy(), dtype=outer.dtype)
        mapped = {name: value for name, value in mapped.items() if name.split(":")[0] in present}
        made = tf.graph_util.import_graph_def(graph, input_map=mapped, return_elements=list(results), name="")
        return [tf.identity(value, name=f"modelport_{kind}_{place}") for place, value in enumerate(made)]

    specs = [tf.TensorSpec(spec.shape, spec.dtype, name=name) for spec, name in zip(given.values(), names, strict=True)]
    return tf.compat.v1.wrap_function(body, specs)


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
