"""rpart: one tree, with surrogate splits for missing values."""

import numpy as np

from modelport.frontends._scores import argmax, flat
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._rpart import rpart_frame, rpart_sums
from modelport.frontends.r.models._trees import term_columns, unless
from modelport.frontends.r.serialize import RNull, RObject, as_array, matrix, texts
from modelport.frontends.r.trees.rpart import rpart_tree
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N], probability [N, C]; or value [N].

    Numerics: exact. A missing value is decided by surrogate splits, then by the larger child, as ``usesurrogate`` has it, or
    the row stays where it is. A level that the fit has not seen is an error in R.
    """
    frame = rpart_frame(model)
    labels = [label for label in frame.expressions if label not in frame.offset_labels]
    columns = term_columns(scope, frame, labels, computed_missing=True)
    nodes = model["frame"]
    classes = _classes(model)
    yval = as_array(nodes["yval"])
    values = yval.reshape(-1, 1)
    if classes is not None:
        # The label is the node's own, which costs may set apart from the greatest share.
        chosen = (yval[:, None] == np.arange(1.0, len(classes) + 1)).astype(np.float64)
        shares = matrix(nodes["yval2"]).values[:, 1 + len(classes) : 1 + 2 * len(classes)]
        values = np.concatenate([chosen, shares], axis=1)
    found = rpart_sums(scope, [rpart_tree(model)], [values], columns)
    found = unless(scope, columns.unknown, found)
    if classes is None:
        return Prediction(value=flat(scope, found))
    b = scope.builder
    own, shown = (b.constant(np.arange(len(classes), dtype=np.int64) + k * len(classes)) for k in (0, 1))
    scores = b.op("Gather", found, own, axis=1)
    return Prediction(
        index=argmax(scope, scores),
        scores=scores,
        rule="argmax",
        probability=b.op("Gather", found, shown, axis=1),
        classes=tuple(classes),
    )


def _classes(model: RObject) -> list[str] | None:
    given = model.attributes.get("ylevels")
    return None if given is None or isinstance(given, RNull) else texts(given)


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return rpart_frame(model).variables(hints)


_ASK = """function(model, data) {
  if (is.null(attr(model, "ylevels"))) return(list(value = predict(model, data)))
  list(label = predict(model, data, type = "class"), probability = predict(model, data, type = "prob"))
}"""

MODEL = Model(
    classes=["rpart"],
    package="rpart",
    variables=_variables,
    convert=_convert,
    ask=_ASK,
    source="rpart 4.1.19, predict.rpart; pred_rpart.c",
)
