"""What the lookup tables hold that a function of TensorFlow captured: read from their live resources, not from a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.errors import UnsupportedModelError

__all__ = ["Table", "captured_tables"]


@dataclass(frozen=True)
class Table:
    """A lookup table as it is now: keys and values in the same order."""

    keys: npt.NDArray[Any]
    values: npt.NDArray[Any]


# Any here and below: functions, graphs and tensors of tensorflow.
def captured_tables(function: Any, captured: Mapping[str, Any], where: str) -> dict[str, Table]:
    """Returns the table behind each of the captured resources, which are no variables, by the name they have inside.

    Raises: UnsupportedModelError for those that are no tables, such as a queue or an iterator.
    """
    import tensorflow as tf

    found = {name: _table(tf, function, name.split(":")[0], outer) for name, outer in captured.items()}
    lost = [name.split(":")[0] for name, table in found.items() if table is None]
    if lost:
        raise UnsupportedModelError(
            f"the function reads {', '.join(map(repr, lost))}, which holds no tensor and no table",
            where=where,
            fix="let the function compute from its inputs and variables alone",
        )
    return {name: table for name, table in found.items() if table is not None}


def _table(tf: Any, function: Any, name: str, outer: Any) -> Table | None:
    """What the table behind a captured resource holds; its types stand where it is looked up."""
    from tensorflow.python.ops import gen_lookup_ops

    types = _looked_up(function.graph.as_graph_def(), name)
    for key, value in types or [(tf.string, tf.int64), (tf.int64, tf.int64), (tf.int64, tf.string)]:
        try:
            with tf.init_scope():
                keys, values = gen_lookup_ops.lookup_table_export_v2(outer, key, value)
        except (tf.errors.OpError, ValueError):
            continue
        return Table(np.asarray(keys.numpy()), np.asarray(values.numpy()))
    return None


def _looked_up(graph: Any, name: str) -> list[tuple[Any, Any]]:
    """The types of keys and values of the lookups in a graph that read from the node ``name`` itself."""
    import tensorflow as tf

    return [
        (tf.as_dtype(node.attr["Tin"].type), tf.as_dtype(node.attr["Tout"].type))
        for node in graph.node
        if node.op == "LookupTableFindV2" and node.input[0].split(":")[0] == name
    ]
