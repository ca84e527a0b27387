"""Makes rows that break conversions, and plain synthetic rows: all drawn from the contract and the model, none from
the sample.

Every border of a split, every landmark of a fitted step and every category stands in at least one row, with one ulp
on either side; every odd value (missing, infinite, too large, unseen) stands alone in a row of its own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.evidence.texts import TextMaker
from modelport.evidence.thresholds import split_borders
from modelport.ir.contract import UNKNOWN_STRING, Contract, Feature
from modelport.ir.program import Program
from modelport.ir.rows import Column, Rows, with_value, with_values

__all__ = ["SEED", "ProbePlan", "base_row", "make_probes", "most_rows", "odd_values", "synthetic_rows"]

SEED = 20240613
_LEAST, _MOST, _VALUES = 200, 6000, 1_000_000
_OUTPUT_CELLS, _TERM_CELLS, _SAMPLE_CELLS, _ANY = 4_000_000, 200_000_000, 30_000_000, 2**62
_ODD_TEXTS = ("", " ", "NA", "nan", "Zoë", "日本語", 'a\tb\n"c"', "x" * 300)
_NUMBERS = (0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 0.1, -0.1, 1 / 3, 1.0, -1.0, 16777217.0, 1e10, -1e10)

Generator = np.random.Generator


@dataclass(frozen=True)
class ProbePlan:
    """The rows and what stands in them; ``left_out`` counts borders beyond the budget."""

    rows: Rows
    borders: int
    left_out: int


def synthetic_rows(contract: Contract, count: int, rng: Generator) -> Rows:
    """Draws rows from the contract: uniform in each range, categories alike, some missing where that is taken."""
    makers = _makers(contract)
    return Rows({f.name: _draw(f, count, rng, makers.get(f.name)) for f in contract.features}, count)


def base_row(contract: Contract) -> Rows:
    """One plain row: the middle of each range, the first category, a term."""
    columns: dict[str, Column] = {}
    makers = _makers(contract)
    for feature in contract.features:
        present = np.ones(1, dtype=np.bool_)
        if feature.dtype == "string":
            text = np.empty(1, dtype=object)
            maker = makers.get(feature.name)
            text[0] = maker.plain() if maker else (feature.categories or ("a",))[0]
            columns[feature.name] = Column(text, present)
            continue
        low, high = feature.range or (0.0, 1.0)
        value = feature.numbers[0] if feature.numbers else (low + high) / 2
        columns[feature.name] = Column(np.array([value]).astype(_dtype(feature)), present)
    return Rows(columns, 1)


def make_probes(program: Program, rng: Generator, budget: int | None = None) -> ProbePlan:
    """Returns the probes of a program whose policies are measured.

    ``budget``: rows of each of the two kinds, by default as many as make a million values and at most 6,000.
    """
    contract = program.contract
    makers = _makers(contract)
    budget = budget or max(_LEAST, min(_MOST, _VALUES // max(1, len(contract.features))))
    budget = min(budget, most_rows(contract))
    found = split_borders(program, base_row(contract), rng, budget // 3)
    landmarks = {f.name: _landmarks(f, found.borders.get(f.name), program, rng) for f in contract.features}
    terms_left_out = 0
    for name, maker in makers.items():
        texts, unseen = maker.landmarks(rng)
        landmarks[name] = [*texts]
        terms_left_out += unseen
    longest = max((len(values) for values in landmarks.values()), default=0)
    # Twice as many rows as the longest list: the other half of each feature's values is plain.
    count = min(2 * longest, budget)
    grid = Rows(
        {f.name: _spread(f, landmarks[f.name], count, rng, makers.get(f.name)) for f in contract.features}, count
    )
    plain = synthetic_rows(contract, 1, rng)
    odd = odd_values(contract)
    chosen = sorted(rng.permutation(len(odd))[:budget])
    parts = [grid, plain, with_values(plain, [odd[i] for i in chosen]), _all_missing(contract, plain)]
    left_out = found.left_out + terms_left_out + len(odd) - len(chosen)
    left_out += sum(max(0, len(values) - count) for values in landmarks.values())
    return ProbePlan(Rows.concatenate(parts), sum(map(len, found.borders.values())), left_out)


def most_rows(contract: Contract, *, shipped: bool = True) -> int:
    """How many rows of vocabularies and hashes a proof can hold: their columns are many, and outputs may have as many.

    What is shipped lies in each project too; the caller's own rows do not.
    """
    if not contract.text_steps:
        return _MOST if shipped else _ANY
    given = max((output.width or 1 for output in contract.outputs), default=1)
    dense = sum(step.dense_width for step in contract.text_steps)
    if not shipped:
        return max(16, min(_SAMPLE_CELLS // given, _TERM_CELLS // max(1, dense)))
    return max(8, min(_MOST, _OUTPUT_CELLS // given, _TERM_CELLS // max(1, dense)))


def _makers(contract: Contract) -> dict[str, TextMaker]:
    return {name: TextMaker(contract, name) for name in sorted({step.feature for step in contract.text_steps})}


def _dtype(feature: Feature) -> np.dtype[Any]:
    return np.dtype({"string": "object"}.get(feature.dtype, feature.dtype))


def _draw(feature: Feature, count: int, rng: Generator, maker: TextMaker | None = None) -> Column:
    valid = np.ones(count, dtype=np.bool_)
    if feature.missing == "accept":
        valid = rng.random(count) >= 0.1
    if maker is not None:
        text = np.empty(count, dtype=object)
        text[:] = [maker.draw(rng) if valid[i] else "" for i in range(count)]
        return Column(text, valid)
    if feature.dtype == "string":
        pool = [*(feature.categories or _ODD_TEXTS)]
        if feature.unknown == "accept":
            pool.append(UNKNOWN_STRING)
        text = np.empty(count, dtype=object)
        text[:] = [pool[i] for i in rng.integers(0, len(pool), count)]
        text[~valid] = ""
        return Column(text, valid)
    low, high = _drawn_range(feature)
    if feature.numbers:
        values = rng.choice(np.array(feature.numbers), count)
    elif feature.dtype == "bool":
        values = rng.integers(0, 2, count).astype(np.float64)
    else:
        values = rng.uniform(low, high, count)
        # Half of them rounded to three digits, as people's data is.
        values = np.where(rng.random(count) < 0.5, np.array([float(f"{v:.3g}") for v in values]), values)
    return _masked(values, valid, feature)


def _drawn_range(feature: Feature) -> tuple[float, float]:
    """The feature's range as far as the original takes it."""
    low, high = feature.range or (0.0, 1.0)
    low = low if feature.least is None else max(low, feature.least)
    high = high if feature.greatest is None else min(high, feature.greatest)
    return (low, high) if low <= high else (high, high)


