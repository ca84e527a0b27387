"""Hashes of categories are turned back into values that are known, or it is said which are not."""

from collections.abc import Mapping, Sequence

import numpy as np

from modelport.readers.catboost.dictionary import Dictionary, known_rows, resolve
from modelport.readers.catboost.model import CTR, ONE_HOT, CatBoostModel, Ctr, Projection, Splits, Trees

MULTIPLIER = 0x4906BA494954CB65
HASHES = {
    "a": -5,
    "b": 7,
    "c": -(2**31),
    "d": 2**31 - 1,
    "other": 99,
    **{str(n): 1000 + n for n in range(-1000, 20000)},
}


def hasher(texts: Sequence[str]) -> Mapping[str, int]:
    return {text: HASHES[text] for text in texts}


def combined(*parts: int) -> int:
    """The hash of a combination as the source computes it, in whole numbers of Python."""
    key = 0
    for part in parts:
        key = MULTIPLIER * (key + MULTIPLIER * part) % 2**64
    return key


def statistic(projection: Projection, *keys: int) -> Ctr:
    return Ctr(projection, np.array(keys, dtype=np.uint64), np.arange(len(keys), dtype=np.float32), -1.0)


def model(ctrs: Sequence[Ctr], one_hot: int | None = None) -> CatBoostModel:
    kinds = [CTR] * len(ctrs) + ([] if one_hot is None else [ONE_HOT])
    splits = Splits(
        np.array(kinds, dtype=np.int8),
        np.array([*range(len(ctrs)), *([] if one_hot is None else [0])], dtype=np.int32),
        np.zeros(len(kinds), dtype=np.float32),
        np.array([0] * len(ctrs) + ([] if one_hot is None else [one_hot]), dtype=np.int64),
    )
    none = np.empty(0, dtype=np.int32)
    return CatBoostModel(
        names=("x", "city", "code"),
        float_columns=np.array([0]),
        nan_right=np.array([False]),
        cat_columns=np.array([1, 2]),
        splits=splits,
        trees=Trees(np.empty(0, dtype=np.int64), none, none, none, np.empty((0, 1))),
        scale=1.0,
        bias=np.zeros(1),
        loss="RMSE",
        ctrs=tuple(ctrs),
    )


def test_only_values_that_matter_are_kept() -> None:
    single = statistic(Projection((0,)), combined(HASHES["a"]), combined(HASHES["c"]))
    found, faults = resolve(model([single], HASHES["d"]), ["text", "integer"], [["a", "b", "c", "d"], ["3"]], hasher)
    assert faults == []
    assert [own.texts for own in found] == [("a", "c", "d"), ()]
    codes, rows = known_rows(single.projection, single.keys, found)
    assert dict(zip(codes.tolist(), rows.tolist(), strict=True)) == {0: 0, 1: 1}


def test_whole_numbers_beyond_the_sample_are_found_by_trying() -> None:
    single = statistic(Projection((1,)), combined(HASHES["17"]), combined(HASHES["-4"]))
    found, faults = resolve(model([single]), ["text", "integer"], [[], ["3"]], hasher)
    assert faults == []
    assert sorted(found[1].numbers.tolist()) == [-4, 17]


def test_what_the_sample_lacks_is_named() -> None:
    single = statistic(Projection((0,)), combined(HASHES["a"]), combined(1234))
    both = statistic(Projection((0, 1)), combined(HASHES["a"], HASHES["3"]), combined(HASHES["a"], 4321))
    _, faults = resolve(model([single, both], 5678), ["text", "integer"], [["a"], ["3"]], hasher)
    assert faults == ["'city': 2 of 3 categories", "'city' with 'code': 1 of 2 combinations of categories"]


def test_combinations_with_questions() -> None:
    projection = Projection((0, 1), ((0, 0.5),), ((0, HASHES["b"]),))
    keys = [combined(HASHES["a"], HASHES["3"], 1, 0), combined(HASHES["b"], HASHES["4"], 0, 1)]
    ctr = statistic(projection, *keys)
    found, faults = resolve(model([ctr]), ["text", "integer"], [["a", "b", "c"], ["3", "4", "5"]], hasher)
    assert faults == []
    assert [own.texts for own in found] == [("a", "b"), ("3", "4")]
    codes, rows = known_rows(projection, ctr.keys, found)
    # By the radices 3 and 3 (one place for any other value), 2 and 2.
    assert dict(zip(codes.tolist(), rows.tolist(), strict=True)) == {
        ((0 * 3 + 0) * 2 + 1) * 2 + 0: 0,
        ((1 * 3 + 1) * 2 + 0) * 2 + 1: 1,
    }


def test_many_combinations_are_searched_in_parts() -> None:
    rng = np.random.default_rng(0)
    hashes = [rng.integers(-(2**31), 2**31, 3000) for _ in range(2)]
    own = tuple(Dictionary("integer", tuple(map(str, range(3000))), part) for part in hashes)
    chosen = [(5, 7), (2999, 0), (1234, 2999)]
    keys = np.array([combined(int(hashes[0][i]), int(hashes[1][j])) for i, j in chosen], dtype=np.uint64)
    codes, rows = known_rows(Projection((0, 1)), keys, own)
    assert sorted(codes.tolist()) == sorted(i * 3001 + j for i, j in chosen)
    assert {int(c): chosen[r] for c, r in zip(codes, rows, strict=True)} == {i * 3001 + j: (i, j) for i, j in chosen}


def test_a_model_of_numbers_needs_no_values() -> None:
    plain = model([])
    assert resolve(plain, ["text", "integer"], [[], []], hasher)[1] == []
