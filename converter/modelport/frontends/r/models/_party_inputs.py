"""What the S4 objects of package party say of their inputs and of their response."""

from collections.abc import Sequence

from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models.party import of_column, without
from modelport.frontends.r.serialize import (
    REnvironment,
    RList,
    RNull,
    RObject,
    RPairs,
    RSymbol,
    RVector,
    as_array,
    classes,
    factor,
    is_factor,
    names,
    texts,
)
from modelport.frontends.r.terms.calls import deparse
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.trees.binary_tree import BinaryTree

__all__ = [
    "ASK",
    "input_frame",
    "input_levels",
    "input_variables",
    "inputs_of",
    "note_surrogates",
    "refused_inputs",
    "response_levels",
]

# R compares the classes of columns, so integers of the fit are made what rows hold. The surrogates of a row with NA are
# read from beyond an array when other rows stand beside it, so such a row is asked alone.
ASK = """function(model, data) {
  data <- as.data.frame(data, optional = TRUE)
  kept <- get("input", envir = model@data@env)
  for (name in names(kept)) if (is.integer(kept[[name]]) && !is.factor(kept[[name]])) kept[[name]] <- as.numeric(kept[[name]])
  assign("input", kept, envir = model@data@env)
  whole <- rowSums(is.na(model.frame(model@data@formula$input, data, na.action = na.pass))) == 0
  groups <- c(if (any(whole)) list(which(whole)), as.list(which(!whole)))
  parts <- lapply(groups, function(rows) matrix(unlist(treeresponse(model, newdata = data[rows, , drop = FALSE])),
                                                nrow = length(rows), byrow = TRUE))
  given <- do.call(rbind, parts)[order(unlist(groups)), , drop = FALSE]
  labels <- model@responses@levels[[1]]
  if (is.null(labels)) return(list(value = given))
  list(label = labels[apply(given, 1, which.max)], probability = given)
}"""


def inputs_of(model: RObject) -> dict[str, RObject]:
    """The columns of the fit, by the text of their terms."""
    data = _input(model)
    return dict(zip(names(data), data.values, strict=True)) if isinstance(data, RList) else {}


def _input(model: RObject) -> RObject | None:
    data = model.get("data")
    place = data.get("env") if data is not None else None
    return place.get("input") if isinstance(place, REnvironment) else None


def input_levels(model: RObject) -> list[int]:
    """How many levels each nominal factor has, 0 for the others."""
    given = inputs_of(model).values()
    return [len(factor(v)[1]) if is_factor(v) and "ordered" not in classes(v) else 0 for v in given]


def input_frame(model: RObject) -> Frame:
    """The terms of the inputs."""
    data = _input(model)
    assert data is not None
    levels = {name: tuple(factor(v)[1]) for name, v in inputs_of(model).items() if is_factor(v)}
    return Frame(data.attributes["terms"], levels)


def input_variables(model: RObject, hints: Hints) -> list[Variable]:
    """The columns of a row, as the fit had them."""
    data = inputs_of(model)
    return [
        of_column(v, data[v.name]) if v.name in data else v for v in input_frame(model).variables(without(hints, data))
    ]


def response_levels(model: RObject) -> list[str] | None:
    """The classes; None for a number."""
    given = model["responses"]["levels"]
    assert isinstance(given, RList)
    return None if isinstance(given.values[0], RNull) else texts(given.values[0])


def note_surrogates(scope: Scope, trees: Sequence[BinaryTree]) -> None:
    """Says how rows with missing values are answered, where surrogates decide them."""
    if any((tree.tree.chain[:, 1:] >= 0).any() for tree in trees):
        scope.notes.append(
            "a row with missing values is answered as R answers it alone; in a batch R misreads surrogates"
        )


def refused_inputs(model: RObject) -> list[str]:
    """Why inputs or response are not covered."""
    data = _input(model)
    if not isinstance(data, RList) or not isinstance(data.attributes.get("terms"), RPairs):
        return ["it does not keep the data of its fit, of which R compares classes and levels"]
    response = model["responses"]
    if len(as_array(response["is_censored"])) != 1:
        return ["it has several responses"]
    if as_array(response["is_censored"])[0]:
        return ["its response is a survival time"]
    frame = input_frame(model)
    plain = frame.terms.attributes.get("variables")
    shown = [deparse(node) for node in plain.values[1:]] if isinstance(plain, RPairs) else []
    reasons: list[str] = []
    for (label, node), text in zip(frame.expressions.items(), shown, strict=False):
        column = inputs_of(model).get(label)
        if column is None:
            reasons.append(f"its data has no column {label!r}")
        elif deparse(node) != text:
            reasons.append(f"R computes {label!r} from the rows of each call, not from those of the fit")
        elif is_factor(column):
            if not isinstance(node, RSymbol):
                reasons.append(f"R takes the levels of {label!r} from the rows of each call")
        elif not isinstance(column, RVector) or "dim" in column.attributes or column.kind not in _KINDS:
            reasons.append(f"column {label!r} is neither number, logical nor factor")
    return reasons


_KINDS = ("double", "integer", "logical")
