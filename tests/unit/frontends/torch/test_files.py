"""Each kind of file that torch writes is told by its bytes, and none of them runs code."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from modelport.errors import ConfigError, ModelFileError, UnsupportedModelError, UntrustedModelError
from modelport.frontends.torch.files import kind_of
from modelport.runtime import load


def _write(kind: str, path: Path, net: Any, rows: Any) -> Path:
    import safetensors.torch
    import torch

    tensor = torch.tensor(rows)
    match kind:
        case "pt2":
            batch = {0: torch.export.Dim("batch")}
            torch.export.save(torch.export.export(net, (tensor,), dynamic_shapes=(batch,)), path)
        case "torchscript":
            with pytest.warns(FutureWarning, match="deprecated"):
                torch.jit.save(torch.jit.trace(net, tensor), str(path))
        case "pickle":
            torch.save(net, path)
        case "legacy":
            torch.save(net, path, _use_new_zipfile_serialization=False)
        case "safetensors":
            safetensors.torch.save_file(net.state_dict(), path)
    return path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", ["pt2", "torchscript", "pickle", "legacy", "safetensors"])
def test_kind_is_told_by_bytes(kind: str, net: Any, rows: Any, tmp_path: Path) -> None:
    assert kind_of(_write(kind, tmp_path / "model.bin", net, rows)) == kind


def test_other_files_are_not_ours(tmp_path: Path) -> None:
    text = tmp_path / "a"
    text.write_text("tree\nversion=v4")
    with zipfile.ZipFile(tmp_path / "b", "w") as archive:
        archive.writestr("schema.json", "{}")
    assert kind_of(text) is None
    assert kind_of(tmp_path / "b") is None


@pytest.mark.parametrize("kind", ["pt2", "torchscript", "pickle"])
def test_module_files_convert(kind: str, net: Any, rows: Any, tmp_path: Path, converted: Any) -> None:
    import torch

    path = _write(kind, tmp_path / "model.pt", net, rows)
    bundle, report = converted(str(path), None if kind == "pt2" else rows)
    assert report.passed
    assert bundle.contract.inputs[0].shape == ("batch", 6)
    with torch.no_grad():
        expected = net(torch.tensor(rows)).numpy()
    assert load(bundle).predict(rows)["output"] == pytest.approx(expected, rel=1e-5)


def test_weights_need_their_class(net: Any, rows: Any, tmp_path: Path, converted: Any) -> None:
    path = _write("safetensors", tmp_path / "w.safetensors", net, rows)
    with pytest.raises(UnsupportedModelError, match=r"4 weights without their class: 0\.bias"):
        converted(str(path), rows)


def test_weights_with_a_factory(net: Any, rows: Any, tmp_path: Path, converted: Any, monkeypatch: Any) -> None:
    import torch

    (tmp_path / "factories_of_test.py").write_text(
        "from torch import nn\n"
        "def right(): return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))\n"
        "def wrong(): return nn.Sequential(nn.Linear(6, 9), nn.ReLU())\n"
        "def raises(): return open('no such file')\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "checkpoint.pt"
    torch.save({"epoch": 3, "state_dict": net.state_dict()}, path)
    with pytest.raises(
        UnsupportedModelError, match=r"has 2\.weight, 2\.bias too much; 0\.weight is \[8, 6\], not \[9, 6\]"
    ):
        converted(str(path), rows, module="factories_of_test:wrong")
    with pytest.raises(ConfigError, match="there is no 'none' in factories_of_test"):
        converted(str(path), rows, module="factories_of_test:none")
    (tmp_path / "broken_of_test.py").write_text("1 / 0\n")
    with pytest.raises(ConfigError, match="broken_of_test cannot be imported: ZeroDivisionError"):
        converted(str(path), rows, module="broken_of_test:make")
    with pytest.raises(
        ConfigError, match=r"factories_of_test:raises cannot be called: it raises FileNotFoundError: .*no such file"
    ):
        converted(str(path), rows, module="factories_of_test:raises")
    weights = {f"module.{name}": value for name, value in net.state_dict().items()}  # of a parallel module
    torch.save({"epoch": 3, "state_dict": weights}, path)
    assert converted(str(path), rows, module="factories_of_test:right")[1].passed


@pytest.mark.parametrize("kind", ["compiled", "parallel"])
def test_modules_around_the_module(kind: str, net: Any, rows: Any, converted: Any) -> None:
    import torch

    outer = torch.compile(net) if kind == "compiled" else torch.nn.DataParallel(net)
    bundle, report = converted(outer, rows)
    assert report.passed
    assert [one.name for one in bundle.contract.inputs] == ["input"]


class Foreign:
    """Stands for code that a file must not run."""


def test_foreign_classes_are_refused_by_name(tmp_path: Path, converted: Any) -> None:
    import torch

    path = tmp_path / "model.pt"
    torch.save({"a": Foreign()}, path)
    with pytest.raises(UntrustedModelError, match=r"1 type\(s\) outside the allow list: .*Foreign"):
        converted(str(path))


def test_a_damaged_file(net: Any, rows: Any, tmp_path: Path, converted: Any) -> None:
    path = _write("pt2", tmp_path / "m.pt2", net, rows)
    data = path.read_bytes()
    at = data.index(b"models/model.json") + 200
    path.write_bytes(data[:at] + b"\0" * 40 + data[at + 40 :])
    with pytest.raises(ModelFileError, match=r"torch cannot read m\.pt2"):
        converted(str(path))


def test_weights_are_taken_without_a_copy(net: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import copy

    import torch

    from modelport.frontends.torch import weights as of_weights

    given = {name: value.clone() + 1 for name, value in net.state_dict().items()}
    for kind, kept in ((torch.float32, True), (torch.float64, False)):
        made = copy.deepcopy(net).to(kind)
        monkeypatch.setattr(of_weights, "made_by", lambda *_, made=made: made)
        module = of_weights.with_weights(given, "nets:make", "weights")
        assert torch.equal(module[0].weight, given["0.weight"].to(kind))
        assert module[0].weight.dtype == kind
        assert (module[0].weight.data_ptr() == given["0.weight"].data_ptr()) == kept


def test_tied_weights_stay_tied(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from modelport.frontends.torch import weights as of_weights

    class Tied(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = torch.nn.Linear(3, 3, bias=False)
            self.b = torch.nn.Linear(3, 3, bias=False)
            self.b.weight = self.a.weight

    given = {"a.weight": torch.zeros(3, 3), "b.weight": torch.ones(3, 3)}
    usual = Tied()
    usual.load_state_dict(given)
    monkeypatch.setattr(of_weights, "made_by", lambda *_: Tied())
    module = of_weights.with_weights(given, "nets:make", "weights")
    assert module.a.weight is module.b.weight
    assert torch.equal(module.a.weight, usual.a.weight)
