"""C5.0 of package C50: trees or rulesets, one or boosted, from the text in which R keeps them."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from modelport.errors import ModelFileError
from modelport.frontends.r._arguments import Argument, Chosen, count_up_to, with_elements
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._c50_leaves import tree_votes
from modelport.frontends.r.models._c50_rules import rule_votes
from modelport.frontends.r.models._c50_votes import decided
from modelport.frontends.r.models._quinlan_cases import (
    Columns,
    cases_of,
    column_variables,
    columns_of,
    name_reasons,
)
from modelport.frontends.r.models._quinlan_rules import twice
from modelport.frontends.r.serialize import RObject, RVector, as_array, text, texts
from modelport.frontends.r.serialize import names as names_of
from modelport.frontends.r.trees.c50_levels import walk
from modelport.frontends.r.trees.c50_rules import Ruleset, read_rulesets
from modelport.frontends.r.trees.c50_tree import LEAF, Node, entries_of, read_trees
from modelport.frontends.r.trees.quinlan_names import Names, read_fields
from modelport.frontends.r.trees.quinlan_text import THRESHOLD, reading, records_of, single
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Costs = npt.NDArray[np.float32]


def _columns(model: RObject) -> Columns:
    return columns_of(model, texts(model["predictors"]))


def _classes(columns: Columns) -> tuple[str, ...]:
    """The classes as the C code holds them."""
    found = columns.names
    return found.attributes[found.place(found.target)].values


@lru_cache(maxsize=4)
def _read(content: str, rules: bool, names: Names) -> tuple[list[Node], list[Ruleset], bool]:
    """The trees or rulesets, and whether they take account of costs."""
    with reading():
        header, records = entries_of(records_of(content))
        count = int(single(header["entries"]))
        classes = names.attributes[names.place(names.target)].values
        if rules:
            return [], read_rulesets(records, count, names, classes), "costs" in header
        return read_trees(records, count, names, classes), [], "costs" in header


def _content(model: RObject) -> tuple[str, bool]:
    """The text of the model, and whether it holds rules."""
    tree = text(model["tree"])
    return (tree, False) if tree else (text(model["rules"]), True)


def _trials(model: RObject) -> int:
    """How many trees or rulesets predict() uses."""
    with reading():
        return int(dict(zip(names_of(model["trials"]), as_array(model["trials"]).tolist(), strict=True))["Actual"])


def _with_trials(model: RObject, value: Chosen) -> RObject:
    count = int(as_array(count_up_to(value, _trials(model)))[0])
    given = model["trials"]
    trials = RVector("double", np.array([as_array(given)[0], count], dtype=np.float64), given.attributes)
    return with_elements(model, trials=trials)


def _costs(model: RObject, classes: tuple[str, ...]) -> Costs | None:
    """float32 [C, C]: of taking the second for the first. Source: mcost.c, PredictGetMCosts. Raises: ModelFileError."""
    found: Costs | None = None
    for line in text(model["cost"]).splitlines():
        parts = [part for piece in line.split(":") for part in read_fields(piece)]
        if len(parts) != 3 or not {*parts[:2]} <= set(classes):
            raise ModelFileError(
                f"the cost {line!r} is not of two classes", where="element $cost", fix="fit the model with named costs"
            )
        if float(parts[2]) != 1 and parts[0] != parts[1]:
            if found is None:
                found = (1 - np.eye(len(classes))).astype(np.float32)
            found[classes.index(parts[0]), classes.index(parts[1])] = np.float32(float(parts[2]))
    return found


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> label [N] and probability [N, C] in R's order of levels; with costs the label only.

    Numerics: single and double precision as in the C code, in its order, so that all is the same to the last bit.
    A missing value goes down all branches in shares; an unseen level or an infinite number ends R with an error.
    """
    columns = _columns(model)
    classes = _classes(columns)
    content, as_rules = _content(model)
    trees, rulesets, costly = _read(content, as_rules, columns.names)
    trees, rulesets = trees[: _trials(model)], rulesets[: _trials(model)]
    cases = cases_of(scope, columns)
    _mark(scope, columns, trees, rulesets)
    if as_rules:
        votes = rule_votes(scope, cases, rulesets, len(classes))
    else:
        walked = walk(trees, columns.known_codes())
        votes = tree_votes(scope, cases, walked, trees, _costs(model, classes) if costly else None)
    found = decided(scope, votes, tuple(texts(model["levels"])), cases.refused)
    return replace(found, probability=None) if text(model["cost"]) else found


def _mark(scope: Scope, columns: Columns, trees: list[Node], rulesets: list[Ruleset]) -> None:
    """Probes are made at thresholds."""
    cuts: dict[int, set[float]] = {}
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        if node.kind != LEAF:
            waiting += node.branches
        if node.kind == THRESHOLD:
            cuts.setdefault(node.attribute, set()).update((node.cut, node.lower, node.upper))
    for condition in (c for ruleset in rulesets for rule in ruleset.rules for c in rule.conditions):
        if condition.cut is not None:
            cuts.setdefault(condition.attribute, set()).add(float(condition.cut))
    for number, place in enumerate(columns.attributes):
        scope.mark(columns.labels[number], sorted(cuts.get(place, ())))


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return column_variables(_columns(model), hints)


def _refuse(model: RObject) -> list[str]:
    columns = _columns(model)
    content, as_rules = _content(model)
    if not content:
        return ["it holds neither a tree nor rules: the fit ended with an error"]
    reasons = name_reasons(model, columns)
    if len(_classes(columns)) != len(texts(model["levels"])):
        reasons.append("its names list other classes than its levels")
    trees, rulesets, _ = _read(content, as_rules, columns.names)
    count = len(trees) or len(rulesets)
    if not 1 <= _trials(model) <= count:
        reasons.append(f"it holds {count} models and says that it uses {_trials(model)}")
    if any(twice(rule.conditions) for ruleset in rulesets for rule in ruleset.rules):
        reasons.append("a rule asks the same test twice")
    if any(root.cases == 0 for root in trees):
        reasons.append("a tree counts no cases")
    return reasons


MODEL = Model(
    classes=["C5.0"],
    package="C50",
    under=["C5_rules"],
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    ask="""function(model, data, trials = model$trials["Actual"]) {
  out <- list(label = as.character(predict(model, data, trials = trials)))
  if (model$cost == "") out$probability <- predict(model, data, trials = trials, type = "prob")
  out
}""",
    arguments={"trials": Argument(lambda model: f"1 to {_trials(model)}", _with_trials)},
    source="C50 0.1.8, predict.C5.0; src/rsample.c, classify.c, modelfiles.c, getdata.c; Cubist, makeDataFile",
    unproven="the package C50 was not at hand",
)
