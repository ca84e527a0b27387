"""Builds the generated Maven project in a copy, runs its tests and reads the answers that they dump."""

import tempfile
from pathlib import Path

from modelport.bundle.reader import Bundle
from modelport.errors import ToolError
from modelport.evidence.cases import Tensors
from modelport.parity._runner import Answers, Failure, NotRun, Runner, read_answers, read_case_answers, unpacked
from modelport.toolchains.maven import find_maven

__all__ = ["RUNNER"]


def _run(bundle: Bundle) -> Answers | NotRun | Failure:
    with tempfile.TemporaryDirectory(prefix="modelport-java-") as folder:
        dump = Path(folder) / "answers"
        failure = _test(bundle, Path(folder), dump)
        if isinstance(failure, NotRun):
            return failure
        # Tests that fail write their answers all the same: the report then shows the worst row.
        answers = read_answers(dump, bundle.contract) if (dump / "status.npy").is_file() else None
    if failure is not None:
        return Failure(failure.reason, answers)
    return answers or Failure("the tests passed but wrote no answers; the class that writes them was not run")


def _run_net(bundle: Bundle) -> list[Tensors] | NotRun | Failure:
    with tempfile.TemporaryDirectory(prefix="modelport-java-") as folder:
        dump = Path(folder) / "answers"
        return _test(bundle, Path(folder), dump) or read_case_answers(dump, bundle)


def _test(bundle: Bundle, folder: Path, dump: Path) -> NotRun | Failure | None:
    """Builds and tests the project below ``folder``, so that its answers lie in ``dump``."""
    root = unpacked(bundle, "java", folder)
    if root is None:
        return NotRun("the bundle holds no Java project; convert it with --targets java")
    maven = find_maven()
    if isinstance(maven, str):
        return NotRun(maven)
    try:
        maven.run(root, "test", f"-Dmodelport.dump={dump}")
    except ToolError as err:
        return Failure(err.what)
    return None


RUNNER = Runner("java-ort", _run, _run_net)
