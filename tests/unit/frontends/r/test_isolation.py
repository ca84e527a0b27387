"""Isolation forests, whose packages were not at hand: objects of their structure, walked row by row as their C and R do."""

import math

import numpy as np
import onnx_ir as ir
import pytest

from modelport.frontends.r._model import models
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints
from modelport.frontends.r.serialize import (
    RClosure,
    REnvironment,
    RList,
    RObject,
    RPairs,
    RStrings,
    RSymbol,
    RVector,
)
from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run

Table = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def numbers(*values: float) -> RVector:
    return RVector("double", np.array(values, dtype=np.float64))


def whole(values: object) -> RVector:
    return RVector("integer", np.asarray(values, dtype=np.int32).ravel(order="F"))


def named(**values: RObject) -> RList:
    return RList(list(values.values()), attributes={"names": RStrings(list(values))})


def answers(model: RObject, kind: str, rows: Table, names: list[str], outputs: list[str]) -> list[Table]:
    found = models()[kind]
    assert found.refuse(model) == []
    variables = found.variables(model, Hints())
    assert [v.name for v in variables] == names
    builder = GraphBuilder()
    inputs = {v.name: builder.input(v.name, ir.DataType.DOUBLE, 1) for v in variables}
    scope = Scope(builder, {v.name: v for v in variables}, inputs)
    prediction = found.convert(scope, model)
    assert list(prediction.named) == outputs
    for name, value in prediction.named.items():
        builder.output(value, name)
    session = open_session(to_proto(builder.build("m")).SerializeToString())
    given = run(session, {name: rows[:, k : k + 1] for k, name in enumerate(names)}, outputs)
    return [np.asarray(given[name]) for name in outputs]


def grow(rng: np.random.Generator, x: Table, limit: int, size: int) -> dict[str, Table]:
    """One tree as rTree() of rTrees.c lays it out: children in pairs, in the order in which nodes are split."""
    tree = {name: np.zeros(size) for name in ("nodeStatus", "lDaughter", "rDaughter", "splitAtt", "splitPoint", "nSam")}
    waiting, last = [(0, np.arange(len(x)), 0)], 0
    while waiting:
        node, rows, depth = waiting.pop(0)
        tree["nSam"][node] = len(rows)
        spread = np.ptp(x[rows], axis=0)
        if depth >= limit or len(rows) <= 1 or not spread.any():
            tree["nodeStatus"][node] = -1
            continue
        column = int(rng.choice(np.flatnonzero(spread)))
        point = float(rng.uniform(x[rows, column].min(), x[rows, column].max()))
        tree["nodeStatus"][node], tree["splitAtt"][node], tree["splitPoint"][node] = -3, column + 1, point
        tree["lDaughter"][node], tree["rDaughter"][node] = last + 2, last + 3
        left = x[rows, column] <= point
        waiting += [(last + 1, rows[left], depth + 1), (last + 2, rows[~left], depth + 1)]
        last += 2
    return tree


def i_forest(trees: list[dict[str, Table]], size: int, rows: int, limit: int, asked: int) -> RList:
    tables = {name: np.column_stack([tree[name] for tree in trees]) for name in trees[0]}
    split = RVector("double", tables.pop("splitPoint").ravel(order="F"))
    return named(
        xcols=RStrings(["a", "b"]),
        trees=named(
            xrow=whole(rows),
            nrnodes=whole(size),
            ntree=whole(len(trees)),
            rowSamp=RVector("logical", np.array([0], dtype=np.int32)),
            nRowSamp=whole(rows),
            splitPoint=split,
            **{name: whole(table) for name, table in tables.items()},
        ),
        colisfactor=RVector("logical", np.zeros(2, dtype=np.int32)),
        ntree=numbers(asked),
        hlim=whole(limit),
    )


def average_path(n: float) -> float:
    return 0.0 if n - 1 <= 0 else 2.0 * (math.log(n - 1) + 0.5772156649) - 2.0 * (n - 1) / (1.0 + (n - 1))


@pytest.mark.parametrize(("limit", "asked"), [(5, 7), (2, 7), (5, 3)])
def test_anomaly_score(limit: int, asked: int) -> None:
    rng = np.random.default_rng(3)
    x = np.round(rng.normal(size=(30, 2)), 1)
    trees = [grow(rng, x, 5, 59) for _ in range(7)]
    points = np.array([t["splitPoint"][0] for t in trees])
    rows = np.vstack([x, np.column_stack([points, points]), [[-9, 9], [0.0, -0.0]]])
    total = np.zeros(len(rows))
    for tree in trees[:asked]:
        for i, row in enumerate(rows):
            k = d = 0
            while tree["nodeStatus"][k] == -3 and d < limit:
                side = "lDaughter" if row[int(tree["splitAtt"][k]) - 1] < tree["splitPoint"][k] else "rDaughter"
                k, d = int(tree[side][k]) - 1, d + 1
            total[i] += average_path(tree["nSam"][k]) + d
    model = i_forest(trees, 59, 30, limit, asked)
    score, length = answers(model, "iForest", rows, ["a", "b"], ["outF", "pathLength"])
    assert length.tolist() == (total / asked).tolist()
    np.testing.assert_allclose(score, 1 / 2 ** (total / (average_path(30) * asked)), rtol=4e-16)
    # .C() refuses what is not finite.
    odd = np.array([[np.nan, 0.0], [0.0, np.inf]])
    assert np.isnan(answers(model, "iForest", odd, ["a", "b"], ["outF", "pathLength"])).all()


