"""What the leaves of partykit's trees predict: from the rows of the fit (constparty), or as they keep it (simpleparty)."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from modelport.frontends.r._sums import long_sum
from modelport.frontends.r.serialize import NULL, RList, RNull, RObject, as_array, classes, factor, is_factor
from modelport.frontends.r.trees.party import leaf_nodes

__all__ = ["leaf_refusals", "leaf_values"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_NUMBERS = frozenset(("integer", "numeric", "double"))


def leaf_values(model: RObject, ids: Ints) -> tuple[list[str] | None, Floats]:
    """The levels of the response, and the values [M, C] or [M, 1] of every node; NaN of a leaf that has none.

    ``ids``: R's number of each leaf, -1 of other nodes.
    Numerics: the weighted mean, or the shares of the classes, of the rows of the fit, summed as R sums them: in extended
    precision, one by one.
    """
    return _kept(model, ids) if classes(model)[0] == "simpleparty" else _of_fit(model, ids)


def leaf_refusals(model: RObject, ids: Ints) -> list[str]:
    """What of the leaves is not covered."""
    if classes(model)[0] == "simpleparty":
        return sorted(set(_kept_refusals(model, ids)))
    fitted = model["fitted"]
    response = fitted.get("(response)") if isinstance(fitted, RList) else None
    if response is None or isinstance(response, RList):
        return ["it has several responses, or keeps none"]
    if not is_factor(response) and not _NUMBERS & set(classes(response)):
        return [f"its response is of class {classes(response)[0]!r}"]
    if np.isnan(_of_fit(model, ids)[1]).any():
        return ["no row of the fit, or none with a weight, lies in one of its leaves"]
    return []


def _of_fit(model: RObject, ids: Ints) -> tuple[list[str] | None, Floats]:
    fitted = model["fitted"]
    places, response = as_array(fitted["(fitted)"]).astype(np.int64), fitted["(response)"]
    given = fitted.get("(weights)")
    weights = np.ones(len(places)) if given is None or isinstance(given, RNull) else as_array(given)
    # The rows of each leaf, in their own order.
    order = np.argsort(places, kind="stable")
    leaves = np.flatnonzero(ids >= 0)
    first, last = (np.searchsorted(places[order], ids[leaves], side) for side in ("left", "right"))
    rows = {node: order[a:b] for node, a, b in zip(leaves.tolist(), first.tolist(), last.tolist(), strict=True)}
    if is_factor(response):
        codes, levels = factor(response)
        values = np.zeros((len(ids), len(levels)))
        for node, own in rows.items():
            total = long_sum(weights[own])
            for level in range(len(levels)):
                part = long_sum(weights[own[codes[own] == level]])
                values[node, level] = part / total if total else np.nan
        return levels, values
    y = as_array(response)
    values = np.zeros((len(ids), 1))
    for node, every in rows.items():
        own = every[~np.isnan(y[every]) & (weights[every] != 0)]
        total = long_sum(weights[own])
        values[node, 0] = long_sum(y[own] * weights[own]) / total if total else np.nan
    return None, values


def _kept(model: RObject, ids: Ints) -> tuple[list[str] | None, Floats]:
    """From what stands in the leaves; the counts of a distribution are divided by their sum, as predict_party does it."""
    leaves = leaf_nodes(model["node"])
    first = _said(next(iter(leaves.values())), "prediction")
    levels = factor(first)[1] if is_factor(first) else None
    counted = bool((as_array(_said(model["node"], "distribution")) > 1).any()) if levels is not None else False
    values = np.zeros((len(ids), len(levels or [""])))
    for node in np.flatnonzero(ids >= 0):
        leaf = leaves[int(ids[node])]
        if levels is None:
            values[node] = as_array(_said(leaf, "prediction"))
            continue
        shares = as_array(_said(leaf, "distribution"))
        values[node] = shares / long_sum(shares) if counted else shares
    return levels, values


def _kept_refusals(model: RObject, ids: Ints) -> Iterator[str]:
    leaves = leaf_nodes(model["node"])
    predictions = {number: _said(leaf, "prediction") for number, leaf in leaves.items()}
    kinds = {"factor" if is_factor(said) else classes(said)[0] for said in predictions.values()}
    if (
        len(kinds) != 1
        or not kinds <= {"factor", *_NUMBERS}
        or any(len(as_array(x)) != 1 for x in predictions.values())
    ):
        yield f"its leaves predict {', '.join(sorted(kinds))}"
        return
    if kinds != {"factor"}:
        return
    count = len(factor(next(iter(predictions.values())))[1])
    if any(len(as_array(_said(leaf, "distribution"))) != count for leaf in (model["node"], *leaves.values())):
        yield "its leaves keep no distribution of the classes"
        return
    shares = _kept(model, ids)[1]
    for node in np.flatnonzero(ids >= 0):
        if int(np.argmax(shares[node])) != int(factor(predictions[int(ids[node])])[0][0]):
            yield "a leaf predicts another class than the first of the greatest that its rounded distribution shows"


def _said(node: RObject, name: str) -> RObject:
    """A part of what a node says of itself, NULL where it does not."""
    info = node.get("info")
    return (info.get(name) if isinstance(info, RList) else None) or NULL
