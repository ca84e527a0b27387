"""XGBoost files are read without the library: both formats alike, and anything damaged is one ModelFileError."""

import json
import warnings

import numpy as np
import pytest
import xgboost

from modelport.errors import ModelFileError
from modelport.readers.xgboost.document import looks_like
from modelport.readers.xgboost.parse import check_pickled, parse
from modelport.readers.xgboost.records import DamagedError
from modelport.readers.xgboost.ubjson import read_ubjson

_rng = np.random.default_rng(0)
ROWS = np.column_stack([_rng.normal(size=(200, 2)), _rng.integers(0, 9, 200)])
TARGET = ROWS[:, 0] + (ROWS[:, 2] % 3 == 1)


def train(target=TARGET, **parameters) -> xgboost.Booster:
    data = xgboost.DMatrix(ROWS, target, feature_types=["q", "q", "c"], enable_categorical=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return xgboost.train({"max_depth": 3, "nthread": 1, **parameters}, data, 3)


BOOSTERS = {
    "sets": lambda: train(max_cat_to_onehot=1),
    "vectors": lambda: xgboost.train(
        {"max_depth": 3, "multi_strategy": "multi_output_tree"},
        xgboost.DMatrix(ROWS, np.stack([TARGET, -TARGET], axis=1)),
        3,
    ),
    "dart": lambda: train(booster="dart", rate_drop=0.5),
    "linear": lambda: xgboost.train({"booster": "gblinear"}, xgboost.DMatrix(ROWS, TARGET), 2),
}


@pytest.fixture(scope="module", params=BOOSTERS)
def booster(request) -> xgboost.Booster:
    return BOOSTERS[request.param]()


def document(booster: xgboost.Booster) -> dict:
    return json.loads(bytes(booster.save_raw("json")))


def changed(change) -> bytes:
    found = document(train(max_cat_to_onehot=1))
    change(found["learner"])
    return json.dumps(found).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(ModelFileError) as err:
        parse(data, "m.json")
    assert err.value.where == "m.json"
    return err.value.what


def test_both_formats_give_the_same_model(booster: xgboost.Booster) -> None:
    first, second = (parse(bytes(booster.save_raw(kind)), "m") for kind in ("json", "ubj"))
    assert first.version == second.version == tuple(int(v) for v in xgboost.__version__.split("."))
    for part in ("trees", "linear"):
        one, other = getattr(first, part), getattr(second, part)
        assert (one is None) == (other is None)
        for name in one.__dataclass_fields__ if one is not None else ():
            a, b = getattr(one, name), getattr(other, name)
            if name == "sets" and a is not None:
                a, b = a.members, b.members
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["json", "ubj"])
def test_every_cut_is_one_error(booster: xgboost.Booster, kind: str) -> None:
    data = bytes(booster.save_raw(kind))
    for end in np.linspace(0, len(data) - 1, 97, dtype=int):
        refusal(data[:end])


@pytest.mark.parametrize("kind", ["json", "ubj"])
def test_changed_bytes_never_escape(booster: xgboost.Booster, kind: str) -> None:
    data = bytes(booster.save_raw(kind))
    rng = np.random.default_rng(1)
    for _ in range(300):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), 2):
            damaged[place] = rng.integers(0, 256) if kind == "ubj" else ord("0") + rng.integers(0, 10)
        try:
            parse(bytes(damaged), "m")
        except ModelFileError:
            continue


def _tree(learner: dict) -> dict:
    return learner["gradient_booster"]["model"]["trees"][1]


def _set(key: str, place: int, value: object):
    def change(learner: dict) -> None:
        _tree(learner)[key][place] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_set("left_children", 1, 0), "loop"),
        (_set("right_children", 0, 1), "two parents"),
        (_set("parents", 1, 5), "another parent"),
        (_set("parents", 0, 1), "another parent"),
        (_set("left_children", 0, 999), "child that is none"),
        (_set("left_children", 0, -5), "child that is none"),
        (_set("split_indices", 0, 77), "feature that is none of the 3"),
        (_set("split_conditions", 0, "x"), "list of numbers"),
        (_set("categories_sizes", 0, 10**9), "sets of categories"),
        (_set("categories_segments", 0, -1), "sets of categories"),
        (lambda learner: _tree(learner)["tree_param"].update(num_nodes="1000000000"), "not 1000000000"),
        (lambda learner: _tree(learner)["left_children"].pop(), "values, not"),
        (lambda learner: learner["learner_model_param"].update(num_class="99999999999"), "outputs"),
        (lambda learner: learner["learner_model_param"].update(num_feature="-1"), "features"),
        (lambda learner: learner["learner_model_param"].update(base_score="[nan]"), "base_score"),
        (lambda learner: learner["gradient_booster"]["model"].update(tree_info=[0, 5, 0]), "tree_info"),
        (lambda learner: learner["gradient_booster"].update(name="gbforest"), "gbforest"),
        (lambda learner: learner["gradient_booster"]["model"].update(iteration_indptr=[0, 9]), "iteration_indptr"),
        (lambda learner: learner.pop("objective"), "'objective'"),
    ],
)
def test_what_is_wrong_is_told(change, told: str) -> None:
    assert told in refusal(changed(change))


def test_ubjson_takes_no_memory_on_trust() -> None:
    for data in (
        b"[$d#L\x7f" + b"\xff" * 7,
        b"[#L\x7f" + b"\xff" * 7,
        b"SL\x7f" + b"\xff" * 7,
        b"[$Z#U\xff",
        b"[" * 10_000,
    ):
        with pytest.raises(DamagedError):
            read_ubjson(data)


def test_deep_json_is_an_error() -> None:
    refusal(b'{"learner":' + b"[" * 100_000)


def test_the_retired_format_is_named() -> None:
    assert looks_like(b"binf\x00\x00\x00?")
    assert "2.0" in refusal(b"binf\x00\x00\x00?")


def test_files_are_known_by_their_content(booster: xgboost.Booster) -> None:
    assert all(looks_like(bytes(booster.save_raw(kind))[:65536]) for kind in ("json", "ubj"))
    assert not any(
        looks_like(head) for head in (b"", b"{}", b"tree\nversion=v4", b'{"oblivious_trees":[]}', b"\x80\x04")
    )


def test_pickled_state_is_read_before_the_library_sees_it() -> None:
    state = bytes(train().__getstate__()["handle"])
    assert check_pickled(state) is None
    assert check_pickled(state[:-40]) is not None
