"""From a function of TensorFlow to the graph that tf2onnx writes: frozen, checked, folded, converted, its layout joined."""
