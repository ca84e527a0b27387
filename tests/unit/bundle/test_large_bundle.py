"""Bundles with weights beside the graph: the same bytes each time, sealed, atomic, and taken by every command."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from typer.testing import CliRunner

import modelport
from modelport.bundle.large import FileOnDisk, ZipMember
from modelport.bundle.reader import open_bundle
from modelport.bundle.session import place_model
from modelport.bundle.writer import write_tree
from modelport.cli._app import app
from modelport.errors import OutputError, TamperedBundleError
from modelport.options import Options
from modelport.pipeline import convert
from tests.tied_net import tied_net

IDS = np.random.default_rng(0).integers(0, 50, size=(3, 4))
DATA = "model.onnx.data"


@pytest.fixture(scope="module")
def tied() -> Any:
    """A language model with one table for both ends."""
    return tied_net(32)


@pytest.fixture(scope="module")
def bundle(tied: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "net"
    _converted(tied, path)
    return path


def _converted(module: Any, path: Path, *, external: bool = True) -> Any:
    return convert(module, {"ids": IDS}, path, Options(name="net", targets=(), external_weights=external))


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle, tmp_path / "copy"))


def test_the_graph_is_small_and_names_the_file(bundle: Path, tied: Any) -> None:
    opened = open_bundle(bundle)
    entry = opened.manifest.files[DATA]
    assert (entry.role, entry.size) == ("weights", (bundle / DATA).stat().st_size)
    assert DATA not in opened.files
    assert isinstance(opened.large[DATA], FileOnDisk)
    assert opened.manifest.runtime.prepacking is False
    onnx.checker.check_model(str(bundle / "model.onnx"), full_check=True)


def test_predictions_are_those_of_the_whole_model(bundle: Path, tied: Any, tmp_path: Path) -> None:
    _converted(tied, tmp_path / "whole", external=False)
    assert not (tmp_path / "whole" / DATA).exists()
    assert open_bundle(tmp_path / "whole").manifest.runtime.prepacking is not False
    answers = [modelport.load(path).predict({"ids": IDS})["output"] for path in (bundle, tmp_path / "whole")]
    assert np.allclose(*answers, rtol=1e-6)


def test_same_input_same_bytes(bundle: Path, tied: Any, tmp_path: Path) -> None:
    _converted(tied, tmp_path / "again")
    for path in sorted(p for p in bundle.rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(bundle)).read_bytes(), path


def test_a_zip_reads_like_the_folder(bundle: Path, tied: Any, tmp_path: Path) -> None:
    _converted(tied, tmp_path / "net.zip")
    zipped, folder = open_bundle(tmp_path / "net.zip"), open_bundle(bundle)
    assert zipped.manifest.files == folder.manifest.files
    assert isinstance(zipped.large[DATA], ZipMember)
    assert b"".join(zipped.large[DATA].pieces()) == (bundle / DATA).read_bytes()
    answers = [modelport.load(one).predict({"ids": IDS})["output"] for one in (zipped, folder)]
    assert np.array_equal(*answers)
    assert modelport.verify(zipped).passed
    place = tmp_path / "place"
    place.mkdir()
    place_model(zipped, place)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == {
        name: (bundle / name).read_bytes() for name in ("model.onnx", DATA)
    }


def test_a_changed_number_is_found(copy: Path) -> None:
    with (copy / DATA).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff")
    with pytest.raises(TamperedBundleError, match=r"model\.onnx\.data changed"):
        open_bundle(copy)
    (copy / DATA).unlink()
    with pytest.raises(TamperedBundleError, match=r"model\.onnx\.data missing"):
        open_bundle(copy)


@pytest.mark.parametrize("name", ["net", "net.zip"])
def test_nothing_half_written_is_left(name: str, bundle: Path, tmp_path: Path) -> None:
    class Failing:
        size = 8

        def pieces(self) -> Iterator[bytes]:
            yield b"1234"
            raise OSError(28, os.strerror(28))

    with pytest.raises(OutputError, match="No space left"):
        write_tree(dict(open_bundle(bundle).files), tmp_path / name, large={DATA: Failing()})
    assert not list(tmp_path.iterdir())


def _run(*arguments: Any) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_commands(bundle: Path, tied: Any, tmp_path: Path) -> None:
    import torch

    np.savez(tmp_path / "ids.npz", ids=IDS)
    assert "passed" in _run("verify", bundle, "--targets", "python-ort")
    assert "weights" in _run("inspect", bundle)
    _run("predict", bundle, tmp_path / "ids.npz", "-o", tmp_path / "out.npz")
    with torch.no_grad():
        wanted = tied(torch.tensor(IDS)).numpy()
    assert np.allclose(np.load(tmp_path / "out.npz")["output"], wanted, rtol=1e-5)
    _converted(tied, tmp_path / "whole", external=False)
    assert "output: differs by at most" in _run("diff", bundle, tmp_path / "whole")
