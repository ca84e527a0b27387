"""Each kind of file that Keras and TensorFlow write is told by its bytes, converts, and runs no code."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from modelport.errors import ModelFileError, UnknownModelError, UnsupportedModelError
from modelport.frontends.tensorflow.files import kind_of
from modelport.runtime import load


@pytest.mark.parametrize(
    ("name", "kind"), [("keras", "keras"), ("h5", "h5"), ("savedmodel", "savedmodel"), ("weights", "h5")]
)
def test_kind_is_told_by_bytes(name: str, kind: str, saved: dict[str, Path]) -> None:
    assert kind_of(saved[name]) == kind


def test_other_files_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("tree\nversion=v4")
    with zipfile.ZipFile(tmp_path / "b", "w") as archive:
        archive.writestr("schema.json", "{}")
    assert kind_of(tmp_path / "a") is None
    assert kind_of(tmp_path / "b") is None
    assert kind_of(tmp_path) is None


@pytest.mark.parametrize("name", ["keras", "h5", "savedmodel"])
def test_files_convert(name: str, net: Any, rows: Any, saved: dict[str, Path], converted: Any) -> None:
    bundle, report = converted(str(saved[name]))
    assert report.passed
    assert any("no sample was given" in note for note in report.notes)
    assert [(one.name, one.shape) for one in bundle.contract.inputs] == [("x", ("batch", 6))]
    output = "output_0" if name == "savedmodel" else "scores"
    assert [(one.name, one.shape) for one in bundle.contract.outputs] == [(output, ("batch", 3))]
    assert load(bundle).predict(rows)[output] == pytest.approx(net(rows).numpy(), rel=1e-5, abs=1e-6)


def test_a_folder_without_a_saved_model(tmp_path: Path, converted: Any) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnknownModelError, match="is a folder without a SavedModel"):
        converted(str(tmp_path / "folder"))


@pytest.mark.parametrize("name", ["keras", "h5"])
def test_a_truncated_file(name: str, saved: dict[str, Path], tmp_path: Path, converted: Any) -> None:
    data = saved[name].read_bytes()
    (tmp_path / "cut").write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelFileError, match="cut cannot be read"):
        converted(str(tmp_path / "cut"))


def test_weights_need_their_model(rows: Any, saved: dict[str, Path], converted: Any) -> None:
    with pytest.raises(UnsupportedModelError, match="it holds weights without their model"):
        converted(str(saved["weights"]), rows)
