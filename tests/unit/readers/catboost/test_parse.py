"""The reader's arrays predict what CatBoost predicts, bit for bit, on every kind of tree."""

from typing import Any

import numpy as np
import pytest
from catboost import CatBoostRegressor

from modelport.readers.catboost.export import json_text
from modelport.readers.catboost.model import LEAF, CatBoostModel
from modelport.readers.catboost.parse import parse
from modelport.readers.catboost.trees import nested_trees, split_bodies

NESTED = """
  "trees":
    [
      { "left": { "value":1, "weight":2 },
        "right": { "left": { "value":2, "weight":1 }, "right": { "value":3, "weight":1 },
                   "split": { "border":0.5, "float_feature_index":1, "split_index":4, "split_type":"FloatFeature" } },
        "split": { "cat_feature_index":0, "split_index":7, "split_type":"OneHotFeature", "value":-9 } },
      { "value":-4.5, "weight":3 },
      { "left": { "value":5, "weight":2 }, "right": { "value":6, "weight":2 },
        "split": { "border":0.5, "float_feature_index":1, "split_index":4, "split_type":"FloatFeature" } }
    ]
"""


def raw(model: CatBoostModel, rows: np.ndarray) -> np.ndarray:
    """Walks the trees one by one, as the source does."""
    single = rows.astype(np.float32)
    sums = np.zeros((len(rows), model.dimensions))
    trees = model.trees
    for root in trees.roots:
        node = np.full(len(rows), root)
        while (trees.split[node] != LEAF).any():
            split = np.maximum(trees.split[node], 0)
            feature = model.splits.feature[split]
            x = single[np.arange(len(rows)), model.float_columns[feature]]
            right = np.where(np.isnan(x), model.nan_right[feature], x > model.splits.border[split])
            child = np.where(right, trees.right[node], trees.left[node])
            node = np.where(trees.split[node] == LEAF, node, child)
        sums += trees.values[node]
    return sums * model.scale + model.bias


@pytest.mark.parametrize(
    "options",
    [
        {"depth": 4},
        {"depth": 1, "iterations": 1},
        {"depth": 5, "nan_mode": "Max"},
        {"grow_policy": "Lossguide", "max_leaves": 11},
        {"grow_policy": "Depthwise", "depth": 4, "nan_mode": "Max"},
        {"loss_function": "MultiRMSE", "depth": 3},
    ],
    ids=str,
)
def test_arrays_predict_what_the_library_predicts(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(400, 5))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    target = np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 1] * rows[:, 2])
    if options.get("loss_function") == "MultiRMSE":
        target = np.stack([target, -target], axis=1)
    settings = {"iterations": 20, "verbose": False, "allow_writing_files": False, "thread_count": 1, **options}
    model = CatBoostRegressor(**settings).fit(rows, target)
    expected = np.asarray(model.predict(rows, prediction_type="RawFormulaVal")).reshape(len(rows), -1)
    assert np.array_equal(raw(parse(json_text(model)), rows), expected)


def test_nested_trees_are_read_from_their_tokens() -> None:
    assert sorted(split_bodies(NESTED)) == [4, 7]
    trees = nested_trees(NESTED, {4: 0, 7: 1}, 1)
    assert trees.roots.tolist() == [0, 5, 6]
    assert trees.split.tolist() == [1, LEAF, 0, LEAF, LEAF, LEAF, 0, LEAF, LEAF]
    assert trees.left.tolist() == [1, LEAF, 3, LEAF, LEAF, LEAF, 7, LEAF, LEAF]
    assert trees.right.tolist() == [2, LEAF, 4, LEAF, LEAF, LEAF, 8, LEAF, LEAF]
    assert trees.values[:, 0].tolist() == [0, 1, 0, 2, 3, -4.5, 0, 5, 6]


def test_vector_leaves_of_nested_trees() -> None:
    trees = nested_trees('"trees": [ {"value": [1, 2.5], "weight": 1}, {"value": [3, -4], "weight": 1} ]', {}, 2)
    assert trees.roots.tolist() == [0, 1]
    assert trees.values.tolist() == [[1, 2.5], [3, -4]]
