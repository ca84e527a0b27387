"""The errors and notes about a model file, in words that say what to do."""

import contextlib
import importlib.metadata
import warnings
from collections.abc import Iterator, Mapping, Sequence

from modelport.errors import MissingPackageError, ModelFileError, UntrustedModelError
from modelport.frontends.sklearn.loading._guard import Pair

__all__ = ["damaged", "gone", "missing_package", "untrusted", "watched"]

# Names of these run commands, open files or import by name: no model needs them.
_ALARMING = frozenset(
    {
        *("builtins", "code", "commands", "ctypes", "ftplib", "importlib", "io", "marshal", "multiprocessing", "nt"),
        *("operator", "os", "pathlib", "pickle", "pip", "platform", "posix", "pty", "runpy", "shutil", "socket"),
        *("subprocess", "sys", "tempfile", "timeit", "types", "urllib", "webbrowser"),
    }
)
_BOOSTING = frozenset({"catboost", "lightgbm", "xgboost"})


def damaged(what: str, where: str) -> ModelFileError:
    """The file is cut off, changed, or no model after all."""
    return ModelFileError(
        f"the model file cannot be read: {what[:400]}", where=where, fix="copy or save it again; it may be incomplete"
    )


def untrusted(refused: Mapping[Pair, None], where: str, how: str = "") -> UntrustedModelError:
    """All names of a file that are not in the list, with how to allow each."""
    names = [f"{module}.{name}" for module, name in refused]
    reason = f" ({how})" if how else ""
    counted = "1 type" if len(names) == 1 else f"{len(names)} types"
    what = (
        f"the file names {counted} outside the list of known parts{reason}; nothing of it was run: {', '.join(names)}"
    )
    fix = ["if you know who made the file and that these are theirs, allow each:"]
    fix.append(" ".join(f"--trust {name}" for (_, bare), name in zip(refused, names, strict=True) if "." not in bare))
    dotted = [f"{module}.{name}" for module, name in refused if "." in name]
    if dotted:
        fix.append(f"(nested names cannot be allowed; move to the top of their module: {', '.join(dotted)})")
    alarming = [name for (module, _), name in zip(refused, names, strict=True) if module.partition(".")[0] in _ALARMING]
    if alarming:
        fix.append(f"(no model needs {', '.join(alarming)}: the file may be an attack, do not allow it)")
    if any(module == "__main__" for module, _ in refused):
        fix.append("(a class of __main__ is found nowhere else: move it into a module and save the model again)")
    return UntrustedModelError(what, where=where, fix=" ".join(part for part in fix if part))


def gone(pairs: Sequence[Pair], where: str) -> ModelFileError:
    """The file was saved by library versions whose parts the installed ones no longer have."""
    packages = sorted({module.partition(".")[0] for module, _ in pairs})
    versions = ", ".join(f"{name} {_version(name)}" for name in packages)
    names = ", ".join(f"{module}.{name}" for module, name in pairs)
    return ModelFileError(
        f"the file holds parts that the installed packages ({versions}) do not have: {names}",
        where=where,
        fix="install the versions that the model was saved with, or train and save it again with these",
    )


def missing_package(pairs: Sequence[Pair], where: str) -> MissingPackageError:
    """The file needs packages that are not installed."""
    packages = sorted({module.partition(".")[0] for module, _ in pairs})
    extras = sorted({"boosting" if package in _BOOSTING else "sklearn" for package in packages})
    install = f"pip install 'modelport[{','.join(extras)}]'"
    known = _BOOSTING | {"joblib", "numpy", "pandas", "scipy", "sklearn"}
    others = [package for package in packages if package not in known]
    if others:
        install = f"install {', '.join(others)}, or put its folder on PYTHONPATH"
    return MissingPackageError(
        f"the file needs {', '.join(packages)}, which cannot be imported here", where=where, fix=install
    )


@contextlib.contextmanager
def watched(notes: list[str]) -> Iterator[None]:
    """Turns the warnings that come while a model is built into ``notes``, each once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    saved: dict[str, list[str]] = {}
    for item in caught:
        version = getattr(item.message, "original_sklearn_version", None)
        if version is None:
            text = f"while loading: {' '.join(str(item.message).split())[:300]}"
            if text not in notes:
                notes.append(text)
        else:
            saved.setdefault(str(version), []).append(str(getattr(item.message, "estimator_name", "?")))
    for version, names in sorted(saved.items()):
        parts = ", ".join(sorted(set(names)))
        notes.append(
            f"saved by scikit-learn {version}, loaded by {_version('sklearn')} ({parts}): "
            "what the loaded model predicts is converted, and may differ from what it predicted there"
        )


def _version(package: str) -> str:
    name = {"sklearn": "scikit-learn"}.get(package, package)
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "of unknown version"
