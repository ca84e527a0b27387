"""Probes stand on every border of every split, found through whatever comes before the forest."""

import numpy as np
import pytest

from fixtures.recipes._recipe import Made
from modelport.evidence.policies import measure_policies
from modelport.evidence.probes import SEED, base_row, make_probes, synthetic_rows
from modelport.evidence.thresholds import split_borders
from modelport.frontends._spec import LoadedModel, Request
from modelport.frontends.registry import load_any
from modelport.frontends.sklearn.convert import convert


def converted(made: Made):
    return convert(LoadedModel(made.model), Request(made.rows, made.response))


@pytest.mark.parametrize("name", ["forest", "forest-float32", "hist", "tree-missing"])
def test_borders_are_exact(name: str, made) -> None:
    """The split's own input lies on or below the threshold at the border, and above it one ulp later."""
    case = made(name)
    program = converted(case).program
    borders = split_borders(program, base_row(program.contract), np.random.default_rng(SEED), 2000).borders
    assert borders
    forest = program.forests[0]
    count = 0
    for column, thresholds in forest.thresholds().items():
        feature = (program.origins or {})[forest.tensor][column]
        if feature not in borders:
            continue
        count += len(thresholds)
        at = np.array(borders[feature])
        prepared, after = (
            _prepared(case, program, feature, x, column, forest) for x in (at, _next(at, program, feature))
        )
        for threshold in thresholds:
            hit = (prepared <= threshold) & (after > threshold)
            assert hit.any(), f"{feature}: no border for {threshold!r}"
    assert count > 5


def _next(values: np.ndarray, program, feature: str) -> np.ndarray:
    dtype = np.dtype(program.contract.feature(feature).dtype)
    return np.nextafter(values.astype(dtype), np.array(np.inf, dtype=dtype)).astype(np.float64)


def _prepared(case: Made, program, feature: str, values: np.ndarray, column: int, forest) -> np.ndarray:
    """What scikit-learn itself hands to the trees."""
    base = base_row(program.contract)
    rows = {}
    for f in program.contract.features:
        repeated = np.repeat(base.columns[f.name].values, len(values))
        rows[f.name] = values.astype(repeated.dtype) if f.name == feature else repeated
    if program.contract.layout == "matrix":
        table = np.stack([rows[f.name] for f in program.contract.features], axis=1)
    else:
        import pandas as pd

        table = pd.DataFrame({k: rows.get(k, case.rows[k].iloc[0]) for k in case.model.feature_names_in_})
    transformed = case.model[:-1].transform(table)
    dense = np.asarray(transformed.toarray() if hasattr(transformed, "toarray") else transformed)
    return dense[:, column].astype(np.dtype(forest.input_type)).astype(np.float64)


def test_every_border_and_every_category_stands_in_a_row(made) -> None:
    result = converted(made("forest"))
    program = result.program
    plan = make_probes(program, np.random.default_rng(SEED))
    for feature, borders in split_borders(
        program, base_row(program.contract), np.random.default_rng(SEED), 2000
    ).borders.items():
        present = set(plan.rows.columns[feature].values.tolist())
        for border in borders:
            for value in (border, np.nextafter(border, np.inf), np.nextafter(border, -np.inf)):
                assert value in present
    assert plan.left_out == 0
    assert set(program.contract.feature("island").categories or ()) <= set(plan.rows.columns["island"].values)
    assert not plan.rows.columns["sex"].valid.all()


def test_a_budget_leaves_borders_out_and_says_so(made) -> None:
    program = converted(made("forest")).program
    plan = make_probes(program, np.random.default_rng(SEED), budget=50)
    assert plan.left_out > 0


def test_no_sample_value_is_among_synthetic_rows_or_probes(made) -> None:
    case = made("logistic-regression")
    program = converted(case).program
    rows = synthetic_rows(program.contract, 500, np.random.default_rng(SEED))
    columns = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    own = {tuple(row) for row in case.rows[columns].dropna().itertuples(index=False)}
    drawn = zip(*(rows.columns[column].values.tolist() for column in columns), strict=True)
    assert not own & set(drawn)


def test_policies_are_those_of_the_original(made) -> None:
    result = converted(made("one-hot"))
    features = {f.name: f for f in measure_policies(result.program, result.oracle, base_row(result.program.contract))}
    assert features["island"].unknown == "refuse"
    assert features["bill_length_mm"].missing == "accept"
    assert features["bill_length_mm"].infinite == "refuse"
    hist = converted(made("hist-missing"))
    measured = measure_policies(hist.program, hist.oracle, base_row(hist.program.contract))
    assert all(f.infinite == "accept" and f.max_abs is None for f in measured if f.dtype == "float64")


def test_the_largest_magnitude_is_where_float32_ends(made) -> None:
    result = converted(made("tree-missing"))
    features = measure_policies(result.program, result.oracle, base_row(result.program.contract))
    limit = next(f.max_abs for f in features if f.name == "bill_length_mm")
    assert limit is not None
    with np.errstate(over="ignore"):
        assert np.isfinite(np.float32(limit))
        assert np.isinf(np.float32(np.nextafter(limit, np.inf)))


def test_borders_are_found_beside_values_that_a_step_takes_for_missing(made) -> None:
    """Zero is missing here, and halving starts there."""
    case = made("lightgbm-zero-is-missing")
    front_end, loaded = load_any(case.model, ())
    program = front_end.convert(loaded, Request(case.rows)).program
    borders = split_borders(program, base_row(program.contract), np.random.default_rng(SEED), 2000).borders
    forest = program.forests[0]
    for column, thresholds in forest.thresholds().items():
        # A threshold of 1e-35 parts no numbers: what lies below it is missing.
        wanted = thresholds[np.abs(thresholds) > 1e-30]
        assert set(wanted) <= set(borders[(program.origins or {})[forest.tensor][column]])