def test_factors_are_refused() -> None:
    rng = np.random.default_rng(3)
    model = i_forest([grow(rng, rng.normal(size=(8, 2)), 3, 15)], 15, 8, 3, 1)
    model.elements()["colisfactor"].values[1] = 1  # type: ignore[attr-defined]
    assert len(models()["iForest"].refuse(model)) == 1
    model.values[1] = RVector("logical", np.array([0], dtype=np.int32))
    assert models()["iForest"].refuse(named(xcols=RStrings(["a"]))) == [
        "it keeps no trees: all of its columns are factors"
    ]


def solitude(method: RObject, **private: RObject) -> REnvironment:
    """Two trees of ranger over a and b: one split, and two splits."""
    forest = named(
        **{
            "child.nodeIDs": RList(
                [
                    RList([whole([1, 0, 0]), whole([2, 0, 0])]),
                    RList([whole([1, 0, 3, 0, 0]), whole([2, 0, 4, 0, 0])]),
                ]
            ),
            "split.varIDs": RList([whole([0, 0, 0]), whole([1, 0, 0, 0, 0])]),
            "split.values": RList([numbers(0.5, 7, 8), numbers(0.0, 5, 1.5, 6, 7)]),
            "is.ordered": RVector("logical", np.ones(2, dtype=np.int32)),
            "independent.variable.names": RStrings(["a", "b"]),
            "treetype": RStrings(["Regression"]),
        }
    )
    depths = named(id_tree=whole([1, 1, 2, 2, 2]), id_node=whole([1, 2, 1, 3, 4]), depth=whole([1, 1, 1, 2, 2]))
    own = REnvironment(frame={"terminal_nodes_depth": depths, "phi": numbers(20.0), **private})
    frame: dict[str, RObject] = {
        "forest": named(forest=forest),
        "predict": RClosure(RPairs([], []), method, own),
        ".__enclos_env__": REnvironment(frame={"private": own}),
    }
    return REnvironment(frame=frame, attributes={"class": RStrings(["solitude", "R6"])})


def call(*names: str) -> RPairs:
    return RPairs([RSymbol(name) for name in names], ["" for _ in names], "call")


ROWS = np.array([[0.5, 0.0], [0.6, 0.1], [0.4, 2.0], [1.6, 1.0]])
# The lengths of the leaves in which the rows end, by hand; of the second tree's second split, on a at 1.5.
ENDS = np.array([[1, 1], [2, 3], [1, 3], [2, 4]])


@pytest.mark.parametrize("extended", [False, True])
def test_solitude(extended: bool) -> None:
    lengths = {(1, 1): 1.0, (1, 2): 1.0, (2, 1): 1.0, (2, 3): 2.0, (2, 4): 2.0}
    method = call("{", "terminal_nodes_depth", *(["path_length_extend"] if extended else []))
    private: dict[str, RObject] = {}
    if extended:
        added = [0.0, 1.0, 0.25, 2.5, 1 / 3]
        lengths = {key: depth + more for (key, depth), more in zip(lengths.items(), added, strict=True)}
        private["path_length_extend"] = named(
            id_tree=whole([1, 1, 2, 2, 2]), id_node=whole([1, 2, 1, 3, 4]), extend=numbers(*added)
        )
    wanted = np.array([(lengths[1, first] + lengths[2, second]) / 2 for first, second in ENDS.tolist()])
    names = ["average_depth", "anomaly_score"]
    depth, score = answers(solitude(method, **private), "solitude", ROWS, ["a", "b"], names)
    np.testing.assert_allclose(depth, wanted, rtol=0 if not extended else 4e-16)
    harmonic = math.log(19) + 0.577216
    np.testing.assert_allclose(score, 2 ** -(wanted / (2 * harmonic - 2 * 19 / 20)), rtol=1e-15)
    assert np.isnan(answers(solitude(method, **private), "solitude", ROWS * np.nan, ["a", "b"], names)).all()


def test_scores_that_depend_on_other_rows_are_refused() -> None:
    given = solitude(call("{", "terminal_nodes_depth", "path_length_extend"))
    assert "depends on the rows beside it" in models()["solitude"].refuse(given)[0]
    assert models()["solitude"].refuse(solitude(call("{", "other"))) == ["its method predict() is none that is known"]
