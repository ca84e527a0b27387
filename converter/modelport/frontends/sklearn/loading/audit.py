"""First reading of a stream: collects every name in it and whether it may be there; builds and imports nothing.

Objects are stand-ins without behaviour. Only dtypes and joblib's array wrappers are real, because the bytes of an
array stand in the middle of the stream and must be stepped over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from modelport.frontends.sklearn.loading._guard import Pair
from modelport.frontends.sklearn.loading.allow_list import ARRAY_WRAPPER, is_inert, today
from modelport.frontends.sklearn.loading.joblib_reader import ArrayWrapper
from modelport.frontends.sklearn.loading.machine import Machine, Source, StreamError
from modelport.frontends.sklearn.loading.numpy_parts import dtype_from_args, dtype_from_state

__all__ = ["Audit", "Rules", "audit"]


@dataclass(frozen=True)
class Rules:
    """``allowed`` pairs may stand in the file, ``may_call`` says which of them it may call; ``trust`` may do all."""

    allowed: frozenset[Pair]
    may_call: Callable[[Pair], bool]
    trust: frozenset[Pair]


@dataclass(frozen=True)
class Audit:
    """What a stream names: all pairs, and those that are refused, each in the order of its first appearance.

    ``versions``: what its estimators say of the scikit-learn that saved them.
    """

    names: dict[Pair, None] = field(default_factory=dict)
    refused: dict[Pair, None] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)


def audit(source: Source, rules: Rules) -> Audit:
    """Reads the whole stream and returns what it names.

    Raises: StreamError for a damaged stream, unless names were refused before the damage.
    """
    seen = Audit()
    try:
        Machine(source, _Recorder(seen, rules)).run()
    except (StreamError, RecursionError):
        if not seen.refused:
            raise
    return seen


class _Seen:
    """A stand-in for what the stream names or makes; ``pair`` is the name, or that of the class or function."""

    __slots__ = ("is_name", "pair")

    def __init__(self, pair: Pair | None, is_name: bool) -> None:
        self.pair = pair
        self.is_name = is_name


_ANYTHING = _Seen(None, is_name=False)


class _Recorder:
    """The world of the first reading."""

    replaced: tuple[type, ...] = (np.dtype,)

    def __init__(self, seen: Audit, rules: Rules, is_nested: bool = False) -> None:
        self._seen = seen
        self._rules = rules
        self._is_nested = is_nested

    def find(self, module: str, name: str) -> object:
        pair = today(module, name)
        self._seen.names[pair] = None
        if pair not in self._rules.trust and ("." in name or pair not in self._rules.allowed):
            self._seen.refused[pair] = None
        if pair == ("numpy", "ndarray"):
            return np.ndarray
        if pair == ("numpy", "matrix"):
            return np.matrix
        return _Seen(pair, is_name=True)

    def call(self, function: object, args: tuple[object, ...]) -> object:
        if not isinstance(function, _Seen) or function.pair is None or not function.is_name:
            return _ANYTHING
        pair = function.pair
        if pair == ("numpy", "dtype"):
            return dtype_from_args(args)
        if pair not in self._rules.trust and not (self._rules.may_call(pair) and _may_reach(pair, args)):
            self._seen.refused[pair] = None
        return _Seen(pair, is_name=False)

    def new(self, cls: object, _: tuple[object, ...], __: dict[str, object]) -> object:
        if isinstance(cls, _Seen) and cls.is_name:
            return ArrayWrapper() if cls.pair == ARRAY_WRAPPER else _Seen(cls.pair, is_name=False)
        return _ANYTHING

    def build(self, target: object, state: object, source: Source) -> object:
        if isinstance(target, np.dtype):
            return dtype_from_state(target, state)
        if type(state) is dict and type(state.get("_sklearn_version")) is str:
            self._seen.versions.add(state["_sklearn_version"])
        if isinstance(target, ArrayWrapper):
            return target.skip(state, source, self._nested)
        return target

    def append(self, target: object, items: Sequence[object]) -> None:
        """Whether the object takes items shows when it is built."""

    def put(self, target: object, pairs: Sequence[tuple[object, object]]) -> None:
        """Whether the object takes items shows when it is built."""

    def _nested(self, source: Source) -> object:
        if self._is_nested:
            raise StreamError("a joblib array stands inside an array of objects")
        return Machine(source, _Recorder(self._seen, self._rules, is_nested=True)).run()


def _may_reach(pair: Pair, args: tuple[object, ...]) -> bool:
    """The two functions that could reach anything are let through for one use each; see stdlib_parts.py."""
    first = args[0] if args else None
    target = first.pair if isinstance(first, _Seen) else None
    if pair == ("builtins", "getattr"):
        return isinstance(first, _Seen) and not first.is_name and target is not None and is_inert(target)
    if pair == ("functools", "partial"):
        return len(args) == 1 and target == ("sklearn.utils.validation", "check_array")
    return True
