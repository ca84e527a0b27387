"""Reads one item of R's serialize stream into nodes, without recursion: what is in the making waits on a stack of its own.

A leaf is read at once. A container is a generator that yields None for each item that it needs and gets it sent; it yields
itself when it is complete. So nesting costs memory that is counted, and never Python's own stack.

Source: R's serialize.c, ReadItem and its helpers.
"""

from collections.abc import Callable

from modelport.frontends.r.serialize.altrep import expand
from modelport.frontends.r.serialize.bytecode import bytecode
from modelport.frontends.r.serialize.codes import HAS_ATTRIBUTES, HAS_TAG, Making, Sexp
from modelport.frontends.r.serialize.limits import NODE_BYTES, Budget
from modelport.frontends.r.serialize.objects import (
    NO_ATTRIBUTES,
    NULL,
    RS4,
    RBuiltin,
    RClosure,
    REnvironment,
    RList,
    RObject,
    RPairs,
    RPointer,
    RPromise,
    RStrings,
    RSymbol,
    RVector,
)
from modelport.frontends.r.serialize.refusals import damaged
from modelport.frontends.r.serialize.stream import ByteStream
from modelport.frontends.r.serialize.strings import Decoder

__all__ = ["read_object"]

_Made = RObject | Making
_PAIRS = {Sexp.LIST: "pairlist", Sexp.LANG: "call", Sexp.DOTS: "dots"}
_PAIRS |= {Sexp.ATTRIBUTED_LIST: "pairlist", Sexp.ATTRIBUTED_LANG: "call"}
_VECTORS = {
    Sexp.LOGICAL: "logical",
    Sexp.INTEGER: "integer",
    Sexp.REAL: "double",
    Sexp.COMPLEX: "complex",
    Sexp.RAW: "raw",
}
# An argument that was not given, and a variable without a value, are symbols without a name.
_MISSING = RSymbol("")


def read_object(stream: ByteStream, encoding: str, budget: Budget, where: str) -> RObject:
    """The one item that fills the rest of the stream. Raises: ModelFileError."""
    reader = _Reader(stream, Decoder(encoding), budget)
    found = reader.item()
    if not stream.ended():
        raise damaged(f"more follows after the end of the object, at {stream.position()}", where)
    return found


