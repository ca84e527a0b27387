"""Objectives and their arithmetic: numbers as the library reads them, log1p from allowed operators."""

import numpy as np
import onnx_ir as ir
import pytest

from modelport.ir.builder import GraphBuilder
from modelport.ir.session import open_session
from modelport.readers.lightgbm.links import Link, converted, link_of, parse_as_lightgbm


@pytest.mark.parametrize(
    ("objective", "link"),
    [
        (None, Link("identity")),
        ("regression", Link("identity")),
        ("regression sqrt", Link("square")),
        ("huber sqrt", Link("identity")),
        ("poisson sqrt", Link("exp")),
        ("binary sigmoid:0.7", Link("sigmoid", 0.7)),
        ("multiclassova num_class:3 sigmoid:2", Link("sigmoids", 2.0)),
        ("multiclass num_class:3", Link("softmax")),
        ("cross_entropy_lambda", Link("softplus")),
        ("lambdarank", Link("identity")),
        ("astrology", None),
    ],
)
def test_objectives(objective: str | None, link: Link | None) -> None:
    assert link_of(objective) == link


@pytest.mark.parametrize("text", ["1", "0.5", "0.7", "1.23457", "1e-05", "2.5e+06", "1e+60", "0.000123"])
def test_short_numbers_are_read_to_the_nearest(text: str) -> None:
    assert parse_as_lightgbm(text) == pytest.approx(float(text), rel=3e-16)


def test_long_numbers_are_read_digit_by_digit() -> None:
    # value + right / 10**n, each rounded: one bit away from the nearest double.
    assert parse_as_lightgbm("1.2345678912345678") == 1 + 2345678912345678 / 1e16
    assert parse_as_lightgbm("-12") == -12.0


def test_log_of_one_plus_exp_keeps_what_is_small() -> None:
    x = np.concatenate(
        [np.linspace(-740, 700, 5001), np.linspace(-1, 1, 1001), np.random.default_rng(0).normal(size=999)]
    )
    builder = GraphBuilder()
    builder.output(converted(builder, builder.input("x", ir.DataType.DOUBLE, 1), Link("softplus")), "y")
    session = open_session(ir.to_proto(builder.build("test")).SerializeToString())
    got = session.run(["y"], {"x": x.reshape(-1, 1)})[0].ravel()
    want = np.log1p(np.exp(x))
    assert (np.abs(got - want) <= 8 * np.spacing(want)).all()
