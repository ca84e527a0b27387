"""What the proof of a net does when a graph is wrong, weak, or odd: the layer is named, the contract says what is refused."""

from typing import Any

import numpy as np
import pytest

from modelport.errors import ParityError, TensorError
from modelport.frontends.torch import source as front_end
from modelport.runtime import load


@pytest.fixture
def spoiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exporter that moves a weight of the second dense layer by a hundredth."""
    import onnx_ir as ir

    honest = front_end.export

    def export(*arguments: Any) -> Any:
        exported = honest(*arguments)
        for value in exported.model.graph.initializers.values():
            if value.const_value is not None and list(value.const_value.shape) == [3, 8]:
                value.const_value = ir.tensor(value.const_value.numpy() + np.float32(0.01), name=value.name)
        return exported

    monkeypatch.setattr(front_end, "export", export)


@pytest.mark.usefixtures("spoiled")
def test_the_first_wrong_layer_is_named(net: Any, rows: Any, converted: Any) -> None:
    with pytest.raises(ParityError, match="the first layer that differs is '2'"):
        converted(net, rows)


def test_recurrent_layers_refuse_what_they_cannot_carry(converted: Any) -> None:
    import torch

    torch.manual_seed(0)
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    bundle, report = converted(torch.nn.GRU(3, 5, batch_first=True), x)
    assert report.passed
    assert bundle.contract.inputs[0].finite is True
    assert [(axis.symbol, axis.least) for axis in bundle.contract.axes or ()] == [("batch", 1)]
    x[0, 0, 0] = np.nan
    with pytest.raises(TensorError, match="NaN"):
        load(bundle).predict(x)
    with pytest.raises(TensorError, match="batch is 0"):
        load(bundle).predict(x[:0])


def test_an_output_that_says_nothing_is_told(rows: Any, converted: Any) -> None:
    import torch

    net = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.Linear(4, 2))
    torch.nn.init.zeros_(net[1].weight)
    _, report = converted(net, rows)
    assert any("hardly depends" in note for note in report.notes)


def test_the_longest_length_is_found(converted: Any) -> None:
    import torch

    class Positions(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(11, 3)

        def forward(self, x: Any) -> Any:
            return x + self.table(torch.arange(x.shape[1]))

    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    bundle, _ = converted(Positions(), x, dynamic=("x:1=length",))
    assert [(axis.symbol, axis.most) for axis in bundle.contract.axes or ()] == [("batch", None), ("length", 11)]


def test_structures_have_stable_names(converted: Any) -> None:
    import torch

    class Structured(torch.nn.Module):
        def forward(self, pair: Any, extra: Any = None) -> Any:
            left, right = pair
            return {"sum": left + right, "parts": (left * 2, [right * 3])}

    pair = (np.ones((2, 3), dtype=np.float32), np.full((2, 3), 2, dtype=np.float32))
    bundle, report = converted(Structured(), {"pair": pair})
    assert report.passed
    assert [tensor.name for tensor in bundle.contract.inputs] == ["pair_0", "pair_1"]
    assert [output.name for output in bundle.contract.outputs] == ["sum", "parts_0", "parts_1_0"]


def test_outputs_that_are_called_as_inputs(converted: Any) -> None:
    import torch

    class Same(torch.nn.Module):
        def forward(self, x: Any, mask: Any) -> Any:
            return {"x": x * 2, "mask": mask}

    given = {"x": np.ones((2, 3), dtype=np.float32), "mask": np.ones((2, 3), dtype=np.bool_)}
    bundle, report = converted(Same(), given)
    assert report.passed
    assert [output.name for output in bundle.contract.outputs] == ["x_output", "mask_output"]


def test_chosen_outputs(net: Any, converted: Any) -> None:
    import torch

    class Two(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return {"a": x + 1, "b": x * 2}

    bundle, _ = converted(Two(), np.ones((2, 3), dtype=np.float32), outputs=("b",))
    assert list(load(bundle).predict(np.ones((1, 3)))) == ["b"]


def test_the_sample_is_in_no_evidence(net: Any, rows: Any, converted: Any) -> None:
    bundle, report = converted(net, rows * 1000)
    assert report.rows["sample"] == len(rows)
    assert "sample" not in {case.origin for case in bundle.cases()}
    worst = report.targets["python-ort"].worst
    assert worst is None or worst.inputs["case"] != "sample"


def test_same_input_same_bytes(net: Any, rows: Any, tmp_path: Any) -> None:
    from modelport.options import Options
    from modelport.pipeline import convert

    first, second = (convert(net, rows, tmp_path / name, Options(name="n", targets=()))[0] for name in "ab")
    assert {path: first.files[path] for path in first.files} == {path: second.files[path] for path in second.files}


def test_an_empty_batch_is_compared_where_an_output_does_not_follow_it(converted: Any) -> None:
    import torch

    class Mean(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return {"y": x * 2, "mean": x.mean()}

    bundle, report = converted(Mean(), np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32))
    assert report.passed
    # torch's mean of nothing is no number, ONNX Runtime's is 0.
    assert [axis.least for axis in bundle.contract.axes or ()] == [1]


def test_what_is_refused_alone_does_not_take_its_neighbours_with_it(rows: Any, converted: Any) -> None:
    import torch

    class Wary(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(6, 4)

        def forward(self, x: Any) -> Any:
            if not torch.compiler.is_compiling() and torch.isinf(x).any():
                raise ValueError("infinite")
            return self.layer(x)

    bundle, report = converted(Wary(), rows)
    assert report.passed
    assert "NaN" in [case.name for case in bundle.cases()]
    assert [note for note in report.notes if "refuses a call" in note] == [
        "the original refuses a call that was tried (infinity): infinite"
    ]
