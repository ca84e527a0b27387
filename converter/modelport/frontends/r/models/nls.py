"""nls: the right side of its formula, compiled with the parameters that were found."""

from collections.abc import Callable, Mapping

import numpy as np

from modelport.errors import ModelFileError, UnsupportedModelError
from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import constant, ones
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.serialize import (
    RClosure,
    REnvironment,
    RList,
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
from modelport.frontends.r.terms.calls import as_call, settled, variables_in
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.values import Constant, Grid
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _calls(name: str, *arguments: RObject) -> RPairs:
    return RPairs([RSymbol(name), *arguments], [""] * (len(arguments) + 1), "call")


def _one() -> RVector:
    return RVector("double", np.array([1.0]))


def _exp(x: RObject) -> RPairs:
    return _calls("exp", x)


def _growth(input_: RObject, middle: RObject, scale: RObject) -> RPairs:
    """1 + exp((middle - input)/scale)."""
    return _calls("+", _one(), _exp(_calls("/", _calls("-", middle, input_), scale)))


def _decay(rate: RObject, x: RObject) -> RPairs:
    """exp(-exp(rate) * x)."""
    return _exp(_calls("*", _calls("-", _exp(rate)), x))


# The self-starting models of stats, as their bodies compute them.
_STARTS: dict[str, Callable[..., RPairs]] = {
    "SSlogis": lambda x, asym, mid, scale: _calls("/", asym, _growth(x, mid, scale)),
    "SSfpl": lambda x, a, b, mid, scale: _calls("+", a, _calls("/", _calls("-", b, a), _growth(x, mid, scale))),
    "SSmicmen": lambda x, vm, k: _calls("/", _calls("*", vm, x), _calls("+", k, x)),
    "SSasymp": lambda x, asym, r0, rate: _calls("+", asym, _calls("*", _calls("-", r0, asym), _decay(rate, x))),
    "SSasympOrig": lambda x, asym, rate: _calls("*", asym, _calls("-", _one(), _decay(rate, x))),
    "SSasympOff": lambda x, asym, rate, c0: _calls("*", asym, _calls("-", _one(), _decay(rate, _calls("-", x, c0)))),
    "SSbiexp": lambda x, a1, r1, a2, r2: _calls("+", _calls("*", a1, _decay(r1, x)), _calls("*", a2, _decay(r2, x))),
    "SSgompertz": lambda x, asym, b2, b3: _calls("*", asym, _exp(_calls("*", _calls("-", b2), _calls("^", b3, x)))),
    "SSweibull": lambda x, asym, drop, rate, power: _calls(
        "-", asym, _calls("*", drop, _exp(_calls("*", _calls("-", _exp(rate)), _calls("^", x, power))))
    ),
}


def _place(model: RObject) -> REnvironment:
    """What the functions of the model close over."""
    machine = model["m"]
    for value in machine.elements().values():
        if isinstance(value, RClosure) and isinstance(value.environment, REnvironment) and "form" in value.environment:
            return value.environment
    raise ModelFileError("the model keeps no formula", where="$m", fix="save the model whole, as nls() gave it")


def _right_side(model: RObject) -> RObject:
    form = settled(_place(model)["form"])
    call = as_call(form)
    if call is None or call.name != "~":
        raise ModelFileError(
            f"the formula of the model is {form.describe()}", where="$m", fix="save the model whole, as nls() gave it"
        )
    return _expanded(call.arguments[-1][1])


def _expanded(node: RObject) -> RObject:
    """Self-starting models as the expressions that they stand for."""
    if not isinstance(node, RPairs) or node.kind != "call":
        return node
    call = as_call(node)
    if call is not None and call.name in _STARTS:
        given = [_expanded(value) for _, value in call.arguments]
        return _STARTS[call.name](*given)
    return RPairs([node.values[0], *map(_expanded, node.values[1:])], node.tags, "call", attributes=node.attributes)


def _parameters(model: RObject) -> Mapping[str, Constant]:
    """The parameters, as the model's own environment holds them now."""
    place = _place(model)
    own = place.get("env")
    listed = place.get("ind")
    if not isinstance(own, REnvironment) or not isinstance(listed, RList):
        raise ModelFileError("the model keeps no parameters", where="$m", fix="save the model whole, as nls() gave it")
    found = {}
    for name in names(listed):
        value = own.get(name)
        if isinstance(value, RVector) and value.kind in ("double", "integer"):
            found[name] = Constant("number", tuple(as_array(value).tolist()))
    return found


def _constants(model: RObject) -> dict[str, Constant]:
    """Single numbers that the formula finds where it was written, behind the parameters."""
    found = dict(_parameters(model))
    own = _place(model).get("env")
    place: RObject | None = own
    while isinstance(place, REnvironment) and place.kind == "plain":
        for name, kept in place.frame.items():
            value = settled(kept)
            if isinstance(value, RVector) and value.kind in ("double", "integer") and len(value) == 1:
                found.setdefault(name, Constant("number", (float(as_array(value)[0]),)))
        place = place.parent
    return found


def _variables(model: RObject, _: Hints) -> list[Variable]:
    kinds = model.get("dataClasses")
    known = dict(zip(names(kinds), texts(kinds), strict=True)) if kinds is not None else {}
    constants = _constants(model)
    found: dict[str, Variable] = {}
    for name in variables_in(_right_side(model)):
        if name in found or (name in constants and name not in known) or name == "pi":
            continue
        found[name] = _variable(model, name, known.get(name, "numeric"))
    return list(found.values())


def _variable(model: RObject, name: str, kind: str) -> Variable:
    """A column; the levels of a factor stand in the data, which the environment of the model holds."""
    if kind in ("logical", "character"):
        return Variable(name, "logical" if kind == "logical" else "character")
    own = _place(model).get("env")
    kept = settled(own[name]) if isinstance(own, REnvironment) and name in own else None
    if kind in ("factor", "ordered") and kept is not None and is_factor(kept):
        return Variable(name, "ordered" if kind == "ordered" else "factor", tuple(factor(kept)[1]))
    return Variable(name, "number")


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N]. Numerics: the formula, operation by operation; of plinear then times its coefficients."""
    constants = {name: value for name, value in _constants(model).items() if name not in scope.variables}
    found = Compiler(scope, constants).compile(_right_side(model))
    linear = _linear(model)
    if isinstance(found, Grid) and linear is not None and len(linear) == len(found.names):
        return Prediction(value=flat(scope, scope.builder.op("MatMul", found.value, constant(scope, linear[:, None]))))
    if isinstance(found, Grid) or (linear is not None and len(linear) != 1):
        raise UnsupportedModelError(
            f"the formula gives {len(found.names) if isinstance(found, Grid) else 1} columns, the model has "
            f"{0 if linear is None else len(linear)} linear coefficients",
            where="$m",
            fix="fit it with a formula of one column, or with algorithm = 'plinear'",
        )
    value = number_value(scope, numeric(found))
    if linear is not None:
        value = scope.builder.op("Mul", value, constant(scope, linear[0]))
    return Prediction(value=flat(scope, scope.builder.op("Mul", value, ones(scope))))


def _linear(model: RObject) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    """The coefficients that algorithm = 'plinear' finds beside the parameters, None for the others."""
    if "nlsModel.plinear" not in classes(model["m"]):
        return None
    return as_array(_place(model)["lin"]).reshape(-1)


MODEL = Model(
    classes=["nls"],
    package="stats",
    variables=_variables,
    convert=_convert,
    ask="function(model, data) list(value = as.numeric(predict(model, data)))",
    source="stats/R/nls.R of R 4.2, predict.nls and nlsModel; stats/R/zzModels.R",
)
