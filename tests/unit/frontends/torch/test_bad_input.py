"""What cannot be exported exactly is refused with the place in the source; a call that does not fit names the input."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from modelport.errors import (
    ConfigError,
    MissingColumnError,
    SampleError,
    TensorError,
    UnsupportedModelError,
    UnsupportedTypeError,
)
from modelport.runtime import load


def _module(forward: Any) -> Any:
    import torch

    class Wrapped(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return forward(x)

    return Wrapped()


def test_a_branch_on_values(rows: Any, converted: Any) -> None:
    def forward(x: Any) -> Any:
        return x * 2 if x.sum() > 0 else x

    with pytest.raises(UnsupportedModelError, match=r"data-dependent .*test_bad_input\.py") as caught:
        converted(_module(forward), rows)
    assert "torch.cond" in caught.value.fix


def test_a_length_that_the_source_compares(rows: Any, converted: Any) -> None:
    def forward(x: Any) -> Any:
        return x * 2 if x.shape[0] == 4 else x * 3

    with pytest.raises(UnsupportedModelError, match="it had to freeze axis 0 of 'x' to 4"):
        converted(_module(forward), rows)
    assert converted(_module(forward), rows, dynamic=("fixed",))[0].contract.inputs[0].shape == (4, 6)


def test_a_length_that_another_input_fixes(converted: Any) -> None:
    """torch's second tracing leaves it open, by a kernel that has no form in ONNX."""
    import torch

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.block = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

        def forward(self, x: Any, mask: Any) -> Any:
            return self.block(x, src_key_padding_mask=mask)

    sample = {"x": np.ones((2, 5, 8), np.float32), "mask": np.zeros((2, 5), bool)}
    with pytest.raises(UnsupportedModelError, match="it had to freeze axis 1 of 'x' to 5") as caught:
        converted(Encoder(), sample, dynamic=("x:1=length",))
    assert "the same symbol to every axis that must be as long" in caught.value.fix


def test_chance(rows: Any, converted: Any) -> None:
    import torch

    with pytest.raises(UnsupportedModelError, match="answers the same call in two ways"):
        converted(_module(lambda x: torch.nn.functional.dropout(x, 0.5, training=True)), rows)


def test_training_mode_is_left_alone(rows: Any, converted: Any) -> None:
    import torch

    net = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.Dropout(0.5)).train()
    assert converted(net, rows)[1].passed
    assert net.training


def test_no_sample(net: Any, converted: Any) -> None:
    with pytest.raises(SampleError, match=r"forward\(input\)"):
        converted(net)


def test_a_sample_that_forward_does_not_take(net: Any, rows: Any, converted: Any) -> None:
    with pytest.raises(SampleError, match="does not take the sample"):
        converted(net, rows[:, :3])
    with pytest.raises(SampleError, match="missing a required argument") as caught:
        converted(net, {"inputs": rows})
    assert "did you mean 'input'?" in caught.value.fix


def test_a_sample_that_a_program_does_not_take(net: Any, rows: Any, converted: Any) -> None:
    import torch

    program = torch.export.export(net, (torch.tensor(rows),))
    for data in (rows[:, :3], rows.astype(np.int64)):
        with pytest.raises(SampleError, match="does not take the sample"):
            converted(program, {"input": data})


def test_outputs_that_are_no_tensors(rows: Any, converted: Any) -> None:
    with pytest.raises(UnsupportedTypeError, match="output n is a int"):
        converted(_module(lambda x: {"a": x, "n": 3}), rows)


@dataclass(frozen=True)
class Found:
    """What a forward may return."""

    boxes: Any
    more: dict[str, Any]
    note: Any = None


def test_outputs_in_a_dataclass(rows: Any, converted: Any) -> None:
    bundle, report = converted(_module(lambda x: Found(x * 2, {"first": x[:, 0], "pair": (x, Found(x + 1, {}))})), rows)
    assert report.passed
    assert [output.name for output in bundle.contract.outputs] == [
        "boxes", "more_first", "more_pair_0", "more_pair_1_boxes"
    ]  # fmt: skip


def test_types_that_no_target_carries(rows: Any, converted: Any) -> None:
    import torch

    with pytest.raises(UnsupportedTypeError, match=r"torch\.complex64"):
        converted(_module(lambda x: x + 1), torch.tensor(rows).to(torch.complex64))


