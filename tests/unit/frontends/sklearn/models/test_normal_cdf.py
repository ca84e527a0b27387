"""The normal distribution function keeps the error that is claimed for it."""

import numpy as np
import onnx_ir as ir
from scipy.special import ndtr

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._normal_cdf import LIMIT, normal_cdf
from modelport.ir.builder import GraphBuilder
from modelport.ir.session import open_session


def test_it_keeps_its_claim() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-6, 6, 40000), rng.normal(0, 1e-9, 1000), [0.0, -0.0, 6.0, -6.0, 50.0, -50.0]])
    scope = Scope(GraphBuilder())
    value = scope.builder.input("x", ir.DataType.DOUBLE, 1)
    scope.builder.output(normal_cdf(scope, value), "out")
    got = open_session(ir.to_proto(scope.builder.build("test")).SerializeToString()).run(["out"], {"x": x[:, None]})[0]
    want = ndtr(np.clip(x, -LIMIT, LIMIT))
    tail = ndtr(-np.minimum(np.abs(x), LIMIT))
    eps = np.finfo(np.float64).eps
    assert (np.abs(got[:, 0] - want) <= 0.5 * (40 + 2 * x * x) * eps * tail + eps * want).all()
