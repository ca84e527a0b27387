"""The opcode machine: reads a pickle stream and hands every import, call and state to a world that decides.

It knows the opcodes and nothing else: it imports nothing, calls nothing of the stream's and sets no attribute.
Python's own unpickler never sees the stream, so there is no second reading of it that could differ from ours.
"""

import enum
import io
import pickletools
from collections.abc import Iterator, Sequence
from typing import Protocol

__all__ = ["Machine", "Source", "StreamError", "World", "checked_keys", "shown"]

_KEY_DEPTH = 4
_KEY_ITEMS = 1000
_PLAIN = frozenset({str, int, float, bool, bytes, complex, type(None)})
_PYTHON2_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}
_PYTHON2_NAMES = {"long": "int", "unicode": "str", "xrange": "range"}
_EXTENSION_CODES = frozenset({"EXT1", "EXT2", "EXT4"})
_PERSISTENT_IDS = frozenset({"PERSID", "BINPERSID"})
_BUFFERS = frozenset({"NEXT_BUFFER", "READONLY_BUFFER"})


def shown(value: object) -> str:
    """A value as an error may show it. Never ``repr``: that of nested tuples can take for ever, others run code."""
    if type(value) in (int, float, str, bytes):
        return f"{value!r:.60}"
    if type(value) is tuple:
        return f"({', '.join(shown(item) if type(item) is not tuple else '(…)' for item in value[:4])})"
    return f"<{type(value).__name__}>" if value is not None else "None"


class StreamError(Exception):
    """The stream is damaged, or asks for something that no model file needs; the text says what."""


