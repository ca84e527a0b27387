"""The C++ target: a CMake project with a typed API over onnxruntime."""
