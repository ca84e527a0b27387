"""Trees and categories as arrays: against the library's own answers, and against lists written out by hand."""

from pathlib import Path

import lightgbm
import numpy as np
import onnx_ir as ir
import pytest

from modelport import convert, load
from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session
from modelport.readers.lightgbm.categories import kind_of, pandas_columns
from modelport.readers.lightgbm.columns import ZERO_THRESHOLD
from modelport.readers.lightgbm.emit import emit, landmarks
from modelport.readers.lightgbm.links import link_of
from modelport.readers.lightgbm.live import read_booster
from modelport.readers.lightgbm.model import LightGBMModel
from modelport.readers.lightgbm.parse import parse, parse_parts

RNG = np.random.default_rng(1)
ODD = [np.nan, 0.0, -0.0, ZERO_THRESHOLD, -ZERO_THRESHOLD, 1e-36, -1e-36, 5e-324, np.inf, -np.inf, -0.5, -0.999, -1.0]
CODES = [0, 0.5, 1, 3, 31, 32, 33.9, 39, 40, 1e3, 2.0**31 - 1, 2.0**31, 2.0**32 + 3, 1e18, 1e300, -(2.0**31), -1e300]


def _trained(**parameters) -> lightgbm.Booster:
    rows = RNG.normal(size=(400, 3))
    rows[::3, 0] = 0.0
    rows[::5, 1] = np.nan
    rows[:, 2] = RNG.integers(0, 40, 400)
    target = np.nan_to_num(rows).sum(axis=1) + (rows[:, 2] % 3 == 1) * 9
    options = {"verbose": -1, "num_leaves": 15, "min_data_in_leaf": 3, "min_data_per_group": 3, "cat_smooth": 1}
    data = lightgbm.Dataset(rows, target, categorical_feature=[2], params={"verbose": -1, **parameters})
    return lightgbm.train({**options, **parameters}, data, 12)


def _ours(model: LightGBMModel, link, rows: np.ndarray) -> np.ndarray:
    builder = GraphBuilder()
    given = emit(builder, model, link, builder.input("X", ir.DataType.DOUBLE, rows.shape[1]))
    builder.output(given.raw, "raw")
    return open_session(to_proto(builder.build("test")).SerializeToString()).run(["raw"], {"X": rows})[0]


@pytest.mark.parametrize(
    "parameters",
    [{}, {"zero_as_missing": True}, {"use_missing": False}, {"linear_tree": True}, {"max_cat_to_onehot": 99}],
    ids=str,
)
def test_raw_sums_are_those_of_the_library_to_the_last_bit(parameters: dict[str, object]) -> None:
    booster = _trained(**parameters)
    model, link = read_booster(booster, "here")
    border = model.threshold[np.abs(model.threshold) < 1e30]
    values = np.concatenate([ODD, CODES, border, np.nextafter(border, np.inf), np.nextafter(border, -np.inf)])
    rows = RNG.choice(values, size=(4000, 3))
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(_ours(model, link, rows).ravel(), booster.predict(rows, raw_score=True))


def test_parts_with_and_without_linear_trees_make_one_model() -> None:
    plain, linear = _trained(), _trained(linear_tree=True)
    texts = [booster.model_to_string() for booster in (plain, linear, plain)]
    whole = parse_parts(texts, "here")
    rows = RNG.choice([*ODD, *CODES], size=(500, 3))
    with np.errstate(all="ignore"):
        raws = [booster.predict(rows, raw_score=True, num_iteration=12) for booster in (plain, linear, plain)]
        got = _ours(whole, link_of(whole.objective), rows).ravel()
        np.testing.assert_allclose(got, sum(raws), rtol=1e-13)
    assert whole.iterations == 36
    assert whole.linear is not None
    assert whole.linear.of_tree.sum() == parse(texts[1], "here").linear.of_tree.sum()


def test_a_label_where_linear_leaves_make_nan_of_infinities(tmp_path: Path) -> None:
    rows = RNG.normal(size=(400, 3))
    labels = np.digitize(rows[:, 0] + rows[:, 1], [-0.7, 0.7])
    model = lightgbm.LGBMClassifier(n_estimators=4, objective="multiclassova", linear_tree=True, verbose=-1)
    model.fit(rows, labels)
    bundle = convert(model, rows, output=tmp_path / "m", targets=())
    odd = RNG.choice([np.inf, -np.inf, 1e300, 0.5, -0.5], size=(500, 3))
    got = load(bundle).predict(odd)
    usable = np.array([status == "ok" for status in got["status"]])
    assert np.isnan(got["probability"][usable]).any()
    assert got["label"][usable].tolist() == model.predict(odd[usable]).tolist()


def test_a_model_without_trees_gives_zero() -> None:
    model, link = read_booster(_trained(), "here")
    empty = model.between(12, 0)
    assert empty.iterations == 0
    np.testing.assert_array_equal(_ours(empty, link, np.array([[np.nan, 1.0, 2.0]])), [[0.0]])


def test_landmarks_lie_around_zero_and_at_every_category() -> None:
    marks = landmarks(read_booster(_trained(), "here")[0])
    assert ZERO_THRESHOLD in marks[0]
    assert {0.0, 39.0, 40.0, 0.5, -0.5, -1.0, 2.0**31} <= set(marks[2])


def _with_lists(infos: str, lists: str, categorical: str = "") -> LightGBMModel:
    names = " ".join(f"f{i}" for i in range(len(infos.split())))
    header = f"tree\nversion=v4\nnum_class=1\nlabel_index=0\nmax_feature_idx={len(infos.split()) - 1}\n"
    parameters = f"parameters:\n[categorical_feature: {categorical}]\nend of parameters\n"
    return parse(
        f"{header}feature_names={names}\nfeature_infos={infos}\n\nend of trees\n\n{parameters}\npandas_categorical:{lists}\n",
        "here",
    )


@pytest.mark.parametrize(
    ("infos", "lists", "categorical", "columns"),
    [
        ("[0.5:3] 0:1 [0:7]", '[["a", "b"]]', "1", (1,)),
        ("[0.5:3] 0:1 [-3:7]", '[["a", "b"]]', "", (1,)),
        ("[0.5:3] 0:1 [0:2]", '[["a", "b"], ["s", "m", "l"]]', "1", (1, 2)),
        ("[0:1] [0:1] [0:7]", '[["a", "b"]]', "", None),
        ("[0.5:3] [0.5:3] [0:7]", '[["a", "b"]]', "", None),
        ("[0.5:3] none [0:7.5]", '[["a"]]', "", (1,)),
        ("0:1 0:1", "null", "0,1", ()),
    ],
)
def test_pandas_columns_are_found_or_left_open(infos, lists, categorical, columns) -> None:
    assert pandas_columns(_with_lists(infos, lists, categorical)) == columns


def test_kinds_of_categories() -> None:
    assert [kind_of(labels) for labels in (["a"], [1, 2.5], [True], ["a", 1], [2**60])] == [
        "text",
        "number",
        "number",
        None,
        None,
    ]
