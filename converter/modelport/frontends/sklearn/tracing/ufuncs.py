"""What numpy's elementwise functions are in the graph."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import expit
from modelport.frontends.sklearn.models import _circular, _hyperbolic
from modelport.frontends.sklearn.models._functions import claim_monotone, expm1, log, log1p, log_to_base, logit
from modelport.frontends.sklearn.tracing.array import Traced, constant_of, promoted
from modelport.frontends.sklearn.tracing.errors import UntraceableError
from modelport.ir.claims import Local

__all__ = ["UFUNCS", "call_ufunc", "power", "whole"]

_BOOL = ir.DataType.BOOL


def call_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """Emits one ufunc. Raises: UntraceableError with its name."""
    options = {key: value for key, value in options.items() if not (key == "out" and value == (None,))}
    out = options.pop("out", None)
    if method != "__call__" or options:
        raise UntraceableError(f"uses numpy.{ufunc.__name__} with {method if method != '__call__' else 'options'}")
    rule = UFUNCS.get(ufunc.__name__)
    if rule is None:
        raise UntraceableError(f"uses {ufunc.__name__}, which has no exact form in the graph")
    from modelport.frontends.sklearn.tracing.frame import Frame

    frames = [value for value in inputs if isinstance(value, Frame)]
    if frames:
        return frames[0].combine(rule, inputs)
    result = rule(*inputs)
    if out is not None:
        target = out[0]
        if not isinstance(target, Traced) or target.width != result.width:
            raise UntraceableError(f"writes the result of {ufunc.__name__} to an array of another shape")
        target.value = result.as_kind(target.kind).value
        return target
    return result


def _arranged(*values: Any, floats: bool = False) -> list[Traced]:
    """All operands as values of the graph, of one type as numpy would have it."""
    first = next(value for value in values if isinstance(value, Traced))
    if any(isinstance(value, Traced) and value.kind == "string" for value in values):
        raise UntraceableError("computes with text")
    wide = next((v for v in values if isinstance(v, Traced) and v.width is not None), first)
    strong = [v.kind for v in values if isinstance(v, Traced)]
    weak: list[Any] = []
    for value in values:
        if isinstance(value, Traced):
            continue
        if isinstance(value, bool | int | float) and not isinstance(value, np.generic):
            weak.append(value)
        else:
            strong.append(constant_of(first.scope, value, wide).kind)
    kind = promoted(strong, weak)
    if floats and kind in ("int", "bool"):
        kind = "float64"
    found = []
    for value in values:
        own = value if isinstance(value, Traced) else constant_of(first.scope, value, wide)
        if wide.width is not None and isinstance(value, Traced) and own.width is None:
            raise UntraceableError("combines a column [N] with a table [N, K]: numpy would pair it with the columns")
        if own.width not in (None, 1) and wide.width not in (None, 1) and own.width != wide.width:
            raise UntraceableError("combines tables of different widths")
        found.append(own.as_kind(kind))
    return found


def _wider(values: Sequence[Traced]) -> int | None:
    widths = [value.width for value in values if value.width is not None]
    return max(widths) if widths else None


def _unary(op: str, *, floats: bool = True) -> Callable[[Traced], Traced]:
    def rule(x: Traced) -> Traced:
        (x,) = _arranged(x, floats=floats)
        return x.like(x.scope.builder.op(op, x.value))

    return rule


def _function(emit: Callable[..., ir.Value]) -> Callable[[Traced], Traced]:
    def rule(x: Traced) -> Traced:
        (x,) = _arranged(x, floats=True)
        return x.like(emit(x.scope, x.value))

    return rule


def _binary(op: str, *, floats: bool = False) -> Callable[[Any, Any], Traced]:
    def rule(a: Any, b: Any) -> Traced:
        left, right = _arranged(a, b, floats=floats)
        if left.kind == "bool":
            raise UntraceableError("computes with truth values; turn them into numbers first")
        value = left.scope.builder.op(op, left.value, right.value)
        return left.like(value, width=_wider([left, right]))

    return rule


def _compare(op: str, *, negated: bool = False) -> Callable[[Any, Any], Traced]:
    def rule(a: Any, b: Any) -> Traced:
        left, right = _arranged(a, b)
        if left.kind == "bool":
            left, right = left.as_kind("int"), right.as_kind("int")
        builder = left.scope.builder
        value = builder.op(op, left.value, right.value, dtype=_BOOL)
        return left.like(builder.op("Not", value) if negated else value, "bool", _wider([left, right]))

    return rule


def _truth(x: Traced) -> Traced:
    """Whether a number is other than 0."""
    if x.kind in ("bool", "string"):
        return x
    zero = x.scope.builder.constant(np.asarray(0.0), x.value.dtype)
    return x.like(x.scope.builder.op("Not", x.scope.builder.op("Equal", x.value, zero, dtype=_BOOL)), "bool")


def _logic(op: str, *, of_numbers: bool = False) -> Callable[[Any, Any], Traced]:
    def rule(a: Any, b: Any) -> Traced:
        first = a if isinstance(a, Traced) else b
        sides = [v if isinstance(v, Traced) else constant_of(first.scope, v, first) for v in (a, b)]
        if of_numbers:
            sides = [_truth(side) for side in sides]
        if any(side.kind != "bool" for side in sides):
            raise UntraceableError("combines numbers by logic; compare them first")
        left, right = sides
        builder = left.scope.builder
        if op == "Xor":
            either = builder.op("Or", left.value, right.value)
            both = builder.op("And", left.value, right.value)
            value = builder.op("And", either, builder.op("Not", both))
        else:
            value = builder.op(op, left.value, right.value)
        return left.like(value, "bool", _wider(sides))

    return rule


def _not(x: Traced) -> Traced:
    if x.kind != "bool":
        raise UntraceableError("negates numbers by logic; compare them first")
    return x.like(x.scope.builder.op("Not", x.value))


def _is(op: str) -> Callable[[Traced], Traced]:
    def rule(x: Traced) -> Traced:
        (x,) = _arranged(x, floats=True)
        return x.like(x.scope.builder.op(op, x.value, dtype=_BOOL), "bool")

    return rule


def _is_finite(x: Traced) -> Traced:
    b = x.scope.builder
    return x.like(b.op("Not", b.op("Or", _is("IsNaN")(x).value, _is("IsInf")(x).value)), "bool")


def _chosen(op: str, *, skips_nan: bool = False) -> Callable[[Any, Any], Traced]:
    """maximum and minimum hand NaN on, fmax and fmin pass it over; written with Where, as runtimes differ in this."""

    def rule(a: Any, b: Any) -> Traced:
        left, right = _arranged(a, b)
        builder = left.scope.builder
        first = builder.op(op, left.value, right.value, dtype=_BOOL)
        nan = builder.op("IsNaN", (right if skips_nan else left).value, dtype=_BOOL)
        first = builder.op("Or", first, nan)
        value = builder.op("Where", first, left.value, right.value, dtype=left.value.dtype)
        return left.like(value, width=_wider([left, right]))

    return rule


def _constant(x: Traced, number: float) -> ir.Value:
    return x.scope.builder.constant(np.asarray(number), x.value.dtype)


def _square(x: Traced) -> Traced:
    (x,) = _arranged(x)
    return x.like(x.scope.builder.op("Mul", x.value, x.value))


def _reciprocal(x: Traced) -> Traced:
    (x,) = _arranged(x, floats=True)
    return x.like(x.scope.builder.op("Div", _constant(x, 1.0), x.value))


def _scaled(top: float, bottom: float) -> Callable[[Traced], Traced]:
    def rule(x: Traced) -> Traced:
        (x,) = _arranged(x, floats=True)
        # numpy divides in the type of the rows: in float32 180/π is another number than the double's rounded.
        dtype = np.float32 if x.kind == "float32" else np.float64
        return x.like(x.scope.builder.op("Mul", x.value, _constant(x, float(dtype(top) / dtype(bottom)))))

    return rule


def _tangent(x: Traced) -> Traced:
    (x,) = _arranged(x, floats=True)
    b = x.scope.builder
    return x.like(b.op("Div", b.op("Sin", x.value), b.op("Cos", x.value)))


def _truncated(x: Traced) -> Traced:
    (x,) = _arranged(x)
    if x.kind == "int":
        return x
    b = x.scope.builder
    negative = b.op("Less", x.value, _constant(x, 0.0), dtype=_BOOL)
    value = b.op("Where", negative, b.op("Ceil", x.value), b.op("Floor", x.value), dtype=x.value.dtype)
    return x.like(value)


def whole(x: Traced) -> Traced:
    """astype(int): what stands behind the point is cut off; no processor agrees with another on NaN and beyond 2**63."""
    cut = _truncated(x).as_kind("float64")

    def rule(n: Local) -> npt.NDArray[np.float64]:
        low, high = n.ends()
        fits = np.abs(n.x()) < 2.0**63
        return np.where(fits, n.spread(np.trunc(low), np.trunc(high)), np.inf)

    value = cut.scope.claim(
        cut.scope.builder.op("Identity", cut.value), [x.value], rule, "whole numbers of what is none"
    )
    return cut.like(value, "int")


def _cube_root(x: Traced) -> Traced:
    """The power 1/3, whose exponent is rounded, and a step of Newton's method that makes it right."""
    (x,) = _arranged(x, floats=True)
    b = x.scope.builder
    wide = b.cast(x.value, ir.DataType.DOUBLE)
    # Numbers near the least one lose digits in products; 2**300 has a root of its own.
    tiny = b.op("Less", b.op("Abs", wide), b.constant(np.asarray(2.0**-600)), dtype=_BOOL)
    scale = b.op("Where", tiny, b.constant(np.asarray(2.0**300)), b.constant(np.asarray(1.0)), dtype=wide.dtype)
    size = b.op("Mul", b.op("Abs", wide), scale)
    near = b.op("Pow", size, b.constant(np.asarray(1 / 3)))
    square = b.op("Mul", near, near)
    error = b.op("Sub", b.op("Mul", square, near), size)
    better = b.op("Sub", near, b.op("Div", error, b.op("Mul", b.constant(np.asarray(3.0)), square)))
    shrink = b.op("Where", tiny, b.constant(np.asarray(2.0**-100)), b.constant(np.asarray(1.0)), dtype=wide.dtype)
    root = b.op("Mul", b.op("Mul", b.op("Sign", wide), better), shrink)
    plain = b.op("Or", b.op("Equal", wide, b.constant(np.asarray(0.0)), dtype=_BOOL), b.op("IsInf", wide, dtype=_BOOL))
    value = b.cast(b.op("Where", plain, wide, root, dtype=wide.dtype), x.value.dtype or ir.DataType.DOUBLE)
    return x.like(claim_monotone(x.scope, value, x.value, np.cbrt, 8.0, "cbrt"))


