"""Every recipe's graph in the onnxruntime release that the Java libraries use: it is not the one of Python's wheel.

A virtual environment with that release is kept outside of the tree and made once; it has modelport's base install only,
as on a machine that verifies bundles and has no training framework.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.recipes.sklearn._all import all_recipes
from modelport.targets.java.target import ONNXRUNTIME

ROOT = Path(__file__).resolve().parents[2]
FILES = ("tests/unit/ir/test_operators.py", "tests/unit/ir/test_lower_forest.py")
VERIFY = """
import json, sys
from pathlib import Path
import onnxruntime
from modelport.bundle.reader import open_bundle
from modelport.pipeline import verify
wrong = {}
for path in sys.argv[1:]:
    found = verify(open_bundle(Path(path)), ["python-ort"]).targets["python-ort"]
    if found.status != "passed":
        wrong[Path(path).name] = f"{found.reason}: {found.worst}"
print(json.dumps({"version": onnxruntime.__version__, "wrong": wrong}))
"""


@pytest.fixture(scope="session")
def python() -> Path:
    """An interpreter with that onnxruntime."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelport"
    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = cache / f"onnxruntime-{ONNXRUNTIME}-python-{release}"
    uv = Path(sys.prefix) / "bin/uv"
    if not (home / "ready").exists():
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True)
        # pytest and scipy are what the two files of tests need.
        packages = [
            "jinja2",
            "msgspec",
            "numpy",
            "onnx",
            "onnx-ir",
            f"onnxruntime=={ONNXRUNTIME}",
            "pytest",
            "rich",
            "typer",
        ]
        subprocess.run([uv, "pip", "install", "--quiet", "--python", home / "bin/python", *packages], check=True)
        (home / "ready").touch()
    return home / "bin/python"


def run(python: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'converter'}:{ROOT}"}
    return subprocess.run([python, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_operators_and_forests(python: Path) -> None:
    done = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", *FILES)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_recipe(python: Path, proven) -> None:
    names = [recipe.name for recipe in all_recipes()]
    done = run(python, "-c", VERIFY, *(proven(name).path for name in names))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["version"] == ONNXRUNTIME
    assert not found["wrong"]
