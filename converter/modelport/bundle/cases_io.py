"""Stores the cases of a net as one .npy a tensor, simple enough to be read in 40 lines of any language.

index.json                                cases: name, origin; the order of inputs and outputs
case_<c>.input_<i>.npy                    input i in contract order, any shape
case_<c>.output_<o>.expected.npy          output o
case_<c>.output_<o>.bound.npy             <f8, same shape: largest distance accepted

A tensor of texts is two files in the place of its one: .ends.npy, <i8 of the tensor's shape, says where each text ends in
.bytes.npy, |u1, the UTF-8 of all texts one after the other.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from modelport.bundle.vectors_io import npy_bytes, read_npy
from modelport.evidence.cases import Case, Tensor, TensorAnswer
from modelport.ir.contract import Contract

__all__ = ["decode_cases", "encode_cases", "read_tensor"]


def encode_cases(cases: Sequence[Case], contract: Contract) -> dict[str, bytes]:
    """Returns {file name: bytes} for the folder ``vectors/``."""
    files: dict[str, bytes] = {}
    for c, case in enumerate(cases):
        for i, tensor in enumerate(contract.inputs):
            files |= _tensor_files(f"case_{c}.input_{i}", case.inputs[tensor.name])
        for o, output in enumerate(contract.outputs):
            answer = case.answers[output.name]
            files |= _tensor_files(f"case_{c}.output_{o}.expected", answer.expected)
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
        inputs = {
            tensor.name: read_tensor(read, f"case_{c}.input_{i}", texts=tensor.element == "string")
            for i, tensor in enumerate(contract.inputs)
        }
        answers = {
            output.name: TensorAnswer(
                read_tensor(read, f"case_{c}.output_{o}.expected", texts=output.dtype == "string"),
                read_npy(read(f"case_{c}.output_{o}.bound.npy")).astype(np.float64),
            )
            for o, output in enumerate(contract.outputs)
        }
        cases.append(Case(entry["name"], entry["origin"], inputs, answers))
    return cases


def read_tensor(read: Callable[[str], bytes], stem: str, *, texts: bool) -> Tensor:
    """Reads one tensor; ``read`` gives the bytes of a file, ``stem`` is its name up to '.npy'."""
    if not texts:
        return read_npy(read(f"{stem}.npy"))
    ends = read_npy(read(f"{stem}.ends.npy")).astype(np.int64)
    content = read_npy(read(f"{stem}.bytes.npy")).tobytes()
    found = np.empty(ends.shape, dtype=object)
    found.ravel()[:] = [content[a:b].decode() for a, b in pairwise([0, *ends.ravel().tolist()])]
    return found


def _tensor_files(stem: str, tensor: Tensor) -> dict[str, bytes]:
    if tensor.dtype.kind != "O":
        return {f"{stem}.npy": npy_bytes(tensor)}
    texts = [text.encode() for text in tensor.ravel().tolist()]
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64).reshape(tensor.shape)
    content = np.frombuffer(b"".join(texts), dtype=np.uint8)
    return {f"{stem}.ends.npy": npy_bytes(ends), f"{stem}.bytes.npy": npy_bytes(content)}
