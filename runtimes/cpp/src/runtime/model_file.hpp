// SPDX-License-Identifier: Apache-2.0
// Reads a model from a folder.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace modelport::runtime {

/// A model file's bytes, and its path for errors.
struct ModelFile {
  std::string path;
  std::vector<std::byte> bytes;
};

/// Reads model.onnx in a folder, whose path is UTF-8.
/// @throws Error damaged_model when it cannot be read
[[nodiscard]] ModelFile read_model(const std::string& directory);

}  // namespace modelport::runtime
