"""Measures with the oracle what each odd value does in each feature: taken, or refused by the original."""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec.structs import replace

from modelport.evidence.limits import finite_limits
from modelport.evidence.oracle import Oracle, OracleRefusalError
from modelport.ir.contract import UNKNOWN_STRING, Feature, Policy
from modelport.ir.program import Program
from modelport.ir.rows import Rows, with_value, with_values

__all__ = ["measure_policies"]

_LARGEST_INTEGER = 2.0**53
_ALL_ASKED = 64


def measure_policies(program: Program, oracle: Oracle, base: Rows) -> tuple[Feature, ...]:
    """Returns the features with missing, infinite, max_abs and unknown as the original treats them.

    ``base`` is one row that the original takes; each odd value is put into it alone. Above 64 features, one feature
    of each kind (same type, same steps after it) is asked and speaks for the others.
    """
    return _Measure(program, oracle, base).features()


class _Measure:
    def __init__(self, program: Program, oracle: Oracle, base: Rows) -> None:
        self._program, self._oracle, self._base = program, oracle, base
        self._features = program.contract.features

    def features(self) -> tuple[Feature, ...]:
        text = [f for f in self._features if f.dtype == "string" and f.categories is not None]
        numbered = [f for f in self._features if f.numbers is not None]
        real = [f for f in self._features if f.dtype in ("float64", "float32")]
        missing = self._policies(self._features, lambda f: [None])
        unknown = self._policies(text, lambda f: [UNKNOWN_STRING])
        unknown |= self._policies(numbered, lambda f: [_unknown_number(f.numbers or ())])
        open_numbers = [f for f in real if unknown.get(f.name, "accept") == "accept"]
        infinite = self._policies(open_numbers, lambda f: [np.inf, -np.inf])
        limited = self._policies(open_numbers, lambda f: [_largest(f), -_largest(f)])
        limits = self._limits([f for f in open_numbers if limited[f.name] == "refuse"])
        measured: list[Feature] = []
        for f in self._features:
            max_abs = _LARGEST_INTEGER if f.dtype == "int64" else limits.get(f.name)
            measured.append(
                replace(
                    f,
                    missing=missing[f.name],
                    unknown=unknown.get(f.name, "accept"),
                    infinite=infinite.get(f.name, "accept"),
                    max_abs=max_abs,
                )
            )
        return tuple(measured)

    def _policies(self, features: Sequence[Feature], values: Callable[[Feature], list[object]]) -> dict[str, Policy]:
        """Asks for all features at once first: mostly the original takes the value everywhere."""
        changes = [(f, value) for f in features for value in values(f)]
        if not changes or self._takes(with_values(self._base, changes)):
            return {f.name: "accept" for f in features}
        result: dict[str, Policy] = {}
        known: dict[object, Policy] = {}
        for f in features:
            kind = self._kind(f)
            if kind not in known:
                taken = all(self._takes(with_value(self._base, f, value)) for value in values(f))
                known[kind] = "accept" if taken else "refuse"
            result[f.name] = known[kind]
        return result

    def _kind(self, f: Feature) -> object:
        if len(self._features) <= _ALL_ASKED:
            return f.name
        return (f.dtype, f.missing_as, f.categories is None, self._program.provenance.lineage.get(f.name))

    def _takes(self, rows: Rows) -> bool:
        try:
            self._oracle.ask(rows)
        except OracleRefusalError:
            return False
        return True

    def _limits(self, features: Sequence[Feature]) -> dict[str, float]:
        """The largest magnitude that the original takes: seen in the graph, confirmed by the original."""
        result: dict[str, float] = {}
        seen = finite_limits(self._program, features, self._base)
        confirmed: set[object] = set()
        for f in features:
            limit = seen[f.name]
            kind = self._kind(f)
            if kind not in confirmed and not self._is_limit(f, limit):
                limit = self._search(f)
            else:
                confirmed.add(kind)
            result[f.name] = limit
        return result

    def _takes_magnitude(self, f: Feature, magnitude: float) -> bool:
        both = [with_value(self._base, f, sign * magnitude) for sign in (1.0, -1.0)]
        return all(self._takes(rows) for rows in both)

    def _is_limit(self, f: Feature, limit: float) -> bool:
        above = float(np.nextafter(limit, np.inf)) if f.dtype == "float64" else _next_float32(limit)
        return self._takes_magnitude(f, limit) and not self._takes_magnitude(f, above)

    def _search(self, f: Feature) -> float:
        # Doubles of one sign are ordered like their bits, so halving the bits finds the last magnitude that is taken.
        low, high = 0, int(np.float64(_largest(f)).view(np.int64))
        while high - low > 1:
            middle = (low + high) // 2
            if self._takes_magnitude(f, float(np.int64(middle).view(np.float64))):
                low = middle
            else:
                high = middle
        return float(np.int64(low).view(np.float64))


def _largest(feature: Feature) -> float:
    return float(np.finfo(np.float32 if feature.dtype == "float32" else np.float64).max)


def _next_float32(value: float) -> float:
    return float(np.nextafter(np.float32(value), np.float32(np.inf)))


def _unknown_number(numbers: tuple[float, ...]) -> float:
    """A whole number that is no category."""
    return float(np.floor(max((abs(number) for number in numbers), default=0.0) + 7.0))
