"""Measures with the oracle what each odd value does in each feature: taken, or refused by the original."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from modelport.errors import ParityError
from modelport.evidence.limits import finite_limits
from modelport.evidence.oracle import Asked, Oracle, OracleRefusalError, ask_rows
from modelport.ir.contract import UNKNOWN_STRING, Contract, Feature, Policy, Status
from modelport.ir.program import Program
from modelport.ir.row_check import check_rows, reason
from modelport.ir.rows import Column, Rows, with_value, with_values

__all__ = ["confirm_policies", "measure_policies"]

Limits = tuple[float | None, float | None]

_LARGEST_INTEGER = 2.0**53
_HUGE = 1e18
_ALL_ASKED = 64


def measure_policies(program: Program, oracle: Oracle, base: Rows, others: Rows | None = None) -> tuple[Feature, ...]:
    """Returns the features with missing, infinite, range and unknown as the original treats them.

    ``base`` is one row that the original takes; each odd value is put into it alone. Above 64 features, one feature
    of each kind (same type, same steps after it) is asked and speaks for the others.
    ``others`` are more rows, where an answer without the value may depend on the rest of the row, as in R's FALSE & NA:
    numbers, which may be NaN, are refused where none of the rows has one, a label where one of them has none.
    """
    return _Measure(program, oracle, base, others).features()


def confirm_policies(program: Program, oracle: Oracle, rows: Rows, stricter: Collection[str] = ()) -> None:
    """Asks the original about rows with odd values where the policies were read from the model, not measured with it.

    A row that the contract refuses the original must refuse too, or answer with NaN only, but for ``stricter`` features.
    Infinities have one policy: it is enough that the original does so for one of the two signs, as for -Inf in log(x).
    Raises: ParityError naming the first feature of which the original says otherwise.
    """
    contract = program.contract
    status, cause = check_rows(rows, contract)
    answered = _answered(ask_rows(oracle, rows), contract, rows.count)
    one_sign = {cause[row] for row in np.flatnonzero((status == Status.INFINITE) & ~answered)}
    for row in np.flatnonzero(answered).tolist():
        if status[row] == Status.INFINITE and cause[row] in one_sign:
            continue
        # Where a huge number overflows depends on the order of a sum.
        if status[row] in (Status.OK, Status.OUT_OF_RANGE) or contract.features[int(cause[row])].name in stricter:
            continue
        what = reason(int(status[row]), int(cause[row]), contract)
        raise ParityError(
            f"the original takes rows that the contract refuses ({what})",
            where=f"feature {contract.features[int(cause[row])].name!r}",
            fix="report the model; the rule must be stated before it can be converted",
        )


def _answered(asked: Asked, contract: Contract, count: int) -> npt.NDArray[np.bool_]:
    """bool[N]: the original gives a label, or a number that is one."""
    answered = np.zeros(count, dtype=np.bool_)
    numbers = [output.name for output in contract.outputs if output.role == "number"]
    for place, row in enumerate(asked.taken.tolist()):
        answered[row] = not numbers or not all(np.isnan(asked.outputs[name][place]).all() for name in numbers)
    return answered


class _Measure:
    def __init__(self, program: Program, oracle: Oracle, base: Rows, others: Rows | None) -> None:
        self._program, self._oracle, self._base = program, oracle, base
        self._features = program.contract.features
        rows = [] if others is None else [others.take(np.array([row])) for row in range(others.count)]
        self._others = [row for row in rows if self._takes(row)]
        self._far = None if others is None else _far_row(base, self._features)

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
            low, high = limits.get(f.name, (None, None))
            both = low is not None and high is not None and low == -high
            max_abs = _LARGEST_INTEGER if f.dtype == "int64" else high if both else None
            measured.append(
                replace(
                    f,
                    missing=missing[f.name],
                    unknown=unknown.get(f.name, "accept"),
                    infinite=infinite.get(f.name, "accept"),
                    max_abs=max_abs,
                    least=None if both else low,
                    greatest=None if both else high,
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
                known[kind] = "accept" if self._accepts(f, values(f)) else "refuse"
            result[f.name] = known[kind]
        return result

    def _accepts(self, f: Feature, values: list[object]) -> bool:
        """Whether each of the values may stand in a row; one of infinities is refused everywhere or nowhere."""
        taken = all(self._takes(with_value(self._base, f, value)) for value in values)
        if len(values) > 1 or not self._others:
            return taken
        (value,) = values
        rows = (with_value(row, f, value) for row in self._others)
        if any(output.role == "label" for output in self._program.contract.outputs):
            return taken and all(map(self._takes, rows))
        return taken or any(map(self._takes, rows))

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

    def _limits(self, features: Sequence[Feature]) -> dict[str, Limits]:
        """The least and greatest finite number that the original takes, None where there is no such limit.

        Mostly they are where the graph overflows, the same on either side; the original confirms that, or is searched.
        """
        result: dict[str, Limits] = {}
        seen = finite_limits(self._program, features, self._base)
        confirmed: set[object] = set()
        for f in features:
            kind = self._kind(f)
            if kind in confirmed or self._is_limit(f, seen[f.name]):
                confirmed.add(kind)
                result[f.name] = (-_within(seen[f.name]), _within(seen[f.name]))
            else:
                ends = (self._search(f, -_largest(f)), self._search(f, _largest(f)))
                low, high = (None if end is None else _within(end) for end in ends)
                result[f.name] = (low, high)
        return self._beside_others(features, result)

    def _beside_others(self, features: Sequence[Feature], limits: dict[str, Limits]) -> dict[str, Limits]:
        """Narrower limits where the number is multiplied with another, which may be as large as its range."""
        far = self._far
        if far is None or not self._takes(far):
            return limits
        found = {
            f.name: f
            for f in features
            if not all(self._takes(with_value(far, f, end)) for end in limits[f.name] if end is not None)
        }
        seen = finite_limits(self._program, list(found.values()), far)
        return limits | {name: (-_within(seen[name]), _within(seen[name])) for name in found}

    def _takes_number(self, f: Feature, value: float) -> bool:
        return self._takes(with_value(self._base, f, value))

    def _is_limit(self, f: Feature, limit: float) -> bool:
        above = float(np.nextafter(limit, np.inf)) if f.dtype == "float64" else _next_float32(limit)
        inside = all(self._takes_number(f, sign * limit) for sign in (1.0, -1.0))
        return inside and not any(self._takes_number(f, sign * above) for sign in (1.0, -1.0))

    def _search(self, f: Feature, end: float) -> float | None:
        """The last number taken between the plain row's and the end of its type; None when the end is taken too."""
        if self._takes_number(f, end):
            return None
        # Doubles are ordered like their bits, so halving the bits finds the last number that is taken.
        inside, outside = _order(float(self._base.columns[f.name].values[0])), _order(end)
        while abs(outside - inside) > 1:
            middle = (inside + outside) // 2
            if self._takes_number(f, _number(middle)):
                inside = middle
            else:
                outside = middle
        return _number(inside)


