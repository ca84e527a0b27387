"""Which names a model file may hold: exact (module, name) pairs, read from allow_list.txt; never a whole package.

The list is made by fixtures/recipes/sklearn/make_allow_list.py. Being in it means: the object may stand in the model,
and if it is a class, an instance may be made blank (without running ``__init__``) and be given its attributes. It does
not mean that the file may call it while loading; what may be called, and with which arguments, is in guards.py.

Why no entry of the list does harm, whatever the file puts around it:
- estimators, kernels, splitters, losses, links, scorers: plain Python classes. No constructor runs, and no
  ``__setstate__`` other than those reviewed in guards.py; attributes go into ``__dict__`` past any setter.
- functions of sklearn (metrics, score functions, pairwise kernels, scalers) and numpy's and scipy's ufuncs: never
  called while loading; a model calls them when it predicts, with arguments that the file chose. They compute on
  arrays; none opens a file, evaluates text, imports by name or starts a process. numpy.vectorize, numpy.frompyfunc,
  numpy.load, numpy.fromfile, numpy.memmap and the like are not in the list.
- scalar types and builtin types and ``abs``, ``len``: conversions.
- distributions of scipy.stats: their ``__setstate__`` runs ``exec`` on a text of the file. They are never made: a
  search keeps them as parameters and no prediction uses them, so an inert stand-in takes their place, as it does for
  a few parts of older versions.
- xgboost, lightgbm, catboost: their models are parsed by the libraries' own readers, as from their own files.
"""

from functools import lru_cache
from importlib import resources

__all__ = ["ARRAY_WRAPPER", "allowed_pairs", "is_inert", "today"]

Pair = tuple[str, str]

ARRAY_WRAPPER: Pair = ("joblib.numpy_pickle", "NumpyArrayWrapper")

_INERT_MODULES = frozenset(
    {"scipy.stats._continuous_distns", "scipy.stats._discrete_distns", "scipy.stats._distn_infrastructure"}
)
_INERT_NAMES = frozenset(
    {
        # A discrete distribution of a search holds a vectorized method of its own.
        ("numpy", "vectorize"),
        # Parts of older versions that newer ones lack; fitting and scoring used them, predictions never did.
        *(("sklearn.linear_model._sgd_fast", name) for name in ("Huber", "Log", "SquaredLoss")),
        *(("sklearn.metrics._scorer", f"_{name}Scorer") for name in ("Predict", "Proba", "Threshold")),
        ("sklearn.metrics._scorer", "_passthrough_scorer"),
    }
)

# Modules that changed their name; the rest of the pair stays, and must be in the list under the new name.
_MOVED_MODULES = {
    "_loss": "sklearn._loss._loss",  # up to 1.4 the compiled module gave a name that anyone could put on the path
    "sklearn.neighbors._dist_metrics": "sklearn.metrics._dist_metrics",
    "numpy._core._multiarray_umath": "numpy",
    "numpy.core._multiarray_umath": "numpy",
    "scipy.special._ufuncs": "scipy.special",
    "scipy.special._special_ufuncs": "scipy.special",
    "numpy.ma.core": "numpy.ma",
    "pandas.core.indexes.numeric": "pandas",
    "pandas.core.indexes.range": "pandas",
    "pandas.core.arrays.string_": "pandas",
    "pandas.core.arrays.string_arrow": "pandas.arrays",
    "pandas.core.dtypes.dtypes": "pandas",
    "pandas._libs.missing": "pandas",
}
_MOVED_NAMES = {
    ("numpy", "round_"): ("numpy", "round"),
    ("numpy.ma", "_mareconstruct"): ("numpy.ma.core", "_mareconstruct"),
    ("numpy", "memmap"): ("numpy", "ndarray"),  # the array is read into memory; the class would open files
    ("pandas", "Int64Index"): ("pandas", "Index"),
    ("pandas", "Float64Index"): ("pandas", "Index"),
    ("pandas.core.indexes.base", "Index"): ("pandas", "Index"),
    ("pandas", "StringArray"): ("pandas.arrays", "StringArray"),
    ("sklearn.model_selection._classification_threshold", "_CurveScorer"): ("sklearn.metrics._scorer", "_CurveScorer"),
}
_SPARSE = {
    f"{kind}_{form}": f"scipy.sparse._{kind}"
    for kind in ("bsr", "coo", "csc", "csr", "dia")
    for form in ("array", "matrix")
}
_DISTANCES = "sklearn.metrics._dist_metrics"


def today(module: str, name: str) -> Pair:
    """The pair under which current libraries know a file's name; a pair that never moved is returned as it is."""
    if module == "numpy.core" or module.startswith("numpy.core."):
        module = module.replace("numpy.core", "numpy._core", 1)
    module = _MOVED_MODULES.get(module, module)
    if name in _SPARSE and module in ("scipy.sparse._arrays", f"scipy.sparse.{name[:3]}", _SPARSE[name]):
        module = _SPARSE[name]
    if module == _DISTANCES and name.endswith("Distance"):
        name += "64"  # since 1.3 there is one of each for float32 as well
    return _MOVED_NAMES.get((module, name), (module, name))


def is_inert(pair: Pair) -> bool:
    """Whether an inert stand-in takes the place of this name: nothing is imported for it."""
    return pair[0] in _INERT_MODULES or pair in _INERT_NAMES


@lru_cache(maxsize=1)
def allowed_pairs() -> frozenset[Pair]:
    """The pairs of allow_list.txt."""
    text = resources.files(__package__).joinpath("allow_list.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset((module, name) for module, name in lines)
