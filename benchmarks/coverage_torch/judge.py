"""Judges a bundle of a net by the module itself, called eagerly on tensors that no proof has seen."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

import modelport
from modelport.errors import ModelportError

__all__ = ["judge"]

Array = npt.NDArray[Any]
_BATCHES = (1, 3, 5)
# Of the largest number of an output.
_NEAR = 2e-4


def judge(module: Any, bundle: Any, sample: tuple[Array, ...]) -> str | None:
    """Says what is wrong, None when nothing is. Calls that the module refuses are left out.

    Whole numbers must be equal; floats may differ by 2e-4 of the largest of the output.
    """
    import torch

    predictor = modelport.load(bundle)
    names = [tensor.name for tensor in predictor.contract.inputs]
    for what, given in _calls(predictor.contract, sample):
        try:
            with torch.no_grad():
                wanted = module(*[torch.from_numpy(np.array(one)) for one in given])
        except Exception:  # noqa: BLE001 - whatever a module raises
            continue
        try:
            got = predictor.predict(dict(zip(names, given, strict=True)))
        except ModelportError as err:
            return f"{what}: predict refuses: {err.what}"
        except Exception as err:  # noqa: BLE001 - the finding
            return f"{what}: predict raises {type(err).__name__}: {str(err)[:200]}"
        problem = _compare(got, wanted)
        if problem is not None:
            return f"{what}: {problem}"
    return None


def _calls(contract: Any, sample: tuple[Array, ...]) -> Iterator[tuple[str, list[Array]]]:
    rng = np.random.default_rng(11)
    axes = {axis.symbol: axis for axis in contract.axes or ()}
    for round_, (how, count) in enumerate((h, b) for h in ("usual", "grid", "great") for b in _BATCHES):
        lengths: dict[str, int] = {}
        given = []
        for tensor, value in zip(contract.inputs, sample, strict=True):
            shape = []
            for place, dimension in enumerate(tensor.shape):
                if isinstance(dimension, str):
                    axis = axes[dimension]
                    length = count if place == 0 else value.shape[place] + round_ - 3
                    length = max(axis.least, min(length, axis.most if isinstance(axis.most, int) else length))
                    dimension = lengths.setdefault(dimension, length)
                shape.append(dimension)
            given.append(_drawn(value, shape, how, rng))
        yield f"{how} {[list(one.shape) for one in given]}", given


def _drawn(value: Array, shape: list[int], how: str, rng: np.random.Generator) -> Array:
    if value.dtype.kind == "f":
        drawn = rng.normal(size=shape)
        drawn = np.round(2 * drawn) / 2 if how == "grid" else drawn * (20 if how == "great" else 1)
        if value.size and value.min() >= 0:
            drawn = np.abs(drawn)
        if value.size and value.min() >= 0 and value.max() <= 1:
            drawn = drawn % 1.0
        return np.asarray(drawn.astype(value.dtype))
    if value.dtype.kind == "b":
        return np.asarray(rng.random(shape) < (0.7, 0.3)[how == "grid"])
    if how == "great" and value.size:
        return np.asarray(rng.choice(value.ravel(), size=shape))
    low, high = (int(value.min()), int(value.max())) if value.size else (0, 1)
    return np.asarray(rng.integers(low, high, size=shape, endpoint=True).astype(value.dtype))


def _compare(got: dict[str, Array], wanted: Any) -> str | None:
    from torch.utils import _pytree as pytree

    leaves = [leaf for leaf in pytree.tree_flatten(wanted)[0] if leaf is not None]
    if len(leaves) != len(got):
        return f"{len(got)} outputs where the module gives {len(leaves)}"
    for (name, mine), leaf in zip(got.items(), leaves, strict=True):
        theirs = leaf.numpy()
        if mine.shape != theirs.shape or mine.dtype != theirs.dtype:
            return f"{name}: {mine.dtype}{list(mine.shape)} where the module gives {theirs.dtype}{list(theirs.shape)}"
        if theirs.dtype.kind != "f":
            wrong = mine != theirs
            if wrong.any():
                place = tuple(np.argwhere(wrong)[0])
                return f"{name}: {int(wrong.sum())} of {wrong.size} differ: {mine[place]} for {theirs[place]}"
            continue
        a, b = mine.astype(np.float64), theirs.astype(np.float64)
        with np.errstate(invalid="ignore"):
            off = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
        off[np.isnan(off)] = np.inf
        finite = np.abs(b[np.isfinite(b)])
        allowed = _NEAR * (50 if theirs.dtype == np.float16 else 1) * float(finite.max(initial=0.0))
        if off.size and off.max() > allowed:
            place = np.unravel_index(int(np.argmax(off)), off.shape)
            return f"{name}: {mine[place]} for {theirs[place]} (largest {finite.max(initial=0.0):.3g})"
    return None
