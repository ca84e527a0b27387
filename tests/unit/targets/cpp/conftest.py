"""Fixtures of the C++ target's tests."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess, run
from typing import TypeVar

import pytest

from modelport.bundle.reader import Bundle
from modelport.bundle.writer import write_tree
from modelport.targets.cpp.target import TARGET
from modelport.toolchains.cmake import CMake, find_cmake
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library
from tests.unit.targets.java.handmade import OPTIONS, penguins_like

T = TypeVar("T")
Run = Callable[..., CompletedProcess[str]]


def _need(found: T | str) -> T:
    """The tool; without one the test is skipped, in CI it fails."""
    if isinstance(found, str):
        if os.environ.get("CI"):
            pytest.fail(found)
        pytest.skip(found)
    return found


@pytest.fixture(scope="session")
def penguins() -> Bundle:
    """A classifier with every type of feature."""
    return penguins_like()


@pytest.fixture(scope="session")
def cmake() -> CMake:
    return _need(find_cmake())


@pytest.fixture(scope="session")
def library() -> Path:
    """An ONNX Runtime library."""
    return _need(find_onnxruntime_library())


@pytest.fixture(scope="session")
def execute(library: Path) -> Run:
    """Runs a program that finds ONNX Runtime; its output is in ``stdout``."""

    def start(*command: str | Path, **environment: str) -> CompletedProcess[str]:
        variables = {**os.environ, VARIABLE: str(library), **environment}
        return run(
            [str(c) for c in command], env=variables, stdout=PIPE, stderr=STDOUT, text=True, check=False, timeout=600
        )

    return start


@dataclass(frozen=True)
class Project:
    """A generated project and its build."""

    source: Path
    build: Path

    @property
    def program(self) -> Path:
        """The vector test."""
        return self.build / "vector_test"


@pytest.fixture(scope="session")
def penguins_build(cmake: CMake, penguins: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The penguins' project, built, in a folder whose name needs quotes."""
    folder = tmp_path_factory.mktemp("with space")
    project = Project(folder / "penguins", folder / "build")
    write_tree(TARGET.render(penguins, OPTIONS), project.source)
    cmake.configure(project.source, project.build)
    cmake.build(project.build)
    return project
