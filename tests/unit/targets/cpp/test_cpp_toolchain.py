"""CMake, a compiler and ONNX Runtime: found, refused with a reason, and errors with what they said."""

from pathlib import Path

import pytest

from modelport.bundle.assemble import with_projects
from modelport.bundle.reader import Bundle
from modelport.errors import ToolError
from modelport.parity._runner import Failure, NotRun
from modelport.parity.cpp_ort import RUNNER
from modelport.targets.cpp.target import TARGET
from modelport.toolchains.cmake import CMake, find_cmake
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library
from tests.unit.targets.java.handmade import OPTIONS


def _tool(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what the test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CXX", raising=False)
    return folder


def test_missing_tools_are_named(tools: Path) -> None:
    assert "no cmake" in str(find_cmake())
    _tool(tools, "cmake", "echo cmake version 3.25.1")
    assert "no C++ compiler on the PATH" in str(find_cmake())
    _tool(tools, "g++", "")
    found = find_cmake()
    assert isinstance(found, CMake)
    assert (found.version, found.compiler) == ("3.25.1", str(tools / "g++"))


def test_old_and_odd_tools_are_refused(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _tool(tools, "g++", "")
    _tool(tools, "cmake", "echo cmake version 3.15.9")
    assert "CMake 3.15.9 is too old; 3.16 or later" in str(find_cmake())
    _tool(tools, "cmake", "echo nonsense")
    assert "says no version" in str(find_cmake())
    _tool(tools, "cmake", "echo cmake version 4.1")
    monkeypatch.setenv("CXX", "no-such-compiler -m64")
    assert "CXX (no-such-compiler -m64)" in str(find_cmake())


def test_a_failure_shows_the_end_of_the_output(tools: Path, tmp_path: Path) -> None:
    command = _tool(tools, "cmake", 'i=0; while [ $i -lt 90 ]; do echo "line $i"; i=$((i+1)); done; exit 3')
    with pytest.raises(ToolError) as caught:
        CMake(str(command), "3.25.1", "g++").configure(tmp_path / "project", tmp_path / "build")
    assert "exit code 3" in caught.value.what
    assert "line 89" in caught.value.what
    assert "line 40" not in caught.value.what
    assert caught.value.where == "CMake project project"


def test_the_named_library_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    own = find_onnxruntime_library()
    assert isinstance(own, Path)
    assert own.is_file()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert find_onnxruntime_library() == tmp_path
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone"))
    assert "does not exist" in str(find_onnxruntime_library())


def test_a_missing_toolchain_is_not_run(penguins: Bundle, tools: Path) -> None:
    without = RUNNER.run(penguins)
    assert isinstance(without, NotRun)
    assert "--targets cpp" in without.reason
    made = with_projects(penguins, {"cpp": {"CMakeLists.txt": b""}})
    result = RUNNER.run(made)
    assert isinstance(result, NotRun)
    assert "no cmake" in result.reason


@pytest.mark.cpp
def test_a_project_that_does_not_build_fails(cmake: CMake, library: Path, penguins: Bundle) -> None:
    files = {**TARGET.render(penguins, OPTIONS), "CMakeLists.txt": b'message(FATAL_ERROR "as the test wants it")'}
    result = RUNNER.run(with_projects(penguins, {"cpp": files}))
    assert isinstance(result, Failure)
    assert "as the test wants it" in result.reason
