"""Reads a pickle or joblib file: first what it names, then, if all of that may be there, the model.

The whole file is held in memory, so that both readings see the same bytes.
"""

import warnings
from pathlib import Path

from modelport.errors import MissingPackageError, ModelFileError, ModelportError
from modelport.frontends.sklearn.loading._guard import Pair, RefusedError
from modelport.frontends.sklearn.loading.allow_list import ARRAY_WRAPPER, allowed_pairs, is_inert
from modelport.frontends.sklearn.loading.audit import Audit, Rules, audit
from modelport.frontends.sklearn.loading.guards import CALLS, VALUES, call_of
from modelport.frontends.sklearn.loading.inflate import compression, inflate, limit_of
from modelport.frontends.sklearn.loading.machine import Machine, Source, StreamError
from modelport.frontends.sklearn.loading.report import damaged, gone, missing_package, told, untrusted, watched
from modelport.frontends.sklearn.loading.structure import check_structure
from modelport.frontends.sklearn.loading.unpickler import Builder, MissingNameError

__all__ = ["all_allowed", "check", "read"]


def check(path: Path, trust: frozenset[Pair]) -> None:
    """Looks at what a file names and builds nothing. Raises: ModelFileError, UntrustedModelError."""
    where = str(path)
    try:
        data, _ = _bytes_of(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd escapes in a damaged file
            seen = audit(Source(data), Rules(all_allowed(), _may_call, trust))
    except StreamError as err:
        raise damaged(str(err), where) from err
    if seen.refused:
        raise untrusted(seen.refused, where)


def read(path: Path, trust: frozenset[Pair]) -> tuple[object, tuple[str, ...]]:
    """Returns the model of a pickle or joblib file, and notes for the user.

    Raises: ModelFileError, UntrustedModelError, MissingPackageError.
    """
    where = str(path)
    seen = Audit()
    try:
        data, notes = _bytes_of(path)
        allowed = all_allowed()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd escapes in a damaged file
            seen = audit(Source(data), Rules(allowed, _may_call, trust))
        if seen.refused:
            raise untrusted(seen.refused, where)
        builder = Builder(allowed, trust)
        _find_all(builder, seen, where)
        source = Source(data)
        with watched(notes, where):
            model = Machine(source, builder).run()
            check_structure(model)
        if source.left:
            notes.append(f"the file holds {source.left} more bytes after the model; they were not read")
        if builder.inert:
            left = ", ".join(sorted(f"{module}.{name}" for module, name in builder.inert))
            notes.append(f"left out, because no prediction uses them: {left}")
    except ModelportError:
        raise
    except RefusedError as err:
        raise untrusted({err.pair: None}, where, how=str(err)) from err
    except MissingNameError as err:
        report = missing_package if err.package_missing else gone
        raise report([err.pair], where) from err
    except StreamError as err:
        raise damaged(str(err), where) from err
    # The border: whatever a damaged file makes a constructor of numpy or scikit-learn raise.
    except Exception as err:
        raise damaged(told(err), where, seen.versions) from err
    return model, tuple(notes)


def all_allowed() -> frozenset[Pair]:
    """Every pair that may stand in a file: the list, and what the guards know."""
    return allowed_pairs() | CALLS.keys() | VALUES | {ARRAY_WRAPPER}


def _may_call(pair: Pair) -> bool:
    return call_of(pair) is not None or is_inert(pair)


def _bytes_of(path: Path) -> tuple[bytes, list[str]]:
    data = path.read_bytes()
    if data.startswith(b"ZF0x"):
        raise ModelFileError(
            "the file was made by a joblib older than 0.10, which spread a model over several files",
            where=str(path),
            fix="load it there and save it again with a current joblib",
        )
    packed = compression(data[:16])
    if packed is None:
        return data, []
    try:
        return inflate(packed, data, limit_of(len(data))), []
    except ImportError as err:
        raise MissingPackageError(
            f"the file is compressed with {packed}, and the package {packed} is not installed",
            where=str(path),
            fix=f"pip install {packed}, or save the model again with joblib.dump(model, path, compress=('zlib', 3))",
        ) from err


def _find_all(builder: Builder, seen: Audit, where: str) -> None:
    """Imports everything before anything is built, so that all that is missing is told at once."""
    lost: list[Pair] = []
    packages: list[Pair] = []
    for pair in seen.names:
        try:
            builder.find(*pair)
        except MissingNameError as err:
            (packages if err.package_missing else lost).append(pair)
    if packages:
        raise missing_package(packages, where)
    if lost:
        raise gone(lost, where, seen.versions)
