"""Names what a model predicts as the graph's outputs, the same in every language, and types them for the contract."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import ConfigError, UnsupportedTypeError
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Bound, DType, Label, Output, Task
from modelport.ir.prediction import Prediction
from modelport.ir.program import Decision
from modelport.ir.session import open_session, run

__all__ = ["Named", "add_outputs", "typed_outputs"]

_UNPROVEN = Bound(kind="exact", reason="not yet derived")
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
    """The outputs that were added, in order, for those with classes the classes, and how the labels are decided."""

    names: tuple[str, ...]
    classes: dict[str, tuple[Label, ...]]
    decisions: tuple[Decision, ...]


def add_outputs(builder: GraphBuilder, given: Prediction, asked: Sequence[str] | None) -> Named:
    """Adds the outputs asked for, or the usual ones of the task; the classes of labels are known by now.

    Raises: ConfigError for an output that this model does not have.
    """
    available, classes = _available(builder, given)
    names = _chosen(asked, _usual(given, available), available)
    for name in names:
        builder.output(available[name], name)
    decisions = _decisions(given) if "label" in names else ()
    return Named(names, {name: labels for name, labels in classes.items() if name in names}, decisions)


def _usual(given: Prediction, available: Collection[str]) -> tuple[str, ...]:
    task = given.kind
    if task == "classifier":
        probabilities = [name for name in available if name.startswith("probability")]
        # What was fitted to the numbers 0 and 1 may be asked for as a number.
        value = [name for name in ("value",) if name in available and given.classes == ("0", "1")]
        return ("label", *(probabilities or [name for name in ("score",) if name in available]), *value)
    return (*(name for name in _DEFAULTS[task] if name in available), *given.named)


def _available(builder: GraphBuilder, given: Prediction) -> tuple[dict[str, ir.Value], dict[str, tuple[Label, ...]]]:
    """All that a model can give; labels as they are in the source."""
    available = {name: value for name in _NUMBERS if (value := getattr(given, name)) is not None} | dict(given.named)
    classes: dict[str, tuple[Label, ...]] = {}
    if given.several:
        union = _union(given.several)
        available["label"] = _gathered(builder, _positions(builder, given.several, union), union)
        classes["label"] = union
        for number, one in enumerate(given.several):
            if one.probability is not None:
                available[f"probability_{number}"] = one.probability
                classes[f"probability_{number}"] = one.classes or ()
    elif given.index is not None:
        labels = given.classes or ()
        available["label"] = _gathered(builder, given.index, labels)
        classes |= dict.fromkeys(("label", "probability", *(("score",) if given.by_class else ())), labels)
    return available, classes


def _union(several: Sequence[Prediction]) -> tuple[Label, ...]:
    """The classes of all outputs, each once: a label matrix has one type and one list of classes."""
    # By type as well: 1, 1.0 and True are equal in Python.
    found = {(type(label), label): label for one in several for label in one.classes or ()}
    return tuple(found.values())


def _positions(b: GraphBuilder, several: Sequence[Prediction], union: tuple[Label, ...]) -> ir.Value:
    """int64 [N, K]: the place of each output's label in the common list."""
    columns = []
    for one in several:
        places = b.constant(np.array([union.index(label) for label in one.classes or ()], dtype=np.int64))
        own = b.op("Gather", places, one.index, axis=0)
        columns.append(b.op("Unsqueeze", own, b.constant(np.array([1], dtype=np.int64))))
    return columns[0] if len(columns) == 1 else b.op("Concat", *columns, axis=1)


def _decisions(given: Prediction) -> tuple[Decision, ...]:
    if not given.several:
        decision = _decision(given)
        return () if decision is None else (decision,)
    union = _union(given.several)
    return tuple(
        replace(decision, column=number, classes=tuple(union.index(label) for label in one.classes or ()))
        for number, one in enumerate(given.several)
        if (decision := _decision(one)) is not None
    )


def _decision(given: Prediction) -> Decision | None:
    if given.index is None or given.scores is None:
        return None
    return Decision(
        "label",
        str(given.scores.name),
        given.rule or "argmax",
        classes=given.places or tuple(range(len(given.classes or ()))),
        border=given.border,
        ties=given.ties,
    )


def _chosen(asked: Sequence[str] | None, usual: Sequence[str], available: Collection[str]) -> tuple[str, ...]:
    """The outputs asked for, each once, or the usual ones; 'probability' of a model with several labels means all of them.

    Raises: ConfigError for an output that the model does not have.
    """
    wanted: list[str] = [*usual]
    if asked is not None:
        every = [name for name in available if name.startswith("probability_")]
        wanted = [n for name in asked for n in (every if name == "probability" and every else (name,))]
    unknown = [name for name in wanted if name not in available]
    if unknown:
        raise ConfigError(
            f"this model has no output {', '.join(map(repr, unknown))}",
            where="--outputs",
            fix=f"choose from: {', '.join(sorted(available))}",
        )
    return tuple(dict.fromkeys(wanted))


def _gathered(builder: GraphBuilder, index: ir.Value, classes: Sequence[Label]) -> ir.Value:
    """The label at each position, in the source's own type."""
    constant = builder.constant([str(label) for label in classes] if isinstance(classes[0], str) else np.array(classes))
    return builder.op("Gather", constant, index, axis=0)


def typed_outputs(
    model: ir.Model, names: Sequence[str], classes: Mapping[str, tuple[Label, ...]]
) -> tuple[Output, ...]:
    """Describes the outputs; ``classes`` of a label, or of a number with a column for each class, by the output's name.

    Their widths are seen by running two harmless rows.
    """
    feeds = {str(value.name): _harmless(value) for value in model.graph.inputs}
    # Stand-ins of forests have the width of what they stand for.
    results = run(open_session(ir.to_proto(model).SerializeToString()), feeds, names)
    outputs: list[Output] = []
    for value in model.graph.outputs:
        name = str(value.name)
        shape = results[name].shape
        width = int(shape[1]) if len(shape) == 2 else None
        value.shape = ir.Shape(["N"] if width is None else ["N", width])
        own = classes.get(name)
        if name == "label":
            kind = _label_type(own or ())
            outputs.append(Output(name=name, role="label", dtype=kind, width=width, classes=own, bound=_UNPROVEN))
            continue
        number: DType = "float32" if value.dtype == ir.DataType.FLOAT else "float64"
        per_class = own if own is not None and width == len(own) else None
        outputs.append(Output(name=name, role="number", dtype=number, width=width, classes=per_class, bound=_UNPROVEN))
    return tuple(outputs)


def _harmless(value: ir.Value) -> npt.NDArray[np.generic]:
    # The tensors of a text step are as wide as their rows ask for.
    wide = value.shape[1]  # type: ignore[index]
    shape = (2, wide if isinstance(wide, int) else 1)
    if value.dtype == ir.DataType.STRING:
        return np.full(shape, "", dtype=object)
    kinds: dict[ir.DataType | None, type[np.generic]] = {ir.DataType.INT64: np.int64, ir.DataType.FLOAT: np.float32}
    return np.zeros(shape, dtype=kinds.get(value.dtype, np.float64))


def _label_type(classes: Sequence[Label]) -> DType:
    kinds = {type(label) for label in classes}
    names: dict[type, DType] = {str: "string", bool: "bool", int: "int64", float: "float64"}
    if len(kinds) == 1 and next(iter(kinds)) in names:
        return names[kinds.pop()]
    raise UnsupportedTypeError(
        f"labels of mixed types: {', '.join(sorted(kind.__name__ for kind in kinds))}",
        where="the classes of the model",
        fix="fit with labels of one type: text, integers, booleans or floats",
    )
