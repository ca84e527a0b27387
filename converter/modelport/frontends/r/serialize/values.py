"""Questions to the nodes, answered as R answers them: names, classes, numbers with NA, factors, matrices, scalars."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelport.errors import ModelFileError
from modelport.frontends.r.serialize.objects import (
    NULL,
    RBuiltin,
    RClosure,
    REnvironment,
    RList,
    RObject,
    RPairs,
    RStrings,
    RSymbol,
    RVector,
)

__all__ = [
    "Matrix",
    "as_array",
    "classes",
    "factor",
    "flag",
    "integer",
    "is_factor",
    "is_na",
    "matrix",
    "names",
    "number",
    "text",
    "texts",
]

_NA = -(2**31)
# The low word of the NaN that R calls NA_real_; the other bits of it may change on their way through arithmetic.
_NA_PAYLOAD = 1954
_NA_REAL = np.array([0x7FF00000000007A2], dtype=np.uint64).view(np.float64)[0]


class Matrix(NamedTuple):
    """Values [rows, columns] with the names of both, empty where R has none."""

    values: npt.NDArray[np.float64]
    rows: list[str]
    columns: list[str]


def names(x: RObject) -> list[str]:
    """names(x): of elements, of an environment's variables, or the first dimnames of a one-way table; [] when none."""
    if isinstance(x, RPairs):
        return list(x.tags) if any(x.tags) else []
    if isinstance(x, REnvironment):
        return list(x.frame)
    given = x.attributes.get("names")
    if not isinstance(given, RStrings):
        ways = x.attributes.get("dimnames")
        given = ways.values[0] if isinstance(ways, RList) and len(ways) == 1 else NULL
    return texts(given, missing="") if isinstance(given, RStrings) else []


def classes(x: RObject) -> list[str]:
    """class(x), along which R dispatches; where no class is set, the implicit one, as S3 dispatch sees it."""
    given = x.attributes.get("class")
    if isinstance(given, RStrings):
        return texts(given)
    ways = x.attributes.get("dim")
    shape = [] if ways is None else ["matrix", "array"] if len(as_array(ways)) == 2 else ["array"]
    return shape + _implicit(x)


def _implicit(x: RObject) -> list[str]:
    if isinstance(x, RVector):
        return [x.kind, "numeric"] if x.kind in ("integer", "double") else [x.kind]
    if isinstance(x, RStrings):
        return ["character"]
    if isinstance(x, RList):
        return [x.kind]
    if isinstance(x, RPairs):
        return [x.kind]
    if isinstance(x, RClosure | RBuiltin):
        return ["function"]
    return [{"symbol": "name"}.get(x.word, x.word)]


def is_na(x: RObject) -> npt.NDArray[np.bool_]:
    """Where a vector is NA; a NaN that is a computed one is not (R's is.na counts it too)."""
    if isinstance(x, RStrings):
        return np.array([value is None for value in x.values], dtype=bool)
    if not isinstance(x, RVector):
        raise _no("vector", x)
    if x.kind in ("logical", "integer"):
        return np.asarray(x.values == _NA)
    if x.kind == "double":
        return _is_na_real(x.values)
    if x.kind == "complex":
        parts = np.ascontiguousarray(x.values).view(np.float64).reshape(-1, 2)
        return np.asarray(_is_na_real(parts[:, 0]) | _is_na_real(parts[:, 1]))
    return np.zeros(len(x.values), dtype=bool)


def _is_na_real(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    bits = np.ascontiguousarray(values).view(np.uint64)
    return np.asarray(np.isnan(values) & (bits & np.uint64(0xFFFFFFFF) == _NA_PAYLOAD))


def as_array(x: RObject) -> npt.NDArray[np.float64]:
    """A logical, integer or double vector as float64 [N]; NA is R's NA_real_, which ``is_na`` tells from NaN."""
    if not isinstance(x, RVector) or x.kind not in ("logical", "integer", "double"):
        raise _no("vector of numbers", x)
    if x.kind == "double":
        return np.asarray(x.values, dtype=np.float64)
    found = x.values.astype(np.float64)
    found[x.values == _NA] = _NA_REAL
    return found


def texts(x: RObject, missing: str = "NA") -> list[str]:
    """A character vector, or a factor's labels, with this word for NA."""
    if isinstance(x, RStrings):
        return [missing if value is None else value for value in x.values]
    if is_factor(x):
        codes, levels = factor(x)
        return [levels[code] if code >= 0 else missing for code in codes.tolist()]
    raise _no("character vector", x)


def is_factor(x: RObject) -> bool:
    """Whether x is a factor, ordered or not."""
    return isinstance(x, RVector) and x.kind == "integer" and "factor" in classes(x)


def factor(x: RObject) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Codes of a factor from 0, with -1 for NA, and its levels in order."""
    if not is_factor(x) or not isinstance(x, RVector):
        raise _no("factor", x)
    levels = texts(x.attributes.get("levels", RStrings([])))
    codes = np.where(x.values == _NA, 0, x.values).astype(np.int64) - 1
    if len(codes) and not -1 <= codes.min() <= codes.max() < len(levels):
        raise _no(f"factor of {len(levels)} levels", x)
    return codes, levels


def matrix(x: RObject) -> Matrix:
    """A matrix of numbers; a plain vector is one column, as as.matrix makes it."""
    values = as_array(x)
    given = x.attributes.get("dim")
    shape = as_array(given).astype(np.int64).tolist() if given is not None else [len(values), 1]
    if len(shape) != 2 or min(shape) < 0 or shape[0] * shape[1] != len(values):
        raise _no("matrix", x)
    ways = x.attributes.get("dimnames")
    parts = ways.values if isinstance(ways, RList) and len(ways) == 2 else [NULL, NULL]
    rows, columns = (texts(part) if isinstance(part, RStrings) else [] for part in parts)
    if given is None:
        rows = names(x)
    return Matrix(values.reshape(shape, order="F"), rows, columns)


def number(x: RObject) -> float:
    """The first number of a vector, as float."""
    values = as_array(x)
    if not len(values):
        raise _no("number", x)
    return float(values[0])


def integer(x: RObject) -> int:
    """The first number of a vector, which must be whole."""
    found = number(x)
    if not found.is_integer():
        raise _no("whole number", x)
    return int(found)


def flag(x: RObject) -> bool:
    """The first value of a logical (or number) vector, which must not be NA."""
    found = number(x)
    if found != found:
        raise _no("TRUE or FALSE", x)
    return found != 0


def text(x: RObject) -> str:
    """The first text of a vector, or the name of a symbol."""
    if isinstance(x, RSymbol):
        return x.name
    found = texts(x)
    if not found:
        raise _no("text", x)
    return found[0]


def _no(wanted: str, x: RObject) -> ModelFileError:
    return ModelFileError(
        f"{x.describe()} stands where a {wanted} must",
        where="inside the model",
        fix="save the model as its package made it, whole, with saveRDS",
    )
