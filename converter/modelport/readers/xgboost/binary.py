"""Reads the retired binary format of XGBoost, 0.4 to 3.0, into the document that its JSON would be.

R's package kept its models in it until 1.6, and ``CONFIG-offset:`` in front of it is what 1.0 to 1.6 serialize to.

    [binf] LearnerModelParam[136]  objective  booster  its model  [attributes]
    gbtree: GBTreeModelParam[160], each tree: TreeParam[148] nodes[20 each] statistics[16 each]; int32 output of each tree
    dart: as gbtree, then a float32 for each tree; gblinear: 136 bytes, then the weights

Source: src/learner.cc, src/gbm/gbtree_model.cc and src/tree/tree_model.cc of 1.7, the Load functions of dmlc streams.
"""

import struct

import numpy as np

from modelport.readers.xgboost.document import Part
from modelport.readers.xgboost.objectives import OBJECTIVES, base_margin
from modelport.readers.xgboost.records import DamagedError
from modelport.readers.xgboost.ubjson import Json

__all__ = ["is_binary", "read_binary", "read_serialized"]

_CONFIG = b"CONFIG-offset:"
_NODE = np.dtype([("parent", "<i4"), ("left", "<i4"), ("right", "<i4"), ("split", "<u4"), ("value", "<f4")])
_STATISTICS_BYTES = 16
_DEFAULT_LEFT = np.uint32(1 << 31)


def is_binary(data: bytes) -> bool:
    """Whether these bytes begin as the binary format does, with or without its mark."""
    if data.startswith((b"binf", _CONFIG)):
        return True
    # Without the mark there is the length of the objective's name, and a name that is a word with a colon.
    size = struct.unpack_from("<Q", data, 136)[0] if len(data) > 160 else 0
    return 0 < size <= 64 and b":" in data[144 : 144 + size] and data[144 : 144 + size].isascii()


def read_serialized(data: bytes) -> Part | None:
    """The model in what R and pickles keep, None where it is in JSON or UBJSON and to be read as that."""
    if data.startswith(_CONFIG):
        if len(data) < 22:
            raise DamagedError("the file ends early, in its first bytes")
        size = struct.unpack_from("<q", data, len(_CONFIG))[0]
        start = len(_CONFIG) + 8
        if not 0 < size <= len(data) - start:
            raise DamagedError(f"its model of {size} bytes is cut off")
        return read_binary(data[start : start + size])
    return read_binary(data) if is_binary(data) else None


def read_binary(data: bytes) -> Part:
    """The document. Raises: DamagedError."""
    file = _File(data, 4 if data.startswith(b"binf") else 0)
    base, n_features, n_classes, has_attributes, _, major, minor = struct.unpack("<fIiiiII", file.take(136)[:28])
    objective, booster = file.text(), file.text()
    if booster == "gblinear":
        file.take(136)
        gradient: dict[str, Json] = {"name": booster, "model": {"weights": file.floats()}}
    elif booster in ("gbtree", "dart"):
        model = _trees(file)
        gradient = {"name": booster, "model": model}
        if booster == "dart":
            gradient = {"name": booster, "gbtree": {"model": model}, "weight_drop": file.floats()}
    else:
        raise DamagedError(f"the booster is {booster!r}")
    attributes: dict[str, Json] = {}
    if has_attributes:
        for _ in range(file.count(16)):
            key = file.text()
            attributes[key] = file.text()
    learner: dict[str, Json] = {
        "learner_model_param": {
            "base_score": repr(_base_score(base, objective, major)),
            "num_class": str(n_classes),
            "num_feature": str(n_features),
        },
        "objective": {"name": objective},
        "gradient_booster": gradient,
        "attributes": attributes,
    }
    return Part({"learner": learner, "version": [major, minor, 0]}, "")


def _base_score(stored: float, objective: str, major: int) -> float:
    """Before 1.0 the margin was stored, since then the score before the link."""
    known = OBJECTIVES.get(objective)
    if major >= 1 or known is None or known.base == "identity":
        return stored
    margin = np.float64(stored)
    with np.errstate(over="ignore"):
        score = np.float32(np.exp(margin) if known.base == "log" else 1 / (1 + np.exp(-margin)))
    if base_margin(known, np.array([score], dtype=np.float32))[0] != np.float32(stored):
        raise DamagedError(f"its base score {stored} of before 1.0 has no exact form: save it again with 1.0 to 2.1")
    return float(score)


def _trees(file: "_File") -> dict[str, Json]:
    n_trees, parallel = struct.unpack("<ii", file.take(160)[:8])
    if n_trees < 0:
        raise DamagedError(f"{n_trees} trees")
    # Before 1.3 another number stood in its place, which was always 0 or 1.
    parallel = str(max(1, parallel))
    trees: list[Json] = []
    for _ in range(n_trees):
        _, n_nodes, _, _, _, width = struct.unpack("<6i", file.take(148)[:24])
        if n_nodes < 1 or width > 1:
            raise DamagedError(f"a tree of {n_nodes} nodes and leaves of {width} values")
        nodes = np.frombuffer(file.take(n_nodes * _NODE.itemsize), _NODE)
        file.take(n_nodes * _STATISTICS_BYTES)
        trees.append(
            {
                "left_children": nodes["left"],
                "right_children": nodes["right"],
                "split_indices": (nodes["split"] & ~_DEFAULT_LEFT).astype(np.int64),
                "split_conditions": nodes["value"],
                "default_left": (nodes["split"] >= _DEFAULT_LEFT).astype(np.uint8),
                "tree_param": {"num_nodes": str(n_nodes), "size_leaf_vector": "0"},
            }
        )
    output = np.frombuffer(file.take(4 * n_trees), "<i4")
    return {"trees": trees, "tree_info": output, "gbtree_model_param": {"num_parallel_tree": parallel}}


class _File:
    """Bytes, and how far they are read. Every method raises DamagedError where they end early."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if count > len(self._data) - self._at:
            raise DamagedError(f"the file ends early: {count} bytes are needed at byte {self._at}")
        self._at += count
        return self._data[self._at - count : self._at]

    def count(self, each: int) -> int:
        """A number of things that take at least so many bytes each."""
        found: int = struct.unpack("<Q", self.take(8))[0]
        if found * each > len(self._data) - self._at:
            raise DamagedError(f"the file ends early: it shall hold {found} things at byte {self._at}")
        return found

    def text(self) -> str:
        """A string."""
        return self.take(self.count(1)).decode("utf-8", "replace")

    def floats(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        """A list of numbers."""
        return np.frombuffer(self.take(4 * self.count(4)), "<f4").astype(np.float32)
