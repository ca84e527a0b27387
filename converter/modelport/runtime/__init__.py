"""The python-ort target: load() and Predictor."""

from modelport.runtime.predictor import Predictor, load

__all__ = ["Predictor", "load"]
