"""The attributes of one TreeEnsemble node, and the small node that stands for it while a graph is worked on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.forest import Forest
from modelport.ir.wire import Pieces, integers_attribute, node_attribute, tensor_attribute

__all__ = ["TreeTables"]

_SUM, _NO_TRANSFORM = 1, 0
_TENSORS = frozenset(("nodes_splits", "nodes_modes", "leaf_weights", "membership_values"))
# Any: numbers of every type that a table has.
Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class TreeTables:
    """A forest and its array attributes as they stand in a serialized NodeProto."""

    forest: Forest
    wire: Pieces

    @staticmethod
    def of(forest: Forest, arrays: Iterable[tuple[str, Array]]) -> "TreeTables":
        """Serializes the array attributes of ai.onnx.ml 5 TreeEnsemble one by one; none of them need be kept then.

        Shapes: nodes_* [M], of which ids count nodes, or leaves where the leaf flag is set; leaf_* [L]; tree_roots [T];
        membership_values: the members of the set of each node that asks for one, in node order, NaN after each set.
        """
        pieces: list[bytes] = []
        for name, array in arrays:
            # Any: whole numbers or not, as the name says.
            written = tensor_attribute(name, array) if name in _TENSORS else integers_attribute(name, array)  # type: ignore[arg-type]
            pieces += node_attribute(written)
        return TreeTables(forest, tuple(pieces))

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The type of rows, splits and sums."""
        return np.dtype(self.forest.value_type)

    def stand_in(self, number: int) -> dict[str, ir.TensorProtocol | int | list[int]]:
        """Attributes of a small valid node of the same type and width.

        A graph of stand-ins is cheap to copy and to rewrite. ``number`` stands as its split, so that no two of them
        are equal: a pass that shares equal nodes would otherwise take two forests over the same rows for one.
        """
        return {
            "nodes_featureids": [0],
            "nodes_splits": ir.tensor(np.array([number], dtype=self.dtype), name="nodes_splits"),
            "nodes_modes": ir.tensor(np.zeros(1, dtype=np.uint8), name="nodes_modes"),
            "nodes_truenodeids": [0],
            "nodes_falsenodeids": [1],
            "nodes_trueleafs": [1],
            "nodes_falseleafs": [1],
            "leaf_targetids": [0, 0],
            "leaf_weights": ir.tensor(np.zeros(2, dtype=self.dtype), name="leaf_weights"),
            "tree_roots": [0],
            "n_targets": self.forest.n_targets,
            "aggregate_function": _SUM,
            "post_transform": _NO_TRANSFORM,
        }
