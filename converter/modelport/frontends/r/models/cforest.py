"""partykit's cforest: the rows of the fit weighted by how often they share a leaf with a row, and their mean."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant
from modelport.frontends.r._labels import first_of_greatest
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._rpart import rpart_sums
from modelport.frontends.r.models._trees import term_columns, unless
from modelport.frontends.r.models.party import SURE, columns_of_fit, of_column, open_ends, without
from modelport.frontends.r.serialize import RList, RNull, RObject, RPairs, RVector, as_array, classes, factor, is_factor
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.party import Party, leaves_of, party_tree
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Floats = npt.NDArray[np.float64]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; or value [N].

    Numerics: R adds the weights of all trees for each row of the fit, then averages; here each leaf holds its average and
    the trees are added. The two differ by no more than 2 roundings for each of T trees.
    """
    trees = _trees(model)
    frame = _frame(model)
    columns = term_columns(scope, frame, list(frame.expressions), computed_missing=True)
    unknown = columns.unknown
    columns = open_ends(scope, {name: closed for tree in trees for name, closed in tree.right.items()}, columns)
    labels, values = _leaves(model, trees)
    found = rpart_sums(scope, [tree.tree for tree in trees], values, columns)
    count = len(trees)
    mean = unless(scope, unknown, scope.builder.op("Div", found, constant(scope, float(count))))
    greatest = max(float(np.abs(part).max(initial=0.0)) for part in values)

    def rule(n: Local) -> Floats:
        return np.where(np.isnan(n.result), 0.0, (2 * count + 16) * n.eps * greatest)

    mean = scope.claim(mean, [mean], rule, f"2 roundings a tree of weights that R adds row by row, {count} trees")
    scope.notes.append("R draws lots where a value is missing; here such a row goes the likeliest way")
    if labels is None:
        return Prediction(value=flat(scope, mean))
    return first_of_greatest(scope, mean, labels)


def _leaves(model: RObject, trees: list[Party]) -> tuple[list[str] | None, list[Floats]]:
    """The levels of the response, and of each tree the averages [M, C] or [M, 1] of its nodes."""
    response = model["fitted"]["(response)"]
    weights = model["weights"]
    assert isinstance(weights, RList)
    labels = factor(response)[1] if is_factor(response) else None
    if labels is None:
        shown = as_array(response).reshape(-1, 1)
    else:
        shown = (factor(response)[0][:, None] == np.arange(len(labels))).astype(np.float64)
    rows = _rows_of_fit(model)
    found: list[Floats] = []
    for tree, given in zip(trees, weights.values, strict=True):
        own = as_array(given)[:, None]
        leaf = leaves_of(tree.tree, rows)
        totals, sums = np.zeros((len(tree.ids), 1)), np.zeros((len(tree.ids), shown.shape[1]))
        np.add.at(totals, leaf, own)
        np.add.at(sums, leaf, own * shown)
        found.append(np.where(totals > 0, sums / np.where(totals > 0, totals, 1.0), 0.0))
    return labels, found


def _rows_of_fit(model: RObject) -> Floats:
    """The columns of the fit as numbers, factors as codes from 1; NaN for what is neither."""
    parts: list[Floats] = []
    for column in columns_of_fit(model).values():
        if is_factor(column):
            codes = factor(column)[0]
            parts.append(np.where(codes < 0, np.nan, codes + 1.0))
        elif (
            isinstance(column, RVector)
            and column.kind in ("double", "integer", "logical")
            and "dim" not in column.attributes
        ):
            parts.append(as_array(column))
        else:
            parts.append(np.full(len(as_array(model["fitted"]["idx"])), np.nan))
    return np.column_stack(parts)


@lru_cache(maxsize=1)
def _trees(model: RObject) -> list[Party]:
    data = columns_of_fit(model)
    levels = [len(factor(column)[1]) if is_factor(column) else 0 for column in data.values()]
    nodes = model["nodes"]
    return [party_tree(node, list(data), levels) for node in nodes.values] if isinstance(nodes, RList) else []


def _frame(model: RObject) -> Frame:
    data = columns_of_fit(model)
    return Frame(model["predictf"], {n: tuple(factor(v)[1]) for n, v in data.items() if is_factor(v)})


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    data = columns_of_fit(model)
    shown = without(hints, data)
    return [of_column(v, data[v.name]) if v.name in data else v for v in _frame(model).variables(shown)]


def _refuse(model: RObject) -> list[str]:
    if not isinstance(model.get("predictf"), RPairs) or not isinstance(model.get("nodes"), RList):
        return ["the forest keeps no trees or no formula"]
    reasons = sorted({reason for tree in _trees(model) for reason in tree.reasons})
    if not isinstance(model.get("honest_weights"), RNull | None):
        reasons.append("it is an honest forest, whose leaves are filled by other rows")
    response = model["fitted"].get("(response)")
    if response is None or isinstance(response, RList):
        return [*reasons, "it has several responses, or keeps none"]
    if not is_factor(response) and not {"integer", "numeric", "double"} & set(classes(response)):
        return [*reasons, f"its response is of class {classes(response)[0]!r}"]
    if any((tree.tree.chain[:, 1:] >= 0).any() for tree in _trees(model)):
        return [*reasons, "its trees have surrogate splits; fit it with maxsurrogate = 0"]
    rows = _rows_of_fit(model)
    if any((leaves_of(tree.tree, rows) < 0).any() for tree in _trees(model)):
        reasons.append("rows of the fit have missing values, for which R draws lots again at each prediction")
    return reasons


_ASK = f"""function(model, data) {{{SURE}  model$nodes <- lapply(model$nodes, sure)
  given <- predict(model, data)
  if (!is.factor(given)) return(list(value = given))
  list(label = given, probability = predict(model, data, type = "prob"))
}}"""

MODEL = Model(
    classes=["cforest"],
    package="partykit",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask=_ASK,
    source="partykit 1.2-16, predict.cforest",
)
