"""What to say of an object that is no model: the models that lie in it, and how to take one of them out."""

from collections.abc import Collection, Mapping

from modelport.errors import UnknownModelError
from modelport.frontends.r.serialize import REnvironment, RList, RObject, RPairs, classes

__all__ = ["chosen", "models_inside", "no_model"]

_SHOWN = 8


def models_inside(given: RObject, known: Collection[str]) -> dict[str, str]:
    """The elements of a list or environment that are models of a known class, with this class; '2' for one without a name."""
    if isinstance(given, RList | RPairs | REnvironment):
        parts = dict(given.elements())
        if isinstance(given, RList) and not parts:
            parts = {str(place): value for place, value in enumerate(given.values, start=1)}
        return _models(parts, known)
    return {}


def _models(parts: Mapping[str, RObject], known: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parts.items():
        own = [class_ for class_ in classes(value) if class_ in known]
        if own:
            found[name] = own[0]
    return found


def no_model(given: RObject, where: str, known: Collection[str]) -> UnknownModelError | None:
    """The error for an object that holds models but is none, or that has no class; None for one of an unknown class."""
    inside = models_inside(given, known)
    if inside:
        first = next(iter(inside))
        taken = f"[[{first}]]" if first.isdigit() else f"[[{first!r}]]"
        several = "models" if len(inside) > 1 else "a model"
        return UnknownModelError(
            f"the file holds no model by itself but {_a(given)} with {several} in it: {_shown(inside)}",
            where=where,
            fix=f"save one alone in R: x <- readRDS('model.rds'); saveRDS(x{taken}, 'one.rds')",
        )
    if "class" not in given.attributes or "data.frame" in classes(given):
        return UnknownModelError(
            f"the file holds no model, but {_a(given)}",
            where=where,
            fix="save the fitted model itself: saveRDS(model, 'model.rds')",
        )
    return None


def chosen(objects: Mapping[str, RObject], where: str, known: Collection[str]) -> str:
    """The name of the one model of a workspace. Raises: UnknownModelError, naming what there is."""
    if len(objects) == 1:
        return next(iter(objects))
    found = _models(objects, known)
    if len(found) == 1:
        return next(iter(found))
    if found:
        first = next(iter(found))
        raise UnknownModelError(
            f"the workspace holds {len(found)} models: {_shown(found)}",
            where=where,
            fix=f"save the one that is meant alone: load('…'); saveRDS({first}, '{first}.rds')",
        )
    listed = [f"{name} ({value.describe()})" for name, value in list(objects.items())[:_SHOWN]]
    raise UnknownModelError(
        f"the workspace holds {len(objects)} objects and no model of a known class: {', '.join(listed) or 'nothing'}",
        where=where,
        fix="save the fitted model itself: saveRDS(model, 'model.rds')",
    )


def _shown(found: Mapping[str, str]) -> str:
    listed = [f"{name} ({class_})" for name, class_ in list(found.items())[:_SHOWN]]
    return ", ".join(listed) + (", …" if len(found) > _SHOWN else "")


def _a(given: RObject) -> str:
    said = given.describe()
    return said if said == "NULL" else f"{'an' if said[0] in 'aeiou' else 'a'} {said}"
