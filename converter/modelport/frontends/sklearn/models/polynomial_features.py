"""PolynomialFeatures: products of columns, each made of one of a lower degree and one more column, as in the source."""

from typing import Any

import numpy as np

from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import ones_like

__all__ = ["MODEL"]


def _products(count: int, degree: int, *, interaction_only: bool) -> list[list[tuple[int, int]]]:
    """For each degree from 2 on the products (term of the degree before, column), in the source's order.

    A term of the degree before is multiplied by column f when none of its columns stands before f, so the terms that
    begin with f, f + 1, … follow each other and are one block.
    """
    starts = list(range(count + 1))
    levels: list[list[tuple[int, int]]] = []
    for _ in range(2, degree + 1):
        level: list[tuple[int, int]] = []
        new_starts: list[int] = []
        end = starts[-1]
        for feature in range(count):
            new_starts.append(len(level))
            start = starts[feature + 1] if interaction_only else starts[feature]
            if end <= start:
                new_starts += [len(level)] * (count - feature - 1)
                break
            level += [(term, feature) for term in range(start, end)]
        starts = [*new_starts, len(level)]
        levels.append(level)
    return levels


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, M] in the type of the rows.

    Numerics: exact. x²·x is one product of a product, never a power: each term rounds as in the source.
    """
    b = scope.builder
    scope.passed(table, "PolynomialFeatures")
    scope.read_whole(table)
    rows = table.matrix(b)
    least, most = int(estimator._min_degree), int(estimator._max_degree)
    parts: list[Part] = []
    if estimator.include_bias:
        first = b.op("Gather", rows, b.constant(np.array([0], dtype=np.int64)), axis=1)
        parts.append(Part(ones_like(scope, first), (Origin(frozenset()),)))
    if most >= 1 and least <= 1:
        parts.append(Part(rows, table.origins))
    previous, features = rows, [origin.features for origin in table.origins]
    for degree, level in enumerate(_products(table.width, most, interaction_only=estimator.interaction_only), 2):
        if not level:
            break
        terms, columns = np.array(level, dtype=np.int64).T
        left = b.op("Gather", previous, b.constant(terms), axis=1)
        previous = b.op("Mul", left, b.op("Gather", rows, b.constant(columns), axis=1))
        features = [features[t] | table.origins[c].features for t, c in level]
        if degree >= least:
            parts.append(Part(previous, tuple(Origin(found) for found in features)))
    return Columns(tuple(parts))


MODEL = Model(
    classes=["sklearn.preprocessing.PolynomialFeatures"],
    convert=_convert,
    source="sklearn/preprocessing/_polynomial.py of 1.9, PolynomialFeatures.transform for dense rows",
)
