"""Loads scikit-learn model files without letting them run code: pickle, joblib and skops."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modelport.errors import ConfigError, ModelFileError, PathError, UnknownModelError
from modelport.frontends.sklearn.loading import pickle_reader, skops_reader
from modelport.frontends.sklearn.loading.sniff import sniff

__all__ = ["Loaded", "load_model", "sniff", "trusted_pairs"]


@dataclass(frozen=True)
class Loaded:
    """A model in memory and what the reader of the file wants the user to know."""

    model: object
    notes: tuple[str, ...] = ()


def load_model(path: Path, trust: Sequence[str] = ()) -> Loaded:
    """Loads the model in ``path``; ``trust`` names further types as ``module.Name``, which may then run code.

    Everything else in the file is checked against the shipped list of exact names. A file that names anything beyond
    it is refused, with all these names, before a module of theirs is imported.

    Raises:
        PathError: no file is there.
        UnknownModelError: the file is none of the three kinds.
        ModelFileError: it is empty, truncated, damaged, or made by a library version that differs too much.
        UntrustedModelError: it names types outside the list.
        MissingPackageError: it needs a package that is not installed.
        ConfigError: an entry of ``trust`` is no ``module.Name``.
    """
    pairs = trusted_pairs(trust)
    where = str(path)
    if not path.is_file():
        seen = "is a folder" if path.is_dir() else "does not exist"
        raise PathError(f"the model file {seen}", where=where, fix="give the path of a .pkl, .joblib or .skops file")
    try:
        size = path.stat().st_size
        kind = sniff(path) if size else None
        if not size:
            raise ModelFileError("the model file is empty", where=where, fix="save or copy the model again")
        if kind is None:
            raise UnknownModelError(
                "the file is no pickle, joblib or skops model",
                where=where,
                fix="save the fitted model with joblib.dump, pickle.dump or skops.io.dump",
            )
        if kind == "skops":
            model, notes = skops_reader.read(path, pairs)
        else:
            model, notes = pickle_reader.read(path, pairs)
    except OSError as err:
        raise PathError(f"the model file cannot be read: {err}", where=where, fix="check its permissions") from err
    return Loaded(model, notes)


def trusted_pairs(trust: Sequence[str]) -> frozenset[tuple[str, str]]:
    """(module, name) of each entry. Raises: ConfigError."""
    return frozenset(_pair(entry) for entry in trust)


def _pair(entry: str) -> tuple[str, str]:
    module, _, name = entry.rpartition(".")
    if not module or not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise ConfigError(
            f"{entry!r} is no name of a type",
            where="--trust",
            fix="write the module and the name: --trust my.module.Name",
        )
    return module, name
