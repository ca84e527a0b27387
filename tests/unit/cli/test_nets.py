"""The commands on bundles of nets: tensors in, tensors out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from modelport.cli._app import app
from modelport.options import Options
from modelport.pipeline import convert

X = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    import torch

    root = tmp_path_factory.mktemp("nets")
    for seed, name in enumerate(("old", "new")):
        torch.manual_seed(seed)
        convert(torch.nn.Linear(5, 2), {"input": X}, root / name, Options(name="net", targets=()))
    convert(torch.nn.Identity(), {"input": X}, root / "fixed", Options(targets=(), dynamic=("fixed",)))
    np.savez(root / "x.npz", input=X)
    np.savez(root / "y.npz", other=X)
    (root / "x.csv").write_text("a\n1\n")
    return {name: root / name for name in ("old", "new", "fixed", "x.npz", "y.npz", "x.csv")} | {"root": root}


def _run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=True)


def test_predict(bundles: dict[str, Path]) -> None:
    target = bundles["root"] / "answers.npz"
    done = _run("predict", bundles["old"], bundles["x.npz"], "-o", target)
    assert done.exit_code == 0, done.output
    assert np.load(target)["output"].shape == (3, 2)
    assert "output [3, 2]" in done.output


@pytest.mark.parametrize(
    ("rows", "target", "said"), [("x.csv", "a.npz", "no .npz"), ("x.npz", "a.csv", "let it end in")]
)
def test_predict_wants_npz(rows: str, target: str, said: str, bundles: dict[str, Path]) -> None:
    done = _run("predict", bundles["old"], bundles[rows], "-o", bundles["root"] / target)
    assert said in str(done.exception)
    assert not (bundles["root"] / target).exists()


def test_predict_names_the_input(bundles: dict[str, Path]) -> None:
    done = _run("predict", bundles["old"], bundles["y.npz"], "-o", bundles["root"] / "b.npz")
    assert "give what is called input" in str(done.exception)


def test_inspect_shows_shapes_and_axes(bundles: dict[str, Path]) -> None:
    done = _run("inspect", bundles["old"])
    assert "input: float [batch, 5]" in done.output
    assert "batch: 0 or more" in done.output
    assert "output: float32 [batch, 2]" in done.output
    assert "passes     none" in done.output


def test_diff_says_how_far_answers_move(bundles: dict[str, Path]) -> None:
    assert "same model" in _run("diff", bundles["old"], bundles["old"]).output
    assert "output: differs by at most" in _run("diff", bundles["old"], bundles["new"]).output


def test_diff_says_how_the_contract_moves(bundles: dict[str, Path]) -> None:
    said = _run("diff", bundles["old"], bundles["fixed"]).output
    assert "input 'input': float [batch, 5] → float [3, 5]" in said
    assert "axis 'batch': 0 or more → none" in said


def test_verify(bundles: dict[str, Path]) -> None:
    assert _run("verify", bundles["old"], "--targets", "python-ort").exit_code == 0
