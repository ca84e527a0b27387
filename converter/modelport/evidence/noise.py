"""Puts a random error of the size of its rounding after each node of a graph; the graphs in its branches and loops too."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, shape_inference

from modelport.evidence.noise_nodes import WIDE, NoiseNodes
from modelport.evidence.noise_operators import (
    CENTRED,
    COPIES,
    HALF,
    OF_A_RANGE,
    OTHER,
    RECURRENT,
    RUNNING,
    SUMS,
    UNIT,
    chooses_pixels,
    rounds_to,
)
from modelport.evidence.noise_sums import Constants, magnitude_of_sum
from modelport.ir.weights import Weights

__all__ = ["coarsest", "with_noise"]

# float32 coordinates, as large as an image is wide, times the gradient between pixels; where the width is not known, of some
# thousand pixels.
_COORDINATES = 1024.0


def coarsest(model: onnx.ModelProto) -> float:
    """The unit of the half precision to which the graph rounds what it computed, 0 where there is none."""
    return max((rounds_to(node) for node in _all_nodes(model.graph)), default=0.0)


def with_noise(
    model: onnx.ModelProto, larger: float, weights: Weights | None = None, *, alike: bool = False
) -> onnx.ModelProto:
    """Returns a copy with errors ``larger`` times the rounding of each node; functions must have been inlined.

    ``weights`` are those that stand beside the graph. ``alike``: equal numbers err alike, as they do where they are computed alike.
    Where the graph rounds to half precision the copy does not, but errs by as much. So does its attention, whose weights the
    source may round in between, and its recurrent layers, which round in each step.
    """
    noisy = onnx.ModelProto()
    noisy.CopyFrom(model if _all_typed(model.graph) else shape_inference.infer_shapes(model, data_prop=False))
    beside = {} if weights is None else weights.arrays()
    _Graph(noisy.graph, _Errors(larger, coarsest(model), alike), _Around({}, {}, frozenset(), beside)).rewrite()
    for output in noisy.graph.output:
        if output.type.tensor_type.elem_type in HALF:
            output.type.tensor_type.elem_type = TensorProto.FLOAT
    return noisy


def _all_nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _all_nodes(attribute.g)


def _all_typed(graph: onnx.GraphProto) -> bool:
    """Whether the graph says the type of everything in it, so that nothing need be inferred: that copies all weights twice."""
    typed = {info.name for info in _infos(graph)}
    if any(name and name not in typed for node in graph.node for name in node.output):
        return False
    return all(_all_typed(a.g) for node in graph.node for a in node.attribute if a.type == onnx.AttributeProto.GRAPH)


@dataclass(frozen=True)
class _Errors:
    """How all of them are made: so many times larger, the unit of half precision, and alike for equal numbers or not."""

    larger: float
    half: float
    alike: bool


@dataclass(frozen=True)
class _Around:
    """What a branch or loop sees of the graphs around it: types, weights, what callers gave, and weights beside the file."""

    types: Mapping[str, int]
    tensors: Mapping[str, onnx.TensorProto]
    given: frozenset[str]
    beside: Mapping[str, npt.NDArray[Any]]


class _Graph:
    """Rewrites one graph in place."""

    def __init__(self, graph: onnx.GraphProto, errors: _Errors, around: _Around, prefix: str = "noise") -> None:
        self._graph = graph
        self._errors = errors
        self._half = errors.half
        # What callers gave, which the source rounds as the graph does.
        self._given = around.given | {info.name for info in graph.input}
        self._types = {**around.types} | {info.name: info.type.tensor_type.elem_type for info in _infos(graph)}
        self._types |= {tensor.name: tensor.data_type for tensor in graph.initializer}
        # 0 where a length is not known.
        self._lengths = {info.name: [d.dim_value for d in info.type.tensor_type.shape.dim] for info in _infos(graph)}
        tensors = {**around.tensors} | {tensor.name: tensor for tensor in graph.initializer}
        self._constants = Constants(tensors, around.beside)
        self._fixed = {*tensors}
        # What is rounded to half precision, and copies and choices of it: rounding it again changes nothing.
        self._rounded: set[str] = set()
        self._to = NoiseNodes(prefix, self._types, errors.larger, alike=errors.alike)

    def rewrite(self) -> None:
        for node in list(self._graph.node):
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    prefix = f"{self._to.prefix}_{len(self._to.nodes)}"
                    inner = _Around(self._types, self._constants.tensors, self._given, self._constants.beside)
                    _Graph(attribute.g, self._errors, inner, prefix).rewrite()
            self._one(node)
        del self._graph.node[:]
        self._graph.node.extend(self._to.nodes)
        # Some of these are float32 now.
        kept = [info for info in self._graph.value_info if info.type.tensor_type.elem_type not in HALF]
        del self._graph.value_info[:]
        self._graph.value_info.extend(kept)

    def _one(self, node: onnx.NodeProto) -> None:
        if all(name in self._fixed for name in node.input):
            self._fixed |= {*node.output}
        if self._rounding(node):
            return
        self._note_rounded(node)
        floats = [name for name in node.output if self._types.get(name) in UNIT]
        shortened = self._shortened(node)
        copies = (node.op_type in COPIES and not shortened) or chooses_pixels(node)
        if node.domain not in ("", "ai.onnx") or copies or not floats:
            self._to.nodes.append(node)
            return
        if node.op_type in RECURRENT:
            self._inputs(node, range(len(node.input)))
        if node.op_type in CENTRED:
            self._inputs(node, range(1))
        if self._half and node.op_type == "MatMul" and not any(name in self._fixed for name in node.input):
            for place, name in enumerate(node.input):
                node.input[place] = self._to.moved(name, self._half / WIDE)
        kept = {name: self._to.like(name, "exact") for name in floats}
        for place, name in enumerate(node.output):
            if name in kept:
                node.output[place] = kept[name]
        sums = node.op_type in SUMS
        magnitude = magnitude_of_sum(node, self._constants, self._to) if sums else None
        self._to.nodes.append(node)
        if node.op_type in RUNNING and magnitude is not None:
            magnitude = self._to.of_many(node.input[0], kept[floats[0]], magnitude)
        factor = 1.0 if sums or shortened else self._width(floats[0]) if node.op_type == "Resize" else OTHER
        for name, exact in kept.items():
            size = self._to.at_least(exact, 1 / OTHER) if node.op_type in OF_A_RANGE else magnitude or exact
            self._to.noise(exact, name, size, factor * UNIT[self._types[exact]])

    def _shortened(self, node: onnx.NodeProto) -> bool:
        """Whether it rounds float64 that was computed to float32."""
        if node.op_type != "Cast" or node.input[0] in self._fixed | self._given:
            return False
        source, result = self._types.get(node.input[0]), self._types.get(node.output[0])
        return (source, result) == (TensorProto.DOUBLE, TensorProto.FLOAT)

    def _note_rounded(self, node: onnx.NodeProto) -> None:
        floats = [name for name in node.input if self._types.get(name) in {*UNIT, *HALF}]
        copied = node.op_type in COPIES and all(name in self._rounded | self._fixed for name in floats)
        if copied or (node.op_type == "Cast" and all(self._types[name] in HALF for name in floats)):
            self._rounded |= {*node.output}

    def _rounding(self, node: onnx.NodeProto) -> bool:
        """A float32 that is rounded to half precision stays a float32 and errs by as much."""
        unit = rounds_to(node)
        source = node.input[0] if unit else ""
        if not unit or self._types.get(source) != TensorProto.FLOAT or source in self._fixed | self._given:
            return False
        self._types[node.output[0]] = TensorProto.FLOAT
        if source in self._rounded:
            self._rounded.add(node.output[0])
            self._to.add("Identity", [source], node.output[0])
            return True
        self._rounded.add(node.output[0])
        # Evenly spread between -unit and unit.
        self._to.noise(source, node.output[0], source, unit / WIDE)
        return True

    def _width(self, name: str) -> float:
        """How large a coordinate can be in an image that is resized."""
        lengths = self._lengths.get(name, [])[2:]
        return max(OTHER, *lengths) if lengths and all(lengths) else _COORDINATES

    def _inputs(self, node: onnx.NodeProto, places: Iterable[int]) -> None:
        """A recurrent net sums within itself: its weights err as its sums do, by u sqrt(k) for k terms."""
        for place in places:
            name = node.input[place]
            if not name or self._types.get(name) not in UNIT:
                continue
            tensor = self._constants.tensors.get(name)
            factor = OTHER if tensor is None or len(tensor.dims) < 3 else float(np.sqrt(tensor.dims[-1])) + 1.0
            unit = max(UNIT[self._types[name]], self._half)
            node.input[place] = self._to.moved(name, factor * unit)


def _infos(graph: onnx.GraphProto) -> Iterator[onnx.ValueInfoProto]:
    for infos in (graph.input, graph.value_info, graph.output):
        # An output may stand there without a type, to be looked at.
        yield from (info for info in infos if info.type.tensor_type.elem_type)
