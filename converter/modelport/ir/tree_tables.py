"""The attributes of one TreeEnsemble node as arrays, and the small node that stands for it while a graph is worked on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.forest import Forest
from modelport.ir.wire import integers_attribute, node_attribute, tensor_attribute

__all__ = ["TreeTables"]

_SUM, _NO_TRANSFORM = 1, 0
Ints = npt.NDArray[np.integer]


@dataclass(frozen=True)
class TreeTables:
    """ai.onnx.ml 5 TreeEnsemble of a forest.

    Shapes: per node (M of them): feature, split, true_id, false_id, true_leaf, false_leaf, missing_true; per leaf
    (L): leaf_target, leaf_weight; roots [T]. Ids count nodes, or leaves where the leaf flag is set.
    """

    forest: Forest
    mode: int
    feature: Ints
    split: npt.NDArray[np.floating]
    true_id: Ints
    false_id: Ints
    true_leaf: npt.NDArray[np.bool_]
    false_leaf: npt.NDArray[np.bool_]
    missing_true: npt.NDArray[np.bool_]
    leaf_target: Ints
    leaf_weight: npt.NDArray[np.floating]
    roots: Ints

    def stand_in(self, number: int) -> dict[str, ir.TensorProtocol | int | list[int]]:
        """Attributes of a small valid node of the same type and width.

        A graph of stand-ins is cheap to copy and to rewrite. ``number`` stands as its split, so that no two of them
        are equal: a pass that shares equal nodes would otherwise take two forests over the same rows for one.
        """
        return {
            "nodes_featureids": [0],
            "nodes_splits": ir.tensor(np.array([number], dtype=self.split.dtype), name="nodes_splits"),
            "nodes_modes": ir.tensor(np.array([self.mode], dtype=np.uint8), name="nodes_modes"),
            "nodes_truenodeids": [0],
            "nodes_falsenodeids": [1],
            "nodes_trueleafs": [1],
            "nodes_falseleafs": [1],
            "leaf_targetids": [0, 0],
            "leaf_weights": ir.tensor(np.zeros(2, dtype=self.split.dtype), name="leaf_weights"),
            "tree_roots": [0],
            **self._settings,
        }

    @property
    def _settings(self) -> dict[str, int]:
        return {"n_targets": self.forest.n_targets, "aggregate_function": _SUM, "post_transform": _NO_TRANSFORM}

    @cached_property
    def wire(self) -> bytes:
        """All array attributes, to be merged into a NodeProto."""
        modes = np.full(len(self.feature), self.mode, dtype=np.uint8)
        attributes = [
            integers_attribute("nodes_featureids", self.feature),
            tensor_attribute("nodes_splits", self.split),
            tensor_attribute("nodes_modes", modes),
            integers_attribute("nodes_truenodeids", self.true_id),
            integers_attribute("nodes_falsenodeids", self.false_id),
            integers_attribute("nodes_trueleafs", self.true_leaf),
            integers_attribute("nodes_falseleafs", self.false_leaf),
            integers_attribute("nodes_missing_value_tracks_true", self.missing_true),
            integers_attribute("leaf_targetids", self.leaf_target),
            tensor_attribute("leaf_weights", self.leaf_weight),
            integers_attribute("tree_roots", self.roots),
        ]
        return b"".join(node_attribute(attribute) for attribute in attributes)
