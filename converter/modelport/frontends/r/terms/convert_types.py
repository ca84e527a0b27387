"""From one kind of value to another, as R coerces: to numbers, to logicals, to text."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, is_nan, missing_where, negated, to_number, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.values import Constant, Term, Vector
from modelport.ir.contract import MISSING_STRING

__all__ = [
    "as_number",
    "code_among",
    "level_text",
    "level_texts",
    "logical",
    "logical_code",
    "number_value",
    "numeric",
    "text_value",
    "truth",
]

_BOOL = ir.DataType.BOOL


def numeric(value: Term) -> Vector | Constant:
    """A number or logical, of rows or constant. Raises: ValueError for text, factors and matrices."""
    if isinstance(value, Vector) and value.kind in ("number", "logical") and not value.as_factor:
        return value
    if isinstance(value, Constant) and value.kind in ("number", "logical"):
        return value
    raise ValueError(f"a number is wanted, not {_shown(value)}")


def _shown(value: Term) -> str:
    if isinstance(value, Vector):
        return "a factor" if value.as_factor else f"a {value.kind}"
    if isinstance(value, Constant):
        return "a text"
    return "a matrix or a list"


def number_value(scope: Scope, value: Vector | Constant) -> ir.Value:
    """float64 [N, 1], or a constant that broadcasts to it."""
    return value.value if isinstance(value, Vector) else constant(scope, value.numbers[0])


def truth(scope: Scope, condition: ir.Value, missing: Sequence[ir.Value]) -> Vector:
    """A bool as a logical of R: NA where one of the operands is."""
    found = to_number(scope, condition)
    for value in missing:
        found = missing_where(scope, is_nan(scope, value), found)
    return Vector("logical", found)


def logical(scope: Scope, value: Vector | Constant) -> ir.Value:
    """0, 1 or NaN: numbers other than 0 are TRUE."""
    if isinstance(value, Constant):
        number = value.numbers[0]
        return constant(scope, number if number != number else float(number != 0))
    if value.kind == "logical":
        return value.value
    zero = scope.builder.op("Equal", value.value, constant(scope, 0.0), dtype=_BOOL)
    return missing_where(scope, is_nan(scope, value.value), to_number(scope, negated(scope, zero)))


def text_value(scope: Scope, value: Term) -> ir.Value:
    """Text [N, 1], or a constant of it; NA as the contract's own text. Raises: ValueError for numbers of rows."""
    b = scope.builder
    if isinstance(value, Constant):
        single = value.single
        shown = single if isinstance(single, str) else MISSING_STRING if single is None else level_text(float(single))
        return b.constant([[shown]])
    if isinstance(value, Vector) and value.kind == "text":
        return value.value
    if isinstance(value, Vector) and value.kind in ("factor", "logical") and not value.as_factor:
        levels = value.levels if value.kind == "factor" else ("FALSE", "TRUE")
        table = b.constant([[level] for level in (*levels, MISSING_STRING)])
        code = value.value if value.kind == "factor" else logical_code(scope, value.value)
        return b.op("Gather", table, code, axis=0)
    raise ValueError(f"{_shown(value)} is no text")


def logical_code(scope: Scope, value: ir.Value) -> ir.Value:
    """int64 [N]: 0 for FALSE, 1 for TRUE, 2 for NA."""
    b = scope.builder
    filled = where(scope, is_nan(scope, value), constant(scope, 2.0), value)
    return b.op("Reshape", b.cast(filled, ir.DataType.INT64), b.constant(np.array([-1], dtype=np.int64)))


def code_among(scope: Scope, value: Vector, levels: Sequence[str]) -> ir.Value:
    """int64 [N]: the place of a value among levels that are texts, as factor(x, levels) finds it; their count for others."""
    b = scope.builder
    if value.kind == "text":
        return scope.places(value.value, levels)
    if value.kind == "number":
        return _places_of_numbers(scope, value, levels)
    own = value.levels if value.kind == "factor" else ("FALSE", "TRUE")
    code = value.value if value.kind == "factor" else logical_code(scope, value.value)
    place = {level: number for number, level in enumerate(levels)}
    if value.kind == "factor" and tuple(own) == tuple(levels):
        return code
    table = np.array([place.get(level, len(levels)) for level in (*own, "")], dtype=np.int64)
    table[-1] = len(levels)
    return b.op("Gather", b.constant(table), code, axis=0)


def _places_of_numbers(scope: Scope, value: Vector, levels: Sequence[str]) -> ir.Value:
    b = scope.builder
    found = constant(scope, float(len(levels)))
    numbers = [as_number(level) for level in levels]
    for place, number in enumerate(numbers):
        # as.character() writes 15 digits: the numbers next to 4 are "4" too.
        low, high = _same_text(number)
        least = b.op("GreaterOrEqual", value.value, constant(scope, low), dtype=_BOOL)
        same = b.op("And", least, b.op("LessOrEqual", value.value, constant(scope, high), dtype=_BOOL), dtype=_BOOL)
        found = where(scope, same, constant(scope, float(place)), found)
    if not numbers:
        found = where(scope, is_nan(scope, value.value), found, found)
    if value.feature is not None:
        scope.mark(value.feature, [number for number in numbers if np.isfinite(number)])
    return b.op("Reshape", b.cast(found, ir.DataType.INT64), b.constant(np.array([-1], dtype=np.int64)))


def _same_text(number: float) -> tuple[float, float]:
    """The least and the greatest double that as.character() writes like this number."""
    if not np.isfinite(number):
        return number, number
    text = f"{number:.15g}"
    ends = []
    for direction in (-np.inf, np.inf):
        end = number
        while f"{(further := float(np.nextafter(end, direction))):.15g}" == text:
            end = further
        ends.append(end)
    return ends[0], ends[1]


def as_number(text: str) -> float:
    """A level as the number that R wrote it from. Raises: ValueError."""
    words = {"NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf}
    return words[text] if text in words else float(text)


def level_text(number: float) -> str:
    """A number as as.character writes it: 15 digits, the shorter of plain and scientific."""
    if number != number:
        return "NA"
    if np.isinf(number):
        return "Inf" if number > 0 else "-Inf"
    for digits in range(1, 16):
        if float(f"{number:.{digits}g}") == float(f"{number:.15g}"):
            break
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    scientific = f"{mantissa}e{int(exponent):+03d}"
    places = max(0, digits - 1 - int(exponent))
    plain = f"{number:.{places}f}"
    return plain if len(plain) <= len(scientific) else scientific


def level_texts(value: Constant) -> list[str | None]:
    """Constants as the texts of levels."""

    def make(item: float | str | None) -> str | None:
        return item if item is None or isinstance(item, str) else level_text(float(item))

    if value.kind == "logical":
        return [None if item is None else "TRUE" if item else "FALSE" for item in value.values]
    return [make(item) for item in value.values]
