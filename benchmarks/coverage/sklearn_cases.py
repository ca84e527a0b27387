"""Every scikit-learn estimator that predicts or transforms, by default and with options that change its arithmetic."""

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.coverage.case import Case
from benchmarks.coverage.data import Data

__all__ = ["sklearn_cases"]

_QUESTIONS = ("predict", "predict_proba", "decision_function", "score_samples", "transform")
# Names that say which data an estimator is made for; the first that fits decides.
_DATA_OF = {
    "CategoricalNB": ("few codes, three",),
    "MultinomialNB": ("counts, three",),
    "ComplementNB": ("counts, three",),
    "IsotonicRegression": ("one column, value",),
    "MultiTaskElasticNet": ("two values",),
    "MultiTaskElasticNetCV": ("two values",),
    "MultiTaskLasso": ("two values",),
    "MultiTaskLassoCV": ("two values",),
    "CCA": ("two values",),
    "PLSCanonical": ("two values",),
    "PLSSVD": ("two values",),
    "PoissonRegressor": ("count",),
    "GammaRegressor": ("positive value",),
    "TargetEncoder": ("codes, two",),
    "OneHotEncoder": ("codes, two",),
    "OrdinalEncoder": ("codes, two",),
    "MultiOutputClassifier": ("two outputs",),
    "ClassifierChain": ("labels",),
    "RegressorChain": ("two values",),
    "MultiOutputRegressor": ("two values",),
    "CountVectorizer": ("text",),
    "TfidfVectorizer": ("text",),
    "HashingVectorizer": ("text",),
    "TfidfTransformer": ("counts, three",),
    "LatentDirichletAllocation": ("counts, three",),
    "NMF": ("positive, three",),
    "MiniBatchNMF": ("positive, three",),
    "AdditiveChi2Sampler": ("positive, three",),
    "SkewedChi2Sampler": ("unit, value",),
    "BernoulliRBM": ("unit, value",),
    "KNNImputer": ("gaps, two",),
    "IterativeImputer": ("gaps, two",),
    "SimpleImputer": ("gaps, two",),
    "MissingIndicator": ("gaps, two",),
    "TunedThresholdClassifierCV": ("two",),
    "FixedThresholdClassifier": ("two",),
    "LocalOutlierFactor": ("two",),
}


def _given(name: str) -> dict[str, Any]:
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
    from sklearn.preprocessing import StandardScaler

    regress = "Regress" in name or "RANSAC" in name
    inner: Any = Ridge() if regress else LogisticRegression(max_iter=500)
    other: Any = LinearRegression() if regress else LogisticRegression(C=0.1, max_iter=500)
    return {
        "estimator": inner,
        "estimators": [("a", inner), ("b", other)],
        "transformers": [("a", PCA(2), [0, 1, 2]), ("b", "passthrough", slice(3, 5))],
        "transformer_list": [("a", PCA(2)), ("b", StandardScaler())],
        "steps": [("a", StandardScaler()), ("b", LogisticRegression())],
        "param_grid": {"C": [0.1, 1.0]},
        "param_distributions": {"C": [0.1, 1.0]},
        "dictionary": np.random.default_rng(0).normal(size=(5, 8)),
        "novelty": True,
        "n_iter": 2,
    }


def _arguments(cls: type) -> dict[str, Any]:
    given = _given(cls.__name__)
    found = {}
    for name, parameter in inspect.signature(cls.__init__).parameters.items():
        if name != "self" and parameter.default is inspect.Parameter.empty and name in given:
            found[name] = given[name]
    if cls.__name__ == "LocalOutlierFactor":
        found["novelty"] = True
    if cls.__name__ in ("RandomizedSearchCV",):
        found["n_iter"] = 2
    if "random_state" in inspect.signature(cls.__init__).parameters:
        found["random_state"] = 0
    return found


