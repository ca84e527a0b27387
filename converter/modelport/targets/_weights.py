"""What no library carries yet, in any language: weights that stand in files beside model.onnx."""

from modelport.bundle.reader import Bundle

__all__ = ["weight_faults"]


def weight_faults(bundle: Bundle) -> list[str]:
    """Why a library cannot carry the model's bytes."""
    weights = sorted(path for path, entry in bundle.manifest.files.items() if entry.role == "weights")
    return [f"weights outside model.onnx: {', '.join(weights)}"] if weights else []
