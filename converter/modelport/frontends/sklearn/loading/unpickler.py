"""Second reading of a stream: builds the model, with every import, call and state checked again.

It does not rely on the first reading (audit.py): a name that is not allowed stops here as well, before its module
is imported.
"""

import importlib
import types
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from modelport.frontends.sklearn.loading._guard import Call, Pair, RefusedError
from modelport.frontends.sklearn.loading.allow_list import ARRAY_WRAPPER, is_inert, today
from modelport.frontends.sklearn.loading.guards import STAND_INS, STATES, call_of
from modelport.frontends.sklearn.loading.joblib_reader import ArrayWrapper
from modelport.frontends.sklearn.loading.machine import Machine, Source, StreamError, shown
from modelport.frontends.sklearn.loading.numpy_parts import dtype_from_state
from modelport.frontends.sklearn.loading.sklearn_parts import set_attributes
from modelport.frontends.sklearn.loading.stdlib_parts import Inert

__all__ = ["Builder", "MissingNameError"]


class MissingNameError(Exception):
    """The installed libraries do not have a name of the list; ``package_missing``: not even its package is there."""

    def __init__(self, pair: Pair, package_missing: bool) -> None:
        self.pair = pair
        self.package_missing = package_missing
        super().__init__(f"{pair[0]}.{pair[1]} does not exist here")


class _Token:
    """Lies on the stack for a name that is only ever called."""

    __slots__ = ("call", "pair")

    def __init__(self, pair: Pair, call: Call) -> None:
        self.pair = pair
        self.call = call


