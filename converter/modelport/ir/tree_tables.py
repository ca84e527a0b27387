"""The attributes of one TreeEnsemble node, and the small node that stands for it while a graph is worked on."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.forest import Forest
from modelport.ir.wire import integers_attribute, node_attribute, tensor_attribute

__all__ = ["NodeArrays", "TreeTables"]

_SUM, _NO_TRANSFORM = 1, 0
Ints = npt.NDArray[np.integer]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class NodeArrays:
    """ai.onnx.ml 5 TreeEnsemble as arrays, each under the name of its attribute.

    Shapes: nodes_* [M], of which ids count nodes, or leaves where the leaf flag is set; leaf_* [L]; tree_roots [T];
    membership_values: the members of the set of each node that asks for one, in node order, NaN after each set.
    """

    nodes_featureids: Ints
    nodes_splits: Floats
    nodes_modes: npt.NDArray[np.uint8]
    nodes_truenodeids: Ints
    nodes_falsenodeids: Ints
    nodes_trueleafs: Bools
    nodes_falseleafs: Bools
    nodes_missing_value_tracks_true: Bools
    leaf_targetids: Ints
    leaf_weights: Floats
    tree_roots: Ints
    membership_values: Floats


_TENSORS = frozenset(("nodes_splits", "nodes_modes", "leaf_weights", "membership_values"))


@dataclass(frozen=True)
class TreeTables:
    """A forest and its array attributes as they stand in a serialized NodeProto."""

    forest: Forest
    wire: bytes

    @staticmethod
    def of(forest: Forest, arrays: NodeArrays) -> "TreeTables":
        """Serializes the arrays, which need not be kept then."""
        parts: list[bytes] = []
        for field in fields(arrays):
            if field.name == "membership_values" and not len(arrays.membership_values):
                continue
            attribute = tensor_attribute if field.name in _TENSORS else integers_attribute
            parts.append(node_attribute(attribute(field.name, getattr(arrays, field.name))))
        return TreeTables(forest, b"".join(parts))

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
