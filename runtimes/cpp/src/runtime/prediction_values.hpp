// SPDX-License-Identifier: Apache-2.0
// Between the answers of many rows and the members of a generated Prediction. Overloads take each kind of member.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "runtime/answers.hpp"

namespace modelport::runtime {

/// The values of a number output in the type of its member.
template <class T, class Output>
[[nodiscard]] auto& numbers_of(Output& output) {
  if constexpr (std::is_same_v<T, float>) {
    return output.floats;
  } else {
    return output.doubles;
  }
}

/// Sets a number.
template <class T>
void read_number(const Answers& answers, std::size_t output, std::size_t row, T& number) {
  number = numbers_of<T>(answers.outputs[output])[row];
}

/// Sets a number for each class or column.
template <class T, std::size_t Width>
void read_number(const Answers& answers, std::size_t output, std::size_t row, std::array<T, Width>& numbers) {
  std::copy_n(numbers_of<T>(answers.outputs[output]).data() + row * Width, Width, numbers.data());
}

/// Sets many numbers.
template <class T>
void read_number(const Answers& answers, std::size_t output, std::size_t row, std::vector<T>& numbers) {
  const std::vector<T>& all = numbers_of<T>(answers.outputs[output]);
  const std::size_t width = all.size() / answers.status.size();
  numbers.assign(all.data() + row * width, all.data() + (row + 1) * width);
}

/// Sets a label; leaves it empty where the row is refused.
template <class T, class Class, std::size_t Count>
void read_label(const Answers& answers, std::size_t output, std::size_t row, const std::array<Class, Count>& classes,
                std::optional<T>& label) {
  const std::int32_t position = answers.outputs[output].labels[row];
  if (position >= 0) label.emplace(classes[static_cast<std::size_t>(position)]);
}

/// Sets a label of several values; leaves it empty where the row is refused.
template <class T, std::size_t Width, class Class, std::size_t Count>
void read_label(const Answers& answers, std::size_t output, std::size_t row, const std::array<Class, Count>& classes,
                std::optional<std::array<T, Width>>& label) {
  const std::int32_t* positions = answers.outputs[output].labels.data() + row * Width;
  if (positions[0] < 0) return;
  label.emplace();
  for (std::size_t i = 0; i < Width; ++i) (*label)[i] = T(classes[static_cast<std::size_t>(positions[i])]);
}

/// The position of a class.
/// @throws Error wrong_argument when there is no such class
template <class Class, std::size_t Count>
[[nodiscard]] std::size_t class_position(const std::array<Class, Count>& classes, const Class& wanted,
                                         const char* output) {
  const auto found = std::find(classes.begin(), classes.end(), wanted);
  if (found != classes.end()) return static_cast<std::size_t>(found - classes.begin());
  throw Error(ErrorCode::wrong_argument, "there is no such class", std::string("output '") + output + "'",
              "give one of the output's classes, which the header lists");
}

}  // namespace modelport::runtime
