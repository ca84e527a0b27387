"""Puts a random error of the size of its rounding after each node of a graph; the graphs in its branches and loops too."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

from modelport.ir.weights import Weights

__all__ = ["coarsest", "with_noise"]

# Copies, choices and comparisons: what they give is one of the numbers that they were given.
_EXACT = frozenset(
    "Abs ArgMax ArgMin BitShift Cast Ceil Clip Compress Concat Constant ConstantOfShape DepthToSpace EyeLike Equal Expand "
    "Flatten Floor Gather GatherElements GatherND Greater GreaterOrEqual HardMax Identity If IsInf IsNaN Less LessOrEqual Loop "
    "Max MaxPool MaxRoiPool MaxUnpool Min Neg NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or Pad Range "
    "ReduceMax ReduceMin Relu Reshape ReverseSequence Round Scan Scatter ScatterElements ScatterND SequenceAt SequenceConstruct "
    "SequenceEmpty SequenceErase SequenceInsert SequenceLength Shape Sign Size Slice SpaceToDepth Split SplitToSequence Squeeze "
    "ConcatFromSequence GlobalMaxPool StringNormalizer Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where And Xor "
    "ThresholdedRelu RandomNormalLike RandomUniformLike QuantizeLinear DequantizeLinear".split()
)
# Sums, of products or not: the error is that of the terms' magnitudes.
_SUMS = frozenset(
    "MatMul Gemm Conv ConvTranspose AveragePool GlobalAveragePool ReduceSum ReduceMean CumSum Einsum Sum Mean Add Sub".split()
)
# float32 coordinates, as large as an image is wide, times the gradient between pixels; where the width is not known, of some
# thousand pixels.
_COORDINATES = 1024.0
# Layers of which the second input is a matrix of weights.
_LAYERS = frozenset(("Conv", "MatMul", "Gemm"))
_RECURRENT = frozenset("LSTM GRU RNN".split())
# Gates are computed within a unit of their range and not of their value: ONNX Runtime's logistic curve ends at -18 or so, and
# what a recurrent net gives is a product of such.
_OF_A_RANGE = frozenset(("Sigmoid", *_RECURRENT))
# They take a mean away: what rounds is the size of what they are given, not of what they give.
_CENTRED = frozenset(
    "BatchNormalization GroupNormalization InstanceNormalization LayerNormalization LogSoftmax LpNormalization "
    "MeanVarianceNormalization RMSNormalization".split()
)
_OTHER = 4.0
_UNIT = {TensorProto.FLOAT16: 2.0**-11, TensorProto.FLOAT: 2.0**-24, TensorProto.DOUBLE: 2.0**-53}
# What a float32 is rounded to between operations of a net of half precision.
_HALF = {TensorProto.FLOAT16: 2.0**-11, TensorProto.BFLOAT16: 2.0**-8}
# Uniform numbers from -sqrt(3) to sqrt(3) have variance 1.
_WIDE = float(np.sqrt(3))
_Types = dict[str, int]


def coarsest(model: onnx.ModelProto) -> float:
    """The unit of the half precision to which the graph rounds what it computed, 0 where there is none."""
    return max((_rounds(node) for node in _all_nodes(model.graph)), default=0.0)


def with_noise(model: onnx.ModelProto, larger: float, weights: Weights | None = None) -> onnx.ModelProto:
    """Returns a copy with errors ``larger`` times the rounding of each node; functions must have been inlined.

    ``weights`` are those that stand beside the graph.
    Where the graph rounds to half precision the copy does not, but errs by as much. So does its attention, whose weights the
    source may round in between, and its recurrent layers, which round in each step.
    """
    noisy = onnx.ModelProto()
    noisy.CopyFrom(model if _all_typed(model.graph) else shape_inference.infer_shapes(model, data_prop=False))
    beside = {} if weights is None else weights.arrays()
    _Graph(noisy.graph, larger, coarsest(model), {}, {}, set(), beside).rewrite()
    for output in noisy.graph.output:
        if output.type.tensor_type.elem_type in _HALF:
            output.type.tensor_type.elem_type = TensorProto.FLOAT
    return noisy


def _all_nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _all_nodes(attribute.g)


def _rounds(node: onnx.NodeProto) -> float:
    """The unit of a Cast to half precision, 0 of any other node."""
    to = next((a.i for a in node.attribute if a.name == "to"), 0) if node.op_type == "Cast" else 0
    return _HALF.get(to, 0.0)


def _all_typed(graph: onnx.GraphProto) -> bool:
    """Whether the graph says the type of everything in it, so that nothing need be inferred: that copies all weights twice."""
    typed = {info.name for info in _infos(graph)}
    if any(name and name not in typed for node in graph.node for name in node.output):
        return False
    return all(_all_typed(a.g) for node in graph.node for a in node.attribute if a.type == onnx.AttributeProto.GRAPH)


class _Graph:
    """Rewrites one graph in place."""

    def __init__(
        self,
        graph: onnx.GraphProto,
        larger: float,
        half: float,
        outer: _Types,
        constants: dict[str, onnx.TensorProto],
        given: set[str],
        beside: Mapping[str, npt.NDArray[Any]],
        prefix: str = "noise",
    ) -> None:
        self._beside = beside
        self._graph = graph
        self._larger = larger
        self._half = half
        # What callers gave, which the source rounds as the graph does.
        self._given = given | {info.name for info in graph.input}
        self._prefix = prefix
        self._types = outer | {info.name: info.type.tensor_type.elem_type for info in _infos(graph)}
        self._types |= {tensor.name: tensor.data_type for tensor in graph.initializer}
        # 0 where a length is not known.
        self._lengths = {info.name: [d.dim_value for d in info.type.tensor_type.shape.dim] for info in _infos(graph)}
        self._constants = constants | {tensor.name: tensor for tensor in graph.initializer}
        self._fixed = {*self._constants}
        # What is rounded to half precision, and copies and choices of it: rounding it again changes nothing.
        self._rounded: set[str] = set()
        self._nodes: list[onnx.NodeProto] = []
        self._count = 0
        self._scalars: set[str] = set()

    def rewrite(self) -> None:
        for node in list(self._graph.node):
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    prefix = f"{self._prefix}_{len(self._nodes)}"
                    inner = (self._types, self._constants, self._given, self._beside)
                    _Graph(attribute.g, self._larger, self._half, *inner, prefix).rewrite()
            self._one(node)
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)
        # Some of these are float32 now.
        kept = [info for info in self._graph.value_info if info.type.tensor_type.elem_type not in _HALF]
        del self._graph.value_info[:]
        self._graph.value_info.extend(kept)

    def _one(self, node: onnx.NodeProto) -> None:
        if all(name in self._fixed for name in node.input):
            self._fixed |= {*node.output}
        if self._rounding(node):
            return
        self._note_rounded(node)
        floats = [name for name in node.output if self._types.get(name) in _UNIT]
        shortened = self._shortened(node)
        copies = node.op_type in _EXACT and not shortened
        if node.domain not in ("", "ai.onnx") or copies or _nearest(node) or not floats:
            self._nodes.append(node)
            return
        if node.op_type in _RECURRENT:
            self._inputs(node, range(len(node.input)))
        if node.op_type in _CENTRED:
            self._inputs(node, range(1))
        if self._half and node.op_type == "MatMul" and not any(name in self._fixed for name in node.input):
            for place, name in enumerate(node.input):
                node.input[place] = self._moved(name, self._half / _WIDE)
        kept = {name: self._name("exact") for name in floats}
        for place, name in enumerate(node.output):
            if name in kept:
                node.output[place] = kept[name]
                self._types[kept[name]] = self._types[name]
        sums = node.op_type in _SUMS
        magnitude = self._by_norms(node) if sums else None
        if sums and magnitude is None:
            magnitude = self._magnitude(node)
        self._nodes.append(node)
        factor = 1.0 if sums or shortened else self._width(floats[0]) if node.op_type == "Resize" else _OTHER
        for name, exact in kept.items():
            size = self._at_least(exact, 1 / _OTHER) if node.op_type in _OF_A_RANGE else magnitude or exact
            self._noise(exact, name, size, factor * _UNIT[self._types[exact]])

    def _shortened(self, node: onnx.NodeProto) -> bool:
        """Whether it rounds float64 that was computed to float32."""
        if node.op_type != "Cast" or node.input[0] in self._fixed | self._given:
            return False
        source, result = self._types.get(node.input[0]), self._types.get(node.output[0])
        return (source, result) == (TensorProto.DOUBLE, TensorProto.FLOAT)

    def _note_rounded(self, node: onnx.NodeProto) -> None:
        floats = [name for name in node.input if self._types.get(name) in {*_UNIT, *_HALF}]
        copied = node.op_type in _EXACT and all(name in self._rounded | self._fixed for name in floats)
        if copied or (node.op_type == "Cast" and all(self._types[name] in _HALF for name in floats)):
            self._rounded |= {*node.output}

    def _rounding(self, node: onnx.NodeProto) -> bool:
        """A float32 that is rounded to half precision stays a float32 and errs by as much."""
        unit = _rounds(node)
        source = node.input[0] if unit else ""
        if not unit or self._types.get(source) != TensorProto.FLOAT or source in self._fixed | self._given:
            return False
        self._types[node.output[0]] = TensorProto.FLOAT
        if source in self._rounded:
            self._rounded.add(node.output[0])
            self._add("Identity", [source], node.output[0])
            return True
        self._rounded.add(node.output[0])
        # Evenly spread between -unit and unit.
        self._noise(source, node.output[0], source, unit / _WIDE)
        return True

    def _magnitude(self, node: onnx.NodeProto) -> str:
        """The same sum of the magnitudes of its terms."""
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.name = self._name("node")
        copy.op_type = "Add" if node.op_type == "Sub" else node.op_type
        for place, name in enumerate(node.input):
            if name and self._types.get(name) in _UNIT:
                copy.input[place] = self._absolute(name)
        result = self._name("sum")
        self._types[result] = self._types[node.output[0]]
        del copy.output[:]
        copy.output.append(result)
        self._nodes.append(copy)
        return result

    def _by_norms(self, node: onnx.NodeProto) -> str | None:
        """What bounds that sum, |x| |w| by Cauchy and Schwarz, where a layer's weights are known: it costs no second layer.

        Of a convolution |x| is taken of what each place sees, by a convolution to one channel. Shapes: that of the output.
        """
        if node.op_type not in _LAYERS or any(name and not self._known(name) for name in node.input[1:]):
            return None
        weights = self._numbers(node.input[1])
        sizes = _norms(node, weights)
        if sizes is None:
            return None
        kind = self._types[node.output[0]]
        parts = [self._name(part) for part in ("square", "squares", "length", "norms", "sum")]
        self._types |= dict.fromkeys(parts, kind)
        square, squares, length, norms, result = parts
        self._add("Mul", [node.input[0], node.input[0]], square)
        self._constant(norms, sizes)
        if node.op_type == "Conv":
            ones = self._name("ones")
            self._constant(ones, np.ones((1, *weights.shape[1:]), dtype=weights.dtype))
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            copy.name = self._name("node")
            del copy.input[:], copy.output[:]
            copy.input.extend([square, ones])
            copy.output.append(squares)
            self._nodes.append(copy)
        else:
            axes = self._name("axes")
            self._constant(axes, np.array([-1], dtype=np.int64))
            self._add("ReduceSum", [square, axes], squares)
        self._add("Sqrt", [squares], length)
        self._add("Mul", [length, norms], result)
        return result if len(node.input) < 3 or not node.input[2] else self._with_bias(node, result, sizes)

    def _width(self, name: str) -> float:
        """How large a coordinate can be in an image that is resized."""
        lengths = self._lengths.get(name, [])[2:]
        return max(_OTHER, *lengths) if lengths and all(lengths) else _COORDINATES

    def _known(self, name: str) -> bool:
        """Whether the numbers are at hand, in the graph or beside it."""
        tensor = self._constants.get(name)
        return tensor is not None and (tensor.data_location != TensorProto.EXTERNAL or name in self._beside)

    def _numbers(self, name: str) -> npt.NDArray[Any]:
        found = self._beside.get(name)
        return numpy_helper.to_array(self._constants[name]) if found is None else found

    def _with_bias(self, node: onnx.NodeProto, magnitude: str, sizes: npt.NDArray[Any]) -> str:
        bias = np.abs(self._numbers(node.input[2]))
        shaped = (
            bias.reshape(sizes.shape)
            if node.op_type == "Conv"
            else bias * bias.dtype.type(abs(_told(node, "beta", 1.0)))
        )
        biases, result = self._name("bias"), self._name("sum")
        self._types |= {biases: self._types[magnitude], result: self._types[magnitude]}
        self._constant(biases, shaped)
        self._add("Add", [magnitude, biases], result)
        return result

    def _constant(self, name: str, array: npt.NDArray[Any]) -> None:
        tensor = numpy_helper.from_array(array)
        self._nodes.append(helper.make_node("Constant", [], [name], name=self._name("node"), value=tensor))

    def _absolute(self, name: str) -> str:
        result = self._name("abs")
        self._types[result] = self._types[name]
        self._add("Abs", [name], result)
        return result

    def _at_least(self, name: str, least: float) -> str:
        """The magnitudes, none smaller than ``least``."""
        result = self._name("range")
        self._types[result] = self._types[name]
        self._add("Max", [self._absolute(name), self._scalar("least", self._types[name], least)], result)
        return result

    def _inputs(self, node: onnx.NodeProto, places: Iterable[int]) -> None:
        """A recurrent net sums within itself: its weights err as its sums do, by u sqrt(k) for k terms."""
        for place in places:
            name = node.input[place]
            if not name or self._types.get(name) not in _UNIT:
                continue
            tensor = self._constants.get(name)
            factor = _OTHER if tensor is None or len(tensor.dims) < 3 else float(np.sqrt(tensor.dims[-1])) + 1.0
            unit = max(_UNIT[self._types[name]], self._half)
            node.input[place] = self._moved(name, factor * unit)

    def _moved(self, name: str, error: float) -> str:
        """The tensor with an error of that share of each number."""
        moved = self._name("input")
        self._types[moved] = self._types[name]
        self._noise(name, moved, name, error)
        return moved

    def _noise(self, exact: str, moved: str, magnitude: str, share: float) -> None:
        """moved = exact + chance * magnitude, a share of it."""
        kind = self._types[exact]
        chance, error = self._name("chance"), self._name("error")
        scale = self._larger * share
        # Uniform, of the same variance: several times as fast as normal numbers, and sums of many are normal all the same.
        node = helper.make_node(
            "RandomUniformLike",
            [exact],
            [chance],
            name=self._name("node"),
            low=-scale * _WIDE,
            high=scale * _WIDE,
            dtype=kind,
        )
        node.attribute.append(helper.make_attribute("seed", float(len(self._nodes))))
        self._nodes.append(node)
        limited = self._name("limited")
        self._add("Min", [magnitude, self._limit(kind)], limited)
        self._add("Mul", [chance, limited], error)
        self._add("Add", [exact, error], moved)

    def _limit(self, kind: int) -> str:
        """The greatest magnitude that counts: an infinite error would take an infinity away from itself."""
        return self._scalar("limit", kind, float(np.finfo(helper.tensor_dtype_to_np_dtype(kind)).max) / 1024)

    def _scalar(self, hint: str, kind: int, number: float) -> str:
        name = f"{self._prefix}_{hint}_{kind}"
        if name not in self._scalars:
            self._scalars.add(name)
            value = helper.make_tensor(name, kind, [], [number])
            self._nodes.append(helper.make_node("Constant", [], [name], name=self._name("node"), value=value))
        return name

    def _add(self, op: str, inputs: list[str], output: str) -> None:
        self._nodes.append(helper.make_node(op, inputs, [output], name=self._name("node")))

    def _name(self, hint: str) -> str:
        self._count += 1
        return f"{self._prefix}_{hint}_{self._count}"


def _nearest(node: onnx.NodeProto) -> bool:
    """Whether it chooses pixels: the nearest ones."""
    modes = [attribute.s for attribute in node.attribute if attribute.name == "mode"]
    return node.op_type == "Resize" and modes in ([], [b"nearest"])


def _norms(node: onnx.NodeProto, weights: npt.NDArray[Any]) -> npt.NDArray[Any] | None:
    """The length of the weights of each output, shaped to be multiplied with outputs; None where they are no plain layer's."""
    if weights.ndim < 2 or _told(node, "group", 1) != 1 or _told(node, "transA", 0):
        return None
    if node.op_type == "Conv":
        rows = weights.reshape(len(weights), -1)
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)).reshape(-1, *[1] * (weights.ndim - 2)))
    if weights.ndim != 2:
        return None
    squares = np.einsum("ij,ij->i" if _told(node, "transB", 0) else "ij,ij->j", weights, weights)
    return np.asarray(np.sqrt(squares) * weights.dtype.type(abs(_told(node, "alpha", 1.0))))


def _told(node: onnx.NodeProto, name: str, usual: float) -> float:
    for attribute in node.attribute:
        if attribute.name == name:
            return float(helper.get_attribute_value(attribute))
    return usual


def _infos(graph: onnx.GraphProto) -> Iterator[onnx.ValueInfoProto]:
    for infos in (graph.input, graph.value_info, graph.output):
        # An output may stand there without a type, to be looked at.
        yield from (info for info in infos if info.type.tensor_type.elem_type)
