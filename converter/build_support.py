"""Ships bindings/ and runtimes/ inside the wheel as modelport/_native/; not part of the wheel itself."""

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

_ROOT = Path(__file__).resolve().parent.parent
_BUILT = ("target", "build", "__pycache__", ".*")


class BuildPy(build_py):
    """Copies the two trees after the Python files; what an earlier build left behind is removed first."""

    def run(self) -> None:
        """Runs the ordinary build, then copies."""
        package = Path(self.build_lib) / "modelport"
        if not self.editable_mode:
            # build_py only adds: a module deleted since the last build would stay in build/lib and get into the wheel.
            shutil.rmtree(package, ignore_errors=True)
        super().run()
        if self.editable_mode:
            return
        destination = package / "_native"
        for tree in ("bindings", "runtimes"):
            shutil.copytree(_ROOT / tree, destination / tree, ignore=shutil.ignore_patterns(*_BUILT))
