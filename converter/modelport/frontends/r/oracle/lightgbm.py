"""LightGBM in Python as the oracle of an lgb.Booster that R saved."""

from collections.abc import Mapping
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO

import numpy as np
import numpy.typing as npt

from modelport.frontends.r._engine import Engine

__all__ = ["lightgbm_engine"]

Floats = npt.NDArray[np.float64]


def lightgbm_engine(text: str, names: tuple[str, ...], rounds: int | None, levels: tuple[str, ...]) -> Engine | None:
    """None where the library is not installed or does not load the text; it was read here before."""
    if find_spec("lightgbm") is None:
        return None
    import lightgbm

    try:
        # The library prints what it thinks of parameters of other versions.
        with redirect_stdout(StringIO()):
            live = lightgbm.Booster(model_str=text)
    except (lightgbm.basic.LightGBMError, ValueError, KeyError):
        return None

    def ask(columns: Mapping[str, Floats]) -> Mapping[str, npt.NDArray[np.generic]]:
        rows = np.stack([columns[name] for name in names], axis=1)
        raw = np.asarray(live.predict(rows, raw_score=True, num_threads=1, num_iteration=rounds))
        value = np.asarray(live.predict(rows, num_threads=1, num_iteration=rounds))
        probability = np.stack([1.0 - value, value], axis=1) if value.ndim == 1 else value
        label = np.array(levels, dtype=object)[np.minimum(np.argmax(probability, axis=1), len(levels) - 1)]
        return {"value": value, "link": raw, "score": raw, "probability": probability, "label": label}

    return Engine(f"lightgbm {lightgbm.__version__}", ask)
