"""Which columns of a row a formula reads, and of what type each is: as the fit says, its use, or what the sample shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._variables import Hints, Kind, Variable
from modelport.frontends.r.serialize import RObject, RPairs, RSymbol, RVector, is_factor, matrix, texts
from modelport.frontends.r.terms.calls import as_call, deparse, variables_in
from modelport.frontends.r.terms.compiler import constant_of
from modelport.frontends.r.terms.convert_types import as_number, level_texts
from modelport.frontends.r.terms.values import Constant

__all__ = ["ColumnTypes"]

_TO_FACTOR = frozenset(("factor", "as.factor", "ordered", "as.ordered", "as.character", "relevel", "droplevels", "C"))
# These take nothing but factors: the column was one.
_OF_FACTORS = frozenset(("relevel", "droplevels", "C"))
_TEXT_OPERATORS = frozenset(("==", "!=", "%in%"))
# These take a value as the text that it is, or that R makes of it.
_AS_TEXT = frozenset((*_TEXT_OPERATORS, "paste", "paste0", "interaction"))
_LOGIC = frozenset(("!", "&", "|", "xor"))
_KNOWN = frozenset(("pi", "T", "F", "TRUE", "FALSE"))


@dataclass(frozen=True)
class ColumnTypes:
    """What is known of the columns: the expressions that read them, and the kinds, levels and data of the fit by text.

    ``constants`` are names that stand for a constant of the formula's environment where the sample has no such column.
    """

    expressions: Mapping[str, RObject]
    extra: tuple[RObject, ...]
    kinds: Mapping[str, str]
    xlevels: Mapping[str, tuple[str, ...]]
    data: Mapping[str, RObject]
    constants: frozenset[str]
    hints: Hints
    matrices: bool = False

    def variables(self) -> list[Variable]:
        """The columns that rows must have, in the order of the formula. Raises: UnsupportedModelError."""
        hints = self.hints
        found: dict[str, Variable] = {}
        wrong: list[str] = []
        bare = {node.name: label for label, node in self.expressions.items() if isinstance(node, RSymbol)}
        for label, node in [*self.expressions.items(), *((deparse(e), e) for e in self.extra)]:
            for name in variables_in(node):
                if name in found or (name in _KNOWN and name not in hints):
                    continue
                if name in self.constants and name not in hints and name not in bare:
                    continue
                kind = self.kinds.get(bare[name]) if name in bare else None
                if self.matrices and kind is not None and kind.startswith("nmatrix."):
                    found |= {column.name: column for column in self._columns(name, int(kind.partition(".")[2]))}
                    continue
                try:
                    found[name] = self._variable(name, bare.get(name, label), kind, node)
                except ValueError as err:
                    wrong.append(f"{name!r} {err}")
        if wrong:
            raise UnsupportedModelError(
                f"columns that no target has a type for: {'; '.join(wrong)}",
                where="the model's terms",
                fix="make numbers, text or TRUE/FALSE of them before the fit",
            )
        return list(found.values())

    def _variable(self, name: str, label: str, kind: str | None, node: RObject) -> Variable:
        if kind in ("factor", "ordered", "character"):
            return Variable(name, kind, self.xlevels.get(label))  # type: ignore[arg-type]
        if kind == "logical":
            return Variable(name, "logical")
        if kind is not None and kind.startswith("nmatrix"):
            raise ValueError(f"is a matrix in the rows ({kind})")
        if kind == "other":
            raise ValueError("is neither number, factor, text nor logical")
        if kind is None:
            return self._inferred(name, label, node)
        return Variable(name, "number")

    def _columns(self, name: str, count: int) -> list[Variable]:
        """The columns of a matrix, named as data.frame() names them, or as the sample has them."""
        kept = self.data.get(name)
        named = matrix(kept).columns if isinstance(kept, RVector) and "dim" in kept.attributes else ()
        own = tuple(named) or tuple(str(place + 1) for place in range(count))
        ways = [[f"{name}.{column}" for column in own], [f"{name}{column}" for column in own], list(own)]
        chosen = next((way for way in ways if all(column in self.hints for column in way)), ways[0])
        return [Variable(column, "number", matrix=name) for column in chosen]

    def _inferred(self, name: str, label: str, node: RObject) -> Variable:
        """The type of a column that stands inside an expression only: from the fit, its use, or what the sample shows."""
        hints = self.hints
        kept = self.data.get(name)
        if kept is not None and (found := _of_column(name, kept)) is not None:
            return found
        uses = [use for expression in (*self.expressions.values(), *self.extra) for use in _uses(expression, name)]
        levels = self.xlevels.get(label)
        as_level = [use for use in uses if use in _TO_FACTOR]
        if as_level and len(as_level) == len(uses) and levels is not None and isinstance(node, RPairs):
            if any(use in _OF_FACTORS for use in uses):
                return Variable(name, "factor", levels)
            stated, labels = _stated(node, "levels"), _stated(node, "labels")
            if stated is None and labels is not None:
                return self._relabelled(name, len(labels))
            return _of_levels(name, stated or levels, hints, stated is not None or _plain_factor(node))
        if as_level and hints.get(name) == "text":
            return Variable(name, "character")
        if any(use == "text" for use in uses):
            return Variable(name, "character")
        if hints.get(name) == "text" and all(use in _AS_TEXT for use in uses):
            return Variable(name, "character")
        if uses and all(use in _LOGIC or use == "test" for use in uses) and hints.get(name) != "number":
            return Variable(name, "logical")
        if hints.get(name) == "text" and not isinstance(node, RSymbol):
            raise ValueError("is text in the sample, and the model does not keep what levels it had in the fit")
        return Variable(name, "logical" if hints.get(name) == "logical" else "number")

    def _relabelled(self, name: str, count: int) -> Variable:
        """factor(x, labels = …) without levels: R takes the values of the rows it is asked for, here those of the sample."""
        if self.hints.get(name) == "logical" and count == 2:
            return Variable(name, "logical")
        shown = self.hints.texts.get(name, ()) if self.hints.get(name) == "number" else ()
        found = sorted({as_number(value) for value in shown})
        if len(found) != count:
            raise ValueError(f"is made a factor with {count} labels, and not as many numbers are in the sample")
        return Variable(name, "number", numbers=tuple(found))


def _of_column(name: str, kept: RObject) -> Variable | None:
    """The type of a column that the model keeps; of numbers and texts the use may say more."""
    if is_factor(kept):
        kind: Kind = "ordered" if "ordered" in texts(kept.attributes["class"]) else "factor"
        return Variable(name, kind, tuple(texts(kept.attributes["levels"])))
    if isinstance(kept, RVector) and kept.kind == "logical":
        return Variable(name, "logical")
    return None


def _plain_factor(node: RObject) -> bool:
    """Whether the levels are those of the column itself: factor(x), but not factor(x, levels, labels)."""
    call = as_call(node)
    return (
        call is not None and call.name in ("factor", "as.factor", "ordered", "as.ordered") and len(call.arguments) == 1
    )


def _stated(node: RObject, argument: Literal["levels", "labels"]) -> tuple[str, ...] | None:
    """The levels in factor(x, levels = c(…)), which are the values that x may have, or the labels."""
    call = as_call(node)
    if call is None or call.name not in ("factor", "ordered"):
        return None
    try:
        given = call.matched(("x", "levels", "labels", "exclude", "ordered", "nmax")).get(argument)
    except ValueError:
        return None
    found = constant_of(given) if given is not None else None
    inner = as_call(given) if given is not None and found is None else None
    if inner is not None and inner.name == "c":
        parts = [constant_of(value) for _, value in inner.arguments]
        if all(part is not None for part in parts):
            return tuple(str(text) for part in parts if part is not None for text in level_texts(part))
    return None if found is None else tuple(str(text) for text in level_texts(found))


def _of_levels(name: str, levels: tuple[str, ...], hints: Hints, plain: bool) -> Variable:
    numbers: tuple[float, ...] | None
    try:
        numbers = tuple(as_number(level) for level in levels)
    except ValueError:
        numbers = None
    logical = set(levels) <= {"TRUE", "FALSE"}
    if logical and hints.get(name, "logical") == "logical":
        return Variable(name, "logical")
    if numbers is not None and hints.get(name, "number") == "number":
        return Variable(name, "number", numbers=numbers if plain else None)
    return Variable(name, "character", levels if plain else None)


def _uses(node: RObject, name: str) -> Iterator[str]:
    """The functions that a name is an argument of; 'text' where it is compared with text."""
    call = as_call(node)
    if call is None:
        if isinstance(node, RPairs) and node.kind == "call":
            for value in node.values:
                yield from _uses(value, name)
        elif isinstance(node, RSymbol) and node.name == name:
            yield ""
        return
    arguments = [value for _, value in call.arguments]
    for place, value in enumerate(arguments):
        if isinstance(value, RSymbol):
            if value.name != name:
                continue
            others = [constant_of(other) or other for other in arguments if other is not value]
            textual = any(_is_text(other) for other in others)
            if call.name in _TEXT_OPERATORS and textual:
                yield "text"
            elif call.name == "ifelse" and place == 0:
                yield "test"
            else:
                yield call.name
        else:
            yield from _uses(value, name)


def _is_text(node: object) -> bool:
    if isinstance(node, Constant):
        return node.kind == "text"
    call = as_call(node) if isinstance(node, RObject) else None
    return call is not None and call.name == "c" and any(_is_text(constant_of(value)) for _, value in call.arguments)
