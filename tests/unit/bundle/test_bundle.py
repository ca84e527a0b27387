"""A bundle is sealed, deterministic, atomic and private; one that was changed is refused."""

import shutil
import stat
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from modelport.bundle.reader import open_bundle
from modelport.bundle.seal import sha256
from modelport.bundle.writer import write_tree
from modelport.errors import NotABundleError, OutputError, PathError, TamperedBundleError
from modelport.options import Options
from modelport.pipeline import convert


@pytest.fixture(scope="module")
def bundle(made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = made("tree")
    path = tmp_path_factory.mktemp("sealed") / "tree"
    convert(case.model, case.rows, path, Options(response="species", targets=()))
    return path


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    shutil.copytree(bundle, tmp_path / "copy")
    return tmp_path / "copy"


def test_the_same_input_gives_the_same_bytes(bundle: Path, made, tmp_path: Path) -> None:
    case = made("tree")
    convert(case.model, case.rows, tmp_path / "tree", Options(response="species", targets=()))
    first, second = open_bundle(bundle), open_bundle(tmp_path / "tree")
    assert dict(first.files) == dict(second.files)


@pytest.mark.parametrize("path", ["model.onnx", "contract.json", "forest.bin", "vectors/status.npy", "MLmodel"])
def test_a_changed_file_is_refused(copy: Path, path: str) -> None:
    data = bytearray((copy / path).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / path).write_bytes(bytes(data))
    with pytest.raises(TamperedBundleError, match=f"{path} changed") as err:
        open_bundle(copy)
    assert err.value.exit_code == 4


def test_missing_and_added_files_are_named_together(copy: Path) -> None:
    (copy / "MLmodel").unlink()
    (copy / "extra.txt").write_text("x")
    with pytest.raises(TamperedBundleError, match=r"MLmodel missing; extra.txt added"):
        open_bundle(copy)


def test_a_changed_manifest_is_refused_even_when_it_fits_the_files(copy: Path) -> None:
    (copy / "MLmodel").write_bytes(b"other")
    manifest = msgspec.json.decode((copy / "manifest.json").read_bytes())
    manifest["files"]["MLmodel"] |= {"sha256": sha256(b"other"), "size": 5}
    (copy / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    with pytest.raises(TamperedBundleError, match=r"manifest\.json changed"):
        open_bundle(copy)


def test_evidence_may_be_renewed(copy: Path) -> None:
    (copy / "evidence" / "report.json").write_text("{}")
    assert open_bundle(copy).model_id


def test_a_zip_reads_like_the_folder(bundle: Path, tmp_path: Path) -> None:
    first = open_bundle(bundle)
    write_tree(dict(first.files), tmp_path / "bundle.zip")
    assert dict(open_bundle(tmp_path / "bundle.zip").files) == dict(first.files)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotABundleError):
        open_bundle(tmp_path)
    with pytest.raises(PathError, match="absent"):
        open_bundle(tmp_path / "absent")
    (tmp_path / "manifest.json").write_text('{"bundle_version": 99}')
    with pytest.raises(NotABundleError, match="99") as err:
        open_bundle(tmp_path)
    assert "newer modelport" in err.value.fix


def test_the_bundle_is_private_and_says_nothing_of_the_machine(bundle: Path) -> None:
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o700
    opened = open_bundle(bundle)
    for name in opened.files:
        assert str(Path.home()).encode() not in opened.files[name] or str(Path.home()) == "/"
        assert b"/tmp/" not in opened.files[name]


def test_vectors_hold_no_sample_row(bundle: Path, made) -> None:
    opened = open_bundle(bundle)
    vectors = opened.vectors()
    assert set(np.unique(vectors.origin)) == {0, 1}
    columns = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    own = {tuple(row) for row in made("tree").rows[columns].dropna().itertuples(index=False)}
    shipped = set(zip(*(vectors.rows.columns[c].values.tolist() for c in columns), strict=True))
    assert not own & shipped


def test_the_sample_travels_only_on_request_and_redacted(made, tmp_path: Path) -> None:
    case = made("tree")
    options = Options(response="species", targets=(), ship_sample=True, redact=("bill_length_mm",))
    bundle, report = convert(case.model, case.rows, tmp_path / "t", options)
    vectors = bundle.vectors()
    sample = vectors.take(vectors.origin == 2)
    assert len(sample) == len(case.rows)
    np.testing.assert_array_equal(sample.rows.columns["bill_depth_mm"].values, case.rows["bill_depth_mm"])
    assert not np.array_equal(sample.rows.columns["bill_length_mm"].values, case.rows["bill_length_mm"])
    assert any("warning" in note and "bill_length_mm" in note for note in report.notes)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_tree({"a": b"1", "a/b": b"2"}, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "there").mkdir()
    with pytest.raises(OutputError, match="exists"):
        write_tree({"a": b"1"}, tmp_path / "there")


def test_the_evidence_shows_no_sample_row(made, tmp_path: Path) -> None:
    """A dot product deviates a little in some row; when that is the caller's own, it is not shown."""
    case = made("logistic-regression")
    bundle, report = convert(case.model, case.rows, tmp_path / "l", Options(response="species", targets=()))
    worst = report.targets["python-ort"].worst
    assert worst is None or worst.row < len(bundle.vectors())
    text = bundle.files["evidence/report.json"].decode()
    for value in case.rows["body_mass_g"].dropna().unique()[:1]:
        assert f'"body_mass_g": {value}' not in text
