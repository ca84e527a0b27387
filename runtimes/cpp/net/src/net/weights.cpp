// SPDX-License-Identifier: Apache-2.0
// Weights that are too large to be part of a library: where their file is, and whether it is the one that was proven.
#include "net/weights.hpp"

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <vector>

#include "runtime/paths.hpp"
#include "runtime/sha256.hpp"
#include "runtime/shared_library.hpp"

namespace modelport::runtime {
namespace {

constexpr std::size_t PIECE = std::size_t{1} << 22;

[[noreturn]] void fail(const WeightsSpec& weights, const std::string& what, const std::string& where) {
  throw Error(ErrorCode::damaged_model, what, where,
              std::string("name the folder of ") + weights.file + ", such as that of the bundle: Model::load(folder) or " +
                  weights.variable);
}

}  // namespace

std::string weights_in(const WeightsSpec& weights, const std::string& folder) {
  if (weights.file == nullptr) return {};
  const std::filesystem::path path = path_of(folder) / weights.file;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) fail(weights, "the file of the weights is not there or cannot be read", text_of(path));
  Sha256 hash;
  std::vector<char> piece(PIECE);
  while (stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<std::size_t>(stream.gcount());
    hash.update({reinterpret_cast<const std::byte*>(piece.data()), count});
  }
  const std::string found = hash.hex();
  if (found != weights.sha256) {
    fail(weights, "these are not the weights that were proven: their sha256 is " + found + ", not " + std::string(weights.sha256),
         text_of(path));
  }
  return folder.empty() ? "." : folder;
}

std::string found_weights(const WeightsSpec& weights, const void* code) {
  if (weights.file == nullptr) return {};
  const char* named = std::getenv(weights.variable);
  if (named != nullptr && *named != '\0') return weights_in(weights, named);
  return weights_in(weights, text_of(path_of(folder_of_code(code)) / weights.folder));
}

}  // namespace modelport::runtime
