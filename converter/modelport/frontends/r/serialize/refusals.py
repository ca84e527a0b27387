"""The one error of this package: a file of R that cannot be read, what is wrong with it, and what to do in R."""

from modelport.errors import ModelFileError

__all__ = ["damaged", "too_deep"]

_AGAIN = "copy the file again, or save it again in R: saveRDS(model, 'model.rds')"


def damaged(what: str, where: str, fix: str = _AGAIN) -> ModelFileError:
    """The error, ready to be raised."""
    return ModelFileError(what, where=where, fix=fix)


def too_deep(depth: int, position: str, where: str) -> ModelFileError:
    """Objects within objects, beyond the limit."""
    return damaged(
        f"objects nest more than {depth} deep, at {position}",
        where,
        "save the model alone, without the environments that it was made in",
    )