class _Reader:
    """The references that one stream has met, and a method for each kind of item."""

    def __init__(self, stream: ByteStream, decoder: Decoder, budget: Budget) -> None:
        self._stream = stream
        self._decoder = decoder
        self._budget = budget
        self._references: list[RObject] = []
        self._base = REnvironment("base")
        self._read: dict[int, Callable[[int], _Made]] = {
            Sexp.NIL: _always(NULL),
            Sexp.NULL: _always(NULL),
            Sexp.SYMBOL: self._symbol,
            Sexp.CLOSURE: self._function,
            Sexp.PROMISE: self._function,
            Sexp.ENVIRONMENT: self._environment,
            Sexp.SPECIAL: self._builtin,
            Sexp.BUILTIN: self._builtin,
            Sexp.CHAR: self._lone_text,
            Sexp.STRING: self._strings,
            Sexp.VECTOR: self._list,
            Sexp.EXPRESSION: self._list,
            Sexp.BYTECODE: self._bytecode,
            Sexp.POINTER: self._pointer,
            Sexp.WEAK: self._pointer,
            Sexp.S4: self._s4,
            Sexp.ALTREP: self._altrep,
            Sexp.BASE: _always(self._base),
            Sexp.BASE_NAMESPACE: _always(REnvironment("namespace", "base")),
            Sexp.EMPTY: _always(REnvironment("empty")),
            Sexp.GLOBAL: _always(REnvironment("global")),
            Sexp.PERSISTENT: self._named,
            Sexp.PACKAGE: self._named,
            Sexp.NAMESPACE: self._named,
            Sexp.MISSING: _always(_MISSING),
            Sexp.UNBOUND: _always(_MISSING),
            Sexp.REFERENCE: self._reference,
            **dict.fromkeys(_PAIRS, self._pairs),
            **dict.fromkeys(_VECTORS, self._vector),
        }

    def item(self) -> RObject:
        """Reads the next item, whatever it holds."""
        stack: list[Making] = []
        integer, begin, depth = self._stream.integer, self._begin, self._budget.limits.depth
        while True:
            made = begin(integer())
            while True:
                if not isinstance(made, RObject):
                    if len(stack) == depth:
                        raise self._too_deep()
                    stack.append(made)
                    asked = next(made)
                elif stack:
                    asked = stack[-1].send(made)
                else:
                    return made
                if asked is None:
                    break
                if isinstance(asked, RObject):
                    stack.pop()
                made = asked

    def _begin(self, flags: int) -> _Made:
        """A leaf, or the making of a container."""
        kind = self._read.get(flags & 0xFF)
        if kind is None:
            raise damaged(
                f"an item of unknown type {flags & 0xFF}, before {self._stream.position()}", self._budget.where
            )
        self._budget.take(NODE_BYTES)
        return kind(flags)

    def _too_deep(self) -> Exception:
        return damaged(
            f"objects nest more than {self._budget.limits.depth} deep, at {self._stream.position()}",
            self._budget.where,
            "save the model alone, without the environments that it was made in",
        )

    # Leaves

    def _symbol(self, _: int) -> RObject:
        found = RSymbol(self._decoder.many(self._stream.texts(1))[0] or "NA")
        self._references.append(found)
        return found

    def _lone_text(self, flags: int) -> RObject:
        size = self._stream.integer()
        return RStrings([self._decoder.one(flags, None if size == -1 else self._stream.text(size))])

    def _builtin(self, _: int) -> RObject:
        return RBuiltin(self._stream.text(self._stream.integer()).decode("latin-1"))

    def _named(self, flags: int) -> RObject:
        kind = {Sexp.PACKAGE: "package", Sexp.NAMESPACE: "namespace", Sexp.PERSISTENT: "persistent"}[Sexp(flags & 0xFF)]
        self._stream.integer()
        names = self._decoder.many(self._stream.texts(self._stream.length()))
        found = REnvironment(kind, (names[0] or "") if names else "")
        self._references.append(found)
        return found

    def _reference(self, flags: int) -> RObject:
        index = (flags >> 8) or self._stream.integer()
        if not 0 < index <= len(self._references):
            raise damaged(
                f"a reference to object {index} of {len(self._references)}, before {self._stream.position()}",
                self._budget.where,
            )
        return self._references[index - 1]

    # What may have attributes, which follow it

    def _vector(self, flags: int) -> _Made:
        made = RVector(
            _VECTORS[Sexp(flags & 0xFF)], self._stream.vector(_VECTORS[Sexp(flags & 0xFF)], self._stream.length())
        )
        return self._attributed(made) if flags & HAS_ATTRIBUTES else made

    def _strings(self, flags: int) -> _Made:
        made = RStrings(self._decoder.many(self._stream.texts(self._stream.length())))
        return self._attributed(made) if flags & HAS_ATTRIBUTES else made

    def _s4(self, flags: int) -> _Made:
        made = RS4()
        return self._attributed(made) if flags & HAS_ATTRIBUTES else made

    def _attributed(self, made: RObject) -> Making:
        made.attributes = _as_attributes((yield None))
        yield made

    def _list(self, flags: int) -> Making:
        made = RList([], "list" if flags & 0xFF == Sexp.VECTOR else "expression")
        values = made.values
        for _ in range(self._stream.length()):
            values.append((yield None))
        if flags & HAS_ATTRIBUTES:
            made.attributes = _as_attributes((yield None))
        yield made

    def _pointer(self, flags: int) -> Making:
        made = RPointer("pointer" if flags & 0xFF == Sexp.POINTER else "weak")
        self._references.append(made)
        if made.kind == "pointer":
            made.protected = yield None
            made.tag = yield None
        if flags & HAS_ATTRIBUTES:
            made.attributes = _as_attributes((yield None))
        yield made

    def _bytecode(self, flags: int) -> Making:
        made = yield bytecode(self._stream, self._budget)
        if flags & HAS_ATTRIBUTES:
            made.attributes = _as_attributes((yield None))
        yield made

    def _altrep(self, _: int) -> Making:
        info = yield None
        state = yield None
        attributes = _as_attributes((yield None))
        first = info.values[0] if isinstance(info, RPairs) and info.values else NULL
        made = expand(first.name if isinstance(first, RSymbol) else "", state, self._budget)
        if attributes:
            made.attributes = attributes
        yield made

    # What has its attributes first, or none

    def _pairs(self, flags: int) -> Making:
        """A chain of cells, in one go: each has attributes, tag and value, and ends in the next or in NULL."""
        integer, take = self._stream.integer, self._budget.take
        made = RPairs([], [], _PAIRS[Sexp(flags & 0xFF)])
        while True:
            if flags & HAS_ATTRIBUTES:
                attributes = _as_attributes((yield None))
                made.attributes = made.attributes or attributes
            tag = (yield None) if flags & HAS_TAG else NULL
            made.tags.append(tag.name if isinstance(tag, RSymbol) else "")
            made.values.append((yield None))
            flags = integer()
            if flags & 0xFF in (Sexp.NULL, Sexp.NIL):
                break
            if flags & 0xFF not in _PAIRS:
                # A pair whose second half is no list, as R stores numbers shown as text.
                rest = self._begin(flags)
                made.values.append(rest if isinstance(rest, RObject) else (yield rest))
                made.tags.append("")
                break
            take(NODE_BYTES)
        yield made

    def _function(self, flags: int) -> Making:
        attributes = _as_attributes((yield None)) if flags & HAS_ATTRIBUTES else NO_ATTRIBUTES
        # None was written for the base environment, long ago.
        environment = (yield None) if flags & HAS_TAG else self._base
        first = yield None
        second = yield None
        if flags & 0xFF == Sexp.CLOSURE:
            yield RClosure(first, second, environment, attributes)
        else:
            yield RPromise(first, second, environment, attributes)

    def _environment(self, _: int) -> Making:
        made = REnvironment()
        self._references.append(made)
        made.locked = self._stream.integer() != 0
        made.parent = yield None
        frame = yield None
        table = yield None
        made.attributes = _as_attributes((yield None))
        for chain in (frame, *(table.values if isinstance(table, RList) else ())):
            if isinstance(chain, RPairs):
                made.frame.update(zip(chain.tags, chain.values, strict=True))
        yield made


def _as_attributes(found: RObject) -> dict[str, RObject]:
    return dict(zip(found.tags, found.values, strict=True)) if isinstance(found, RPairs) else {}


def _always(value: RObject) -> Callable[[int], RObject]:
    return lambda _: value
