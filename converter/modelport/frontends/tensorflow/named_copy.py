"""Gives a file the ending that Keras goes by: it tells kinds of files by their names, we by their bytes."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["named_copy"]


@contextlib.contextmanager
def named_copy(path: Path, suffix: str) -> Iterator[str]:
    """A path that ends in ``suffix`` and holds the same, while the context lasts."""
    if path.name.endswith(suffix):
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="modelport-") as folder:
        named = Path(folder) / f"model{suffix}"
        try:
            named.symlink_to(path.resolve())
        except OSError:
            shutil.copyfile(path, named)
        yield str(named)
