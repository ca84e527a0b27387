"""Objects of R's tree packages as forests; the objects are made by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from modelport.errors import ModelFileError
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector
from modelport.frontends.r.trees.gbm import gbm_trees
from modelport.frontends.r.trees.random_forest import random_forest_trees
from modelport.frontends.r.trees.ranger import ranger_trees
from modelport.frontends.r.trees.sets import bit_sets
from modelport.ir.forest import Forest


def _numbers(*values: float, dim: Sequence[int] = ()) -> RVector:
    found = {"dim": RVector("integer", np.array(dim, dtype=np.int32))} if dim else {}
    return RVector("double", np.array(values, dtype=np.float64), found)


def _list(values: Sequence[RObject]) -> RList:
    return RList(list(values))


def _named(**elements: RObject) -> RList:
    return RList(list(elements.values()), attributes={"names": RStrings([name.replace("_", ".") for name in elements])})


def _sums(forest: Forest, rows: Sequence[Sequence[float]]) -> list[list[float]]:
    given = np.array(rows, dtype=np.float64)
    found: list[list[float]] = forest.reachable(given, np.zeros(given.shape))[0].tolist()
    return found


def _random_forest(split: float, *, right: float = 3) -> RList:
    """One tree: a factor of three levels is split by a mask, its second leaf votes for class 2."""
    return RList(
        [
            _numbers(1, -1, -1, dim=(3, 1)),
            _numbers(3),
            _numbers(2, 0, 0, right, 0, 0, dim=(3, 2, 1)),
            _numbers(1, 0, 0, dim=(3, 1)),
            _numbers(split, 0, 0, dim=(3, 1)),
            _numbers(0, 1, 2, dim=(3, 1)),
            _numbers(3),
        ],
        attributes={
            "names": RStrings(["nodestatus", "ndbigtree", "treemap", "bestvar", "xbestsplit", "nodepred", "ncat"])
        },
    )


def test_levels_whose_bit_is_set_go_left_in_random_forests() -> None:
    forest = random_forest_trees(_random_forest(0b101), "rows", 2)
    assert _sums(forest, [[1.0], [2.0], [3.0]]) == [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]


def test_a_child_before_its_parent_is_damage() -> None:
    with pytest.raises(ModelFileError, match="leads to node 0"):
        random_forest_trees(_random_forest(1, right=1), "rows", 2)


def _ranger(third: Sequence[float] | None, ordered: float) -> RList:
    sides = [_numbers(1, 0, 0), _numbers(2, 0, 0), *([_numbers(*third)] if third else [])]
    return _named(
        child_nodeIDs=_list([_list(sides)]),
        split_varIDs=_list([_numbers(0, 0, 0)]),
        split_values=_list([_numbers(2, 10, 20)]),
        is_ordered=_numbers(ordered),
    )


@pytest.mark.parametrize(("third", "missing"), [(None, 10.0), ((0, 0, 0), 10.0), ((1, 0, 0), 10.0), ((2, 0, 0), 20.0)])
def test_missing_values_go_where_ranger_learned_it_or_left(third: Sequence[float] | None, missing: float) -> None:
    forest = ranger_trees(_ranger(third, 1.0), "rows", 1, np.array([64]), "mean")
    assert _sums(forest, [[2.0], [np.nextafter(2.0, 3.0)], [np.nan]]) == [[10.0], [20.0], [missing]]


def test_levels_whose_bit_is_set_go_right_in_ranger_and_unknown_ones_left() -> None:
    forest = ranger_trees(_ranger(None, 0.0), "rows", 1, np.array([3]), "mean")
    assert _sums(forest, [[1.0], [2.0], [3.0], [4.0]]) == [[10.0], [20.0], [10.0], [10.0]]


def _gbm(kind: float, code: float) -> RList:
    """One tree of three ways: left 1, right 2, missing 4."""
    tree = _list(
        [
            _numbers(0, -1, -1, -1),
            _numbers(code, 1, 2, 4),
            _numbers(1, -1, -1, -1),
            _numbers(2, -1, -1, -1),
            _numbers(3, -1, -1, -1),
        ]
    )
    return _named(
        trees=_list([tree]), var_type=_numbers(kind), initF=_numbers(0.5), c_splits=_list([_numbers(-1, 1, 0)])
    )


def test_gbm_sends_numbers_below_the_split_left_and_missing_ones_their_own_way() -> None:
    forest = gbm_trees(_gbm(0, 3.0), "rows", 1, 1)
    rows = [[np.nextafter(3.0, 0.0)], [3.0], [np.inf], [np.nan]]
    assert _sums(forest, rows) == [[1.5], [2.5], [2.5], [4.5]]


def test_gbm_sends_levels_without_a_way_with_the_missing_ones() -> None:
    forest = gbm_trees(_gbm(3, 0.0), "rows", 1, 1)
    assert _sums(forest, [[1.0], [2.0], [3.0], [np.nan]]) == [[1.5], [2.5], [4.5], [4.5]]


def test_masks_of_53_levels_keep_every_bit() -> None:
    mask = np.array([2**52 + 1, 2**52 + 1, 0], dtype=np.uint64)
    sets = bit_sets(mask, np.array([53, 20, 1]), np.array([True, True, False]))
    assert sets is not None
    assert sets.index[2] == -1
    assert sets.of(int(sets.index[0])).tolist() == [1, 53]
    # Bits beyond the levels of the factor do not count.
    assert sets.of(int(sets.index[1])).tolist() == [1]
