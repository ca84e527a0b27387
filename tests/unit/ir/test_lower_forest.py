"""The lowered TreeEnsemble adds what a slow walk over the forest adds, bit for bit."""

from dataclasses import replace

import numpy as np
import onnx_ir as ir
import pytest

from modelport.bundle.forest_bin import decode_forests, encode_forests
from modelport.ir.builder import GraphBuilder
from modelport.ir.forest import LEAF, Forest, Sets
from modelport.ir.graph_proto import to_proto
from modelport.ir.lower_forest import lower_forest
from modelport.ir.session import open_session


def random_forest(
    rng: np.random.Generator,
    *,
    vector: bool,
    trees: int = 7,
    width: int = 3,
    targets: int = 3,
    single: bool = False,
    sets: bool = False,
) -> Forest:
    """Random trees of depth 0 to 4, children after parents; ``single``: < and float32; ``sets``: splits of column 0."""
    feature, threshold, true_child, false_child, missing, values, roots = [], [], [], [], [], [], []

    def grow(depth: int) -> int:
        node = len(feature)
        for column in (feature, threshold, true_child, false_child, missing, values):
            column.append(None)
        leaf = depth == 0 or rng.random() < 0.2
        feature[node] = LEAF if leaf else int(rng.integers(width))
        threshold[node] = 0.0 if leaf else float(rng.choice([0.1, 0.5, -1.0, 2.0]))
        missing[node] = bool(rng.random() < 0.5)
        values[node] = rng.choice([0.0, 0.1, 0.2, 1 / 3], targets if vector else 1)
        true_child[node] = -1 if leaf else grow(depth - 1)
        false_child[node] = -1 if leaf else grow(depth - 1)
        return node

    for _ in range(trees):
        roots.append(grow(int(rng.integers(0, 5))))
    number = np.float32 if single else np.float64
    split = np.array(feature) == 0 if sets else np.zeros(len(feature), dtype=bool)
    index = np.where(split, rng.integers(0, 3, len(feature)), -1).astype(np.int32)
    members = Sets(index, np.array([0, 2, 3, 3]), np.array([0, 70, 3]))
    return Forest(
        name="forest",
        tensor="x",
        input_type="float32" if single else "float64",
        value_type="float32" if single else "float64",
        comparison="<" if single else "<=",
        sets=members if sets else None,
        roots=np.array(roots, dtype=np.int64),
        feature=np.array(feature, dtype=np.int32),
        threshold=np.array(threshold).astype(number).astype(np.float64),
        true_child=np.array(true_child, dtype=np.int32),
        false_child=np.array(false_child, dtype=np.int32),
        missing_true=np.array(missing),
        values=np.array(values).astype(number).astype(np.float64),
        base=rng.choice([0.0, 0.7, -0.1], targets).astype(number).astype(np.float64),
        target=None if vector else rng.integers(0, targets, trees).astype(np.int32),
    )


def walk(forest: Forest, rows: np.ndarray) -> np.ndarray:
    """One row and one tree after the other, sums in order: slow and right."""
    number = np.float32 if forest.value_type == "float32" else np.float64
    sums = np.tile(forest.base, (len(rows), 1)).astype(number)
    values = forest.values.astype(number)
    for i, row in enumerate(rows):
        for t, root in enumerate(forest.roots):
            node = int(root)
            while forest.feature[node] != LEAF:
                x = row[forest.feature[node]]
                if np.isnan(x):
                    left = forest.missing_true[node]
                elif forest.sets is not None and forest.sets.index[node] >= 0:
                    left = x in forest.sets.of(forest.sets.index[node])
                elif forest.comparison == "<":
                    left = x < forest.threshold[node]
                else:
                    left = x <= forest.threshold[node]
                node = int(forest.true_child[node] if left else forest.false_child[node])
            if forest.target is None:
                sums[i] += values[node]
            else:
                sums[i, forest.target[t]] += values[node, 0]
    return sums


