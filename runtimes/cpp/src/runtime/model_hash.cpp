// SPDX-License-Identifier: Apache-2.0
// Makes sure that a model is the one that its library was generated from.
#include "runtime/model_hash.hpp"

#include "runtime/sha256.hpp"

namespace modelport::runtime {

Span<const std::byte> checked_model(const ModelSpec& spec, Span<const std::byte> model,
                                    const std::string& where) {
  const std::string found = sha256_hex(model);
  if (found == spec.model_sha256) return model;
  throw Error(ErrorCode::damaged_model,
              "this is not the model that the library was generated from: its sha256 is " + found + ", not " +
                  std::string(spec.model_sha256),
              where, "take model.onnx and the library from the same bundle, and keep git from changing line ends");
}

}  // namespace modelport::runtime
