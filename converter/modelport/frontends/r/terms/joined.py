"""Texts that R joins of several columns, paste() and interaction(): no graph joins texts, but the levels of the fit are known,
and each can be taken apart.

    level "a.b" of interaction(f, g)    f is "a" and g is "b", wherever "." stands in the level
    code of a row                       table[place of f among all first parts, place of g among all second parts]
"""

from collections.abc import Iterator, Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.calls import Call
from modelport.frontends.r.terms.compiler import Compiler, Rule
from modelport.frontends.r.terms.convert_types import as_number, code_among, level_text, level_texts
from modelport.frontends.r.terms.values import Constant, Joined, Term, Vector

__all__ = ["JOINED", "joined_code"]

_MOST = 100_000


def _paste(compiler: Compiler, call: Call) -> Term:
    """paste(…, sep): NA becomes the text NA."""
    parts, options = _parts(compiler, call, ("sep", "collapse", "recycle0"))
    if set(options) - {"sep"}:
        raise ValueError(f"{call.name}() is compiled with sep only")
    sep = options.get("sep", Constant("text", ("" if call.name == "paste0" else " ",)))
    return Joined(parts, _text(sep), missing="NA")


def _interaction(compiler: Compiler, call: Call) -> Term:
    """interaction(…, sep): NA where one is NA."""
    parts, options = _parts(compiler, call, ("sep", "drop", "lex.order"))
    return Joined(parts, _text(options.get("sep", Constant("text", (".",)))), missing=None)


def _parts(
    compiler: Compiler, call: Call, names: Sequence[str]
) -> tuple[tuple[Vector | str, ...], dict[str, Constant]]:
    parts: list[Vector | str] = []
    options: dict[str, Constant] = {}
    for name, node in call.arguments:
        value = compiler.compile(node)
        if name in names:
            if not isinstance(value, Constant):
                raise ValueError(f"{name} is no constant")
            options[name] = value
        elif isinstance(value, Constant):
            parts.append(_text(value))
        elif isinstance(value, Vector):
            parts.append(value)
        else:
            raise ValueError(f"{call.name}() is compiled of columns and texts")
    if not any(isinstance(part, Vector) for part in parts):
        raise ValueError(f"{call.name}() is compiled of columns")
    return tuple(parts), options


def _text(value: Constant) -> str:
    (found,) = level_texts(value)
    return "NA" if found is None else found


def joined_code(scope: Scope, value: Joined, levels: Sequence[str]) -> ir.Value:
    """int64 [N]: the place among the levels, their count for a text that is none of them, or is NA.

    Raises: ValueError where the levels can be taken apart in too many ways.
    """
    b = scope.builder
    columns = [part for part in value.parts if isinstance(part, Vector)]
    ways = [(way, place) for place, level in enumerate(levels) for way in _ways(level, value.parts, value.sep)]
    known = [
        tuple(dict.fromkeys(way[k] for way, _ in ways if _may_be(column, way[k], value.missing)))
        for k, column in enumerate(columns)
    ]
    sizes = [len(texts) + 1 for texts in known]
    if np.prod(sizes, dtype=float) > _MOST:
        raise ValueError("its levels can be taken apart in too many ways")
    table = np.full(sizes, len(levels), dtype=np.int64)
    for way, place in ways:
        if all(text in texts for text, texts in zip(way, known, strict=True)):
            table[tuple(texts.index(text) for text, texts in zip(way, known, strict=True))] = place
    index: ir.Value | None = None
    for column, texts, size in zip(columns, known, sizes, strict=True):
        code = _code(scope, column, texts, value.missing)
        index = code if index is None else b.op("Add", b.op("Mul", index, _whole(scope, size)), code)
    assert index is not None
    return b.op("Gather", b.constant(table.reshape(-1)), index, axis=0)


def _whole(scope: Scope, number: int) -> ir.Value:
    return scope.builder.constant(np.array([number], dtype=np.int64))


def _ways(level: str, parts: Sequence[Vector | str], sep: str) -> Iterator[tuple[str, ...]]:
    """The texts of the columns that make a level."""
    first, *rest = parts
    if not rest:
        if isinstance(first, Vector):
            yield (level,)
        elif first == level:
            yield ()
        return
    for end in range(len(level) - len(sep) + 1):
        if level[end : end + len(sep)] != sep or (isinstance(first, str) and first != level[:end]):
            continue
        own = (level[:end],) if isinstance(first, Vector) else ()
        for others in _ways(level[end + len(sep) :], rest, sep):
            yield (*own, *others)


def _may_be(column: Vector, text: str, missing: str | None) -> bool:
    if text == missing:
        return True
    if column.kind == "number":
        try:
            return level_text(as_number(text)) == text
        except ValueError:
            return False
    if column.kind == "logical":
        return text in ("FALSE", "TRUE")
    return column.kind == "text" or text in column.levels


def _code(scope: Scope, column: Vector, texts: Sequence[str], missing: str | None) -> ir.Value:
    """int64 [N]: the place of a column's text among the texts, their count for others."""
    from modelport.frontends.r.terms.conditions import missing_flags

    b = scope.builder
    own = [text for text in texts if text != missing or column.kind in ("text", "factor")]
    place = code_among(scope, column, own)
    if missing is None or missing not in texts:
        return place
    if missing not in own:
        order = [texts.index(text) for text in own] + [len(texts)]
        place = b.op("Gather", b.constant(np.array(order, dtype=np.int64)), place, axis=0)
    gone = b.op("Reshape", missing_flags(scope, column), b.constant(np.array([-1], dtype=np.int64)))
    return b.op("Where", gone, _whole(scope, texts.index(missing)), place, dtype=ir.DataType.INT64)


JOINED: dict[str, Rule] = {"paste": _paste, "paste0": _paste, "interaction": _interaction}
