"""The calls of Python's own types that model files make, with the arguments that pickling gives them.

What is not here is not called: no eval, exec, __import__, compile, open, no operator.*, no getattr but the one below.
"""

import functools
import inspect
from collections import OrderedDict, defaultdict
from typing import Any

from modelport.frontends.sklearn.loading._guard import Blank, Call, Pair, RefusedError
from modelport.frontends.sklearn.loading.machine import StreamError, checked_keys, shown
from modelport.frontends.sklearn.loading.numpy_parts import plain_values

__all__ = ["CALLS", "STATES", "Inert"]

_FACTORIES = (OrderedDict, dict, list, set, int, float, str)
_MAX_RANGE = 1 << 24
_PLAIN = (bool, int, float, str, type(None))


class Inert:
    """Stands for a part that no prediction uses: takes any state, does nothing."""

    def __setstate__(self, state: object) -> None:
        """The state is dropped."""

    def __repr__(self) -> str:
        return "<a part that is not restored>"


def _damaged(name: str, args: tuple[object, ...]) -> StreamError:
    return StreamError(f"{name} is called with {shown(args)}")


def _encode(_: Blank, args: tuple[object, ...]) -> object:
    """Bytes before protocol 3: ``_codecs.encode(text, 'latin1')``. Other codecs reach registered functions."""
    if len(args) != 2 or type(args[0]) is not str or args[1] not in ("latin1", "latin-1"):
        raise _damaged("_codecs.encode", args)
    return args[0].encode("latin1")


def _bytes(_: Blank, args: tuple[object, ...]) -> object:
    if args:  # bytes(n) makes n zeros
        raise _damaged("bytes", args)
    return b""


def _bytearray(_: Blank, args: tuple[object, ...]) -> object:
    """``bytearray(bytes)`` or ``bytearray(text, 'latin-1')``; ``bytearray(n)`` makes n zeros."""
    if not args:
        return bytearray()
    if len(args) == 1 and isinstance(args[0], bytes):
        return bytearray(args[0])
    if len(args) == 2 and isinstance(args[0], str) and args[1] == "latin-1":
        return bytearray(args[0].encode("latin1"))
    raise _damaged("bytearray", args)


def _set(_: Blank, args: tuple[object, ...]) -> object:
    return set(_items("set", args))


def _frozenset(_: Blank, args: tuple[object, ...]) -> object:
    return frozenset(_items("frozenset", args))


def _items(name: str, args: tuple[object, ...]) -> list[object]:
    if not args:
        return []
    if len(args) == 1 and type(args[0]) in (list, tuple, set, frozenset):
        return checked_keys(list(args[0]))  # type: ignore[call-overload]  # it is one of these
    raise _damaged(name, args)


def _slice(_: Blank, args: tuple[object, ...]) -> object:
    if len(args) != 3 or not plain_values(args, (int, str, type(None))):
        raise _damaged("slice", args)
    return slice(*args)


def _range(_: Blank, args: tuple[object, ...]) -> object:
    if len(args) != 3 or not all(type(arg) is int and abs(arg) < _MAX_RANGE for arg in args):
        raise _damaged("range", args)
    return range(*args)  # type: ignore[call-overload]  # three plain ints


def _complex(_: Blank, args: tuple[object, ...]) -> object:
    if len(args) != 2 or not plain_values(args, (float,)):
        raise _damaged("complex", args)
    return complex(*args)  # type: ignore[call-overload]  # plain floats


def _ordered(_: Blank, args: tuple[object, ...]) -> object:
    """``OrderedDict()``; its items follow."""
    if args:
        raise _damaged("collections.OrderedDict", args)
    return OrderedDict()


def _default(_: Blank, args: tuple[object, ...]) -> object:
    """``defaultdict(factory)``: the factory runs at any look-up of a missing key, so it must be a plain container."""
    if len(args) > 1 or (args and args[0] is not None and not any(args[0] is known for known in _FACTORIES)):
        raise _damaged("collections.defaultdict", args)
    return defaultdict(*args)


