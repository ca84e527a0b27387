// SPDX-License-Identifier: Apache-2.0
// Reads a model from a folder.
#include "runtime/model_file.hpp"

#include <fstream>
#include <ios>
#include <modelport/types.hpp>

#include "runtime/paths.hpp"

namespace modelport::runtime {

ModelFile read_model(const std::string& directory) {
  const std::filesystem::path path = path_of(directory) / "model.onnx";
  ModelFile file{text_of(path), {}};
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = stream ? static_cast<std::streamoff>(stream.tellg()) : -1;
  if (size > 0) {
    file.bytes.resize(static_cast<std::size_t>(size));
    stream.seekg(0);
    stream.read(reinterpret_cast<char*>(file.bytes.data()), size);
  }
  if (size > 0 && stream) return file;
  throw Error(ErrorCode::damaged_model, "the model file is missing, empty or cannot be read", file.path,
              "give the folder of the bundle, which holds model.onnx");
}

}  // namespace modelport::runtime