def _stepped(op: str) -> Callable[[Traced], Traced]:
    def rule(x: Traced) -> Traced:
        (x,) = _arranged(x)
        return x if x.kind == "int" else x.like(x.scope.builder.op(op, x.value))

    return rule


def _remainder(a: Any, b: Any) -> Traced:
    """numpy's remainder has the sign of the divisor."""
    left, right = _arranged(a, b)
    builder = left.scope.builder
    rest = builder.op("Mod", left.value, right.value, fmod=1)
    zero = _constant(left, 0.0)
    negative = [builder.op("Less", value, zero, dtype=_BOOL) for value in (rest, right.value)]
    same = builder.op("Equal", *(builder.cast(flag, ir.DataType.DOUBLE) for flag in negative), dtype=_BOOL)
    keep = builder.op("Or", same, builder.op("Equal", rest, zero, dtype=_BOOL))
    moved = builder.op("Add", rest, right.value)
    return left.like(builder.op("Where", keep, rest, moved, dtype=left.value.dtype), width=_wider([left, right]))


def _floor_divide(a: Any, b: Any) -> Traced:
    """numpy takes the remainder off before it divides, and corrects the quotient by at most one."""
    left, right = _arranged(a, b)
    builder = left.scope.builder
    zero, one = _constant(left, 0.0), _constant(left, 1.0)
    rest = builder.op("Mod", left.value, right.value, fmod=1)
    quotient = builder.op("Div", builder.op("Sub", left.value, rest), right.value)
    below = [builder.op("Less", value, zero, dtype=_BOOL) for value in (rest, right.value)]
    same = builder.op("Equal", *(builder.cast(flag, ir.DataType.DOUBLE) for flag in below), dtype=_BOOL)
    keep = builder.op("Or", same, builder.op("Equal", rest, zero, dtype=_BOOL))
    quotient = builder.op("Where", keep, quotient, builder.op("Sub", quotient, one), dtype=left.value.dtype)
    whole_part = builder.op("Floor", quotient)
    over = builder.op("Greater", builder.op("Sub", quotient, whole_part), _constant(left, 0.5), dtype=_BOOL)
    whole_part = builder.op("Where", over, builder.op("Add", whole_part, one), whole_part, dtype=left.value.dtype)
    none = builder.op("Equal", right.value, zero, dtype=_BOOL)
    # Of whole numbers numpy gives 0 here, of others what the division gives.
    beyond = zero if left.kind == "int" else builder.op("Div", left.value, right.value)
    value = builder.op("Where", none, beyond, whole_part, dtype=left.value.dtype)
    return left.like(value, width=_wider([left, right]))