def _reconstructor(blank: Blank, args: tuple[object, ...]) -> object:
    """Objects before protocol 2: ``(cls, object, None)``; ``(cls, dict, {…})``; ``(cls, tuple, (…))``."""
    if len(args) == 3 and args[1] is object and args[2] is None:
        return blank(args[0], ())
    if len(args) == 3 and args[1] is dict and type(args[2]) is dict:
        made = blank(args[0], ())
        if isinstance(made, dict) and type(made).__setitem__ is dict.__setitem__:
            made.update(args[2])
            return made
    if len(args) == 3 and args[1] is tuple and type(args[2]) is tuple:
        return blank(args[0], args[2])
    raise _damaged("copyreg._reconstructor", args)


def _getattr(_: Blank, args: tuple[object, ...]) -> object:
    """A discrete distribution in a search's parameters holds a method of its own; the inert stand-in has none.

    Nothing is looked up. Any other object here is refused.
    """
    if len(args) == 2 and isinstance(args[0], Inert):
        return Inert()
    raise RefusedError(("builtins", "getattr"), "it looks up an attribute by a name from the file")


def _partial(_: Blank, args: tuple[object, ...]) -> object:
    """HistGradientBoosting with categories holds ``partial(check_array, dtype=…)``: that function and no other."""
    from sklearn.utils.validation import check_array

    function: Any = args[0] if len(args) == 1 else None
    if function is check_array:
        wrapped: object = functools.partial(function)
        return wrapped
    raise RefusedError(("functools", "partial"), "it wraps a function other than sklearn's check_array")


def _set_partial(target: object, state: object) -> None:
    """(function, positional, keywords, attributes): the same function, keywords of check_array with plain values."""
    from sklearn.utils.validation import check_array

    if type(state) is tuple and len(state) == 4 and state[0] is check_array and not state[1] and not state[3]:
        known = inspect.signature(check_array).parameters
        keywords = _renamed(state[2])
        if (
            type(state[1]) is tuple
            and type(keywords) is dict
            and all(
                key in known and (type(value) in _PLAIN or isinstance(value, type) or _is_dtype_list(value))
                for key, value in keywords.items()
            )
        ):
            target.__setstate__((check_array, (), keywords, None))  # type: ignore[attr-defined]  # functools.partial has it
            return
    raise RefusedError(("functools", "partial"), "it wraps sklearn's check_array with arguments of its own")


def _renamed(keywords: object) -> object:
    """Up to 1.5 ``ensure_all_finite`` had another name."""
    if type(keywords) is dict and "force_all_finite" in keywords:
        return {"ensure_all_finite" if key == "force_all_finite" else key: value for key, value in keywords.items()}
    return keywords


def _is_dtype_list(value: object) -> bool:
    return type(value) is list and all(isinstance(item, type) for item in value)


CALLS: dict[Pair, Call] = {
    ("_codecs", "encode"): Call(_encode),
    ("builtins", "bytearray"): Call(_bytearray, is_value=True),
    ("builtins", "bytes"): Call(_bytes, is_value=True),
    ("builtins", "complex"): Call(_complex, is_value=True),
    ("builtins", "frozenset"): Call(_frozenset, is_value=True),
    ("builtins", "getattr"): Call(_getattr, takes_state=True),
    ("builtins", "range"): Call(_range),
    ("builtins", "set"): Call(_set, is_value=True),
    ("builtins", "slice"): Call(_slice),
    ("collections", "OrderedDict"): Call(_ordered, is_value=True),
    ("collections", "defaultdict"): Call(_default),
    ("copyreg", "_reconstructor"): Call(_reconstructor, takes_state=True),
    ("functools", "partial"): Call(_partial, takes_state=True),
}
STATES = {("functools", "partial"): _set_partial}
