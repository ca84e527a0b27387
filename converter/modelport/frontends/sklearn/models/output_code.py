"""OutputCodeClassifier: the class whose code word lies nearest to what the estimators answer."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._binary import binary_parts, binary_readers, one_of_two
from modelport.frontends.sklearn.models._inner import concat_columns
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.claims import Local
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

Array = npt.NDArray[np.float64]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N].

    Numerics: squared distances in their expanded form, |y|² - 2y·c + |c|², as the source's own kernel takes them, with its
    cancellation; the first of the nearest. Where squares overflow, the source's answer hangs on the order of its sums.
    """
    b = scope.builder
    each = [one_of_two(scope, part, table, convert_part) for part in estimator.estimators_]
    answers = concat_columns(scope, [b.cast(one.value, ir.DataType.DOUBLE) for one in each])
    book = np.ascontiguousarray(estimator.code_book_, dtype=np.float64)
    zero = b.constant(np.asarray(0.0))
    own = b.op("ReduceSum", b.op("Mul", answers, answers), b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    between = b.op(
        "Mul", b.constant(np.asarray(-2.0)), b.op("MatMul", answers, b.constant(np.ascontiguousarray(book.T)))
    )
    squares = b.op("Add", b.op("Add", own, between), b.constant((book * book).sum(axis=1)))
    # The source's maximum with 0 turns NaN to 0.
    squares = b.op("Where", b.op("Greater", squares, zero, dtype=ir.DataType.BOOL), squares, zero, dtype=squares.dtype)

    def rule(n: Local) -> Array:
        return _distance_of_squares(n, book)

    nearness = scope.claim(b.op("Neg", squares), [answers], rule, "the squares of distances, in their expanded form")
    return Prediction(
        index=argmax(scope, nearness),
        scores=nearness,
        rule="argmax",
        classes=tuple(plain(label) for label in estimator.classes_),
    )


def _distance_of_squares(n: Local, book: Array) -> Array:
    """Sums of K terms on each side, and what the answers deviate by themselves."""
    x, d = n.x(), n.d()
    size = (x * x).sum(axis=1, keepdims=True) + 2 * np.abs(x) @ np.abs(book.T) + (book * book).sum(axis=1)
    rounded = (book.shape[1] + 4) * n.eps * size
    apart = np.abs(x[:, None, :] - book[None])
    carried = (2 * apart * d[:, None, :]).sum(axis=2) + (d * d).sum(axis=1, keepdims=True)
    return np.where(np.isfinite(size), rounded + carried, np.inf)


MODEL = Model(
    classes=["sklearn.multiclass.OutputCodeClassifier"],
    convert=_convert,
    parts=binary_parts,
    readers=binary_readers,
    source="sklearn/multiclass.py of 1.9, OutputCodeClassifier.predict; _argkmin.pyx.tp, EuclideanArgKmin",
    terms=True,
)
