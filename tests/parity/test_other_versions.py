"""Models of an old scikit-learn or TensorFlow, converted in the environment that trained them, or refused with both versions named.

The environments are made once and kept outside of the tree. A script trains and saves there; modelport runs here, with the
frameworks of today. What holds of nets in any other interpreter stands in tests/unit/frontends.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.recipes._recipe import PENGUINS
from modelport.errors import ModelportError, UntrustedModelError
from modelport.options import Options
from modelport.pipeline import convert
from modelport.runtime.predictor import load

OLD = "1.3.2"
OLD_TENSORFLOW, OLD_KERAS = "2.18.1", "3.5.0"
TRAIN = """
import sys
import joblib, numpy as np, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

frame = pd.read_csv(sys.argv[1])
x, y = frame.drop(columns="species"), frame["species"]
numbers = [c for c in x if x[c].dtype != object]
texts = [c for c in x if x[c].dtype == object]
def prepared(estimator):
    return make_pipeline(ColumnTransformer([
        ("n", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        ("t", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), texts),
    ], sparse_threshold=0), estimator)
models = {
    "logistic": LogisticRegression(max_iter=1000),
    "forest": RandomForestClassifier(20, random_state=0),
    "tree": DecisionTreeClassifier(max_depth=4, random_state=0),
    "hist": HistGradientBoostingClassifier(max_iter=10),
}
for name, estimator in models.items():
    model = prepared(estimator).fit(x, y)
    joblib.dump(model, f"{sys.argv[2]}/{name}.joblib")
    np.save(f"{sys.argv[2]}/{name}.npy", model.predict_proba(x))
"""
TRAIN_NET = """
import sys
import keras, numpy as np
keras.utils.set_random_seed(1)
words, image = keras.Input((None,), dtype="int32", name="words"), keras.Input((6, 6, 2), name="image")
text = keras.layers.GRU(4)(keras.layers.Embedding(20, 8)(words))
seen = keras.layers.Conv2D(3, 3, activation="gelu")(image)
seen = keras.layers.GlobalAveragePooling2D()(keras.layers.BatchNormalization(gamma_initializer="ones", moving_mean_initializer="ones")(seen))
joined = keras.layers.Concatenate()([text, seen])
model = keras.Model([words, image], keras.layers.Dense(3, activation="softmax", name="kinds")(joined))
rng = np.random.default_rng(1)
sample = {"words": rng.integers(0, 20, (3, 5)).astype("int32"), "image": rng.normal(size=(3, 6, 6, 2)).astype("float32")}
model.save(sys.argv[1] + "/net.keras")
np.savez(sys.argv[1] + "/sample.npz", **sample)
np.save(sys.argv[1] + "/kinds.npy", model([sample["words"], sample["image"]], training=False).numpy())
"""


def _environment(name: str, *packages: str) -> Path:
    """The Python of an environment with these packages."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelport"
    home = cache / f"{name}-python-{sys.version_info.major}.{sys.version_info.minor}"
    uv = Path(sys.prefix) / "bin/uv"
    if not (home / "ready").exists():
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", home / "bin/python", *packages], check=True)
        (home / "ready").touch()
    return home / "bin/python"


@pytest.fixture(scope="session")
def old_python() -> Path:
    return _environment(f"scikit-learn-{OLD}", f"scikit-learn=={OLD}", "numpy<2", "pandas<3", "joblib")


@pytest.fixture(scope="session")
def old_tensorflow() -> Path:
    return _environment(
        f"tensorflow-{OLD_TENSORFLOW}", f"tensorflow-cpu=={OLD_TENSORFLOW}", f"keras=={OLD_KERAS}", "tf2onnx==1.17.0"
    )


@pytest.fixture(scope="session")
def models(old_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old")
    subprocess.run([old_python, "-W", "ignore", "-c", TRAIN, PENGUINS, folder], check=True)
    return folder


@pytest.mark.parametrize("name", ["logistic", "forest", "tree", "hist"])
def test_converted_where_it_was_trained(name: str, models: Path, old_python: Path, tmp_path: Path) -> None:
    import numpy as np
    import pandas as pd

    options = Options(name="m", response="species", targets=(), python=str(old_python))
    bundle, report = convert(models / f"{name}.joblib", PENGUINS, tmp_path / "m", options)
    assert report.targets["python-ort"].status == "passed"
    assert any(OLD in note for note in report.notes)
    got = load(bundle).predict(pd.read_csv(PENGUINS))["probability"]
    np.testing.assert_allclose(got, np.load(models / f"{name}.npy"), rtol=1e-12, atol=1e-15)


def test_here_it_is_refused_with_both_versions(models: Path, tmp_path: Path) -> None:
    import sklearn

    options = Options(name="m", response="species", targets=())
    with pytest.raises(ModelportError) as caught:
        convert(models / "tree.joblib", PENGUINS, tmp_path / "m", options)
    assert OLD in str(caught.value)
    assert sklearn.__version__ in str(caught.value)
    assert "--python" in caught.value.fix


def test_a_hostile_file_is_stopped_before_it_gets_there(old_python: Path, tmp_path: Path) -> None:
    import pickle

    class Hostile:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path / 'ran'}",)

    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(UntrustedModelError):
        convert(path, None, tmp_path / "m", Options(name="m", targets=(), python=str(old_python)))
    assert not (tmp_path / "ran").exists()


def test_a_net_converted_where_it_was_trained(old_tensorflow: Path, tmp_path: Path) -> None:
    """The parts of modelport that run there need neither onnx_ir nor msgspec: older frameworks hold their packages back."""
    import numpy as np

    subprocess.run([old_tensorflow, "-W", "ignore", "-c", TRAIN_NET, tmp_path], check=True, capture_output=True)
    sample = dict(np.load(tmp_path / "sample.npz"))
    options = Options(name="m", targets=(), python=str(old_tensorflow))
    bundle, report = convert(tmp_path / "net.keras", tmp_path / "sample.npz", tmp_path / "m", options)
    assert report.targets["python-ort"].status == "passed"
    assert any(f"asked by tensorflow {OLD_TENSORFLOW}" in note for note in report.notes)
    assert {tensor.name: tensor.shape for tensor in bundle.contract.inputs} == {
        "words": ("batch", "words_1"),
        "image": ("batch", 6, 6, 2),
    }
    got = load(bundle).predict(sample)["kinds"]
    np.testing.assert_allclose(got, np.load(tmp_path / "kinds.npy"), rtol=1e-4, atol=1e-6)
