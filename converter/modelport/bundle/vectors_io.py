"""Stores vectors as one .npy a tensor, simple enough to be read in 40 lines of any language.

index.json                        rows, the order of features and outputs, what each file holds
input_<i>.values.npy              <f8, <f4, <i8 or |b1 [N]: feature i in contract order
input_<i>.offsets.npy, .bytes.npy strings: <i8 [N+1] into |u1 UTF-8
input_<i>.valid.npy               |b1 [N], false where missing
output_<name>.expected.npy        numbers: <f8 or <f4 [N] or [N, M]; labels: <i4 class index, -1 when refused
output_<name>.bound.npy           numbers: largest distance accepted, same shape
output_<name>.accepted.npy        labels: |b1 [N, C]
status.npy |u1, status_feature.npy <i4, origin.npy |u1
"""

import io
from collections.abc import Callable, Mapping

import msgspec
import numpy as np
import numpy.typing as npt

from modelport.evidence.vectors import Answer, Column, LabelAnswer, NumberAnswer, Rows, Vectors
from modelport.ir.contract import Contract

__all__ = ["decode_vectors", "encode_vectors", "npy_bytes", "read_npy"]


def npy_bytes(array: npt.NDArray[np.generic]) -> bytes:
    """Serializes one array as .npy 1.0, C order, little-endian."""
    little = np.ascontiguousarray(array).reshape(array.shape)
    if little.dtype.byteorder == ">":
        little = little.astype(little.dtype.newbyteorder("<"))
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, little, version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def read_npy(data: bytes) -> npt.NDArray[np.generic]:
    """Reads one .npy; pickled arrays are refused."""
    array: npt.NDArray[np.generic] = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    return array


def encode_vectors(vectors: Vectors, contract: Contract) -> dict[str, bytes]:
    """Returns {file name: bytes} for the folder ``vectors/``."""
    files: dict[str, bytes] = {}
    for i, feature in enumerate(contract.features):
        column = vectors.rows.columns[feature.name]
        if feature.dtype == "string":
            texts = [str(value).encode() for value in column.values]
            offsets = np.zeros(len(texts) + 1, dtype="<i8")
            np.cumsum([len(text) for text in texts], out=offsets[1:])
            files[f"input_{i}.offsets.npy"] = npy_bytes(offsets)
            files[f"input_{i}.bytes.npy"] = npy_bytes(np.frombuffer(b"".join(texts), dtype=np.uint8))
        else:
            files[f"input_{i}.values.npy"] = npy_bytes(column.values)
        files[f"input_{i}.valid.npy"] = npy_bytes(column.valid)
    for name, answer in vectors.answers.items():
        files[f"output_{name}.expected.npy"] = npy_bytes(answer.expected)
        if isinstance(answer, LabelAnswer):
            files[f"output_{name}.accepted.npy"] = npy_bytes(answer.accepted)
        else:
            files[f"output_{name}.bound.npy"] = npy_bytes(answer.bound)
    files["status.npy"] = npy_bytes(vectors.status)
    files["status_feature.npy"] = npy_bytes(vectors.status_feature)
    files["origin.npy"] = npy_bytes(vectors.origin)
    index = {
        "vectors_version": 1,
        "rows": len(vectors),
        "features": [feature.name for feature in contract.features],
        "outputs": [output.name for output in contract.outputs],
        "origins": list(Vectors.ORIGINS),
        "files": sorted(files),
    }
    files["index.json"] = msgspec.json.format(msgspec.json.encode(index), indent=1) + b"\n"
    return files


def decode_vectors(read: Callable[[str], bytes], contract: Contract) -> Vectors:
    """Reads vectors back; ``read`` gives the bytes of a file in ``vectors/``."""
    index: Mapping[str, int] = msgspec.json.decode(read("index.json"))
    columns: dict[str, Column] = {}
    for i, feature in enumerate(contract.features):
        valid = read_npy(read(f"input_{i}.valid.npy")).astype(np.bool_)
        values: npt.NDArray[np.generic] | npt.NDArray[np.object_]
        if feature.dtype == "string":
            offsets = read_npy(read(f"input_{i}.offsets.npy"))
            data = read_npy(read(f"input_{i}.bytes.npy")).tobytes()
            values = np.empty(len(valid), dtype=object)
            for row in range(len(valid)):
                values[row] = data[int(offsets[row]) : int(offsets[row + 1])].decode()
        else:
            values = read_npy(read(f"input_{i}.values.npy"))
        columns[feature.name] = Column(values, valid)
    answers: dict[str, Answer] = {}
    for output in contract.outputs:
        expected = read_npy(read(f"output_{output.name}.expected.npy"))
        if output.role == "label":
            accepted = read_npy(read(f"output_{output.name}.accepted.npy"))
            answers[output.name] = LabelAnswer(expected.astype(np.int32), accepted.astype(np.bool_))
        else:
            bound = read_npy(read(f"output_{output.name}.bound.npy"))
            answers[output.name] = NumberAnswer(expected, bound)  # type: ignore[arg-type]
    return Vectors(
        Rows(columns, int(index["rows"])),
        answers,
        read_npy(read("status.npy")).astype(np.uint8),
        read_npy(read("status_feature.npy")).astype(np.int32),
        read_npy(read("origin.npy")).astype(np.uint8),
    )
