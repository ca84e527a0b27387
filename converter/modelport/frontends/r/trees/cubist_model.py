"""The text of a Cubist model: what stands for missing values, and committees of rules with a linear model each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from modelport.frontends.r.trees.quinlan_names import Names
from modelport.frontends.r.trees.quinlan_text import (
    Condition,
    Record,
    condition_of,
    damaged,
    records_of,
    single,
    value_set,
)

__all__ = ["CubistModel", "LinearRule", "read_cubist"]

_f32 = np.float32


@dataclass(frozen=True)
class LinearRule:
    """``terms``: the coefficient of each attribute, by its place; the result is kept between ``low`` and ``high``."""

    conditions: tuple[Condition, ...]
    intercept: float
    terms: tuple[tuple[int, float], ...]
    low: float
    high: float


@dataclass(frozen=True)
class CubistModel:
    """``members`` of the committee; ``mean`` is said where no rule applies. All numbers but coefficients in single precision.

    By attribute: ``means`` and ``modes`` (a code) stand for missing values, ``deviations`` scale distances. ``floor`` and
    ``ceiling`` keep what neighbours say.
    """

    members: tuple[tuple[LinearRule, ...], ...]
    mean: float
    means: dict[int, float]
    modes: dict[int, int]
    deviations: dict[int, float]
    floor: float
    ceiling: float


def read_cubist(text: str, names: Names) -> CubistModel:
    """Source: modelfiles.c, ReadHeader, InRules, InRule; getdata.c, GetData. Raises: ModelFileError."""
    records = iter(records_of(text))
    whole: dict[str, str] = {}
    means, deviations, modes = dict[int, float](), dict[int, float](), dict[int, int]()
    limits = (_f32(0), _f32(0))
    for record in records:
        given = dict(record)
        if "att" in given:
            place = names.place(single(given["att"]))
            if "mode" in given:
                (modes[place],) = value_set(names.attributes[place], [single(given["mode"])])
                continue
            means[place], deviations[place] = _number(given, "mean"), _number(given, "sd")
            if names.attributes[place].name == names.target:
                limits = (_f32(_number(given, "min")), _f32(_number(given, "max")))
            continue
        whole |= given
        if "entries" in given:
            break
    if not {"entries", "globalmean", "extrap"} <= whole.keys():
        raise damaged("it lacks the lines before its rules")
    extrapolation = _f32(_number(whole, "extrap"))
    members = [_member(records, names, extrapolation) for _ in range(int(single(whole["entries"])))]
    floor, ceiling = _reach(limits[0], limits[1], extrapolation)
    return CubistModel(
        tuple(members), float(_f32(_number(whole, "globalmean"))), means, modes, deviations, floor, ceiling
    )


def _number(given: dict[str, str], name: str) -> float:
    """A number in single precision; 0 where it is not stated."""
    return float(_f32(float(single(given[name])))) if name in given else 0.0


def _reach(low: np.float32, high: np.float32, extrapolation: np.float32) -> tuple[float, float]:
    """How far beyond its values a prediction may go, but not beyond 0."""
    room = _f32(extrapolation * _f32(high - low))
    least, most = _f32(low - room), _f32(high + room)
    return float(_f32(0) if least < 0 <= low else least), float(_f32(0) if most > 0 >= high else most)


def _member(left: Iterator[Record], names: Names, extrapolation: np.float32) -> tuple[LinearRule, ...]:
    head = dict(_following(left))
    if "rules" not in head:
        raise damaged("a member of the committee does not say how many rules it has")
    rules = []
    for _ in range(int(single(head["rules"]))):
        given = dict(_following(left))
        if not {"conds", "loval", "hival"} <= given.keys():
            raise damaged("a member of the committee has fewer rules than it says")
        low, high = _reach(_f32(_number(given, "loval")), _f32(_number(given, "hival")), extrapolation)
        conditions = tuple(condition_of(_following(left), names) for _ in range(int(single(given["conds"]))))
        intercept, terms = _linear(_following(left), names)
        rules.append(LinearRule(conditions, intercept, terms, low, high))
    return tuple(rules)


def _following(left: Iterator[Record]) -> Record:
    found = next(left, None)
    if found is None:
        raise damaged("it ends before its rules")
    return found


def _linear(record: Sequence[tuple[str, str]], names: Names) -> tuple[float, tuple[tuple[int, float], ...]]:
    """The intercept, and the coefficients in the order of the attributes."""
    place, found = -1, dict[int, float]()
    for name, value in record:
        if name == "att":
            place = names.place(single(value))
        elif name == "coeff":
            found[place] = float(single(value))
    if -1 not in found:
        raise damaged("a rule has no linear model")
    return found.pop(-1), tuple(sorted(found.items()))
