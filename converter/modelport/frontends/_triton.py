"""Keeps triton out of a process that has TensorFlow: both carry an LLVM, and the second to come ends the process."""

import sys

__all__ = ["keep_out"]


def keep_out() -> None:
    """Makes triton look as if it were not installed, where loading it would end the process; exports need none of it."""
    if "tensorflow" in sys.modules and "triton" not in sys.modules:
        sys.modules["triton"] = None  # type: ignore[assignment]  # what Python itself takes for "not there"
