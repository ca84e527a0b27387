"""TorchScript: loops and branches are kept, structures have names, a further way is told, and what touches files is refused."""

import warnings
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pytest

from modelport.errors import ParityError, SampleError, UnsupportedModelError, UntrustedModelError
from modelport.frontends.torch.script import convert as front_end
from modelport.frontends.torch.script import patience
from modelport.runtime import load


def _script(make: Any) -> Any:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(make())


def _saved(module: Any, path: Path) -> str:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(module, str(path))
    return str(path)


def test_a_loop_and_a_branch_over_values(rows: Any, tmp_path: Path, converted: Any) -> None:
    import torch

    class Halving(torch.nn.Module):
        def forward(self, x: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
            for _ in range(int(times.item())):
                x = x / 2 if x.sum() > 0 else x + 1
            return x

    script = _script(Halving)
    path = _saved(script, tmp_path / "m.pt")
    sample = {"x": rows, "times": np.array(3)}
    bundle, report = converted(path, sample, dynamic=("fixed", "x:0=batch"))
    assert report.passed
    for times in (0, 5):
        given = {"x": np.abs(rows[:1]), "times": np.array(times)}
        expected = script(torch.from_numpy(given["x"]), torch.tensor(times)).numpy()
        assert load(bundle).predict(given)["output"] == pytest.approx(expected)


def test_a_loop_that_comes_to_no_end(rows: Any, converted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(patience, "_LEAST_S", 3.0)

    class Endless(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            while bool((x.abs() > 1).any()):  # an infinity stays one
                x = x / 2
            return x

    _, report = converted(_script(Endless), rows)
    assert report.passed
    assert any("it came to no end within" in note for note in report.notes)


def test_structures_and_what_is_left_out(rows: Any, converted: Any) -> None:
    import torch

    class Structured(torch.nn.Module):
        def forward(
            self,
            x: torch.Tensor,
            mask: Optional[torch.Tensor] = None,  # noqa: UP045
            scale: float = 3.0,
        ) -> tuple[dict[str, torch.Tensor], list[torch.Tensor]]:
            if mask is not None:
                x = x * mask
            return {"a": x * scale, "b": x + 1}, [x - 1]

    bundle, report = converted(_script(Structured), {"x": rows})
    assert report.passed
    assert [tensor.name for tensor in bundle.contract.inputs] == ["x"]
    assert [output.name for output in bundle.contract.outputs] == ["output_0_a", "output_0_b", "output_1_0"]
    assert bundle.contract.outputs[0].shape == ("batch", 6)


def test_what_a_trace_has_fixed_is_its_own_answer(rows: Any, tmp_path: Path, converted: Any) -> None:
    import torch

    class Branch(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x * 2 if x.sum() > 0 else x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(Branch(), torch.from_numpy(np.abs(rows)))
    bundle, report = converted(_saved(traced, tmp_path / "m.pt"), rows)
    assert report.passed
    assert load(bundle).predict(-np.abs(rows))["output"] == pytest.approx(-2 * np.abs(rows))


def test_a_further_way_is_told(rows: Any, converted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def ends(*_: Any) -> Any:
        raise UnsupportedModelError("no such operator", where="here", fix="write it otherwise")

    monkeypatch.setattr(front_end, "export_script", ends)
    _, report = converted(_script(lambda: torch.nn.Sequential(torch.nn.Linear(6, 3), torch.nn.ReLU())), rows)
    assert report.passed
    assert report.notes[-2:] == (
        "torch's exporter of TorchScript ends: no such operator",
        "so the way by an exported program was taken",
    )


def test_the_first_wrong_layer_is_named(net: Any, rows: Any, converted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnx_ir as ir

    honest = front_end.export_script

    def spoiled(*arguments: Any) -> Any:
        model = honest(*arguments)
        for value in model.graph.initializers.values():
            if list(value.shape) == [3, 8]:
                value.const_value = ir.tensor(value.const_value.numpy() + np.float32(0.01), name=value.name)
        return model

    def ends(*_: Any) -> Any:
        raise UnsupportedModelError("no way", where="here", fix="none")

    monkeypatch.setattr(front_end, "export_script", spoiled)
    monkeypatch.setattr(front_end, "export_program", ends)
    with pytest.raises(ParityError, match="the first layer that differs is '2'"):
        converted(_script(lambda: net), rows)


def test_code_that_touches_files_is_not_run(rows: Any, tmp_path: Path, converted: Any) -> None:
    import torch

    class Writing(torch.nn.Module):
        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            torch.save(x, self.path)
            return x

    target = tmp_path / "written"
    path = _saved(_script(lambda: Writing(str(target))), tmp_path / "m.pt")
    with pytest.raises(UntrustedModelError, match=r"reads or writes files: torch\.save"):
        converted(path, rows)
    assert not target.exists()


def test_operators_that_are_not_installed_are_named(tmp_path: Path, rows: Any, converted: Any) -> None:
    import torch

    with torch.library._scoped_library("modelport_test", "DEF") as library:
        for name in ("first", "second"):
            library.define(f"{name}(Tensor x) -> Tensor")
            library.impl(name, lambda x: x + 1, "CPU")

        class Custom(torch.nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return torch.ops.modelport_test.second(torch.ops.modelport_test.first(x))

        path = _saved(_script(Custom), tmp_path / "m.pt")
        with pytest.raises(UnsupportedModelError, match=r"2 operator.*modelport_test::first, modelport_test::second"):
            converted(path, rows)
    with pytest.raises(UnsupportedModelError, match="not installed: modelport_test::first, modelport_test::second"):
        converted(path, rows)


def test_a_script_without_a_sample(net: Any, converted: Any) -> None:
    with pytest.raises(SampleError, match=r"forward\(input\)"):
        converted(_script(lambda: net))
