"""Functions of numpy become nodes that give what numpy gives; what cannot be traced is named with its line."""

from typing import Any

import numpy as np
import onnx_ir as ir
import pandas as pd
import pytest
from scipy.special import expit

from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.tracing.errors import UntraceableError
from modelport.frontends.sklearn.tracing.trace import as_array, as_frame, trace
from modelport.ir.builder import GraphBuilder
from modelport.ir.session import open_session

ROWS = np.random.default_rng(3).normal(0, 3, (40, 4))


def traced(function: Any, rows: np.ndarray = ROWS, names: tuple[str, ...] | None = None) -> np.ndarray:
    scope = Scope(GraphBuilder())
    dtype = ir.DataType.FLOAT if rows.dtype == np.float32 else ir.DataType.DOUBLE
    value = scope.builder.input("rows", dtype, rows.shape[1])
    table = Columns((Part(value, (Origin(frozenset({"x"})),) * rows.shape[1]),), names)
    stand_in = as_frame(scope, table) if names else as_array(scope, table)
    scope.builder.output(trace(function, stand_in, {}, table).matrix(scope.builder), "out")
    session = open_session(ir.to_proto(scope.builder.build("test")).SerializeToString())
    return session.run(["out"], {"rows": rows})[0]


def _by_hand(X):
    X = np.asarray(X, dtype=float)
    out = X.copy()
    out[out < 0] = 0
    out[:, 1] = np.log1p(out[:, 1])
    out[:, [2, 3]] = np.sqrt(out[:, [2, 3]])
    out *= 2
    return out


def _cycles(X):
    parts = []
    for column in range(X.shape[1]):
        parts.append(np.sin(2 * np.pi * X[:, column] / 24))
        parts.append(np.cos(2 * np.pi * X[:, column] / 24))
    return np.column_stack(parts)


FUNCTIONS = {
    "square": lambda X: X**2,
    "product": lambda X: np.c_[X, X[:, 0] * X[:, 1]],
    "choice": lambda X: np.where(X > 0, X, -1),
    "clip": lambda X: np.clip(X, -1, 2),
    "remainder": lambda X: X % 3,
    "digits": lambda X: np.round(X, 2),
    "whole": lambda X: X.astype(int),
    "logic": lambda X: (X > 0) & ~(X > 2) | (X[:, :1] == X),
    "norm": lambda X: X / np.linalg.norm(X, axis=1, keepdims=True),
    "median": lambda X: np.median(X, axis=1, keepdims=True),
    "spread": lambda X: X.max(axis=1)[:, None] - X.min(axis=1)[:, None],
    "places": lambda X: np.argmin(X, axis=1).reshape(-1, 1),
    "bins": lambda X: np.digitize(X, [-2, 0, 1]),
    "weights": lambda X: X @ np.ones((4, 2)),
    "selected": lambda X: np.hstack([X[:, ::2], X[:, -1:]]),
    "without": lambda X: np.delete(X, 1, axis=1),
    "root": np.cbrt,
    "logistic": expit,
    "by hand": _by_hand,
    "cycles": _cycles,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gives_what_numpy_gives(name: str) -> None:
    function = FUNCTIONS[name]
    np.testing.assert_allclose(
        traced(function), np.asarray(function(ROWS.copy()), dtype=np.float64), rtol=1e-14, atol=1e-15
    )


@pytest.mark.parametrize("name", ["square", "choice", "clip", "cycles", "norm"])
def test_float32_stays_float32(name: str) -> None:
    rows = ROWS.astype(np.float32)
    got = traced(FUNCTIONS[name], rows)
    want = FUNCTIONS[name](rows.copy())
    assert got.dtype == want.dtype == np.float32
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def _ratios(frame):
    frame = frame.copy()
    frame["ratio"] = frame["a"] / frame["b"]
    frame["big"] = (frame["d"] > 0).astype(int)
    return frame.drop(columns=["c"]).fillna(0)


FRAMES = {
    "ratios": _ratios,
    "selected": lambda frame: frame[["a", "c"]] * 2,
    "by place": lambda frame: frame.iloc[:, :2],
    "assigned": lambda frame: frame.assign(e=lambda table: table.a * table.b, f=frame["c"] ** 2),
    "array": lambda frame: np.abs(frame.values),
    "columns": lambda frame: frame.apply(np.tanh).clip(lower=-0.5),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_dataframe_gives_what_pandas_gives(name: str) -> None:
    want = FRAMES[name](pd.DataFrame(ROWS, columns=list("abcd")))
    np.testing.assert_allclose(
        traced(FRAMES[name], names=tuple("abcd")), np.asarray(want, dtype=np.float64), rtol=1e-14
    )


REFUSED = {
    "other rows": (lambda X: X - X.mean(axis=0), "rows of a batch"),
    "number of rows": (lambda X: X / X.shape[0], "number of rows"),
    "python if": (lambda X: X if (X > 0).any(axis=1) else -X, "decides in Python"),
    "rows by value": (lambda X: X[X[:, 0] > 0], "selects rows"),
    "one by one": (lambda X: [sum(row) for row in X], "one by one"),
    "unknown": (lambda X: np.spacing(X) + 1, "spacing"),
    "unknown by itself": (np.spacing, "spacing"),
    "elsewhere": (lambda X: np.apply_along_axis(np.sort, 1, X), "apply_along_axis"),
    "foreign code": (lambda X: pd.DataFrame(X).rank(), "plain array"),
    "own mistake": (lambda X: X.no_such_thing(), "no_such_thing"),
    "nothing": (lambda X: 3, "gives int"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_traced_is_named_with_its_line(name: str) -> None:
    function, reason = REFUSED[name]
    with pytest.raises(UntraceableError, match=reason) as caught:
        traced(function)
    if name not in ("nothing", "unknown by itself"):  # which have no line in Python
        assert "line " in str(caught.value)


def test_numpy_is_left_as_it_was() -> None:
    before = (np.asarray, np.array, np.c_)
    traced(_by_hand)
    with pytest.raises(UntraceableError):
        traced(lambda X: X.no_such_thing())
    assert (np.asarray, np.array, np.c_) == before