def _far_row(base: Rows, features: Sequence[Feature]) -> Rows:
    """The row with each number at the end of its range that is further from 0."""
    columns = dict(base.columns)
    for f in features:
        if f.dtype in ("float64", "float32") and f.range is not None and not f.numbers:
            old = columns[f.name]
            columns[f.name] = Column(np.array([max(f.range, key=abs)], dtype=old.values.dtype), old.valid)
    return Rows(columns, base.count)


def _largest(feature: Feature) -> float:
    return float(np.finfo(np.float32 if feature.dtype == "float32" else np.float64).max)


def _within(limit: float) -> float:
    """A limit that no rounding moves: where a huge number overflows in sums of products depends on the batch.

    The end of float32 is exact, and so is every border that is no overflow.
    """
    single = float(np.finfo(np.float32).max)
    exact = abs(limit) < _HUGE or single <= abs(limit) < single * (1 + 2.0**-24)
    return limit if exact else limit * (1 - 2.0**-20)


def _order(value: float) -> int:
    """Maps doubles to integers in the same order."""
    bits = int(np.float64(value).view(np.int64))
    return bits if bits >= 0 else -(2**63) - bits


def _number(order: int) -> float:
    """The inverse of ``_order``."""
    return float(np.int64(order if order >= 0 else -(2**63) - order).view(np.float64))


def _next_float32(value: float) -> float:
    return float(np.nextafter(np.float32(value), np.float32(np.inf)))


def _unknown_number(numbers: tuple[float, ...]) -> float:
    """A whole number that is no category."""
    return float(np.floor(max((abs(number) for number in numbers), default=0.0) + 7.0))
