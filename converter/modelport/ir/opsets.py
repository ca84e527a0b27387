"""The versions of ONNX that every graph is made in."""

__all__ = ["IR_VERSION", "OPSETS"]

# onnxruntime 1.29 is the newest on Maven: opsets are capped by what it and older releases load, not by Python's wheel.
OPSETS = {"": 21, "ai.onnx.ml": 5}
IR_VERSION = 10
