// SPDX-License-Identifier: Apache-2.0
// Finds the position of a value in a short list without hashing or allocating.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <utility>
#include <vector>

namespace modelport::runtime {

/// The positions of distinct values, by binary search. Immutable, so safe to share between threads.
template <class T>
class Lookup {
 public:
  Lookup() = default;

  /// The values must outlive the lookup where T is a view.
  explicit Lookup(Span<const T> values) {
    sorted_.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      sorted_.emplace_back(values[i], static_cast<std::int32_t>(i));
    }
    std::sort(sorted_.begin(), sorted_.end());
  }

  /// The position of a value in the list, or -1.
  [[nodiscard]] std::int32_t find(const T& value) const noexcept {
    const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), value,
                                        [](const auto& entry, const T& wanted) { return entry.first < wanted; });
    return found != sorted_.end() && found->first == value ? found->second : -1;
  }

 private:
  std::vector<std::pair<T, std::int32_t>> sorted_;
};

}  // namespace modelport::runtime
