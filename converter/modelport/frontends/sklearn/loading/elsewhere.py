"""Loads a model file in the interpreter that it was trained with, after the same look at what it names."""

from collections.abc import Sequence
from pathlib import Path

from modelport.errors import ModelFileError
from modelport.frontends.sklearn.loading import Loaded, pickle_reader, skops_reader, trusted_pairs
from modelport.frontends.sklearn.loading.sniff import sniff
from modelport.remote import Session

__all__ = ["load_elsewhere"]


def load_elsewhere(path: Path, trust: Sequence[str], python: str) -> Loaded:
    """Returns a model that stays in the other interpreter; what it is asked, it is asked there.

    A pickle runs there as its framework reads it, so its names are checked here first, against the same list.

    Raises: UntrustedModelError and ModelFileError as for any file; ToolError when the interpreter fails.
    """
    pairs = trusted_pairs(trust)
    (skops_reader if sniff(path) == "skops" else pickle_reader).check(path, pairs)
    session = Session(python)
    try:
        model = session.load(path)
    except Exception as err:  # whatever the framework raises on a file that it cannot read
        session.close()
        raise ModelFileError(
            f"the file cannot be loaded by {python}: {type(err).__name__}: {err}",
            where=str(path),
            fix="give the interpreter of the environment that saved the model",
        ) from err
    release = session.versions.get("scikit-learn", "unknown")
    return Loaded(model, (f"loaded and asked by scikit-learn {release} in Python {session.versions['python']}",))
