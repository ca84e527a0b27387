"""Reads a live lightgbm.Booster, whoever holds it: through its own text, which has every bit of its numbers."""

from dataclasses import replace
from typing import Any

import numpy as np

from modelport.errors import UnsupportedTypeError
from modelport.readers.lightgbm.links import Link, link_of, parse_as_lightgbm
from modelport.readers.lightgbm.model import LightGBMModel
from modelport.readers.lightgbm.parse import parse

__all__ = ["read_booster"]


def read_booster(booster: Any, where: str) -> tuple[LightGBMModel, Link | None]:
    """Returns the iterations that ``booster.predict`` uses by default, and its link, None where it is not known.

    Any: a Booster of a library that is not imported here.
    Raises: ModelFileError; UnsupportedTypeError where its pandas categories are neither text nor numbers.
    """
    try:
        text = booster.model_to_string(num_iteration=-1)
    except TypeError as err:
        raise UnsupportedTypeError(
            f"a pandas category column holds what is neither text nor a number: {err}",
            where=where,
            fix="turn such categories into text before training",
        ) from err
    whole = parse(text, where)
    # Booster.predict: the best iteration of early stopping where there was one, else all (-1).
    model = whole.between(0, int(booster.best_iteration))
    link = link_of(model.objective)
    return model, None if link is None else _with_sigmoid(booster, model, link)


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
