"""Says which ONNX Runtime is the oldest that can run a model."""

from modelport.bundle.manifest import RuntimeSettings

__all__ = ["least_minor", "reason"]

# Minor version of the first 1.x release that knows an operator set or a file format. Releases before 1.15 lack functions
# that the C++ runtime calls.
_OLDEST = 15
_IR = {9: 15, 10: 18, 11: 22, 12: 23, 13: 24}
_OPSETS = {
    "": {19: 15, 20: 17, 21: 18, 22: 21, 23: 22, 24: 23, 25: 24},
    "ai.onnx.ml": {4: 17, 5: 20},
}


def least_minor(settings: RuntimeSettings) -> int:
    """Returns N of the oldest ONNX Runtime 1.N that implements what the model uses.

    What is newer than these tables gets the release that the proof was made with.
    """
    needs = [_OLDEST, _first(_IR, settings.ir_version, settings)]
    needs += [_first(_OPSETS.get(domain, {}), version, settings) for domain, version in settings.opsets.items()]
    return max(needs)


def reason(settings: RuntimeSettings) -> str:
    """'ONNX IR 10, operator sets ai.onnx 21 and ai.onnx.ml 5'."""
    sets = [f"{domain or 'ai.onnx'} {version}" for domain, version in sorted(settings.opsets.items())]
    return f"ONNX IR {settings.ir_version}, operator sets {' and '.join(sets)}"


def _first(table: dict[int, int], version: int, settings: RuntimeSettings) -> int:
    if not table or version < min(table):
        return _OLDEST
    return table.get(version, _minor(settings.onnxruntime))


def _minor(version: str) -> int:
    parts = version.split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else _OLDEST