def _masked(values: npt.NDArray[np.float64], valid: npt.NDArray[np.bool_], feature: Feature) -> Column:
    if feature.dtype in ("float64", "float32"):
        return Column(np.where(valid, values, np.nan).astype(_dtype(feature)), valid)
    return Column(np.where(valid, values, 0).astype(_dtype(feature)), valid)


def _landmarks(
    feature: Feature, borders: npt.NDArray[np.float64] | None, program: Program, rng: Generator
) -> list[object]:
    """Values to put into a feature, in random order; None stands for missing."""
    values: list[object]
    if feature.dtype == "string":
        values = [*(feature.categories or ())]
        if feature.unknown == "accept":
            values += [UNKNOWN_STRING, *_ODD_TEXTS]
    elif feature.dtype == "bool":
        values = [False, True]
    else:
        values = [*_near(feature, borders, program)]
    if feature.missing == "accept":
        values.append(None)
    order = rng.permutation(len(values))
    return [values[i] for i in order]


def _near(feature: Feature, borders: npt.NDArray[np.float64] | None, program: Program) -> list[object]:
    dtype = _dtype(feature)
    marks = np.array([*(program.landmarks or {}).get(feature.name, ()), *(feature.numbers or ()), *_NUMBERS])
    if feature.numbers and feature.unknown == "refuse":
        return [float(number) for number in feature.numbers]
    points = np.concatenate([marks, borders if borders is not None else np.empty(0)])
    if feature.dtype == "int64":
        return [*sorted({int(p) for p in points if np.isfinite(p) and abs(p) < 2**53})]
    exact = points.astype(dtype)
    inf = np.array(np.inf, dtype=dtype)
    near = np.unique(np.concatenate([np.nextafter(exact, -inf), exact, np.nextafter(exact, inf)]))
    kept = near[np.isfinite(near)].astype(np.float64)
    if feature.max_abs is not None:
        kept = kept[np.abs(kept) <= feature.max_abs]
    if feature.least is not None:
        kept = kept[kept >= feature.least]
    if feature.greatest is not None:
        kept = kept[kept <= feature.greatest]
    return [float(value) for value in kept]


def _spread(
    feature: Feature, values: list[object], count: int, rng: Generator, maker: TextMaker | None = None
) -> Column:
    """Puts each value into one of ``count`` rows, plain values into the rest."""
    chosen = list(values[:count])
    plain = _draw(feature, count - len(chosen), rng, maker)
    chosen += [plain.values[i] if plain.valid[i] else None for i in range(count - len(chosen))]
    shuffled = [chosen[i] for i in rng.permutation(count)]
    valid = np.array([value is not None for value in shuffled])
    if feature.dtype == "string":
        text = np.empty(count, dtype=object)
        text[:] = ["" if value is None else value for value in shuffled]
        return Column(text, valid)
    numbers = np.array([0.0 if value is None else _number(value) for value in shuffled], dtype=np.float64)
    return _masked(numbers, valid, feature)


def _number(value: object) -> float:
    return float(value) if isinstance(value, bool | np.bool_) else float(str(value))


def odd_values(contract: Contract) -> list[tuple[Feature, object]]:
    """Every odd value of each feature; each will stand alone in a row that is plain otherwise."""
    odd: list[tuple[Feature, object]] = []
    for feature in contract.features:
        values: list[object] = [None]
        if feature.dtype == "string":
            values.append(UNKNOWN_STRING)
        elif feature.dtype in ("float64", "float32"):
            values += [np.inf, -np.inf]
            if feature.max_abs is not None:
                values += [feature.max_abs, -feature.max_abs]
                values += [float(np.nextafter(sign * feature.max_abs, sign * np.inf)) for sign in (1.0, -1.0)]
            for limit, outwards in ((feature.least, -np.inf), (feature.greatest, np.inf)):
                if limit is not None:
                    values += [limit, float(np.nextafter(limit, outwards))]
        if feature.numbers is not None:
            values.append(float(max(feature.numbers) + 7))
        odd += [(feature, value) for value in values]
    return odd


def _all_missing(contract: Contract, base: Rows) -> Rows:
    """One row in which nothing is given."""
    # One column at a time: copying all of them for each would take the square of their number.
    alone = {f.name: Rows({f.name: base.columns[f.name]}, base.count) for f in contract.features}
    columns = {f.name: with_value(alone[f.name], f, None).columns[f.name] for f in contract.features}
    return Rows(columns, base.count)
