// SPDX-License-Identifier: Apache-2.0
// Writes answers as files that any language can read, so that they can be compared once more outside.
#include "testing/case_files.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "net/elements.hpp"
#include "runtime/npy.hpp"
#include "runtime/paths.hpp"

namespace modelport::runtime {

namespace {

void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (stream.flush()) return;
  throw Error(ErrorCode::wrong_argument, "the file cannot be written", text_of(path),
              "name a folder that can be written to");
}

template <class T>
Span<const std::byte> bytes_of_all(const T& values) {
  return {reinterpret_cast<const std::byte*>(values.data()), values.size() * sizeof(*values.data())};
}

}  // namespace

void write_case(const NetSpec& spec, std::size_t position, Span<const AnyTensor> answers,
                const std::string& folder_name) {
  const std::filesystem::path folder = path_of(folder_name);
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const NetElement element = spec.outputs[i].element;
    const AnyTensor& answer = answers[i];
    const std::vector<std::size_t> shape(answer.shape.begin(), answer.shape.end());
    const std::string stem = "case_" + std::to_string(position) + ".output_" + std::to_string(i);
    if (element != NetElement::text) {
      const auto* bytes = static_cast<const std::byte*>(answer.data);
      write_file(folder / (stem + ".npy"), write_npy(npy_type(element), shape, {bytes, answer.size * bytes_of(element)}));
      continue;
    }
    std::vector<std::int64_t> ends;
    std::string content;
    for (std::size_t k = 0; k < answer.size; ++k) {
      content += static_cast<const std::string*>(answer.data)[k];
      ends.push_back(static_cast<std::int64_t>(content.size()));
    }
    write_file(folder / (stem + ".ends.npy"), write_npy("<i8", shape, bytes_of_all(ends)));
    write_file(folder / (stem + ".bytes.npy"), write_npy("|u1", {content.size()}, bytes_of_all(content)));
  }
}

}  // namespace modelport::runtime
