// SPDX-License-Identifier: Apache-2.0
// Writes answers as files that any language can read, so that they can be compared once more outside.
#include "testing/answer_files.hpp"

#include <fstream>
#include <vector>

#include "runtime/npy.hpp"
#include "runtime/paths.hpp"

namespace modelport::runtime {
namespace {

template <class T>
void write(const std::filesystem::path& folder, const std::string& name, std::string_view type,
           const std::vector<std::size_t>& shape, const std::vector<T>& values) {
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  const std::string content = write_npy(type, shape, {bytes, values.size() * sizeof(T)});
  std::ofstream stream(folder / (name + ".npy"), std::ios::binary);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!stream.flush()) {
    throw Error(ErrorCode::wrong_argument, "the file cannot be written", text_of(folder / (name + ".npy")),
                "name a folder that can be written to");
  }
}

}  // namespace

void write_answers(const ModelSpec& spec, const Answers& answers, const std::string& folder_name) {
  const std::filesystem::path folder = path_of(folder_name);
  std::filesystem::create_directories(folder);
  const std::size_t rows = answers.status.size();
  write(folder, "status", "|u1", {rows}, answers.status);
  write(folder, "status_feature", "<i4", {rows}, answers.cause);
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const OutputSpec& output = spec.outputs[i];
    const OutputValues& values = answers.outputs[i];
    const std::vector<std::size_t> shape = output.width == 0 ? std::vector{rows} : std::vector{rows, output.width};
    if (output.label) {
      write(folder, output.name, "<i4", shape, values.labels);
    } else if (output.type == Type::float32) {
      write(folder, output.name, "<f4", shape, values.floats);
    } else {
      write(folder, output.name, "<f8", shape, values.doubles);
    }
  }
}

}  // namespace modelport::runtime
