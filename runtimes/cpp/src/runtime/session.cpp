// SPDX-License-Identifier: Apache-2.0
// One model loaded in ONNX Runtime.
#include "runtime/session.hpp"

#include <string>

namespace modelport::runtime {
namespace {

SessionOptionsHandle proven_settings(const OrtCalls& ort, const ModelSpec& spec, const std::string& weights) {
  auto settings = ort.make<SessionOptionsHandle, ort::CreateSessionOptions>();
  // One thread: with more, the terms of a sum are added in another order and the last bits differ.
  ort.call<ort::SetIntraOpNumThreads>(settings.get(), spec.intra_op_threads);
  ort.call<ort::SetInterOpNumThreads>(settings.get(), spec.inter_op_threads);
  ort.call<ort::SetSessionGraphOptimizationLevel>(settings.get(), spec.graph_optimization_level);
  ort.call<ort::AddSessionConfigEntry>(settings.get(), "session.intra_op.allow_spinning", "0");
  ort.call<ort::SetSessionLogSeverityLevel>(settings.get(), ort::LOG_ERROR);
  if (!weights.empty()) {
    ort.call<ort::AddSessionConfigEntry>(settings.get(), "session.model_external_initializers_file_folder_path",
                                         weights.c_str());
    // Rearranged for faster products they would be copied out of the mapped file.
    ort.call<ort::AddSessionConfigEntry>(settings.get(), "session.disable_prepacking", "1");
  }
  return settings;
}

}  // namespace

Session::Session(const ModelSpec& spec, Span<const std::byte> model, const Options& options, const std::string& weights)
    : spec_(spec), ort_(open_onnxruntime(options, spec)) {
  const std::string log_id(spec.name);
  env_ = ort_.make<EnvHandle, ort::CreateEnv>(ort::LOG_ERROR, log_id.c_str());
  // The official Windows build reports usage unless it is told not to; elsewhere this does nothing.
  ort_.call<ort::DisableTelemetryEvents>(env_.get());
  memory_ = ort_.make<MemoryInfoHandle, ort::CreateCpuMemoryInfo>(ort::ALLOCATOR_ARENA, ort::MEMORY_DEFAULT);
  const auto settings = proven_settings(ort_, spec, weights);
  session_ =
      ort_.make<SessionHandle, ort::CreateSessionFromArray>(env_.get(), model.data(), model.size(), settings.get());
}

OutputTensors Session::run(const std::vector<const ort::Value*>& inputs, const std::vector<std::size_t>& wanted) const {
  std::vector<const char*> input_names;
  for (const InputSpec& input : spec_.inputs) input_names.push_back(input.name);
  std::vector<const char*> output_names;
  for (const std::size_t output : wanted) output_names.push_back(spec_.outputs[output].name);

  std::vector<ort::Value*> made(wanted.size(), nullptr);
  run(input_names, inputs, output_names, made);
  OutputTensors tensors;
  tensors.reserve(made.size());
  for (ort::Value* tensor : made) tensors.push_back(ort_.own<ValueHandle>(tensor));
  return tensors;
}

void Session::run(const std::vector<const char*>& input_names, const std::vector<const ort::Value*>& inputs,
                  const std::vector<const char*>& output_names, std::vector<ort::Value*>& outputs) const {
  const ort::RunOptions* defaults = nullptr;
  ort_.call<ort::Run>(session_.get(), defaults, input_names.data(), inputs.data(), inputs.size(), output_names.data(),
                      output_names.size(), outputs.data());
}

}  // namespace modelport::runtime
