// SPDX-License-Identifier: Apache-2.0
// Finds and opens the ONNX Runtime library of this machine.
#include "runtime/ort_library.hpp"

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <vector>

#include "runtime/paths.hpp"
#include "runtime/shared_library.hpp"

namespace modelport::runtime {
namespace {

constexpr const char* VARIABLE = "ONNXRUNTIME_LIBRARY";

#if defined(_WIN32)
constexpr const char* FILE_NAMES[] = {"onnxruntime.dll"};
#elif defined(__APPLE__)
constexpr const char* FILE_NAMES[] = {"libonnxruntime.dylib", "libonnxruntime.1.dylib"};
#else
constexpr const char* FILE_NAMES[] = {"libonnxruntime.so.1", "libonnxruntime.so"};
#endif

/// Where to look, and who said so.
struct Candidates {
  std::string source;
  std::vector<std::string> paths;
};

Candidates named(const std::string& source, const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path_of(path), ignored)) return {source, {path}};
  Candidates candidates{source, {}};
  for (const char* name : FILE_NAMES) candidates.paths.push_back(text_of(path_of(path) / name));
  return candidates;
}

Candidates candidates_of(const Options& options) {
  if (!options.onnxruntime_library.empty()) return named("Options::onnxruntime_library", options.onnxruntime_library);
  const char* variable = std::getenv(VARIABLE);
  if (variable != nullptr && *variable != '\0') return named(VARIABLE, variable);
  return {"the loader's path", {std::begin(FILE_NAMES), std::end(FILE_NAMES)}};
}

std::string needed(const ModelSpec& spec) {
  return "ONNX Runtime 1." + std::to_string(spec.onnxruntime_minor) + " or newer";
}

/// The minor number of "1.29.0", or -1 where it is written otherwise.
int minor_of(const std::string& version) {
  if (version.rfind("1.", 0) != 0) return -1;
  const char* digits = version.c_str() + 2;
  char* end = nullptr;
  const long minor = std::strtol(digits, &end, 10);
  return end == digits || minor > 100000 ? -1 : static_cast<int>(minor);
}

Error too_old(const ModelSpec& spec, const std::string& version, const std::string& where) {
  return Error(
      ErrorCode::onnxruntime_missing,
      "the ONNX Runtime found is " + version + ", the model needs " + needed(spec) + " (" + std::string(spec.needs) +
          ")",
      where,
      std::string("install a newer one, or say where it is in ") + VARIABLE + " or Options::onnxruntime_library");
}

}  // namespace

OrtLibrary open_onnxruntime(const Options& options, const ModelSpec& spec) {
  const Candidates candidates = candidates_of(options);
  std::string tried;
  for (const std::string& path : candidates.paths) {
    std::string fault;
    const SharedLibrary library(path, fault);
    const auto get_base = library.function<ort::GetApiBase>("OrtGetApiBase", fault);
    if (get_base == nullptr) {
      tried += (tried.empty() ? "" : "; ") + path + " (" + fault + ")";
      continue;
    }
    const ort::ApiBase* base = get_base();
    const std::string version = base->get_version_string();
    const std::string where = path + ", from " + candidates.source;
    const int minor = minor_of(version);
    if (minor >= 0 && minor < spec.onnxruntime_minor) throw too_old(spec, version, where);
    const void* table = base->get_api(ort::API_VERSION);
    if (table == nullptr) throw too_old(spec, version, where);
    return {ort::Api(table), version, path};
  }
  throw Error(ErrorCode::onnxruntime_missing, "no ONNX Runtime could be opened; tried " + tried, candidates.source,
              "install " + needed(spec) + ", and say where its library is in the environment variable " + VARIABLE +
                  " or in Options::onnxruntime_library");
}

}  // namespace modelport::runtime
