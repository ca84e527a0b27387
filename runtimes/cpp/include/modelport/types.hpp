// SPDX-License-Identifier: Apache-2.0
// The words that do not depend on a model: statuses, errors, views of a caller's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <modelport/export.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace modelport {

/// Why a row has a prediction or none. A row is checked feature by feature; the first violation counts.
enum class Status : std::uint8_t {
  ok = 0,                ///< The row has a prediction.
  missing = 1,           ///< A feature that must have a value has none.
  infinite = 2,          ///< A feature that must be finite is infinite.
  out_of_range = 3,      ///< A number is larger than the original model can represent.
  unknown_category = 4,  ///< A category that the original model never saw and does not accept.
  invalid = 5,           ///< Text that is no UTF-8, or a number that is no constant of its enum.
};

/// The name of a status as it stands in reports and in every other language.
///
/// @param status a status
/// @return for example "out_of_range"
constexpr std::string_view to_text(Status status) noexcept {
  constexpr std::string_view names[] = {"ok", "missing", "infinite", "out_of_range", "unknown_category", "invalid"};
  const auto index = static_cast<std::size_t>(status);
  return index < std::size(names) ? names[index] : std::string_view("invalid");
}

/// What kind of failure an Error is. The number is that of the MP code at the start of its text.
enum class ErrorCode : int {
  wrong_argument = 200,       ///< Columns of different lengths, a tensor of another shape, a buffer that is too small.
  row_refused = 204,          ///< or_throw() met a row that has no prediction.
  wrong_prediction = 301,     ///< self_test() found an answer that is not the original's.
  damaged_model = 401,        ///< model.onnx is missing or is not the one this library was generated from.
  onnxruntime_failed = 500,   ///< ONNX Runtime refused the model or failed while running it.
  onnxruntime_missing = 501,  ///< No ONNX Runtime was found, or it is too old.
};

/// The one exception type. what() has three lines: code and what was seen, where, and how to fix it.
class MODELPORT_API Error : public std::runtime_error {
 public:
  /// @param code  the kind of failure
  /// @param what  what was seen
  /// @param where where it was seen
  /// @param fix   what the reader can do, starting with a verb
  Error(ErrorCode code, const std::string& what, const std::string& where, const std::string& fix)
      // Not "MP" + std::to_string(...): where a caller inlines it, GCC 12 may warn (its bug 105651).
      : std::runtime_error(std::string("MP") + std::to_string(static_cast<int>(code)) + ": " + what +
                           "\n  where: " + where + "\n  fix:   " + fix),
        code_(code) {}

  /// The kind of failure, to be tested in code.
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// What a try_ function returns: a value, or the Error that its other form would have thrown.
///
/// The try_ forms throw nothing but std::bad_alloc.
template <class T>
class Result {
 public:
  /// Holds a value.
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  /// Holds an error.
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  /// True when there is a value.
  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  /// True when there is a value.
  explicit operator bool() const noexcept { return ok(); }

  /// The value.
  /// @throws Error the error, when there is one
  [[nodiscard]] const T& value() const& {
    throw_error();
    return *std::get_if<0>(&content_);
  }
  /// The value, moved out.
  /// @throws Error the error, when there is one
  [[nodiscard]] T value() && {
    throw_error();
    return std::move(*std::get_if<0>(&content_));
  }
  /// The error, or null when there is a value.
  [[nodiscard]] const Error* error() const noexcept { return std::get_if<1>(&content_); }

 private:
  void throw_error() const {
    if (const Error* found = error()) throw *found;
  }

  std::variant<T, Error> content_;
};

/// A view of contiguous elements that somebody else owns: pointer and length.
template <class T>
class Span {
 public:
  /// Views nothing.
  constexpr Span() noexcept = default;
  /// Views `size` elements from `data` on.
  constexpr Span(T* data, std::size_t size) noexcept : data_(data), size_(size) {}
  /// Views a vector, an array or a string. It must outlive the view.
  template <class Container,
            class = std::enable_if_t<std::is_convertible_v<decltype(std::data(std::declval<Container&>())), T*>>>
  constexpr Span(Container& container) noexcept : data_(std::data(container)), size_(std::size(container)) {}

  /// The first element, or null.
  [[nodiscard]] constexpr T* data() const noexcept { return data_; }
  /// The number of elements.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  /// True when there is no element.
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
  /// The element at `index`, unchecked.
  [[nodiscard]] constexpr T& operator[](std::size_t index) const noexcept { return data_[index]; }
  /// For range-based loops.
  [[nodiscard]] constexpr T* begin() const noexcept { return data_; }
  /// For range-based loops.
  [[nodiscard]] constexpr T* end() const noexcept { return data_ + size_; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

/// The values of one feature in many rows, in memory that the caller owns; nothing is copied before predict().
///
/// A value is missing where `valid` says so, and in a column of numbers where it is NaN.
template <class T>
class Column {
 public:
  /// A column without rows.
  constexpr Column() noexcept = default;
  /// @param data   the first value
  /// @param size   the number of rows
  /// @param valid  one flag a row, false where the value is missing; null when none is
  /// @param stride elements from one row's value to the next: 1 in a column, the number of columns in a row-major table
  constexpr Column(const T* data, std::size_t size, const bool* valid = nullptr, std::size_t stride = 1) noexcept
      : data_(data), size_(size), valid_(valid), stride_(stride) {}
  /// Views a vector or an array, which must outlive the column.
  template <class Container,
            class = std::enable_if_t<std::is_convertible_v<decltype(std::data(std::declval<Container&>())), const T*>>>
  constexpr Column(const Container& container, const bool* valid = nullptr) noexcept
      : Column(std::data(container), std::size(container), valid) {}

  /// The first value.
  [[nodiscard]] constexpr const T* data() const noexcept { return data_; }
  /// The number of rows.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  /// The flags of present values, or null.
  [[nodiscard]] constexpr const bool* valid() const noexcept { return valid_; }
  /// Elements from one row's value to the next.
  [[nodiscard]] constexpr std::size_t stride() const noexcept { return stride_; }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
  const bool* valid_ = nullptr;
  std::size_t stride_ = 1;
};

/// How a model is loaded.
struct Options {
  /// The path of the ONNX Runtime library or of the folder it lies in, as UTF-8. Empty: the environment variable
  /// ONNXRUNTIME_LIBRARY says where it is; without that, the system's loader looks for libonnxruntime.so.1,
  /// libonnxruntime.so, libonnxruntime.dylib or onnxruntime.dll.
  std::string onnxruntime_library;
};

}  // namespace modelport
