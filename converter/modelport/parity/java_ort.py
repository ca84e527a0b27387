"""Builds the generated Maven project in a copy, runs its tests and reads the answers that they dump."""

import tempfile
from pathlib import Path, PurePosixPath

from modelport.bundle.reader import Bundle
from modelport.errors import ToolError
from modelport.parity._runner import Answers, Failure, NotRun, Runner, read_answers
from modelport.toolchains.maven import Maven, find_maven

__all__ = ["RUNNER"]

_PREFIX = "java/"


def _run(bundle: Bundle) -> Answers | NotRun | Failure:
    project = {path.removeprefix(_PREFIX): path for path in bundle.files if path.startswith(_PREFIX)}
    if not project:
        return NotRun("the bundle holds no Java project; convert it with --targets java")
    maven = find_maven()
    if isinstance(maven, str):
        return NotRun(maven)
    with tempfile.TemporaryDirectory(prefix="modelport-java-") as folder:
        root = Path(folder) / bundle.name
        for inner, path in project.items():
            target = root / PurePosixPath(inner)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bundle.files[path])
        return _test(maven, root, Path(folder) / "answers", bundle)


def _test(maven: Maven, project: Path, dump: Path, bundle: Bundle) -> Answers | Failure:
    failure: str | None = None
    try:
        maven.run(project, "test", f"-Dmodelport.dump={dump}")
    except ToolError as err:
        failure = err.what
    # Tests that fail write their answers all the same: the report then shows the worst row.
    answers = read_answers(dump, bundle.contract) if (dump / "status.npy").is_file() else None
    if failure is not None:
        return Failure(failure, answers)
    return answers or Failure("the tests passed but wrote no answers; the class that writes them was not run")


RUNNER = Runner("java-ort", _run)
