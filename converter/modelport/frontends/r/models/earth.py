"""earth: products of hinges over the columns of a model matrix, summed; and the generalized linear models upon them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax, flat
from modelport.frontends.r._arithmetic import concat, constant, either, missing_where, to_number
from modelport.frontends.r._links import inverse_link, link_refusals
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._hinges import basis
from modelport.frontends.r.models._trees import unknown_level
from modelport.frontends.r.serialize import (
    NULL,
    Matrix,
    RList,
    RObject,
    RPairs,
    RStrings,
    as_array,
    matrix,
    texts,
)
from modelport.frontends.r.terms.design import design_of, offset_of
from modelport.frontends.r.terms.frame import frame_of
from modelport.ir.contract import MISSING_STRING
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]
_BOOL, _INT64 = ir.DataType.BOOL, ir.DataType.INT64


@dataclass(frozen=True)
class _Plain:
    """A column of the x/y interface: a number, or the levels by which it stands in the matrix."""

    name: str
    columns: tuple[str, ...]

    @property
    def levels(self) -> tuple[str, ...] | None:
        """The levels that have a column; the first level has none, and the model does not keep it."""
        if self.columns == (self.name,):
            return None
        return tuple(column.removeprefix(self.name) for column in self.columns)

    @property
    def is_logical(self) -> bool:
        """A logical stands in the matrix as <name>TRUE."""
        return self.levels == ("TRUE",)


def _plain(model: RObject) -> list[_Plain]:
    """The columns of the x/y interface, which keeps no terms: rows of ``modvars``, and what it made of each."""
    columns = matrix(model["dirs"]).columns
    given = model.get("modvars")
    if given is None or given is NULL:
        return [_Plain(name, (name,)) for name in columns]
    found: Matrix = matrix(given)
    return [
        _Plain(name, tuple(column for column, used in zip(found.columns, row, strict=True) if used))
        for name, row in zip(found.rows, found.values, strict=True)
    ]


def _with_terms(model: RObject) -> bool:
    return isinstance(model.get("terms"), RPairs)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    if _with_terms(model):
        return frame_of(model).variables(hints)
    return [
        Variable(one.name, "number" if one.levels is None else "logical" if one.is_logical else "character")
        for one in _plain(model)
    ]


def _columns(scope: Scope, model: RObject) -> list[ir.Value]:
    """The model matrix, column by column [N, 1]."""
    b = scope.builder
    if _with_terms(model):
        design = design_of(scope, frame_of(model))
        rows = design.matrix()
        found = [
            b.op("Gather", rows, b.constant(np.array([place], dtype=np.int64)), axis=1)
            for place, name in enumerate(design.columns)
            if name != "(Intercept)"
        ]
        return found
    found = []
    for one in _plain(model):
        if one.levels is None or one.is_logical:
            found.append(scope.number(one.name))
            continue
        scope.notes.append(
            f"{one.name!r}: the model keeps its levels {', '.join(one.levels)} and not the first; any other text counts as it"
        )
        place = scope.places(scope.inputs[one.name], (*one.levels, MISSING_STRING))
        gap = np.full((1, len(one.levels)), np.nan)
        table = np.vstack([np.eye(len(one.levels)), gap, np.zeros_like(gap)])
        rows = b.op("Gather", b.constant(table), place, axis=0)
        found += [
            b.op("Gather", rows, b.constant(np.array([k], dtype=np.int64)), axis=1) for k in range(len(one.levels))
        ]
    return found


def _terms(scope: Scope, model: RObject) -> ir.Value:
    """[N, T]: the selected terms, the intercept first."""
    chosen = as_array(model["selected.terms"]).astype(np.int64) - 1
    directions, cuts = matrix(model["dirs"]).values[chosen], matrix(model["cuts"]).values[chosen]
    columns = _columns(scope, model)
    names_of = matrix(model["dirs"]).columns
    for direction, cut in zip(directions, cuts, strict=True):
        for place in np.flatnonzero(np.abs(direction) == 1):
            scope.mark(names_of[place], [cut[place]])
    return basis(scope, list(columns), directions, cuts)


def _offset(scope: Scope, model: RObject) -> ir.Value | None:
    return offset_of(scope, frame_of(model)) if _with_terms(model) else None


def _known_only(scope: Scope, model: RObject, terms: ir.Value) -> ir.Value:
    """NaN in rows with a level that the fit has not seen: an error, whether or not a term reads the column."""
    if not _with_terms(model):
        return terms
    coded = [name for name, variable in scope.variables.items() if variable.is_text and variable.levels]
    return (
        missing_where(scope, either(scope, *(unknown_level(scope, name) for name in coded)), terms) if coded else terms
    )


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], of M responses [N, M]; with a glm inside, the response and the link.

    Numerics: the terms are exact, their sums a product of matrices. NA reaches only the terms that read its column.
    A factor response of two levels: the second where the response exceeds 0.5 (thresh); of more: the first greatest.
    """
    terms = _known_only(scope, model, _terms(scope, model))
    offset = _offset(scope, model)
    models = model.get("glm.list")
    links: ir.Value | None = None
    if isinstance(models, RList):
        parts, responses = [], []
        for one in models:
            weights = as_array(one["coefficients"])
            kept = np.flatnonzero(~np.isnan(weights))
            rows = terms
            if len(kept) < len(weights):
                rows = scope.builder.op("Gather", terms, scope.builder.constant(kept.astype(np.int64)), axis=1)
            eta = scope.builder.op("MatMul", rows, constant(scope, weights[kept][:, None]))
            eta = eta if offset is None else scope.builder.op("Add", eta, offset)
            parts.append(eta)
            responses.append(inverse_link(scope, one["family"], eta))
        links, value = concat(scope, parts), concat(scope, responses)
    else:
        weights = matrix(model["coefficients"]).values
        value = scope.builder.op("MatMul", terms, scope.builder.constant(np.ascontiguousarray(weights)))
        value = value if offset is None else scope.builder.op("Add", value, offset)
    width = len(matrix(model["coefficients"]).columns) or matrix(model["coefficients"]).values.shape[1]
    levels = _levels(model)
    if levels is None:
        shown = flat(scope, value) if width == 1 else value
        return Prediction(value=shown, link=None if links is None else flat(scope, links) if width == 1 else links)
    return _classified(scope, model, value, links, levels)


