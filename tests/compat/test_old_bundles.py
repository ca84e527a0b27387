"""One bundle of each format version is kept here and stays usable: it opens, predicts, and gives both libraries.

`make golden` writes the one of the current version anew. Once a version is released its bundle is frozen: what would change
it raises BUNDLE_VERSION instead.
"""

from pathlib import Path

import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

import modelport
from fixtures.recipes._recipe import PENGUINS
from modelport.bundle.manifest import BUNDLE_VERSION
from modelport.bundle.reader import Bundle, open_bundle
from modelport.targets.registry import find_targets

HERE = Path(__file__).parent
VERSIONS = range(1, BUNDLE_VERSION + 1)
NUMBERS = ["bill_length_mm", "flipper_length_mm"]


def _kept(version: int) -> Path:
    return HERE / f"bundle-{version}.zip"


def _fitted(penguins: pd.DataFrame) -> Pipeline:
    prepare = make_column_transformer(
        (SimpleImputer(), NUMBERS), (OneHotEncoder(handle_unknown="infrequent_if_exist"), ["sex"])
    )
    forest = RandomForestClassifier(n_estimators=3, max_depth=3, random_state=7)
    return make_pipeline(prepare, forest).fit(penguins, penguins["species"])


@pytest.fixture(scope="module", autouse=True)
def current(golden: bool) -> None:
    """With --golden: the bundle of the current version, anew."""
    if golden:
        path = _kept(BUNDLE_VERSION)
        path.unlink(missing_ok=True)
        penguins = pd.read_csv(PENGUINS)
        modelport.convert(_fitted(penguins), penguins, output=path, name="penguins", response="species", targets="none")
        path.chmod(0o644)


@pytest.fixture(params=VERSIONS)
def bundle(request: pytest.FixtureRequest) -> Bundle:
    return open_bundle(_kept(request.param))


def test_every_version_is_kept() -> None:
    assert sorted(HERE.glob("bundle-*.zip")) == sorted(map(_kept, VERSIONS))
    assert all(_kept(version).stat().st_size <= 100_000 for version in VERSIONS)


def test_its_answers_are_still_the_originals(bundle: Bundle) -> None:
    found = modelport.verify(bundle).targets["python-ort"]
    assert (found.status, found.flips, found.over, found.wrong_status) == ("passed", 0, 0, 0)
    assert found.rows > 100


def test_it_predicts(bundle: Bundle) -> None:
    penguins = pd.read_csv(PENGUINS)
    answers = modelport.load(bundle).predict(penguins)
    assert (answers["status"] == "ok").all()
    assert (answers["label"] == penguins["species"]).mean() > 0.9


@pytest.mark.parametrize("language", ["java", "cpp"])
def test_libraries_can_be_generated(bundle: Bundle, language: str) -> None:
    (target,) = find_targets((language,))
    files = target.render(bundle, bundle.manifest.options)
    assert bundle.model_id.encode() in b"".join(files.values())
