"""What a wrapper does to the answer of the model inside it: its labels in another order, and none for rows that it drops."""

from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import missing_where
from modelport.frontends.r._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = ["as_doubles", "in_order", "label_only", "own_labels", "shares_in_order", "without_rows"]


def as_doubles(scope: Scope, inner: Prediction) -> Prediction:
    """The numbers as R has them: float64, also where a booster computes in float32."""

    def wide(value: ir.Value | None) -> ir.Value | None:
        narrow = value is not None and value.dtype == ir.DataType.FLOAT
        return scope.builder.cast(value, ir.DataType.DOUBLE) if narrow and value is not None else value

    return replace(inner, value=wide(inner.value), probability=wide(inner.probability), scores=wide(inner.scores))


def own_labels(inner: Prediction) -> tuple[str, ...]:
    """The classes of the model inside, as text."""
    return tuple(str(label) for label in inner.classes or ())


def label_only(inner: Prediction) -> Prediction:
    """A classifier's answer without the numbers that the wrapper does not give."""
    return replace(inner, value=None, link=None, score=None)


def shares_in_order(scope: Scope, inner: Prediction, levels: tuple[str, ...]) -> ir.Value | None:
    """The probability [N, C] of the model inside, its columns in the order of these levels."""
    own, shares = own_labels(inner), inner.probability
    if shares is None or own == levels or set(own) != set(levels):
        return shares
    b = scope.builder
    return b.op("Gather", shares, b.constant(np.array([own.index(level) for level in levels], dtype=np.int64)), axis=1)


def in_order(scope: Scope, inner: Prediction, levels: tuple[str, ...]) -> Prediction:
    """A classifier's answer with its classes in the order of ``levels``, which may be more than the model knows.

    Raises: ValueError for a class that is none of them.
    """
    own = own_labels(inner)
    if inner.index is None or own == levels:
        return label_only(inner)
    place = np.array([levels.index(label) for label in own], dtype=np.int64)
    b = scope.builder
    return label_only(
        replace(
            inner,
            index=b.op("Gather", b.constant(place), inner.index, axis=0),
            classes=levels,
            places=tuple(int(place[spot]) for spot in (inner.places or range(len(own)))),
            probability=shares_in_order(scope, inner, levels),
        )
    )


def without_rows(scope: Scope, found: Prediction, gone: ir.Value | None, *, several: bool = False) -> Prediction:
    """NaN in the rows where ``gone``, bool [N, 1], holds; ``several``: a value is [N, K], not [N]."""
    if gone is None:
        return found
    parts: dict[str, ir.Value] = {}
    for name in ("value", "link", "score", "scores", "probability"):
        given = getattr(found, name)
        if given is not None:
            wide = name == "probability" or (found.rule != "positive" if name == "scores" else several)
            parts[name] = missing_where(scope, gone if wide else flat(scope, gone), given)
    return replace(found, **parts)  # type: ignore[arg-type]
