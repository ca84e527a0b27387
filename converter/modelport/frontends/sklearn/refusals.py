"""Estimators that are not converted, each with the reason: what they do cannot be exact in a graph, or is no prediction."""

__all__ = ["REFUSED"]

REFUSED: dict[str, str] = {}
