// SPDX-License-Identifier: Apache-2.0
// Tensors of texts, which ONNX Runtime owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ort_handle.hpp"

namespace modelport::runtime {

/// A tensor of empty texts.
[[nodiscard]] inline ValueHandle make_text_tensor(const OrtCalls& ort, const std::int64_t* shape, std::size_t rank) {
  ort::Allocator* allocator = nullptr;
  ort.call<ort::GetAllocatorWithDefaultOptions>(&allocator);
  return ort.make<ValueHandle, ort::CreateTensorAsOrtValue>(allocator, shape, rank, int{ort::ELEMENT_STRING});
}

/// Sets a text that is still empty, with its length and not as a C string: it may hold a zero byte.
inline void put_text(const OrtCalls& ort, ort::Value* tensor, std::size_t position, std::string_view text) {
  if (text.empty()) return;
  char* buffer = nullptr;
  ort.call<ort::GetResizedStringTensorElementBuffer>(tensor, position, text.size(), &buffer);
  std::memcpy(buffer, text.data(), text.size());
}

/// Copies the `count` texts of a tensor, one after the other, and calls `take(position, text)` for each.
template <class Take>
void each_text(const OrtCalls& ort, const ort::Value* tensor, std::size_t count, Take take) {
  if (count == 0) return;
  std::size_t bytes = 0;
  ort.call<ort::GetStringTensorDataLength>(tensor, &bytes);
  std::string all(bytes, '\0');
  std::vector<std::size_t> offsets(count + 1, bytes);
  ort.call<ort::GetStringTensorContent>(tensor, all.data(), bytes, offsets.data(), count);
  for (std::size_t i = 0; i < count; ++i) {
    take(i, std::string_view(all).substr(offsets[i], offsets[i + 1] - offsets[i]));
  }
}

}  // namespace modelport::runtime