def _pair(emit: Callable[..., ir.Value]) -> Callable[[Any, Any], Traced]:
    def rule(a: Any, b: Any) -> Traced:
        left, right = _arranged(a, b, floats=True)
        return left.like(emit(left.scope, left.value, right.value), width=_wider([left, right]))

    return rule


def _sign_bit(x: Traced) -> Traced:
    (x,) = _arranged(x, floats=True)
    return x.like(_circular.is_negative(x.scope, x.value), "bool")


def _fmod(a: Any, b: Any) -> Traced:
    left, right = _arranged(a, b)
    value = left.scope.builder.op("Mod", left.value, right.value, fmod=1)
    return left.like(value, width=_wider([left, right]))


def _as_it_is(x: Traced) -> Traced:
    return x


_SHORT: dict[float, Callable[[Traced], Traced]] = {2: _square, 1: _as_it_is, 0.5: _unary("Sqrt"), -1: _reciprocal}


def power(a: Any, b: Any) -> Traced:
    """The operator **, whose short ways are products and roots."""
    plain = isinstance(b, int | float) and not isinstance(b, bool)
    if plain and b in _SHORT and isinstance(a, Traced) and a.kind in ("float64", "float32"):
        return _SHORT[b](a)
    left, right = _arranged(a, b, floats=True)
    value = left.scope.builder.op("Pow", left.value, right.value)
    return left.like(value, width=_wider([left, right]))


