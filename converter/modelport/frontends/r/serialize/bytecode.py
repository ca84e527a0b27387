"""Compiled functions: their constants are read past and nothing of them is run; the expression they came from is kept.

Source: R's serialize.c, ReadBC1, ReadBCConsts and ReadBCLang: the first constant is the expression. Calls among the constants
are stored as cells, of which one may be defined once (244) and referred to later (243).
"""

from modelport.frontends.r.serialize.codes import Making, Sexp, Source
from modelport.frontends.r.serialize.limits import NODE_BYTES
from modelport.frontends.r.serialize.objects import NULL, RBytecode, RObject, RPairs, RSymbol
from modelport.frontends.r.serialize.refusals import damaged, too_deep

__all__ = ["bytecode"]

_CELLS: dict[int, str] = {
    Sexp.LANG.value: "call",
    Sexp.LIST.value: "pairlist",
    Sexp.ATTRIBUTED_LANG.value: "call",
    Sexp.ATTRIBUTED_LIST.value: "pairlist",
}
_ATTRIBUTED = frozenset({Sexp.ATTRIBUTED_LANG.value, Sexp.ATTRIBUTED_LIST.value})
_DEFINED, _REFERRED = Sexp.CELL_DEFINED.value, Sexp.CELL_REFERRED.value
_CALLS = frozenset({*_CELLS, _DEFINED, _REFERRED})
# A cell that was defined: the list that it is in, and its place there.
_Cells = dict[int, tuple[RPairs, int]]


def bytecode(source: Source) -> Making:
    """Makes one item of compiled code."""
    source.stream.integer()  # how many cells may be referred to
    yield (yield _code(source, {}))


def _code(source: Source, cells: _Cells) -> Making:
    yield None  # the instructions
    made = RBytecode()
    count = source.stream.length()
    source.budget.take(count * NODE_BYTES)
    for index in range(count):
        kind = source.stream.integer()
        if kind == Sexp.BYTECODE:
            found = yield _code(source, cells)
        else:
            found = yield (_call(source, cells, kind) if kind in _CALLS else None)
        if index == 0:
            made.expression = found
    yield made


def _call(source: Source, cells: _Cells, kind: int) -> Making:
    """A chain of cells, from the kind of its first; chains within it wait on a list, as making each apart would be slow."""
    integer, item, take = source.stream.integer, source.item, source.budget.take
    if kind == _REFERRED:
        yield _referred(source, cells)
        return
    outer: list[RPairs] = []
    made = RPairs([], [])
    while True:
        if kind in _CALLS and kind != _REFERRED:
            if kind == _DEFINED:
                cells[integer()] = made, len(made.values)
                kind = integer()
                if kind not in _CELLS:
                    raise damaged(f"compiled code defines no cell at {source.stream.position()}", source.budget.where)
            take(NODE_BYTES)
            if not made.values:
                made.kind = _CELLS[kind]
            if kind in _ATTRIBUTED:
                attributes = yield None
                if not made.values and isinstance(attributes, RPairs):
                    made.attributes = dict(zip(attributes.tags, attributes.values, strict=True))
            found = item()
            tag = found if isinstance(found, RObject) else (yield found)
            made.tags.append(tag.name if isinstance(tag, RSymbol) else "")
            kind = integer()
            if kind in _CALLS and kind != _REFERRED:
                outer.append(made)
                made = RPairs([], [])
                if len(outer) > source.budget.limits.depth:
                    raise too_deep(source.budget.limits.depth, source.stream.position(), source.budget.where)
                continue
            found = _referred(source, cells) if kind == _REFERRED else item()
            made.values.append(found if isinstance(found, RObject) else (yield found))
            kind = integer()
            continue
        if kind == _REFERRED:
            rest = _referred(source, cells)
            made.values += rest.values
            made.tags += rest.tags[: len(rest.values)]
        else:
            last = yield None
            if last is not NULL:
                made.values.append(last)
                made.tags.append("")
        if not outer:
            break
        inner, made = made, outer.pop()
        made.values.append(inner)
        kind = integer()
    yield made


def _referred(source: Source, cells: _Cells) -> RPairs:
    place = source.stream.integer()
    if place not in cells:
        raise damaged(
            f"compiled code refers to a cell {place} that is not there, at {source.stream.position()}",
            source.budget.where,
        )
    pairs, start = cells[place]
    count = len(pairs.values)
    # It may be copied to the end of another list, again and again.
    source.budget.take(16 * count + NODE_BYTES)
    if start == 0:
        return pairs
    return RPairs(pairs.values[start:], pairs.tags[start:count], pairs.kind)
