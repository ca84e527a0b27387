"""Modules in half precision: stored as they are, computed in float32, and within the rounding of the half of what torch says."""

from typing import Any

import numpy as np
import onnx
import pytest

from modelport.errors import ParityError
from modelport.frontends.torch import source as front_end
from modelport.ir.session import open_session
from modelport.runtime import load

# Half a unit in the last place of 1, and what the contract calls inputs of that type.
KINDS = {"float16": (2.0**-11, "float16", np.float16), "bfloat16": (2.0**-8, "float", np.float32)}


@pytest.fixture(scope="module")
def tagger() -> Any:
    """A table, attention, a recurrent layer, norms, a mask: what differs between halves and float32."""
    import torch

    class Tagger(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(40, 64)
            self.attention = torch.nn.MultiheadAttention(64, 4, batch_first=True)
            self.norm = torch.nn.LayerNorm(64)
            self.lstm = torch.nn.LSTM(64, 12, batch_first=True)
            self.head = torch.nn.Linear(12, 5)

        def forward(self, ids: Any, x: Any) -> Any:
            h = self.table(ids) + x
            h = self.norm(h + self.attention(h, h, h, need_weights=False)[0])
            h, _ = self.lstm(torch.nn.functional.gelu(h))
            scores = self.head(h)
            return {"scores": scores, "tags": scores.argmax(-1), "sums": scores.cumsum(1)}

    torch.manual_seed(3)
    return Tagger().eval()


def _sample(kind: str) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    return {
        "ids": rng.integers(0, 40, size=(3, 6)),
        "x": rng.normal(size=(3, 6, 64)).astype(KINDS[kind][2]),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_module_of_halves(kind: str, tagger: Any, converted: Any) -> None:
    import copy

    import torch

    unit, element, dtype = KINDS[kind]
    module, sample = copy.deepcopy(tagger).to(getattr(torch, kind)), _sample(kind)
    bundle, report = converted(module, sample)
    assert report.passed
    assert [tensor.element for tensor in bundle.contract.inputs] == ["int64", element]
    assert bundle.contract.output("scores").dtype == np.dtype(dtype).name
    assert "half precision" in bundle.contract.output("scores").bound.reason
    given = load(bundle).predict(sample)
    with torch.no_grad():
        wanted = module(torch.tensor(sample["ids"]), torch.tensor(sample["x"]).to(getattr(torch, kind)))
    for name in ("scores", "sums"):
        assert given[name].dtype == dtype
        assert np.abs(given[name] - wanted[name].float().numpy()).max() < 40 * unit
    # The bound is that of the half's rounding: no narrower than its unit, and no excuse for a wrong layer.
    plain = next(case for case in bundle.cases() if case.name == "batch of 2").answers["scores"]
    assert unit < plain.bound.max() / np.abs(plain.expected.astype(np.float64)).max() < 60 * unit


@pytest.mark.parametrize("kind", KINDS)
def test_weights_stay_as_they_are_stored(kind: str, tagger: Any, converted: Any) -> None:
    import copy

    import torch

    bundle, _ = converted(copy.deepcopy(tagger).to(getattr(torch, kind)), _sample(kind))
    graph = onnx.ModelProto.FromString(bundle.files["model.onnx"]).graph
    wanted = onnx.TensorProto.FLOAT16 if kind == "float16" else onnx.TensorProto.BFLOAT16
    large = [tensor for tensor in graph.initializer if np.prod(tensor.dims) > 4096]
    assert large
    assert {tensor.data_type for tensor in large} == {wanted}
    # A table is looked up before anything of it is widened.
    (table,) = [tensor.name for tensor in large if list(tensor.dims) == [40, 64]] or ["table.weight"]
    assert not any(node.op_type == "Cast" and table in node.input for node in graph.node)


def test_floats_are_given_to_a_module_of_bfloat16(rows: Any, net: Any, converted: Any) -> None:
    import copy

    import torch

    module = copy.deepcopy(net).bfloat16()
    bundle, report = converted(module, rows)
    assert report.passed
    # Numbers that bfloat16 does not have are rounded as torch rounds them.
    odd = np.array([[1.00390625, -3.0009, 65504.7, 1e-40, 0.1, -0.0]], dtype=np.float32)
    with torch.no_grad():
        wanted = module(torch.tensor(odd).bfloat16()).float().numpy()
    assert np.allclose(load(bundle).predict(odd)["output"], wanted, rtol=2.0**-7, atol=0)


def test_the_rounding_of_inputs_is_torchs(converted: Any) -> None:
    import torch

    class Same(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.cat([x, x], dim=-1)

    x = torch.tensor(np.random.default_rng(0).normal(size=(64, 9)).astype(np.float32) * 1e3)
    bundle, _ = converted(Same(), x[:2].bfloat16())
    given = load(bundle).predict(x.numpy())["output"]
    assert np.array_equal(given[:, :9], x.bfloat16().float().numpy())
    assert bundle.contract.outputs[0].bound.kind == "exact"


def test_a_sum_beyond_halves_is_infinite_as_in_torch(converted: Any) -> None:
    import torch

    class Doubled(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return (x + x) / 2

    bundle, report = converted(Doubled(), np.ones((2, 3), dtype=np.float16))
    assert report.passed
    assert np.isinf(load(bundle).predict(np.full((1, 3), 60000, dtype=np.float16))["output"]).all()


def test_a_wrong_weight_fails_the_proof(net: Any, rows: Any, converted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import copy

    import onnx_ir as ir

    honest = front_end.export

    def export(*arguments: Any) -> Any:
        exported = honest(*arguments)
        for value in exported.model.graph.initializers.values():
            if value.const_value is not None and list(value.const_value.shape) == [3, 8]:
                value.const_value = ir.tensor((value.const_value.numpy() * 1.2).astype(np.float16), name=value.name)
        return exported

    monkeypatch.setattr(front_end, "export", export)
    with pytest.raises(ParityError, match="the first layer that differs is '2'"):
        converted(copy.deepcopy(net).half(), rows.astype(np.float16))


def test_every_node_has_a_kernel(tagger: Any, converted: Any) -> None:
    """Not by onnxruntime's own casts, which differ between releases: nothing but Cast and lookups sees a half."""
    import copy

    bundle, _ = converted(copy.deepcopy(tagger).bfloat16(), _sample("bfloat16"))
    model = onnx.shape_inference.infer_shapes(onnx.ModelProto.FromString(bundle.files["model.onnx"]))
    kinds = {info.name: info.type.tensor_type.elem_type for info in [*model.graph.value_info, *model.graph.input]}
    kinds |= {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    for node in model.graph.node:
        if any(kinds.get(name) == onnx.TensorProto.BFLOAT16 for name in node.input):
            assert node.op_type in ("Cast", "Gather")
    open_session(bundle.files["model.onnx"])
