"""A customer's CMake project takes the generated library in each way, static and shared, and uses all of it."""

import os
import subprocess
from pathlib import Path

import pytest

from modelport.toolchains.cmake import CMake
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library

pytestmark = [pytest.mark.cpp, pytest.mark.slow]

CONSUMER = Path(__file__).parent


def _copy(source: Path, target: Path) -> Path:
    """The library as a team has it: builds never write into a bundle."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return target


def _run(program: Path) -> str:
    library = find_onnxruntime_library()
    assert isinstance(library, Path), library
    done = subprocess.run(
        [program],
        env={**os.environ, VARIABLE: str(library)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("shared", ["OFF", "ON"])
def test_installed(cmake: CMake, demo: Path, tmp_path: Path, shared: str) -> None:
    source = _copy(demo / "cpp", tmp_path / "source")
    cmake.configure(source, tmp_path / "build", {"BUILD_SHARED_LIBS": shared, "BUILD_TESTING": "OFF"})
    cmake.build(tmp_path / "build")
    assert not (tmp_path / "build/vector_test").exists()
    cmake.install(tmp_path / "build", tmp_path / "prefix")
    # Nothing of the source tree is needed any more.
    source.rename(tmp_path / "gone")
    options = {"WAY": "find_package", "CMAKE_PREFIX_PATH": str(tmp_path / "prefix"), "CMAKE_BUILD_TYPE": "Release"}
    cmake.configure(CONSUMER, tmp_path / "consumer", options)
    cmake.build(tmp_path / "consumer")
    assert "consumer passed" in _run(tmp_path / "consumer/penguins")


@pytest.mark.parametrize("way", ["add_subdirectory", "FetchContent"])
def test_as_a_part(cmake: CMake, demo: Path, tmp_path: Path, way: str) -> None:
    source = _copy(demo / "cpp", tmp_path / "source")
    # A customer's flags, under which the library must stay without a warning of its own making.
    flags = "-Wall -Wextra -Wpedantic -Wshadow -Werror"
    options = {"WAY": way, "PENGUINS_DIR": source.as_posix(), "CMAKE_CXX_FLAGS": flags}
    cmake.configure(CONSUMER, tmp_path / "consumer", options)
    cmake.build(tmp_path / "consumer")
    assert "consumer passed" in _run(tmp_path / "consumer/penguins")


def test_another_major_version_is_not_taken(cmake: CMake, demo: Path, tmp_path: Path) -> None:
    source = _copy(demo / "cpp", tmp_path / "source")
    cmake.configure(source, tmp_path / "build", {"BUILD_TESTING": "OFF"})
    version = (tmp_path / "build/penguinsConfigVersion.cmake").read_text()
    assert 'set(PACKAGE_VERSION "1.0.0")' in version
    assert "CVF_VERSION_MAJOR" in version or "PACKAGE_FIND_VERSION_MAJOR" in version
