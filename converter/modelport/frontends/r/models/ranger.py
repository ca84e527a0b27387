"""ranger: votes of trees, shares of classes, or means."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._scores import exp, flat
from modelport.frontends.r._arithmetic import constant, where
from modelport.frontends.r._labels import by_vote, first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._factor_codes import coded_columns, whole_numbers
from modelport.frontends.r.models._trees import TreeColumns, any_missing, matrix_of, unless
from modelport.frontends.r.serialize import NULL, RList, RObject, as_array, names, text, texts
from modelport.frontends.r.trees.ranger import ordered_columns, ranger_trees
from modelport.ir.contract import Label
from modelport.ir.forest import Forest
from modelport.ir.prediction import Prediction

__all__ = ["MODEL", "grown", "ranger_refusals", "ranger_variables", "tree_mean"]

_LEAVES = {
    "Classification": "vote",
    "Probability estimation": "terminal.class.counts",
    "Regression": "mean",
    "Survival": "chf",
}
# Levels that a mask can hold, where their count is not kept.
_MOST_LEVELS = 64
_LEVELS_FIX = (
    "give the columns as as.integer() of the factor, or fit with respect.unordered.factors = 'order' or ranger 0.16"
)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; or value [N]; of a survival forest value and link [N, T].

    Numerics: exact. Votes are counts, shares and means are sums in tree order, all divided by the number of trees.
    Up to ranger 0.16 a missing value is an error; later ones send it the way that the fit learned, or left. A level that the
    fit has not seen counts as one behind the last, as in R.
    """
    b = scope.builder
    forest = _forest(model)
    trees, columns, refused = grown(scope, model)
    leaves = _LEAVES[text(forest["treetype"])]
    mean = unless(scope, refused, tree_mean(scope, trees, columns))
    if leaves == "mean":
        return Prediction(value=flat(scope, mean))
    if leaves == "chf":
        return _curves(scope, as_array(forest["unique.death.times"]), mean)
    labels, order = _classes(forest)
    shares = b.op("Gather", mean, b.constant(order), axis=1)
    return (by_vote if leaves == "vote" else first_of_greatest)(scope, shares, labels)


def _curves(scope: Scope, times: npt.NDArray[np.float64], hazard: ir.Value) -> Prediction:
    """value [N, T]: the shares that live on after each time, and link, the cumulative hazards: value = exp(-link)."""
    listed = ", ".join(f"{time:.15g}" for time in times.tolist())
    scope.notes.append(f"'value' is R's $survival, 'link' its $chf, at the times {listed}")
    return Prediction(value=exp(scope, scope.builder.op("Neg", hazard)), link=hazard, task="regressor")


def grown(scope: Scope, model: RObject) -> tuple[Forest, TreeColumns, ir.Value | None]:
    """The trees, the columns [N, F] that they read, and bool [N, 1]: the rows that R refuses, None where it takes all."""
    forest = _forest(model)
    own = list(scope.variables)
    columns = _as_bits(scope, matrix_of(scope, own, own), ~ordered_columns(forest, len(own)))
    levels = np.array([len(v.levels) if v.levels else _MOST_LEVELS for v in scope.variables.values()], dtype=np.int64)
    trees = ranger_trees(forest, str(columns.value.name), len(own), levels, _LEAVES[text(forest["treetype"])])
    refused = None
    if _refuses_missing(model):
        # A later ranger, which answers, may be asked of an older forest; a bare forest does not tell.
        scope.stricter.update(own)
        refused = any_missing(scope, columns.value)
    elif not ordered_columns(forest, len(own)).all():
        b = scope.builder
        places = np.flatnonzero(~ordered_columns(forest, len(own))).astype(np.int64)
        # The C++ code makes a whole number of NaN there, which may be any.
        scope.stricter.update(own[place] for place in places.tolist())
        refused = any_missing(scope, b.op("Gather", columns.value, b.constant(places), axis=1))
    return trees, columns, refused


def tree_mean(scope: Scope, trees: Forest, columns: TreeColumns) -> ir.Value:
    """[N, K]: the mean of the leaves in which a row ends, added in the order of the trees."""
    total = scope.forest(trees, columns.value, columns.origins)
    return scope.builder.op("Div", total, constant(scope, float(len(trees.roots))))


def _as_bits(scope: Scope, columns: TreeColumns, masked: npt.NDArray[np.bool_]) -> TreeColumns:
    """Numbers of a column that is split by masks, as the level whose bit they ask for.

    The C++ code shifts 1 by floor(x) - 1, of which the processor takes six bits; an infinity becomes 0 there.
    """
    numbers = [scope.variables[name].levels is None for name in columns.names]
    shifted = masked & np.array(numbers)
    if not shifted.any():
        return columns
    b = scope.builder
    x = columns.value
    bit = b.op("Sub", b.op("Floor", x), constant(scope, 1.0))
    turns = b.op("Floor", b.op("Div", bit, constant(scope, float(_MOST_LEVELS))))
    level = b.op(
        "Add", b.op("Sub", bit, b.op("Mul", turns, constant(scope, float(_MOST_LEVELS)))), constant(scope, 1.0)
    )
    level = where(scope, b.op("IsInf", x, dtype=ir.DataType.BOOL), constant(scope, 1.0), level)
    value = where(scope, b.constant(shifted.reshape(1, -1)), level, x)
    origins = [None if moved else origin for moved, origin in zip(shifted.tolist(), columns.origins, strict=True)]
    for name, moved in zip(columns.names, shifted.tolist(), strict=True):
        if moved:
            scope.mark(name, np.arange(0.0, 10.0))
    return TreeColumns(value, columns.names, tuple(origins))