@pytest.mark.parametrize("sets", [True, False], ids=["sets", "thresholds"])
@pytest.mark.parametrize("single", [True, False], ids=["float32", "float64"])
@pytest.mark.parametrize("vector", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_sums_are_bit_equal(seed: int, vector: bool, single: bool, sets: bool) -> None:
    rng = np.random.default_rng(seed)
    forest = random_forest(rng, vector=vector, single=single, sets=sets)
    number = np.float32 if single else np.float64
    builder = GraphBuilder()
    rows = builder.input("x", ir.DataType.FLOAT if single else ir.DataType.DOUBLE, 3)
    builder.output(lower_forest(builder, forest, rows), "sums")
    session = open_session(to_proto(builder.build("test")).SerializeToString())
    half = number(0.5)
    near = [np.nextafter(half, number(1)), np.nextafter(half, number(0))]
    x = rng.choice([0.1, half, *near, -1.0, 2.0, np.nan, np.inf, -np.inf, 7.0, 1e30], (300, 3)).astype(number)
    if sets:
        x[:, 0] = rng.choice([0.0, -0.0, 1.0, 3.0, 70.0, 71.0, -1.0, 1e9, np.nan], 300)
    want = walk(forest, x)
    for size in (1, 7, 300):
        got = np.concatenate([session.run(["sums"], {"x": x[i : i + size]})[0] for i in range(0, len(x), size)])
        np.testing.assert_array_equal(got.view(f"i{got.itemsize}"), want.view(f"i{want.itemsize}"))


def votes(forest: Forest, rng: np.random.Generator) -> Forest:
    """The forest with one number that is not 0, or none, in each vector leaf; half of them are 1."""
    owner = rng.integers(forest.n_targets, size=(len(forest.feature), 1))
    one = np.take_along_axis(forest.values, owner, axis=1) * rng.choice([1.0, -1.0], (len(forest.feature), 1))
    one = np.where(rng.random(one.shape) < 0.5, 1.0, one)
    values = np.zeros_like(forest.values)
    np.put_along_axis(values, owner, one, axis=1)
    return replace(forest, values=values)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("base_first", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_votes_are_bit_equal_and_every_tree_stands_once(seed: int, base_first: bool, single: bool) -> None:
    rng = np.random.default_rng(seed)
    forest = replace(votes(random_forest(rng, vector=True, single=single), rng), base_first=True)
    forest = replace(forest, base_first=base_first, base=forest.base * float(base_first))
    rows = rng.choice([0.1, 0.5, -1.0, 2.0, np.nan, 0.3], (50, 3)).astype("float32" if single else "float64")
    builder = GraphBuilder()
    x = builder.input("x", ir.DataType.FLOAT if single else ir.DataType.DOUBLE, 3)
    builder.output(lower_forest(builder, forest, x), "sums")
    model = to_proto(builder.build("m"))
    session = open_session(model.SerializeToString())
    assert np.array_equal(session.run(["sums"], {"x": rows})[0], walk(forest, rows))
    node = next(n for n in model.graph.node if n.op_type == "TreeEnsemble")
    roots = next(a for a in node.attribute if a.name == "tree_roots").ints
    assert len(roots) == len(forest.roots) + np.count_nonzero(forest.base)


@pytest.mark.parametrize("seed", range(8))
def test_votes_of_trees_with_sets_are_bit_equal(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forest = votes(random_forest(rng, vector=True, sets=True, width=1, trees=20), rng)
    assert forest.sets is not None
    single = Sets(forest.sets.index, np.array([0, 1, 2, 3]), np.array([1, 2, 3]))
    forest = replace(forest, values=np.sign(np.abs(forest.values)), base=forest.base * 0.0, sets=single)
    rows = rng.choice([1.0, 2.0, 3.0, 4.0], (50, 1))
    builder = GraphBuilder()
    builder.output(lower_forest(builder, forest, builder.input("x", ir.DataType.DOUBLE, 1)), "sums")
    session = open_session(to_proto(builder.build("m")).SerializeToString())
    assert np.array_equal(session.run(["sums"], {"x": rows})[0], walk(forest, rows))


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("vector", [True, False])
def test_reachable_contains_every_answer_within_the_deviation(vector: bool, single: bool) -> None:
    rng = np.random.default_rng(3)
    forest = random_forest(rng, vector=vector, single=single)
    x = rng.choice([0.1, 0.5, -1.0, 2.0], (40, 3))
    d = np.full(x.shape, 1e-9)
    low, high = forest.reachable(x, d)
    for _ in range(20):
        sums = walk(forest, x + rng.uniform(-1, 1, x.shape) * d)
        # The walk adds in the forest's type, reachable in float64.
        assert (low - 1e-5 <= sums).all() and (sums <= high + 1e-5).all()
    assert (high > low).any()


def test_sets_have_no_thresholds() -> None:
    forest = random_forest(np.random.default_rng(5), vector=False, sets=True)
    assert 0 not in forest.thresholds()


@pytest.mark.parametrize("sets", [True, False])
@pytest.mark.parametrize("vector", [True, False])
def test_forest_bin_comes_back_as_it_was(vector: bool, sets: bool) -> None:
    forest = random_forest(np.random.default_rng(5), vector=vector, single=sets, sets=sets)
    data = encode_forests([forest, forest])
    back = decode_forests(data)
    assert len(back) == 2
    for field in ("roots", "feature", "threshold", "true_child", "false_child", "missing_true", "values", "base"):
        np.testing.assert_array_equal(getattr(back[1], field), getattr(forest, field))
    assert (back[0].target is None) == vector
    for field in ("input_type", "value_type", "comparison", "base_first"):
        assert getattr(back[1], field) == getattr(forest, field)
    assert (back[0].sets is None) != sets
    for field in ("index", "starts", "members") if sets else ():
        np.testing.assert_array_equal(getattr(back[1].sets, field), getattr(forest.sets, field))
    with pytest.raises(ValueError, match="version"):
        decode_forests(data[:8] + b"\x09\0\0\0" + data[12:])


@pytest.mark.parametrize("single", [True, False], ids=["float32", "float64"])
@pytest.mark.parametrize("largest", [1, 3, 31, 32, 33, 63, 64, 65, 300])
def test_members_of_sets_of_every_size(largest: int, single: bool) -> None:
    """onnxruntime keeps small members as bits of one number, and asks for larger ones one by one."""
    rng = np.random.default_rng(largest)
    count = 6
    parts = [np.unique(rng.integers(0, largest + 1, rng.integers(1, 40))) for _ in range(count)]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    # A chain: node k asks for set k and leads to leaf k, or on to the next.
    inner, size = np.arange(count), 2 * count + 1
    leaves = np.arange(count, size)
    index = np.full(size, -1, dtype=np.int32)
    index[inner] = rng.permutation(count)
    forest = Forest(
        name="forest",
        tensor="x",
        input_type="float32" if single else "float64",
        value_type="float32" if single else "float64",
        sets=Sets(index, starts, np.concatenate(parts)),
        roots=np.zeros(1, dtype=np.int64),
        feature=np.where(np.arange(size) < count, 0, LEAF).astype(np.int32),
        threshold=np.zeros(size),
        true_child=np.concatenate([leaves[:count], np.full(count + 1, -1)]).astype(np.int32),
        false_child=np.concatenate([inner[1:], leaves[-1:], np.full(count + 1, -1)]).astype(np.int32),
        missing_true=rng.random(size) < 0.5,
        values=np.arange(size, dtype=np.float64).reshape(-1, 1),
        base=np.zeros(1),
        target=np.zeros(1, dtype=np.int32),
    )
    x = np.concatenate([np.arange(-3.0, 400.0), [np.nan, np.inf, -np.inf, 2.0**31, 1e30, -1e30]])
    x = x.astype(np.float32 if single else np.float64).reshape(-1, 1)
    builder = GraphBuilder()
    rows = builder.input("x", ir.DataType.FLOAT if single else ir.DataType.DOUBLE, 1)
    builder.output(lower_forest(builder, forest, rows), "sums")
    session = open_session(to_proto(builder.build("test")).SerializeToString())
    np.testing.assert_array_equal(session.run(["sums"], {"x": x})[0], walk(forest, x))
