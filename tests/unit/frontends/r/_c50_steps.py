"""What C5.0 says of one row, step by step as its C code goes: one case, one node and one leaf after the other.

Written from the steps of classify.c, and not from the converter: it keeps names as text and walks by recursion.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

__all__ = ["predicted"]

f32 = np.float32
Row = Mapping[str, "float | str | None"]


@dataclass
class Tree:
    props: dict[str, str]
    sets: list[list[str]]
    dist: list[f32]  # type: ignore[valid-type]
    cases: f32  # type: ignore[valid-type]
    branch: list["Tree"] = field(default_factory=list)


def lines_of(content: str) -> Iterator[list[tuple[str, str]]]:
    for line in content.strip().split("\n"):
        yield re.findall(r'(\w+)=("(?:[^"]|",")*")', line)


def plain(value: str) -> str:
    return value[1:-1]


def tree_from(lines: Iterator[list[tuple[str, str]]], classes: list[str]) -> Tree:
    given = next(lines)
    props = {name: plain(value) for name, value in given if name != "elts"}
    sets = [value[1:-1].split('","') for name, value in given if name == "elts"]
    dist = [f32(part) for part in props["freq"].split(",")] if "freq" in props else [f32(0)] * len(classes)
    cases = f32(0)
    for part in dist:
        cases = f32(cases + part)
    made = Tree(props, sets, dist, cases)
    for _ in range(int(props.get("forks", "0"))):
        made.branch.append(tree_from(lines, classes))
    return made


class Case:
    def __init__(self, row: Row, values: Mapping[str, list[str]]) -> None:
        self.row, self.values = row, values

    def number(self, name: str) -> f32 | None:  # type: ignore[valid-type]
        value = self.row[name]
        return None if value is None else f32(value)

    def code(self, name: str) -> int:
        """0 unknown; 1 N/A; 2 the first value."""
        value = self.row[name]
        if value is None or value == "?":
            return 0
        return 1 if value == "N/A" else self.values[name].index(str(value)) + 2


def interpolated(tree: Tree, value: f32) -> f32:  # type: ignore[valid-type]
    cut = f32(tree.props["cut"])
    low, high = f32(tree.props.get("low", cut)), f32(tree.props.get("high", cut))
    if value <= low:
        return f32(1)
    if value >= high:
        return f32(0)
    if value <= cut:
        return f32(1 - 0.5 * float(f32(value - low)) / (float(f32(cut - low)) + 1e-10))
    return f32(0.5 * float(f32(value - high)) / (float(f32(cut - high)) + 1e-10))


def find_leaf(case: Case, tree: Tree, parent: Tree | None, share: f32, sums: list[float]) -> None:  # type: ignore[valid-type]
    def leaf() -> None:
        said = parent if tree.cases < 1e-4 and parent is not None else tree
        for k, part in enumerate(said.dist):
            sums[k + 1] += float(f32(f32(share * part) / said.cases))
        sums[0] += float(f32(share * said.cases))

    def all_branches() -> None:
        for branch in tree.branch:
            if branch.cases > 1e-4:
                find_leaf(case, branch, tree, f32(f32(share * branch.cases) / tree.cases), sums)

    kind = tree.props["type"]
    if kind == "0":
        leaf()
    elif kind == "2":
        value = case.number(tree.props["att"])
        if value is None:
            all_branches()
            return
        first = float(interpolated(tree, value))
        for branch, weight in ((1, first), (2, 1 - first)):
            if float(share) * weight >= 1e-6:
                find_leaf(case, tree.branch[branch], tree, f32(float(share) * weight), sums)
    elif kind == "1":
        code = case.code(tree.props["att"])
        if 0 < code <= len(tree.branch):
            find_leaf(case, tree.branch[code - 1], tree, share, sums)
        else:
            all_branches()
    else:
        code = case.code(tree.props["att"])
        if code == 0:
            all_branches()
            return
        shown = "N/A" if code == 1 else case.values[tree.props["att"]][code - 2]
        for branch, members in zip(tree.branch, tree.sets, strict=True):
            if shown in members:
                find_leaf(case, branch, tree, share, sums)
                return
        leaf()


def selected(default: int, scores: list[float], costs: list[list[float]] | None) -> int:
    best = default
    if costs is None:
        for k, score in enumerate(scores):
            if score > scores[best]:
                best = k
        return best
    least = 1e10
    for k in range(len(scores)):
        if not scores[k]:
            continue
        cost = 0.0
        for other, score in enumerate(scores):
            if other != k:
                cost += score * float(f32(costs[k][other]))
        if cost < least:
            best, least = k, cost
    return best


def by_tree(
    case: Case, tree: Tree, classes: list[str], costs: list[list[float]] | None
) -> tuple[int, float, list[float]]:
    sums = [0.0] * (len(classes) + 1)
    find_leaf(case, tree, None, f32(1), sums)
    best = selected(classes.index(tree.props["class"]), sums[1:], costs)
    for k, part in enumerate(tree.dist):
        prior = float(f32(part / tree.cases))
        sums[k + 1] = (sums[0] * sums[k + 1] + prior) / (sums[0] + 1)
    return best, sums[best + 1], sums[1:]


@dataclass
class Rules:
    default: int
    rules: list[tuple[int, f32, int, list[dict[str, str]]]]  # type: ignore[valid-type]


def rules_from(lines: Iterator[list[tuple[str, str]]], classes: list[str]) -> Rules:
    head = {name: plain(value) for name, value in next(lines)}
    made = Rules(classes.index(head["default"]), [])
    for _ in range(int(head["rules"])):
        props = {name: plain(value) for name, value in next(lines)}
        vote = int(1000 * (float(f32(props["ok"])) + 1.0) / (float(f32(props["cover"])) + 2.0) + 0.5)
        tests = [dict(next(lines)) for _ in range(int(props["conds"]))]
        made.rules.append((classes.index(props["class"]), f32(props["cover"]), vote, tests))
    return made


def satisfied(case: Case, test: dict[str, str]) -> bool:
    name = plain(test["att"])
    if test["type"] == '"2"':
        value = case.number(name)
        if value is None:
            return False
        return bool(value <= f32(plain(test["cut"]))) == test["result"].startswith('"<')
    value = case.row[name]
    members = plain(test.get("elts") or test["val"]).split('","')
    return value is not None and value in members


def by_rules(case: Case, given: Rules, classes: list[str]) -> tuple[int, float, list[float]]:
    sums, total = [0.0] * len(classes), 0.0
    specific: list[tuple[f32, int] | None] = [None] * len(classes)  # type: ignore[valid-type]
    for best, cover, vote, tests in given.rules:
        if not all(satisfied(case, test) for test in tests):
            continue
        sums[best] += vote
        total += 1000.0
        own = specific[best]
        if own is None or cover < own[0] or (cover == own[0] and vote > own[1]):
            specific[best] = (cover, vote)
    if not total:
        return given.default, 0.5, sums
    chosen = selected(given.default, sums, None)
    own = specific[chosen]
    assert own is not None
    confidence = max(own[1] / 1000.0, sums[chosen] / total)
    for k, each in enumerate(specific):
        if k != chosen and each is not None:
            sums[k] = min(sums[k] / total, each[1] / 1000.0)
    sums[chosen] = confidence
    return chosen, confidence, sums


def predicted(
    content: str,
    classes: list[str],
    values: Mapping[str, list[str]],
    row: Row,
    costs: list[list[float]] | None = None,
) -> tuple[int, list[float]]:
    """The place of the class, and the confidences."""
    lines = lines_of(content)
    count = 0
    for given in lines:
        if (found := dict(given).get("entries")) is not None:
            count = int(plain(found))
            break
    case = Case(row, values)
    as_rules = "rules=" in content
    said = []
    default = 0
    for number in range(count):
        if as_rules:
            ruleset = rules_from(lines, classes)
            default = ruleset.default if number == 0 else default
            said.append(by_rules(case, ruleset, classes))
        else:
            tree = tree_from(lines, classes)
            default = classes.index(tree.props["class"]) if number == 0 else default
            said.append(by_tree(case, tree, classes, costs))
    best, _, shares = said[0]
    if count > 1:
        votes, total = [f32(0)] * len(classes), 0.0
        for own, confidence, _ in said:
            votes[own] = f32(float(votes[own]) + confidence)
            total += confidence
        shares = [float(vote) / total for vote in votes]
        best = selected(default, shares, None)
    total = 0.0
    for share in shares:
        total += share
    if total == 0:
        return best, [1 / len(classes)] * len(classes)
    return best, [share / total for share in shares]
