"""What the lookup tables hold that a function of TensorFlow captured: read from their live resources, not from a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.errors import UnsupportedModelError

__all__ = ["Table", "captured_tables"]

_BRANCHES = frozenset(("If", "StatelessIf", "Case", "StatelessCase"))


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
    """What the table behind a captured resource holds; its types stand where it is looked up.

    They are never guessed: TensorFlow ends the process that asks a table for other types than it has.
    """
    from tensorflow.python.ops import gen_lookup_ops

    for key, value in dict.fromkeys(_looked_up(function.graph.as_graph_def(), name)):
        try:
            with tf.init_scope():
                keys, values = gen_lookup_ops.lookup_table_export_v2(outer, key, value)
        except (tf.errors.OpError, ValueError):
            continue
        return Table(np.asarray(keys.numpy()), np.asarray(values.numpy()))
    return None


def _looked_up(graph: Any, name: str) -> Iterator[tuple[Any, Any]]:
    """The types of keys and values of the lookups that read from the node ``name``, in the functions that it goes to too."""
    import tensorflow as tf

    library = {one.signature.name: one for one in graph.library.function}
    waiting, seen = [("", name)], set[tuple[str, str]]()
    while waiting:
        place_of = waiting.pop()
        if place_of in seen:
            continue
        seen.add(place_of)
        function, resource = place_of
        for node in library[function].node_def if function else graph.node:
            places = [place for place, one in enumerate(node.input) if one.split(":")[0] == resource]
            if node.op == "LookupTableFindV2" and 0 in places:
                yield tf.as_dtype(node.attr["Tin"].type), tf.as_dtype(node.attr["Tout"].type)
            if node.op == "Identity" and places:
                waiting.append((function, node.name))
            for called in _functions(node) if places else ():
                # Of a branch the first input is what chooses it.
                given = library[called].signature.input_arg
                waiting += [(called, given[place - (node.op in _BRANCHES)].name) for place in places]


def _functions(node: Any) -> list[str]:
    """The functions that a node calls."""
    found = []
    for attribute in node.attr.values():
        kind = attribute.WhichOneof("value")
        found += [attribute.func.name] if kind == "func" else [one.name for one in attribute.list.func]
    return found
