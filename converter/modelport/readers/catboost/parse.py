"""Reads CatBoost's JSON export into arrays. The text comes from the library's own writer (``export.py``)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Label
from modelport.readers.catboost.ctrs import mixed_statistics, read_ctr
from modelport.readers.catboost.model import CTR, FLOAT, ONE_HOT, CatBoostModel, Classes, Splits, Trees
from modelport.readers.catboost.trees import nested_trees, oblivious_trees, split_bodies

__all__ = ["parse"]

# The writer puts each key on a line of its own; within a JSON string no line begins.
_NESTED = re.compile(r'(?m)^  "trees":')
_KINDS = {"FloatFeature": FLOAT, "OneHotFeature": ONE_HOT, "OnlineCtr": CTR}
_LABELS = {"Integer": int, "String": str, "Boolean": bool, "Float": float}

# Any: parsed JSON.
Json = Mapping[str, Any]


def parse(text: str) -> CatBoostModel:
    """Reads the export. Raises: KeyError, ValueError, TypeError, IndexError where it is no export of a model."""
    nested = _NESTED.search(text)
    rest, tail = (text, "") if nested is None else (text[: nested.start()] + '"trees": []}', text[nested.end() :])
    data = json.loads(rest)
    features = data.get("features_info") or {}
    floats = features.get("float_features") or []
    cats = features.get("categorical_features") or []
    for listed in (floats, cats):
        if [f["feature_index"] for f in listed] != list(range(len(listed))):
            raise ValueError("features are not listed in order")
    scale, bias = data["scale_and_bias"]
    bias = np.asarray(bias, dtype=np.float64).ravel()
    bodies = split_bodies(tail) if nested is not None else {}
    found = {index: json.loads(body) for index, body in bodies.items()}
    for tree in data.get("oblivious_trees") or []:
        found |= {split["split_index"]: split for split in tree.get("splits") or ()}
    places = {index: place for place, index in enumerate(sorted(found))}
    trees = _trees(data, tail, places, len(bias))
    info = data.get("model_info") or {}
    params = info.get("params") or {}
    loss = (params.get("loss_function") or {}).get("type", "")
    threshold = info.get("binclass_probability_threshold")
    return CatBoostModel(
        names=_names(features),
        float_columns=np.array([f["flat_feature_index"] for f in floats], dtype=np.int64),
        nan_right=np.array([f["has_nans"] and f["nan_value_treatment"] == "AsTrue" for f in floats], dtype=np.bool_),
        cat_columns=np.array([f["flat_feature_index"] for f in cats], dtype=np.int64),
        splits=_splits(found, _statistics(features)),
        trees=trees,
        scale=float(scale),
        bias=bias,
        loss=str(loss),
        classes=_classes(info.get("class_params"), len(bias)),
        threshold=None if threshold is None else float(threshold),
        mixed_statistics=mixed_statistics(params.get("cat_feature_params") or {}),
        ctrs=tuple(read_ctr(ctr, data.get("ctr_data") or {}) for ctr in features.get("ctrs") or []),
    )


def _trees(data: Json, tail: str, places: Mapping[int, int], dimensions: int) -> Trees:
    if "oblivious_trees" in data:
        return oblivious_trees(data["oblivious_trees"] or [], places, dimensions)
    return nested_trees(tail, places, dimensions)


def _statistics(features: Json) -> dict[int, tuple[int, Json]]:
    """The statistic and its description behind each split_index: they come after all borders and one-hot values."""
    start = sum(len(f.get("borders") or []) for f in features.get("float_features") or [])
    start += sum(len(f.get("values") or []) for f in features.get("categorical_features") or [])
    found: dict[int, tuple[int, Json]] = {}
    for place, ctr in enumerate(features.get("ctrs") or []):
        for border in ctr["borders"]:
            found[start + len(found)] = (place, {**ctr, "border": border})
    return found


def _splits(found: Mapping[int, Json], statistics: Mapping[int, tuple[int, Json]]) -> Splits:
    kinds, features = [], []
    for index in sorted(found):
        split = found[index]
        kind = _KINDS[split["split_type"]]
        kinds.append(kind)
        if kind == CTR:
            place, ctr = statistics[index]
            if (split["border"], split["ctr_target_border_idx"]) != (ctr["border"], ctr["target_border_idx"]):
                raise ValueError(f"split {index} is not that of its statistic")
            features.append(place)
        else:
            features.append(split["cat_feature_index" if kind == ONE_HOT else "float_feature_index"])
    every = [found[index] for index in sorted(found)]
    return Splits(
        np.array(kinds, dtype=np.int8),
        np.array(features, dtype=np.int32),
        np.array([split.get("border", 0.0) for split in every], dtype=np.float64).astype(np.float32),
        np.array([split.get("value", 0) for split in every], dtype=np.int64),
    )


def _names(features: Json) -> tuple[str, ...]:
    """Names by column of fit(); columns that no list of features speaks of were left out of it."""
    every: list[Json] = [f for key, part in features.items() if key.endswith("_features") for f in part or []]
    names = [""] * (1 + max((f["flat_feature_index"] for f in every), default=-1))
    for f in every:
        names[f["flat_feature_index"]] = f.get("feature_name") or f.get("feature_id") or ""
    return tuple(names)


def _classes(given: Json | None, dimensions: int) -> Classes | None:
    if given is None:
        return None
    kind = _LABELS[given["class_label_type"]]
    count = int(given.get("classes_count") or 0)
    names: Sequence[Label] = given.get("class_names") or range(max(count, 2, dimensions))
    labels = tuple(kind(name) for name in names)
    return Classes(labels, _dims(given, dimensions))


def _dims(given: Json, dimensions: int) -> npt.NDArray[np.int64]:
    """The class of each raw value: classes that training never saw have none."""
    to_label = np.asarray(given.get("class_to_label") or range(dimensions), dtype=np.int64)
    return to_label if dimensions > 1 and len(to_label) == dimensions else np.arange(dimensions)
