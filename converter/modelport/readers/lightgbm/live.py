"""Reads a live lightgbm.Booster, whoever holds it: through its own text, which has every bit of its numbers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from modelport.errors import UnsupportedTypeError
from modelport.readers.lightgbm.links import Link, link_of, parse_as_lightgbm
from modelport.readers.lightgbm.model import LightGBMModel
from modelport.readers.lightgbm.parse import parse_parts

__all__ = ["read_booster", "read_first"]

# The package's own buffer holds 2**20 characters.
_PART = 600_000


def read_booster(booster: Any, where: str) -> tuple[LightGBMModel, Link | None]:
    """Returns the iterations that ``booster.predict`` uses by default, and its link, None where it is not known.

    Any: a Booster of a library that is not imported here.
    Raises: ModelFileError; UnsupportedTypeError where its pandas categories are neither text nor numbers.
    """
    # Booster.predict: the best iteration of early stopping where there was one, else all (-1).
    model = parse_parts(_texts(booster, int(booster.best_iteration), where), where)
    link = link_of(model.objective)
    return model, None if link is None else _with_sigmoid(booster, model, link)


def read_first(booster: Any, where: str) -> LightGBMModel:
    """Returns the first iteration alone: quick, and enough for all that is not in trees."""
    return parse_parts([_text(booster, 0, 1, where)], where)


def _texts(booster: Any, best: int, where: str) -> Iterator[str]:
    """The text in parts below a megabyte, written when asked for: of a longer one the library writes everything twice."""
    every = booster.num_trees() // booster.num_model_per_iteration()
    count = min(best, every) if best > 0 else every
    first = _text(booster, 0, 1, where)
    step = max(1, _PART // len(first))
    yield first
    for at in range(1, count, step):
        yield _text(booster, at, min(step, count - at), where)


def _text(booster: Any, start: int, count: int, where: str) -> str:
    try:
        return str(booster.model_to_string(start_iteration=start, num_iteration=count))
    except (TypeError, ValueError) as err:
        raise UnsupportedTypeError(
            f"a pandas category column holds what is neither text nor a number: {err}",
            where=where,
            fix="turn such categories into text before training",
        ) from err


def _with_sigmoid(booster: Any, model: LightGBMModel, link: Link) -> Link:
    """The text rounds the sigmoid factor to six digits; a booster that was trained here holds all of them.

    Which of the two a booster holds (a pickled one was read from its text) only its predictions tell.
    """
    given = getattr(booster, "params", {}).get("sigmoid")
    if link.kind not in ("sigmoid", "sigmoids") or not isinstance(given, int | float) or isinstance(given, bool):
        return link
    full = parse_as_lightgbm(str(given))
    if full == link.sigmoid or parse_as_lightgbm(f"{full:g}") != link.sigmoid:
        return link
    rows = np.random.default_rng(0).normal(size=(64, len(model.names)))
    raw = np.asarray(booster.predict(rows, raw_score=True)) / (model.iterations if model.averaged else 1)
    answer = np.asarray(booster.predict(rows))
    with np.errstate(over="ignore"):
        off = [float(np.abs(1.0 / (1.0 + np.exp(-s * raw)) - answer).max()) for s in (link.sigmoid, full)]
    return replace(link, sigmoid=full) if off[1] < off[0] else link
