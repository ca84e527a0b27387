"""Boosters of xgboost, lightgbm and catboost inside a pickle: their state must be the text or bytes of a model.

The libraries turn whatever stands there into a native handle and free that handle later, so nothing else may stand
there. The model itself is parsed by the library, as one of its own files would be, XGBoost's and LightGBM's by our own
readers first.
"""

from modelport.frontends.sklearn.loading._guard import Pair, State
from modelport.frontends.sklearn.loading.machine import StreamError
from modelport.frontends.sklearn.loading.numpy_parts import plain_values
from modelport.readers.lightgbm.parse import find_fault
from modelport.readers.xgboost.parse import check_pickled

__all__ = ["STATES"]


def _own(target: object, state: object, key: str, kind: type) -> None:
    known = type(state) is dict and plain_values(list(state), (str,))
    if not known or type(state.get(key)) not in (kind, type(None)):  # type: ignore[attr-defined]  # a dict
        raise StreamError(f"the state of a {type(target).__name__} is damaged")
    target.__setstate__(state)  # type: ignore[attr-defined]  # found on its class


def _lightgbm(target: object, state: object) -> None:
    """lightgbm 2 to 4: the model's text under ``_handle``, formerly ``handle``.

    Our own reader looks at it first: the library walks from child to child wherever they lead.
    """
    key = "_handle" if type(state) is dict and "_handle" in state else "handle"
    if type(state) is not dict or type(state.get(key)) is not str:
        raise StreamError("a Booster holds no model")
    fault = find_fault(state[key])
    if fault is not None:
        raise StreamError(f"the model inside a Booster is damaged: {fault}")
    _own(target, state, key, str)


def _xgboost(target: object, state: object) -> None:
    """The model's bytes under ``handle``; without that key xgboost would fail later, in its destructor.

    Our own reader looks at the bytes first: it holds every length and child against the file, the library does not.
    """
    if type(state) is not dict or "handle" not in state:
        raise StreamError("the state of a Booster is damaged")
    if type(state["handle"]) is bytearray:
        fault = check_pickled(bytes(state["handle"]))
        if fault is not None:
            raise StreamError(f"the model inside a Booster is damaged: {fault}")
    _own(target, state, "handle", bytearray)


def _catboost(target: object, state: object) -> None:
    """The model's bytes under ``__model``; test sets are left out, no prediction uses them."""
    if type(state) is dict:
        state = {key: value for key, value in state.items() if key not in ("_test_eval", "_test_evals")}
    _own(target, state, "__model", bytes)


STATES: dict[Pair, State] = {
    ("lightgbm.basic", "Booster"): _lightgbm,
    ("xgboost.core", "Booster"): _xgboost,
    ("catboost.core", "_CatBoostBase"): _catboost,
}
