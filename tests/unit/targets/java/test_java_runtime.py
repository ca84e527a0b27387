"""The hand-written runtime's own JUnit tests, run in a copy."""

import shutil
from pathlib import Path

import pytest

from modelport.targets.resources import runtime_sources
from modelport.toolchains.maven import Maven

pytestmark = [pytest.mark.java, pytest.mark.slow]


def test_junit(maven: Maven, tmp_path: Path) -> None:
    project = tmp_path / "runtime"
    shutil.copytree(runtime_sources("java"), project, ignore=shutil.ignore_patterns("target"))
    assert "BUILD SUCCESS" in maven.run(project, "test")
