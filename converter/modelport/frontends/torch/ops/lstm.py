"""aten.lstm with a projection: ONNX's LSTM has none, and the exporter forgets it. Without one the exporter's own translation stays.

    i, f, g, o = x_t W_ih' + b_ih + b_hh + h_(t-1) W_hh'
    c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g)
    h_t = (sigmoid(o) tanh(c_t)) W_hr'

Source: torch/nn/modules/rnn.py, class LSTM with proj_size. Each direction of each layer is a Scan over the steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from modelport.frontends.torch._operator import Operator
from modelport.frontends.torch._scan import scanned

if TYPE_CHECKING:  # torch's exporter brings it
    import onnx_ir as ir

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _lstm(
    input: Any,
    hx: Sequence[Any],
    params: Sequence[Any],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[Any, Any, Any]:
    """Shapes: input [T, N, I], hx [layers * D, N, P] and [layers * D, N, H] -> [T, N, D * P] and those of hx; or N before T."""
    from onnxscript import opset18
    from onnxscript.function_libs.torch_lib.ops.core import aten_lstm

    if hx[0].shape[2] == hx[1].shape[2]:
        kept: tuple[Any, Any, Any] = aten_lstm(
            input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first
        )
        return kept
    op: Any = opset18
    directions = 2 if bidirectional else 1
    each = 5 if has_biases else 3
    current = op.Transpose(input, perm=[1, 0, 2]) if batch_first else input
    hidden, cells = [], []
    for layer in range(num_layers):
        every = []
        for direction in range(directions):
            place = layer * directions + direction
            w_ih, w_hh, *biases, w_hr = params[place * each :][:each]
            gates = op.MatMul(current, op.Transpose(w_ih, perm=[1, 0]))
            for bias in biases:
                gates = op.Add(gates, bias)
            recurrent, projected = op.Transpose(w_hh, perm=[1, 0]), op.Transpose(w_hr, perm=[1, 0])
            states = [op.Gather(state, place, axis=0) for state in hx]
            h, c, y = scanned(
                [*states, gates],
                _step(recurrent, projected, hx[0].dtype, place),
                scan_input_directions=[direction],
                scan_output_directions=[direction],
            )
            every.append(y)
            hidden.append(op.Unsqueeze(h, [0]))
            cells.append(op.Unsqueeze(c, [0]))
        current = every[0] if directions == 1 else op.Concat(*every, axis=2)
    result = op.Transpose(current, perm=[1, 0, 2]) if batch_first else current
    return result, _joined(op, hidden), _joined(op, cells)


def _step(recurrent: Any, projected: Any, dtype: ir.DataType, place: int) -> ir.Graph:
    """Shapes: hidden [N, P], cell [N, H], gates of the input [N, 4 * H] -> hidden, cell, hidden; weights lie around it."""
    import onnx_ir as ir

    nodes: list[ir.Node] = []

    def op(name: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Any:
        node = ir.node(name, list(inputs), attributes, num_outputs=outputs)
        for number, value in enumerate(node.outputs):
            value.name = f"projected_{place}_{len(nodes)}_{number}"
        nodes.append(node)
        return node.outputs[0] if outputs == 1 else node.outputs

    names = ("hidden", "cell", "gates")
    hidden, cell, given = (
        ir.Value(name=f"projected_{place}_{name}", type=ir.TensorType(dtype), shape=ir.Shape([None, None]))
        for name in names
    )
    taken, kept, new, shown = op(
        "Split", op("Add", given, op("MatMul", hidden, recurrent)), outputs=4, axis=1, num_outputs=4
    )
    after = op("Add", op("Mul", op("Sigmoid", kept), cell), op("Mul", op("Sigmoid", taken), op("Tanh", new)))
    following = op("MatMul", op("Mul", op("Sigmoid", shown), op("Tanh", after)), projected)
    seen = op("Identity", following)
    for value in (following, after, seen):
        value.type = ir.TensorType(dtype)
        value.shape = ir.Shape([None, None])
    return ir.Graph(
        [hidden, cell, given], [following, after, seen], nodes=nodes, opset_imports={"": 18}, name=f"step_{place}"
    )


def _joined(op: Any, states: list[Any]) -> Any:
    return states[0] if len(states) == 1 else op.Concat(*states, axis=0)


OP = Operator({"aten.lstm.input": _lstm})
