"""The boosting front end: live boosters and model files of XGBoost, LightGBM and CatBoost; nothing imported until used.

Their scikit-learn wrappers, alone, pickled or in pipelines, belong to the scikit-learn front end; CatBoost's classes are
no scikit-learn estimators and belong here.
"""

import hashlib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from modelport.errors import MissingPackageError
from modelport.frontends._spec import Converted, FrontEnd, LoadedModel, Request
from modelport.frontends.boosting._library import Library

__all__ = ["FRONTEND"]

_HEAD = 64 * 1024


def _libraries() -> Iterator[Library]:
    """Every file in libraries/, by name."""
    from modelport._registry import scan

    for _, library in scan("modelport.frontends.boosting.libraries", "LIBRARY", Library):
        yield library


def _owns(model: object) -> bool:
    return any(library.owns(model) for library in _libraries())


def _of_file(path: Path) -> Library | None:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return next((library for library in _libraries() if library.sniff(head)), None)


def _sniff(path: Path) -> bool:
    return _of_file(path) is not None


def _load(path: Path, _: Sequence[str]) -> LoadedModel:
    library = _of_file(path)
    assert library is not None
    _need(library, str(path))
    data = path.read_bytes()
    return LoadedModel((library, library.read(data, str(path))), hashlib.sha256(data).hexdigest())


def _need(library: Library, where: str) -> None:
    for package in (library.name, "pandas"):
        if find_spec(package) is None:
            raise MissingPackageError(
                f"asking a {library.name} model for its predictions needs {package}",
                where=where,
                fix="pip install 'modelport[boosting]'",
            )


def _convert(loaded: LoadedModel, request: Request) -> Converted:
    from modelport.frontends.boosting.convert import convert

    if isinstance(loaded.model, tuple):
        library, model = loaded.model
    else:
        library = next(library for library in _libraries() if library.owns(loaded.model))
        _need(library, "the model")
        model = library.take(loaded.model)
    return convert(library, model, loaded, request)


def _support() -> list[tuple[str, str]]:
    return sorted(row for library in _libraries() for row in library.classes)


FRONTEND = FrontEnd(
    name="boosting",
    extra="boosting",
    owns=_owns,
    sniff=_sniff,
    load=_load,
    convert=_convert,
    support=_support,
)
