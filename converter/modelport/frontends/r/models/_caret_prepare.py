"""What caret's predict.preProcess does to a frame, step by step in its own order."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import column
from modelport.frontends.r._arithmetic import is_nan, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._data_frame import Column, DataFrame, as_numbers
from modelport.frontends.r.models._inner_model import inner_prediction, inner_reasons
from modelport.frontends.r.models._nearest_rows import mean_of_nearest
from modelport.frontends.r.models._power_curves import (
    box_cox,
    constant,
    inverse_hyperbolic_sine,
    manly,
    spatial_sign,
    yeo_johnson,
)
from modelport.frontends.r.serialize import (
    NULL,
    RClosure,
    RList,
    RObject,
    RStrings,
    as_array,
    integer,
    matrix,
    names,
    number,
    texts,
)

__all__ = ["columns_of", "lambdas", "method_of", "prepared", "refusals"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE
_KNOWN = frozenset(
    "center scale range BoxCox YeoJohnson expoTrans invHyperbolicSine pca ica spatialSign knnImpute bagImpute medianImpute "
    "remove ignore keep".split()
)


def method_of(given: RObject) -> dict[str, list[str]]:
    """{method: columns}; early releases kept the names of the methods only."""
    found = given["method"]
    if isinstance(found, RList):
        return {
            name: texts(value) if isinstance(value, RStrings) else []
            for name, value in zip(names(found), found, strict=True)
        }
    asked = texts(found)
    lists = {"center": "mean", "scale": "std", "YeoJohnson": "yj", "expoTrans": "et", "BoxCox": "bc"}
    lists |= {"bagImpute": "bagImp", "medianImpute": "median"}
    lists |= dict.fromkeys(("knnImpute", "pca", "ica", "spatialSign"), "mean")
    lists |= {"range": "ranges"}
    result = {}
    for name in asked:
        part = given.get(lists.get(name, ""), NULL)
        assert part is not None
        result[name] = matrix(part).columns if name == "range" else names(part)
    return result


def refusals(given: RObject) -> list[str]:
    """What of a preProcess object is not converted."""
    method = method_of(given)
    reasons = [f"preProcess method {name!r}" for name in method if name not in _KNOWN and method[name]]
    if method.get("knnImpute"):
        summary = given.get("knnSummary", NULL)
        if not _is_mean(summary):
            reasons.append("knnSummary is not mean")
    for name, one in _bagged(given, method).items():
        reasons += inner_reasons(one, f"$bagImp${name}$model")
    return reasons


def _bagged(given: RObject, method: dict[str, list[str]]) -> dict[str, RObject]:
    """{column: the trees that fill its gaps}."""
    parts = given.get("bagImp")
    if not method.get("bagImpute") or not isinstance(parts, RList):
        return {}
    return {name: one["model"] for name, one in zip(names(parts), parts, strict=True)}


def _is_mean(summary: RObject | None) -> bool:
    """Whether a function is R's own mean, the generic that does nothing but dispatch."""
    if not isinstance(summary, RClosure):
        return False
    formals = names(summary.formals)
    space = summary.environment
    return (
        formals[:2] == ["x", "..."]
        and getattr(space, "name", "") in ("base", "")
        and getattr(space, "kind", "") in ("namespace", "base")
    )


def columns_of(given: RObject) -> tuple[list[str], list[str]]:
    """(columns of numbers that are read, others it knows of), each in the order of the data as far as it can be told."""
    method = method_of(given)
    lists = [value for name, value in method.items() if name not in ("ignore", "remove", "keep")]
    if method.get("knnImpute"):
        lists.append(_fitted_rows(given)[0])
    read: list[str] = []
    for one in sorted(lists, key=len, reverse=True):
        read += [name for name in one if name not in read]
    gone = set(method.get("remove", []))
    return [name for name in read if name not in gone], method.get("ignore", [])


def _fitted_rows(given: RObject) -> tuple[list[str], npt.NDArray[np.float64]]:
    """The names and values of the rows that gaps are filled from: a matrix or a data frame."""
    data = given["data"]
    if isinstance(data, RList):
        return names(data), np.stack([as_array(column) for column in data], axis=1)
    found = matrix(data)
    return found.columns, found.values


def lambdas(given: RObject) -> dict[str, float]:
    """Yeo-Johnson's exponents by column; NA where the curve could not be fitted."""
    found: dict[str, float] = {}
    part = given.get("yj", NULL)
    if part is None or part is NULL:
        return found
    if isinstance(part, RList):  # car's powerTransform objects of caret before 6.0-80
        return {name: number(one["lambda"]) for name, one in zip(names(part), part, strict=True)}
    return dict(zip(names(part), as_array(part).tolist(), strict=True))


