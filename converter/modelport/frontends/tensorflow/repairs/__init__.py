"""Operators of TensorFlow that tf2onnx does not convert, or not exactly: a file each."""
