"""Functions of our own making keep the error they claim, and shares stay within the bound of their scores."""

import math
from collections.abc import Callable

import numpy as np
import onnx_ir as ir
import pytest

from modelport.evidence.deviation import deviations
from modelport.frontends._scores import softmax
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._special import arcsin, erf
from modelport.ir.builder import GraphBuilder
from modelport.ir.session import run_all


def analyse(emit: Callable[[Scope, ir.Value], ir.Value], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scope = Scope(GraphBuilder())
    value = scope.builder.input("x", ir.DataType.DOUBLE, x.shape[1])
    scope.builder.output(emit(scope, value), "out")
    model = ir.to_proto(scope.builder.build("test"))
    tensors = run_all(model, {"x": x})
    found, _ = deviations(model, tensors, {}, scope.claims)
    return tensors["out"], found["out"]


@pytest.mark.parametrize(("emit", "source", "low", "high"), [(arcsin, math.asin, 0.0, 1.0), (erf, math.erf, -7.0, 7.0)])
def test_series_keep_their_claim(emit, source, low, high) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate(
        [rng.uniform(low, high, 5000), [low, high, 0.5, 1e-300], high * 10.0 ** rng.uniform(-12, 0, 2000)]
    )
    got, bound = analyse(emit, x[:, None])
    want = np.array([source(value) for value in x])
    assert (np.abs(got.ravel() - want) <= bound.ravel()).all()
    assert (bound.ravel() <= 40 * np.spacing(np.maximum(np.abs(want), 1e-300)) + 1e-300).all()


def test_shares_of_scores_that_deviate() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (300, 40)) * 10.0 ** rng.uniform(0, 4, (300, 1))
    w = rng.normal(0, 1, (40, 4))
    got, bound = analyse(
        lambda scope, value: softmax(scope, scope.builder.op("MatMul", value, scope.builder.constant(w))), x
    )
    for _ in range(5):
        order = rng.permutation(40)
        scores = np.zeros((300, 4))
        for k in order:
            scores += x[:, k : k + 1] * w[k]
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        assert (np.abs(shares - got) <= bound).all()
    assert bound.max() <= 1
    assert np.median(bound) < 1e-9
