"""What front ends share when they name and type a graph's outputs and draw the ranges of its features."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import ConfigError, UnsupportedTypeError
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Bound, DType, Label, Output
from modelport.ir.session import open_session, run

__all__ = ["chosen_outputs", "gathered_labels", "rounded_range", "typed_outputs"]

_UNPROVEN = Bound(kind="exact", reason="not yet derived")


def chosen_outputs(asked: Sequence[str] | None, usual: Sequence[str], available: Collection[str]) -> tuple[str, ...]:
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


def gathered_labels(builder: GraphBuilder, index: ir.Value, classes: Sequence[Label]) -> ir.Value:
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


def rounded_range(values: npt.ArrayLike, marks: Sequence[float]) -> tuple[float, float]:
    """The range of a feature's sample and marks, widened to round numbers so that no value of the sample is given away."""
    numbers = np.asarray(values, dtype=np.float64).ravel()
    # Thresholds of float32's largest number only part infinities; no range can be drawn from there.
    pool = np.concatenate([numbers[np.isfinite(numbers)], [x for x in marks if abs(x) < 1e30]])
    if not len(pool):
        return (0.0, 1.0)
    low, high = float(pool.min()), float(pool.max())
    step = 10.0 ** np.floor(np.log10(max(high - low, abs(high) * 1e-6, 1e-300)))
    return (float((np.floor(low / step) - 1) * step), float((np.ceil(high / step) + 1) * step))
