"""The R front end: models that R saved with saveRDS or save, read and converted without R."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from modelport.frontends._spec import Converted, FrontEnd, LoadedModel, Request

__all__ = ["FRONTEND"]

# A block of bzip2, of which nothing can be read before its end.
_HEAD = 1 << 20


def _owns(model: object) -> bool:
    from modelport.frontends.r._loaded import RFile

    return isinstance(model, RFile)


def _sniff(path: Path) -> bool:
    from modelport.frontends.r.serialize import looks_like_r

    with path.open("rb") as file:
        return looks_like_r(file.read(_HEAD))


def _load(path: Path, _: Sequence[str]) -> LoadedModel:
    from modelport.frontends.r._inside import chosen
    from modelport.frontends.r._loaded import RFile
    from modelport.frontends.r._model import models
    from modelport.frontends.r.serialize import read_workspace

    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    objects = read_workspace(data, str(path))
    if "" in objects:
        return LoadedModel(RFile(objects[""], path.name, str(path)), digest)
    name = chosen(objects, path.name, models())
    # Of several objects R would not know which is meant.
    asked = str(path) if len(objects) == 1 else None
    return LoadedModel(RFile(objects[name], f"{path.name}, object {name}", asked), digest)


def _convert(loaded: LoadedModel, request: Request) -> Converted:
    from modelport.frontends.r.convert import convert

    return convert(loaded, request)


def _support() -> list[tuple[str, str]]:
    from modelport.frontends.r._model import models

    return sorted((model.qualified(name), model.source) for name, model in models().items())


def _unproven() -> list[tuple[str, str]]:
    from modelport.frontends.r._model import models

    return sorted((model.qualified(name), model.unproven) for name, model in models().items() if model.unproven)


def _refused() -> list[tuple[str, str]]:
    from modelport.frontends.r._refused import REFUSED

    return sorted(refused.row(name) for name, refused in REFUSED.items())


FRONTEND = FrontEnd(
    name="R",
    extra="r",
    owns=_owns,
    sniff=_sniff,
    load=_load,
    convert=_convert,
    support=_support,
    refused=_refused,
    unproven=_unproven,
    takes_arguments=True,
)
