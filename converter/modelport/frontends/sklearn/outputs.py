"""Names what an estimator gives as the graph's outputs, the same in every language, and types them for the contract."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._outputs import chosen_outputs, gathered_labels
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.contract import Label, Task
from modelport.ir.program import Decision

__all__ = ["Named", "add_outputs", "class_labels", "task_of"]

_NUMBERS = ("probability", "score", "value", "link", "transformed", "score_samples")
_DEFAULTS: dict[Task, tuple[str, ...]] = {
    "regressor": ("value",),
    "transformer": ("transformed",),
    "clusterer": ("label",),
    "outlier_detector": ("label", "score"),
    "density": ("label", "probability", "score_samples"),
}


@dataclass(frozen=True)
class Named:
    """The outputs that were added, in order, and for those with classes the classes."""

    names: tuple[str, ...]
    classes: dict[str, tuple[Label, ...]]


def task_of(result: Columns | Prediction) -> Task:
    """What kind of estimator gives this result."""
    if isinstance(result, Columns):
        return "transformer"
    if result.task is not None:
        return result.task
    return "classifier" if result.index is not None or result.several else "regressor"


def class_labels(estimator: Any, result: Prediction) -> tuple[Label, ...]:
    """The labels of a prediction in the source's order: stated by the converter, or ``classes_``."""
    if result.classes is not None:
        return result.classes
    return tuple(plain(label) for label in estimator.classes_)


def add_outputs(scope: Scope, estimator: Any, result: Columns | Prediction, asked: tuple[str, ...] | None) -> Named:
    """Adds the outputs asked for, or the usual ones of the task.

    Raises: ConfigError for an output that this model does not have; UnsupportedModelError for text as a result.
    """
    available, classes = (
        _transformed(scope, result) if isinstance(result, Columns) else _predicted(scope, estimator, result)
    )
    names = chosen_outputs(asked, _usual(result, available), available)
    if isinstance(result, Prediction) and "label" in names:
        scope.decisions += _decisions(estimator, result)
    for name in names:
        scope.builder.output(available[name], name)
    return Named(names, {name: labels for name, labels in classes.items() if name in names})


def _usual(result: Columns | Prediction, available: dict[str, ir.Value]) -> tuple[str, ...]:
    task = task_of(result)
    if task == "classifier":
        probabilities = [name for name in available if name.startswith("probability")]
        return ("label", *(probabilities or [name for name in ("score",) if name in available]))
    return tuple(name for name in _DEFAULTS[task] if name in available)


def _transformed(scope: Scope, result: Columns) -> tuple[dict[str, ir.Value], dict[str, tuple[Label, ...]]]:
    if any(part.kind == "string" for part in result.parts):
        raise UnsupportedModelError(
            "the transformer gives text columns", where="model", fix="encode text before the last step"
        )
    if not result.parts:
        raise UnsupportedModelError(
            "the transformer gives no column at all", where="model", fix="keep at least one column"
        )
    return {"transformed": result.matrix(scope.builder)}, {}


def _predicted(
    scope: Scope, estimator: Any, result: Prediction
) -> tuple[dict[str, ir.Value], dict[str, tuple[Label, ...]]]:
    """All that a predictor can give; labels as they are in the source."""
    available = {name: value for name in _NUMBERS if (value := getattr(result, name)) is not None}
    classes: dict[str, tuple[Label, ...]] = {}
    if result.several:
        union = _union(result.several)
        available["label"] = gathered_labels(scope.builder, _positions(scope, result.several, union), union)
        classes["label"] = union
        for number, one in enumerate(result.several):
            if one.probability is not None:
                available[f"probability_{number}"] = one.probability
                classes[f"probability_{number}"] = one.classes or ()
    elif result.index is not None:
        labels = class_labels(estimator, result)
        available["label"] = gathered_labels(scope.builder, result.index, labels)
        classes |= dict.fromkeys(("label", "probability", *(("score",) if result.by_class else ())), labels)
    return available, classes


def _union(several: Sequence[Prediction]) -> tuple[Label, ...]:
    """The classes of all outputs, each once: a label matrix has one type and one list of classes."""
    # By type as well: 1, 1.0 and True are equal in Python.
    found = {(type(label), label): label for one in several for label in one.classes or ()}
    return tuple(found.values())


def _positions(scope: Scope, several: Sequence[Prediction], union: tuple[Label, ...]) -> ir.Value:
    """int64 [N, K]: the place of each output's label in the common list."""
    b = scope.builder
    columns = []
    for one in several:
        places = b.constant(np.array([union.index(label) for label in one.classes or ()], dtype=np.int64))
        own = b.op("Gather", places, one.index, axis=0)
        columns.append(b.op("Unsqueeze", own, b.constant(np.array([1], dtype=np.int64))))
    return columns[0] if len(columns) == 1 else b.op("Concat", *columns, axis=1)


def _decisions(estimator: Any, result: Prediction) -> list[Decision]:
    if result.several:
        union = _union(result.several)
        found = [_decision(one, one.classes or ()) for one in result.several]
        return [
            replace(decision, column=number, classes=tuple(union.index(label) for label in one.classes or ()))
            for number, (one, decision) in enumerate(zip(result.several, found, strict=True))
            if decision is not None
        ]
    decision = None if result.index is None else _decision(result, class_labels(estimator, result))
    return [] if decision is None else [decision]


def _decision(result: Prediction, classes: tuple[Label, ...]) -> Decision | None:
    if result.scores is None:
        return None
    rule = result.rule or "argmax"
    return Decision(
        "label",
        str(result.scores.name),
        rule,
        classes=result.places or tuple(range(len(classes))),
        border=result.border,
    )
