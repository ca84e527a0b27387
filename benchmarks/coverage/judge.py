"""Judges a bundle by the original on rows that no proof has seen: unseen rows, and rows between training values."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import modelport

__all__ = ["judge"]

Array = npt.NDArray[Any]
_QUESTIONS = {
    "value": "predict",
    "label": "predict",
    "probability": "predict_proba",
    "score": "decision_function",
    "transformed": "transform",
    "score_samples": "score_samples",
}


def judge(model: Any, bundle: Any, train: Any, unseen: Any) -> str | None:
    """Says what is wrong, None when nothing is. Rows that the original or the bundle refuses are left out.

    Labels must be equal; numbers may differ by 1e-6 of the largest, by 1e-4 where they are float32.
    """
    predictor = modelport.load(bundle)
    for rows in (unseen, _between(train, unseen)):
        if rows is None:
            continue
        got = predictor.predict(rows)
        usable = np.array([status == "ok" for status in got["status"]])
        if not usable.any():
            continue
        kept = rows[usable] if not isinstance(rows, list) else [r for r, u in zip(rows, usable, strict=True) if u]
        problem = _compare(model, got, usable, kept, predictor.contract)
        if problem is not None:
            return problem
    return None


def _between(train: Any, unseen: Any) -> Any:
    """Rows whose values lie halfway between neighbouring training values, where trees split, and one float32 beside."""
    if isinstance(train, list) or len(train) < 3:
        return None
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(unseen).copy()
    for name, column in pd.DataFrame(train).items():
        if not pd.api.types.is_float_dtype(column):
            continue
        known = np.unique(column.dropna().to_numpy())
        if len(known) < 2:
            continue
        place = rng.integers(0, len(known) - 1, len(frame))
        halfway = known[place] / 2 + known[place + 1] / 2
        single = halfway.astype(np.float32)
        step = np.nextafter(single, np.float32(np.inf) * rng.choice([-1, 1], len(frame)).astype(np.float32))
        chosen = np.choose(rng.integers(0, 4, len(frame)), [halfway, single, step, known[place]])
        frame[name] = chosen.astype(column.dtype)
    return frame if isinstance(unseen, pd.DataFrame) else frame.to_numpy()


def _asked(model: Any, name: str, rows: Any) -> Any:
    """What the original gives for an output of the contract."""
    if type(model).__name__ == "Booster":
        return _of_booster(model, name, rows)
    if name.startswith("probability_"):
        every = model.predict_proba(rows)
        k = int(name.removeprefix("probability_"))
        return every[k] if isinstance(every, list) else every[:, k]
    return getattr(model, _QUESTIONS[name])(rows)


def _of_booster(model: Any, name: str, rows: Any) -> Any:
    """A bare booster predicts numbers alone: a value, the chance of class 1, or that of each class."""
    if type(model).__module__.startswith("xgboost"):
        import xgboost

        rows = xgboost.DMatrix(rows, feature_names=model.feature_names, enable_categorical=True)
    given = np.asarray(model.predict(rows))
    if name == "value":
        return given
    chances = np.stack([1 - given, given], axis=1) if given.ndim == 1 else given
    return chances if name == "probability" else np.argmax(chances, axis=1)


def _compare(model: Any, got: dict[str, Array], usable: Array, rows: Any, contract: Any) -> str | None:
    for output in contract.outputs:
        name = output.name
        mine = got[name][usable]
        theirs = _asked(model, name, rows)
        theirs = theirs.toarray() if hasattr(theirs, "toarray") else np.asarray(theirs)
        if name == "label":
            wrong = (
                (mine.astype(object) != theirs.reshape(mine.shape).astype(object)).reshape(len(mine), -1).any(axis=1)
            )
            if wrong.sum() > 0:
                return f"{int(wrong.sum())} of {len(mine)} labels differ"
            continue
        if mine.size != theirs.size:
            return f"{name}: shape {mine.shape}, the original gives {theirs.shape}"
        theirs = theirs.reshape(mine.shape).astype(np.float64)
        if (np.isnan(mine) != np.isnan(theirs)).any():
            return f"{name}: NaN elsewhere"
        scale = np.nanmax(np.abs(theirs), initial=0.0)
        with np.errstate(invalid="ignore"):
            off = np.where(mine == theirs, 0.0, np.abs(mine - theirs))
        worst = float(np.nanmax(off, initial=0.0))
        if worst > (1e-4 if output.dtype == "float32" else 1e-6) * max(scale, 1e-300):
            return f"{name}: off by {worst:.3g} where the largest is {scale:.3g}"
    return None
