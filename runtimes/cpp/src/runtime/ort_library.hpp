// SPDX-License-Identifier: Apache-2.0
// Finds and opens the ONNX Runtime library of this machine.
#pragma once

#include <modelport/types.hpp>
#include <string>

#include "runtime/ort_abi.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// An opened library. It stays open until the program ends: ONNX Runtime is not made to be unloaded.
struct OrtLibrary {
  ort::Api api;
  std::string version;  ///< For example "1.29.0".
  std::string path;     ///< As it was given to the system's loader.
};

/// Opens the library that the options name, else the one of ONNXRUNTIME_LIBRARY, else the first on the loader's path.
///
/// A library that was named is taken or refused; no other is tried in its place.
/// @throws Error onnxruntime_missing, naming all that was tried, or the version found and the version needed
[[nodiscard]] OrtLibrary open_onnxruntime(const Options& options, const ModelSpec& spec);

}  // namespace modelport::runtime
