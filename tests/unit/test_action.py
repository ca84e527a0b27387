"""action.yml and the pipelines of docs/ci.md: they parse, they agree, and the script does what it says."""

import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modelport.cli._settings import KEYS
from modelport.parity.runners import RUNNER_NAMES

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def load(text: str) -> Any:
    """Parses YAML; PyYAML is an extra of the tests only."""
    if os.environ.get("CI"):
        import yaml
    else:
        yaml = pytest.importorskip("yaml", reason="PyYAML is missing; install modelport[dev]")
    return yaml.safe_load(text)


@pytest.fixture
def action() -> Any:
    return load((ROOT / "action.yml").read_text(encoding="utf-8"))


def step(action: Any, name: str) -> Any:
    return next(found for found in action["runs"]["steps"] if found["name"] == name)


def test_action_is_composite_and_says_everything(action: Any) -> None:
    assert action["name"] and action["description"]
    assert action["runs"]["using"] == "composite"
    assert all(value.get("required") or "default" in value for value in action["inputs"].values())
    assert all(value["description"] for value in action["inputs"].values())
    assert {"bundle", "targets", "junit", "python-version"} <= set(action["inputs"])
    assert set(action["inputs"]["targets"]["default"].split(",")) <= set(RUNNER_NAMES)


def test_every_input_is_used_and_known(action: Any) -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", str(action["runs"])))
    assert used == set(action["inputs"])


def test_steps_run_or_use_and_never_paste_an_input_into_a_script(action: Any) -> None:
    for found in action["runs"]["steps"]:
        assert ("run" in found) != ("uses" in found)
        if "run" in found:
            assert found["shell"] == "bash", "a composite step must name its shell"
            assert "${{" not in found["run"]
        else:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", found["uses"])


@pytest.mark.parametrize(("written", "code", "expected"), [("", 0, 0), ("", 1, 1), ("<skipped", 0, 5), ("", 4, 4)])
def test_verify_step_passes_the_exit_code_on(
    action: Any, tmp_path: Path, written: str, code: int, expected: int
) -> None:
    """With a modelport that only writes down how it was called. GitHub runs bash with -e -o pipefail."""
    tool = tmp_path / "bin" / "modelport"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > called\nprintf "{written}" > "$6"\nexit {code}\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    inputs = {"BUNDLE": "a folder; exit 0", "TARGETS": "java-ort", "JUNIT": "out put.xml"}
    environment = {"PATH": f"{tool.parent}:{os.environ['PATH']}", **inputs}
    script = step(action, "Verify")["run"]
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == expected
    called = (tmp_path / "called").read_text().splitlines()
    assert called == ["verify", inputs["BUNDLE"], "--targets", "java-ort", "--junit", "out put.xml"]


def test_verify_takes_the_flags_that_action_and_docs_use(action: Any) -> None:
    flags = set(re.findall(r"--([a-z]+)", step(action, "Verify")["run"]))
    for call in re.findall(r"modelport verify .*", DOCS):
        flags |= set(re.findall(r"--([a-z]+)", call))
    assert flags <= set(KEYS["verify"])


def test_docs_use_the_action_as_it_is(action: Any) -> None:
    workflow = load(re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)[0])
    steps = [found for job in workflow["jobs"].values() for found in job["steps"] if "modelport" in found["uses"]]
    assert len(steps) == 2
    assert all(set(found["with"]) <= set(action["inputs"]) for found in steps)
    listed = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) ?\| ", DOCS, re.MULTILINE))
    assert set(listed) == set(action["inputs"])
    defaults = {name: value.get("default", "") for name, value in action["inputs"].items()}
    assert {name: text.strip("` ") for name, text in listed.items() if text.startswith("`")} == {
        name: default for name, default in defaults.items() if default
    }


def test_docs_show_a_gitlab_pipeline_that_keeps_its_report() -> None:
    pipeline = load(re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)[1])
    artifacts = pipeline[".modelport"]["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["reports"]["junit"] == "report.xml"
    jobs = [job for name, job in pipeline.items() if not name.startswith(".")]
    assert {job["variables"]["TARGET"] for job in jobs} <= set(RUNNER_NAMES)


def test_docs_explain_every_exit_code() -> None:
    assert re.findall(r"^\| (\d) \|", DOCS, re.MULTILINE) == [str(code) for code in range(6)]
