"""aten.rnn_tanh and aten.rnn_relu as ONNX's RNN: without a translation the exporter writes every step out and freezes the length.

    h_t = f(x_t W_ih' + b_ih + h_(t-1) W_hh' + b_hh)          f: tanh or relu

Source: torch/nn/modules/rnn.py, class RNN; ONNX's RNN-14 has the same equation, its weights are [directions, H, …].
"""

from collections.abc import Callable, Sequence
from typing import Any

from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any: values and operators of onnxscript.
def _by(activation: str) -> Callable[..., tuple[Any, Any]]:
    """The translation of the operator with that activation, as ONNX calls it."""

    def translate(
        input: Any,
        hx: Any,
        params: Sequence[Any],
        has_biases: bool,
        num_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool,
    ) -> tuple[Any, Any]:
        """Shapes: input [T, N, I], hx [layers * D, N, H] -> [T, N, D * H], [layers * D, N, H]; N before T with batch_first."""
        from onnxscript import opset18

        op: Any = opset18  # lists stand for constants while it traces, which its types do not say
        directions = 2 if bidirectional else 1
        each = 4 if has_biases else 2
        current = op.Transpose(input, perm=[1, 0, 2]) if batch_first else input
        last = []
        for layer in range(num_layers):
            of_layer = [params[(layer * directions + i) * each :][:each] for i in range(directions)]
            start = op.Slice(hx, [layer * directions], [(layer + 1) * directions], [0])
            weights = [_stacked(op, [one[place] for one in of_layer]) for place in (0, 1)]
            biases = [_stacked(op, [op.Concat(one[2], one[3], axis=0) for one in of_layer])] if has_biases else [None]
            every, final = op.RNN(
                current,
                *weights,
                *biases,
                None,
                start,
                activations=[activation] * directions,
                direction="bidirectional" if bidirectional else "forward",
                hidden_size=hx.shape[2],
            )
            # [T, D, N, H] -> [T, N, D * H]
            current = op.Reshape(op.Transpose(every, perm=[0, 2, 1, 3]), [0, 0, -1])
            last.append(final)
        hidden = last[0] if num_layers == 1 else op.Concat(*last, axis=0)
        return op.Transpose(current, perm=[1, 0, 2]) if batch_first else current, hidden

    return translate


def _stacked(op: Any, tensors: Sequence[Any]) -> Any:
    raised = [op.Unsqueeze(tensor, [0]) for tensor in tensors]
    return raised[0] if len(raised) == 1 else op.Concat(*raised, axis=0)


def _shapes(
    input: Any,
    hx: Any,
    params: Sequence[Any],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[Any, Any]:
    """One for each direction: [T, N, D * H], or [N, T, D * H], and [layers * D, N, H]."""
    features = hx.shape[2] * (2 if bidirectional else 1)
    return input.new_empty((*input.shape[:2], features)), hx.new_empty(hx.shape)


OP = Operator(
    {"aten.rnn_tanh.input": _by("Tanh"), "aten.rnn_relu.input": _by("Relu")},
    {"aten.rnn_tanh.input": _shapes, "aten.rnn_relu.input": _shapes},
)
