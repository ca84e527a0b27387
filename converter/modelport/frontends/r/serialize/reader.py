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
from modelport.frontends.r.serialize.refusals import damaged, too_deep
from modelport.frontends.r.serialize.stream import ByteStream
from modelport.frontends.r.serialize.strings import Decoder

__all__ = ["read_object"]

_Made = RObject | Making
_PAIRS: dict[int, str] = {
    Sexp.LIST.value: "pairlist",
    Sexp.LANG.value: "call",
    Sexp.DOTS.value: "dots",
    Sexp.ATTRIBUTED_LIST.value: "pairlist",
    Sexp.ATTRIBUTED_LANG.value: "call",
}
_VECTORS: dict[int, str] = {
    Sexp.LOGICAL.value: "logical",
    Sexp.INTEGER.value: "integer",
    Sexp.REAL.value: "double",
    Sexp.COMPLEX.value: "complex",
    Sexp.RAW.value: "raw",
}
# Items of a container that is no list: its own, and what it is made of.
_PARTS = 4
# An argument that was not given, and a variable without a value, are symbols without a name.
_MISSING = RSymbol("")


def read_object(stream: ByteStream, encoding: str, budget: Budget, where: str) -> RObject:
    """The one item that fills the rest of the stream. Raises: ModelFileError."""
    reader = _Reader(stream, Decoder(encoding), budget)
    found = reader.run()
    if not stream.ended():
        raise damaged(f"more follows after the end of the object, at {stream.position()}", where)
    return found


class _Reader:
    """The references that one stream has met, and a method for each kind of item."""

    def __init__(self, stream: ByteStream, decoder: Decoder, budget: Budget) -> None:
        self.stream = stream
        self._decoder = decoder
        self.budget = budget
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

    def run(self) -> RObject:
        """Reads the next item, whatever it holds."""
        stack: list[Making] = []
        item, depth = self.item, self.budget.limits.depth
        while True:
            made = item()
            while True:
                if not isinstance(made, RObject):
                    if len(stack) == depth:
                        raise too_deep(depth, self.stream.position(), self.budget.where)
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

    def item(self) -> _Made:
        """The next item if it is a leaf, else its making."""
        flags = self.stream.integer()
        kind = self._read.get(flags & 0xFF)
        return kind(flags) if kind is not None else self._unknown(flags)

    def _unknown(self, flags: int) -> _Made:
        raise damaged(f"an item of unknown type {flags & 0xFF}, before {self.stream.position()}", self.budget.where)

    # Leaves

    def _symbol(self, _: int) -> RObject:
        found = RSymbol(self._decoder.many(self.stream.texts(1))[0] or "NA")
        self._references.append(found)
        return found

    def _lone_text(self, flags: int) -> RObject:
        size = self.stream.integer()
        return RStrings([self._decoder.one(flags, None if size == -1 else self.stream.text(size))])

    def _builtin(self, _: int) -> RObject:
        return RBuiltin(self.stream.text(self.stream.integer()).decode("latin-1"))

    def _named(self, flags: int) -> RObject:
        kind = {Sexp.PACKAGE: "package", Sexp.NAMESPACE: "namespace", Sexp.PERSISTENT: "persistent"}[Sexp(flags & 0xFF)]
        self.stream.integer()
        names = self._decoder.many(self.stream.texts(self.stream.length()))
        found = REnvironment(kind, (names[0] or "") if names else "")
        self._references.append(found)
        return found

    def _reference(self, flags: int) -> RObject:
        index = (flags >> 8) or self.stream.integer()
        if not 0 < index <= len(self._references):
            raise damaged(
                f"a reference to object {index} of {len(self._references)}, before {self.stream.position()}",
                self.budget.where,
            )
        return self._references[index - 1]

    # What may have attributes, which follow it

    def _vector(self, flags: int) -> _Made:
        kind = _VECTORS[flags & 0xFF]
        made = RVector(kind, self.stream.vector(kind, self.stream.length()))
        return self._attributed(made) if flags & HAS_ATTRIBUTES else made

    def _strings(self, flags: int) -> _Made:
        made = RStrings(self._decoder.many(self.stream.texts(self.stream.length())))
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
        item = self.item
        count = self.stream.length()
        self.budget.take(count * NODE_BYTES)
        for _ in range(count):
            found = item()
            # What is at hand is not asked for: a leaf costs no turn of the loop in run().
            values.append(found if isinstance(found, RObject) else (yield found))
        if flags & HAS_ATTRIBUTES:
            made.attributes = _as_attributes((yield None))
        yield made

    def _pointer(self, flags: int) -> Making:
        self.budget.take(_PARTS * NODE_BYTES)
        made = RPointer("pointer" if flags & 0xFF == Sexp.POINTER else "weak")
        self._references.append(made)
        if made.kind == "pointer":
            made.protected = yield None
            made.tag = yield None
        if flags & HAS_ATTRIBUTES:
            made.attributes = _as_attributes((yield None))
        yield made

    def _bytecode(self, flags: int) -> Making:
        self.budget.take(_PARTS * NODE_BYTES)
        made = yield bytecode(self)
        if flags & HAS_ATTRIBUTES:
            made.attributes = _as_attributes((yield None))
        yield made

    def _altrep(self, _: int) -> Making:
        self.budget.take(_PARTS * NODE_BYTES)
        info = yield None
        state = yield None
        attributes = _as_attributes((yield None))
        first = info.values[0] if isinstance(info, RPairs) and info.values else NULL
        made = expand(first.name if isinstance(first, RSymbol) else "", state, self.budget)
        # A state that is kept may be shared, as NULL and names are: those have no attributes of their own.
        if attributes and isinstance(made, RVector | RStrings | RList | RPairs | RS4):
            made.attributes = attributes
        yield made

    # What has its attributes first, or none

    def _pairs(self, flags: int) -> Making:
        """A chain of cells, in one go: each has attributes, tag and value, and ends in the next or in NULL."""
        integer, item, take = self.stream.integer, self.item, self.budget.take
        made = RPairs([], [], _PAIRS[flags & 0xFF])
        values, tags = made.values, made.tags
        while True:
            take(NODE_BYTES)
            if flags & HAS_ATTRIBUTES:
                attributes = _as_attributes((yield None))
                made.attributes = made.attributes or attributes
            if flags & HAS_TAG:
                found = item()
                tag = found if isinstance(found, RObject) else (yield found)
                tags.append(tag.name if isinstance(tag, RSymbol) else "")
            else:
                tags.append("")
            found = item()
            values.append(found if isinstance(found, RObject) else (yield found))
            flags = integer()
            if flags & 0xFF in (Sexp.NULL, Sexp.NIL):
                break
            if flags & 0xFF not in _PAIRS:
                # A pair whose second half is no list, as R stores numbers shown as text.
                rest = self._read.get(flags & 0xFF, self._unknown)(flags)
                values.append(rest if isinstance(rest, RObject) else (yield rest))
                tags.append("")
                break
        yield made

    def _function(self, flags: int) -> Making:
        self.budget.take(_PARTS * NODE_BYTES)
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
        self.budget.take(_PARTS * NODE_BYTES)
        made = REnvironment()
        self._references.append(made)
        made.locked = self.stream.integer() != 0
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
