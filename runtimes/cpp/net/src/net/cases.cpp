// SPDX-License-Identifier: Apache-2.0
// The calls with the original's answers that travel with the library of a net.
#include "net/cases.hpp"

#include <cmath>
#include <cstdio>
#include <cstring>

#include "net/elements.hpp"

namespace modelport::runtime {
namespace {

NpyArray read_tensor(const TensorSpec& tensor, const ReadFile& read, const std::string& file) {
  NpyArray array = read_npy(read(file), file);
  if (array.type == npy_type(tensor.element)) return array;
  throw Error(ErrorCode::damaged_model,
              "the array is of type " + array.type + ", not " + std::string(npy_type(tensor.element)), file,
              "take the library again from its bundle");
}

std::string digits(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", number);
  return text;
}

/// The place of an element: "[0, 3]".
std::string place(const Shape& shape, std::size_t index) {
  std::vector<std::size_t> places(shape.rank());
  for (std::size_t i = shape.rank(); i-- > 0;) {
    places[i] = index % shape[i];
    index /= shape[i];
  }
  return Shape(places).text();
}

bool is_right(NetElement element, const void* expected, const void* got, std::size_t i, double bound) {
  if (std::isinf(bound)) return true;  // nothing is claimed of this number
  const std::size_t bytes = bytes_of(element);
  const auto* ours = static_cast<const char*>(got) + i * bytes;
  // The bits of whole numbers: of large ones a double holds too few.
  if (std::memcmp(static_cast<const char*>(expected) + i * bytes, ours, bytes) == 0) return true;
  const double wanted = number_at(element, expected, i), number = number_at(element, got, i);
  if (std::isnan(wanted)) return std::isnan(number);
  if (std::isinf(wanted)) return number == wanted;
  if (!is_float(element) && bound == 0) return false;
  return std::fabs(number - wanted) <= bound;
}

std::string difference(const TensorSpec& output, const NpyArray& expected, const std::vector<double>& bounds,
                       const AnyTensor& got) {
  const Shape shape(expected.shape);
  const std::string name = std::string("  ") + output.name;
  if (got.shape != shape) return name + ": expected shape " + shape.text() + ", got " + got.shape.text() + "\n";
  std::size_t wrong = 0;
  std::string first;
  for (std::size_t i = 0; i < shape.count(); ++i) {
    if (is_right(output.element, expected.data.data(), got.data, i, bounds[i])) continue;
    if (++wrong > 1) continue;
    first = place(shape, i) + ": expected " + digits(number_at(output.element, expected.data.data(), i)) + " within " +
            digits(bounds[i]) + ", got " + digits(number_at(output.element, got.data, i));
  }
  return wrong == 0 ? "" : name + first + "; " + std::to_string(wrong) + " number(s) differ\n";
}

}  // namespace

std::vector<AnyTensor> NetCase::tensors() const {
  std::vector<AnyTensor> tensors;
  for (const NpyArray& array : inputs) tensors.emplace_back(array.data.data(), array.count(), Shape(array.shape));
  return tensors;
}

NetCase read_case(const NetSpec& spec, const ReadFile& read, std::size_t position, std::string_view name) {
  NetCase found;
  found.name = name;
  const std::string prefix = "case_" + std::to_string(position);
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    found.inputs.push_back(read_tensor(spec.inputs[i], read, prefix + ".input_" + std::to_string(i) + ".npy"));
  }
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const std::string output = prefix + ".output_" + std::to_string(i);
    found.expected.push_back(read_tensor(spec.outputs[i], read, output + ".expected.npy"));
    const std::string file = output + ".bound.npy";
    found.bounds.push_back(read_npy(read(file), file).as<double>("<f8", file));
    if (found.bounds.back().size() == found.expected.back().count()) continue;
    throw Error(ErrorCode::damaged_model, "there is not one bound for each number", file,
                "take the library again from its bundle");
  }
  return found;
}

std::string differences(const NetSpec& spec, const NetCase& expected, Span<const AnyTensor> got) {
  std::string lines;
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    lines += difference(spec.outputs[i], expected.expected[i], expected.bounds[i], got[i]);
  }
  return lines;
}

}  // namespace modelport::runtime