@pytest.mark.parametrize(
    ("dynamic", "said"),
    [("input:3=k", "has 2 axes"), ("inputs:1=k", "no input 'inputs'"), ("input", "names no axis")],
)
def test_dynamic_axes(dynamic: str, said: str, net: Any, rows: Any, converted: Any) -> None:
    with pytest.raises(ConfigError, match=said):
        converted(net, rows, dynamic=(dynamic,))


def test_calls_that_do_not_fit(net: Any, rows: Any, converted: Any) -> None:
    predictor = load(converted(net, rows)[0])
    with pytest.raises(TensorError, match=r"shape \[4, 3\], the model takes \[batch, 6\]"):
        predictor.predict(rows[:, :3])
    with pytest.raises(TensorError, match="holds <U1"):
        predictor.predict(np.full((2, 6), "a"))
    with pytest.raises(MissingColumnError, match="'input'"):
        predictor.predict({"inputs": rows})
    with pytest.raises(TensorError, match="no input 'more'"):
        predictor.predict({"input": rows, "more": rows})
    assert predictor.predict(rows.astype(np.float64))["output"].dtype == np.float32


def test_where_a_length_was_fixed(converted: Any) -> None:
    import torch

    class Loop(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            total = x[:, 0]
            for step in range(1, x.shape[1]):
                total = total * 0.5 + x[:, step]
            return total

    x = np.ones((2, 5, 3), dtype=np.float32)
    with pytest.raises(
        UnsupportedModelError, match=r"freeze axis 1 of 'x' to 5 \[test_bad_input\.py:\d+ in forward: for step"
    ) as caught:
        converted(Loop(), x, dynamic=("x:1=length",))
    assert "torch.jit.script" in caught.value.fix


def test_packed_sequences(converted: Any) -> None:
    import torch
    from torch.nn.utils import rnn

    class Packed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(3, 4, batch_first=True)

        def forward(self, x: Any, lengths: Any) -> Any:
            packed = rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            return self.lstm(packed)[1][0]

    given = {"x": np.ones((2, 5, 3), dtype=np.float32), "lengths": np.array([5, 3])}
    with pytest.raises(UnsupportedModelError, match="packed sequences"):
        converted(Packed(), given)


def test_a_forward_that_trains(rows: Any, converted: Any) -> None:
    import torch

    class Trains(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = torch.nn.BatchNorm1d(6)

        def forward(self, x: Any) -> Any:
            self.norm.train()
            return self.norm(x)

    with pytest.raises(UnsupportedModelError, match=r"puts 1 layer\(s\) into training mode: norm"):
        converted(Trains(), rows)


@pytest.mark.parametrize("seen", [False, True])
def test_a_forward_that_writes_to_its_buffers(seen: bool, rows: Any, converted: Any) -> None:
    import torch

    class Counts(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("calls", torch.zeros(1))

        def forward(self, x: Any) -> Any:
            self.calls += 1
            return x * self.calls if seen else x * 2

    if not seen:
        assert converted(Counts(), rows)[1].passed
        return
    with pytest.raises(UnsupportedModelError, match=r"answers by 1 buffer\(s\) that it writes to: calls") as caught:
        converted(Counts(), rows)
    assert "return it as an output" in caught.value.fix


def test_data_that_is_no_tensor(net: Any, converted: Any) -> None:
    for data in (np.array([["a"] * 6] * 2), np.array([[None] * 6], dtype=object)):
        with pytest.raises(SampleError, match="torch has no tensor of"):
            converted(net, data)


def test_weights_without_values(rows: Any, converted: Any) -> None:
    import torch

    with pytest.raises(
        UnsupportedModelError, match=r"2 weight\(s\) hold no values, on the device 'meta': weight, bias"
    ):
        converted(torch.nn.Linear(6, 2, device="meta"), rows)


def test_forwards_that_return_nothing(rows: Any, converted: Any) -> None:
    for nothing in (None, (), {}):
        with pytest.raises(UnsupportedTypeError, match="forward returns no tensor"):
            converted(_module(lambda x, nothing=nothing: nothing), rows)


def test_a_buffer_that_is_sparse(rows: Any, converted: Any) -> None:
    import torch

    class Sparse(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mixing", torch.eye(6).to_sparse())

        def forward(self, x: Any) -> Any:
            return torch.sparse.mm(self.mixing, x.t()).t()

    with pytest.raises(UnsupportedModelError):
        converted(Sparse(), rows)
