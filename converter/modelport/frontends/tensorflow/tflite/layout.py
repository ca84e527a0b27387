"""Images and volumes with their channels first, as ONNX convolves them, and last again, as TensorFlow has them."""

from modelport.frontends.tensorflow.tflite.emit import Emitter, Value
from modelport.frontends.tensorflow.tflite.node import Node

__all__ = ["channels_first", "channels_last", "padding"]

# Between two operators that want channels first these are passed through, and nothing is turned.
_POINTWISE = frozenset("Relu Clip Sigmoid Tanh Elu LeakyRelu Softplus Abs Neg Sqrt Exp Gelu Round".split())


def channels_first(emit: Emitter, value: Value, rank: int = 4) -> Value:
    """[N, …, C] -> [N, C, …]; what channels_last turned is taken from before it."""
    last = _last(rank)
    node = value.producer()
    if node is not None and node.op_type == "Transpose" and node.attributes.get_ints("perm", []) == last:
        source = node.inputs[0]
        assert source is not None
        return source
    if node is not None and node.op_type in _POINTWISE:
        inner = node.inputs[0]
        turned = inner.producer() if inner is not None else None
        if inner is not None and turned is not None and turned.op_type == "Transpose":
            first = channels_first(emit, inner, rank)
            if first.producer() is not None and first is turned.inputs[0]:
                return emit.op(
                    node.op_type, first, *node.inputs[1:], **{a.name: a.value for a in node.attributes.values()}
                )
    return emit.op("Transpose", value, perm=[0, rank - 1, *range(1, rank - 1)])


def channels_last(emit: Emitter, value: Value, rank: int = 4) -> Value:
    """[N, C, …] -> [N, …, C]."""
    return emit.op("Transpose", value, perm=_last(rank))


def _last(rank: int) -> list[int]:
    return [0, *range(2, rank), 1]


def padding(node: Node) -> str:
    """SAME puts the odd one behind, as SAME_UPPER does."""
    return "VALID" if int(node.options.padding) == 1 else "SAME_UPPER"