class Builder:
    """The world in which the model is built; one per file, not thread-safe."""

    replaced: tuple[type, ...] = (np.dtype,)

    def __init__(self, allowed: frozenset[Pair], trust: frozenset[Pair]) -> None:
        self._allowed = allowed
        self._trust = trust
        self._found: dict[Pair, object] = {}
        self._calls: dict[int, tuple[object, Call]] = {}  # by id of the object, kept alive beside it
        self._classes: dict[int, type] = {}
        self._trusted: dict[int, object] = {}
        self._stateless: dict[int, object] = {}  # made, and not yet given a state
        self._nested = False
        self.inert: set[Pair] = set()

    # -- names ---------------------------------------------------------------------------------------------------

    def find(self, module: str, name: str) -> object:
        """Returns the object of an allowed or trusted name, or what stands for it.

        Raises: RefusedError before anything is imported; MissingNameError.
        """
        pair = today(module, name)
        if pair not in self._found:
            self._found[pair] = self._resolve(pair)
        return self._found[pair]

    def _resolve(self, pair: Pair) -> object:
        if pair in self._trust:
            value = _imported(pair)
            self._trusted[id(value)] = value
            return value
        if "." in pair[1] or pair not in self._allowed:
            raise RefusedError(pair, "it is not in the list of known parts")
        if is_inert(pair):
            self.inert.add(pair)
            return Inert
        if pair == ARRAY_WRAPPER:
            return ArrayWrapper
        if pair in STAND_INS:
            return STAND_INS[pair]
        call = call_of(pair)
        if call is not None and not call.is_value:
            return _Token(pair, call)
        value = _imported(pair)
        if call is not None:
            self._calls[id(value)] = (value, call)
        elif isinstance(value, type):
            self._classes[id(value)] = value
        return value

    # -- making objects ------------------------------------------------------------------------------------------

    def call(self, function: object, args: tuple[object, ...]) -> object:
        """Runs the guard of ``function``; a trusted function runs itself."""
        if id(function) in self._trusted:
            return self._made(function(*args))  # type: ignore[operator]  # a failure is the user's to see
        if isinstance(function, _Token):
            call: Call | None = function.call
        else:
            call = self._calls[id(function)][1] if id(function) in self._calls else None
        if function is Inert:
            return self._made(Inert())
        if call is None:
            raise RefusedError(self._name_of(function), "the file calls it while it is loaded")
        value = call.run(self._instance, args)
        return self._made(value) if call.takes_state else value

    def new(self, cls: object, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Makes a blank instance of an allowed class; a trusted class gets its arguments."""
        if id(cls) in self._trusted:
            return self._made(_new(cls, *args, **kwargs))
        if cls is Inert:
            return self._made(Inert())
        if kwargs:
            raise RefusedError(self._name_of(cls), "the file makes one with arguments of its own")
        return self._instance(cls, args)

    def _instance(self, cls: object, args: tuple[object, ...]) -> object:
        """A blank instance of an allowed class, or a named tuple of ``args``."""
        if cls is ArrayWrapper:
            return ArrayWrapper()
        if id(cls) in self._trusted:
            return self._made(_new(cls, *args))
        if isinstance(cls, type) and cls in STAND_INS.values() and not args:
            return self._made(cls())
        if not isinstance(cls, type) or id(cls) not in self._classes:
            raise RefusedError(self._name_of(cls), "the file makes a blank one")
        if args and _is_namedtuple(cls):
            return _namedtuple(cls, args)
        if args:
            raise RefusedError(self._name_of(cls), "the file makes one with arguments of its own")
        # A class's own __new__ never runs. Python itself refuses these two for compiled classes: those need a guard.
        try:
            return self._made(dict.__new__(cls) if issubclass(cls, dict) else object.__new__(cls))
        except TypeError as err:
            raise RefusedError(self._name_of(cls), "it is made in a way of its own") from err

    def _made(self, value: object) -> object:
        self._stateless[id(value)] = value
        return value

    def _name_of(self, value: object) -> Pair:
        for pair, found in self._found.items():
            if found is value:
                return pair
        return (type(value).__module__, type(value).__qualname__)

    # -- giving them their content -------------------------------------------------------------------------------

    def build(self, target: object, state: object, source: Source) -> object:
        """Gives an object its state, once; compiled parts may already point into what a second state would free."""
        if isinstance(target, np.dtype):
            return dtype_from_state(target, state)
        if isinstance(target, ArrayWrapper):
            return target.read(state, source, self._read_nested)
        if self._stateless.pop(id(target), None) is not target or target is None:
            raise StreamError(f"a {type(target).__name__} is given a state that it does not wait for")
        if self._is_trusted(target):
            _set_trusted(target, state)
            return target
        kind = type(target)
        # A rule of its own, or that of the class which brings __setstate__, or plain attributes.
        owner = kind if _name(kind) in STATES else next((c for c in kind.__mro__ if "__setstate__" in vars(c)), None)
        if owner is None:
            _set_plain(target, state)
        elif _name(owner) in STATES:
            STATES[_name(owner)](target, state)
        else:
            raise RefusedError(_name(owner), "it restores itself in a way that was not reviewed")
        return target

    def append(self, target: object, items: Sequence[object]) -> None:
        """Only lists take items, and what the user trusts."""
        if not self._is_trusted(target):
            raise StreamError(f"items are appended to a {type(target).__name__}")
        for item in items:
            target.append(item)  # type: ignore[attr-defined]  # as pickle does

    def put(self, target: object, pairs: Sequence[tuple[object, object]]) -> None:
        """Only dicts take items, and what the user trusts."""
        plain = isinstance(target, OrderedDict | defaultdict) or (
            isinstance(target, dict) and type(target).__setitem__ is dict.__setitem__
        )
        if not plain and not self._is_trusted(target):
            raise StreamError(f"items are put into a {type(target).__name__}")
        for key, value in pairs:
            target[key] = value  # type: ignore[index]  # checked above

    def _is_trusted(self, target: object) -> bool:
        return id(type(target)) in self._trusted

    def _read_nested(self, source: Source) -> object:
        """joblib pickles an array of objects inside the file; joblib's wrappers cannot stand in that one."""
        if self._nested:
            raise StreamError("a joblib array stands inside an array of objects")
        self._nested = True
        array = Machine(source, self).run()
        self._nested = False
        if not isinstance(array, np.ndarray):
            raise StreamError(f"a {type(array).__name__} stands in place of an array of objects")
        return array


def _name(cls: type) -> Pair:
    return (cls.__module__, cls.__qualname__)


def _imported(pair: Pair) -> object:
    module, name = pair
    try:
        found = importlib.import_module(module)
    except ImportError as err:
        # The module itself is gone; or its package, or something that it needs, is not installed.
        is_gone = isinstance(err, ModuleNotFoundError) and f"{module}.".startswith(f"{err.name}.")
        raise MissingNameError(pair, package_missing=not is_gone or "." not in str(err.name)) from err
    if not hasattr(found, name):
        raise MissingNameError(pair, package_missing=False)
    value: object = getattr(found, name)
    if isinstance(value, types.ModuleType):
        raise RefusedError(pair, "it is a module")
    return value


def _new(cls: Any, *args: object, **kwargs: object) -> object:
    """NEWOBJ as pickle does it; ``cls`` is any class."""
    made: object = cls.__new__(cls, *args, **kwargs)
    return made


def _is_namedtuple(cls: object) -> bool:
    return isinstance(cls, type) and cls.__bases__ == (tuple,) and type(getattr(cls, "_fields", None)) is tuple


def _namedtuple(cls: Any, args: tuple[object, ...]) -> object:
    """A named tuple of as many items as it has names; its own ``__new__`` does not run."""
    if len(args) != len(cls._fields):
        raise StreamError(f"a {cls.__name__} of {len(args)} items")
    made: object = tuple.__new__(cls, args)
    return made


def _set_plain(target: object, state: object) -> None:
    """A dict of attributes, or (dict or None, dict of slots)."""
    if type(state) is tuple and len(state) == 2:
        state, slots = state
        if type(slots) is not dict:
            raise StreamError(f"the state of a {type(target).__name__} is {shown(state)}")
        for name, value in slots.items():
            slot = getattr(type(target), name, None) if type(name) is str else None
            if not isinstance(slot, types.MemberDescriptorType):
                raise StreamError(f"a {type(target).__name__} has no slot {shown(name)}")
            slot.__set__(target, value)
        if state is None:
            return
    set_attributes(target, state)


def _set_trusted(target: object, state: object) -> None:
    """As pickle does it."""
    restore = getattr(target, "__setstate__", None)
    if restore is not None:
        restore(state)
        return
    plain: Any  # whatever the trusted class saved
    plain, slots = state if type(state) is tuple and len(state) == 2 else (state, None)
    if plain:
        vars(target).update(plain)
    for name, value in (slots or {}).items():
        setattr(target, name, value)
