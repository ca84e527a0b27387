"""Calls of R as data: their name, their arguments by name and place, and their text for messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelport.frontends.r.serialize import RList, RObject, RPairs, RPromise, RStrings, RSymbol, RVector, names

__all__ = ["Call", "as_call", "deparse", "settled", "table_names", "variables_in", "without_tables"]

_INFIX = frozenset("+ - * / ^ ** == != < > <= >= & && | || ~ : %% %/% %in% %o% :: $ =".split())
_TIGHT = frozenset(("::", ":", "^", "$"))
# All arguments but the first are values that are the same for every row.
_WITH_TABLES = frozenset(("cut", "findInterval", "%in%", "factor", "ordered"))


@dataclass(frozen=True)
class Call:
    """``name(…)``: the function's name without its package, and its arguments with their names ('' without)."""

    name: str
    arguments: tuple[tuple[str, RObject], ...]

    def positional(self) -> list[RObject]:
        """The arguments that have no name."""
        return [value for name, value in self.arguments if not name]

    def matched(self, formals: Sequence[str]) -> dict[str, RObject]:
        """Arguments by the function's own names: exact, then by a unique beginning, then by place, as R matches them.

        Formals behind '...' are matched exactly only. Raises: ValueError naming what fits nowhere.
        """
        early = list(formals[: formals.index("...")]) if "..." in formals else list(formals)
        found: dict[str, RObject] = {}
        rest: list[tuple[str, RObject]] = []
        for name, value in self.arguments:
            if name and name in formals and name not in found:
                found[name] = value
            else:
                rest.append((name, value))
        loose: list[RObject] = []
        for name, value in rest:
            near = [formal for formal in early if name and formal.startswith(name) and formal not in found]
            if name and len(near) == 1:
                found[near[0]] = value
            elif name:
                raise ValueError(f"{self.name}() has an argument {name!r}")
            else:
                loose.append(value)
        free = [formal for formal in early if formal not in found]
        if len(loose) > len(free):
            raise ValueError(f"{self.name}() has {len(self.arguments)} arguments")
        return found | dict(zip(free, loose, strict=False))


def as_call(node: RObject) -> Call | None:
    """The call that a node is, None for anything else, and for a call of no plain name."""
    if not isinstance(node, RPairs) or node.kind != "call" or not node.values:
        return None
    head = node.values[0]
    inner = as_call(head)
    if inner is not None and inner.name in ("::", ":::") and len(inner.arguments) == 2:
        head = inner.arguments[1][1]
    if not isinstance(head, RSymbol):
        return None
    tags = [tag or "" for tag in node.tags[1:]]
    return Call(head.name, tuple(zip(tags, node.values[1:], strict=True)))


def variables_in(node: RObject) -> Iterator[str]:
    """Every name in an expression that is not a called function, in order, as all.vars."""
    if isinstance(node, RSymbol):
        if node.name:
            yield node.name
    elif isinstance(node, RPairs) and node.kind == "call":
        call = as_call(node)
        if call is not None and call.name in ("$", "::", ":::"):
            if call.name == "$":
                yield from variables_in(call.arguments[0][1])
            return
        if call is not None and call.name == "C" and call.arguments:
            yield from variables_in(call.arguments[0][1])  # the second is the name of contrasts, which are stored
            return
        if call is None:
            yield from variables_in(node.values[0])
        for value in node.values[1:]:
            yield from variables_in(value)


def settled(node: RObject) -> RObject:
    """What an argument of a function was evaluated to; the argument as it was written where it never was."""
    while isinstance(node, RPromise):
        never = isinstance(node.value, RSymbol) and not node.value.name
        node = node.expression if never else node.value
    return node


def table_names(node: RObject) -> Iterator[str]:
    """The names that stand where a function takes a table of values: breaks of cut(), the right side of %in%."""
    if not isinstance(node, RPairs) or node.kind != "call":
        return
    call = as_call(node)
    if call is not None and call.name in _WITH_TABLES:
        for _, value in call.arguments[1:]:
            yield from variables_in(value)
    for value in node.values:
        yield from table_names(value)


def without_tables(node: RObject) -> RObject:
    """The expression without these arguments."""
    if not isinstance(node, RPairs) or node.kind != "call":
        return node
    call = as_call(node)
    kept = 2 if call is not None and call.name in _WITH_TABLES else len(node.values)
    return RPairs([without_tables(value) for value in node.values[:kept]], node.tags[:kept], "call")


def deparse(node: RObject) -> str:
    """An expression as R would write it, long vectors cut short."""
    if isinstance(node, RSymbol):
        return node.name
    call = as_call(node)
    if call is not None:
        return _call_text(call)
    if isinstance(node, RVector):
        shown = [_number_text(value, node.kind) for value in node.values[:6].tolist()]
        return _combined(shown, len(node))
    if isinstance(node, RStrings):
        return _combined(["NA" if v is None else f'"{v}"' for v in node.values[:6]], len(node))
    if isinstance(node, RList):
        return f"list({', '.join(names(node)) or '…'})"
    return node.describe()


def _call_text(call: Call) -> str:
    shown = [f"{name} = {deparse(value)}" if name else deparse(value) for name, value in call.arguments]
    if call.name in _INFIX and len(shown) == 2:
        space = "" if call.name in _TIGHT else " "
        return f"{shown[0]}{space}{call.name}{space}{shown[1]}"
    if call.name in ("-", "+", "!", "~") and len(shown) == 1:
        return f"{call.name}{shown[0]}"
    if call.name == "(":
        return f"({shown[0]})"
    if call.name == "[" and shown:
        return f"{shown[0]}[{', '.join(shown[1:])}]"
    return f"{call.name}({', '.join(shown)})"


def _number_text(value: float, kind: str) -> str:
    if kind == "logical":
        return {0: "FALSE", 1: "TRUE"}.get(int(value), "NA")
    if value != value or (kind == "integer" and value == -(2**31)):
        return "NA"
    return f"{value:.15g}"


def _combined(shown: list[str], count: int) -> str:
    if count == 1:
        return shown[0]
    return f"c({', '.join(shown)}{', …' if count > len(shown) else ''})"
