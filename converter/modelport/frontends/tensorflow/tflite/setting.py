"""What holds for the whole conversion of a .tflite file: its handlers, how integers are taken, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.tensorflow.tflite.emit import Value
from modelport.frontends.tensorflow.tflite.model import File
from modelport.frontends.tensorflow.tflite.quantization import Quantized

if TYPE_CHECKING:  # a node knows its setting
    from modelport.frontends.tensorflow.tflite.node import Handler

__all__ = ["ELEMENTS", "FLOAT", "Refusal", "Setting", "refused_error"]

FLOAT = ir.DataType.FLOAT
ELEMENTS = {
    "float32": ir.DataType.FLOAT,
    "float16": ir.DataType.FLOAT16,
    "float64": ir.DataType.DOUBLE,
    "int64": ir.DataType.INT64,
    "int32": ir.DataType.INT32,
    "int16": ir.DataType.INT16,
    "int8": ir.DataType.INT8,
    "uint8": ir.DataType.UINT8,
    "bool": ir.DataType.BOOL,
    "string": ir.DataType.STRING,
}


class Refusal(Exception):  # noqa: N818  # it is collected with others and never leaves the front end
    """Raised by a handler for what it cannot compute exactly; the text says why."""


@dataclass
class Setting:
    """What holds for a whole conversion.

    ``noise`` makes the twin of the graph in which roundings err, for the bounds; ``steps`` counts its errors. ``made`` are the
    values of the first graph's tensors with their names, as they are computed. ``zeros_left_out``: see ``kernels.py``.
    """

    file: File
    handlers: Mapping[str, Handler]
    quantized: Quantized
    noise: bool = False
    zeros_left_out: bool = False
    refused: dict[str, int] = field(default_factory=dict)
    steps: int = 0
    made: list[tuple[Value, str]] = field(default_factory=list)


def refused_error(refused: Mapping[str, int], where: str) -> UnsupportedModelError:
    """One error that names every operator that is refused, with counts."""
    listed = "; ".join(f"{name}{f' x {count}' if count > 1 else ''}" for name, count in sorted(refused.items()))
    return UnsupportedModelError(
        f"{sum(refused.values())} operator(s) cannot be converted: {listed}",
        where=where,
        fix="convert the model to .tflite with built-in operators only (no custom or flex ones), or ask for them in an issue",
    )