def prepared(scope: Scope, given: RObject, frame: DataFrame) -> DataFrame:
    """The frame as predict.preProcess gives it back.

    Numerics: the same subtractions, divisions and powers column by column; rotations are sums of products.
    """
    method = method_of(given)
    gone = set(method.get("remove", []))
    frame = {name: column for name, column in frame.items() if name not in gone}
    _bent(scope, given, method, frame)
    _shifted(scope, given, method, frame)
    if method.get("knnImpute"):
        _nearest_imputed(scope, given, method["knnImpute"], frame)
    bagged = _bagged(given, method)
    # In the order of the data: what was filled before counts for what is filled next.
    for name in list(frame):
        model = bagged.get(name)
        if model is not None:
            others = {other: one for other, one in frame.items() if other != name}
            filled = inner_prediction(scope, model, f"$bagImp${name}$model", others).value
            assert filled is not None
            value = frame[name].value
            frame[name] = Column("number", where(scope, is_nan(scope, value), column(scope, filled), value))
    if method.get("medianImpute"):
        medians = dict(zip(names(given["median"]), as_array(given["median"]).tolist(), strict=True))
        for name in [n for n in frame if n in medians]:
            value = frame[name].value
            missing = scope.builder.op("IsNaN", value, dtype=_BOOL)
            filled = scope.builder.op("Where", missing, constant(scope, medians[name]), value, dtype=_DOUBLE)
            frame[name] = Column("number", filled)
    signed = list(method.get("spatialSign", []))
    wild = given.get("wildcards", NULL)
    for kind, mark, prefix in (("pca", "PCA", "PC"), ("ica", "ICA", "ICA")):
        if kind in method:
            made = _rotated(scope, given, method, kind, prefix, frame)
            if isinstance(wild, RList) and mark in wild and "spatialSign" in texts(wild[mark]):
                signed += made
    if signed:
        rows = spatial_sign(scope, as_numbers(scope, frame, signed))
        _spread(scope, frame, signed, rows)
    return frame


def _bent(scope: Scope, given: RObject, method: dict[str, list[str]], frame: DataFrame) -> None:
    for name in method.get("invHyperbolicSine", []):
        frame[name] = Column("number", inverse_hyperbolic_sine(scope, frame[name].value))
    curves = given.get("bc", NULL)
    if isinstance(curves, RList):
        for name, one in zip(names(curves), curves, strict=True):
            exponent, fudge = number(one["lambda"]), number(one["fudge"])
            if exponent == exponent:
                frame[name] = Column("number", box_cox(scope, frame[name].value, exponent, fudge, fudge))
    for name, exponent in lambdas(given).items():
        if exponent == exponent:
            scope.mark(name, [0.0])
            frame[name] = Column("number", yeo_johnson(scope, frame[name].value, exponent))
    curves = given.get("et", NULL)
    if isinstance(curves, RList):
        for name, one in zip(names(curves), curves, strict=True):
            exponent = number(one["lambda"])
            if exponent == exponent:
                frame[name] = Column("number", manly(scope, frame[name].value, exponent))


def _shifted(scope: Scope, given: RObject, method: dict[str, list[str]], frame: DataFrame) -> None:
    def each(names_of: list[str], op: str, numbers: list[float]) -> None:
        for name, value in zip(names_of, numbers, strict=True):
            frame[name] = Column("number", scope.builder.op(op, frame[name].value, constant(scope, value)))

    if method.get("range"):
        low, high = matrix(given["ranges"]).values
        bounds = given.get("rangeBounds", NULL)
        least, most = (0.0, 1.0) if bounds is None or bounds is NULL else as_array(bounds).tolist()
        each(method["range"], "Sub", low.tolist())
        each(method["range"], "Div", ((high - low) / (most - least)).tolist())
        each(method["range"], "Add", [least] * len(low))
    if method.get("center"):
        each(method["center"], "Sub", as_array(given["mean"]).tolist())
    if method.get("scale"):
        each(method["scale"], "Div", as_array(given["std"]).tolist())


def _nearest_imputed(scope: Scope, given: RObject, columns: list[str], frame: DataFrame) -> None:
    """A row with gaps gets the mean of the rows that are nearest in what it has."""
    known, values = _fitted_rows(given)
    places = [known.index(name) for name in columns]
    rows = mean_of_nearest(scope, as_numbers(scope, frame, columns), values[:, places], integer(given["k"]))
    _spread(scope, frame, columns, rows)


def _rotated(
    scope: Scope, given: RObject, method: dict[str, list[str]], kind: str, prefix: str, frame: DataFrame
) -> list[str]:
    b = scope.builder
    rows = as_numbers(scope, frame, method[kind])
    if kind == "pca":
        turns = [matrix(given["rotation"]).values]
    else:
        turns = [matrix(given["ica"]["K"]).values, matrix(given["ica"]["W"]).values]
    for turn in turns:
        rows = b.op("MatMul", rows, b.constant(np.ascontiguousarray(turn)))
    kept = method.get("keep", method.get("spatialSign", []))
    for name in method[kind]:
        if name not in kept:
            del frame[name]
    made = [f"{prefix}{i + 1}" for i in range(turns[-1].shape[1])]
    _spread(scope, frame, made, rows)
    return made


def _spread(scope: Scope, frame: DataFrame, columns: list[str], rows: ir.Value) -> None:
    for place, name in enumerate(columns):
        index = scope.builder.constant(np.array([place], dtype=np.int64))
        frame[name] = Column("number", scope.builder.op("Gather", rows, index, axis=1))
