"""Lookups in a table, read from its live resource: StringLookup and IntegerLookup of Keras, StaticHashTable, MutableHashTable.

**After**: one LabelEncoder of ai.onnx.ml, which takes texts and whole numbers as keys and values, and gives the default for the
rest. tf2onnx knows text to int64 alone, and finds tables only by way of a file.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]

_ML = "ai.onnx.ml"


def _find(write: Writer) -> None:
    table = write.table(0)
    default = write.needed(2, "the value of unknown keys")
    keys, values = table.keys.reshape(-1), table.values
    if values.ndim != 1:
        raise ValueError("its values are no single numbers or texts")
    options: dict[str, Any] = {}
    for kind, array in (("keys", keys), ("values", values), ("default", np.asarray(default).reshape(1))):
        options |= _told(kind, array)
    query = write.inputs[1]
    if write.type_of(query) != TensorProto.STRING:
        query = write.cast(query, TensorProto.INT64)
    if values.dtype.kind == "i" and values.dtype != np.int64:
        found = write("LabelEncoder", query, domain=_ML, **options)
        write.result("Cast", found, to=write.result_type())
    else:
        write.result("LabelEncoder", query, domain=_ML, **options)


def _told(kind: str, array: npt.NDArray[Any]) -> dict[str, Any]:
    """The attribute of LabelEncoder that holds an array: as tensors, for they may hold an empty list."""
    name = f"{kind}_tensor"
    if array.dtype.kind in "OSU":
        texts = [one if isinstance(one, bytes) else str(one).encode() for one in array.tolist()]
        return {name: helper.make_tensor(name, TensorProto.STRING, [len(texts)], texts)}
    if array.dtype.kind not in "iuf":
        raise ValueError(f"its {kind} are {array.dtype}")
    wide = array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)
    if wide.dtype.kind == "f" and array.dtype != np.float32:
        raise ValueError(f"its {kind} are {array.dtype}")
    return {name: helper.make_tensor(name, helper.np_dtype_to_tensor_dtype(wide.dtype), [len(wide)], wide)}


def _size(write: Writer) -> None:
    count = len(write.table(0).keys)
    write.result("Identity", np.asarray(count, dtype=np.int64))


REPAIR = Repair("tables of lookups", {"LookupTableFindV2": _find, "LookupTableSizeV2": _size})
