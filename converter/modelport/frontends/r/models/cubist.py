"""cubist of package Cubist: committees of rules with linear models, corrected by the nearest rows of the fit where asked."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._scores import flat
from modelport.frontends.r._arguments import Argument, Chosen, with_elements
from modelport.frontends.r._arithmetic import is_nan, missing_where, where
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._cubist_neighbours import Neighbours, corrected
from modelport.frontends.r.models._cubist_rules import committee_value
from modelport.frontends.r.models._quinlan_cases import (
    Cases,
    Columns,
    cases_of,
    column_variables,
    columns_of,
    name_reasons,
)
from modelport.frontends.r.serialize import RObject, RVector, integer, number, text, texts
from modelport.frontends.r.trees.cubist_index import scan_order
from modelport.frontends.r.trees.cubist_instances import read_instances, said_of
from modelport.frontends.r.trees.cubist_model import CubistModel, read_cubist
from modelport.frontends.r.trees.quinlan_names import NOT_APPLICABLE, UNKNOWN, Names
from modelport.frontends.r.trees.quinlan_text import reading
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

# Where the argument of predict() is kept; R's object has no such element.
_ASKED = "neighbors of predict"
# Each row is compared with every row of the fit.
_MOST_ROWS, _MOST_PRODUCT = 10_000, 2**31


def _columns(model: RObject) -> Columns:
    return columns_of(model, texts(model["vars"]["all"]))


def _content(model: RObject) -> str:
    """The text of the model as predict() gives it to the C code, which is not to draw a sample of the rows again."""
    content = text(model["model"])
    at = content.find("sample")
    return content if at < 0 else content[:at] + content[content.find("entries") :]


def _misread(model: RObject) -> bool:
    """Whether predict() cuts the text at a name with 'sample' in it."""
    content = text(model["model"])
    at, entries = content.find("sample"), content.find("entries")
    return at >= 0 and not (content[at - 1 : at + 8] == '\nsample="' and at < entries)


@lru_cache(maxsize=4)
def _read(content: str, names: Names) -> CubistModel:
    with reading():
        return read_cubist(content, names)


def _model(model: RObject, columns: Columns) -> CubistModel:
    return _read(_content(model), columns.names)


def _asked(model: RObject) -> int:
    """How many neighbours."""
    return integer(model[_ASKED]) if _ASKED in model else 0


def _with_neighbours(model: RObject, value: Chosen) -> RObject:
    if isinstance(value, str) or not value.is_integer() or not 0 <= value <= 9:
        raise ValueError(f"{value} is no count of neighbours")
    return with_elements(model, **{_ASKED: RVector("integer", np.array([int(value)], dtype=np.int32))})


def _filled(scope: Scope, cases: Cases, model: CubistModel) -> Cases:
    """Missing numbers are the mean, missing values the most frequent one. Source: getdata.c, ReplaceUnknowns."""
    modes = {place: UNKNOWN if code == NOT_APPLICABLE else code for place, code in model.modes.items()}
    if cases.numbers is None:
        return replace(cases, missing=modes)
    means = scope.builder.constant(np.array([[model.means[place] for place in cases.places]], dtype=np.float32))
    numbers = where(scope, is_nan(scope, cases.numbers), means, cases.numbers)
    return replace(cases, numbers=numbers, missing=modes)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N].

    Numerics: single and double precision as in the C code, in its order, so that all is the same to the last bit.
    Missing values are replaced; an unseen level or an infinite number ends R with an error.
    """
    columns = _columns(model)
    found = _model(model, columns)
    cases = _filled(scope, cases_of(scope, columns), found)
    _mark(scope, columns, found)
    value = committee_value(scope, cases, found)
    if _asked(model):
        # A model that holds this one may have put in their number only now.
        reasons = _neighbour_reasons(model, columns)
        if reasons:
            raise UnsupportedModelError("; ".join(reasons), where="neighbors", fix="predict with neighbors = 0")
        value = corrected(scope, cases, found, _neighbours(model, columns, found), value)
    value = scope.builder.cast(value, ir.DataType.DOUBLE)
    return Prediction(value=flat(scope, value if cases.refused is None else missing_where(scope, cases.refused, value)))


def _used(columns: Columns, model: CubistModel) -> list[int]:
    """The predictors that distances count: not those of which all rows of the fit were "N/A"."""
    return [place for place in columns.attributes if model.modes.get(place) != NOT_APPLICABLE]


def _neighbours(model: RObject, columns: Columns, found: CubistModel) -> Neighbours:
    with reading():
        rows = read_instances(text(model["data"]), columns.names, found, columns.attributes)
    used = _used(columns, found)
    given = {place: columns.names.attributes[place] for place in used}
    kinds = {place: (len(a.values), a.ordered) for place, a in given.items() if a.values}
    order = scan_order(rows, used, kinds, found.deviations)
    reach = np.float32(float(f"{number(model['maxd']):.15g}"))
    return Neighbours(rows, said_of(found, rows), order, used, kinds, _asked(model), reach)


def _mark(scope: Scope, columns: Columns, model: CubistModel) -> None:
    """Probes are made at the cuts of conditions."""
    cuts: dict[int, set[float]] = {}
    for condition in (c for member in model.members for rule in member for c in rule.conditions):
        if condition.cut is not None:
            cuts.setdefault(condition.attribute, set()).add(float(condition.cut))
    for place, label in zip(columns.attributes, columns.labels, strict=True):
        scope.mark(label, sorted(cuts.get(place, ())))


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return column_variables(_columns(model), hints)


def _refuse(model: RObject) -> list[str]:
    if _misread(model):
        return [
            "a name with 'sample' in it makes predict() cut the model's text; rename the column or level before the fit"
        ]
    columns = _columns(model)
    reasons = name_reasons(model, columns)
    if reasons:
        return reasons
    found = _model(model, columns)
    attributes = columns.names.attributes
    numeric = {place for place in columns.attributes if not attributes[place].values}
    if not numeric <= found.means.keys() or not set(columns.attributes) - numeric <= found.modes.keys():
        return ["it does not say what stands for missing values"]
    used = {place for member in found.members for rule in member for place, _ in rule.terms}
    if not used <= numeric:
        reasons.append("a linear model has a term that is no number among its predictors")
    if _asked(model):
        reasons += _neighbour_reasons(model, columns)
    return reasons


def _neighbour_reasons(model: RObject, columns: Columns) -> list[str]:
    count = text(model["data"]).count("\n") + 1
    most = max((len(columns.attribute(k).values) for k in range(len(columns.labels))), default=1)
    reasons = []
    if count > _MOST_ROWS:
        reasons.append(f"neighbours are asked for among {count} rows; at most {_MOST_ROWS} are compared")
    elif count * count * max(1, most) >= _MOST_PRODUCT:
        reasons.append("whole numbers overflow where Cubist makes its index of so many rows and values")
    if count < 3:
        reasons.append("neighbours are asked for among fewer than three rows")
    return reasons


MODEL = Model(
    classes=["cubist"],
    package="Cubist",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    arguments={"neighbors": Argument(lambda model: "0 to 9", _with_neighbours)},
    ask="function(model, data, neighbors = 0) list(value = predict(model, data, neighbors = neighbors))",
    source="Cubist 0.5.0, predict.cubist, makeDataFile; src/predict.c, rules.c, instance.c, getdata.c, modelfiles.c",
    unproven="the package Cubist was not at hand",
)
