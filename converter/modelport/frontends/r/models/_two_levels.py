"""A probability of the second of two levels as label and probabilities: our rule for what R itself leaves open."""

from dataclasses import replace

import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._labels import beyond_border
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import NULL, RList, RObject, RStrings, RVector, is_factor, names, text, texts
from modelport.frontends.r.terms.frame import Frame
from modelport.ir.prediction import Prediction

__all__ = ["binomial", "is_our_rule", "named_levels", "response_levels", "two_levels"]

_OURS = "exceeds 0.5, else"


def response_levels(model: RObject, frame: Frame) -> tuple[str, ...] | None:
    """The levels of a response that is a factor or a logical, from the model frame or data that the model keeps."""
    if frame.response is None:
        return None
    label = frame.labels[frame.response] if frame.response < len(frame.labels) else None
    if label is None:
        return None
    kind = frame.kinds.get(label)
    if kind == "logical":
        return ("FALSE", "TRUE")
    if kind not in ("factor", "ordered", "character", None):
        return None
    for name in ("model", "data"):
        table = model.get(name, NULL)
        if isinstance(table, RList) and label in names(table):
            values = table[label]
            if is_factor(values):
                return tuple(texts(values.attributes["levels"]))
            if isinstance(values, RStrings):
                return tuple(sorted({value for value in values.values if value is not None}))
            if isinstance(values, RVector) and values.kind == "logical":
                return ("FALSE", "TRUE")
    return None


def binomial(
    scope: Scope, family: RObject, levels: tuple[str, ...] | None, mean: ir.Value, eta: ir.Value
) -> Prediction:
    """What a family of this mean [N, 1] predicts: label and probability of two levels of a binomial, else value and link.

    ``levels`` are those of the response. Of numbers 0 and 1 the caller may have named two: then these are the labels.
    """
    if text(family["family"]) in ("binomial", "quasibinomial"):
        named = named_levels(scope, mean, eta) if levels is None else None
        if named is not None:
            return named
        if levels is not None and len(levels) == 2:
            return two_levels(scope, (levels[0], levels[1]), mean, eta)
        if levels is not None and len(levels) > 2:
            scope.notes.append(
                f"'value' is the probability of any level but the first, {levels[0]!r}: R tells no more apart"
            )
    return Prediction(value=flat(scope, mean), link=flat(scope, eta))


def named_levels(scope: Scope, mean: ir.Value, link: ir.Value) -> Prediction | None:
    """Label, probability, value and link of a response of 0 and 1 whose levels the caller named; None where they are not."""
    if scope.levels is None:
        return None
    scope.levels_named = True
    return replace(two_levels(scope, scope.levels, mean, link), value=flat(scope, mean))


def two_levels(scope: Scope, levels: tuple[str, str], probability: ir.Value, link: ir.Value | None) -> Prediction:
    """The label is the second level where its probability [N, 1] exceeds 0.5."""
    scope.notes.append(
        f"the label is {levels[1]!r} where its probability {_OURS} {levels[0]!r}: R itself gives the probability "
        f"of {levels[1]!r} only"
    )
    found = beyond_border(scope, levels, probability)
    return replace(found, link=None if link is None else flat(scope, link))


def is_our_rule(note: str) -> bool:
    """Whether a note says that rule, which a wrapper with one of its own takes back."""
    return _OURS in note
