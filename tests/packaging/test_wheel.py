"""The wheel and the source archive: what is in them, and that modelport works where only the wheel is."""

import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "converter",
    "bindings",
    "runtimes",
    "setup.cfg",
    "pyproject.toml",
    "MANIFEST.in",
    "README.md",
    "CHANGELOG.md",
)
BUILT = shutil.ignore_patterns("target", "build", "__pycache__", "*.egg-info", ".*")
STALE = ("converter/modelport/stale.py", "bindings/java/stale.txt", "runtimes/cpp/stale.txt")

pytestmark = pytest.mark.slow


def _run(*command: str | Path, cwd: Path) -> str:
    """Runs a command that sees neither this checkout nor a PYTHONPATH."""
    done = subprocess.run(
        command, cwd=cwd, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, as a fresh clone holds them."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in (*SOURCES, "LICENSE"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=BUILT)
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheels(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two wheels built one after the other in one checkout; the second after some files were deleted."""
    made: list[Path] = []
    for name in STALE:
        (checkout / name).write_text('"""Deleted before the second build."""\n')
    for order in ("first", "second"):
        out = tmp_path_factory.mktemp(order)
        _run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", out, ".", cwd=checkout)
        made += out.glob("*.whl")
        for name in STALE:
            (checkout / name).unlink(missing_ok=True)
    first, second = made
    return first, second


@pytest.fixture(scope="module")
def wheel(wheels: tuple[Path, Path]) -> Path:
    return wheels[1]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The bin folder of a fresh environment that holds the wheel; what modelport needs is lent by this one."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "-q", wheel, cwd=home)
    site = next(home.glob("lib/python*/site-packages"))
    # A path line only adds this folder: the .pth files in it, the one of an editable modelport too, are not read.
    (site / "lent.pth").write_text(f"{Path(numpy.__file__).parents[1]}\n")
    yield home / "bin"


def test_one_top_level_package(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in _names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"modelport"}
    assert len(tops) == 2


def test_everything_is_inside(wheel: Path, checkout: Path) -> None:
    names = _names(wheel)
    for tree in ("bindings", "runtimes"):
        files = {p.relative_to(checkout).as_posix() for p in (checkout / tree).rglob("*") if p.is_file()}
        assert files
        assert {f"modelport/_native/{name}" for name in files} <= names
    package = checkout / "converter"
    wanted = {p.relative_to(package).as_posix() for p in (package / "modelport").rglob("*") if p.is_file()}
    assert wanted <= names
    for name in (
        "modelport/py.typed",
        "modelport/parity/report.html.j2",
        "modelport/parity/report.css.j2",
        "modelport/frontends/sklearn/loading/allow_list.txt",
    ):
        assert name in names
    assert any(name.endswith("/LICENSE") for name in names)


def test_nothing_else_is_inside(wheel: Path) -> None:
    ours = [name for name in _names(wheel) if name.startswith("modelport/")]
    assert not [name for name in ours if {"__pycache__", "target", "build"} & set(name.split("/"))]
    assert not [name for name in ours if name.endswith((".class", ".jar", ".o", ".so", ".a", ".pyc"))]


def test_deleted_files_are_gone(wheels: tuple[Path, Path]) -> None:
    first, second = (_names(wheel) for wheel in wheels)
    stale = {
        "modelport/stale.py",
        "modelport/_native/bindings/java/stale.txt",
        "modelport/_native/runtimes/cpp/stale.txt",
    }
    assert stale <= first
    assert second == first - stale


def test_the_source_archive_gives_the_same_wheel(wheel: Path, checkout: Path, tmp_path: Path) -> None:
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, ".", cwd=checkout)
    (archive,) = tmp_path.glob("*.tar.gz")
    (again,) = tmp_path.glob("*.whl")
    assert _names(again) == _names(wheel)
    with tarfile.open(archive) as names:
        tops = {name.split("/")[1] for name in names.getnames() if "/" in name}
    assert {"converter", "bindings", "runtimes", "LICENSE", "README.md", "CHANGELOG.md"} <= tops
    assert not tops & {"tests", "fixtures", "benchmarks", "docs"}


def test_the_commands_of_an_installed_wheel(installed: Path, tmp_path: Path) -> None:
    assert "convert" in _run(installed / "modelport", "--help", cwd=tmp_path)
    table = _run(installed / "modelport", "support", cwd=tmp_path)
    assert "sklearn.ensemble.RandomForestClassifier" in table
    where = _run(installed / "python", "-c", "import modelport; print(modelport.__file__)", cwd=tmp_path)
    assert where.startswith(str(installed.parent))


def test_an_installed_wheel_writes_the_same_projects(installed: Path, demo: Path, tmp_path: Path) -> None:
    _run(
        installed / "modelport", "generate", demo, "--java-package", "com.acme.penguins", "--java-group", "com.acme",
        "--cpp-namespace", "acme::penguins", "-o", tmp_path / "out", cwd=tmp_path,
    )  # fmt: skip
    for language in ("java", "cpp"):
        ours = _tree(demo / language)
        assert ours
        assert _tree(tmp_path / "out" / language) == ours


def _tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
