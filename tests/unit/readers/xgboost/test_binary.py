"""The binary format that XGBoost left behind, as it and R's package wrote it."""

from pathlib import Path

import numpy as np
import pytest

from fixtures.models.xgboost.make import rows
from modelport.errors import ModelFileError
from modelport.readers.xgboost.model import XGBoostModel
from modelport.readers.xgboost.objectives import OBJECTIVES, base_margin
from modelport.readers.xgboost.parse import parse_serialized

FOLDER = Path(__file__).resolve().parents[4] / "fixtures" / "models" / "xgboost"
NAMES = ("binary", "classes", "dart", "linear")


@pytest.mark.parametrize("suffix", ["bin", "buffer"])
@pytest.mark.parametrize("name", NAMES)
def test_the_margins_are_those_of_the_release_that_wrote_it(name: str, suffix: str) -> None:
    model = parse_serialized((FOLDER / f"{name}.{suffix}").read_bytes(), "model")
    found = _margins(model, rows())
    expected = np.load(FOLDER / f"{name}.npy")
    # Before 1.3 the trees were summed first and then added to the base score: the last bits differ.
    assert np.abs(found - expected).max() <= 4 * np.finfo(np.float32).eps * max(1.0, np.abs(expected).max())


def _margins(model: XGBoostModel, table: np.ndarray) -> np.ndarray:
    """Row by row and tree by tree, as slow as it is plain."""
    base = base_margin(OBJECTIVES[model.objective], model.base_score)
    found = np.tile(base, (len(table), 1))
    if model.linear is not None:
        found = found + model.linear.bias + np.nan_to_num(table) @ model.linear.weight
    for number, root in enumerate(model.trees.roots if model.trees is not None else ()):
        trees = model.trees
        assert trees is not None
        assert trees.output is not None
        for row, values in enumerate(table):
            node = int(root)
            while trees.left[node] >= 0:
                value = values[trees.feature[node]]
                left = trees.default_left[node] if np.isnan(value) else value < trees.condition[node]
                node = int(trees.left[node] if left else trees.right[node])
            weight = np.float32(1) if trees.weight is None else trees.weight[number]
            found[row, trees.output[number]] += weight * trees.leaf[node, 0]
    return found if model.n_outputs > 1 else found[:, 0]


@pytest.mark.parametrize("name", NAMES)
def test_every_truncation_is_refused(name: str) -> None:
    data = (FOLDER / f"{name}.bin").read_bytes()
    for size in range(0, len(data), 41):
        with pytest.raises(ModelFileError):
            parse_serialized(data[:size], "model")


def test_changed_bytes_never_crash() -> None:
    chance = np.random.RandomState(0)
    for name in NAMES:
        base = (FOLDER / f"{name}.bin").read_bytes()
        for _ in range(300):
            data = bytearray(base)
            for _ in range(3):
                data[chance.randint(len(data))] = chance.randint(256)
            try:
                parse_serialized(bytes(data), "model")
            except ModelFileError:
                continue
