"""Weights in a file beside model.onnx: no library carries them, each of a net looks for them in the same way."""

from dataclasses import dataclass

from modelport.bundle.manifest import Manifest
from modelport.bundle.reader import Bundle
from modelport.ir.names import snake

__all__ = ["WeightsView", "weight_faults", "weights_view"]


@dataclass(frozen=True)
class WeightsView:
    """The file, and where a library looks for it: the environment variable of its folder, the folder beside the library."""

    file: str
    sha256: str
    size_bytes: int
    variable: str
    folder: str

    @property
    def megabytes(self) -> str:
        """As a reader sees it."""
        return f"{self.size_bytes / 1e6:,.1f}"


def weights_view(manifest: Manifest) -> WeightsView | None:
    """Returns what a library must know, None where model.onnx holds all numbers itself."""
    for path, entry in manifest.files.items():
        if entry.role == "weights":
            variable = f"{snake(manifest.name).upper()}_WEIGHTS"
            return WeightsView(path, entry.sha256, entry.size, variable, f"{manifest.name}-weights")
    return None


def weight_faults(bundle: Bundle) -> list[str]:
    """Why a library of rows cannot carry the model's bytes."""
    weights = weights_view(bundle.manifest)
    return [] if weights is None else [f"weights outside model.onnx: {weights.file}"]
