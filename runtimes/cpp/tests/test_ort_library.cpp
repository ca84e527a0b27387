// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "check.hpp"
#include "runtime/ort_library.hpp"

namespace modelport::runtime {
namespace {

using testing::contains;
using testing::error_of;

std::string error_with(const std::string& library) {
  ModelSpec spec{};
  spec.onnxruntime_minor = 20;
  spec.needs = "ONNX IR 10";
  Options options;
  options.onnxruntime_library = library;
  return error_of([&] { return open_onnxruntime(options, spec); });
}

TEST(a_library_that_is_not_there_is_named) {
  const std::string error = error_with("/no/such/library.so");
  CHECK(contains(error, "MP501: no ONNX Runtime could be opened; tried /no/such/library.so ("));
  CHECK(contains(error, "where: Options::onnxruntime_library"));
  CHECK(contains(error, "install ONNX Runtime 1.20 or newer"));
  CHECK(contains(error, "ONNXRUNTIME_LIBRARY"));
}

TEST(another_library_is_refused) { CHECK(contains(error_with(OTHER_LIBRARY), "it has no function OrtGetApiBase")); }

TEST(an_old_library_is_refused_with_both_versions) {
  const std::string error = error_with(OLD_ONNXRUNTIME);
  CHECK(contains(error,
                 "MP501: the ONNX Runtime found is 1.4.0, the model needs ONNX Runtime 1.20 or newer (ONNX IR 10)"));
  CHECK(contains(error, OLD_ONNXRUNTIME));
}

TEST(a_folder_is_searched_for_the_usual_names) {
  const std::string folder(OLD_ONNXRUNTIME, std::string(OLD_ONNXRUNTIME).rfind('/'));
  CHECK(contains(error_with(folder), "onnxruntime"));
}

}  // namespace
}  // namespace modelport::runtime
