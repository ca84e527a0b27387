// SPDX-License-Identifier: Apache-2.0
// One model loaded in ONNX Runtime.
#pragma once

#include <cstddef>
#include <modelport/types.hpp>
#include <string>
#include <vector>

#include "runtime/ort_handle.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// The tensors that a run gave, in the order in which they were asked for.
using OutputTensors = std::vector<ValueHandle>;

/// A loaded model. run() may be called from any number of threads.
class Session {
 public:
  /// Loads a model with the settings that it was proven with.
  /// @param weights the folder of the files that the model refers to, empty where it holds all numbers itself
  /// @throws Error when ONNX Runtime cannot be opened or refuses the model
  Session(const ModelSpec& spec, Span<const std::byte> model, const Options& options, const std::string& weights = {});
  Session(const Session&) = delete;  // its handles point into it
  Session& operator=(const Session&) = delete;

  /// Runs the graph and returns the outputs at the given positions of the spec.
  [[nodiscard]] OutputTensors run(const std::vector<const ort::Value*>& inputs,
                                  const std::vector<std::size_t>& wanted) const;

  /// Runs the graph on named inputs. An output whose value is given is written into it; one that is null is made, and
  /// then the caller's to release.
  void run(const std::vector<const char*>& input_names, const std::vector<const ort::Value*>& inputs,
           const std::vector<const char*>& output_names, std::vector<ort::Value*>& outputs) const;

  /// The functions of the runtime that the model lives in.
  [[nodiscard]] const OrtCalls& ort() const noexcept { return ort_; }
  /// Where tensors over this program's own memory say that it lies.
  [[nodiscard]] const MemoryInfoHandle& memory() const noexcept { return memory_; }

 private:
  const ModelSpec& spec_;
  OrtCalls ort_;  // first in, last out: every handle below calls into it
  EnvHandle env_;
  MemoryInfoHandle memory_;
  SessionHandle session_;
};

}  // namespace modelport::runtime
