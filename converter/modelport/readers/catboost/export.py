"""Turns a CatBoost model into its JSON export with the library's own writer; the library comes with the object."""

import tempfile
from pathlib import Path
from typing import Any

__all__ = ["json_text"]


def json_text(model: Any, pool: Any = None) -> str:
    """The text that ``save_model(format="json")`` writes, by way of a folder that nobody else can read.

    ``model`` is a live CatBoost object; Any, for the library has no types. With a ``pool`` of rows the export lists the
    hashes of their categories.
    """
    with tempfile.TemporaryDirectory(prefix="modelport-") as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json", pool=pool)
        return path.read_text(encoding="utf-8")
