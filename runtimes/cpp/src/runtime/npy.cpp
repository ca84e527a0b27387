// SPDX-License-Identifier: Apache-2.0
// Reads and writes .npy files: one array, little-endian, in C order.
#include "runtime/npy.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace modelport::runtime {
namespace {

constexpr std::string_view MAGIC("\x93NUMPY\x01\x00", 8);
constexpr std::size_t ALIGNMENT = 64;

[[noreturn]] void bad_npy(std::string_view name, const std::string& what) {
  throw Error(ErrorCode::damaged_model, what, std::string(name), "take the library again from its bundle");
}

/// The text between `begin` and `end` in the header, which is a Python dictionary.
std::string_view between(std::string_view header, std::string_view begin, std::string_view end, std::string_view name) {
  const std::size_t start = header.find(begin);
  const std::size_t stop = start == header.npos ? start : header.find(end, start + begin.size());
  if (stop == header.npos) bad_npy(name, "the header of the .npy file has no " + std::string(begin));
  return header.substr(start + begin.size(), stop - start - begin.size());
}

std::size_t element_bytes(std::string_view type) {
  return type.size() == 3 && type[2] >= '1' && type[2] <= '8' ? static_cast<std::size_t>(type[2] - '0') : 0;
}

}  // namespace

std::size_t NpyArray::count() const noexcept {
  std::size_t product = 1;
  for (const std::size_t size : shape) product *= size;
  return product;
}

template <class T>
std::vector<T> NpyArray::as(std::string_view expected_type, std::string_view name) const {
  if (type != expected_type) bad_npy(name, "the array is of type " + type + ", not " + std::string(expected_type));
  std::vector<T> values(count());
  if (!values.empty()) std::memcpy(values.data(), data.data(), data.size());
  return values;
}

template std::vector<double> NpyArray::as(std::string_view, std::string_view) const;
template std::vector<float> NpyArray::as(std::string_view, std::string_view) const;
template std::vector<std::int64_t> NpyArray::as(std::string_view, std::string_view) const;
template std::vector<std::int32_t> NpyArray::as(std::string_view, std::string_view) const;
template std::vector<std::uint8_t> NpyArray::as(std::string_view, std::string_view) const;

NpyArray read_npy(std::string_view bytes, std::string_view name) {
  if (bytes.substr(0, MAGIC.size()) != MAGIC || bytes.size() < MAGIC.size() + 2) bad_npy(name, "this is no .npy file");
  const auto low = static_cast<unsigned char>(bytes[MAGIC.size()]);
  const auto high = static_cast<unsigned char>(bytes[MAGIC.size() + 1]);
  const std::size_t length = low + 256u * high;
  bytes.remove_prefix(MAGIC.size() + 2);
  const std::string_view header = bytes.substr(0, length);
  bytes.remove_prefix(header.size());
  if (header.find("'fortran_order': False") == header.npos) bad_npy(name, "the array is not in C order");

  NpyArray array;
  array.type = between(header, "'descr': '", "'", name);
  const std::string shape(between(header, "'shape': (", ")", name));
  for (const char* at = shape.c_str(); *at != '\0';) {
    char* end = nullptr;
    const unsigned long long size = std::strtoull(at, &end, 10);
    if (end != at) array.shape.push_back(static_cast<std::size_t>(size));
    at = end == at ? at + 1 : end;
  }
  const std::size_t expected = array.count() * element_bytes(array.type);
  if (element_bytes(array.type) == 0 || bytes.size() != expected) {
    bad_npy(name,
            "the array has " + std::to_string(bytes.size()) + " bytes, its header says " + std::to_string(expected));
  }
  array.data.resize(expected);
  if (expected != 0) std::memcpy(array.data.data(), bytes.data(), expected);
  return array;
}

std::string write_npy(std::string_view type, const std::vector<std::size_t>& shape, Span<const std::byte> data) {
  std::string header = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (";
  for (const std::size_t size : shape) header += std::to_string(size) + ", ";
  header += "), }";
  const std::size_t used = MAGIC.size() + 2 + header.size() + 1;
  header.append((ALIGNMENT - used % ALIGNMENT) % ALIGNMENT, ' ');
  header += '\n';

  std::string bytes(MAGIC);
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8 & 0xFF);
  bytes += header;
  if (!data.empty()) bytes.append(reinterpret_cast<const char*>(data.data()), data.size());
  return bytes;
}

}  // namespace modelport::runtime
