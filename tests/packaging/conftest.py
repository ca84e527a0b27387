"""Fixtures of the packaging tests: the demo's bundle, made once, and Maven and CMake where they are."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import pytest

import modelport
from modelport.toolchains.cmake import CMake, find_cmake
from modelport.toolchains.maven import Maven, find_maven

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def _need(found: T | str) -> T:
    """The tool; without one the test is skipped, in CI it fails."""
    if isinstance(found, str):
        if os.environ.get("CI"):
            pytest.fail(found)
        pytest.skip(found)
    return found


@pytest.fixture(scope="session")
def maven() -> Maven:
    return _need(find_maven())


@pytest.fixture(scope="session")
def cmake() -> CMake:
    return _need(find_cmake())


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's bundle, not proven in Java and C++: a folder."""
    folder = tmp_path_factory.mktemp("demo")
    model = folder / "penguins.joblib"
    subprocess.run([sys.executable, "docs/demo/train.py", model], cwd=ROOT, check=True, capture_output=True)
    modelport.convert(
        model,
        ROOT / "fixtures/data/penguins.csv",
        output=folder / "penguins",
        response="species",
        java_package="com.acme.penguins",
        java_group="com.acme",
        cpp_namespace="acme::penguins",
    )
    return folder / "penguins"
