// SPDX-License-Identifier: Apache-2.0
// A loaded net proves itself on the calls that its library carries.
#include "net/net_self_test.hpp"

#include <string>
#include <vector>

#include "net/cases.hpp"
#include "net/elements.hpp"

namespace modelport::runtime {
namespace {

/// An output of any type in memory of its own.
struct Grown {
  NetElement element;
  std::vector<std::max_align_t> memory;
  std::vector<std::string> texts;
  Shape shape;

  static void* grow(void* target, const Shape& shape) {
    auto& grown = *static_cast<Grown*>(target);
    grown.shape = shape;
    if (grown.element == NetElement::text) {
      grown.texts.resize(shape.count() + 1);  // never none, whose data is null
    } else {
      grown.memory.resize(shape.count() * bytes_of(grown.element) / sizeof(std::max_align_t) + 1);
    }
    return grown.data();
  }

  void* data() { return element == NetElement::text ? static_cast<void*>(texts.data()) : memory.data(); }
};

std::string wrong_in(const NetEngine& engine, const NetSpec& spec, const NetCase& call) {
  std::vector<Grown> grown;
  for (const TensorSpec& output : spec.outputs) grown.push_back({output.element, {}, {}, {}});
  std::vector<OutputPlace> places;
  for (Grown& output : grown) places.emplace_back(&output, &Grown::grow);
  const std::vector<AnyTensor> inputs = call.tensors();
  engine.predict(inputs, places);
  std::vector<AnyTensor> answers;
  for (Grown& output : grown) answers.emplace_back(output.data(), output.shape.count(), output.shape);
  return differences(spec, call, answers);
}

}  // namespace

std::size_t self_test(const NetEngine& engine, const NetSpec& spec, std::string_view pack,
                      Span<const std::string_view> names) {
  const ReadFile read = files_packed_in(pack);
  std::size_t wrong = 0;
  std::string report;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const NetCase call = read_case(spec, read, i, names[i]);
    const std::string lines = wrong_in(engine, spec, call);
    if (lines.empty()) continue;
    ++wrong;
    report += "call '" + call.name + "'\n" + lines;
  }
  if (wrong == 0) return names.size();
  throw Error(ErrorCode::wrong_prediction,
              std::to_string(wrong) + " of " + std::to_string(names.size()) +
                  " calls are not answered as the original model does\n" + report,
              "ONNX Runtime " + engine.onnxruntime_version(), "use the version that the model was proven with");
}

}  // namespace modelport::runtime
