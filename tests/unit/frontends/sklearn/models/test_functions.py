"""Functions built of several nodes keep the error that is claimed for them."""

import numpy as np
import onnx_ir as ir
import pytest
from scipy.special import ndtri

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models import _circular, _hyperbolic
from modelport.frontends.sklearn.models._functions import expm1, log1p, log_to_base
from modelport.frontends.sklearn.models._normal_quantile import normal_quantile
from modelport.frontends.sklearn.models._search import count_reached
from modelport.ir.builder import GraphBuilder
from modelport.ir.session import open_session

ODD = np.array([0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 2, -2, 0.5, -0.5, 5e-324, 1e308, -1e308, 710.4, -711, 22, 28])


def _run(emit, x):
    scope = Scope(GraphBuilder())
    value = scope.builder.input("x", ir.DataType.DOUBLE, x.shape[1])
    scope.builder.output(emit(scope, value), "out")
    session = open_session(ir.to_proto(scope.builder.build("test")).SerializeToString())
    return session.run(["out"], {"x": x})[0]


def _ulp(got, want):
    return np.abs(got - want) / np.spacing(np.abs(want).astype(np.float64))


def _spread(rng):
    return np.concatenate(
        [rng.uniform(-0.99, 5, 20000), 10.0 ** rng.uniform(-300, 0, 20000), rng.normal(0, 1e-3, 20000)]
    )


@pytest.mark.parametrize(
    ("emit", "function"),
    [(log1p, np.log1p), (expm1, np.expm1), (lambda s, x: log_to_base(s, x, 10.0, np.log10), np.log10)],
    ids=["log1p", "expm1", "log10"],
)
def test_functions_keep_their_claim(emit, function) -> None:
    x = _spread(np.random.default_rng(0))
    x = np.abs(x) if function is np.log10 else x
    got = _run(emit, x[:, None])[:, 0]
    assert _ulp(got, function(x.astype(np.longdouble))).max() < 6


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_functions_at_the_ends() -> None:
    x = np.array([np.inf, -1.0, -2.0, 0.0, np.nan, -np.inf, 1e308])
    np.testing.assert_array_equal(_run(log1p, x[:, None])[:5, 0], np.log1p(x[:5]))
    np.testing.assert_array_equal(_run(expm1, x[[0, 3, 4, 5, 6], None])[:, 0], np.expm1(x[[0, 3, 4, 5, 6]]))


@pytest.mark.parametrize("name", ["arctan", "arcsin", "arccos", "sinh", "cosh", "arcsinh", "arccosh", "arctanh"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_circular_and_hyperbolic_functions_keep_their_claim(name: str) -> None:
    rng = np.random.default_rng(0)
    sign = rng.choice([-1, 1], 20000)
    x = np.concatenate(
        [rng.normal(0, 3, 20000), sign * 10.0 ** rng.uniform(-300, 2, 20000), np.tanh(rng.normal(0, 5, 20000))]
    )
    emit = getattr(_circular, name, None) or getattr(_hyperbolic, name)
    got, want = _run(emit, x[:, None])[:, 0], getattr(np, name)(x.astype(np.longdouble))
    np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
    assert np.nanmax(np.where(got == want, 0, _ulp(got, want))) < 6
    np.testing.assert_allclose(_run(emit, ODD[:, None])[:, 0], getattr(np, name)(ODD), rtol=1e-15)


@pytest.mark.parametrize("name", ["arctan2", "hypot"])
def test_functions_of_two_keep_their_claim(name: str) -> None:
    rng = np.random.default_rng(0)
    pairs = np.array([(a, b) for a in ODD for b in ODD])
    scaled = rng.normal(0, 1, (20000, 2)) * 10.0 ** rng.uniform(-300, 300, (20000, 2))
    x = np.concatenate([rng.normal(0, 1, (20000, 2)), scaled])

    def emit(scope: Scope, value: ir.Value) -> ir.Value:
        sides = (scope.builder.op("Gather", value, scope.builder.constant(np.array([k])), axis=1) for k in (0, 1))
        return getattr(_circular, name)(scope, *sides)

    want = getattr(np, name)(*x.T.astype(np.longdouble))
    got = _run(emit, x)[:, 0]
    large = np.abs(want) > 1e-300
    assert _ulp(got, want)[large].max() < 6
    np.testing.assert_allclose(_run(emit, pairs)[:, 0], getattr(np, name)(*pairs.T), rtol=1e-15)


def test_the_normal_quantile() -> None:
    rng = np.random.default_rng(0)
    small = 10.0 ** rng.uniform(-7, -1, 20000)
    p = np.concatenate([rng.uniform(0, 1, 20000), small, 1 - small, 0.5 + small / 10])
    p = np.clip(p, 1e-7, 1 - 1e-7)
    assert _ulp(_run(normal_quantile, p[:, None])[:, 0], ndtri(p)).max() < 12


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 100])
def test_halving_counts_as_searchsorted(count: int) -> None:
    rng = np.random.default_rng(count)
    borders = np.sort(np.round(rng.normal(0, 2, (2, count)), 1), axis=1)
    x = np.concatenate([rng.normal(0, 3, (200, 2)), borders.T, np.array([[np.inf, -np.inf], [np.nan, np.nan]])])
    got = _run(lambda s, v: count_reached(s, v, borders), x)
    want = np.stack([np.searchsorted(borders[f], x[:, f], side="right") for f in range(2)], axis=1)
    want[-1] = 0
    np.testing.assert_array_equal(got, want)