def _kinds(name: str, cls: type) -> tuple[str, ...]:
    from sklearn.base import ClassifierMixin, RegressorMixin

    if name in _DATA_OF:
        return _DATA_OF[name]
    if issubclass(cls, ClassifierMixin):
        return ("three", "two")
    if issubclass(cls, RegressorMixin):
        return ("value",)
    return ("two",)


def _fit(make: Any, data: Data) -> Any:
    model = make()
    takes_y = {"y", "Y"} & set(inspect.signature(model.fit).parameters)
    return model.fit(data.x, data.y) if takes_y else model.fit(data.x)


def _case(name: str, kind: str, make: Any) -> Case:
    return Case(f"{name} on {kind}", "scikit-learn", kind, lambda data: _fit(make, data))


def _shown(options: dict[str, Any]) -> str:
    parts = []
    for key, value in options.items():
        text = " ".join(str(value).split())
        parts.append(f"{key}={text if len(text) < 50 else text[:47] + '…'}")
    return ", ".join(parts)


def sklearn_cases() -> Iterator[Case]:
    """Yields the defaults of every estimator on each kind of data that suits it, then the options."""
    import sklearn.experimental.enable_halving_search_cv
    import sklearn.experimental.enable_iterative_imputer  # noqa: F401
    from sklearn.utils import all_estimators

    classes = dict(all_estimators())
    for name, cls in classes.items():
        if any(hasattr(cls, question) for question in _QUESTIONS):
            for kind in _kinds(name, cls):
                yield _case(f"{name}()", kind, lambda cls=cls: cls(**_arguments(cls)))
    for name, kind, options in _options():
        cls = classes[name]
        yield _case(
            f"{name}({_shown(options)})", kind, lambda cls=cls, options=options: cls(**{**_arguments(cls), **options})
        )
    yield from _pipelines()


