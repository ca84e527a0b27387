"""Reads target statistics: the tables of counts that the export holds, and the number that each row of them gives."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.readers.catboost.model import Ctr, Projection

__all__ = ["mixed_statistics", "read_ctr"]

# What stands in the buckets of the hash table that hold nothing.
_EMPTY = np.uint64(2**64 - 1)

Json = Mapping[str, Any]
Floats = npt.NDArray[np.float32]


def read_ctr(given: Json, tables: Mapping[str, Json]) -> Ctr:
    """One statistic with its table.

    Numerics: (count + prior) / (total + prior's weight), shifted and scaled, each step in float32 as in the source.
    Source: catboost/libs/model/static_ctr_provider.cpp and online_ctr.h of 1.2.
    """
    table = tables[given["identifier"]]
    stride = int(table["hash_stride"])
    cells = table["hash_map"]
    keys = np.array([int(key) for key in cells[::stride]], dtype=np.uint64)
    counts = np.array([cells[k::stride] for k in range(1, stride)], dtype=np.float64).T
    filled = keys != _EMPTY
    good, total = _counted(
        str(given["ctr_type"]), counts[filled], int(given["target_border_idx"]), int(table["counter_denominator"])
    )
    none = _counted(str(given["ctr_type"]), np.zeros((1, stride - 1)), 0, int(table["counter_denominator"]))
    return Ctr(_projection(given["elements"]), keys[filled], _calc(given, good, total), float(_calc(given, *none)[0]))


def _counted(kind: str, counts: npt.NDArray[np.float64], border: int, denominator: int) -> tuple[Floats, Floats]:
    """What is counted and out of how many, as the source turns its integers into float32."""
    if kind in ("BinarizedTargetMeanValue", "FloatTargetMeanValue"):
        good, total = counts[:, 0], counts[:, 1]
    elif kind in ("Counter", "FeatureFreq"):
        good, total = counts[:, 0], np.full(len(counts), float(denominator))
    elif kind == "Buckets":
        good, total = counts[:, border], counts.sum(axis=1)
    elif kind == "Borders":
        good, total = counts[:, border + 1 :].sum(axis=1), counts.sum(axis=1)
    else:
        raise ValueError(f"a target statistic of type {kind!r}")
    return good.astype(np.float32), total.astype(np.float32)


def _calc(given: Json, good: Floats, total: Floats) -> Floats:
    numerator, denominator, shift, scale = (
        np.float32(given[key]) for key in ("prior_numerator", "prior_denomerator", "shift", "scale")
    )
    with np.errstate(all="ignore"):
        return ((good + numerator) / (total + denominator) + shift) * scale


def _projection(elements: Sequence[Json]) -> Projection:
    cats, floats, one_hots = [], [], []
    for element in elements:
        kind = element["combination_element"]
        if kind == "cat_feature_value":
            cats.append(int(element["cat_feature_index"]))
        elif kind == "float_feature":
            floats.append((int(element["float_feature_index"]), float(np.float32(element["border"]))))
        elif kind == "cat_feature_exact_value":
            one_hots.append((int(element["cat_feature_index"]), int(element["value"])))
        else:
            raise ValueError(f"a combination with an element of type {kind!r}")
    return Projection(tuple(cats), tuple(floats), tuple(one_hots))


def mixed_statistics(options: Json) -> tuple[str, ...]:
    """The types that are kept by several borders of the target for one combination.

    The export names a table by combination and type alone, so that one of them takes the place of the others.
    """
    lists = [
        options.get("simple_ctrs"),
        options.get("combinations_ctrs"),
        *(options.get("per_feature_ctrs") or {}).values(),
    ]
    found: set[str] = set()
    for described in lists:
        seen: dict[str, object] = {}
        for one in described or []:
            kind, borders = str(one["ctr_type"]), one.get("target_binarization")
            if seen.setdefault(kind, borders) != borders:
                found.add(kind)
    return tuple(sorted(found))
