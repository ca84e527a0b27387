"""Recurrent layers over a sequence; their states begin at zero in every call, as in an interpreter that was just opened."""

import numpy as np

from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.model import Array
from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.quantization import dequantized
from modelport.frontends.tensorflow.tflite.setting import Refusal
from modelport.frontends.tensorflow.tflite.weights import inputs_of

__all__ = ["OPS"]

_ACTIVATIONS = {1: "Relu", 4: "Tanh"}


def _lstm(node: Node) -> None:
    """Inputs: the sequence; 4 weights of inputs, 4 of states (input, forget, cell, output); 3 peepholes; 4 biases; states."""
    if not node.has(1):
        raise Refusal("with coupled gates")
    if any(node.has(place) for place in (16, 17, *range(20, 24))):
        raise Refusal("with a projection or layer normalisation")
    if node.options.cellClip or node.options.projClip:
        raise Refusal("with clipped cells")
    order = (0, 3, 1, 2)  # ONNX: input, output, forget, cell
    weights = np.concatenate([_floats(node, 1 + gate) for gate in order])
    states = np.concatenate([_floats(node, 5 + gate) for gate in order])
    bias = np.concatenate([_floats(node, 12 + gate) for gate in order])
    peepholes = None
    if node.has(9):
        peepholes = node.emit.constant(np.concatenate([_floats(node, place) for place in (9, 11, 10)])[None])
    activation = _activation(node)
    sequence = _sequence(node, 1)
    given = node.emit.ops(
        "LSTM",
        sequence,
        node.emit.constant(weights[None]),
        node.emit.constant(states[None]),
        _bias(node, bias, states, 5, 18),
        None,
        _start(node, 18),
        _start(node, 19),
        peepholes,
        outputs=1,
        hidden_size=states.shape[1],
        activations=["Sigmoid", activation, activation],
    )[0]
    _put(node, given)


def _rnn(node: Node) -> None:
    """Inputs: the sequence, weights of inputs and of states, the bias, the state."""
    weights, states, bias = (_floats(node, place) for place in (1, 2, 3))
    given = node.emit.ops(
        "RNN",
        _sequence(node, 1),
        node.emit.constant(weights[None]),
        node.emit.constant(states[None]),
        _bias(node, bias, states, 2, 4),
        None,
        _start(node, 4),
        outputs=1,
        hidden_size=states.shape[1],
        activations=[_activation(node)],
    )[0]
    _put(node, given)


def _activation(node: Node) -> str:
    kind = int(node.options.fusedActivationFunction or 0)
    if kind not in _ACTIVATIONS:
        raise Refusal(f"with activation {kind}")
    return _ACTIVATIONS[kind]


def _sequence(node: Node, weights: int) -> Value:
    """[T, N, I]."""
    value = inputs_of(node, 0, weights)
    return value if node.options.timeMajor else node.op("Transpose", value, perm=[1, 0, 2])


def _put(node: Node, given: Value) -> None:
    """[T, 1, N, H] -> the order of the file."""
    flat = node.op("Squeeze", given, node.emit.ints(1))
    node.put_final(flat if node.options.timeMajor else node.op("Transpose", flat, perm=[1, 0, 2]))


def _start(node: Node, place: int) -> Value | None:
    if not node.has(place) or node.tensor(place).variable:
        return None
    return node.op("Unsqueeze", node.real(place), node.emit.ints(0))


def _bias(node: Node, bias: Array, states: Array, weights: int, state: int) -> Value:
    """[1, 2 * gates * H]; the second half is that of the states.

    Where states are rounded to 8 bits in every step the twin errs in the sums that they go into, all through the sequence.
    """
    whole = node.emit.constant(np.concatenate([bias, np.zeros_like(bias)])[None].astype(np.float32))
    scope = node.scope
    source = scope.folded(node.operator.inputs[weights])
    if not scope.setting.noise or scope.quantized(source) is None:
        return whole
    quantization = node.tensor(state).quantization
    step = 1 / 127 if quantization is None or node.tensor(state).dtype != "int8" else float(quantization.scale[0])
    reach = np.sqrt(np.sum(np.square(states.astype(np.float64)), axis=1)) * step
    reach = np.concatenate([reach, np.zeros_like(reach)])[None].astype(np.float32)
    places = node.emit.constant(np.arange(reach.size, dtype=np.float32)[None])
    return node.op("Add", whole, node.op("Mul", scope.chance(places), node.emit.constant(reach)))


def _floats(node: Node, place: int) -> Array:
    if not node.has(place):
        raise Refusal("without one of its weights")
    at = node.scope.folded(node.operator.inputs[place])
    data, quantization = node.scope.data(at), node.scope.tensor(at).quantization
    if data is None:
        raise Refusal("of computed weights")
    if data.dtype.kind == "f":
        return np.asarray(data.astype(np.float32))
    if quantization is None:
        raise Refusal("of whole numbers")
    return dequantized(data, quantization)


OPS: dict[str, Handler] = {"UNIDIRECTIONAL_SEQUENCE_LSTM": _lstm, "UNIDIRECTIONAL_SEQUENCE_RNN": _rnn}
