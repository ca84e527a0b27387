"""partykit's trees with a linear model in each leaf: lmtree, glmtree, and mob() with a fit that gives lm or glm."""

from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import concat
from modelport.frontends.r._links import inverse_link, link_refusals
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._linear import frame
from modelport.frontends.r.models._rpart import rpart_sums
from modelport.frontends.r.models._trees import term_columns, unless
from modelport.frontends.r.models._two_levels import binomial, response_levels
from modelport.frontends.r.models.party import (
    SURE,
    columns_of_fit,
    of_column,
    open_ends,
    party_frame,
    party_of,
    split_labels,
    without,
)
from modelport.frontends.r.serialize import NULL, RList, RObject, RPairs, RSymbol, as_array, classes
from modelport.frontends.r.terms.design import design_of, offset_of
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.party import leaf_nodes
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N], with glm in the leaves link [N] too; of a binomial factor label [N], probability [N, 2].

    Numerics: the leaf is exact; its linear predictor and inverse link are those of lm and glm. Coefficients that are
    aliased in a leaf are left out there.
    """
    if classes(model)[0] == "modelparty":
        scope.notes.append(
            "the response is given; R's predict() of mob() gives the node unless it is asked for type = 'response'"
        )
    leaves = leaf_nodes(model["node"])
    fits = [_fit(node) for node in leaves.values()]
    own = _fit_frame(model)
    eta = _chosen(scope, model, list(leaves), _predictors(scope, own, fits))
    if classes(fits[0])[0] != "glm":
        return Prediction(value=flat(scope, eta))
    family = fits[0]["family"]
    mean = inverse_link(scope, family, eta)
    return binomial(scope, family, response_levels(model, own), mean, eta)


def _predictors(scope: Scope, own: Frame, fits: list[RObject]) -> ir.Value:
    """float64 [N, K]: the linear predictor of each of K leaves, whose design matrix is one."""
    design, offset = design_of(scope, own), offset_of(scope, own)
    coefficients = np.column_stack([as_array(fit["coefficients"]) for fit in fits])
    # Leaves in which the same coefficients are aliased leave out the same columns.
    patterns, group = np.unique(np.isnan(coefficients).T, axis=0, return_inverse=True)
    members = [np.flatnonzero(group.ravel() == number) for number in range(len(patterns))]
    found = concat(scope, [design.times(coefficients[:, chosen]) for chosen in members])
    if len(members) > 1:
        order = np.argsort(np.concatenate(members)).astype(np.int64)
        found = scope.builder.op("Gather", found, scope.builder.constant(order), axis=1)
    return found if offset is None else scope.builder.op("Add", found, offset)


def _chosen(scope: Scope, model: RObject, ids: list[int], predictors: ir.Value) -> ir.Value:
    """float64 [N, 1]: of the predictors [N, K] that of the row's leaf; ``ids`` are R's numbers of the K leaves."""
    party = party_of(model)
    used = split_labels(model)
    if not used:
        return predictors
    columns = term_columns(scope, party_frame(model), used, computed_missing=True)
    scope.notes.append("R draws lots where a missing value leaves the way open; here it goes the likeliest way")
    places = [[ids.index(number) if number >= 0 else 0] for number in party.ids.tolist()]
    values = np.array(places, dtype=np.float64)
    place = rpart_sums(scope, [party.tree], [values], open_ends(scope, party.right, columns))
    own = scope.builder.op("GatherElements", predictors, scope.builder.cast(place, ir.DataType.INT64), axis=1)
    return unless(scope, columns.unknown, own)


def _fit(node: RObject) -> RObject:
    """The model in a leaf, NULL where it keeps none."""
    info = node.get("info")
    return (info.get("object") if isinstance(info, RList) else None) or NULL


def _fit_frame(model: RObject) -> Frame:
    """The formula before the bar, which all leaves share, with the columns of the fit to tell their types."""
    first = _fit(next(iter(leaf_nodes(model["node"]).values())))
    return replace(frame(first), data=columns_of_fit(model))


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    data = columns_of_fit(model)
    shown = without(hints, data)
    used = [label.strip("`") for label in split_labels(model)]
    splits = [v for v in party_frame(model).variables(shown) if v.name in used]
    found = {v.name: v for v in (*splits, *_fit_frame(model).variables(shown))}
    return [of_column(v, data[name]) if name in data else v for name, v in found.items()]


def _refuse(model: RObject) -> list[str]:
    if not isinstance(model.get("terms"), RPairs):
        return ["the tree keeps no formula"]
    reasons = list(party_of(model).reasons)
    expressions = party_frame(model).expressions
    computed = [label for label in split_labels(model) if not isinstance(expressions[label], RSymbol)]
    if computed:
        reasons.append(
            f"it splits on {', '.join(computed)}, for which R drops rows with NA and moves the answers of others"
        )
    fits = [_fit(node) for node in leaf_nodes(model["node"]).values()]
    if any(fit is NULL for fit in fits):
        return [*reasons, "its leaves keep no models; fit it with terminal = 'object'"]
    kinds = {tuple(classes(fit)) for fit in fits}
    if not kinds <= {("lm",), ("glm", "lm")} or len(kinds) > 1:
        return [
            *reasons,
            f"its leaves hold {', '.join(sorted(' / '.join(kind) for kind in kinds))}, not lm or glm alone",
        ]
    if not isinstance(fits[0].get("terms"), RPairs):
        return [*reasons, "the models in its leaves keep no terms"]
    if classes(fits[0])[0] == "glm":
        reasons += link_refusals(fits[0].get("family"))
    return reasons


# Lots fall on the likeliest child; integers are compared as the numbers that rows hold. predict() of mob() alone gives nodes.
_ASK = f"""function(model, data) {{{SURE}  model$node <- sure(model$node)
  for (name in names(model$data)) if (is.integer(model$data[[name]]) && !is.factor(model$data[[name]]))
    model$data[[name]] <- as.numeric(model$data[[name]])
  # Beside an unknown level R drops rows with NA, and gives them what it says of others.
  inner <- setdiff(nodeids(model), nodeids(model, terminal = TRUE))
  asked <- unlist(lapply(inner, function(id) nodeapply(model, id, function(node) node$split$varid)))
  for (name in names(model$data)[unique(asked)]) {{
    known <- levels(model$data[[name]])
    if (!is.null(known) && !all(data[[name]] %in% c(known, NA))) stop("a level that the fit has not seen")
  }}
  value <- predict(model, data, type = "response")
  leaf <- model$node
  while (!is.null(leaf$kids)) leaf <- leaf$kids[[1]]
  fit <- leaf$info$object
  if (!inherits(fit, "glm")) return(list(value = value))
  answer <- list(value = value, link = predict(model, data, type = "link"))
  response <- model$data[[deparse(fit$terms[[2]])[1]]]
  levels <- if (is.factor(response)) levels(response) else if (is.logical(response)) c("FALSE", "TRUE")
  if (length(levels) == 2 && grepl("binomial", fit$family$family)) {{
    answer$label <- levels[1 + (value > 0.5)]
    answer$probability <- cbind(1 - value, value)
  }}
  answer
}}"""

MODEL = Model(
    classes=["modelparty"],
    package="partykit",
    under=["lmtree", "glmtree"],
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask=_ASK,
    source="partykit 1.2-16, predict.lmtree, predict.glmtree, predict.modelparty, lmfit, glmfit",
)
