"""What a graph of ONNX cannot do: change a state that outlives the call, draw random numbers, or call out of the graph."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelport.errors import UnsupportedModelError

__all__ = ["refuse_chance", "refuse_state"]

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
def refuse_state(graph: Any, outputs: Sequence[str], where: str) -> None:
    """Looks at every node that must run before the outputs, in called functions too.

    Raises: UnsupportedModelError with all that change something or call out.
    """
    _refuse(graph, outputs, where, {"it changes a variable or a table": _STATE, "it calls out of the graph": _OUTSIDE})


def refuse_chance(graph: Any, outputs: Sequence[str], where: str) -> None:
    """Looks at the nodes of a frozen graph, where only those are left that the outputs depend on.

    Raises: UnsupportedModelError with all that draw random numbers.
    """
    _refuse(graph, outputs, where, {"it draws random numbers": _CHANCE})


def _refuse(graph: Any, outputs: Sequence[str], where: str, kinds: Mapping[str, tuple[str, ...]]) -> None:
    found: dict[str, None] = {}
    for node in _reached(graph, outputs):
        for what, operators in kinds.items():
            if node.op.startswith(operators):
                scope = node.name.rpartition("/")[0]
                found[f"{what} ({node.op}{' in ' + scope if scope else ''})"] = None
    if found:
        raise UnsupportedModelError(
            f"the model is no function of its inputs alone: {'; '.join(found)}",
            where=where,
            fix="convert it as it predicts (training=False, stateful=False), without layers that draw at random",
        )


def _reached(graph: Any, outputs: Sequence[str]) -> Iterator[Any]:
    bodies = {function.signature.name: function for function in graph.library.function}
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
        yield from _within(node, bodies, set())
        waiting.extend(text.lstrip("^").split(":")[0] for text in node.input)


def _within(node: Any, bodies: dict[str, Any], met: set[str]) -> Iterator[Any]:
    """The nodes of the functions that a node calls."""
    for value in node.attr.values():
        for name in [value.func.name, *(one.name for one in value.list.func)]:
            if name in bodies and name not in met:
                met.add(name)
                for inner in bodies[name].node_def:
                    yield inner
                    yield from _within(inner, bodies, met)
