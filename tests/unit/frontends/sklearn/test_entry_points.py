"""A package of its own brings estimators and their converters: entry points in the group modelport.converters."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fixtures.recipes._recipe import penguins
from fixtures.recipes.sklearn._common import NUMBERS
from modelport.errors import ConfigError, UnsupportedModelError
from modelport.frontends.sklearn._model import models
from modelport.options import Options
from modelport.pipeline import convert

# What the package's own repository would hold.
_ESTIMATORS = '''
    import numpy as np
    from sklearn.base import BaseEstimator, TransformerMixin
    from sklearn.utils.validation import check_is_fitted, validate_data


    class Winsorizer(TransformerMixin, BaseEstimator):
        """Cuts each column at two of its quantiles."""

        def __init__(self, share=0.05):
            self.share = share

        def fit(self, X, y=None):
            X = validate_data(self, X)
            self.low_, self.high_ = np.quantile(X, [self.share, 1 - self.share], axis=0)
            return self

        def transform(self, X):
            check_is_fitted(self)
            return np.clip(validate_data(self, X, reset=False), self.low_, self.high_)
'''
_CONVERTERS = '''
    import numpy as np
    import onnx_ir as ir

    from modelport.frontends.sklearn._columns import Columns, Part
    from modelport.frontends.sklearn._model import Model


    def _convert(scope, estimator, table, _):
        """Shapes: [N, F] -> [N, F]. Exact."""
        b = scope.builder
        scope.passed(table, "Winsorizer")
        scope.read_whole(table)
        value = b.cast(table.matrix(b), ir.DataType.DOUBLE)
        for op, border in (("Less", estimator.low_), ("Greater", estimator.high_)):
            limit = b.constant(np.asarray(border))
            value = b.op("Where", b.op(op, value, limit, dtype=ir.DataType.BOOL), limit, value, dtype=value.dtype)
        for origin, low, high in zip(table.origins, estimator.low_, estimator.high_):
            scope.mark(origin, [low, high])
        return Columns((Part(value, table.origins),), table.names)


    MODELS = [Model(classes=["acme_tools.Winsorizer"], convert=_convert, source="acme_tools 1.0, Winsorizer.transform")]
    SECOND = Model(classes=["sklearn.preprocessing.StandardScaler"], convert=_convert, source="a class taken already")
    BROKEN = "nothing of the kind"
'''

Install = Callable[[str], Any]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs the package with one entry point; returns its module."""

    def make(loads: str) -> Any:
        (tmp_path / "acme_tools.py").write_text(dedent(_ESTIMATORS))
        (tmp_path / "acme_converters.py").write_text(dedent(_CONVERTERS))
        info = tmp_path / "acme_tools-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tools\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[modelport.converters]\nacme = {loads}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        models.cache_clear()
        return __import__("acme_tools")

    yield make
    for name in ("acme_tools", "acme_converters"):
        sys.modules.pop(name, None)
    models.cache_clear()


def _fitted(package: Any) -> Any:
    frame = penguins().dropna()
    return make_pipeline(package.Winsorizer(), LogisticRegression(max_iter=5000)).fit(frame[NUMBERS], frame["species"])


def test_its_estimator_is_converted_and_proven(install: Install, tmp_path: Path) -> None:
    model = _fitted(install("acme_converters:MODELS"))
    frame = penguins().dropna()
    bundle, report = convert(model, frame, tmp_path / "out", Options(name="m", response="species", targets=()))
    assert report.passed
    assert np.array_equal([output.name for output in bundle.contract.outputs], ["label", "probability"])


def test_without_the_entry_point_it_is_refused(install: Install, tmp_path: Path) -> None:
    package = install("acme_converters:MODELS")
    model = _fitted(package)
    (tmp_path / "acme_tools-1.0.dist-info" / "entry_points.txt").unlink()
    models.cache_clear()
    with pytest.raises(
        UnsupportedModelError, match=r"winsorizer → Winsorizer: no converter for acme_tools\.Winsorizer"
    ):
        convert(model, penguins().dropna(), tmp_path / "out", Options(name="m", response="species", targets=()))


@pytest.mark.parametrize(
    ("loads", "says"),
    [
        ("acme_converters:BROKEN", "loads a str"),
        ("acme_converters:ABSENT", "does not load: AttributeError"),
        ("acme_converters:SECOND", "StandardScaler, which has one already"),
    ],
)
def test_a_bad_entry_point_is_named(install: Install, loads: str, says: str) -> None:
    install(loads)
    with pytest.raises(ConfigError, match=says) as caught:
        models()
    assert "acme-tools" in caught.value.where
