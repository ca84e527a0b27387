"""What a graph of ONNX cannot do: change a state that outlives the call, draw random numbers, or call out of the graph."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelport.errors import UnsupportedModelError

__all__ = ["refuse_chance", "without_effects"]

_STATE = ("Assign", "ResourceScatter", "ResourceApply", "LookupTableInsert", "LookupTableImport", "LookupTableRemove")
_CHANCE = (
    "Random",
    "StatelessRandom",
    "StatefulRandom",
    "StatefulUniform",
    "StatefulStandard",
    "StatefulTruncated",
    "TruncatedNormal",
    "ParameterizedTruncated",
    "StatefulBinomial",
    "StatelessTruncated",
    "StatelessMultinomial",
    "StatelessParameterized",
    "StatelessShuffle",
    "Multinomial",
    "AllCandidateSampler",
    "UniformCandidateSampler",
    "LogUniformCandidateSampler",
    "LearnedUnigram",
    "StatelessSample",
    "StatefulRandomBinomial",
    "StatefulTruncatedNormal",
)
_OUTSIDE = ("PyFunc", "EagerPyFunc", "PyFuncStateless", "ReadFile", "WriteFile", "IteratorGetNext")


# Any here and below: a GraphDef and its nodes.
def without_effects(graph: Any, outputs: Sequence[str], where: str) -> Any:
    """Returns the nodes of a graph without calls that the values of its outputs come from; the order of running is dropped.

    What only changes a state that nothing here reads (a generator of random numbers that prediction does not use) is left out.

    Raises: UnsupportedModelError where the outputs read what the call changes, or a loop or branch on their way changes anything.
    """
    bodies = {function.signature.name: function for function in graph.library.function}
    kept = {node.name for node in _reached(graph, outputs)}
    read = {name for node in graph.node if node.name in kept for name in _sources(node)}
    found: dict[str, None] = {}
    for node in graph.node:
        changes = [one for one in [node, *_within(node, bodies, set())] if one.op.startswith((*_STATE, *_OUTSIDE))]
        if changes and (node.name in kept or _changed(graph, node) & read):
            found |= dict.fromkeys(_said(_what(one.op), one.op, node.name) for one in changes)
    if found:
        raise _refused(found, where)
    left = type(graph)()
    left.CopyFrom(graph)
    del left.node[:]
    for node in graph.node:
        if node.name in kept:
            copied = left.node.add()
            copied.CopyFrom(node)
            copied.input[:] = [name for name in node.input if not name.startswith("^")]
    return left


def _changed(graph: Any, node: Any) -> set[str]:
    """The sources of what a node takes, seen through operators that only pass a resource on."""
    named = {one.name: one for one in graph.node}
    waiting, found = list(_sources(node)), set[str]()
    while waiting:
        name = waiting.pop()
        found.add(name)
        source = named.get(name)
        if source is not None and source.op == "Identity":
            waiting.extend(_sources(source))
    return found


def _sources(node: Any) -> list[str]:
    return [name.split(":")[0] for name in node.input if not name.startswith("^")]


def _what(operator: str) -> str:
    return "it changes a variable or a table" if operator.startswith(_STATE) else "it calls out of the graph"


def refuse_chance(graph: Any, outputs: Sequence[str], where: str) -> None:
    """Looks at the nodes of a frozen graph, where only those are left that the outputs depend on.

    Raises: UnsupportedModelError with all that draw random numbers.
    """
    found: dict[str, None] = {}
    for node in _reached_within(graph, outputs):
        if node.op.startswith(_CHANCE):
            found[_said("it draws random numbers", node.op, node.name)] = None
    if found:
        raise _refused(found, where)


def _said(what: str, operator: str, name: str) -> str:
    scope = name.rpartition("/")[0]
    return f"{what} ({operator}{' in ' + scope if scope else ''})"


def _refused(found: Mapping[str, None], where: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"the model is no function of its inputs alone: {'; '.join(found)}",
        where=where,
        fix="convert it as it predicts (training=False, stateful=False), without layers that draw at random",
    )


def _reached_within(graph: Any, outputs: Sequence[str]) -> Iterator[Any]:
    bodies = {function.signature.name: function for function in graph.library.function}
    for node in _reached(graph, outputs):
        yield node
        yield from _within(node, bodies, set())


def _reached(graph: Any, outputs: Sequence[str]) -> Iterator[Any]:
    """The nodes that the values of the outputs come from."""
    named = {node.name: node for node in graph.node}
    waiting = [name.split(":")[0] for name in outputs]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in named:
            continue
        seen.add(name)
        node = named[name]
        yield node
        waiting.extend(_sources(node))


def _within(node: Any, bodies: dict[str, Any], met: set[str]) -> Iterator[Any]:
    """The nodes of the functions that a node calls."""
    for value in node.attr.values():
        for name in [value.func.name, *(one.name for one in value.list.func)]:
            if name in bodies and name not in met:
                met.add(name)
                for inner in bodies[name].node_def:
                    yield inner
                    yield from _within(inner, bodies, met)
