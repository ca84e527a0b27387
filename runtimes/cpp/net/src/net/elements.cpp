// SPDX-License-Identifier: Apache-2.0
// What can be said of an element by its type alone.
#include "net/elements.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <modelport/tensor.hpp>

#include "runtime/utf8.hpp"

namespace modelport::runtime {
namespace {

double half_number(Half half) noexcept {
  const int exponent = half.bits >> 10 & 0x1F;
  const double fraction = half.bits & 0x3FF;
  double size = 0;
  if (exponent == 0x1F) {
    size = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    size = std::ldexp(fraction, -24);
  } else {
    size = std::ldexp(1024 + fraction, exponent - 25);
  }
  return (half.bits & 0x8000) != 0 ? -size : size;
}

template <class T>
double at(const void* data, std::size_t index) noexcept {
  return static_cast<double>(static_cast<const T*>(data)[index]);
}

template <class T>
bool finite_numbers(const void* data, std::size_t count) noexcept {
  const T* numbers = static_cast<const T*>(data);
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::isfinite(numbers[i])) return false;
  }
  return true;
}

}  // namespace

std::size_t bytes_of(NetElement element) noexcept {
  switch (element) {
    case NetElement::float64:
    case NetElement::int64:
      return 8;
    case NetElement::float32:
    case NetElement::int32:
      return 4;
    case NetElement::float16:
    case NetElement::int16:
      return 2;
    case NetElement::uint8:
    case NetElement::int8:
    case NetElement::boolean:
    case NetElement::text:
      break;
  }
  return 1;
}

std::string_view npy_type(NetElement element) noexcept {
  switch (element) {
    case NetElement::float64:
      return "<f8";
    case NetElement::float32:
      return "<f4";
    case NetElement::float16:
      return "<f2";
    case NetElement::int64:
      return "<i8";
    case NetElement::int32:
      return "<i4";
    case NetElement::int16:
      return "<i2";
    case NetElement::int8:
      return "|i1";
    case NetElement::uint8:
      return "|u1";
    case NetElement::boolean:
    case NetElement::text:
      break;
  }
  return "|b1";
}

bool is_float(NetElement element) noexcept {
  return element == NetElement::float64 || element == NetElement::float32 || element == NetElement::float16;
}

double number_at(NetElement element, const void* data, std::size_t index) noexcept {
  switch (element) {
    case NetElement::float64:
      return at<double>(data, index);
    case NetElement::float32:
      return at<float>(data, index);
    case NetElement::float16:
      return half_number(static_cast<const Half*>(data)[index]);
    case NetElement::int64:
      return at<std::int64_t>(data, index);
    case NetElement::int32:
      return at<std::int32_t>(data, index);
    case NetElement::int16:
      return at<std::int16_t>(data, index);
    case NetElement::int8:
      return at<std::int8_t>(data, index);
    case NetElement::uint8:
    case NetElement::boolean:
    case NetElement::text:
      break;
  }
  return at<std::uint8_t>(data, index);
}

bool all_finite(NetElement element, const void* data, std::size_t count) noexcept {
  if (element == NetElement::float32) return finite_numbers<float>(data, count);
  if (element == NetElement::float64) return finite_numbers<double>(data, count);
  if (element != NetElement::float16) return true;
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::isfinite(number_at(element, data, i))) return false;
  }
  return true;
}

bool all_utf8(const std::string_view* texts, std::size_t count) noexcept {
  return std::all_of(texts, texts + count, [](std::string_view text) { return is_utf8(text); });
}

}  // namespace modelport::runtime
