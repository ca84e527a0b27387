"""generate and build, as a team runs them: other names for the same model, and files that its builds can take."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from modelport.bundle.reader import open_bundle
from modelport.toolchains.cmake import CMake
from modelport.toolchains.maven import Maven


def _modelport(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelport", *map(str, arguments)],
        env=variables or None,
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_team_gets_the_same_model_under_its_names(demo: Path, tmp_path: Path) -> None:
    done = _modelport(
        "generate", demo, "--java-package", "org.other.birds", "--java-group", "org.other",
        "--cpp-namespace", "other::birds", "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    files = {p.relative_to(tmp_path / "out"): p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    everything = b"".join(files.values())
    assert b"com.acme" not in everything and b"acme::" not in everything
    model = files[Path("java/src/main/java/org/other/birds/PenguinsModel.java")].decode()
    header = files[Path("cpp/include/penguins/penguins.hpp")].decode()
    assert "<groupId>org.other</groupId>" in files[Path("java/pom.xml")].decode()
    assert "namespace other::birds" in header
    bundle = open_bundle(demo)
    assert bundle.model_id in model and bundle.model_id in header
    assert files[Path("cpp/model/model.onnx")] == bundle.files["model.onnx"]


@pytest.mark.java
@pytest.mark.cpp
@pytest.mark.slow
def test_build_gives_a_jar_and_an_install_prefix(maven: Maven, cmake: CMake, demo: Path, tmp_path: Path) -> None:
    before = {p: p.read_bytes() for p in demo.rglob("*") if p.is_file()}
    done = _modelport("build", demo, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    assert sorted(p.name for p in (out / "java").iterdir()) == ["penguins-1.0.0.jar", "pom.xml"]
    with zipfile.ZipFile(out / "java/penguins-1.0.0.jar") as jar:
        assert {"com/acme/penguins/PenguinsModel.class", "com/acme/penguins/model.onnx"} <= set(jar.namelist())
    found = {p.name for p in (out / "cpp").rglob("*")}
    assert {"penguins.hpp", "penguinsConfig.cmake", "penguinsConfigVersion.cmake", "libpenguins.a"} <= found
    # Builds run in copies: the bundle is as it was sealed.
    assert {p: p.read_bytes() for p in demo.rglob("*") if p.is_file()} == before
    again = _modelport("build", demo, "-o", out)
    assert again.returncode == 2 and again.stderr.startswith("MP004")


def test_build_without_tools_leaves_nothing(demo: Path, tmp_path: Path) -> None:
    done = _modelport("build", demo, "-o", tmp_path / "out", PATH="/nowhere", HOME=str(tmp_path))
    assert done.returncode == 5
    assert "MP502" in done.stderr and "Maven" in done.stderr
    assert not (tmp_path / "out").exists()
