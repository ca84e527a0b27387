"""Stores the cases of a net as one .npy a tensor, simple enough to be read in 40 lines of any language.

index.json                                cases: name, origin; the order of inputs and outputs
case_<c>.input_<i>.npy                    input i in contract order, any shape
case_<c>.output_<o>.expected.npy          output o
case_<c>.output_<o>.bound.npy             <f8, same shape: largest distance accepted
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from modelport.bundle.vectors_io import npy_bytes, read_npy
from modelport.evidence.cases import Case, TensorAnswer
from modelport.ir.contract import Contract

__all__ = ["decode_cases", "encode_cases"]


def encode_cases(cases: Sequence[Case], contract: Contract) -> dict[str, bytes]:
    """Returns {file name: bytes} for the folder ``vectors/``."""
    files: dict[str, bytes] = {}
    for c, case in enumerate(cases):
        for i, tensor in enumerate(contract.inputs):
            files[f"case_{c}.input_{i}.npy"] = npy_bytes(case.inputs[tensor.name])
        for o, output in enumerate(contract.outputs):
            answer = case.answers[output.name]
            files[f"case_{c}.output_{o}.expected.npy"] = npy_bytes(answer.expected)
            files[f"case_{c}.output_{o}.bound.npy"] = npy_bytes(answer.bound)
    index = {
        "vectors_version": 1,
        "cases": [{"name": case.name, "origin": case.origin} for case in cases],
        "inputs": [tensor.name for tensor in contract.inputs],
        "outputs": [output.name for output in contract.outputs],
        "files": sorted(files),
    }
    files["index.json"] = msgspec.json.format(msgspec.json.encode(index), indent=1) + b"\n"
    return files


def decode_cases(read: Callable[[str], bytes], contract: Contract) -> list[Case]:
    """Reads cases back; ``read`` gives the bytes of a file in ``vectors/``."""
    # Any: the JSON of this file's own format.
    index: Any = msgspec.json.decode(read("index.json"))
    cases: list[Case] = []
    for c, entry in enumerate(index["cases"]):
        inputs = {tensor.name: read_npy(read(f"case_{c}.input_{i}.npy")) for i, tensor in enumerate(contract.inputs)}
        answers = {
            output.name: TensorAnswer(
                read_npy(read(f"case_{c}.output_{o}.expected.npy")),
                read_npy(read(f"case_{c}.output_{o}.bound.npy")).astype(np.float64),
            )
            for o, output in enumerate(contract.outputs)
        }
        cases.append(Case(entry["name"], entry["origin"], inputs, answers))
    return cases