class Source(io.BytesIO):
    """The whole stream in memory; it knows how much is left, so a declared size can be held against it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.size = len(data)

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self.size - self.tell()


class World(Protocol):
    """What the stream may do. One world only records, one builds."""

    replaced: tuple[type, ...]
    """Types whose objects ``build`` may replace by others; the machine then corrects its memo."""

    def find(self, module: str, name: str) -> object:
        """A name of the stream."""

    def call(self, function: object, args: tuple[object, ...]) -> object:
        """REDUCE: ``function(*args)``."""

    def new(self, cls: object, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """NEWOBJ: ``cls.__new__(cls, *args, **kwargs)``."""

    def build(self, target: object, state: object, source: Source) -> object:
        """BUILD: gives ``target`` its state; returns the object that takes its place, nearly always itself."""

    def append(self, target: object, items: Sequence[object]) -> None:
        """APPENDS on something that is no list."""

    def put(self, target: object, pairs: Sequence[tuple[object, object]]) -> None:
        """SETITEMS on something that is no plain dict."""


class _Mark:
    """Where an opcode MARK stood on the stack."""


_MARK = _Mark()


class Machine:
    """Runs one pickle stream from ``source`` in ``world``; one instance per stream, not thread-safe."""

    def __init__(self, source: Source, world: World) -> None:
        self._source = source
        self._world = world
        self._stack: list[object] = []
        self._memo: dict[int, object] = {}
        self._keys_of: dict[int, list[int]] = {}
        self._protocol = 0

    def run(self) -> object:
        """Returns the object that the stream ends with.

        Raises: StreamError; and whatever a damaged stream makes a constructor raise.
        """
        for opcode, argument, _ in self._opcodes():
            name = opcode.name
            if name in _PUSHED:
                self._stack.append(argument)
            elif name == "STOP":
                return self._pop()
            elif name in _HANDLERS:
                _HANDLERS[name](self, argument)
            elif name in _EXTENSION_CODES:
                raise StreamError(f"it uses the extension code {argument}, which stands for a name not in the file")
            elif name in _PERSISTENT_IDS:
                raise StreamError("it refers to objects outside the file (a persistent id)")
            elif name in _BUFFERS:
                raise StreamError("its buffers were saved outside the file (protocol 5, out of band)")
            elif name != "FRAME":  # a frame only groups opcodes for faster reading
                raise StreamError(f"opcode {name} is unknown")
        raise StreamError("it ends before its STOP opcode")

    def _opcodes(self) -> Iterator[tuple[pickletools.OpcodeInfo, object, int | None]]:
        try:
            yield from pickletools.genops(self._source)
        except (ValueError, EOFError) as err:
            raise StreamError(f"at byte {self._source.tell()}: {err}") from err

    # -- stack ---------------------------------------------------------------------------------------------------

    def _pop(self) -> object:
        if not self._stack or self._stack[-1] is _MARK:
            raise StreamError("an opcode found the stack empty")
        return self._stack.pop()

    def _top(self) -> object:
        if not self._stack or self._stack[-1] is _MARK:
            raise StreamError("an opcode found the stack empty")
        return self._stack[-1]

    def _pop_mark(self) -> list[object]:
        for at in range(len(self._stack) - 1, -1, -1):
            if self._stack[at] is _MARK:
                items = self._stack[at + 1 :]
                del self._stack[at:]
                return items
        raise StreamError("an opcode found no mark on the stack")

    def _proto(self, argument: object) -> None:
        if not isinstance(argument, int) or argument > 5:
            raise StreamError(f"pickle protocol {argument!r} is unknown")
        self._protocol = argument

    def _mark(self, _: object) -> None:
        self._stack.append(_MARK)

    def _drop(self, _: object) -> None:
        if not self._stack:
            raise StreamError("an opcode found the stack empty")
        self._stack.pop()

    def _drop_mark(self, _: object) -> None:
        self._pop_mark()

    def _dup(self, _: object) -> None:
        self._stack.append(self._top())

    # -- constants and containers --------------------------------------------------------------------------------

    def _none(self, _: object) -> None:
        self._stack.append(None)

    def _newtrue(self, _: object) -> None:
        self._stack.append(True)

    def _newfalse(self, _: object) -> None:
        self._stack.append(False)

    def _empty_tuple(self, _: object) -> None:
        self._stack.append(())

    def _empty_list(self, _: object) -> None:
        self._stack.append([])

    def _empty_dict(self, _: object) -> None:
        self._stack.append({})

    def _empty_set(self, _: object) -> None:
        self._stack.append(set())

    def _tuple(self, _: object) -> None:
        self._stack.append(tuple(self._pop_mark()))

    def _tuple1(self, _: object) -> None:
        self._stack.append((self._pop(),))

    def _tuple2(self, _: object) -> None:
        second = self._pop()
        self._stack.append((self._pop(), second))

    def _tuple3(self, _: object) -> None:
        third, second = self._pop(), self._pop()
        self._stack.append((self._pop(), second, third))

    def _list(self, _: object) -> None:
        self._stack.append(self._pop_mark())

    def _dict(self, _: object) -> None:
        self._stack.append(dict(_pairs(self._pop_mark())))

    def _frozenset(self, _: object) -> None:
        self._stack.append(frozenset(checked_keys(self._pop_mark())))

    def _append(self, _: object) -> None:
        item = self._pop()
        self._extend([item])

    def _appends(self, _: object) -> None:
        self._extend(self._pop_mark())

    def _extend(self, items: list[object]) -> None:
        target = self._top()
        if type(target) is list:
            target.extend(items)
        else:
            self._world.append(target, items)

    def _setitem(self, _: object) -> None:
        value = self._pop()
        self._update([self._pop(), value])

    def _setitems(self, _: object) -> None:
        self._update(self._pop_mark())

    def _update(self, items: list[object]) -> None:
        target = self._top()
        pairs = _pairs(items)
        if type(target) is dict:
            target.update(pairs)
        else:
            self._world.put(target, pairs)

    def _additems(self, _: object) -> None:
        items = self._pop_mark()
        target = self._top()
        if type(target) is not set:
            raise StreamError(f"it adds items to a {type(target).__name__}")
        target.update(checked_keys(items))

    # -- memo ----------------------------------------------------------------------------------------------------

    def _memoize(self, _: object) -> None:
        self._remember(len(self._memo))

    def _put(self, argument: object) -> None:
        if not isinstance(argument, int) or argument < 0:
            raise StreamError(f"memo slot {argument!r} is no number")
        self._remember(argument)

    def _remember(self, slot: int) -> None:
        value = self._top()
        self._memo[slot] = value
        if isinstance(value, self._world.replaced):
            self._keys_of.setdefault(id(value), []).append(slot)

    def _get(self, argument: object) -> None:
        if argument not in self._memo:
            raise StreamError(f"memo slot {argument!r} was never filled")
        self._stack.append(self._memo[argument])

    # -- what the world decides ----------------------------------------------------------------------------------

    def _global(self, argument: object) -> None:
        module, _, name = str(argument).partition(" ")
        self._find(module, name)

    def _stack_global(self, _: object) -> None:
        name, module = self._pop(), self._pop()
        if type(name) is not str or type(module) is not str:
            raise StreamError("STACK_GLOBAL needs two strings")
        self._find(module, name)

    def _find(self, module: str, name: str) -> None:
        if self._protocol < 3:  # Python 3 writes Python 2's names up to protocol 2
            name = _PYTHON2_NAMES.get(name, name) if module == "__builtin__" else name
            module = _PYTHON2_MODULES.get(module, module)
        self._stack.append(self._world.find(module, name))

    def _reduce(self, _: object) -> None:
        args, function = self._pop(), self._pop()
        self._stack.append(self._world.call(function, _args(args)))

    def _inst(self, argument: object) -> None:
        args = tuple(self._pop_mark())
        self._global(argument)
        self._stack.append(self._world.call(self._pop(), args))

    def _obj(self, _: object) -> None:
        items = self._pop_mark()
        if not items:
            raise StreamError("OBJ without a class")
        self._stack.append(self._world.call(items[0], tuple(items[1:])))

    def _newobj(self, _: object) -> None:
        args, cls = self._pop(), self._pop()
        self._stack.append(self._world.new(cls, _args(args), {}))

    def _newobj_ex(self, _: object) -> None:
        kwargs, args, cls = self._pop(), self._pop(), self._pop()
        if type(kwargs) is not dict or not all(type(key) is str for key in kwargs):
            raise StreamError("NEWOBJ_EX needs a dict of keywords")
        self._stack.append(self._world.new(cls, _args(args), kwargs))

    def _build(self, _: object) -> None:
        state = self._pop()
        target = self._top()
        made = self._world.build(target, state, self._source)
        if made is not target:
            self._stack[-1] = made
            for slot in self._keys_of.get(id(target), ()):
                if self._memo.get(slot) is target:
                    self._memo[slot] = made


def _args(args: object) -> tuple[object, ...]:
    if type(args) is not tuple:
        raise StreamError(f"arguments are a {type(args).__name__}, not a tuple")
    return args


def _pairs(items: list[object]) -> list[tuple[object, object]]:
    if len(items) % 2:
        raise StreamError("a dict has a key without a value")
    return list(zip(checked_keys(items[::2]), items[1::2], strict=True))


def checked_keys(keys: list[object]) -> list[object]:
    """Returns ``keys`` if hashing and comparing them is quick and runs nobody's code.

    Raises: StreamError.
    """
    for key in keys:
        if type(key) not in _PLAIN:
            _check_key(key, _KEY_DEPTH, [_KEY_ITEMS])
    return keys


def _check_key(key: object, depth: int, budget: list[int]) -> None:
    """A tuple of tuples that share their parts takes 2^depth steps to hash; a foreign ``__hash__`` runs code."""
    budget[0] -= 1
    if depth == 0 or budget[0] < 0:
        raise StreamError("a dict key or set item is nested too deeply")
    kind = type(key)
    if kind in (tuple, frozenset):
        for item in key:  # type: ignore[attr-defined]  # it is one of the two
            _check_key(item, depth - 1, budget)
    elif kind in _PLAIN or isinstance(key, type | enum.Enum) or kind.__module__ == "numpy":  # numpy: its scalars
        return
    elif kind.__hash__ is not object.__hash__:
        raise StreamError(f"a dict key or set item is a {kind.__name__}")


_PUSHED = frozenset(
    {
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    }
)
_HANDLERS = {
    "PROTO": Machine._proto,
    "MARK": Machine._mark,
    "POP": Machine._drop,
    "POP_MARK": Machine._drop_mark,
    "DUP": Machine._dup,
    "NONE": Machine._none,
    "NEWTRUE": Machine._newtrue,
    "NEWFALSE": Machine._newfalse,
    "EMPTY_TUPLE": Machine._empty_tuple,
    "EMPTY_LIST": Machine._empty_list,
    "EMPTY_DICT": Machine._empty_dict,
    "EMPTY_SET": Machine._empty_set,
    "TUPLE": Machine._tuple,
    "TUPLE1": Machine._tuple1,
    "TUPLE2": Machine._tuple2,
    "TUPLE3": Machine._tuple3,
    "LIST": Machine._list,
    "DICT": Machine._dict,
    "FROZENSET": Machine._frozenset,
    "APPEND": Machine._append,
    "APPENDS": Machine._appends,
    "SETITEM": Machine._setitem,
    "SETITEMS": Machine._setitems,
    "ADDITEMS": Machine._additems,
    "MEMOIZE": Machine._memoize,
    "PUT": Machine._put,
    "BINPUT": Machine._put,
    "LONG_BINPUT": Machine._put,
    "GET": Machine._get,
    "BINGET": Machine._get,
    "LONG_BINGET": Machine._get,
    "GLOBAL": Machine._global,
    "STACK_GLOBAL": Machine._stack_global,
    "REDUCE": Machine._reduce,
    "INST": Machine._inst,
    "OBJ": Machine._obj,
    "NEWOBJ": Machine._newobj,
    "NEWOBJ_EX": Machine._newobj_ex,
    "BUILD": Machine._build,
}
