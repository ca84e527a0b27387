"""e1071's naiveBayes: densities of numbers and tables of factors, multiplied as sums of logarithms."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.r._arithmetic import constant, is_nan, where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._normal_density import normal_density
from modelport.frontends.r.models._ratios import shares_of_logs
from modelport.frontends.r.serialize import Matrix, RObject, RVector, as_array, matrix, names, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_BOOL = ir.DataType.BOOL
# predict(threshold = 0.001, eps = 0): a probability of 0 counts as this.
_THRESHOLD = 0.001


def _tables(model: RObject) -> dict[str, Matrix]:
    return {name: matrix(table) for name, table in model["tables"].elements().items()}


def _levels(model: RObject, name: str, table: Matrix) -> tuple[str, ...] | None:
    """The levels of a factor, None for a number: in older objects its table has columns without names."""
    numeric = model.get("isnumeric")
    if isinstance(numeric, RVector):
        flags = dict(zip(names(numeric), as_array(numeric).tolist(), strict=True))
        return None if flags.get(name) else tuple(table.columns)
    return tuple(table.columns) or None


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    found = []
    for name, table in _tables(model).items():
        levels = _levels(model, name, table)
        if levels is None:
            found.append(Variable(name, "number"))
        elif levels == ("FALSE", "TRUE") and hints.get(name) != "text":
            found.append(Variable(name, "logical"))
        else:
            found.append(Variable(name, "factor", levels))
    return found


def _floored(scope: Scope, probability: ir.Value) -> ir.Value:
    none = scope.builder.op("LessOrEqual", probability, constant(scope, 0.0), dtype=_BOOL)
    return where(scope, none, constant(scope, _THRESHOLD), probability)


def _number(scope: Scope, name: str, table: npt.NDArray[np.float64]) -> ir.Value:
    """[N, C]: the density in each class, 1 where the number is missing."""
    mean, spread = table[:, 0], table[:, 1]
    x = scope.number(name)
    density = normal_density(scope, x, mean, np.where(spread <= 0, _THRESHOLD, spread))
    return where(scope, is_nan(scope, x), constant(scope, 1.0), _floored(scope, density))


def _factor(scope: Scope, name: str, table: npt.NDArray[np.float64]) -> ir.Value:
    """[N, C]: the share of the level in each class, 1 where it is missing or unknown."""
    b = scope.builder
    rows = np.concatenate([table.T, np.ones((1, table.shape[0]))])
    if scope.variables[name].kind == "logical":
        value = scope.number(name)
        place = where(scope, is_nan(scope, value), constant(scope, 2.0), value)
        code = b.op("Squeeze", b.cast(place, ir.DataType.INT64), b.constant(np.array([1], dtype=np.int64)))
    else:
        code = scope.code(name)
    return _floored(scope, b.op("Gather", b.constant(np.ascontiguousarray(rows)), code, axis=0))


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; score [N, C], the logarithms, on request.

    Numerics: float64; exp and log within their ULP, K eps Σ|log p| of a sum of K columns.
    A missing number and a level that is missing or unknown count as a probability of 1 in every class.
    """
    b = scope.builder
    classes = tuple(texts(model["levels"]))
    tables = _tables(model)
    parts = []
    for name, table in tables.items():
        levels = _levels(model, name, table)
        found = _number(scope, name, table.values) if levels is None else _factor(scope, name, table.values)
        parts.append(b.op("Unsqueeze", found, b.constant(np.array([2], dtype=np.int64))))
    stacked = parts[0] if len(parts) == 1 else b.op("Concat", *parts, axis=2)
    total = b.op("ReduceSum", b.op("Log", stacked), b.constant(np.array([2], dtype=np.int64)), keepdims=0)
    prior = b.op("Log", b.constant(as_array(model["apriori"])))
    logs = b.op("Add", prior, total)
    # which.max() passes over NA, which the sample deviation of a class of one row is.
    scores = where(scope, is_nan(scope, logs), constant(scope, -np.inf), logs)
    return Prediction(
        index=argmax(scope, scores),
        scores=scores,
        rule="argmax",
        classes=classes,
        probability=shares_of_logs(scope, logs, len(classes)),
        score=logs,
    )


def _refuse(model: RObject) -> list[str]:
    if not _tables(model):
        return ["it has no predictor"]
    whole = [np.isfinite(table.values).all(axis=1) for table in _tables(model).values()]
    if not np.all(whole, axis=0).any():
        return ["in every class something was fitted on less than two rows, so that R gives no class at all"]
    return []


MODEL = Model(
    classes=["naiveBayes"],
    package="e1071",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data) {
  list(label = as.character(predict(model, data)), probability = predict(model, data, type = "raw"))
}""",
    source="e1071/R/naiveBayes.R of 1.7-13, predict.naiveBayes; nmath/dnorm.c of R 4.2",
)
