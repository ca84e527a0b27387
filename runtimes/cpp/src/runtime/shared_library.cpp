// SPDX-License-Identifier: Apache-2.0
// Opens a shared library at run time. The one file that knows operating systems.
#include "runtime/shared_library.hpp"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include "runtime/paths.hpp"
#else
#include <dlfcn.h>
#endif

namespace modelport::runtime {

#if defined(_WIN32)

SharedLibrary::SharedLibrary(const std::string& path, std::string& fault) {
  const auto native = path_of(path);
  // A library given by its whole path finds its own neighbours too.
  const DWORD flags = native.is_absolute() ? LOAD_WITH_ALTERED_SEARCH_PATH : 0;
  handle_ = LoadLibraryExW(native.wstring().c_str(), nullptr, flags);
  if (handle_ == nullptr) fault = "Windows error " + std::to_string(GetLastError());
}

SharedLibrary::Function SharedLibrary::symbol(const char* name, std::string& fault) const {
  if (handle_ == nullptr) return nullptr;
  const auto found = reinterpret_cast<Function>(GetProcAddress(static_cast<HMODULE>(handle_), name));
  if (found == nullptr) fault = std::string("it has no function ") + name;
  return found;
}

#else

SharedLibrary::SharedLibrary(const std::string& path, std::string& fault) {
  handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ == nullptr) {
    const char* message = dlerror();
    fault = message != nullptr ? message : "unknown reason";
  }
}

SharedLibrary::Function SharedLibrary::symbol(const char* name, std::string& fault) const {
  if (handle_ == nullptr) return nullptr;
  const auto found = reinterpret_cast<Function>(dlsym(handle_, name));
  if (found == nullptr) fault = std::string("it has no function ") + name;
  return found;
}

#endif

}  // namespace modelport::runtime
