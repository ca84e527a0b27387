"""Builds the generated CMake project in a copy, runs its test program and reads the answers that it dumps."""

import os
import subprocess
import tempfile
from pathlib import Path

from modelport.bundle.reader import Bundle
from modelport.errors import ToolError
from modelport.evidence.cases import Tensors
from modelport.parity._runner import Answers, Failure, NotRun, Runner, read_answers, read_case_answers, unpacked
from modelport.toolchains.cmake import CMake, find_cmake
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library

__all__ = ["RUNNER"]

_PROGRAMS = ("vector_test", "vector_test.exe")
_TAIL_LINES = 60


def _run(bundle: Bundle) -> Answers | NotRun | Failure:
    with tempfile.TemporaryDirectory(prefix="modelport-cpp-") as folder:
        dump = Path(folder) / "answers"
        ran = _built_and_run(bundle, Path(folder), dump)
        if isinstance(ran, NotRun):
            return ran
        # A test that fails writes its answers all the same: the report then shows the worst row.
        answers = read_answers(dump, bundle.contract) if (dump / "status.npy").is_file() else None
        if isinstance(ran, Failure):
            return Failure(ran.reason, answers)
        return answers or Failure("the test program passed but wrote no answers")


def _run_net(bundle: Bundle) -> list[Tensors] | NotRun | Failure:
    with tempfile.TemporaryDirectory(prefix="modelport-cpp-") as folder:
        dump = Path(folder) / "answers"
        return _built_and_run(bundle, Path(folder), dump) or read_case_answers(dump, bundle)


def _built_and_run(bundle: Bundle, root: Path, dump: Path) -> NotRun | Failure | None:
    """Builds the project below ``root`` and runs its test program, which writes to ``dump``; None when it passes."""
    project = unpacked(bundle, "cpp", root)
    if project is None:
        return NotRun("the bundle holds no C++ project; convert it with --targets cpp")
    cmake = find_cmake()
    if isinstance(cmake, str):
        return NotRun(cmake)
    library = find_onnxruntime_library()
    if isinstance(library, str):
        return NotRun(library)
    try:
        program = _build(cmake, project, root / "build")
    except ToolError as err:
        return Failure(err.what)
    return _test(program, library, dump)


def _build(cmake: CMake, project: Path, build: Path) -> Path:
    cmake.configure(project, build)
    cmake.build(build)
    return next(path for path in sorted(build.rglob("vector_test*")) if path.is_file() and path.name in _PROGRAMS)


def _test(program: Path, library: Path, dump: Path) -> Failure | None:
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
    if not done.returncode:
        return None
    tail = "\n    ".join(done.stdout.splitlines()[-_TAIL_LINES:])
    return Failure(f"the test program failed with exit code {done.returncode}\n    {tail}")


RUNNER = Runner("cpp-ort", _run, _run_net)
