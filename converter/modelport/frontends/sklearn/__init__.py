"""The scikit-learn front end: pickle, joblib and skops files, and live estimators. Nothing is imported until used."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from modelport.errors import MissingPackageError
from modelport.frontends._spec import Converted, FrontEnd, LoadedModel, Request

__all__ = ["FRONTEND"]


def _owns(model: object) -> bool:
    return any(kind.__module__.split(".")[0] == "sklearn" for kind in type(model).__mro__)


def _need_sklearn(where: str) -> None:
    try:
        import pandas
        import sklearn  # noqa: F401
    except ImportError as err:
        raise MissingPackageError(
            f"reading a scikit-learn model needs {err.name}", where=where, fix="pip install 'modelport[sklearn]'"
        ) from err
    del pandas


def _sniff(path: Path) -> bool:
    from modelport.frontends.sklearn.loading.sniff import sniff

    return sniff(path) is not None


def _load(path: Path, trust: Sequence[str]) -> LoadedModel:
    _need_sklearn(str(path))
    from modelport.frontends.sklearn.loading import load_model

    loaded = load_model(path, trust)
    return LoadedModel(loaded.model, hashlib.sha256(path.read_bytes()).hexdigest(), loaded.notes)


def _load_in(path: Path, trust: Sequence[str], python: str) -> LoadedModel:
    _need_sklearn(str(path))
    from modelport.frontends.sklearn.loading.elsewhere import load_elsewhere

    loaded = load_elsewhere(path, trust, python)
    return LoadedModel(loaded.model, hashlib.sha256(path.read_bytes()).hexdigest(), loaded.notes)


def _convert(loaded: LoadedModel, request: Request) -> Converted:
    _need_sklearn("the model")
    from modelport.frontends.sklearn.convert import convert

    return convert(loaded, request)


def _support() -> list[tuple[str, str]]:
    from modelport.frontends.sklearn.support import support_rows

    return support_rows()


def _refused() -> list[tuple[str, str]]:
    from modelport.frontends.sklearn.refusals import REFUSED

    return sorted(REFUSED.items())


FRONTEND = FrontEnd(
    name="scikit-learn",
    extra="sklearn",
    owns=_owns,
    sniff=_sniff,
    load=_load,
    convert=_convert,
    support=_support,
    refused=_refused,
    load_in=_load_in,
)
