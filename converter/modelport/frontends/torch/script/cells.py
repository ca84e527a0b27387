"""One step of a recurrent net, as scripts with a loop of their own call it: torch's exporter of TorchScript has no translation.

Source: torch/nn/modules/rnn.py, classes RNNCell, LSTMCell, GRUCell. Shapes: input [N, I], hidden [N, H], weights [gates * H, …].
"""

from typing import Any

__all__ = ["CELLS"]


# Any here and below: the exporter's graph and values of it.
def _linear(g: Any, value: Any, weight: Any, bias: Any) -> Any:
    from torch.onnx._internal.torchscript_exporter import symbolic_helper as helper

    product = g.op("MatMul", value, g.op("Transpose", weight, perm_i=[1, 0]))
    return product if helper._is_none(bias) else g.op("Add", product, bias)


def _parts(g: Any, value: Any, count: int) -> list[Any]:
    return list(g.op("Split", value, axis_i=-1, num_outputs_i=count, outputs=count))


def _gru(g: Any, value: Any, hidden: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    reset, update, new = _parts(g, _linear(g, value, w_ih, b_ih), 3)
    reset_h, update_h, new_h = _parts(g, _linear(g, hidden, w_hh, b_hh), 3)
    reset = g.op("Sigmoid", g.op("Add", reset, reset_h))
    update = g.op("Sigmoid", g.op("Add", update, update_h))
    new = g.op("Tanh", g.op("Add", new, g.op("Mul", reset, new_h)))
    return _like(hidden, g.op("Add", g.op("Mul", g.op("Sub", hidden, new), update), new))


def _lstm(g: Any, value: Any, states: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    from torch.onnx._internal.torchscript_exporter import symbolic_helper as helper

    hidden, cell = helper._unpack_list(states)
    gates = g.op("Add", _linear(g, value, w_ih, b_ih), _linear(g, hidden, w_hh, b_hh))
    taken, kept, new, shown = _parts(g, gates, 4)
    taken, kept, shown = (g.op("Sigmoid", gate) for gate in (taken, kept, shown))
    after = g.op("Add", g.op("Mul", kept, cell), g.op("Mul", taken, g.op("Tanh", new)))
    return _like(hidden, g.op("Mul", shown, g.op("Tanh", after))), _like(cell, after)


def _tanh(g: Any, value: Any, hidden: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    return _like(hidden, g.op("Tanh", g.op("Add", _linear(g, value, w_ih, b_ih), _linear(g, hidden, w_hh, b_hh))))


def _relu(g: Any, value: Any, hidden: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    return _like(hidden, g.op("Relu", g.op("Add", _linear(g, value, w_ih, b_ih), _linear(g, hidden, w_hh, b_hh))))


def _like(hidden: Any, result: Any) -> Any:
    """A state has the number of axes of the one before."""
    return result.setType(hidden.type())


CELLS = {
    "aten::gru_cell": _gru,
    "aten::lstm_cell": _lstm,
    "aten::rnn_tanh_cell": _tanh,
    "aten::rnn_relu_cell": _relu,
}
