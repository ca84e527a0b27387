"""Finds the front end of a model: by its type when it is an object, by its bytes when it is a file."""

from collections.abc import Sequence
from pathlib import Path

from modelport.errors import ConfigError, ModelFileError, PathError, UnknownModelError
from modelport.frontends._spec import FrontEnd, LoadedModel

__all__ = ["front_ends", "load_any", "supported"]


def front_ends() -> tuple[FrontEnd, ...]:
    """Every front end, in the order in which they are asked."""
    from modelport.frontends.boosting import FRONTEND as BOOSTING
    from modelport.frontends.r import FRONTEND as R
    from modelport.frontends.sklearn import FRONTEND as SKLEARN
    from modelport.frontends.tensorflow import FRONTEND as TENSORFLOW
    from modelport.frontends.torch import FRONTEND as TORCH

    # TensorFlow before torch: a Keras model on torch is a torch module too, and is told where it is converted.
    return (TENSORFLOW, TORCH, SKLEARN, BOOSTING, R)


def supported() -> list[tuple[str, str, str]]:
    """Returns (front end, class, source of its definition) of every class once, by front end.

    CatBoost's estimators are met alone by one front end and in pipelines by another: the last to list them counts.
    """
    found = {name: (front.name, name, source) for front in front_ends() for name, source in front.support()}
    order = [front.name for front in front_ends()]
    return sorted(found.values(), key=lambda row: (order.index(row[0]), row[1]))


def load_any(model: object, trust: Sequence[str], python: str | None = None) -> tuple[FrontEnd, LoadedModel]:
    """Loads a path safely, here or in the interpreter ``python``, or takes a live object as it is.

    Raises: PathError, ModelFileError, UnknownModelError, and what the front end's loader raises.
    """
    if isinstance(model, str | Path):
        return _load_file(Path(model), trust, python)
    for front_end in front_ends():
        if front_end.owns(model):
            return front_end, LoadedModel(model)
    raise UnknownModelError(_shown(model), where="the model given", fix=_advice(model))


def _shown(model: object) -> str:
    kind = model if isinstance(model, type) else type(model)
    name = f"{kind.__module__.removeprefix('builtins')}.{kind.__qualname__}".lstrip(".")
    return f"{name} is a class, no fitted model" if isinstance(model, type) else f"no front end takes a {name}"


def _advice(model: object) -> str:
    """Training scripts often keep a dict or a tuple of the model and more; a class is one pair of brackets short of it."""
    if isinstance(model, type):
        return "make one, call fit() and give that"
    items = model.items() if isinstance(model, dict) else enumerate(model) if isinstance(model, list | tuple) else ()
    inside = [key for key, value in items if any(front_end.owns(value) for front_end in front_ends())]
    if inside:
        return f"give what it holds under {', '.join(map(repr, inside[:5]))} alone"
    return f"give a fitted model of: {', '.join(f.name for f in front_ends())}"


def _load_file(path: Path, trust: Sequence[str], python: str | None) -> tuple[FrontEnd, LoadedModel]:
    if not path.exists():
        raise PathError(f"{path} does not exist", where=str(path), fix="give the path of a model file")
    folder = path.is_dir()
    if not folder and path.stat().st_size == 0:
        raise ModelFileError(f"{path.name} is empty", where=str(path), fix="save the model again")
    for front_end in front_ends():
        if (front_end.folders or not folder) and front_end.sniff(path):
            if python is None:
                loaded = front_end.load(path, trust)
                # A pickle may hold the model of another front end: a bare booster.
                return next((f for f in front_ends() if f.owns(loaded.model)), front_end), loaded
            if front_end.load_in is None:
                raise ConfigError(
                    f"a {front_end.name} file is read by modelport itself",
                    where="--python",
                    fix="leave --python out",
                )
            return front_end, front_end.load_in(path, trust, python)
    if folder:
        raise UnknownModelError(
            f"{path} is a folder without a SavedModel",
            where=str(path),
            fix="give the path of a model file, such as model.joblib, or a folder that holds saved_model.pb",
        )
    raise UnknownModelError(
        f"{path.name} is no model file that modelport knows",
        where=str(path),
        fix="save a scikit-learn model with joblib.dump, pickle.dump or skops.io.dump, a booster with save_model, an R "
        "model with saveRDS, a PyTorch module with torch.export.save, a Keras model with model.save('model.keras')",
    )
