"""The ways of rpart's nodes, alone and as a forest."""

import numpy as np

from modelport.frontends.r.trees.rpart import LEFT, NEITHER, RIGHT, Rpart, Splits
from modelport.frontends.r.trees.ways import joined, ways_forest


def _tree(otherwise: int, surrogate: bool) -> Rpart:
    """x < 2 goes left; if x is missing, levels 1 and 3 of f go right and level 2 left."""
    splits = Splits(
        column=np.array([1, 0]),
        threshold=np.array([2.0, 0.0]),
        below=np.array([LEFT, 1]),
        nominal=np.array([False, True]),
        ways=np.array([[NEITHER] * 3, [RIGHT, LEFT, RIGHT]]),
    )
    none = [-1, -1]
    chain = np.array([[0, 1] if surrogate else [0, -1], none, none])
    return Rpart(["f", "x"], splits, chain, np.array([otherwise, 0, 0]), np.array([1, -1, -1]), np.array([2, -1, -1]))


def test_a_node_without_surrogates_is_a_plain_split_of_its_column() -> None:
    tree, roots = joined([_tree(RIGHT, surrogate=False)], ["f", "x"])
    forest, ways = ways_forest(tree, roots, np.array([[0.0], [1.0], [2.0]]), "rows")
    assert ways is None
    assert forest.feature.tolist() == [1, -1, -1]
    assert forest.threshold[0] == np.nextafter(2.0, -np.inf)
    assert not forest.missing_true[0]


def test_a_node_with_surrogates_asks_for_a_column_that_says_the_way() -> None:
    tree, roots = joined([_tree(LEFT, surrogate=True)], ["x", "other", "f"])
    forest, ways = ways_forest(tree, roots, np.array([[0.0], [1.0], [2.0]]), "rows")
    assert ways is not None
    assert ways.splits.column.tolist() == [0, 2]
    assert ways.chain.tolist() == [[0, 1]]
    assert ways.otherwise.tolist() == [LEFT]
    # The first column behind those of the rows.
    assert forest.feature.tolist() == [3, -1, -1]


def test_a_row_may_stay_in_a_node() -> None:
    tree, roots = joined([_tree(NEITHER, surrogate=False)], ["f", "x"])
    forest, _ = ways_forest(tree, roots, np.array([[7.0], [1.0], [2.0]]), "rows")
    low, _ = forest.reachable(np.array([[0.0, 0.0, way] for way in (LEFT, NEITHER, RIGHT)]), np.zeros((3, 3)))
    assert low.ravel().tolist() == [1.0, 7.0, 2.0]


def test_trees_are_joined_with_their_own_columns_and_splits() -> None:
    one, two = _tree(LEFT, surrogate=True), _tree(RIGHT, surrogate=False)
    tree, roots = joined([one, two], ["x", "f"])
    assert roots.tolist() == [0, 3]
    assert tree.left.tolist() == [1, -1, -1, 4, -1, -1]
    assert tree.splits.column.tolist() == [0, 1, 0, 1]
    assert tree.chain.tolist() == [[0, 1], [-1, -1], [-1, -1], [2, -1], [-1, -1], [-1, -1]]
