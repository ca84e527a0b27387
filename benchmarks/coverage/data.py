"""Small synthetic data sets, one a kind: 400 rows to train on, 300 others to judge by, eight features, one near 1000."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["KINDS", "Data", "make"]

SEED = 20240613
TRAIN, TEST, WIDTH = 400, 300, 8
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Data:
    """What fit() gets, and rows that it has not seen. Any: arrays, frames, lists of texts."""

    x: Any
    y: Any
    unseen: Any


def _numbers(rng: np.random.Generator, count: int) -> Array:
    x = rng.normal(size=(count, WIDTH))
    x[:, 3] += 1000.0
    x[:, 5] = np.round(x[:, 5], 1)
    return x


def _signal(x: Array) -> Array:
    return np.asarray(x[:, 0] - 0.5 * x[:, 1] ** 2 + 0.3 * (x[:, 3] - 1000) * x[:, 2] + 0.2 * x[:, 5])


def _table(target: Callable[[Array, np.random.Generator], Any], shape: Callable[[Array], Any] = lambda x: x) -> Data:
    rng = np.random.default_rng(SEED)
    x, unseen = _numbers(rng, TRAIN), _numbers(rng, TEST)
    return Data(shape(x), target(x, rng), shape(unseen))


def _value(x: Array, rng: np.random.Generator) -> Array:
    return _signal(x) + 0.1 * rng.normal(size=len(x))


def _two(x: Array, rng: np.random.Generator) -> Array:
    return (_value(x, rng) > 0).astype(int)


def _three(x: Array, rng: np.random.Generator) -> Array:
    return np.digitize(_value(x, rng), [-0.8, 0.3])


def _texts_of(labels: Callable[[Array, np.random.Generator], Array]) -> Callable[[Array, np.random.Generator], Array]:
    return lambda x, rng: np.array(["low", "mid", "high"])[labels(x, rng)]


def _gaps(x: Array) -> Array:
    holes = np.random.default_rng(len(x)).random(x.shape) < 0.1
    return np.where(holes, np.nan, x)


def _frame(x: Array) -> pd.DataFrame:
    return pd.DataFrame(x, columns=[f"col {i}" for i in range(WIDTH)])


def _mixed(x: Array) -> pd.DataFrame:
    frame = _frame(x)
    frame["city"] = np.array(["Rome", "Oslo", "Bonn", "Nice"])[np.digitize(x[:, 1], [-0.7, 0.0, 0.7])]
    frame["size"] = np.array(["s", "m", "l"])[np.digitize(x[:, 2], [-0.4, 0.4])]
    return frame


def _categories(x: Array) -> pd.DataFrame:
    cities, sizes = ["Bonn", "Nice", "Oslo", "Rome"], ["s", "m", "l"]
    frame = _mixed(x)
    return frame.assign(city=pd.Categorical(frame["city"], cities), size=pd.Categorical(frame["size"], sizes))


def _codes(x: Array) -> Array:
    out = x.copy()
    out[:, 0] = np.digitize(x[:, 0], [-1, -0.3, 0.3, 1])
    out[:, 1] = np.digitize(x[:, 1], [-0.5, 0.5])
    return out


WORDS = ["red", "green", "blue", "fast", "slow", "house", "car", "Tree", "naïve", "don't", "e-mail", "Ünal", "x1", "a"]


def _sentences(rng: np.random.Generator, count: int) -> list[str]:
    return [" ".join(rng.choice(WORDS, rng.integers(1, 12))) + rng.choice(["", ".", "!", " ?"]) for _ in range(count)]


def _text() -> Data:
    rng = np.random.default_rng(SEED)
    train, unseen = _sentences(rng, TRAIN), _sentences(rng, TEST)
    return Data(train, np.array(["red" in s or "fast" in s for s in train]).astype(int), unseen)


KINDS: dict[str, Callable[[], Data]] = {
    "value": lambda: _table(_value),
    "two": lambda: _table(_two),
    "three": lambda: _table(_three),
    "three texts": lambda: _table(_texts_of(_three)),
    "two truths": lambda: _table(lambda x, rng: _two(x, rng).astype(bool)),
    "positive value": lambda: _table(lambda x, rng: np.exp(0.5 * _value(x, rng))),
    "count": lambda: _table(lambda x, rng: np.random.RandomState(1).poisson(np.exp(0.3 * _signal(x)))),
    "two values": lambda: _table(lambda x, rng: np.column_stack([_value(x, rng), _value(-x, rng)])),
    "labels": lambda: _table(lambda x, rng: np.column_stack([_two(x, rng), (x[:, 2] > 0).astype(int), _two(-x, rng)])),
    "two outputs": lambda: _table(lambda x, rng: np.column_stack([_three(x, rng), _two(x, rng)])),
    "gaps, value": lambda: _table(_value, _gaps),
    "gaps, two": lambda: _table(_two, _gaps),
    "gaps, three": lambda: _table(_three, _gaps),
    "positive, three": lambda: _table(_three, np.abs),
    "counts, three": lambda: _table(
        _three, lambda x: np.abs(np.round(3 * np.where(x > 500, x - 1000, x))).astype(float)
    ),
    "unit, value": lambda: _table(_value, lambda x: (np.tanh(np.where(x > 500, x - 1000, x)) + 1) / 2),
    "float32, value": lambda: _table(_value, lambda x: x.astype(np.float32)),
    "float32, three": lambda: _table(_three, lambda x: x.astype(np.float32)),
    "large, value": lambda: _table(_value, lambda x: x * 1e8),
    "large, two": lambda: _table(_two, lambda x: x * 1e8),
    "frame, value": lambda: _table(_value, _frame),
    "frame, three": lambda: _table(_texts_of(_three), _frame),
    "mixed, two": lambda: _table(_two, _mixed),
    "mixed, value": lambda: _table(_value, _mixed),
    "categories, value": lambda: _table(_value, _categories),
    "categories, three": lambda: _table(_three, _categories),
    "codes, two": lambda: _table(_two, _codes),
    "codes, three": lambda: _table(_three, _codes),
    "codes, value": lambda: _table(_value, _codes),
    "few codes, three": lambda: _table(_three, lambda x: _codes(x)[:, :2]),
    "one column, value": lambda: _table(lambda x, rng: x[:, 0] + 0.1 * rng.normal(size=len(x)), lambda x: x[:, :1]),
    "text": _text,
}


def make(kind: str) -> Data:
    """Makes one data set. The same kind is the same data. Raises: KeyError."""
    return KINDS[kind]()
