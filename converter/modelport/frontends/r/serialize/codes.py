"""The codes of R's serialize stream: types of objects, flags, and how the making of an object is told."""

from collections.abc import Generator
from enum import IntEnum
from typing import Protocol, TypeAlias, Union

from modelport.frontends.r.serialize.limits import Budget
from modelport.frontends.r.serialize.objects import RObject
from modelport.frontends.r.serialize.stream import ByteStream

__all__ = ["HAS_ATTRIBUTES", "HAS_TAG", "Making", "Sexp", "Source"]

HAS_ATTRIBUTES = 0x200
HAS_TAG = 0x400

# An object in the making asks for the next item of the stream with None, for a part with its Making, and gives itself last.
Making: TypeAlias = Generator[Union[RObject, "Making", None], RObject, None]


class Source(Protocol):
    """What makers share: the stream, what is left of the limits, and the start of the next item."""

    stream: ByteStream
    budget: Budget

    def item(self) -> "RObject | Making":
        """The next item if it is a leaf, else its making."""


class Sexp(IntEnum):
    """The low byte of an item's flags. Source: R's Rinternals.h and serialize.c."""

    NIL = 0
    SYMBOL = 1
    LIST = 2
    CLOSURE = 3
    ENVIRONMENT = 4
    PROMISE = 5
    LANG = 6
    SPECIAL = 7
    BUILTIN = 8
    CHAR = 9
    LOGICAL = 10
    INTEGER = 13
    REAL = 14
    COMPLEX = 15
    STRING = 16
    DOTS = 17
    VECTOR = 19
    EXPRESSION = 20
    BYTECODE = 21
    POINTER = 22
    WEAK = 23
    RAW = 24
    S4 = 25
    ALTREP = 238
    ATTRIBUTED_LIST = 239
    ATTRIBUTED_LANG = 240
    BASE = 241
    EMPTY = 242
    CELL_REFERRED = 243
    CELL_DEFINED = 244
    PERSISTENT = 247
    PACKAGE = 248
    NAMESPACE = 249
    BASE_NAMESPACE = 250
    MISSING = 251
    UNBOUND = 252
    GLOBAL = 253
    NULL = 254
    REFERENCE = 255
