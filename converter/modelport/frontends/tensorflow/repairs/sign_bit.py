"""The sign of a number by its bits, as Keras's argmax and signbit ask: ONNX 21 cannot look at bits of a float.

**Before**: BitwiseAnd(Bitcast(x), least int32), which is 0 for numbers above and for +0. **After**: the bits are those of the
sign alone, found by x < 0 or 1/x < 0. A NaN counts as positive.
Refuses when: 1. anything else reads the bits; 2. the types are not float32 and int32.
"""

from typing import Any

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]

_LEAST = np.iinfo(np.int32).min


def _sign(write: Writer) -> None:
    x = write.inputs[0]
    if write.type_of(x) != TensorProto.FLOAT or write.result_type() != TensorProto.INT32:
        raise ValueError("bits of other types than float32")
    if not all(user.type == "BitwiseAnd" and _asks_sign(user) for user in write.users(0)):
        raise ValueError("other bits than that of the sign are read")
    zero, one = np.array(0, np.float32), np.array(1, np.float32)
    below = write("Or", write("Less", x, zero), write("Less", write("Div", one, x), zero))
    write.result("Where", below, np.array(_LEAST, np.int32), np.array(0, np.int32))


# Any: a node of tf2onnx, which has no types.
def _asks_sign(user: Any) -> bool:
    given = [one.get_tensor_value(as_list=False) for one in user.inputs if one is not None and one.is_const()]
    return any(np.all(np.asarray(value) == _LEAST) for value in given)


REPAIR = Repair("signs by their bits", {"Bitcast": _sign})
