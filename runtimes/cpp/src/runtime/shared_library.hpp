// SPDX-License-Identifier: Apache-2.0
// Opens a shared library at run time. The one file that knows operating systems.
#pragma once

#include <string>

namespace modelport::runtime {

/// A shared library, never closed again.
class SharedLibrary {
 public:
  /// Opens it by path, or by bare name along the loader's path. On failure `fault` says why and the object is empty.
  SharedLibrary(const std::string& path, std::string& fault);

  /// A function by its exported name. Null, and `fault` filled, where there is none.
  template <class Pointer>
  [[nodiscard]] Pointer function(const char* name, std::string& fault) const {
    return reinterpret_cast<Pointer>(symbol(name, fault));
  }

 private:
  using Function = void (*)();
  Function symbol(const char* name, std::string& fault) const;

  void* handle_ = nullptr;
};

/// The folder, as UTF-8, of the shared library or program that a piece of code or data lies in; empty where the system does not say.
[[nodiscard]] std::string folder_of_code(const void* address);

}  // namespace modelport::runtime
