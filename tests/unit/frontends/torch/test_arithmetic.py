"""Arithmetic that the exporter writes otherwise than torch computes it: whole quotients, remainders, and functions near 0."""

from typing import Any

import numpy as np
import pytest

from modelport.frontends.torch.export import export
from modelport.ir.graph_proto import to_bytes
from modelport.ir.session import open_session

_RNG = np.random.default_rng(20)
# Tenths, whose quotients are whole but for their rounding, and numbers of every size.
_A = np.concatenate([_RNG.integers(-50, 50, 300) / 10, _RNG.normal(size=99) * 100, [0.0, -0.0, np.nan, np.inf, 1e30]])
_B = np.concatenate(
    [_RNG.integers(1, 20, 300) / 10 * _RNG.choice([-1, 1], 300), _RNG.normal(size=99), [-2, 3, 1, 2, 7]]
)
_INTEGERS = _RNG.integers(-(2**62), 2**62, 404)
_DIVISORS = _RNG.integers(1, 1000, 404) * _RNG.choice([-1, 1], 404)
_NEAR = np.concatenate([sign * 10.0 ** np.linspace(-30, 3, 200) for sign in (1, -1)] + [[0.0, -1.0, np.inf, np.nan]])


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[Any, Any]]:
    """What torch and the graph give, of one export."""
    import torch

    class Every(torch.nn.Module):
        def forward(self, a: Any, b: Any, i: Any, j: Any, near: Any) -> dict[str, Any]:
            return {
                "floor": a // b,
                "floor by a number": torch.div(a, 0.1, rounding_mode="floor"),
                "the sign of 0": 1 / (a // b),
                "trunc": torch.div(a, b, rounding_mode="trunc"),
                "remainder": torch.remainder(a, b),
                "remainder by a number": a % 0.7,
                "remainder of a number": torch.remainder(5.0, b),
                "whole floor": i // j,
                "whole floor by a number": torch.div(i, -3, rounding_mode="floor"),
                "whole trunc": torch.div(i, j, rounding_mode="trunc"),
                "whole remainder": i % j,
                "whole quotient": torch.div(i, j),
                "log1p": torch.log1p(near),
                "expm1": torch.expm1(near),
                "logaddexp": torch.logaddexp(near, near.flip(0)),
                "logaddexp2": torch.logaddexp2(near, near.flip(0)),
            }

    given = dict(zip("abij", (_A.astype("float32"), _B.astype("float32"), _INTEGERS, _DIVISORS), strict=True))
    given["near"] = _NEAR.astype("float32")
    tensors = {name: torch.from_numpy(value) for name, value in given.items()}
    every = Every().eval()
    exported = export(every, tensors, dict.fromkeys(tensors), "module")
    session = open_session(to_bytes(exported.model))
    feeds = dict(zip([value.name for value in session.get_inputs()], given.values(), strict=True))
    with torch.no_grad():
        expected = every(**tensors)
    return {
        name: (value.numpy(), got)
        for (name, value), got in zip(expected.items(), session.run(None, feeds), strict=True)
    }


_NEARLY = ("log1p", "expm1", "logaddexp", "logaddexp2")
_EXACT = (
    "floor,floor by a number,the sign of 0,trunc,remainder,remainder by a number,remainder of a number,whole floor,"
    "whole floor by a number,whole trunc,whole remainder,whole quotient"
).split(",")


@pytest.mark.parametrize("name", _EXACT)
def test_whole_quotients_and_remainders_are_those_of_torch(answers: dict[str, tuple[Any, Any]], name: str) -> None:
    expected, given = answers[name]
    assert given.dtype == expected.dtype
    np.testing.assert_array_equal(given, expected)


@pytest.mark.parametrize("name", _NEARLY)
def test_digits_near_0_are_kept(answers: dict[str, tuple[Any, Any]], name: str) -> None:
    expected, given = answers[name]
    np.testing.assert_allclose(given, expected, rtol=5e-7, atol=0)
