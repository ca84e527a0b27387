"""The errors and notes about a model file, in words that say what to do."""

import contextlib
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence

from modelport.errors import MissingPackageError, ModelFileError, UntrustedModelError
from modelport.frontends._packages import version_of
from modelport.frontends.sklearn.loading._guard import Pair
from modelport.frontends.sklearn.loading.versions import predicts_otherwise

__all__ = ["damaged", "gone", "missing_package", "outdated", "told", "untrusted", "watched"]

# Names of these run commands, open files or import by name: no model needs them.
_ALARMING = frozenset(
    {
        *("builtins", "code", "commands", "ctypes", "ftplib", "importlib", "io", "marshal", "multiprocessing", "nt"),
        *("operator", "os", "pathlib", "pickle", "pip", "platform", "posix", "pty", "runpy", "shutil", "socket"),
        *("subprocess", "sys", "tempfile", "timeit", "types", "urllib", "webbrowser"),
    }
)
_NAMES = {"sklearn": "scikit-learn"}
_BOOSTING = frozenset({"catboost", "lightgbm", "xgboost"})


def damaged(what: str, where: str, versions: Iterable[str] = ()) -> ModelFileError:
    """The file is cut off, changed, or no model after all; or by a scikit-learn too far from the installed one."""
    other = _other_versions(versions)
    fix = "copy or save it again; it may be incomplete"
    if other:
        fix = (
            f"convert it with --python and the interpreter of an environment with scikit-learn {other[-1]}, "
            f"or train and save it again with {_version('sklearn')}"
        )
    return ModelFileError(f"the model file cannot be read: {what[:400]}", where=where, fix=fix)


def told(err: Exception) -> str:
    """What an exception says, without the ``repr`` of an object from the file."""
    text = err.args[0] if err.args and type(err.args[0]) is str else ""
    # XGBoost adds addresses of its own code.
    text = text.split("Stack trace:")[0]
    return f"{type(err).__name__}: {' '.join(text.split())}" if text else type(err).__name__


def untrusted(refused: Mapping[Pair, None], where: str, how: str = "") -> UntrustedModelError:
    """All names of a file that are not in the list, with how to allow each."""
    names = {pair: ".".join(pair) for pair in refused}
    counted = "1 name" if len(names) == 1 else f"{len(names)} names"
    what = f"the file needs {counted} outside the list of known parts{f' ({how})' if how else ''}"
    nested = [name for pair, name in names.items() if "." in pair[1]]
    alarming = [name for pair, name in names.items() if pair[0].partition(".")[0] in _ALARMING]
    fix = []
    plain = [name for name in names.values() if name not in nested]
    harmless, odd = [n for n in plain if n not in alarming], [n for n in plain if n in alarming]
    if harmless:
        fix.append(f"if you know who made the file and what these do, allow each: {_flags(harmless)}")
    if nested:
        fix.append(f"move to the top of its module, for nested names cannot be allowed: {', '.join(nested)}")
    if alarming:
        fix.append(f"do not allow {', '.join(alarming)}: no model needs it, the file may be an attack")
    if odd:
        fix.append(f"only in a file that you wrote yourself: {_flags(odd)}")
    if any(pair[0] == "__main__" for pair in names):
        fix.append("move classes of __main__ into a module and save the model again: they are found nowhere else")
    return UntrustedModelError(
        f"{what}; nothing of it was run: {', '.join(names.values())}", where=where, fix="; ".join(fix)
    )


def _flags(names: Sequence[str]) -> str:
    return " ".join(f"--trust {name}" for name in names)


def gone(pairs: Sequence[Pair], where: str, versions: Iterable[str] = ()) -> ModelFileError:
    """The file was saved by library versions whose parts the installed ones no longer have."""
    packages = sorted({module.partition(".")[0] for module, _ in pairs})
    installed = ", ".join(f"{_NAMES.get(name, name)} {_version(name)}" for name in packages)
    names = ", ".join(f"{module}.{name}" for module, name in pairs)
    other = _other_versions(versions)
    wanted = f"scikit-learn {other[-1]}" if other else "the versions that the model was saved with"
    return ModelFileError(
        f"the file holds parts that the installed versions ({installed}) do not have: {names}",
        where=where,
        fix=f"convert it with --python and the interpreter of an environment with {wanted}, or train and save it "
        "again with the installed ones",
    )


def _other_versions(versions: Iterable[str]) -> list[str]:
    return sorted(set(versions) - {_version("sklearn")})


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


def outdated(parts: Sequence[tuple[str, str]], where: str) -> ModelFileError:
    """Parts, each with the version that saved it, that are known to predict otherwise in the installed version."""
    named = ", ".join(f"{name} of {version}" for name, version in parts)
    versions = sorted({version for _, version in parts})
    return ModelFileError(
        f"loaded by scikit-learn {_version('sklearn')}, parts of the model predict otherwise than before: {named}",
        where=where,
        fix=f"convert it with --python and the interpreter of an environment with scikit-learn {versions[-1]}, "
        "or train and save it again with the installed version",
    )


@contextlib.contextmanager
def watched(notes: list[str], where: str) -> Iterator[None]:
    """Turns the warnings that come while a model is built into ``notes``, each once.

    Raises: ModelFileError for parts that are known to predict otherwise in the installed scikit-learn.
    """
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
    parts_of = [(name, version) for version, names in sorted(saved.items()) for name in sorted(set(names))]
    changed = [part for part in parts_of if predicts_otherwise(*part, _version("sklearn"))]
    if changed:
        raise outdated(changed, where)
    for version, names in sorted(saved.items()):
        parts = ", ".join(sorted(set(names)))
        notes.append(
            f"saved by scikit-learn {version}, loaded by {_version('sklearn')} ({parts}): "
            "what the loaded model predicts is converted, and may differ from what it predicted there"
        )


def _version(package: str) -> str:
    return version_of(_NAMES.get(package, package)) or "of unknown version"
