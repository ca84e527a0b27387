"""Equal and NotEqual of every type: tf2onnx reads texts as numbers to compare them.

**After**: Equal, which compares texts since opset 19; short whole numbers as int32.
"""

from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]

_TAKEN = frozenset(
    (
        TensorProto.FLOAT,
        TensorProto.DOUBLE,
        TensorProto.INT32,
        TensorProto.INT64,
        TensorProto.BOOL,
        TensorProto.STRING,
        TensorProto.FLOAT16,
    )
)


def _equal(write: Writer) -> None:
    write.result("Equal", *_operands(write))


def _not_equal(write: Writer) -> None:
    write.result("Not", write("Equal", *_operands(write)))


def _operands(write: Writer) -> list[str]:
    kind = write.type_of(write.inputs[0])
    return [name if kind in _TAKEN else write("Cast", name, to=TensorProto.INT32) for name in write.inputs]


REPAIR = Repair("equality", {"Equal": _equal, "NotEqual": _not_equal})
