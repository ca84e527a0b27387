"""Deviation rules of elementwise functions: what IEEE 754 leaves open in sin, cos, tanh and pow; steps of floor and its kind."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from modelport.ir.claims import Local

__all__ = ["FUNCTIONS", "STEPS", "modulo", "monotone"]

Array = npt.NDArray[np.float64]

# Source: numpy accepts at most 4 ULP of a float64 loop (NEP 38; its AVX-512 loops of pow, tanh and sin state up to 4).
# Target: Eigen takes multiples of pi/2 off in three parts, which leaves up to 3 eps in absolute terms near the zeros
# of sin and cos (measured: 2.7), and 9 ULP in its rational tanh; std::pow stays below 1.
_SOURCE = 4.0
_TANH, _POW = 9.0 + _SOURCE, 1.0 + _SOURCE
_PERIODIC = 4.0


def _periodic(name: str) -> Callable[[Local], tuple[Array, str]]:
    def rule(n: Local) -> tuple[Array, str]:
        r = n.result
        # sin(x) keeps its relative error near 0, where nothing is taken off; cos(x) does not exceed 1.
        scale = np.minimum(1.0, np.abs(n.x())) if name == "sin" else 1.0
        own = n.eps * (_SOURCE * np.abs(r) + _PERIODIC * scale)
        # Neither function is steeper than 1, nor does it vary by more than 2.
        deviation = np.minimum(own + n.d(), 2.0)
        return np.where(np.isfinite(r), deviation, 0.0), f"{_SOURCE:g} ULP and {_PERIODIC:g} eps of {name}"

    return rule


def _tanh(n: Local) -> tuple[Array, str]:
    low, high = n.ends()
    # Beyond 22 every library gives 1.
    own = np.where(np.abs(n.x()) < 22, _TANH * n.eps * np.abs(n.result), 0.0)
    return own + n.spread(np.tanh(low), np.tanh(high)), f"{_TANH:g} ULP of tanh"


def _pow(n: Local) -> tuple[Array, str]:
    r = n.result
    own = np.where(np.isfinite(r), _POW * n.eps * np.abs(r), 0.0)
    exact = (r == 0) | (n.x(0) == 1) | (n.x(1) == 0) | (n.x(1) == 1)
    deviation = np.where(exact & (n.d(0) + n.d(1) == 0), 0.0, own)
    if n.d(0).any() or n.d(1).any():
        low, high = n.ends(0)
        corners = [np.power(a, b) for a in (low, high) for b in n.ends(1)]
        # An even power is least at 0, not at an end.
        straddles = (low < 0) & (high > 0)
        corners += [np.where(straddles, np.power(0.0, b), corners[0]) for b in n.ends(1)]
        deviation = deviation + n.spread(*corners)
    return deviation, f"{_POW:g} ULP of pow"


def monotone(function: Callable[[Array], Array]) -> Callable[[Local], Array]:
    """The rule of an exact function that never falls: the spread between the ends."""

    def rule(n: Local) -> Array:
        low, high = n.ends()
        return n.spread(function(low), function(high))

    return rule


def modulo(n: Local) -> Array:
    """fmod: what is taken off may be one multiple more or less where the deviation reaches the next one."""
    (low, high), divisor = n.ends(0), np.abs(n.x(1))
    same = np.trunc(low / divisor) == np.trunc(high / divisor)
    moved = (n.d(0) > 0) | (n.d(1) > 0)
    exact = same & (n.d(1) == 0)
    return np.where(moved, np.where(exact, n.d(0) + n.eps * np.abs(n.result), np.inf), 0.0)


FUNCTIONS: dict[str, Callable[[Local], tuple[Array, str]]] = {
    "Sin": _periodic("sin"),
    "Cos": _periodic("cos"),
    "Tanh": _tanh,
    "Pow": _pow,
}

STEPS: dict[str, Callable[[Local], Array]] = {
    "Floor": monotone(np.floor),
    "Ceil": monotone(np.ceil),
    "Round": monotone(np.rint),
    "Sign": monotone(np.sign),
    "Mod": modulo,
}
