"""Colours: tf2onnx's saturation differs from TensorFlow's; it is refused, as are conversions to and from hue, which it lacks."""

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]


def _refuse(_: Writer) -> None:
    raise ValueError("hue and saturation have no operators in ONNX: adjust colours before the model")


REPAIR = Repair("colours", dict.fromkeys(("AdjustHue", "AdjustSaturation", "HSVToRGB", "RGBToHSV"), _refuse))
