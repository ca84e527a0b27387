"""Builds the generated CMake project in a copy, runs its test program and reads the answers that it dumps."""

import os
import subprocess
import tempfile
from pathlib import Path, PurePosixPath

from modelport.bundle.reader import Bundle
from modelport.errors import ToolError
from modelport.parity._runner import Answers, Failure, NotRun, Runner, read_answers
from modelport.toolchains.cmake import CMake, find_cmake
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library

__all__ = ["RUNNER"]

_PREFIX = "cpp/"
_PROGRAMS = ("vector_test", "vector_test.exe")
_TAIL_LINES = 60


def _run(bundle: Bundle) -> Answers | NotRun | Failure:
    project = {path.removeprefix(_PREFIX): path for path in bundle.files if path.startswith(_PREFIX)}
    if not project:
        return NotRun("the bundle holds no C++ project; convert it with --targets cpp")
    cmake = find_cmake()
    if isinstance(cmake, str):
        return NotRun(cmake)
    library = find_onnxruntime_library()
    if isinstance(library, str):
        return NotRun(library)
    with tempfile.TemporaryDirectory(prefix="modelport-cpp-") as folder:
        root = Path(folder)
        for inner, path in project.items():
            target = root / bundle.name / PurePosixPath(inner)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bundle.files[path])
        try:
            program = _build(cmake, root / bundle.name, root / "build")
        except ToolError as err:
            return Failure(err.what)
        return _test(program, library, root / "answers", bundle)


def _build(cmake: CMake, project: Path, build: Path) -> Path:
    cmake.configure(project, build)
    cmake.build(build)
    return next(path for path in sorted(build.rglob("vector_test*")) if path.is_file() and path.name in _PROGRAMS)


def _test(program: Path, library: Path, dump: Path, bundle: Bundle) -> Answers | Failure:
    done = subprocess.run(
        [str(program), "--dump", str(dump)],
        env={**os.environ, VARIABLE: str(library)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    # A test that fails writes its answers all the same: the report then shows the worst row.
    answers = read_answers(dump, bundle.contract) if (dump / "status.npy").is_file() else None
    if done.returncode:
        tail = "\n    ".join(done.stdout.splitlines()[-_TAIL_LINES:])
        return Failure(f"the test program failed with exit code {done.returncode}\n    {tail}", answers)
    return answers or Failure("the test program passed but wrote no answers")


RUNNER = Runner("cpp-ort", _run)
