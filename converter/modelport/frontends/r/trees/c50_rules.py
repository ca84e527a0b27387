"""The rulesets in the text of a C5.0 model: rules with a vote for one class each, and a class for rows that none covers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelport.frontends.r.trees.quinlan_names import Names
from modelport.frontends.r.trees.quinlan_text import Condition, Record, condition_of, damaged, single

__all__ = ["Rule", "Ruleset", "read_rulesets"]


@dataclass(frozen=True)
class Rule:
    """``vote``: thousandths; of rules for one class the one that covers fewest cases is the most specific."""

    conditions: tuple[Condition, ...]
    best: int
    cover: np.float32
    vote: int


@dataclass(frozen=True)
class Ruleset:
    """``default``: the class where no rule applies."""

    rules: tuple[Rule, ...]
    default: int


def read_rulesets(records: Sequence[Record], count: int, names: Names, classes: Sequence[str]) -> list[Ruleset]:
    """``count`` rulesets. Source: modelfiles.c, InRules, InRule. Raises: ModelFileError."""
    at = 0
    found: list[Ruleset] = []

    def following() -> Record:
        nonlocal at
        if at >= len(records):
            raise damaged("a ruleset ends before its rules")
        at += 1
        return records[at - 1]

    def place(given: dict[str, str], name: str) -> int:
        text = single(given[name]) if name in given else ""
        if text not in classes:
            raise damaged(f"{text!r} is none of the classes")
        return list(classes).index(text)

    for _ in range(count):
        head = dict(following())
        if "rules" not in head:
            raise damaged("a ruleset does not say how many rules it has")
        rules: list[Rule] = []
        for _ in range(int(single(head["rules"]))):
            given = dict(following())
            if not {"conds", "cover", "ok"} <= given.keys():
                raise damaged("a ruleset has fewer rules than it says")
            cover, correct = (np.float32(float(single(given[name]))) for name in ("cover", "ok"))
            vote = int(1000 * (float(correct) + 1.0) / (float(cover) + 2.0) + 0.5)
            best = place(given, "class")
            conditions = tuple(condition_of(following(), names) for _ in range(int(single(given["conds"]))))
            rules.append(Rule(conditions, best, cover, vote))
        found.append(Ruleset(tuple(rules), place(head, "default")))
    return found
