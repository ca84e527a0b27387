"""Reads a .tflite file into plain data. Everything in it is visited, so that a cut or spoilt file never reaches the interpreter."""

import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from modelport.errors import ModelFileError, UnsupportedModelError
from modelport.frontends.tensorflow.tflite.model import Array, File, Graph, Operator, Quantization, Signature, Tensor
from modelport.frontends.tensorflow.tflite.packages import schema

__all__ = ["is_tflite", "read"]

_IDENTIFIER = b"TFL3"
_TYPES = {
    0: "float32",
    1: "float16",
    2: "int32",
    3: "uint8",
    4: "int64",
    5: "string",
    6: "bool",
    7: "int16",
    9: "int8",
    10: "float64",
    17: "int4",
}
_OTHER_TYPES = {
    8: "complex64",
    11: "complex128",
    12: "uint64",
    13: "resource",
    14: "variant",
    15: "uint32",
    16: "uint16",
    18: "bfloat16",
}
_CUSTOM = 32


def is_tflite(path: Path) -> bool:
    """Whether the file is a flatbuffer that says it is TensorFlow Lite's."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(8)[4:] == _IDENTIFIER


def read(path: Path) -> File:
    """Returns what the file holds.

    Raises: ModelFileError for a file that is cut or spoilt; UnsupportedModelError for one that has its weights elsewhere.
    """
    raw = path.read_bytes()
    if raw[4:8] != _IDENTIFIER:
        raise _spoilt(path, "it does not begin as one")
    code = schema()
    try:
        model = code.ModelT.InitFromObj(code.Model.GetRootAs(raw, 0))
        names = {number: name for name, number in vars(code.BuiltinOperator).items() if name.isupper()}
        graphs = tuple(_graph(model, one, names, raw) for one in model.subgraphs or ())
        signatures = tuple(_signature(one, graphs) for one in model.signatureDefs or ())
    except (
        struct.error,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        MemoryError,
    ) as err:
        raise _spoilt(path, f"{type(err).__name__}: {str(err).split(chr(10))[0]}") from err
    if not graphs:
        raise _spoilt(path, "it holds no graph")
    return File(path.name, str(path), graphs, signatures)


def _spoilt(path: Path, why: str) -> ModelFileError:
    return ModelFileError(
        f"{path.name} is no whole .tflite file ({why})",
        where=str(path),
        fix="copy it anew from where it was written, or convert the model to .tflite again",
    )


# Any here and below: objects of the schema, which are classes without types.
def _graph(model: Any, graph: Any, names: dict[int, str], raw: bytes) -> Graph:
    tensors = tuple(_tensor(model, one, raw) for one in _list(graph.tensors))
    operators = []
    for one in _list(graph.operators):
        code = model.operatorCodes[one.opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        name = f"CUSTOM {_text(code.customCode)}" if number == _CUSTOM else names.get(number, f"operator {number}")
        options = one.builtinOptions if one.builtinOptions is not None else getattr(one, "builtinOptions2", None)
        operators.append(Operator(name, _places(one.inputs, tensors, -1), _places(one.outputs, tensors), options))
    inputs, outputs = _places(graph.inputs, tensors), _places(graph.outputs, tensors)
    _check_order(operators, tensors, inputs, outputs)
    return Graph(_text(graph.name), tensors, tuple(operators), inputs, outputs)


def _check_order(
    operators: list[Operator], tensors: tuple[Tensor, ...], inputs: tuple[int, ...], outputs: tuple[int, ...]
) -> None:
    """The interpreter runs operators as they stand, and reads memory that nobody wrote where one comes too early."""
    known = {place for place, tensor in enumerate(tensors) if tensor.data is not None or tensor.variable} | set(inputs)
    for operator in operators:
        for place in operator.inputs:
            if place >= 0 and place not in known:
                raise ValueError(f"{operator.code} reads {tensors[place].name!r} before it is written")
        known |= set(operator.outputs)
    for place in outputs:
        if place not in known:
            raise ValueError(f"nothing writes the output {tensors[place].name!r}")


def _places(values: Any, tensors: tuple[Tensor, ...], least: int = 0) -> tuple[int, ...]:
    places = tuple(int(value) for value in _list(values))
    for place in places:
        if not least <= place < len(tensors):
            raise ValueError(f"there is no tensor {place}")
    return places


def _tensor(model: Any, tensor: Any, raw: bytes) -> Tensor:
    static = tuple(int(length) for length in _list(tensor.shape))
    signature = [int(length) for length in _list(tensor.shapeSignature)]
    if any(length < 0 for length in static) or (signature and len(signature) != len(static)):
        raise ValueError(f"the shape of {_text(tensor.name)!r} is {list(static)}, {signature}")
    known = signature or list(static)
    dtype = _TYPES.get(tensor.type) or _OTHER_TYPES[tensor.type]
    name = _text(tensor.name)
    if tensor.sparsity is not None:
        raise UnsupportedModelError(
            f"{name!r} holds sparse weights", where="the weights", fix="convert the model to .tflite without sparsity"
        )
    quantization = _quantization(tensor.quantization, static)
    if quantization is not None and dtype in ("int4", "int8", "uint8", "int16"):
        limits = np.iinfo("int8" if dtype == "int4" else dtype)
        if quantization.zero.min() < limits.min or quantization.zero.max() > limits.max:
            raise ValueError(f"the zero of {name!r} is no {dtype}")
    return Tensor(
        name=name,
        dtype="int8" if dtype == "int4" else dtype,
        shape=tuple(None if length < 0 else length for length in known),
        static=static,
        data=_data(model.buffers[tensor.buffer], dtype, static, name, raw),
        quantization=quantization,
        variable=bool(tensor.isVariable),
    )


def _data(buffer: Any, dtype: str, shape: tuple[int, ...], name: str, raw: bytes) -> Array | None:
    data = buffer.data
    if getattr(buffer, "offset", 0) > 1:
        # Beyond the flatbuffer: files above 2 GB.
        end = buffer.offset + buffer.size
        if end > len(raw):
            raise ValueError(f"the weights of {name!r} end at byte {end}")
        data = np.frombuffer(raw, dtype=np.uint8, count=buffer.size, offset=buffer.offset)
    count = int(np.prod(shape, dtype=np.int64))
    if data is None or (not len(data) and count):
        return None
    stored = np.asarray(data, dtype=np.uint8)
    if dtype == "string":
        return _strings(stored.tobytes(), shape)
    if dtype not in _TYPES.values():
        return None
    if dtype == "int4":
        pairs = np.stack([stored & 15, stored >> 4], axis=1).reshape(-1)[:count].astype(np.int8)
        return np.where(pairs > 7, pairs - 16, pairs).astype(np.int8).reshape(shape)
    kind = np.dtype(dtype).newbyteorder("<")
    if stored.nbytes != count * kind.itemsize:
        raise ValueError(f"{name!r} has {stored.nbytes} bytes, {count * kind.itemsize} are wanted")
    return np.frombuffer(stored.tobytes(), dtype=kind).astype(dtype).reshape(shape)


def _strings(stored: bytes, shape: tuple[int, ...]) -> Array:
    (count,) = struct.unpack_from("<i", stored, 0)
    offsets = struct.unpack_from(f"<{count + 1}i", stored, 4)
    texts = [stored[a:b].decode() for a, b in pairwise(offsets)]
    return np.array(texts, dtype=object).reshape(shape)


def _quantization(table: Any, shape: tuple[int, ...]) -> Quantization | None:
    scale = np.asarray([] if table is None else _list(table.scale), dtype=np.float32)
    if not len(scale):
        return None
    zero = np.asarray(_list(table.zeroPoint), dtype=np.int64)
    if not len(zero):
        zero = np.zeros(len(scale), dtype=np.int64)
    axis = int(table.quantizedDimension)
    if len(zero) == 1:
        zero = np.broadcast_to(zero, scale.shape)
    if len(zero) != len(scale) or not np.isfinite(scale).all():
        raise ValueError("scales and zero points do not fit each other")
    if len(scale) > 1 and (axis >= len(shape) or shape[axis] != len(scale)):
        raise ValueError("the scales do not fit the tensor")
    return Quantization(scale, zero, axis)


def _signature(table: Any, graphs: tuple[Graph, ...]) -> Signature:
    graph = int(table.subgraphIndex)
    tensors = graphs[graph].tensors
    maps = [
        {_text(one.name): _places([one.tensorIndex], tensors)[0] for one in _list(entries)}
        for entries in (table.inputs, table.outputs)
    ]
    return Signature(_text(table.signatureKey), graph, maps[0], maps[1])


def _list(values: Any) -> list[Any]:
    return [] if values is None else list(values)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")
