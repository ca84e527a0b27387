"""A path of glmnet: its coefficients at one lambda, interpolated between two of the path as lambda.interp does."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import concat, ones
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import NULL, RS4, RList, RObject, RStrings, as_array, matrix, texts

__all__ = ["Path", "linear", "path_of"]

Array = npt.NDArray[np.float64]


class Path:
    """``intercept`` [K, L] and ``slopes`` K times [P, L]: K responses or classes at L lambdas; ``names`` of the P columns."""

    def __init__(self, intercept: Array, slopes: list[Array], names: list[str], lambdas: Array) -> None:
        self.intercept, self.slopes, self.names, self.lambdas = intercept, slopes, names, lambdas

    def at(self, s: float | None) -> list[Array]:
        """K times [1 + P, M]: intercept and slopes at one lambda (M = 1), or at every one of the path."""
        found = [np.vstack([self.intercept[k : k + 1], slope]) for k, slope in enumerate(self.slopes)]
        if s is None:
            return found
        left, right, share = _between(self.lambdas, s)
        return [(beta[:, left] * share + beta[:, right] * (1 - share)).reshape(-1, 1) for beta in found]


def _between(lambdas: Array, s: float) -> tuple[int, int, float]:
    """lambda.interp: the two neighbours of s, and the share of the first."""
    count = len(lambdas)
    if count == 1:
        return 0, 0, 1.0
    span = lambdas[0] - lambdas[-1]
    place = float((lambdas[0] - s) / span)
    scaled = (lambdas[0] - lambdas) / span
    place = min(max(place, float(scaled.min())), float(scaled.max()))
    same = np.flatnonzero(scaled == place)
    if len(same):
        return int(same[0]), int(same[0]), 1.0
    right = int(np.searchsorted(scaled, place))
    left = right - 1
    # approx() gives the place between them in units of their number; floor and ceiling of it are the neighbours.
    if abs(scaled[left] - scaled[right]) < np.finfo(np.float64).eps:
        return left, right, 1.0
    return left, right, float((place - scaled[right]) / (scaled[left] - scaled[right]))


def path_of(model: RObject) -> Path:
    """The path of a glmnet object. Raises: ModelFileError when a part is missing."""
    beta = model["beta"]
    parts = beta.values if isinstance(beta, RList) else [beta]
    slopes = [_dense(part) for part in parts]
    kept = model.get("a0")
    given = np.empty(0) if kept is None or kept is NULL else as_array(kept)  # a Cox model has none
    intercept = given.reshape(len(parts), -1, order="F") if len(given) else np.zeros((len(parts), slopes[0].shape[1]))
    ways = parts[0].attributes.get("Dimnames")
    first = ways.values[0] if isinstance(ways, RList) and ways.values else None
    own = texts(first) if isinstance(first, RStrings) else []
    found = own or [f"V{k + 1}" for k in range(len(slopes[0]))]
    return Path(intercept, slopes, found, as_array(model["lambda"]))


def _dense(node: RObject) -> Array:
    """A dgCMatrix as an array [P, L]."""
    if not isinstance(node, RS4):
        return matrix(node).values
    rows, starts = (as_array(node[name]).astype(np.int64) for name in ("i", "p"))
    height, width = (int(size) for size in as_array(node["Dim"]))
    found = np.zeros((height, width))
    found[rows, np.repeat(np.arange(width), np.diff(starts))] = as_array(node["x"])
    return found


def linear(scope: Scope, columns: list[ir.Value], coefficients: Array) -> ir.Value:
    """[N, M]: intercept and slopes [1 + P, M] times the columns; a column whose slopes are all 0 is not read, as in a sparse
    product: not even its NA counts."""
    b = scope.builder
    if coefficients.shape[1] > 1:
        return concat(scope, [linear(scope, columns, coefficients[:, m : m + 1]) for m in range(coefficients.shape[1])])
    kept = np.flatnonzero(coefficients[1:, 0] != 0).tolist()
    rows = concat(scope, [ones(scope), *(columns[place] for place in kept)])
    return b.op("MatMul", rows, b.constant(np.vstack([coefficients[:1], coefficients[1:][kept]])))