def _options() -> Iterator[tuple[str, str, dict[str, Any]]]:
    from sklearn.compose import ColumnTransformer
    from sklearn.decomposition import PCA
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.gaussian_process import kernels as k
    from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, QuantileTransformer, StandardScaler
    from sklearn.svm import SVC, LinearSVC
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    forests = ("DecisionTree", "RandomForest", "ExtraTrees", "ExtraTree")
    small = {"max_depth": 6}
    for name in forests:
        many = {} if "Forest" not in name and "Trees" not in name else {"n_estimators": 15}
        for kind in (
            "two truths",
            "three texts",
            "gaps, three",
            "float32, three",
            "large, two",
            "two outputs",
            "labels",
        ):
            yield f"{name}Classifier", kind, {**many, **small}
        for kind in ("gaps, value", "float32, value", "two values", "large, value"):
            yield f"{name}Regressor", kind, {**many, **small}
    for trees in (10, 20):
        yield "RandomForestClassifier", "two", {"n_estimators": trees}
    yield "RandomForestClassifier", "two", {"max_leaf_nodes": 10, "class_weight": "balanced"}
    yield "RandomForestRegressor", "positive value", {"criterion": "poisson", "n_estimators": 10}
    yield "IsolationForest", "two", {"n_estimators": 20, "contamination": 0.1, "max_features": 3}
    yield "IsolationForest", "gaps, two", {"n_estimators": 20}
    for loss in ("log_loss", "exponential"):
        yield "GradientBoostingClassifier", "two", {"loss": loss, "n_estimators": 20}
    yield "GradientBoostingClassifier", "three", {"n_estimators": 10, "init": "zero"}
    yield "GradientBoostingClassifier", "two", {"n_estimators": 10, "init": LogisticRegression(max_iter=500)}
    for loss in ("squared_error", "absolute_error", "huber", "quantile"):
        yield "GradientBoostingRegressor", "value", {"loss": loss, "n_estimators": 20}
    yield "GradientBoostingRegressor", "value", {"init": Ridge(), "n_estimators": 10}
    for kind in ("gaps, two", "gaps, three", "two truths", "three texts", "large, two"):
        yield "HistGradientBoostingClassifier", kind, {"max_iter": 15}
    yield "HistGradientBoostingClassifier", "codes, three", {"max_iter": 15, "categorical_features": [0, 1]}
    yield "HistGradientBoostingRegressor", "codes, value", {"max_iter": 15, "categorical_features": [0, 1]}
    for loss, kind in (
        ("squared_error", "gaps, value"),
        ("absolute_error", "value"),
        ("gamma", "positive value"),
        ("poisson", "count"),
        ("quantile", "value"),
    ):
        extra = {"quantile": 0.8} if loss == "quantile" else {}
        yield "HistGradientBoostingRegressor", kind, {"loss": loss, "max_iter": 15, **extra}
    yield "HistGradientBoostingRegressor", "large, value", {"max_iter": 15, "monotonic_cst": [1, 0, 0, 0, 0, 0, 0, -1]}
    for kind in ("two truths", "three texts", "float32, three", "large, two"):
        yield "LogisticRegression", kind, {"max_iter": 300}
    yield "LogisticRegression", "two", {"solver": "liblinear"}
    yield "LogisticRegression", "three", {"C": 0.1, "fit_intercept": False}
    for loss in ("log_loss", "modified_huber", "hinge", "squared_hinge", "perceptron", "huber"):
        for kind in ("two", "three"):
            yield "SGDClassifier", kind, {"loss": loss}
    yield "RidgeClassifier", "labels", {}
    yield "Ridge", "two values", {}
    yield "LinearRegression", "two values", {}
    for power in (0, 1, 1.5, 2, 3):
        yield "TweedieRegressor", "positive value", {"power": power}
    for kernel in ("linear", "poly", "rbf", "sigmoid"):
        for kind in ("two", "three"):
            yield "SVC", kind, {"kernel": kernel}
        yield "SVR", "value", {"kernel": kernel}
        yield "OneClassSVM", "two", {"kernel": kernel}
    yield "SVC", "three", {"decision_function_shape": "ovo"}
    yield "SVC", "three", {"break_ties": True}
    yield "SVC", "three texts", {"gamma": "auto", "class_weight": "balanced"}
    yield "SVC", "two", {"probability": True}
    yield "SVC", "three", {"probability": True}
    yield "NuSVC", "three", {"kernel": "poly"}
    yield "LinearSVC", "three texts", {}
    for weights in ("uniform", "distance"):
        yield "KNeighborsClassifier", "three", {"weights": weights}
        yield "KNeighborsRegressor", "value", {"weights": weights}
        yield "KNeighborsRegressor", "two values", {"weights": weights}
        yield "RadiusNeighborsRegressor", "unit, value", {"weights": weights, "radius": 1.0}
    for metric in ("manhattan", "chebyshev", "cosine"):
        yield "KNeighborsClassifier", "two", {"metric": metric}
    yield "KNeighborsClassifier", "two", {"p": 3, "algorithm": "ball_tree"}
    yield "KNeighborsClassifier", "two outputs", {"algorithm": "brute"}
    yield "KNeighborsClassifier", "three texts", {"n_neighbors": 1}
    yield "RadiusNeighborsClassifier", "three", {"radius": 3.0, "outlier_label": "most_frequent"}
    for algorithm in ("brute", "kd_tree"):
        yield "LocalOutlierFactor", "two", {"algorithm": algorithm, "contamination": 0.1}
    for kernel in ("gaussian", "tophat", "epanechnikov", "exponential", "linear", "cosine"):
        yield "KernelDensity", "unit, value", {"kernel": kernel, "bandwidth": 0.5}
    for kernel in (
        k.ConstantKernel(2.0) * k.RBF(2.0) + k.WhiteKernel(0.1),
        k.Matern(length_scale=2.0, nu=0.5) + k.WhiteKernel(0.1),
        k.Matern(length_scale=2.0, nu=1.5) + k.WhiteKernel(0.1),
        k.Matern(length_scale=2.0, nu=2.5) + k.WhiteKernel(0.1),
        k.RationalQuadratic() + k.WhiteKernel(0.1),
        k.DotProduct() + k.WhiteKernel(0.1),
        k.ExpSineSquared(periodicity=3.0) + k.WhiteKernel(0.1),
    ):
        yield "GaussianProcessRegressor", "unit, value", {"kernel": kernel, "normalize_y": True}
    yield "GaussianProcessClassifier", "codes, two", {"kernel": 1.0 * k.RBF(2.0)}
    yield "GaussianProcessClassifier", "codes, three", {"kernel": 1.0 * k.RBF(2.0), "multi_class": "one_vs_one"}
    for activation in ("identity", "logistic", "tanh", "relu"):
        yield "MLPClassifier", "three", {"activation": activation, "max_iter": 20, "hidden_layer_sizes": (10,)}
        yield "MLPRegressor", "value", {"activation": activation, "max_iter": 20, "hidden_layer_sizes": (10, 5)}
    yield "MLPClassifier", "labels", {"max_iter": 20, "hidden_layer_sizes": (10,)}
    yield "MLPClassifier", "two", {"max_iter": 20, "hidden_layer_sizes": (10,)}
    for solver in ("svd", "lsqr", "eigen"):
        yield "LinearDiscriminantAnalysis", "three", {"solver": solver}
    yield "QuadraticDiscriminantAnalysis", "three", {"reg_param": 0.1}
    yield "NearestCentroid", "three", {"metric": "manhattan"}
    yield "BernoulliNB", "three", {"binarize": 0.5}
    yield "CategoricalNB", "few codes, three", {"min_categories": 6}
    for strategy in ("most_frequent", "prior"):
        yield "DummyClassifier", "three texts", {"strategy": strategy}
    for strategy in ("mean", "median"):
        yield "DummyRegressor", "two values", {"strategy": strategy}
    for kind in ("full", "tied", "diag", "spherical"):
        yield "GaussianMixture", "two", {"n_components": 3, "covariance_type": kind}
        yield "BayesianGaussianMixture", "two", {"n_components": 3, "covariance_type": kind}
    yield "KMeans", "float32, value", {"n_clusters": 5}
    for options in ({"increasing": False}, {"out_of_bounds": "clip"}, {"y_min": 0.0}):
        yield "IsotonicRegression", "one column, value", options

    for encode in ("onehot", "onehot-dense", "ordinal"):
        for strategy in ("uniform", "quantile", "kmeans"):
            yield "KBinsDiscretizer", "two", {"encode": encode, "strategy": strategy}
    for extrapolation in ("error", "constant", "linear", "continue", "periodic"):
        yield "SplineTransformer", "two", {"extrapolation": extrapolation}
    yield "SplineTransformer", "two", {"degree": 2, "include_bias": False, "knots": "quantile"}
    for method in ("yeo-johnson", "box-cox"):
        yield "PowerTransformer", "positive, three", {"method": method}
    for distribution in ("uniform", "normal"):
        yield "QuantileTransformer", "two", {"output_distribution": distribution, "n_quantiles": 50}
    yield "PolynomialFeatures", "two", {"degree": 3, "interaction_only": True}
    yield "PolynomialFeatures", "two", {"degree": (2, 3), "include_bias": False}
    for norm in ("l1", "l2", "max"):
        yield "Normalizer", "two", {"norm": norm}
    yield "MinMaxScaler", "gaps, two", {"clip": True, "feature_range": (-1, 2)}
    yield "RobustScaler", "gaps, two", {"with_centering": False, "unit_variance": True}
    yield "StandardScaler", "gaps, two", {"with_std": False}
    yield "Binarizer", "float32, value", {"threshold": 0.3}
    yield "OneHotEncoder", "codes, two", {"handle_unknown": "ignore"}
    yield "OneHotEncoder", "codes, two", {"min_frequency": 20, "handle_unknown": "infrequent_if_exist"}
    yield "OneHotEncoder", "mixed, two", {"handle_unknown": "ignore", "drop": "first"}
    yield "OneHotEncoder", "gaps, two", {"handle_unknown": "ignore", "max_categories": 5}
    yield "OrdinalEncoder", "codes, two", {"handle_unknown": "use_encoded_value", "unknown_value": -1}
    yield (
        "OrdinalEncoder",
        "gaps, two",
        {
            "handle_unknown": "use_encoded_value",
            "unknown_value": -1,
            "encoded_missing_value": -2,
        },
    )
    yield (
        "OrdinalEncoder",
        "codes, two",
        {
            "min_frequency": 20,
            "handle_unknown": "use_encoded_value",
            "unknown_value": np.nan,
        },
    )
    yield "TargetEncoder", "codes, value", {"smooth": 5.0}
    yield "TargetEncoder", "codes, three", {}
    for strategy in ("mean", "median", "most_frequent", "constant"):
        yield "SimpleImputer", "gaps, two", {"strategy": strategy}
    yield "SimpleImputer", "gaps, two", {"add_indicator": True}
    yield "KNNImputer", "gaps, two", {"weights": "distance", "n_neighbors": 3}
    yield "KNNImputer", "gaps, two", {"add_indicator": True}
    for order in ("ascending", "roman", "arabic"):
        yield "IterativeImputer", "gaps, two", {"imputation_order": order, "max_iter": 3}
    yield "IterativeImputer", "gaps, two", {"estimator": DecisionTreeRegressor(max_depth=3), "max_iter": 3}
    for features in ("missing-only", "all"):
        yield "MissingIndicator", "gaps, two", {"features": features}
    for whiten in (True, False):
        yield "PCA", "two", {"n_components": 3, "whiten": whiten}
    yield "PCA", "float32, value", {"n_components": 3}
    for kernel in ("linear", "poly", "rbf", "sigmoid", "cosine"):
        yield "KernelPCA", "unit, value", {"kernel": kernel, "n_components": 3}
        yield "KernelRidge", "unit, value", {"kernel": kernel}
        yield "Nystroem", "unit, value", {"kernel": kernel, "n_components": 20}
    yield "FastICA", "two", {"n_components": 3, "whiten": "arbitrary-variance"}
    yield "TruncatedSVD", "two", {"n_components": 3, "algorithm": "arpack"}
    yield "SparseRandomProjection", "two", {"n_components": 3}
    yield "GaussianRandomProjection", "two", {"n_components": 3}
    yield "SelectKBest", "three", {"k": 3}
    yield "SelectFromModel", "three", {"estimator": RandomForestClassifier(5, random_state=0)}
    yield "RFE", "three", {"n_features_to_select": 3}
    for func in (np.log1p, np.sqrt, np.exp, np.abs, np.square):
        yield "FunctionTransformer", "unit, value", {"func": func}

    yield "VotingClassifier", "three", {"voting": "soft", "weights": [1, 2]}
    yield (
        "VotingClassifier",
        "three texts",
        {"estimators": [("a", DecisionTreeClassifier(max_depth=3)), ("b", GaussianNB()), ("c", LogisticRegression())]},
    )
    yield "VotingRegressor", "value", {"weights": [0.3, 0.7]}
    for method in ("auto", "predict", "decision_function"):
        yield (
            "StackingClassifier",
            "three",
            {
                "stack_method": method,
                "estimators": [("a", LogisticRegression()), ("b", LinearSVC())]
                if method != "auto"
                else [
                    ("a", DecisionTreeClassifier(max_depth=3)),
                    ("b", GaussianNB()),
                ],
            },
        )
    yield "StackingClassifier", "two", {"passthrough": True}
    yield "StackingRegressor", "value", {"passthrough": True, "final_estimator": LinearRegression()}
    yield "BaggingClassifier", "three", {"estimator": SVC(), "n_estimators": 3}
    yield "BaggingClassifier", "three texts", {"estimator": DecisionTreeClassifier(max_depth=4), "max_features": 0.5}
    yield "BaggingRegressor", "two values", {"n_estimators": 4}
    yield "AdaBoostClassifier", "three texts", {"n_estimators": 10}
    yield "AdaBoostClassifier", "two", {"estimator": LogisticRegression(), "n_estimators": 5}
    for loss in ("linear", "square", "exponential"):
        yield "AdaBoostRegressor", "value", {"loss": loss, "n_estimators": 10}
    for method in ("sigmoid", "isotonic", "temperature"):
        for ensemble in (True, False):
            yield "CalibratedClassifierCV", "three", {"method": method, "ensemble": ensemble, "cv": 3}
    yield "CalibratedClassifierCV", "two", {"estimator": LinearSVC(), "method": "isotonic"}
    yield "FixedThresholdClassifier", "two", {"threshold": 0.3}
    yield "OneVsRestClassifier", "labels", {}
    yield "OneVsRestClassifier", "three texts", {"estimator": LinearSVC()}
    yield "OneVsOneClassifier", "three texts", {"estimator": DecisionTreeClassifier(max_depth=3)}
    yield "OutputCodeClassifier", "three", {"code_size": 2.0}
    yield "ClassifierChain", "labels", {"order": [2, 0, 1], "chain_method": "predict_proba"}
    yield "MultiOutputClassifier", "labels", {"estimator": KNeighborsClassifier()}
    yield (
        "TransformedTargetRegressor",
        "positive value",
        {
            "regressor": Ridge(),
            "func": np.log1p,
            "inverse_func": np.expm1,
        },
    )
    yield "TransformedTargetRegressor", "value", {"transformer": StandardScaler()}
    yield (
        "TransformedTargetRegressor",
        "value",
        {"transformer": QuantileTransformer(n_quantiles=50), "regressor": Ridge()},
    )
    yield (
        "GridSearchCV",
        "three",
        {
            "estimator": make_pipeline(StandardScaler(), SVC()),
            "param_grid": {"svc__C": [0.5, 1.0]},
            "cv": 2,
        },
    )
    yield "SelfTrainingClassifier", "three", {"estimator": GradientBoostingClassifier(n_estimators=3)}
    texts = [("o", OneHotEncoder(handle_unknown="ignore"), ["city", "size"])]
    for remainder in ("drop", "passthrough", StandardScaler()):
        yield "ColumnTransformer", "mixed, two", {"transformers": texts, "remainder": remainder}
    prepared = ColumnTransformer([*texts, ("n", MinMaxScaler(), ["col 0", "col 1", "col 3"])])
    for estimator in (
        LogisticRegression(),
        RandomForestClassifier(10, random_state=0),
        GradientBoostingClassifier(n_estimators=5),
        SGDClassifier(random_state=0),
        GaussianNB(),
    ):
        yield "Pipeline", "mixed, two", {"steps": [("p", prepared), ("m", estimator)]}
    yield "Pipeline", "frame, three", {"steps": [("s", StandardScaler()), ("p", PCA(3)), ("m", SVC())]}

    for options in (
        {"analyzer": "char", "ngram_range": (1, 2)},
        {"analyzer": "char_wb", "ngram_range": (2, 3)},
        {"ngram_range": (1, 2), "binary": True},
        {"strip_accents": "unicode", "lowercase": False},
        {"stop_words": "english", "token_pattern": r"(?u)\b\w+\b"},
    ):
        yield "CountVectorizer", "text", options
    for options in ({"sublinear_tf": True}, {"norm": "l1"}, {"use_idf": False}, {"strip_accents": "ascii"}):
        yield "TfidfVectorizer", "text", options
    yield "HashingVectorizer", "text", {"n_features": 64, "alternate_sign": False}


def _pipelines() -> Iterator[Case]:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    yield _case("Tfidf + LogisticRegression", "text", lambda: make_pipeline(TfidfVectorizer(), LogisticRegression()))
    yield _case("Count + MultinomialNB", "text", lambda: make_pipeline(CountVectorizer(), MultinomialNB()))
    yield _case("Tfidf + LinearSVC", "text", lambda: make_pipeline(TfidfVectorizer(), LinearSVC()))
