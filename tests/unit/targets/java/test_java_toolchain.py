"""Maven and the JDK: found, refused with a reason, and errors with what they said."""

from pathlib import Path

import pytest

from modelport.bundle.assemble import with_projects
from modelport.bundle.reader import Bundle
from modelport.errors import ToolError
from modelport.parity._runner import NotRun
from modelport.parity.java_ort import RUNNER
from modelport.toolchains.jdk import find_jdk
from modelport.toolchains.maven import Maven, find_maven


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
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def test_missing_tools_are_named(tools: Path) -> None:
    assert "no mvn" in str(find_maven())
    _tool(tools, "mvn", "echo Apache Maven 3.9.9")
    assert "no javac" in str(find_maven())


def test_old_tools_are_refused(tools: Path) -> None:
    _tool(tools, "javac", "echo javac 1.8.0_422 >&2")
    _tool(tools, "mvn", "echo Apache Maven 3.9.9")
    assert "17 or later" in str(find_maven())
    _tool(tools, "javac", "echo javac 21.0.2")
    _tool(tools, "mvn", "echo Apache Maven 3.6.2")
    assert "Maven 3.6.2 is too old" in str(find_maven())
    _tool(tools, "mvn", "echo nonsense")
    assert "no version" in str(find_maven())


def test_java_home_goes_before_the_path(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _tool(tools, "javac", "echo javac 21")
    home = tmp_path / "jdk"
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert "JAVA_HOME" in str(find_jdk())
    (home / "bin").mkdir(parents=True)
    _tool(home / "bin", "javac", "echo javac 17.0.1")
    jdk = find_jdk()
    assert not isinstance(jdk, str)
    assert jdk.major == 17


def test_a_failure_shows_what_maven_marked(tmp_path: Path) -> None:
    said = ["[INFO] long story", "[ERROR] Foo.java:[3,1] cannot find symbol", "  symbol: Bar", "    at x.y"]
    script = "\n".join([*(f"echo '{line}'" for line in said), "exit 1"])
    maven = Maven(str(_tool(tmp_path, "mvn", script)), "3.9.9", 17)
    with pytest.raises(ToolError) as failure:
        maven.run(tmp_path, "test")
    assert "cannot find symbol" in failure.value.what
    assert "symbol: Bar" in failure.value.what
    assert "long story" not in failure.value.what
    assert "at x.y" not in failure.value.what


def test_a_run_without_end_is_stopped(tmp_path: Path) -> None:
    maven = Maven(str(_tool(tmp_path, "mvn", "exec /bin/sleep 60")), "3.9.9", 17)
    with pytest.raises(ToolError, match="longer than"):
        maven.run(tmp_path, "test", timeout_s=0.2)


def test_without_maven_the_target_is_not_run(tools: Path, penguins: Bundle) -> None:
    with_java = with_projects(penguins, {"java": {"pom.xml": b"<project/>"}})
    result = RUNNER.run(with_java)
    assert isinstance(result, NotRun)
    assert "mvn" in result.reason


def test_without_a_project_the_target_is_not_run(penguins: Bundle) -> None:
    result = RUNNER.run(penguins)
    assert isinstance(result, NotRun)
    assert "--targets java" in result.reason
