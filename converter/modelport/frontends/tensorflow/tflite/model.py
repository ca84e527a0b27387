"""What stands in a .tflite file: graphs of operators over tensors, some of which are quantized; plain data, no framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "File", "Graph", "Operator", "Quantization", "Signature", "Tensor"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Quantization:
    """real = scale * (stored - zero): one pair, or one for each place along ``axis``. Shapes: float32[C], int64[C]."""

    scale: npt.NDArray[np.float32]
    zero: npt.NDArray[np.int64]
    axis: int

    @property
    def per_tensor(self) -> bool:
        """Whether one pair holds for all elements."""
        return len(self.scale) == 1


@dataclass(frozen=True)
class Tensor:
    """One tensor. ``shape`` has None where callers or the run decide; ``data`` is None where an operator computes it."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    static: tuple[int, ...]
    data: Array | None
    quantization: Quantization | None
    variable: bool

    @property
    def quantized(self) -> bool:
        """Whether its integers stand for real numbers."""
        return self.quantization is not None and self.dtype in ("int8", "uint8", "int16")


@dataclass(frozen=True)
class Operator:
    """One operator. ``code`` is its name in the schema, 'CUSTOM name' for one of the user's; -1 is an input left out."""

    code: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any  # the table of the schema, which has another class for each operator


@dataclass(frozen=True)
class Graph:
    """One subgraph."""

    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class Signature:
    """A named entry of the file: names of the tensors that callers give and get, in the order of the file."""

    key: str
    graph: int
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]


@dataclass(frozen=True)
class File:
    """A whole file; graph 0 is what an interpreter runs unless a signature is asked for."""

    name: str
    path: str
    graphs: tuple[Graph, ...]
    signatures: tuple[Signature, ...]
