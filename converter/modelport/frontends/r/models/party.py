"""partykit's trees with constant leaves: ctree, what evtree and chaid() give, and what as.party() makes of others."""

from collections.abc import Collection, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant, either, missing_where
from modelport.frontends.r._labels import first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._party_leaves import leaf_refusals, leaf_values
from modelport.frontends.r.models._rpart import rpart_sums
from modelport.frontends.r.models._trees import TreeColumns, missing_input, term_columns, unless
from modelport.frontends.r.serialize import (
    RList,
    RObject,
    RPairs,
    RSymbol,
    RVector,
    classes,
    factor,
    is_factor,
    names,
)
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.party import Party, party_tree
from modelport.ir.prediction import Prediction

__all__ = [
    "MODEL",
    "SURE",
    "columns_of_fit",
    "of_column",
    "open_ends",
    "party_frame",
    "party_of",
    "split_labels",
    "without",
]

Floats = npt.NDArray[np.float64]
# What lies in no interval, by whether they are closed on the right; None where there are none.
_END: Mapping[bool | None, float] = {True: -np.inf, False: np.inf}


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; or value [N].

    Numerics: exact.
    """
    party, frame = party_of(model), party_frame(model)
    columns = term_columns(scope, frame, _used(model), computed_missing=True)
    refused = columns.unknown
    if not len(party.tree.splits.column):
        # Nothing is asked of a row, so nothing of it is refused.
        refused = None
    elif not _plain(frame):
        # Expressions are evaluated by model.frame(), which drops rows with NA.
        missing = either(scope, *(missing_input(scope, name) for name in scope.variables))
        refused = missing if refused is None else either(scope, refused, missing)
    else:
        scope.notes.append("R draws lots where a missing value leaves the way open; here it goes the likeliest way")
    columns = open_ends(scope, party.right, columns)
    labels, values = leaf_values(model, party.ids)
    found = unless(scope, refused, rpart_sums(scope, [party.tree], [values], columns))
    if labels is None:
        return Prediction(value=flat(scope, found))
    return first_of_greatest(scope, found, labels)


def open_ends(scope: Scope, right: Mapping[str, bool], columns: TreeColumns) -> TreeColumns:
    """Of intervals the outermost are open: -Inf lies in none where they are closed on the right, else Inf; then it is NA.

    ``right``: how those of a column are closed; others have none.
    """
    ends = np.array([[_END.get(right.get(name.strip("`")), np.nan) for name in columns.names]])
    if np.isnan(ends).all():
        return columns
    outside = scope.builder.op("Equal", columns.value, constant(scope, ends), dtype=ir.DataType.BOOL)
    value = missing_where(scope, outside, columns.value)
    return TreeColumns(value, columns.names, columns.origins, columns.unknown)


@lru_cache(maxsize=1)
def party_of(model: RObject) -> Party:
    """object$node, whose splits are on the columns of object$data."""
    data = columns_of_fit(model)
    levels = [len(factor(column)[1]) if is_factor(column) else 0 for column in data.values()]
    return party_tree(model["node"], list(data), levels)


def columns_of_fit(model: RObject) -> dict[str, RObject]:
    """object$data, which the splits count."""
    data = model["data"]
    return dict(zip(names(data), data.values, strict=True)) if isinstance(data, RList) else {}


def party_frame(model: RObject) -> Frame:
    """object$terms, with the levels of the columns of the fit."""
    levels = {n: tuple(factor(v)[1]) for n, v in columns_of_fit(model).items() if is_factor(v)}
    return Frame(model["terms"], levels)


def _plain(frame: Frame) -> bool:
    """Whether every variable is a column as it stands."""
    return all(isinstance(node, RSymbol) for node in frame.expressions.values())


def _used(model: RObject) -> list[str]:
    """The variables that are read: those of the splits, or all where the formula holds an expression."""
    frame = party_frame(model)
    if not _plain(frame):
        return list(frame.expressions)
    return split_labels(model) or list(frame.expressions)[:1]


def split_labels(model: RObject) -> list[str]:
    """The variables that some split asks for, as the formula writes them: of the formula's variables, in its order."""
    tree = party_of(model).tree
    asked = {tree.names[column] for column in tree.splits.column.tolist()}
    return [label for label in party_frame(model).expressions if label.strip("`") in asked or label in asked]


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    # The terms of ctree() do not say what their variables are; the columns of the fit do.
    data = columns_of_fit(model)
    shown = without(hints, data)
    return [of_column(v, data[v.name]) if v.name in data else v for v in party_frame(model).variables(shown)]


def without(hints: Hints, known: Collection[str]) -> Hints:
    """The hints for other columns than those whose types are known."""
    found = Hints({name: hint for name, hint in hints.items() if name not in known})
    found.texts = {name: texts for name, texts in hints.texts.items() if name not in known}
    return found


def of_column(variable: Variable, column: RObject) -> Variable:
    """The variable as the column of the fit is typed."""
    if is_factor(column):
        return Variable(
            variable.name, "ordered" if "ordered" in classes(column) else "factor", tuple(factor(column)[1])
        )
    logical = isinstance(column, RVector) and column.kind == "logical"
    return Variable(variable.name, "logical") if logical else variable


def _refuse(model: RObject) -> list[str]:
    if not isinstance(model.get("terms"), RPairs):
        return ["the tree keeps no formula"]
    reasons = party_of(model).reasons
    return [*reasons, *leaf_refusals(model, party_of(model).ids)]


# R that lets the lots of a node fall on the likeliest child.
SURE = """
  sure <- function(node) {
    if (is.null(node$kids)) return(node)
    shares <- partykit::prob_split(node$split)
    node$split$prob <- as.numeric(seq_along(shares) == which.max(shares))
    node$kids <- lapply(node$kids, sure)
    node
  }
"""

# Lots fall on the likeliest child; integers are compared as the numbers that rows hold.
_ASK = f"""function(model, data) {{{SURE}  model$node <- sure(model$node)
  if (length(model$node$kids) && !all(names(data) %in% names(model$data))) {{
    # With expressions in the formula, R drops rows with NA, and what it then says of them is by chance.
    if (anyNA(data)) stop("a row with NA is dropped")
    terms <- delete.response(model$terms)
    levels_of <- lapply(Filter(is.factor, model$data[intersect(names(model$data), attr(terms, "term.labels"))]), levels)
    data <- model.frame(terms, data, na.action = na.pass, xlev = levels_of)
  }}
  for (name in names(model$data)) if (is.integer(model$data[[name]]) && !is.factor(model$data[[name]]))
    model$data[[name]] <- as.numeric(model$data[[name]])
  given <- predict(model, data)
  if (!is.factor(given)) return(list(value = given))
  list(label = given, probability = predict(model, data, type = "prob"))
}}"""

MODEL = Model(
    classes=["constparty", "simpleparty"],
    package="partykit",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask=_ASK,
    # Objects of evtree and CHAID are of this class and nothing else: their packages have no predict() of their own.
    source="partykit 1.2-16, predict.party, fitted_node, predict_party.constparty and .simpleparty; for evtree and CHAID too",
)
