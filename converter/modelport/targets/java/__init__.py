"""The Java target: a Maven project with a typed API over onnxruntime."""
