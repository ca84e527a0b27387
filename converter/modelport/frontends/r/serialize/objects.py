"""The nodes that a file of R is read into: plain data with attributes; no node runs, and none knows its file.

Nodes may refer to each other in circles (an environment to a closure, the closure to its environment), so they compare by
identity, are not shown recursively, and nothing here walks through them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

import numpy.typing as npt

from modelport.errors import ModelFileError, did_you_mean

__all__ = [
    "NO_ATTRIBUTES",
    "NULL",
    "RS4",
    "RBuiltin",
    "RBytecode",
    "RClosure",
    "REnvironment",
    "RList",
    "RNull",
    "RObject",
    "RPairs",
    "RPointer",
    "RPromise",
    "RStrings",
    "RSymbol",
    "RVector",
]

Values = npt.NDArray[Any]  # the dtype follows the kind, which a type cannot say


class RObject:
    """Any value of R, with its attributes by name."""

    __slots__ = ("attributes",)
    attributes: Mapping[str, "RObject"]
    word: ClassVar[str] = "object"

    def elements(self) -> Mapping[str, "RObject"]:
        """What ``x["name"]`` chooses from; of elements of one name the first counts, as in R."""
        return NO_ATTRIBUTES

    def get(self, name: str, default: "RObject | None" = None) -> "RObject | None":
        """The element of exactly this name, or the default."""
        return self.elements().get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.elements()

    def __getitem__(self, name: str) -> "RObject":
        """The element of exactly this name. Raises: ModelFileError when there is none."""
        found = self.elements()
        if name not in found:
            listed = ", ".join(list(found)[:40]) or "none"
            raise ModelFileError(
                f"the {self.describe()} has no element '{name}'{did_you_mean(name, list(found))}",
                where=f"its elements: {listed}",
                fix="save the model as its package made it, whole, with saveRDS",
            )
        return found[name]

    def describe(self) -> str:
        """A few words for an error message: what this is, and its class where it has one."""
        given = self.attributes.get("class")
        listed = [name for name in given.values if name] if isinstance(given, RStrings) else []
        return f"{self.word} of class '{listed[0]}'" if listed else self.word

    def __repr__(self) -> str:
        return f"<{self.describe()}>"


NO_ATTRIBUTES: Mapping[str, RObject] = MappingProxyType({})


def _no_attributes() -> Mapping[str, RObject]:
    return NO_ATTRIBUTES


@dataclass(slots=True, eq=False, repr=False)
class RNull(RObject):
    """NULL; there is one, ``NULL``."""

    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "NULL"

    def __len__(self) -> int:
        return 0


NULL = RNull()


@dataclass(slots=True, eq=False, repr=False)
class RVector(RObject):
    """An atomic vector that is no text. ``kind`` is logical, integer, double, complex or raw.

    Shapes: values [N], column-major where there is a ``dim``. Logical and integer are int32 with NA = -2**31, double is
    float64 with R's NA as a NaN of its own payload, raw is uint8.
    """

    kind: str
    values: Values
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "vector"

    def __len__(self) -> int:
        return len(self.values)

    def describe(self) -> str:
        """A few words for an error message."""
        said = RObject.describe(self)
        return said if said != self.word else f"{self.kind} vector of {len(self.values)}"


@dataclass(slots=True, eq=False, repr=False)
class RStrings(RObject):
    """A character vector; None is NA."""

    values: list[str | None]
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "character vector"

    def __len__(self) -> int:
        return len(self.values)


@dataclass(slots=True, eq=False, repr=False)
class RList(RObject):
    """A list ('list') or an expression vector ('expression'); ``x["name"]`` takes the first element of that name."""

    values: list[RObject]
    kind: str = "list"
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    _by_name: Mapping[str, RObject] | None = None
    word: ClassVar[str] = "list"

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[RObject]:
        return iter(self.values)

    def elements(self) -> Mapping[str, RObject]:
        """What ``x["name"]`` chooses from."""
        if self._by_name is None:
            given = self.attributes.get("names")
            named = given.values if isinstance(given, RStrings) else []
            self._by_name = _firsts(named, self.values)
        return self._by_name


@dataclass(slots=True, eq=False, repr=False)
class RPairs(RObject):
    """A pairlist ('pairlist'), a call ('call': the first value is what is called) or a '...' ('dots'); no tag is ''."""

    values: list[RObject]
    tags: list[str]
    kind: str = "pairlist"
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "pairlist"

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[RObject]:
        return iter(self.values)

    def elements(self) -> Mapping[str, RObject]:
        """What ``x["name"]`` chooses from."""
        return _firsts(self.tags, self.values)

    def describe(self) -> str:
        """A few words for an error message."""
        word = {"call": "call", "dots": "'...'"}.get(self.kind, self.word)
        return RObject.describe(self).replace(self.word, word, 1)


def _firsts(named: list[str | None] | list[str], values: list[RObject]) -> Mapping[str, RObject]:
    found: dict[str, RObject] = {}
    for name, value in zip(named, values, strict=False):
        if name:
            found.setdefault(name, value)
    return found


@dataclass(slots=True, eq=False, repr=False)
class RSymbol(RObject):
    """A name; the empty name stands for an argument without a default."""

    name: str
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "symbol"

    def describe(self) -> str:
        """A few words for an error message."""
        return f"symbol '{self.name}'"


@dataclass(slots=True, eq=False, repr=False)
class REnvironment(RObject):
    """An environment: 'plain', or by name 'global', 'base', 'empty', 'package', 'namespace', 'persistent'."""

    kind: str = "plain"
    name: str = ""
    frame: dict[str, RObject] = field(default_factory=dict)
    parent: RObject = NULL
    locked: bool = False
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "environment"

    def elements(self) -> Mapping[str, RObject]:
        """What ``x["name"]`` chooses from."""
        return self.frame

    def describe(self) -> str:
        """A few words for an error message."""
        said = RObject.describe(self)
        return said if self.kind == "plain" else f"{self.kind} environment {self.name}".strip()


@dataclass(slots=True, eq=False, repr=False)
class RClosure(RObject):
    """A function: formals, body (compiled or not) and environment."""

    formals: RObject
    body: RObject
    environment: RObject
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "function"


@dataclass(slots=True, eq=False, repr=False)
class RPromise(RObject):
    """An argument, evaluated when its value is not the symbol ''."""

    value: RObject
    expression: RObject
    environment: RObject
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "promise"


@dataclass(slots=True, eq=False, repr=False)
class RS4(RObject):
    """An S4 object; its slots are its attributes, and ``x["slot"]`` takes one."""

    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "S4 object"

    def elements(self) -> Mapping[str, RObject]:
        """What ``x["name"]`` chooses from."""
        return self.attributes


@dataclass(slots=True, eq=False, repr=False)
class RBuiltin(RObject):
    """A function of R's own, by name."""

    name: str
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "function"

    def describe(self) -> str:
        """A few words for an error message."""
        return f"function '{self.name}'"


@dataclass(slots=True, eq=False, repr=False)
class RPointer(RObject):
    """An external pointer ('pointer') or weak reference ('weak'): the memory that it points to is not in the file."""

    kind: str = "pointer"
    protected: RObject = NULL
    tag: RObject = NULL
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "external pointer"


@dataclass(slots=True, eq=False, repr=False)
class RBytecode(RObject):
    """Compiled code, never run; ``expression`` is the expression that it was compiled from."""

    expression: RObject = NULL
    attributes: Mapping[str, RObject] = field(default_factory=_no_attributes)
    word: ClassVar[str] = "bytecode"