def _levels(model: RObject) -> tuple[str, ...] | None:
    """The levels of a factor response; a logical or numeric one is a value."""
    given = model.get("levels")
    return tuple(texts(given)) if isinstance(given, RStrings) else None


def _finite_only(scope: Scope, model: RObject, value: ir.Value) -> ir.Value:
    """NaN in rows with an infinite number in a column that a term reads: 0 times it is NaN in some, not in others."""
    chosen = as_array(model["selected.terms"]).astype(np.int64) - 1
    used = np.flatnonzero((matrix(model["dirs"]).values[chosen] != 0).any(axis=0))
    columns = _columns(scope, model)
    infinite = [scope.builder.op("IsInf", columns[place], dtype=_BOOL) for place in used]
    return missing_where(scope, either(scope, *infinite), value) if infinite else value


def _classified(
    scope: Scope, model: RObject, value: ir.Value, links: ir.Value | None, levels: tuple[str, ...]
) -> Prediction:
    b = scope.builder
    value = _finite_only(scope, model, value)
    two = len(levels) == 2 and matrix(model["coefficients"]).values.shape[1] == 1
    shares = concat(scope, [b.op("Sub", constant(scope, 1.0), value), value]) if two else value
    if two:
        above = to_number(scope, b.op("Greater", value, constant(scope, 0.5), dtype=_BOOL))
        index = b.cast(flat(scope, above), _INT64)
        scores, rule = flat(scope, value), "positive"
    else:
        index, scores, rule = argmax(scope, value), value, "argmax"
    link = None if links is None else flat(scope, links) if two else links
    return Prediction(
        index=index,
        scores=scores,
        rule="positive" if rule == "positive" else "argmax",
        border=0.5,
        classes=levels,
        probability=shares,
        value=flat(scope, value) if two else value,
        link=link,
    )


def _refuse(model: RObject) -> list[str]:
    models = model.get("glm.list")
    return [reason for one in models for reason in link_refusals(one["family"])] if isinstance(models, RList) else []


MODEL = Model(
    classes=["earth"],
    package="earth",
    variables=_variables,
    convert=_convert,
    ask="""function(model, data) {
  # The x/y interface takes the levels of a factor from the new data: here they are those of the fit, the first one unnamed.
  for (name in if (is.null(model$terms)) rownames(model$modvars)) {
    own <- colnames(model$modvars)[model$modvars[name, ] != 0]
    if (identical(own, name) || !is.character(data[[name]])) next
    own <- substring(own, nchar(name) + 1)
    known <- data[[name]] %in% c(own, NA)
    data[[name]] <- factor(ifelse(known, data[[name]], ".first"), c(".first", own))
  }
  made <- predict(model, data, type = "response")
  out <- list(value = made)
  if (!is.null(model$glm.list)) out$link <- predict(model, data, type = "link")
  if (is.character(model$levels)) {
    # Where a response is NaN, which.max() leaves nothing to take; of infinite numbers some make it so: none has a label.
    out$label <- rep(NA_character_, nrow(made))
    finite <- vapply(seq_len(nrow(data)), function(i) all(is.finite(unlist(Filter(is.numeric, data[i, , drop = FALSE])))), NA)
    good <- finite & complete.cases(made)
    if (any(good)) out$label[good] <- as.character(predict(model, data[good, , drop = FALSE], type = "class"))
    out$probability <- if (ncol(made) == 1) cbind(1 - made, made) else made
  }
  out
}""",
    refuse=_refuse,
    source="earth/R/earth.predict.R and model.matrix.earth.R of 5.3, predict.earth and get.bx",
)
