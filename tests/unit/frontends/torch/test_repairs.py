"""What the exporter writes for logarithms of sigmoids and for group normalization; ours is as exact as torch."""

from typing import Any

import numpy as np
import onnx_ir as ir
import pytest

from modelport.frontends.torch.repairs import group_normalization, log_sigmoid
from modelport.ir.graph_proto import to_bytes
from modelport.ir.session import open_session, run


def _value(name: str, *shape: int | str) -> ir.Value:
    return ir.Value(name=name, type=ir.TensorType(ir.DataType.FLOAT), shape=ir.Shape(shape))


def _model(inputs: list[ir.Value], nodes: list[ir.Node]) -> ir.Model:
    return ir.Model(ir.Graph(inputs, nodes[-1].outputs, nodes=nodes, opset_imports={"": 21}, name="one"), ir_version=10)


def _run(model: ir.Model, **feeds: Any) -> Any:
    return run(open_session(to_bytes(model)), feeds, ["y"])["y"]


def test_log_of_a_sigmoid() -> None:
    import torch

    x, between, y = _value("x", "N"), _value("between", "N"), _value("y", "N")
    model = _model([x], [ir.Node("", "Sigmoid", [x], outputs=[between]), ir.Node("", "Log", [between], outputs=[y])])
    given = np.array([-1e4, -200, -50, -1, 0, 1, 20, 1e4, np.nan, np.inf, -np.inf], dtype=np.float32)
    expected = torch.nn.functional.logsigmoid(torch.tensor(given)).numpy()
    assert _run(model, x=given)[0] == -np.inf  # the fault is there
    assert log_sigmoid.REPAIR.apply(model) == 1
    assert _run(model, x=given) == pytest.approx(expected, rel=1e-6, nan_ok=True)
    assert log_sigmoid.REPAIR.apply(model) == 0


@pytest.mark.parametrize("spatial", [(), (5,), ("height", 3)])
def test_values_that_lie_close_together(spatial: tuple[int | str, ...]) -> None:
    import torch

    x, scale, bias, y = (
        _value("x", "N", 4, *spatial),
        _value("scale", 4),
        _value("bias", 4),
        _value("y", "N", 4, *spatial),
    )
    told = ir.convenience.convert_attributes({"num_groups": 2, "epsilon": 1e-5})
    model = _model([x, scale, bias], [ir.Node("", "GroupNormalization", [x, scale, bias], told, outputs=[y])])
    rng = np.random.default_rng(0)
    shape = [2 if isinstance(n, str) else n for n in spatial]
    feeds = {
        "x": 1.3 + 0.01 * rng.normal(size=(50, 4, *shape)),
        "scale": rng.normal(size=4),
        "bias": rng.normal(size=4),
    }
    feeds = {name: value.astype(np.float32) for name, value in feeds.items()}
    exact = torch.nn.functional.group_norm(
        *(torch.tensor(feeds["x"]).double(), 2), *(torch.tensor(feeds[n]).double() for n in ("scale", "bias"))
    ).numpy()
    assert np.abs(_run(model, **feeds) - exact).max() > 1e-3  # the fault is there
    assert group_normalization.REPAIR.apply(model) == 1
    assert np.abs(_run(model, **feeds) - exact).max() < 1e-4
    assert group_normalization.REPAIR.apply(model) == 0


def test_several_group_normalizations_in_one_net(converted: Any) -> None:
    import torch

    torch.manual_seed(2)
    layers = [torch.nn.Conv1d(2, 4, 1), *(torch.nn.GroupNorm(2, 4) for _ in range(4))]
    given = np.random.default_rng(2).normal(size=(3, 2, 5)).astype(np.float32)
    assert converted(torch.nn.Sequential(*layers), given)[1].passed
