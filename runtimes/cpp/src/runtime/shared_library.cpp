// SPDX-License-Identifier: Apache-2.0
// Opens a shared library at run time. The one file that knows operating systems.
#include "runtime/shared_library.hpp"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include <vector>

#include "runtime/paths.hpp"

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

std::string folder_of_code(const void* address) {
  HMODULE module = nullptr;
  const DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  if (GetModuleHandleExW(flags, static_cast<LPCWSTR>(address), &module) == 0) return {};
  std::vector<wchar_t> path(32768);  // the longest that Windows has
  const DWORD length = GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size()));
  return text_of(std::filesystem::path(std::wstring(path.data(), length)).parent_path());
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

std::string folder_of_code(const void* address) {
  Dl_info info{};
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code unread;
  // A program that was found on the PATH names itself without a folder.
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unread);
  const std::filesystem::path file(info.dli_fname);
  if (file.has_parent_path()) return text_of(std::filesystem::absolute(file, unread).parent_path());
  return text_of(self.parent_path());
}

#endif

}  // namespace modelport::runtime
