// SPDX-License-Identifier: Apache-2.0
// Where the files of vectors are: in a folder, or packed into the library.
#include "runtime/read_file.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <modelport/types.hpp>
#include <utility>

namespace modelport::runtime {
namespace {

[[noreturn]] void bad_file(const std::string& what, const std::string& where) {
  throw Error(ErrorCode::damaged_model, what, where, "take the library again from its bundle");
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

ReadFile files_in(std::string folder) {
  return [folder = std::move(folder)](const std::string& name) {
    std::ifstream stream(folder + "/" + name, std::ios::binary);
    if (!stream) bad_file("the file cannot be read", folder + "/" + name);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
}

ReadFile files_packed_in(std::string_view pack) {
  std::map<std::string, std::string_view> files;
  while (pack.size() >= 16) {
    const std::uint64_t name_size = little_endian(pack), size = little_endian(pack.substr(8));
    pack.remove_prefix(16);
    if (name_size > pack.size() || size > pack.size() - name_size)
      bad_file("the file is cut off", "the self-test's rows");
    files.emplace(pack.substr(0, name_size), pack.substr(name_size, size));
    pack.remove_prefix(name_size + size);
  }
  return [files = std::move(files)](const std::string& name) {
    const auto found = files.find(name);
    if (found == files.end()) bad_file("there is no such file", "the self-test's " + name);
    return std::string(found->second);
  };
}

}  // namespace modelport::runtime
