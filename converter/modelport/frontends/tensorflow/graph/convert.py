"""Runs tf2onnx over a frozen graph: its handlers, ours in place of those that are wrong, and none of its guesses at patterns.

tf2onnx hands back graphs with operators that it does not know, and goes on after a handler that failed; here both are collected.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import onnx

from modelport.frontends.tensorflow._repair import Handler, repairs
from modelport.frontends.tensorflow._writing import Writer
from modelport.frontends.tensorflow.graph.freeze import Frozen
from modelport.frontends.tensorflow.graph.shapes import fold_shapes

__all__ = ["Written", "write_onnx"]

# Bytes of a constant that is no shape and no axis.
_LARGE = 4096
# The newest opset that tf2onnx 1.17 writes.
_OPSET = 18
# Rewriters that lowering needs: recurrent layers and loops. Those that look for the pattern of a layer (dropout, leaky relu, layer
# normalization) only save nodes, and are not asked.
_REWRITERS = (
    "rewrite_constant_fold",
    "rewrite_quantize_and_dequantize",
    "rewriter_lstm_tf2",
    "rewrite_gru_tf2",
    "rewrite_single_direction_lstm",
    "rewrite_bi_direction_lstm",
    "rewrite_single_direction_gru",
    "rewrite_bi_direction_gru",
    "rewrite_custom_rnn_cell",
    "rewrite_generic_loop",
    "rewrite_cond",
    "rewrite_biasadd_with_conv2d",
)
# Not asked: remove_back_to_back takes a cast to fewer digits out where a cast back follows it.
_OPTIMIZERS = ("optimize_transpose", "fold_constants", "merge_duplication", "remove_identity")


# Any: variables of tensorflow.
@dataclass(frozen=True)
class Written:
    """The graph, what could not be written ('operator in scope: reason'), and the names of the repairs that were used.

    ``weights`` are variables of TensorFlow by the inputs that stand for them; they come after all others.
    """

    model: onnx.ModelProto | None
    failed: tuple[str, ...]
    repaired: tuple[str, ...]
    weights: Mapping[str, Any]


@dataclass
class _Log:
    failed: dict[str, None] = field(default_factory=dict)
    repaired: dict[str, None] = field(default_factory=dict)


def write_onnx(frozen: Frozen) -> Written:
    """Writes the graph in opset 18. Whatever tf2onnx cannot write is listed, and then there may be no model."""
    import tensorflow as tf

    log = _Log()
    with _quiet(), tf.device("/cpu:0"), tf.Graph().as_default() as graph:
        weights = _set_aside(frozen.graph)
        tf.import_graph_def(fold_shapes(_with_shapes_of_lookups(_in_float(frozen.graph))), name="")
        written = _converted(graph, frozen, weights, log)
        model = None if log.failed else _optimized(written).make_model("model")
    return Written(model, tuple(log.failed), tuple(log.repaired), frozen.weights)


# Any here and below: graphs, nodes and handlers of tensorflow and tf2onnx.
def _with_shapes_of_lookups(graph: Any) -> Any:
    """What is looked up has the shape of its keys; TensorFlow tells so in Python alone, and a frozen graph has lost it."""
    import tensorflow as tf

    lookups = [node for node in graph.node if node.op == "LookupTableFindV2"]
    for _ in lookups:
        with tf.Graph().as_default() as built:
            tf.import_graph_def(graph, name="")
            for node in lookups:
                shape = built.get_operation_by_name(node.name).inputs[1].shape
                if shape.rank is not None:
                    node.attr["_output_shapes"].CopyFrom(type(node.attr["T"])())
                    node.attr["_output_shapes"].list.shape.append(shape.as_proto())
    return graph


def _in_float(graph: Any) -> Any:
    """Images of whole numbers are resized as floats; tf2onnx leaves the result in the type of the image."""
    import tensorflow as tf

    for node in list(graph.node):
        kind = node.attr["T"].type if node.op == "ResizeBilinear" else tf.float32.as_datatype_enum
        if kind != tf.float32.as_datatype_enum:
            cast = graph.node.add(name=f"{node.name}/float", op="Cast", input=[node.input[0]])
            cast.attr["SrcT"].type = kind
            cast.attr["DstT"].type = node.attr["T"].type = tf.float32.as_datatype_enum
            node.input[0] = cast.name
    return graph


def _set_aside(graph: Any) -> dict[str, bytes]:
    """Takes the bytes of large constants out of a graph: TensorFlow imports it more than once, and never one above 2 GB.

    tf2onnx looks them up by name, in functions as well; so a name that one of these has too stays as it is.
    """
    inner = {node.name for function in graph.library.function for node in function.node_def}
    found: dict[str, bytes] = {}
    for node in graph.node:
        tensor = node.attr["value"].tensor if node.op == "Const" else None
        if tensor is not None and len(tensor.tensor_content) > _LARGE and node.name not in inner:
            found[node.name] = tensor.tensor_content
            tensor.tensor_content = b""
    return found


def _converted(graph: Any, frozen: Frozen, weights: Mapping[str, bytes], log: _Log) -> Any:
    from tf2onnx import handler, tf_loader, tfonnx

    tf_loader.clear_functions()
    main, inner = tfonnx.graphs_from_tf(
        graph, [*frozen.inputs, *frozen.weights], list(frozen.outputs), const_node_values=weights
    )
    for one in [main, *inner]:
        one.set_config(None, _OPSET, None)
    mapping = dict(handler.tf_op.create_mapping(_OPSET, None))
    for repair in repairs():
        mapping |= {
            operator: (_wrapped(one, repair.name, frozen, log), {}) for operator, one in repair.handlers.items()
        }
    watched = {operator: (_watched(operator, entry[0], log), entry[1]) for operator, entry in mapping.items()}
    for one in inner:
        _convert(one, watched, log)
        tf_loader.set_function(one.graph_name, one)
    _convert(main, watched, log)
    return main


def _convert(graph: Any, mapping: Mapping[str, Any], log: _Log) -> None:
    from tf2onnx import tfonnx

    tfonnx.run_rewriters(graph, [getattr(tfonnx, name) for name in _REWRITERS], False)
    graph.delete_unused_nodes(graph.outputs)
    graph.topological_sort(graph.get_nodes())
    for node in _nodes(graph):
        if not node.need_skip() and node.type not in mapping:
            log.failed[_said(node.type, node.name, "")] = None
    tfonnx.tensorflow_onnx_mapping(graph, mapping, initialized_tables={})
    graph.delete_unused_nodes(graph.outputs)
    if not log.failed:
        graph.topological_sort(graph.get_nodes())
        graph.update_proto()


def _nodes(graph: Any) -> Iterator[Any]:
    for node in graph.get_nodes():
        yield node
        for body in (node.get_body_graphs() or {}).values():
            yield from _nodes(body)


def _wrapped(one: Handler, name: str, frozen: Frozen, log: _Log) -> Callable[..., None]:
    """A handler of ours as tf2onnx calls it."""

    def call(graph: Any, node: Any, **_: Any) -> None:
        write = Writer(graph, node, frozen.tables)
        try:
            one(write)
        except Exception:
            write.abandon()
            raise
        log.repaired[name] = None

    return call


def _watched(operator: str, call: Callable[..., None], log: _Log) -> Callable[..., None]:
    """The handler, with a note of its failure; tf2onnx itself only logs that."""

    def watch(graph: Any, node: Any, **given: Any) -> None:
        name = node.name
        try:
            call(graph, node, **given)
        except Exception as err:  # handlers raise whatever they meet
            log.failed[_said(operator, name, str(err).strip().split("\n")[0] or type(err).__name__)] = None
            raise

    return watch


def _said(operator: str, name: str, reason: str) -> str:
    scope = name.rpartition("/")[0]
    return operator + (f" in {scope}" if scope else "") + (f" ({reason})" if reason else "")


def _optimized(graph: Any) -> Any:
    """Moves transpositions together and takes out what has no effect. A fault in it is an error, not a graph half rewritten."""
    from tf2onnx import optimizer

    chosen = {name: one for name, one in optimizer._get_optimizers().items() if name in _OPTIMIZERS}
    return optimizer.optimize_graph(graph, catch_errors=False, optimizers=chosen)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What tf2onnx and TensorFlow log is for those who debug them."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
