"""A number that the original takes only on one side of a border is refused beyond it, by every runtime."""

import numpy as np
from sklearn.kernel_approximation import AdditiveChi2Sampler, SkewedChi2Sampler
from sklearn.preprocessing import SplineTransformer

from modelport.options import Options
from modelport.pipeline import convert
from modelport.runtime.predictor import load


def _features(model, rows, tmp_path):
    bundle, _ = convert(model, rows, tmp_path / "m", Options(name="m", targets=()))
    return bundle


def test_negative_numbers_are_refused_where_a_root_is_taken(tmp_path) -> None:
    rows = np.random.default_rng(0).uniform(0, 3, (50, 2))
    bundle = _features(AdditiveChi2Sampler().fit(rows), rows, tmp_path)
    assert [(f.least, f.greatest, f.max_abs) for f in bundle.contract.features] == [(0.0, None, None)] * 2
    answers = load(bundle).predict(np.array([[0.0, 1.0], [-1e-9, 1.0]]))
    assert answers["status"].tolist() == ["ok", "out_of_range: x0"]


def test_the_border_is_found_to_the_last_bit(tmp_path) -> None:
    rows = np.random.default_rng(0).uniform(0, 3, (50, 2))
    bundle = _features(SkewedChi2Sampler(skewedness=0.3, random_state=0).fit(rows), rows, tmp_path)
    assert {f.least for f in bundle.contract.features} == {np.nextafter(-0.3, 0)}


def test_both_ends_of_the_knots(tmp_path) -> None:
    rows = np.random.default_rng(0).uniform(1, 3, (50, 2))
    bundle = _features(SplineTransformer(extrapolation="error").fit(rows), rows, tmp_path)
    found = [(f.least, f.greatest) for f in bundle.contract.features]
    assert found == [(rows[:, 0].min(), rows[:, 0].max()), (rows[:, 1].min(), rows[:, 1].max())]
