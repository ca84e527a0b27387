"""A model that was read from a file of R."""

from dataclasses import dataclass

from modelport.frontends.r.serialize import RObject

__all__ = ["RFile"]


@dataclass(frozen=True)
class RFile:
    """``model`` as it was read; ``where`` names the file, and the object in it, for messages; ``path`` is where R finds it."""

    model: RObject
    where: str
    path: str | None = None
