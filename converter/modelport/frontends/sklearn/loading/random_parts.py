"""Random states and generators; predictions hardly use them, but estimators keep them.

Their C code indexes by the positions that a state names, so these are checked.
"""

from collections.abc import Callable

import numpy as np

from modelport.frontends.sklearn.loading._guard import Blank, Call, Pair, State
from modelport.frontends.sklearn.loading.machine import StreamError, shown
from modelport.frontends.sklearn.loading.numpy_parts import plain_values

__all__ = ["CALLS", "STATES", "VALUES"]

_BIT_GENERATORS: dict[str, Pair] = {
    "MT19937": ("numpy.random._mt19937", "MT19937"),
    "PCG64": ("numpy.random._pcg64", "PCG64"),
    "PCG64DXSM": ("numpy.random._pcg64", "PCG64DXSM"),
    "Philox": ("numpy.random._philox", "Philox"),
    "SFC64": ("numpy.random._sfc64", "SFC64"),
}
_ARRAYS = {"MT19937": {"key": 624}, "Philox": {"counter": 4, "key": 2}, "SFC64": {"state": 4}}


def _bit_generator(_: Blank, args: tuple[object, ...]) -> object:
    """``__bit_generator_ctor('PCG64')`` or with the class itself; numpy's own calls whatever class it is given."""
    for name in _BIT_GENERATORS:
        cls: Callable[[], object] = getattr(np.random, name)
        if not args or args[0] is cls or (type(args[0]) is str and args[0] == name):
            return cls()  # without arguments: the first, MT19937
    raise StreamError(f"a random generator is to be made from {shown(args)}")


def _made_with(make: Callable[[object], object]) -> Callable[[Blank, tuple[object, ...]], object]:
    """``__generator_ctor(bit_generator[, constructor])``; numpy's own calls whatever constructor it is given."""

    def run(blank: Blank, args: tuple[object, ...]) -> object:
        if args and isinstance(args[0], np.random.BitGenerator) and len(args) == 1:
            return make(args[0])
        return make(_bit_generator(blank, args[:1]))

    return run


def _seed_sequence(_: Blank, args: tuple[object, ...]) -> object:
    """``__pyx_unpickle_SeedSequence(SeedSequence, checksum, None)``; the state follows."""
    if len(args) == 3 and args[0] is np.random.SeedSequence and args[2] is None:
        return np.random.SeedSequence.__new__(np.random.SeedSequence)
    raise StreamError(f"a seed sequence is to be made from {shown(args)}")


def _set_seed_sequence(target: object, state: object) -> None:
    """(entropy, children spawned, pool, pool size, spawn key), numbers all."""
    if type(state) is tuple and len(state) == 5:
        entropy, children, pool, size, key = state
        if (
            _is_entropy(entropy)
            and plain_values((children, size), (int,))
            and isinstance(pool, np.ndarray)
            and pool.dtype == np.uint32
            and pool.shape == (size,)
            and type(key) is tuple
            and plain_values(key, (int,))
        ):
            target.__setstate__(state)  # type: ignore[attr-defined]  # compiled: not in the stubs
            return
    raise StreamError("the state of a seed sequence is damaged")


def _is_entropy(value: object) -> bool:
    if type(value) in (list, tuple):
        return plain_values(value, (int,))  # type: ignore[arg-type]  # it is a sequence
    return (
        value is None
        or isinstance(value, int | np.integer)
        or (isinstance(value, np.ndarray) and value.dtype.kind in "iu")
    )


def _set_bit_generator(target: object, state: object) -> None:
    """A dict, or since numpy 1.25 (dict, seed sequence)."""
    parts = state if type(state) is tuple and len(state) == 2 else (state, None)
    if parts[1] is not None and not isinstance(parts[1], np.random.SeedSequence):
        raise StreamError("a random generator has another thing for its seed")
    _check(parts[0], type(target).__name__)
    target.__setstate__(state)  # type: ignore[attr-defined]  # compiled: not in the stubs


def _set_random_state(target: object, state: object) -> None:
    if not isinstance(target, np.random.RandomState):
        raise StreamError("a random state is of another class")
    _check(state, type(target._bit_generator).__name__)
    target.__setstate__(state)  # type: ignore[arg-type]  # the dict just checked


def _set_generator(target: object, state: object) -> None:
    """Up to numpy 1.25 a Generator was given the state of its bit generator; later none, or None."""
    if not isinstance(target, np.random.Generator):
        raise StreamError("a random generator is of another class")
    if state is not None:
        _check(state, type(target.bit_generator).__name__)
        target.bit_generator.state = state  # type: ignore[assignment]  # the dict just checked


def _check(state: object, name: str) -> None:
    """The keys and counters have their lengths, positions lie inside them; numpy checks the rest."""
    if type(state) is not dict or state.get("bit_generator") != name or type(state.get("state")) is not dict:
        raise StreamError(f"the state of a {name} is damaged")
    inner = state["state"]
    for key, length in _ARRAYS.get(name, {}).items():
        array = inner.get(key)
        if not isinstance(array, np.ndarray) or array.shape != (length,) or array.dtype.kind not in "iu":
            raise StreamError(f"the state of a {name} is damaged: {key}")
    if name == "MT19937" and not (type(inner.get("pos")) is int and 0 <= inner["pos"] <= 624):
        raise StreamError("the state of a MT19937 is damaged: pos")
    if name == "Philox" and not (type(state.get("buffer_pos")) is int and 0 <= state["buffer_pos"] <= 4):
        raise StreamError("the state of a Philox is damaged: buffer_pos")


VALUES: frozenset[Pair] = frozenset(_BIT_GENERATORS.values()) | {("numpy.random.bit_generator", "SeedSequence")}
"""Names that stand as arguments of the calls below; they are never called themselves."""

CALLS: dict[Pair, Call] = {
    ("numpy.random._pickle", "__bit_generator_ctor"): Call(_bit_generator, takes_state=True),
    ("numpy.random._pickle", "__generator_ctor"): Call(_made_with(np.random.Generator), takes_state=True),  # type: ignore[arg-type]
    ("numpy.random._pickle", "__randomstate_ctor"): Call(_made_with(np.random.RandomState), takes_state=True),  # type: ignore[arg-type]
    ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"): Call(_seed_sequence, takes_state=True),
}
STATES: dict[Pair, State] = {
    ("numpy.random.bit_generator", "SeedSequence"): _set_seed_sequence,
    ("numpy.random.bit_generator", "BitGenerator"): _set_bit_generator,
    ("numpy.random.mtrand", "RandomState"): _set_random_state,
    ("numpy.random._generator", "Generator"): _set_generator,
}
