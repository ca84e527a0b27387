// SPDX-License-Identifier: Apache-2.0
// Writes answers as files that any language can read, so that they can be compared once more outside.
#include "testing/case_files.hpp"

#include <fstream>
#include <vector>

#include "net/elements.hpp"
#include "runtime/npy.hpp"
#include "runtime/paths.hpp"

namespace modelport::runtime {

void write_case(const NetSpec& spec, std::size_t position, Span<const AnyTensor> answers,
                const std::string& folder_name) {
  const std::filesystem::path folder = path_of(folder_name);
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const NetElement element = spec.outputs[i].element;
    const AnyTensor& answer = answers[i];
    const std::vector<std::size_t> shape(answer.shape.begin(), answer.shape.end());
    const auto* bytes = static_cast<const std::byte*>(answer.data);
    const std::string content = write_npy(npy_type(element), shape, {bytes, answer.size * bytes_of(element)});
    const auto path = folder / ("case_" + std::to_string(position) + ".output_" + std::to_string(i) + ".npy");
    std::ofstream stream(path, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (stream.flush()) continue;
    throw Error(ErrorCode::wrong_argument, "the file cannot be written", text_of(path),
                "name a folder that can be written to");
  }
}

}  // namespace modelport::runtime
