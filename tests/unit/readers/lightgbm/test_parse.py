"""The text reader: what LightGBM writes is read to the last bit, what it never writes is one clear error."""

import random

import lightgbm
import numpy as np
import pytest

from modelport.errors import ModelFileError
from modelport.readers.lightgbm.parse import is_lightgbm, parse


def _text(linear: bool = False, categories: bool = False, rounds: int = 3) -> str:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 3))
    rows[:, 2] = rng.integers(0, 40, 200)
    options = {"verbose": -1, "num_leaves": 6, "min_data_in_leaf": 3, "min_data_per_group": 3, "cat_smooth": 1}
    options["linear_tree"] = linear
    target = rows[:, 0] + (rows[:, 2] % 3 == 1) * 9
    data = lightgbm.Dataset(
        rows,
        target,
        categorical_feature=[2] if categories else [],
        params={"verbose": -1},
    )
    return lightgbm.train(options, data, rounds).model_to_string()


PLAIN = _text()
SETS = _text(categories=True)
LINEAR = _text(linear=True)


def test_a_model_is_read() -> None:
    model = parse(PLAIN, "here")
    assert model.names == ("Column_0", "Column_1", "Column_2")
    assert (model.per_iteration, model.iterations, model.objective) == (1, 3, "regression")
    assert len(model.left) == (model.leaves - 1).sum()
    assert len(model.leaf_value) == model.leaves.sum()
    assert model.linear is None and model.pandas_categories is None
    line = next(line for line in PLAIN.splitlines() if line.startswith("threshold="))
    assert [float(number) for number in line[10:].split()] == model.threshold[: model.leaves[0] - 1].tolist()


def test_windows_line_ends_make_no_difference() -> None:
    np.testing.assert_array_equal(parse(PLAIN.replace("\n", "\r\n"), "here").threshold, parse(PLAIN, "here").threshold)


def test_iterations_are_cut_out() -> None:
    whole, part = parse(SETS, "here"), parse(SETS, "here").between(1, 1)
    first, last = whole.first_leaf[1], whole.first_leaf[2]
    np.testing.assert_array_equal(part.leaf_value, whole.leaf_value[first:last])
    assert part.starts[0] == 0 and part.starts[-1] == len(part.words)
    assert whole.between(0, -1).iterations == whole.between(0, 99).iterations == 3


def test_linear_leaves_are_read() -> None:
    linear = parse(LINEAR, "here").linear
    assert linear is not None
    assert linear.counts.sum() == len(linear.feature) == len(linear.coefficient) > 0


def test_files_are_told_by_their_first_lines() -> None:
    assert is_lightgbm(PLAIN.encode()) and is_lightgbm(PLAIN.replace("\n", "\r\n").encode())
    assert not is_lightgbm(b"tree\nof life\n") and not is_lightgbm(b"{}")


def _edited(text: str, key: str, change) -> str:
    """Changes the first line of a tree that has such numbers, and leaves out the sizes that would tell."""
    lines = [line for line in text.split("\n") if not line.startswith("tree_sizes=")]
    at = next(
        i
        for i, line in enumerate(lines)
        if (line.startswith(f"{key}=") and line.strip(f" 0{key}=")) or line == f"{key}=0"
    )
    values = lines[at].partition("=")[2].split()
    lines[at] = f"{key}={' '.join(change(values))}"
    return "\n".join(lines)


HOSTILE = {
    "child beyond the tree": (PLAIN, "left_child", lambda v: ["99", *v[1:]]),
    "leaf beyond the tree": (PLAIN, "left_child", lambda v: ["-99", *v[1:]]),
    "loop": (PLAIN, "left_child", lambda v: ["0", *v[1:]]),
    "leaf twice": (PLAIN, "left_child", lambda v: ["-1"] * len(v)),
    "feature beyond": (PLAIN, "split_feature", lambda v: ["3", *v[1:]]),
    "negative feature": (PLAIN, "split_feature", lambda v: ["-1", *v[1:]]),
    "too few numbers": (PLAIN, "threshold", lambda v: v[1:]),
    "no number": (PLAIN, "threshold", lambda v: ["x", *v[1:]]),
    "fraction": (PLAIN, "left_child", lambda v: ["1.5", *v[1:]]),
    "threshold that is no number": (PLAIN, "threshold", lambda v: ["nan", *v[1:]]),
    "decision": (PLAIN, "decision_type", lambda v: ["64", *v[1:]]),
    "no leaves": (PLAIN, "num_leaves", lambda v: ["0"]),
    "huge": (PLAIN, "num_leaves", lambda v: ["99999999999"]),
    "words": (SETS, "cat_threshold", lambda v: v[1:]),
    "bounds": (SETS, "cat_boundaries", lambda v: ["1", *v[1:]]),
    "falling bounds": (SETS, "cat_boundaries", lambda v: ["0", "-1", *v[2:]]),
    "linear feature": (LINEAR, "leaf_features", lambda v: ["7"] * len(v)),
    "negative terms": (LINEAR, "num_features", lambda v: ["-1"] * len(v)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_damaged_tree_is_one_error(name: str) -> None:
    text, key, change = HOSTILE[name]
    with pytest.raises(ModelFileError) as found:
        parse(_edited(text, key, change), "here")
    assert "damaged" in str(found.value) and "here" in str(found.value)


@pytest.mark.parametrize("text", [PLAIN, SETS, LINEAR], ids=["plain", "sets", "linear"])
def test_a_text_cut_anywhere_is_one_error(text: str) -> None:
    end = text.index("end of trees")
    for length in [*range(0, end, 97), end, end + 5]:
        with pytest.raises(ModelFileError):
            parse(text[:length], "here")


def test_flipped_characters_never_raise_anything_else() -> None:
    rng = random.Random(0)
    alphabet = "0123456789-. =ex\nT"
    for text in (PLAIN, SETS, LINEAR):
        end = text.index("parameters:")
        for _ in range(300):
            letters = list(text)
            for _ in range(rng.randint(1, 4)):
                letters[rng.randrange(end)] = rng.choice(alphabet)
            try:
                parse("".join(letters), "here")
            except ModelFileError:
                continue


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version=v4", "version=v9"),
        ("num_class=1", "num_class=one"),
        ("max_feature_idx=2", "max_feature_idx=3"),
        ("max_feature_idx=2\n", ""),
        ("num_tree_per_iteration=1", "num_tree_per_iteration=0"),
        ("Tree=1", "Tree=2"),
        ("tree\n", "forest\n"),
        ("tree_sizes=", "tree_sizes=1"),
    ],
)
def test_a_damaged_header_is_one_error(old: str, new: str) -> None:
    with pytest.raises(ModelFileError):
        parse(PLAIN.replace(old, new, 1), "here")


@pytest.mark.parametrize("lists", ["{}", "[1]", "[[null]]", "[[", '[["a"]'])
def test_damaged_categories_are_one_error(lists: str) -> None:
    with pytest.raises(ModelFileError):
        parse(PLAIN.replace("pandas_categorical:null", f"pandas_categorical:{lists}"), "here")


@pytest.mark.parametrize("line", ["[]", "[num_leaves: 6", "num_leaves", "["])
def test_parameters_that_the_library_would_crash_on_are_told(line: str) -> None:
    with pytest.raises(ModelFileError, match="among its parameters"):
        parse(PLAIN.replace("[num_leaves: 6]", line), "here")


def test_a_text_cut_within_its_parameters_is_told() -> None:
    with pytest.raises(ModelFileError, match="cut off within its parameters"):
        parse(PLAIN[: PLAIN.index("end of parameters")], "here")