def _classes(forest: RObject) -> tuple[tuple[Label, ...], npt.NDArray[np.int64]]:
    """The labels in R's order and, for each, its place among class.values."""
    values = as_array(forest["class.values"])
    given = forest.get("levels")
    if given is None or given is NULL:
        # Numbers stand in the order in which the fit met them; predict does not sort their columns.
        order = (
            np.argsort(values, kind="stable")
            if text(forest["treetype"]) == "Classification"
            else np.arange(len(values))
        )
        found = values[order].tolist()
        return tuple(int(v) if v.is_integer() else v for v in found), order.astype(np.int64)
    order = np.argsort(values, kind="stable")
    names_of = texts(given)
    return tuple(names_of[int(value) - 1] for value in values[order]), order.astype(np.int64)


def ranger_variables(model: RObject, hints: Hints) -> list[Variable]:
    """The columns of a ranger object, with the levels that it keeps."""
    forest = _forest(model)
    own = texts(forest["independent.variable.names"])
    levels = _levels(model, forest, own)
    without = [name for name in own if name not in levels and hints.get(name) == "text"]
    if without:
        raise UnsupportedModelError(
            f"ranger kept no levels of the factors {', '.join(map(repr, without))}, so that their texts cannot be told apart",
            where="element $forest",
            fix=_LEVELS_FIX,
        )
    coded = _coded(forest, [name for name in own if name not in levels], own, hints)
    if coded:
        raise UnsupportedModelError(
            f"ranger kept no levels of {', '.join(map(repr, coded))}, whose trees split on codes: their numbers in the sample "
            "are names of levels, and which code each has is not known",
            where="element $forest",
            fix=_LEVELS_FIX,
        )
    found: list[Variable] = []
    for name in own:
        if name in levels:
            # Which of them were ordered is not kept, and changes nothing.
            found.append(Variable(name, "factor", levels[name]))
        else:
            found.append(Variable(name, "logical" if hints.get(name) == "logical" else "number"))
    return found


def _coded(forest: RObject, numbers: Sequence[str], own: Sequence[str], hints: Hints) -> list[str]:
    """Which of the columns that look like numbers were factors at the fit."""
    if not any(whole_numbers(hints.texts.get(name, ())) for name in numbers):
        return []
    masked = [name for name, ordered in zip(own, ordered_columns(forest, len(own)), strict=True) if not ordered]
    width = np.full(len(own), _MOST_LEVELS, dtype=np.int64)
    splits = ranger_trees(forest, "", len(own), width, _LEAVES[text(forest["treetype"])]).thresholds()
    asked = {own[place]: values for place, values in splits.items() if own[place] in numbers}
    return coded_columns(hints.texts, asked, [name for name in masked if name in numbers])


def _levels(model: RObject, forest: RObject, own: Sequence[str]) -> dict[str, tuple[str, ...]]:
    given = forest.get("covariate.levels")
    if not isinstance(given, RList):
        # What r2pmml's decorate() adds.
        given = model.get("variable.levels")
    if not isinstance(given, RList) or not len(given):
        return {}
    named = names(given) or own
    return {n: tuple(texts(v, missing="NA")) for n, v in zip(named, given.values, strict=False) if v is not NULL}


def _refuses_missing(model: RObject) -> bool:
    """Whether this is of a ranger before 0.16.1, by what later ones keep."""
    sides = _forest(model)["child.nodeIDs"]
    first = sides.values[0] if isinstance(sides, RList) and len(sides) else NULL
    learned = isinstance(first, RList) and len(first) > 2
    return not learned and "dependent.variable.name" not in model


def _forest(model: RObject) -> RObject:
    found = model.get("forest")
    return model if found is None else found


def ranger_refusals(model: RObject) -> list[str]:
    """What of a ranger object is not covered."""
    forest = _forest(model)
    if forest is NULL or "child.nodeIDs" not in forest:
        return ["the object keeps no trees; fit it with write.forest = TRUE"]
    kind = text(forest["treetype"])
    if kind not in _LEAVES:
        return [f"a forest of type {kind!r} gives a curve for each row, which is not read"]
    if "snp.order" in forest:
        return ["it was fitted on GenABEL data"]
    return []


_ASK = """function(model, data) {
  forest <- if (inherits(model, "ranger")) model$forest else model
  made <- predict(model, data, num.threads = 1)
  if (forest$treetype == "Survival") {
    return(list(value = matrix(made$survival, nrow(data)), link = matrix(made$chf, nrow(data))))
  }
  given <- made$predictions
  if (forest$treetype == "Regression") return(list(value = given))
  classes <- sort(forest$class.values)
  labels <- if (is.null(forest$levels)) classes else forest$levels[classes]
  if (forest$treetype == "Classification") {
    trees <- predict(model, data, num.threads = 1, predict.all = TRUE)$predictions
    shares <- sapply(classes, function(k) rowMeans(trees == k))
    return(list(label = as.character(given), probability = matrix(shares, nrow(data))))
  }
  if (is.null(forest$levels)) labels <- forest$class.values
  list(label = as.character(labels)[max.col(given, "first")], probability = given)
}"""

MODEL = Model(
    classes=["ranger", "ranger.forest"],
    package="ranger",
    variables=ranger_variables,
    convert=_convert,
    refuse=ranger_refusals,
    ask=_ASK,
    source="ranger 0.14.1 and 0.17.0, predict.ranger.forest; Tree.cpp predict, Forest*.cpp predictInternal",
)