def _plain_power(a: Any, b: Any) -> Traced:
    left, right = _arranged(a, b, floats=True)
    value = left.scope.builder.op("Pow", left.value, right.value)
    return left.like(value, width=_wider([left, right]))


UFUNCS: dict[str, Callable[..., Traced]] = {
    "absolute": _unary("Abs", floats=False),
    "fabs": _unary("Abs"),
    "add": _binary("Add"),
    "subtract": _binary("Sub"),
    "multiply": _binary("Mul"),
    "divide": _binary("Div", floats=True),
    "true_divide": _binary("Div", floats=True),
    "negative": _unary("Neg", floats=False),
    "positive": lambda x: x,
    "sqrt": _unary("Sqrt"),
    "square": _square,
    "reciprocal": _reciprocal,
    "cbrt": _cube_root,
    "exp": _unary("Exp"),
    "exp2": lambda x: _plain_power(2.0, x),
    "expm1": _function(expm1),
    "log": _function(log),
    "log1p": _function(log1p),
    "log2": _function(lambda scope, x: log_to_base(scope, x, 2.0, np.log2)),
    "log10": _function(lambda scope, x: log_to_base(scope, x, 10.0, np.log10)),
    "expit": _function(expit),
    "logit": _function(logit),
    "sin": _unary("Sin"),
    "cos": _unary("Cos"),
    "tan": _tangent,
    "tanh": _unary("Tanh"),
    "arctan": _function(_circular.arctan),
    "arctan2": _pair(_circular.arctan2),
    "arcsin": _function(_circular.arcsin),
    "arccos": _function(_circular.arccos),
    "hypot": _pair(_circular.hypot),
    "sinh": _function(_hyperbolic.sinh),
    "cosh": _function(_hyperbolic.cosh),
    "arcsinh": _function(_hyperbolic.arcsinh),
    "arccosh": _function(_hyperbolic.arccosh),
    "arctanh": _function(_hyperbolic.arctanh),
    "sign": _unary("Sign", floats=False),
    "floor": _stepped("Floor"),
    "ceil": _stepped("Ceil"),
    "rint": _stepped("Round"),
    "trunc": _truncated,
    "power": _plain_power,
    "float_power": _plain_power,
    "remainder": _remainder,
    "floor_divide": _floor_divide,
    "signbit": _sign_bit,
    "conjugate": lambda x: x,
    "fmod": _fmod,
    "deg2rad": _scaled(np.pi, 180),
    "radians": _scaled(np.pi, 180),
    "rad2deg": _scaled(180, np.pi),
    "degrees": _scaled(180, np.pi),
    "maximum": _chosen("GreaterOrEqual"),
    "minimum": _chosen("LessOrEqual"),
    "fmax": _chosen("GreaterOrEqual", skips_nan=True),
    "fmin": _chosen("LessOrEqual", skips_nan=True),
    "greater": _compare("Greater"),
    "greater_equal": _compare("GreaterOrEqual"),
    "less": _compare("Less"),
    "less_equal": _compare("LessOrEqual"),
    "equal": _compare("Equal"),
    "not_equal": _compare("Equal", negated=True),
    "logical_and": _logic("And", of_numbers=True),
    "logical_or": _logic("Or", of_numbers=True),
    "logical_xor": _logic("Xor", of_numbers=True),
    "logical_not": lambda x: _not(_truth(x)),
    "bitwise_and": _logic("And"),
    "bitwise_or": _logic("Or"),
    "bitwise_xor": _logic("Xor"),
    "invert": _not,
    "isnan": _is("IsNaN"),
    "isinf": _is("IsInf"),
    "isfinite": _is_finite,
}


def _operator(name: str, *, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Traced, other: Any) -> Any:
        from modelport.frontends.sklearn.tracing.frame import Frame

        if isinstance(other, Frame):
            return NotImplemented
        left, right = (other, self) if swapped else (self, other)
        return power(left, right) if name == "power" else UFUNCS[name](left, right)

    return method


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Traced, other: Any) -> Any:
        result = power(self, other) if name == "power" else UFUNCS[name](self, other)
        if result.width != self.width:
            raise UntraceableError("writes values of another shape")
        self.value = result.as_kind(self.kind).value
        return self

    return method


for _symbol, _name in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
    "mod": "remainder",
    "floordiv": "floor_divide",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
}.items():
    setattr(Traced, f"__{_symbol}__", _operator(_name))
    setattr(Traced, f"__r{_symbol}__", _operator(_name, swapped=True))
    setattr(Traced, f"__i{_symbol}__", _in_place(_name))
for _symbol, _name in {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}.items():
    setattr(Traced, f"__{_symbol}__", _operator(_name))
for _symbol, _name in {"neg": "negative", "abs": "absolute", "invert": "invert", "pos": "positive"}.items():
    setattr(Traced, f"__{_symbol}__", lambda self, rule=UFUNCS[_name]: rule(self))
