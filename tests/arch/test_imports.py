"""Imports point one way, and starting the command line loads no framework."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORKS = (
    *("sklearn", "skl2onnx", "skops", "joblib", "pandas", "scipy", "pyarrow", "torch", "tensorflow", "rpy2"),
    *("xgboost", "lightgbm", "catboost"),
)
# Not needed until something is rendered or rewritten; they would make every start slower.
LATE = ("jinja2", "onnx_ir")


def loaded(code: str) -> set[str]:
    """Names of the top-level modules that are loaded after running code in a fresh process."""
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "converter", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_contracts() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [tool, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_the_command_line_starts_without_frameworks() -> None:
    assert not loaded("import modelport.cli") & {*FRAMEWORKS, *LATE}


def test_the_pipeline_starts_without_frameworks() -> None:
    assert not loaded("import modelport.pipeline") & set(FRAMEWORKS)


@pytest.mark.parametrize("command", [["--help"], ["convert", "--help"], ["support", "--help"]])
def test_help_starts_without_frameworks(command: list[str]) -> None:
    code = f"import sys; sys.argv = ['modelport', *{command!r}]\nfrom modelport.cli import main\n"
    found = loaded(f"{code}try:\n    main()\nexcept SystemExit as end:\n    assert not end.code")
    assert not found & {*FRAMEWORKS, *LATE}
