"""The decision trees in the text of a C5.0 model, as nodes in the order of the text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.trees.quinlan_names import Names
from modelport.frontends.r.trees.quinlan_text import (
    DISCRETE,
    SUBSET,
    THRESHOLD,
    Record,
    damaged,
    single,
    unquoted,
    value_set,
)

__all__ = ["LEAF", "Node", "entries_of", "read_trees"]

LEAF = 0
Floats = npt.NDArray[np.float32]


@dataclass
class Node:
    """``kind``: LEAF or the type of the test; ``best``: its class; ``dist`` float32[C] and their sum ``cases``.

    Thresholds are in single precision, and one is soft where ``lower`` < ``upper``. ``sets``: the codes of each branch of a
    subset test. ``branches`` are the nodes of outcomes 1, 2 …: of a number "N/A", at most the cut, more; of a discrete
    value its codes.
    """

    kind: int
    best: int
    dist: Floats
    cases: np.float32
    attribute: int = -1
    forks: int = 0
    cut: float = 0.0
    lower: float = 0.0
    upper: float = 0.0
    sets: list[frozenset[int]] = field(default_factory=list)
    branches: list["Node"] = field(default_factory=list)


def entries_of(records: Sequence[Record]) -> tuple[dict[str, str], list[Record]]:
    """The properties before the models, ``entries`` the last of them, and the records of the models. Raises: ModelFileError."""
    header: dict[str, str] = {}
    for place, record in enumerate(records):
        header |= dict(record)
        if "entries" in header:
            return header, list(records[place + 1 :])
    raise damaged("it does not say how many models it holds")


def read_trees(records: Sequence[Record], count: int, names: Names, classes: Sequence[str]) -> list[Node]:
    """``count`` trees. Source: modelfiles.c, InTree. Raises: ModelFileError."""
    left = iter(records)
    roots: list[Node] = []
    for _ in range(count):
        root = _next(left, names, classes)
        roots.append(root)
        open_nodes = [root]
        while open_nodes:
            node = open_nodes[-1]
            if len(node.branches) == node.forks:
                open_nodes.pop()
                continue
            child = _next(left, names, classes)
            node.branches.append(child)
            open_nodes.append(child)
    return roots


def _next(left: Iterator[Record], names: Names, classes: Sequence[str]) -> Node:
    record = next(left, None)
    if record is None:
        raise damaged("a tree ends before its leaves")
    return _node(record, names, classes)


def _node(record: Record, names: Names, classes: Sequence[str]) -> Node:
    given = dict(record)
    if not {"type", "class"} <= given.keys() or single(given["class"]) not in classes:
        raise damaged("a node of a tree has no type, or a class that the model does not have")
    dist = np.zeros(len(classes), dtype=np.float32)
    if "freq" in given:
        dist = np.array([float(part) for part in single(given["freq"]).split(",")], dtype=np.float32)
    cases = np.float32(0)
    for number in dist:
        cases = np.float32(cases + number)
    node = Node(int(single(given["type"])), list(classes).index(single(given["class"])), dist, cases)
    if len(dist) != len(classes):
        raise damaged("a node of a tree counts other classes than the model has")
    if node.kind != LEAF:
        _test(node, record, given, names)
    return node


def _test(node: Node, record: Record, given: dict[str, str], names: Names) -> None:
    node.attribute = names.place(single(given["att"]))
    node.forks = int(single(given["forks"]))
    attribute = names.attributes[node.attribute]
    if (node.kind == THRESHOLD) == bool(attribute.values) or node.kind not in (DISCRETE, THRESHOLD, SUBSET):
        raise damaged(f"a test of type {node.kind} on {attribute.name!r}")
    if node.kind == THRESHOLD:
        if node.forks != 3 or "cut" not in given:
            raise damaged(f"a threshold of {attribute.name!r} without its three branches")
        node.cut = node.lower = node.upper = _single_precision(given["cut"])
        if "low" in given:
            node.lower = _single_precision(given["low"])
        if "high" in given:
            node.upper = _single_precision(given["high"])
    if node.kind == SUBSET:
        node.sets = [value_set(attribute, unquoted(value)) for name, value in record if name == "elts"]
        if len(node.sets) != node.forks:
            raise damaged(f"a test of {attribute.name!r} has not a set for each branch")


def _single_precision(value: str) -> float:
    return float(np.float32(float(single(value))))
