"""ada: boosted rpart trees for two classes, discrete, real or gentle; their weighted sum decides, and gives the probabilities."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import claim_monotone, concat, constant, where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._rpart_committee import (
    committee_reasons,
    committee_sums,
    committee_variables,
    members,
)
from modelport.frontends.r.serialize import RList, RObject, RStrings, as_array, integer, matrix, text, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]
_TYPES = ("discrete", "real", "gentle")
# Four roundings: of exp (2), of the sum, and of the quotient.
_ULP = 5.0


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, 2], link [N]: the sum F (type = "F").

    Numerics: leaves are alpha times what the tree says, as R multiplies them; of their sum F the probabilities are
    1 / (1 + e) and e / (1 + e) with e = exp(-2|F|), the greater one on the side of F.
    """
    trees = _trees(model)
    alpha = as_array(model["model"]["alpha"])
    kind = text(model["model"]["lossObj"]["type"])
    values = [weight * _said(tree, kind)[:, None] for tree, weight in zip(trees, alpha.tolist(), strict=True)]
    total = committee_sums(scope, trees, values)
    first, second = _levels(model)
    scope.notes.append(
        f"the label is {second!r} where the sum is above 0, else {first!r}; R draws lots where it is 0, and its predict() "
        "gives labels of another level where all rows of a batch fall on one side"
    )
    b = scope.builder
    return Prediction(
        index=b.cast(
            b.op("Greater", flat(scope, total), constant(scope, 0.0), dtype=ir.DataType.BOOL), ir.DataType.INT64
        ),
        scores=flat(scope, total),
        rule="positive",
        probability=concat(scope, [_share(scope, total, -1.0), _share(scope, total, 1.0)]),
        classes=(first, second),
        link=flat(scope, total),
    )


def _share(scope: Scope, total: ir.Value, side: float) -> ir.Value:
    """[N, 1]: 1 over 1 + e on the side of the greater, else e over 1 + e, of e = exp(-2|F|)."""
    b = scope.builder
    power = b.op("Exp", b.op("Mul", constant(scope, -2.0), b.op("Abs", total)))
    whole = b.op("Add", power, constant(scope, 1.0))
    greater = b.op("Greater", b.op("Mul", total, constant(scope, side)), constant(scope, 0.0), dtype=ir.DataType.BOOL)
    value = b.op("Div", where(scope, greater, constant(scope, 1.0), power), whole)

    def function(x: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(-2 * side * x)))

    return claim_monotone(scope, value, total, function, _ULP, "1 / (1 + exp(-2x))")


def _said(tree: RObject, kind: str) -> Array:
    """What a tree adds to the sum in each of its nodes [M], before its weight."""
    nodes = tree["frame"]
    if kind == "gentle":
        return as_array(nodes["yval"])
    shares = matrix(nodes["yval2"]).values[:, 3:5]
    if kind == "discrete":
        return np.where(shares[:, 1] > shares[:, 0], 1.0, -1.0)
    p = shares[:, 1]
    sure = (p == 1) | (1 - p == 1)
    p = np.where(sure, (1 - p) * 0.0001 + p * 0.9999, p)
    return np.asarray(0.5 * np.log(p / (1 - p)))


def _trees(model: RObject) -> list[RObject]:
    """Those of the iterations that predict() takes when it is not told how many."""
    found = members(model["model"].get("trees")) if "model" in model else []
    return found[: integer(model["iter"])]


def _levels(model: RObject) -> tuple[str, str]:
    """levels(as.factor(actual)): the two values in the order in which R sorts them.

    Texts are sorted by the locale. The confusion table tells how the fit had them: of a formula always sorted, of a factor
    in its own order. ``_refuse`` has seen to it that this leaves no doubt.
    """
    own = _own_levels(model)
    if isinstance(model["actual"], RStrings) and "terms" not in model:
        own = sorted(own)
    return own[0], own[1]


def _own_levels(model: RObject) -> list[str]:
    ways = model["confusion"].attributes.get("dimnames") if "confusion" in model else None
    return texts(ways.values[0]) if isinstance(ways, RList) and len(ways) else []


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return committee_variables(_trees(model), hints)


def _refuse(model: RObject) -> list[str]:
    trees = _trees(model)
    reasons = committee_reasons(trees)
    if not trees:
        return reasons
    loss = model["model"].get("lossObj")
    kind = text(loss["type"]) if loss is not None and "type" in loss else ""
    if kind not in _TYPES:
        reasons.append(f"it does not say which of {', '.join(_TYPES)} its trees are")
    if len(as_array(model["model"]["alpha"])) != len(trees):
        reasons.append(f"it has {len(as_array(model['model']['alpha']))} weights for {len(trees)} trees")
    if kind in ("discrete", "real") and any(matrix(tree["frame"]["yval2"]).values.shape[1] != 6 for tree in trees):
        reasons.append("a tree was fitted to rows of one class only")
    own = _own_levels(model)
    if len(own) != 2:
        return [*reasons, "its table of confusion does not name two levels"]
    if isinstance(model["actual"], RStrings) and "terms" not in model and not _sorted_alike(own):
        reasons.append(
            f"which of {own[0]!r} and {own[1]!r} R sorts first depends on its locale, and so do the labels that predict() gives"
        )
    return reasons


def _sorted_alike(own: list[str]) -> bool:
    """Whether every locale sorts the two alike: by letters that differ in more than their case."""
    plain = sorted(own)
    if sorted(own, key=str.casefold) != plain or own[0].casefold() == own[1].casefold():
        return False
    return own == plain or all(level.isascii() and level.isalnum() for level in own)


# Of one row predict.ada() makes a number for each tree; so it is asked of every row twice.
_ASK = """function(model, data) {
  twice <- rbind(data, data)
  kept <- seq_len(nrow(data))
  total <- predict(model, twice, type = "F")[kept]
  shares <- predict(model, twice, type = "prob")[kept, , drop = FALSE]
  list(label = levels(as.factor(model$actual))[(total > 0) + 1], probability = shares, link = total)
}"""

MODEL = Model(
    classes=["ada"],
    package="ada",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask=_ASK,
    source="ada 2.0-5, R/predict.ada.R, R/ada.default.R and R/ada.machine.R",
    unproven="the package ada was not at hand",
)
