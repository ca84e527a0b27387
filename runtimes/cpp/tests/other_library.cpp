// SPDX-License-Identifier: Apache-2.0
// Stands for a library that is no ONNX Runtime.
#if defined(_WIN32)
extern "C" __declspec(dllexport) int some_function();
#endif

extern "C" int some_function() { return 0; }
