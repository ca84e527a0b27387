"""What parsnip makes of each engine's answer: which models and engines are known, and how a class comes of a probability.

``half``: one probability, of the second level, whose class it is from 0.5 on. ``event``: the same, of the level that the booster
was told is 1. ``greatest``: the first of the greatest probabilities. ``engine``: the label that the engine itself gives.
``softmax``: the engine's label, but its probabilities go through softmax once more.
"""

from typing import Literal

from modelport.errors import UnsupportedModelError
from modelport.frontends.r.models._quosures import settled
from modelport.frontends.r.serialize import NULL, RBytecode, RClosure, RObject, RPairs, classes, names, text
from modelport.frontends.r.terms.calls import variables_in

__all__ = ["ClassRule", "class_rule", "engine_reasons", "event_is_first", "spec_words"]

ClassRule = Literal["half", "event", "greatest", "engine", "softmax"]

_SVM = ("svm_linear", "svm_poly", "svm_rbf")
_CLASS: dict[tuple[str, str], ClassRule] = {
    ("logistic_reg", "glm"): "half",
    ("logistic_reg", "glmnet"): "half",
    ("gen_additive_mod", "mgcv"): "half",
    ("mars", "earth"): "half",
    ("boost_tree", "xgboost"): "event",
    ("boost_tree", "lightgbm"): "greatest",
    ("rand_forest", "ranger"): "greatest",
    ("mlp", "nnet"): "softmax",
    ("boost_tree", "C5.0"): "engine",
    ("C5_rules", "C5.0"): "engine",
    ("decision_tree", "C5.0"): "engine",
    ("decision_tree", "partykit"): "engine",
    ("decision_tree", "rpart"): "engine",
    ("discrim_linear", "MASS"): "engine",
    ("discrim_quad", "MASS"): "engine",
    ("multinom_reg", "glmnet"): "engine",
    ("multinom_reg", "nnet"): "engine",
    ("rand_forest", "partykit"): "engine",
    ("rand_forest", "randomForest"): "engine",
    **{(kind, "kernlab"): "engine" for kind in _SVM},
}
# Their .pred is what predict() of the engine gives, the response.
_NUMBER = frozenset(
    {
        ("boost_tree", "lightgbm"),
        ("boost_tree", "xgboost"),
        ("cubist_rules", "Cubist"),
        ("decision_tree", "partykit"),
        ("decision_tree", "rpart"),
        ("gen_additive_mod", "mgcv"),
        ("linear_reg", "glm"),
        ("linear_reg", "glmnet"),
        ("linear_reg", "lm"),
        ("mars", "earth"),
        ("mlp", "nnet"),
        ("poisson_reg", "glm"),
        ("poisson_reg", "glmnet"),
        ("poisson_reg", "hurdle"),
        ("poisson_reg", "zeroinfl"),
        ("rand_forest", "partykit"),
        ("rand_forest", "randomForest"),
        ("rand_forest", "ranger"),
        *((kind, "kernlab") for kind in _SVM),
    }
)


def spec_words(model: RObject) -> tuple[str, str, str]:
    """('boost_tree', 'xgboost', 'classification'): model, engine and mode of a model_fit."""
    spec = model["spec"]
    engine = spec.get("engine")
    return classes(spec)[0], "" if engine is None or engine is NULL else text(engine), text(spec["mode"])


def class_rule(model: RObject) -> ClassRule:
    """How labels come of what the engine says."""
    kind, engine, _ = spec_words(model)
    return _CLASS[kind, engine]


def engine_reasons(model: RObject) -> list[str]:
    """Why what parsnip makes of an engine's answer is not known."""
    kind, engine, mode = spec_words(model)
    if mode not in ("regression", "classification"):
        return [f"its mode is {mode!r}: regression and classification are converted"]
    known = (kind, engine) in (_NUMBER if mode == "regression" else _CLASS)
    if known:
        return _option_reasons(model["spec"], kind, engine)
    if engine in ("kknn", "keras", "keras3", "brulee", "spark", "h2o", "stan", "stan_glmer"):
        return [f"engine {engine!r} of {kind}(): what it fits is not converted"]
    return [f"engine {engine!r} of {kind}() for {mode}: what parsnip makes of its answer is not known here"]


def _option_reasons(spec: RObject, kind: str, engine: str) -> list[str]:
    given = spec.get("eng_args")
    own = names(given) if given is not None else []
    if (kind, text(spec["mode"])) == ("boost_tree", "classification") and "objective" in own:
        return [
            f"engine {engine!r} was given an objective of its own: what parsnip makes of its answer is not known here"
        ]
    return []


def event_is_first(model: RObject) -> bool:
    """Whether the probability of a two-level xgboost is the first level's: from parsnip 0.1.6 on, unless event_level says else.

    Earlier releases, whose function for the classes knows no event_level, told the booster that the second level is 1.
    Raises: UnsupportedModelError where only R can tell what event_level is.
    """
    spec = model["spec"]
    asked = spec.get("eng_args")
    given = asked.get("event_level") if asked is not None else None
    if given is not None and given is not NULL:
        try:
            return settled(given) == "first"
        except ValueError as err:
            raise UnsupportedModelError(
                f"event_level is {err}, an expression that only R can evaluate",
                where="$spec$eng_args$event_level",
                fix="fit with event_level = 'first' or 'second' itself",
            ) from err
    found: RObject | None = spec
    for name in ("method", "pred", "class", "post"):
        found = None if found is None else found.get(name)
    body = found.body if isinstance(found, RClosure) else NULL
    body = body.expression if isinstance(body, RBytecode) else body
    return not isinstance(body, RPairs) or "event_level" in set(variables_in(body))
