"""Parses the document of an XGBoost model, 1.0 to 3.x, into checked arrays."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from modelport.errors import ModelFileError
from modelport.readers.xgboost.binary import read_serialized
from modelport.readers.xgboost.document import Part, read_document
from modelport.readers.xgboost.model import Linear, XGBoostModel
from modelport.readers.xgboost.records import DamagedError
from modelport.readers.xgboost.trees import parse_trees

__all__ = ["check_pickled", "parse", "parse_serialized"]

# No contract holds more columns or outputs; a number beyond is a damaged file or an attack on memory.
_MOST = 1_000_000
_INTEGERS = {9: "int8", 10: "uint8", 11: "int16", 12: "uint16", 13: "int32", 14: "uint32", 15: "int64", 16: "uint64"}


def parse(data: bytes, where: str) -> XGBoostModel:
    """Parses JSON or UBJSON. Raises: ModelFileError, with the first thing that is wrong and its path in the file."""
    fix = "copy or save it again with Booster.save_model('model.ubj'); it may be cut off or changed"
    try:
        return _parse(read_document(data))
    except (DamagedError, MemoryError) as err:
        raise ModelFileError(f"the XGBoost model cannot be read: {err}", where=where, fix=fix) from err


def parse_serialized(data: bytes, where: str) -> XGBoostModel:
    """Parses what R keeps of a booster: a model in any format, the binary one too, alone or with its configuration.

    Raises: ModelFileError, with the first thing that is wrong.
    """
    try:
        document = read_serialized(data) or read_document(data)
        return _parse(document.get("Model") or document)
    except (DamagedError, MemoryError) as err:
        raise ModelFileError(
            f"the XGBoost model cannot be read: {err}",
            where=where,
            fix="save it again with a newer package: xgb.save(xgb.load(…), 'model.ubj')",
        ) from err


def check_pickled(data: bytes) -> str | None:
    """What is wrong with the state of a pickled Booster, which holds a model and its configuration; None when nothing is.

    The library would trust these bytes, so they are read here before it sees them.
    """
    try:
        document = read_document(data)
        model = document.get("Model")
        _parse(document if model is None else model)
    except (DamagedError, MemoryError) as err:
        return str(err)
    return None


def _parse(document: Part) -> XGBoostModel:
    learner = document["learner"]
    shape = learner["learner_model_param"]
    n_classes = shape["num_class"].integer()
    targets = shape.get("num_target")
    n_outputs = max(1, n_classes, targets.integer() if targets is not None else 1)
    n_features = shape["num_feature"].integer()
    for what, count in (("outputs", n_outputs), ("features", n_features), ("classes", n_classes)):
        if not 0 <= count <= _MOST:
            raise DamagedError(f"{count} {what}")
    objective = learner["objective"]
    booster = learner["gradient_booster"]
    kind = booster["name"].text()
    trees = linear = None
    if kind == "gblinear":
        linear = _linear(booster["model"], n_features, n_outputs)
    elif kind in ("gbtree", "dart"):
        inner = booster["gbtree"]["model"] if kind == "dart" else booster["model"]
        weight = booster["weight_drop"] if kind == "dart" else None
        trees = parse_trees(inner, n_features, n_outputs, weight)
    else:
        raise DamagedError(f"gradient_booster.name is {kind!r}")
    names, types = learner.get("feature_names"), learner.get("feature_types")
    attributes = learner.get("attributes")
    return XGBoostModel(
        version=_version(document),
        booster=kind,
        objective=objective["name"].text(),
        parameters=_parameters(objective),
        n_features=n_features,
        n_outputs=n_outputs,
        n_classes=n_classes,
        base_score=_base_score(shape["base_score"], n_outputs),
        trees=trees,
        linear=linear,
        feature_names=_for_each(names, n_features),
        feature_types=_for_each(types, n_features),
        categories=_categories(booster, n_features),
        attributes=attributes.strings() if attributes is not None else {},
    )


def _version(document: Part) -> tuple[int, ...]:
    version = document.get("version")
    return tuple(int(v) for v in version.array(np.int64)) if version is not None else ()


def _for_each(part: Part | None, n_features: int) -> tuple[str, ...]:
    found = part.texts() if part is not None else ()
    if found and len(found) != n_features:
        raise DamagedError(f"{part.path if part else ''} has {len(found)} entries for {n_features} features")
    return found


def _parameters(objective: Part) -> dict[str, str]:
    """The objective's own parameters, whatever the name of the group that holds them."""
    found: dict[str, str] = {}
    for group in objective.objects():
        found |= group.strings()
    return found


def _base_score(part: Part, n_outputs: int) -> npt.NDArray[np.float32]:
    """'5E-1', or since 3.1 '[5E-1,2E-1]': one for all outputs, or one for each."""
    try:
        with np.errstate(over="ignore"):
            found = np.array([float(text) for text in part.text().strip("[]").split(",")], dtype=np.float32)
    except ValueError:
        found = np.array([np.nan], dtype=np.float32)
    if not np.isfinite(found).all():
        raise DamagedError(f"{part.path} is {part.text()[:40]!r}")
    if len(found) not in (1, n_outputs):
        raise DamagedError(f"{part.path} has {len(found)} values for {n_outputs} outputs")
    return np.broadcast_to(found, (n_outputs,)).copy()


def _linear(model: Part, n_features: int, n_outputs: int) -> Linear:
    weights = model["weights"].array(np.float32, (n_features + 1) * n_outputs).reshape(n_features + 1, n_outputs)
    return Linear(weights[:-1], weights[-1])


def _categories(booster: Part, n_features: int) -> tuple[tuple[str, ...] | npt.NDArray[np.integer] | None, ...]:
    tree = booster.get("gbtree") or booster
    model = tree.get("model")
    stored = model.get("cats") if model is not None else None
    encoded = stored["enc"].items() if stored is not None and "enc" in stored else []
    if not encoded:
        return (None,) * n_features
    if len(encoded) != n_features:
        raise DamagedError(f"{encoded[0].path[:-3]} has {len(encoded)} entries for {n_features} features")
    return tuple(_values(part) for part in encoded)


def _values(part: Part) -> tuple[str, ...] | npt.NDArray[np.integer] | None:
    if "type" in part:
        kind = _INTEGERS.get(part["type"].integer())
        if kind is None:
            raise DamagedError(f"{part.path}.type is not known")
        return part["values"].array(np.dtype(kind))
    offsets = part["offsets"].array(np.int64)
    if not len(offsets):
        return None
    # Written as int8, so bytes from 128 on are negative.
    text = part["values"].array(np.int16).astype(np.uint8).tobytes()
    if offsets[0] != 0 or (np.diff(offsets) < 0).any() or offsets[-1] != len(text):
        raise DamagedError(f"{part.path}.offsets do not fit its values")
    return tuple(text[start:end].decode(errors="replace") for start, end in pairwise(offsets))
