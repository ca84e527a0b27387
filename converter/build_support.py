"""Ships bindings/ and runtimes/ inside the wheel as modelport/_native/; not part of the wheel itself."""

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

_ROOT = Path(__file__).resolve().parent.parent
_BUILT = ("target", "build", "__pycache__", ".*")


class BuildPy(build_py):
    """Copies the two trees after the Python files; what an earlier build left there is removed first."""

    def run(self) -> None:
        """Runs the ordinary build, then copies."""
        super().run()
        if self.editable_mode:
            return
        destination = Path(self.build_lib) / "modelport" / "_native"
        shutil.rmtree(destination, ignore_errors=True)
        for tree in ("bindings", "runtimes"):
            shutil.copytree(_ROOT / tree, destination / tree, ignore=shutil.ignore_patterns(*_BUILT))
