// SPDX-License-Identifier: Apache-2.0
// The bytes of a .npy file of some values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/npy.hpp"

namespace modelport::testing {

template <class T>
std::string npy(std::string_view type, const std::vector<std::size_t>& shape, const std::vector<T>& values) {
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  return runtime::write_npy(type, shape, {bytes, values.size() * sizeof(T)});
}

}  // namespace modelport::testing
