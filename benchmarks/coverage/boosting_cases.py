"""XGBoost, LightGBM and CatBoost: objectives, boosters, categories, missing values and feature names."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.coverage.case import Case
from benchmarks.coverage.data import Data

__all__ = ["boosting_cases"]

# A maker of one library's estimators: class name and options to an unfitted estimator.
Make = Callable[..., Any]


def boosting_cases() -> Iterator[Case]:
    """Yields the cases of each library."""
    yield from _xgboost()
    yield from _lightgbm()
    yield from _catboost()


def _case(family: str, make: Make, name: str, kind: str, **options: Any) -> Case:
    shown = ", ".join(f"{key}={value}" for key, value in options.items())
    return Case(f"{name}({shown}) on {kind}", family, kind, lambda data: _fit(make, name, options, data))


def _fit(make: Make, name: str, options: dict[str, Any], data: Data) -> Any:
    y = data.y
    if name.endswith("Ranker"):
        ranks = np.digitize(np.asarray(y, dtype=float), np.quantile(y, [0.3, 0.6, 0.9])).astype(int)
        groups = np.full(len(ranks) // 20, 20)
        if family_of(make) == "catboost":
            return make(name, **options).fit(data.x, ranks, group_id=np.repeat(np.arange(len(groups)), 20))
        return make(name, **options).fit(data.x, ranks, group=groups)
    return make(name, **options).fit(data.x, y)


def family_of(make: Make) -> str:
    """The library behind a maker."""
    return make.__name__.strip("_")


def xgboost(name: str, **options: Any) -> Any:
    """An XGBoost estimator with few shallow trees."""
    import xgboost as xgb

    return getattr(xgb, name)(**{"n_estimators": 15, "max_depth": 4, "n_jobs": 1, **options})


def lightgbm(name: str, **options: Any) -> Any:
    """A LightGBM estimator with few small trees."""
    import lightgbm as lgb

    small = {"n_estimators": 15, "num_leaves": 12, "n_jobs": 1, "verbose": -1, "deterministic": True}
    return getattr(lgb, name)(**{**small, **options})


def catboost(name: str, **options: Any) -> Any:
    """A CatBoost estimator with few shallow trees."""
    import catboost as cb

    small = {"iterations": 15, "depth": 4, "thread_count": 1, "verbose": False, "allow_writing_files": False}
    return getattr(cb, name)(**{**small, **options})


def _xgboost() -> Iterator[Case]:
    def case(name: str, kind: str, **options: Any) -> Case:
        return _case("xgboost", xgboost, name, kind, **options)

    for kind in ("two", "three", "gaps, two", "gaps, three", "large, two", "float32, three", "frame, three", "labels"):
        if kind != "frame, three":
            yield case("XGBClassifier", kind)
    yield case("XGBClassifier", "two truths")
    for kind in ("value", "gaps, value", "large, value", "float32, value", "frame, value", "two values"):
        yield case("XGBRegressor", kind)
    yield case("XGBRegressor", "two values", multi_strategy="multi_output_tree")
    for objective, kind in (
        ("reg:squarederror", "value"),
        ("reg:squaredlogerror", "positive value"),
        ("reg:logistic", "unit, value"),
        ("reg:pseudohubererror", "value"),
        ("reg:absoluteerror", "value"),
        ("reg:gamma", "positive value"),
        ("reg:tweedie", "positive value"),
        ("count:poisson", "count"),
        ("survival:cox", "positive value"),
    ):
        yield case("XGBRegressor", "two" if objective == "reg:logistic" else kind, objective=objective)
    yield case("XGBRegressor", "value", objective="reg:quantileerror", quantile_alpha=0.7)
    yield case("XGBRegressor", "value", objective="reg:quantileerror", quantile_alpha=[0.1, 0.5, 0.9])
    for objective in ("binary:logistic", "binary:logitraw", "binary:hinge"):
        yield case("XGBClassifier", "two", objective=objective)
    for objective in ("multi:softmax", "multi:softprob"):
        yield case("XGBClassifier", "three", objective=objective)
    for booster in ("dart", "gblinear"):
        yield case("XGBRegressor", "value", booster=booster, **({"rate_drop": 0.3} if booster == "dart" else {}))
        yield case("XGBClassifier", "three", booster=booster)
    yield case("XGBClassifier", "three", num_parallel_tree=3, subsample=0.7, colsample_bynode=0.7)
    for name, kind in (("XGBRFClassifier", "two"), ("XGBRFClassifier", "three"), ("XGBRFRegressor", "value")):
        yield case(name, kind)
    for objective in ("rank:pairwise", "rank:ndcg", "rank:map"):
        options = {"objective": objective}
        yield case("XGBRanker", "value", **options)
    yield case("XGBRegressor", "gaps, value", missing=-999.0)
    yield case("XGBRegressor", "value", base_score=3.0)
    yield case("XGBClassifier", "two", base_score=0.2)
    yield case("XGBRegressor", "value", grow_policy="lossguide", max_leaves=7, tree_method="hist")
    yield case("XGBRegressor", "value", tree_method="exact", max_depth=8)
    yield case("XGBClassifier", "two", scale_pos_weight=3.0, max_delta_step=1, reg_alpha=1.0)
    for partition in (1, 100):
        yield case("XGBRegressor", "categories, value", enable_categorical=True, max_cat_to_onehot=partition)
        yield case("XGBClassifier", "categories, three", enable_categorical=True, max_cat_to_onehot=partition)


def _lightgbm() -> Iterator[Case]:
    def case(name: str, kind: str, **options: Any) -> Case:
        return _case("lightgbm", lightgbm, name, kind, **options)

    for kind in (
        "two",
        "three",
        "three texts",
        "two truths",
        "gaps, two",
        "gaps, three",
        "large, two",
        "float32, three",
    ):
        yield case("LGBMClassifier", kind)
    for kind in ("value", "gaps, value", "large, value", "float32, value", "frame, value"):
        yield case("LGBMRegressor", kind)
    for objective, kind in (
        ("regression", "value"),
        ("regression_l1", "value"),
        ("huber", "value"),
        ("fair", "value"),
        ("poisson", "count"),
        ("quantile", "value"),
        ("mape", "positive value"),
        ("gamma", "positive value"),
        ("tweedie", "positive value"),
        ("cross_entropy", "two"),
        ("cross_entropy_lambda", "two"),
    ):
        yield case("LGBMRegressor", kind, objective=objective)
    yield case("LGBMRegressor", "positive value", reg_sqrt=True)
    yield case("LGBMClassifier", "two", sigmoid=2.5)
    yield case("LGBMClassifier", "two", is_unbalance=True)
    yield case("LGBMClassifier", "three", objective="multiclassova")
    for boosting in ("gbdt", "dart", "rf"):
        extra = {"subsample": 0.7, "subsample_freq": 1} if boosting == "rf" else {}
        yield case("LGBMRegressor", "value", boosting_type=boosting, **extra)
        yield case("LGBMClassifier", "three", boosting_type=boosting, **extra)
    yield case("LGBMRegressor", "value", linear_tree=True)
    yield case("LGBMRegressor", "gaps, value", linear_tree=True)
    yield case("LGBMRegressor", "counts, three", zero_as_missing=True)
    yield case("LGBMRegressor", "gaps, value", use_missing=False)
    yield case("LGBMRegressor", "value", boost_from_average=False, extra_trees=True)
    yield case("LGBMRegressor", "value", monotone_constraints=[1, 0, 0, 0, 0, 0, 0, -1])
    yield case("LGBMRegressor", "value", data_sample_strategy="goss")
    for objective in ("lambdarank", "rank_xendcg"):
        yield case("LGBMRanker", "value", objective=objective)
    for kind in ("codes, two", "codes, three"):
        yield Case(
            f"LGBMClassifier(categorical_feature=[0, 1]) on {kind}",
            "lightgbm",
            kind,
            lambda data: lightgbm("LGBMClassifier", min_data_per_group=5).fit(
                data.x, data.y, categorical_feature=[0, 1]
            ),
        )
    yield Case(
        "LGBMRegressor(early stopping)",
        "lightgbm",
        "value",
        lambda data: lightgbm("LGBMRegressor", n_estimators=200, early_stopping_round=3).fit(
            data.x[:300], data.y[:300], eval_set=[(data.x[300:], data.y[300:])]
        ),
    )
    yield Case(
        "lightgbm.Booster",
        "lightgbm",
        "gaps, two",
        lambda data: lightgbm("LGBMClassifier").fit(data.x, data.y).booster_,
    )


def _catboost() -> Iterator[Case]:
    def case(name: str, kind: str, **options: Any) -> Case:
        return _case("catboost", catboost, name, kind, **options)

    for kind in (
        "two",
        "three",
        "three texts",
        "two truths",
        "gaps, two",
        "gaps, three",
        "large, two",
        "float32, three",
    ):
        yield case("CatBoostClassifier", kind)
    for kind in ("value", "gaps, value", "large, value", "float32, value", "frame, value"):
        yield case("CatBoostRegressor", kind)
    for loss, kind in (
        ("RMSE", "value"),
        ("MAE", "value"),
        ("Quantile:alpha=0.3", "value"),
        ("MultiQuantile:alpha=0.1,0.5,0.9", "value"),
        ("Expectile:alpha=0.3", "value"),
        ("LogCosh", "value"),
        ("Lq:q=3", "value"),
        ("Huber:delta=1.0", "value"),
        ("MAPE", "positive value"),
        ("Poisson", "count"),
        ("Tweedie:variance_power=1.5", "positive value"),
        ("MultiRMSE", "two values"),
        ("RMSEWithUncertainty", "value"),
    ):
        yield case("CatBoostRegressor", kind, loss_function=loss)
    for loss, kind in (
        ("Logloss", "two"),
        ("CrossEntropy", "two"),
        ("MultiClass", "three"),
        ("MultiClassOneVsAll", "three texts"),
        ("MultiLogloss", "labels"),
    ):
        yield case("CatBoostClassifier", kind, loss_function=loss)
    for policy in ("Depthwise", "Lossguide"):
        yield case("CatBoostRegressor", "gaps, value", grow_policy=policy)
        yield case("CatBoostClassifier", "three", grow_policy=policy)
    for mode in ("Min", "Max"):
        yield case("CatBoostRegressor", "gaps, value", nan_mode=mode)
    yield case("CatBoostRegressor", "value", boost_from_average=False, l2_leaf_reg=1.0)
    yield case("CatBoostRanker", "value", loss_function="YetiRank")
    for most in (10, 1):
        yield Case(
            f"CatBoostClassifier(cat_features, one_hot_max_size={most})",
            "catboost",
            "mixed, two",
            lambda data, most=most: catboost("CatBoostClassifier", one_hot_max_size=most).fit(
                pd.DataFrame(data.x), data.y, cat_features=["city", "size"]
            ),
        )
