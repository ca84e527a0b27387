"""Compiled functions: their constants are read past and nothing of them is run; the expression they came from is kept.

Source: R's serialize.c, ReadBC1, ReadBCConsts and ReadBCLang: the first constant is the expression. Calls among the constants
are stored as cells, of which one may be defined once (244) and referred to later (243).
"""

from modelport.frontends.r.serialize.codes import Making, Sexp
from modelport.frontends.r.serialize.limits import NODE_BYTES, Budget
from modelport.frontends.r.serialize.objects import NO_ATTRIBUTES, NULL, RBytecode, RObject, RPairs, RSymbol
from modelport.frontends.r.serialize.refusals import damaged
from modelport.frontends.r.serialize.stream import ByteStream

__all__ = ["bytecode"]

_CELLS = {
    Sexp.LANG: "call",
    Sexp.LIST: "pairlist",
    Sexp.ATTRIBUTED_LANG: "call",
    Sexp.ATTRIBUTED_LIST: "pairlist",
}
# A cell that was defined: the list that it is in, and its place there.
_Cells = dict[int, tuple[RPairs, int]]


def bytecode(stream: ByteStream, budget: Budget) -> Making:
    """Makes one item of compiled code."""
    stream.integer()  # how many cells may be referred to
    yield (yield _code(stream, budget, {}))


def _code(stream: ByteStream, budget: Budget, cells: _Cells) -> Making:
    yield None  # the instructions
    made = RBytecode()
    for index in range(stream.length()):
        kind = stream.integer()
        if kind == Sexp.BYTECODE:
            found = yield _code(stream, budget, cells)
        elif kind in _CELLS or kind in (Sexp.CELL_DEFINED, Sexp.CELL_REFERRED):
            found = yield _call(stream, budget, cells, kind)
        else:
            found = yield None
        if index == 0:
            made.expression = found
    yield made


def _call(stream: ByteStream, budget: Budget, cells: _Cells, kind: int) -> Making:
    """A chain of cells, from the kind of its first."""
    made: RPairs | None = None
    while True:
        place = -1
        if kind == Sexp.CELL_REFERRED:
            tail = _referred(stream, budget, cells)
            if made is None:
                yield tail
                return
            made.values += tail.values
            made.tags += tail.tags
            break
        if kind == Sexp.CELL_DEFINED:
            place, kind = stream.integer(), stream.integer()
        if kind not in _CELLS:
            rest: RObject = yield None
            if made is None:
                yield rest
                return
            if rest is not NULL:
                made.values.append(rest)
                made.tags.append("")
            break
        budget.take(NODE_BYTES)
        if made is None:
            made = RPairs([], [], _CELLS[Sexp(kind)])
        if place >= 0:
            cells[place] = made, len(made.values)
        if kind in (Sexp.ATTRIBUTED_LANG, Sexp.ATTRIBUTED_LIST):
            attributes = yield None
            if not made.values and isinstance(attributes, RPairs):
                made.attributes = dict(zip(attributes.tags, attributes.values, strict=True)) or NO_ATTRIBUTES
        tag = yield None
        made.tags.append(tag.name if isinstance(tag, RSymbol) else "")
        value = yield _call(stream, budget, cells, stream.integer())
        made.values.append(value)
        kind = stream.integer()
    yield made


def _referred(stream: ByteStream, budget: Budget, cells: _Cells) -> RPairs:
    place = stream.integer()
    if place not in cells:
        raise damaged(f"compiled code refers to a cell {place} that is not there, at {stream.position()}", budget.where)
    pairs, start = cells[place]
    if start == 0:
        return pairs
    count = len(pairs.values)
    budget.take(16 * count)
    return RPairs(pairs.values[start:], pairs.tags[start:count], pairs.kind)
