"""Finds CMake and a C++ compiler, says their versions and runs them; a failure becomes a ToolError with the end of the output."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelport.errors import ToolError

__all__ = ["MIN_CMAKE", "CMake", "find_cmake"]

# What the generated projects ask for.
MIN_CMAKE = (3, 16)

_TAIL_LINES = 40


@dataclass(frozen=True)
class CMake:
    """A CMake of a known version, with a C++ compiler that it can use."""

    command: str
    version: str
    compiler: str

    def configure(self, source: Path, build: Path, options: Mapping[str, str] | None = None) -> None:
        """Prepares a build folder; ``options`` are cache entries. Raises: ToolError with what CMake said."""
        # Not with the compiler's absolute path: CMake asks the same PATH and CXX, and says more when they are wrong.
        entries = [f"-D{name}={value}" for name, value in sorted((options or {}).items())]
        generator = ["-G", "Ninja"] if shutil.which("ninja") and "CMAKE_GENERATOR" not in os.environ else []
        self._run(["-S", str(source), "-B", str(build), *generator, *entries], f"CMake project {source.name}")

    def build(self, build: Path) -> None:
        """Compiles everything in a build folder. Raises: ToolError with what the compiler said."""
        jobs = str(os.cpu_count() or 1)
        self._run(["--build", str(build), "--config", "Release", "--parallel", jobs], f"CMake build {build.name}")

    def install(self, build: Path, prefix: Path) -> None:
        """Installs what was built. Raises: ToolError."""
        self._run(
            ["--install", str(build), "--config", "Release", "--prefix", str(prefix)], f"CMake build {build.name}"
        )

    def _run(self, arguments: Sequence[str], where: str, timeout_s: float = 1800) -> None:
        try:
            done = subprocess.run(
                [self.command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as err:
            raise _failed(f"CMake took longer than {timeout_s:g} s", where, str(err.stdout or "")) from err
        if done.returncode:
            raise _failed(f"CMake failed with exit code {done.returncode}", where, done.stdout)


def find_cmake() -> CMake | str:
    """Returns CMake with a C++ compiler, or the reason why they cannot be used."""
    command = shutil.which("cmake")
    least = ".".join(map(str, MIN_CMAKE))
    if command is None:
        return f"there is no cmake on the PATH; install CMake {least} or later"
    version = _version(command, r"cmake version (\d+)\.(\d+)[.\d]*")
    if version is None:
        return "cmake --version says no version; install CMake anew"
    if tuple(int(part) for part in version.split(".")[:2]) < MIN_CMAKE:
        return f"CMake {version} is too old; {least} or later is needed"
    compiler = _compiler()
    if compiler is None:
        place = f"CXX ({os.environ['CXX']})" if os.environ.get("CXX") else "the PATH"
        return f"there is no C++ compiler on {place}; install g++ 8, clang 7 or later"
    return CMake(command, version, compiler)


def _compiler() -> str | None:
    named = os.environ.get("CXX")
    if named:
        return shutil.which(named.split()[0])
    # Visual C++ is found by CMake itself, never on the PATH.
    candidates = ("c++", "g++", "clang++", "cl")
    found = next((path for path in map(shutil.which, candidates) if path), None)
    return found or ("Visual C++" if os.name == "nt" else None)


def _version(command: str, pattern: str) -> str | None:
    try:
        done = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(pattern, done.stdout)
    return found.group().split()[-1] if found else None


def _failed(what: str, where: str, output: str) -> ToolError:
    tail = "\n    ".join(output.splitlines()[-_TAIL_LINES:])
    return ToolError(
        f"{what}\n    {tail}", where=where, fix="correct what the compiler names, or report it as our defect"
    )
