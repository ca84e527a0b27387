// SPDX-License-Identifier: Apache-2.0
// The test of a generated library of a net: every case through every way in. It needs no test framework.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "net/cases.hpp"
#include "net/elements.hpp"
#include "net/input_check.hpp"
#include "testing/case_files.hpp"
#include "testing/checks.hpp"

namespace modelport::runtime {

/// Runs the cases through a generated library.
///
/// Library names the generated types Model, Inputs and Outputs, and has the static members spec, names (of the cases),
/// inputs (makes Inputs of tensors), tensors (of Outputs) and by_buffers (answers through the caller's memory).
template <class Library>
class NetTest {
 public:
  explicit NetTest(const Arguments& arguments)
      : arguments_(arguments),
        model_(Library::spec().weights.file == nullptr ? Library::Model::load() : Library::Model::load(arguments.model)) {
    const ReadFile read = files_in(arguments.vectors);
    const Span<const std::string_view> names = Library::names();
    for (std::size_t i = 0; i < names.size(); ++i) cases_.push_back(read_case(Library::spec(), read, i, names[i]));
  }

  /// Runs everything; returns the exit code of the program.
  int run() {
    // First, so that the answers are there even if they are wrong.
    if (!arguments_.dump.empty()) dump();
    Outputs reused;
    for (const NetCase& call : cases_) {
      const std::vector<AnyTensor> tensors = call.tensors();
      const Inputs inputs = Library::inputs(tensors);
      check(call, "new memory", model_.predict(inputs));
      model_.predict(inputs, reused);
      check(call, "memory of the call before", reused);
      Outputs buffered = model_.predict(inputs);
      const std::string named = "case '" + call.name + "': ";
      expect(Library::by_buffers(model_, inputs, buffered, false), named + "the shapes are those announced");
      check(call, "the caller's buffers", buffered);
      expect(Library::by_buffers(model_, inputs, buffered, true), named + "a buffer that is too small is an Error");
    }
    eight_threads();
    interface();
    for (const NetCase& call : cases_) refusals(call);
    return checks_.result(std::to_string(cases_.size()) + " cases", model_.onnxruntime_version());
  }

 private:
  using Model = typename Library::Model;
  using Inputs = typename Library::Inputs;
  using Outputs = typename Library::Outputs;

  void expect(bool right, const std::string& what) { checks_.expect(right, what); }

  void check(const NetCase& call, const std::string& how, const Outputs& outputs) {
    const std::vector<AnyTensor> answers = Library::tensors(outputs);
    const std::string lines = differences(Library::spec(), call, answers);
    expect(lines.empty(), "case '" + call.name + "' into " + how + "\n" + lines);
  }

  void dump() {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      const Outputs outputs = model_.predict(Library::inputs(cases_[i].tensors()));
      const std::vector<AnyTensor> answers = Library::tensors(outputs);
      write_case(Library::spec(), i, answers, arguments_.dump);
    }
  }

  void eight_threads() {
    checks_.in_threads([this](std::size_t thread) {
      Outputs outputs;
      for (std::size_t i = 0; i < cases_.size(); ++i) {
        const NetCase& call = cases_[(i + thread) % cases_.size()];
        model_.predict(Library::inputs(call.tensors()), outputs);
        check(call, "thread " + std::to_string(thread), outputs);
      }
    });
  }

  /// The ways in that predict nothing new.
  void interface() {
    expect(model_.self_test() > 0 || cases_.empty(), "the self-test has calls");
    expect(model_.try_self_test().ok(), "try_self_test() gives a value");

    checks_.loading<Model>(arguments_.model);
    refused(std::vector<AnyTensor>(Library::spec().inputs.size()), "inputs that were not set");
  }

  /// Inputs that the contract does not take, each made from a case.
  void refusals(const NetCase& call) {
    const NetSpec& spec = Library::spec();
    const std::vector<AnyTensor> right = call.tensors();
    for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
      const TensorSpec& input = spec.inputs[i];
      const std::string named = "case '" + call.name + "', input '" + input.name + "': ";
      std::vector<std::size_t> lengths(right[i].shape.begin(), right[i].shape.end());
      std::vector<AnyTensor> wrong = right;
      if (lengths.size() < Shape::MAX_RANK) {
        std::vector<std::size_t> longer = lengths;
        longer.push_back(1);
        wrong[i].shape = Shape(longer);
        refused(wrong, named + "an axis too many");
      }
      for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
        const Dimension& dimension = input.shape[axis];
        wrong = right;
        std::vector<std::size_t> other = lengths;
        const std::string of_axis = named + "axis " + std::to_string(axis);
        if (dimension.axis < 0) {
          other[axis] += 1;
        } else {
          const std::size_t most = spec.axes[static_cast<std::size_t>(dimension.axis)].most;
          if (most == std::numeric_limits<std::size_t>::max()) continue;
          other[axis] = most + 1;
        }
        wrong[i].shape = Shape(other);
        refused(wrong, of_axis + " too long");
      }
      wrong = right;
      wrong[i].size += 1;
      refused(wrong, named + "more elements than the shape has");
      if (input.finite && right[i].size > 0) refused_numbers(call, i, named);
      if (input.element == NetElement::text && right[i].size > 0) {
        std::vector<std::string_view> texts(right[i].size);
        texts.back() = "\xC0\x80";
        wrong[i] = {texts.data(), texts.size(), right[i].shape};
        refused(wrong, named + "a text that is not UTF-8");
        texts.back() = "\xEE\x80\x80 known to nobody";
        if (!input.texts.empty()) refused(wrong, named + "a text that the model does not know");
      }
    }
  }

  /// A NaN and an infinity as the last number.
  void refused_numbers(const NetCase& call, std::size_t input, const std::string& named) {
    NetCase odd = call;
    std::vector<std::byte>& bytes = odd.inputs[input].array.data;
    const auto put = [&](auto number) {
      const auto* start = reinterpret_cast<const std::byte*>(&number);
      std::copy(start, start + sizeof number, bytes.end() - static_cast<std::ptrdiff_t>(sizeof number));
      refused(odd.tensors(), named + "a number that is not finite");
    };
    switch (Library::spec().inputs[input].element) {
      case NetElement::float64:
        put(std::numeric_limits<double>::quiet_NaN());
        return put(-std::numeric_limits<double>::infinity());
      case NetElement::float32:
        put(std::numeric_limits<float>::quiet_NaN());
        return put(-std::numeric_limits<float>::infinity());
      default:
        put(Half{0x7E00});
        return put(Half{0xFC00});
    }
  }

  void refused(const std::vector<AnyTensor>& tensors, const std::string& what) {
    const auto result = model_.try_predict(Library::inputs(tensors));
    expect(!result && result.error()->code() == ErrorCode::wrong_argument, what + " is an Error");
  }

  Arguments arguments_;
  Model model_;
  std::vector<NetCase> cases_;
  Checks checks_;
};

}  // namespace modelport::runtime
