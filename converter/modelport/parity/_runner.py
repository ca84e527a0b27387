"""What a runner is: it builds one target of a bundle in a copy, runs the vectors through it and returns its answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from modelport.bundle.cases_io import read_tensor
from modelport.bundle.reader import Bundle
from modelport.bundle.session import place_model
from modelport.bundle.vectors_io import read_npy
from modelport.evidence.cases import Tensors
from modelport.ir.contract import Contract

__all__ = ["Answers", "Failure", "NotRun", "Runner", "read_answers", "read_case_answers", "unpacked"]


@dataclass(frozen=True)
class Answers:
    """What a target said.

    Shapes: status uint8[N]; status_feature int32[N]; outputs: labels as int32 class index [N] or [N, K], -1 for
    none; numbers float [N] or [N, M].
    """

    status: npt.NDArray[np.uint8]
    status_feature: npt.NDArray[np.int32]
    outputs: Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class NotRun:
    """The toolchain is missing; that is never 'passed'."""

    reason: str


@dataclass(frozen=True)
class Failure:
    """The project did not build, or its own tests failed; ``answers`` when it got so far."""

    reason: str
    answers: Answers | None = None


@dataclass(frozen=True)
class Runner:
    """One target in parity: 'python-ort', 'java-ort' or 'cpp-ort'.

    ``run_net`` answers the cases of a net, the outputs of each by name; None where the language has no library of nets.
    """

    name: str
    run: Callable[[Bundle], Answers | NotRun | Failure]
    run_net: Callable[[Bundle], list[Tensors] | NotRun | Failure] | None = None


def unpacked(bundle: Bundle, language: str, folder: Path) -> Path | None:
    """Writes one generated project below ``folder``, in a directory named like the bundle; None where there is none.

    Where weights stand beside model.onnx both lie in ``folder``, as the project in its bundle has them.
    """
    project = {p.removeprefix(f"{language}/"): p for p in bundle.files if p.startswith(f"{language}/")}
    root = folder / bundle.name
    for inner, path in project.items():
        target = root / PurePosixPath(inner)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bundle.files[path])
    if project and bundle.large:
        place_model(bundle, folder)
    return root if project else None


def read_case_answers(folder: Path, bundle: Bundle) -> list[Tensors] | Failure:
    """Reads what a generated project of a net wrote: case_<c>.output_<o>, as a tensor is stored, for each output of each case."""

    def read(name: str) -> bytes:
        return (folder / name).read_bytes()

    try:
        return [
            {
                output.name: read_tensor(read, f"case_{c}.output_{o}", texts=output.dtype == "string")
                for o, output in enumerate(bundle.contract.outputs)
            }
            for c in range(len(bundle.cases()))
        ]
    except FileNotFoundError as err:
        return Failure(f"the tests passed but did not write all answers: {Path(str(err.filename)).name} is not there")


def read_answers(folder: Path, contract: Contract) -> Answers:
    """Reads what a generated project wrote: status.npy, status_feature.npy and <output>.npy for each output."""
    outputs = {output.name: read_npy((folder / f"{output.name}.npy").read_bytes()) for output in contract.outputs}
    return Answers(
        read_npy((folder / "status.npy").read_bytes()).astype(np.uint8),
        read_npy((folder / "status_feature.npy").read_bytes()).astype(np.int32),
        outputs,
    )
