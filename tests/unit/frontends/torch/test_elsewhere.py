"""--python: the net is loaded, exported and asked in another interpreter, and the bundle is the one that is made here."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelport.errors import (
    ConfigError,
    MissingPackageError,
    ModelFileError,
    UnsupportedModelError,
    UntrustedModelError,
)
from modelport.options import Options
from modelport.pipeline import convert

_NET = """
from torch import nn

class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.out = nn.Embedding(20, 8), nn.Linear(8, 5)

    def forward(self, words, weight):
        scores = self.out(self.embed(words)) * weight.unsqueeze(-1)
        return {"scores": scores, "best": scores.argmax(-1)}

class Narrow(Tagger):
    def forward(self, words, weight):
        return super().forward(words, weight) if words.sum() > 0 else {}
"""


@pytest.fixture
def sample() -> Any:
    rng = np.random.default_rng(3)
    return {"words": rng.integers(0, 20, (3, 6)), "weight": rng.random((3, 6), dtype=np.float32)}


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state_dict, whose class stands in a file in the folder where the command is given."""
    import torch

    (tmp_path / "nets_elsewhere.py").write_text(_NET)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    from nets_elsewhere import Tagger  # type: ignore[import-not-found]

    torch.manual_seed(1)
    torch.save(Tagger().state_dict(), tmp_path / "weights.pt")
    return tmp_path / "weights.pt"


def _options(**given: Any) -> Options:
    return Options(targets=(), python=sys.executable, **given)


def test_a_program(net: Any, rows: Any, tmp_path: Path) -> None:
    import torch

    program = torch.export.export(net, (torch.tensor(rows),), dynamic_shapes=({0: torch.export.Dim("batch")},))
    torch.export.save(program, tmp_path / "net.pt2")
    there, report = convert(tmp_path / "net.pt2", None, tmp_path / "there" / "net", _options())
    here, _ = convert(tmp_path / "net.pt2", None, tmp_path / "here" / "net", Options(targets=()))
    assert report.passed
    assert any(f"asked by torch {torch.__version__.partition('+')[0]}" in note for note in report.notes)
    for name in ("model.onnx", "contract.json"):
        assert there.files[name] == here.files[name]


def test_weights_with_their_source_there(weights: Path, sample: Any, tmp_path: Path) -> None:
    wanted = {"module": "nets_elsewhere:Tagger", "dynamic": ("words:1=length", "weight:1=length")}
    there, report = convert(weights, sample, tmp_path / "there" / "net", _options(**wanted))
    here, _ = convert(weights, sample, tmp_path / "here" / "net", Options(targets=(), **wanted))
    assert report.passed
    assert there.files["contract.json"] == here.files["contract.json"]
    assert there.contract.inputs[0].shape == ("batch", "length")
    assert [output.name for output in there.contract.outputs] == ["scores", "best"]


def test_what_is_wrong_there_is_told_here(weights: Path, sample: Any, tmp_path: Path) -> None:
    out = tmp_path / "net"
    with pytest.raises(ConfigError, match="there is no 'none' in nets_elsewhere"):
        convert(weights, sample, out, _options(module="nets_elsewhere:none"))
    with pytest.raises(UnsupportedModelError, match=r"data-dependent .*nets_elsewhere\.py"):
        convert(weights, sample, out, _options(module="nets_elsewhere:Narrow"))


def test_files_run_nothing_there(tmp_path: Path) -> None:
    import torch

    torch.save({"a": pytest.Item}, tmp_path / "a.pt")
    with pytest.raises(UntrustedModelError, match="outside the allow list"):
        convert(tmp_path / "a.pt", None, tmp_path / "net", _options())
    # Zip files of torch hold their pickle as it is, after its name.
    (tmp_path / "b.pt").write_bytes((tmp_path / "a.pt").read_bytes().replace(b"\x80\x02", b"\0\0"))
    with pytest.raises(ModelFileError, match="torch cannot read"):
        convert(tmp_path / "b.pt", None, tmp_path / "net", _options())


def test_an_interpreter_without_torch(tmp_path: Path, weights: Path) -> None:
    import venv

    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / "bin" / "python"
    with pytest.raises(
        MissingPackageError, match=r"needs numpy .* torch 2\.6 or later, which is not there; onnx"
    ) as caught:
        convert(weights, None, tmp_path / "net", Options(targets=(), python=str(python)))
    assert f"{python} -m pip install 'numpy>=" in caught.value.fix
