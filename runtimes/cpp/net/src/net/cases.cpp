// SPDX-License-Identifier: Apache-2.0
// The calls with the original's answers that travel with the library of a net.
#include "net/cases.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "net/elements.hpp"

namespace modelport::runtime {
namespace {

[[noreturn]] void bad_case(const std::string& what, const std::string& file) {
  throw Error(ErrorCode::damaged_model, what, file, "take the library again from its bundle");
}

/// Texts are UTF-8 one after the other, and where each ends.
CaseTensor read_texts(const ReadFile& read, const std::string& stem) {
  CaseTensor tensor;
  const std::string ends_file = stem + ".ends.npy", bytes_file = stem + ".bytes.npy";
  tensor.array = read_npy(read(ends_file), ends_file);
  const auto bytes = read_npy(read(bytes_file), bytes_file).as<std::uint8_t>("|u1", bytes_file);
  tensor.content = std::make_shared<const std::string>(bytes.begin(), bytes.end());
  const std::string_view all(*tensor.content);
  std::size_t start = 0;
  for (const std::int64_t end : tensor.array.as<std::int64_t>("<i8", ends_file)) {
    const auto stop = static_cast<std::size_t>(end);
    if (end < 0 || stop < start || stop > all.size()) bad_case("the ends do not fit the bytes", ends_file);
    tensor.texts.push_back(all.substr(start, stop - start));
    start = stop;
  }
  return tensor;
}

CaseTensor read_tensor(const TensorSpec& spec, const ReadFile& read, const std::string& stem) {
  if (spec.element == NetElement::text) return read_texts(read, stem);
  const std::string file = stem + ".npy";
  CaseTensor tensor;
  tensor.array = read_npy(read(file), file);
  if (tensor.array.type == npy_type(spec.element)) return tensor;
  bad_case("the array is of type " + tensor.array.type + ", not " + std::string(npy_type(spec.element)), file);
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

const std::string& text_at(const void* answers, std::size_t i) { return static_cast<const std::string*>(answers)[i]; }

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

/// Both as a report shows them: "expected 1 within 0.5, got 2".
std::string told(NetElement element, const CaseTensor& expected, const void* got, std::size_t i, double bound) {
  std::string text = "expected ";
  if (element == NetElement::text) {
    return text.append(quoted(expected.texts[i])).append(", got ").append(quoted(text_at(got, i)));
  }
  return text + digits(number_at(element, expected.array.data.data(), i)) + " within " + digits(bound) + ", got " +
         digits(number_at(element, got, i));
}

bool is_right(NetElement element, const CaseTensor& expected, const void* got, std::size_t i, double bound) {
  if (std::isinf(bound)) return true;  // nothing is claimed of this element
  if (element == NetElement::text) return expected.texts[i] == text_at(got, i);
  const std::byte* theirs = expected.array.data.data();
  const std::size_t bytes = bytes_of(element);
  // The bits of whole numbers: of large ones a double holds too few.
  if (std::memcmp(theirs + i * bytes, static_cast<const std::byte*>(got) + i * bytes, bytes) == 0) return true;
  const double wanted = number_at(element, theirs, i), number = number_at(element, got, i);
  if (std::isnan(wanted)) return std::isnan(number);
  if (std::isinf(wanted)) return number == wanted;
  if (!is_float(element) && bound == 0) return false;
  return std::fabs(number - wanted) <= bound;
}

std::string difference(const TensorSpec& output, const CaseTensor& expected, const std::vector<double>& bounds,
                       const AnyTensor& got) {
  const Shape shape(expected.array.shape);
  const std::string name = std::string("  ") + output.name;
  if (got.shape != shape) return name + ": expected shape " + shape.text() + ", got " + got.shape.text() + "\n";
  std::size_t wrong = 0;
  std::string first;
  for (std::size_t i = 0; i < shape.count(); ++i) {
    if (is_right(output.element, expected, got.data, i, bounds[i])) continue;
    if (++wrong == 1) first = place(shape, i) + ": " + told(output.element, expected, got.data, i, bounds[i]);
  }
  return wrong == 0 ? "" : name + first + "; " + std::to_string(wrong) + " element(s) differ\n";
}

}  // namespace

AnyTensor CaseTensor::tensor(NetElement element) const {
  const Shape shape(array.shape);
  if (element == NetElement::text) return {texts.data(), texts.size(), shape};
  return {array.data.data(), array.count(), shape};
}

std::vector<AnyTensor> NetCase::tensors() const {
  std::vector<AnyTensor> tensors;
  for (std::size_t i = 0; i < inputs.size(); ++i) tensors.push_back(inputs[i].tensor(spec->inputs[i].element));
  return tensors;
}

NetCase read_case(const NetSpec& spec, const ReadFile& read, std::size_t position, std::string_view name) {
  NetCase found;
  found.name = name;
  found.spec = &spec;
  const std::string prefix = "case_" + std::to_string(position);
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    found.inputs.push_back(read_tensor(spec.inputs[i], read, prefix + ".input_" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const std::string output = prefix + ".output_" + std::to_string(i);
    found.expected.push_back(read_tensor(spec.outputs[i], read, output + ".expected"));
    const std::string file = output + ".bound.npy";
    found.bounds.push_back(read_npy(read(file), file).as<double>("<f8", file));
    if (found.bounds.back().size() != found.expected.back().array.count()) {
      bad_case("there is not one bound for each element", file);
    }
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
