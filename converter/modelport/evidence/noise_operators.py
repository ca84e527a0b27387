"""What an operator's kernel does to the numbers it is given: copies them, sums them, or rounds otherwise."""

import onnx
from onnx import TensorProto, helper

__all__ = [
    "CENTRED",
    "COPIES",
    "HALF",
    "OF_A_RANGE",
    "OTHER",
    "RECURRENT",
    "RUNNING",
    "SUMS",
    "UNIT",
    "chooses_pixels",
    "rounds_to",
    "setting",
]

# Copies, choices and comparisons: what they give is one of the numbers that they were given.
COPIES = frozenset(
    "Abs ArgMax ArgMin BitShift Cast Ceil Clip Compress Concat Constant ConstantOfShape DepthToSpace EyeLike Equal Expand "
    "Flatten Floor Gather GatherElements GatherND Greater GreaterOrEqual HardMax Identity If IsInf IsNaN Less LessOrEqual Loop "
    "Max MaxPool MaxRoiPool MaxUnpool Min Neg NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or Pad Range "
    "ReduceMax ReduceMin Relu Reshape ReverseSequence Round Scan Scatter ScatterElements ScatterND SequenceAt SequenceConstruct "
    "SequenceEmpty SequenceErase SequenceInsert SequenceLength Shape Sign Size Slice SpaceToDepth Split SplitToSequence Squeeze "
    "ConcatFromSequence GlobalMaxPool StringNormalizer Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where And Xor "
    "ThresholdedRelu RandomNormalLike RandomUniformLike QuantizeLinear DequantizeLinear".split()
)
# Sums, of products or not: the error is that of the terms' magnitudes.
SUMS = frozenset(
    "MatMul Gemm Conv ConvTranspose AveragePool GlobalAveragePool ReduceSum ReduceMean CumSum Einsum Sum Mean Add Sub".split()
)
# Those of many numbers, which some kernels add in a row.
RUNNING = frozenset("GlobalAveragePool ReduceMean ReduceSum".split())
RECURRENT = frozenset("LSTM GRU RNN".split())
# Gates are computed within a unit of their range and not of their value: ONNX Runtime's logistic curve ends at -18 or so, and
# what a recurrent net gives is a product of such.
OF_A_RANGE = frozenset(("Sigmoid", *RECURRENT))
# They take a mean away: what rounds is the size of what they are given, not of what they give.
CENTRED = frozenset(
    "BatchNormalization GroupNormalization InstanceNormalization LayerNormalization LogSoftmax LpNormalization "
    "MeanVarianceNormalization RMSNormalization".split()
)
# Roundings of any other, in units of what it gives.
OTHER = 4.0
UNIT = {TensorProto.FLOAT16: 2.0**-11, TensorProto.FLOAT: 2.0**-24, TensorProto.DOUBLE: 2.0**-53}
# What a float32 is rounded to between operations of a net of half precision.
HALF = {TensorProto.FLOAT16: 2.0**-11, TensorProto.BFLOAT16: 2.0**-8}


def rounds_to(node: onnx.NodeProto) -> float:
    """The unit of a Cast to half precision, 0 of any other node."""
    to = next((a.i for a in node.attribute if a.name == "to"), 0) if node.op_type == "Cast" else 0
    return HALF.get(to, 0.0)


def chooses_pixels(node: onnx.NodeProto) -> bool:
    """Whether it resizes by copies of the nearest pixels."""
    modes = [attribute.s for attribute in node.attribute if attribute.name == "mode"]
    return node.op_type == "Resize" and modes in ([], [b"nearest"])


def setting(node: onnx.NodeProto, name: str, usual: float) -> float:
    """The number that an attribute holds, ``usual`` where the node has none of that name."""
    for attribute in node.attribute:
        if attribute.name == name:
            return float(helper.get_attribute_value(attribute))
    return usual
