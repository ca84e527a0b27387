"""XGBoost in Python as the oracle of an xgb.Booster that R saved."""

from collections.abc import Mapping
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from modelport.frontends.r._engine import Engine
from modelport.readers.xgboost.binary import is_binary
from modelport.readers.xgboost.model import XGBoostModel
from modelport.readers.xgboost.objectives import OBJECTIVES

__all__ = ["xgboost_engine"]

Floats = npt.NDArray[np.float64]


def xgboost_engine(
    data: bytes, model: XGBoostModel, names: tuple[str, ...], rounds: int | None, levels: tuple[str, ...] | None
) -> Engine | None:
    """None where the library is not installed or does not load the booster; its bytes were read here before.

    Labels follow from margins where R's object knows the ``levels`` of its response; else they are 0, 1, … by its values.
    """
    if find_spec("xgboost") is None or is_binary(data):
        return None
    import xgboost

    live = xgboost.Booster({"nthread": 1})
    try:
        if b"Config" in data[:64]:
            live.__setstate__({"handle": bytearray(data)})
        else:
            live.load_model(bytearray(data))
    except (xgboost.core.XGBoostError, ValueError, KeyError):
        return None
    last = 0 if rounds is None else rounds
    link = OBJECTIVES[model.objective].link
    known = np.array(levels or [str(k) for k in range(max(2, model.n_outputs))], dtype=object)

    def ask(columns: Mapping[str, Floats]) -> Mapping[str, npt.NDArray[np.generic]]:
        described = {
            "feature_names": list(model.feature_names) or None,
            "feature_types": list(model.feature_types) or None,
        }
        rows = np.stack([columns[name] for name in names], axis=1)
        table = xgboost.DMatrix(rows, nthread=1, enable_categorical=True, **described)
        value = np.asarray(live.predict(table, iteration_range=(0, last)))
        margin = np.asarray(live.predict(table, iteration_range=(0, last), output_margin=True))
        found: dict[str, npt.NDArray[np.generic]] = {"value": value, "link": margin, "score": margin}
        if link == "argmax":
            found["label"] = known[value.astype(np.int64)]
        elif value.ndim == 2:
            found |= {"probability": value, "label": known[np.argmax(value if levels is None else margin, axis=1)]}
        else:
            found["probability"] = np.stack([np.float32(1.0) - value, value], axis=1)
            found["label"] = known[(value > 0.5 if levels is None else margin >= 0).astype(np.int64)]
        return found

    return Engine(f"xgboost {xgboost.__version__}", ask, (xgboost.core.XGBoostError,))
