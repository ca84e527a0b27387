"""The trees of a C5.0 model level by level: from which node above each node gets its share of a row, and by which test."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.trees.c50_tree import LEAF, Node
from modelport.frontends.r.trees.quinlan_text import AT_MOST, DISCRETE, MORE, THRESHOLD

__all__ = ["EPSILON", "LEAST_SHARE", "Leaf", "Level", "Outcome", "Walked", "walk"]

# Branches with so few cases get nothing of a row whose value is missing; leaves with fewer speak for their parent.
EPSILON = 1e-4
# A smaller share of a row does not go on beyond a threshold.
LEAST_SHARE = 1e-6
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Outcome:
    """One outcome of a test: of a threshold ``side`` AT_MOST or MORE; of a discrete value one of ``codes`` among ``known``.

    A discrete value that is not among ``known`` counts as missing.
    """

    attribute: int
    side: int = 0
    cut: float = 0.0
    lower: float = 0.0
    upper: float = 0.0
    codes: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()


@dataclass
class Level:
    """Nodes of one depth: the place of the parent in the level above, the number of the outcome that leads here, what of
    a missing value goes this way (``cases`` of ``whole``), and where shares below LEAST_SHARE end."""

    parent: list[int] = field(default_factory=list)
    outcome: list[int] = field(default_factory=list)
    cases: list[np.float32] = field(default_factory=list)
    whole: list[np.float32] = field(default_factory=list)
    ends: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Leaf:
    """The place of a leaf: its tree, level and column in the level; what it says."""

    tree: int
    level: int
    column: int
    dist: Floats
    cases: np.float32


@dataclass
class Walked:
    """``leaves`` of each tree stand in the order in which C5.0 adds them; level 0 holds the roots."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    levels: list[Level] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    node: Node
    above: Node | None
    tree: int
    level: int
    column: int
    least: float


def walk(roots: Sequence[Node], codes: Mapping[int, Collection[int]]) -> Walked:
    """``codes``: the codes that a discrete attribute can have in rows; branches that no row takes are left out.

    Source: classify.c, FindLeafGen, PredictFollowAllBranches.
    """
    walked = Walked()
    for tree, root in enumerate(roots):
        waiting = [_Place(root, None, tree, 0, tree, 1.0)]
        while waiting:
            place = waiting.pop()
            if place.node.kind == LEAF:
                _leaf(walked, place, place.node, place.above)
                continue
            # Taken from the end: the first branch comes first.
            waiting += reversed(_branches(walked, place, codes))
    return walked


def _leaf(walked: Walked, place: _Place, node: Node, above: Node | None) -> None:
    said = above if node.cases < EPSILON and above is not None else node
    walked.leaves.append(Leaf(place.tree, place.level, place.column, said.dist, said.cases))


def _branches(walked: Walked, place: _Place, codes: Mapping[int, Collection[int]]) -> list[_Place]:
    node = place.node
    found: list[_Place] = []
    if node.kind == THRESHOLD:
        soft = node.lower < node.upper
        for side in (AT_MOST, MORE):
            outcome = Outcome(node.attribute, side, node.cut, node.lower, node.upper)
            found.append(_below(walked, place, node.branches[side - 1], outcome, soft=soft))
        return found
    given = frozenset(codes.get(node.attribute, ()))
    if node.kind == DISCRETE:
        known = frozenset(code for code in given if code <= node.forks)
        sets = [frozenset([code]) for code in range(1, node.forks + 1)]
    else:
        known = given
        taken: set[int] = set()
        sets = []
        for own in node.sets:
            sets.append(own - taken)
            taken |= own
        rest = known - taken
        if rest:
            # A value of no branch: the node itself speaks.
            outcome = Outcome(node.attribute, codes=rest, known=known)
            inside = _below(walked, place, node, outcome, soft=False, takes_missing=False)
            _leaf(walked, inside, node, place.above)
    for own, branch in zip(sets, node.branches, strict=True):
        if own & known or branch.cases > EPSILON:
            outcome = Outcome(node.attribute, codes=own & known, known=known)
            found.append(_below(walked, place, branch, outcome, soft=False))
    return found


def _below(
    walked: Walked, place: _Place, branch: Node, outcome: Outcome, *, soft: bool, takes_missing: bool = True
) -> _Place:
    """Adds one node to the level below."""
    while len(walked.levels) <= place.level:
        walked.levels.append(Level())
    level = walked.levels[place.level]
    shared = takes_missing and branch.cases > EPSILON
    cases = branch.cases if shared else np.float32(0)
    level.parent.append(place.column)
    level.outcome.append(walked.outcomes.setdefault(outcome, len(walked.outcomes)))
    level.cases.append(cases)
    level.whole.append(place.node.cases)
    # Only where some way here leaves a share as small is there anything to end; the factor leaves room for rounding.
    level.ends.append(place.node.kind == THRESHOLD and (soft or place.least < 2 * LEAST_SHARE))
    part = float(cases) / float(place.node.cases) if shared else 1.0
    least = 0.0 if soft else place.least * min(1.0, part)
    return _Place(branch, place.node, place.tree, place.level + 1, len(level.parent) - 1, least)
