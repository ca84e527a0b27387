// SPDX-License-Identifier: Apache-2.0
// Turns a call that throws into one that returns.
#pragma once

#include <exception>
#include <modelport/types.hpp>
#include <new>
#include <utility>

namespace modelport::runtime {

/// What `work` returns, or the Error that it throws.
/// @throws std::bad_alloc alone
template <class Work>
[[nodiscard]] auto attempt(Work work) -> Result<decltype(work())> {
  try {
    return work();
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& unexpected) {
    return Error(ErrorCode::onnxruntime_failed, unexpected.what(), "the C++ standard library",
                 "report this as a defect of the generated library");
  }
}

}  // namespace modelport::runtime
