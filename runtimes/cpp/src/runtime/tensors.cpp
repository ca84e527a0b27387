// SPDX-License-Identifier: Apache-2.0
// Input tensors made of columns.
#include "runtime/tensors.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "runtime/term_counter.hpp"
#include "runtime/text_tensor.hpp"

namespace modelport::runtime {
namespace {

struct ElementInfo {
  int code;
  std::size_t bytes;
};

ElementInfo info(Element element) {
  switch (element) {
    case Element::float64:
      return {ort::ELEMENT_DOUBLE, sizeof(double)};
    case Element::float32:
      return {ort::ELEMENT_FLOAT, sizeof(float)};
    case Element::int64:
      return {ort::ELEMENT_INT64, sizeof(std::int64_t)};
    case Element::boolean:
      return {ort::ELEMENT_BOOL, sizeof(bool)};
    case Element::text:
      break;
  }
  return {ort::ELEMENT_STRING, 0};
}

/// A missing number: NaN where the tensor can hold one.
template <class T>
constexpr T missing_number() {
  return std::numeric_limits<T>::has_quiet_NaN ? std::numeric_limits<T>::quiet_NaN() : T{};
}

/// A number in the tensor's type. From an integer to float it goes through double, as it did when the model was proven.
template <class T, class Source>
constexpr T convert(Source value) {
  if constexpr (std::is_same_v<Source, std::int64_t> && std::is_same_v<T, float>) {
    return static_cast<float>(static_cast<double>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class Source, class T>
void copy_numbers(const AnyColumn& column, Span<const Status> status, T* out, std::size_t width) {
  for (std::size_t row = 0; row < status.size(); ++row) {
    T value{};
    if (status[row] == Status::ok) {
      value = column.present(row) ? convert<T>(column.value<Source>(row)) : missing_number<T>();
    }
    out[row * width] = value;
  }
}

template <class T>
void copy_column(const FeatureSpec& feature, const AnyColumn& column, Span<const Status> status, void* tensor,
                 std::size_t width) {
  T* out = static_cast<T*>(tensor) + feature.column;
  switch (feature.type) {
    case Type::float64:
      return copy_numbers<double>(column, status, out, width);
    case Type::float32:
      return copy_numbers<float>(column, status, out, width);
    case Type::int64:
      return copy_numbers<std::int64_t>(column, status, out, width);
    case Type::boolean:
      return copy_numbers<bool>(column, status, out, width);
    case Type::text:
    case Type::category:
      return;  // never in a tensor of numbers
  }
}

std::string_view cell_text(const ModelSpec& spec, const FeatureSpec& feature, const AnyColumn& column,
                           std::size_t row) {
  if (!column.present(row)) return spec.missing_string;
  if (feature.type == Type::text) return column.value<std::string_view>(row);
  const auto position = column.value<std::int32_t>(row);
  if (position == MISSING_CATEGORY) return spec.missing_string;
  const auto index = static_cast<std::size_t>(position);
  return index < feature.categories.size() ? feature.categories[index] : spec.unknown_string;
}

void copy_texts(const OrtCalls& ort, const ModelSpec& spec, const FeatureSpec& feature, const AnyColumn& column,
                Span<const Status> status, ort::Value* tensor, std::size_t width) {
  for (std::size_t row = 0; row < status.size(); ++row) {
    if (status[row] != Status::ok) continue;
    put_text(ort, tensor, row * width + feature.column, cell_text(spec, feature, column, row));
  }
}

}  // namespace

InputTensors::InputTensors(const OrtCalls& ort, const MemoryInfoHandle& memory, const ModelSpec& spec,
                           const std::vector<TextStep>& texts, Span<const AnyColumn> columns,
                           Span<const Status> status)
    : buffers_(spec.inputs.size()), owners_(spec.inputs.size()), values_(spec.inputs.size()) {
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    if (spec.inputs[i].width > 0) make(ort, memory, i, spec.inputs[i].element, status.size(), spec.inputs[i].width);
  }
  for (std::size_t i = 0; i < spec.features.size(); ++i) {
    const FeatureSpec& feature = spec.features[i];
    if (feature.input == NO_INPUT) continue;
    const InputSpec& input = spec.inputs[feature.input];
    void* buffer = buffers_[feature.input].data();
    switch (input.element) {
      case Element::float64:
        copy_column<double>(feature, columns[i], status, buffer, input.width);
        break;
      case Element::float32:
        copy_column<float>(feature, columns[i], status, buffer, input.width);
        break;
      case Element::int64:
        copy_column<std::int64_t>(feature, columns[i], status, buffer, input.width);
        break;
      case Element::boolean:
        copy_column<bool>(feature, columns[i], status, buffer, input.width);
        break;
      case Element::text:
        copy_texts(ort, spec, feature, columns[i], status, owners_[feature.input].get(), input.width);
        break;
    }
  }
  for (std::size_t i = 0; i < spec.texts.size(); ++i) {
    count_terms(ort, memory, spec, spec.texts[i], texts[i], columns[spec.texts[i].feature], status);
  }
}

/// Makes the tensor of an input; returns the memory of its numbers, which are not set yet.
void* InputTensors::make(const OrtCalls& ort, const MemoryInfoHandle& memory, std::size_t input, Element element,
                         std::size_t rows, std::size_t width) {
  const ElementInfo kind = info(element);
  const std::array<std::int64_t, 2> shape = {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(width)};
  if (element == Element::text) {
    owners_[input] = make_text_tensor(ort, shape.data(), shape.size());
  } else {
    const std::size_t bytes = rows * width * kind.bytes;
    buffers_[input].resize(bytes / sizeof(std::max_align_t) + 1);
    owners_[input] = ort.make<ValueHandle, ort::CreateTensorWithDataAsOrtValue>(
        memory.get(), buffers_[input].data(), bytes, shape.data(), shape.size(), kind.code);
  }
  values_[input] = owners_[input].get();
  return buffers_[input].data();
}

/// Fills the two tensors of a text step, as wide as the row with most terms; a shorter row ends in id 0 and count 0.
void InputTensors::count_terms(const OrtCalls& ort, const MemoryInfoHandle& memory, const ModelSpec& spec,
                               const TextSpec& text, const TextStep& step, const AnyColumn& column,
                               Span<const Status> status) {
  TermCounter counter(step);
  std::vector<TermCount> all;
  std::vector<std::size_t> ends;
  std::size_t width = 1;
  for (std::size_t row = 0; row < status.size(); ++row) {
    const std::size_t start = all.size();
    if (status[row] == Status::ok && column.present(row)) {
      const auto value = column.value<std::string_view>(row);
      if (value != spec.missing_string) {
        const std::vector<TermCount>& terms = counter.count(value);
        all.insert(all.end(), terms.begin(), terms.end());
      }
    }
    ends.push_back(all.size());
    width = std::max(width, all.size() - start);
  }
  const Element element = spec.inputs[text.counts].element;
  auto* ids = static_cast<std::int64_t*>(make(ort, memory, text.ids, Element::int64, status.size(), width));
  void* counts = make(ort, memory, text.counts, element, status.size(), width);
  std::fill_n(ids, status.size() * width, std::int64_t{0});
  // All bits 0 are the number 0 in both types.
  std::memset(counts, 0, status.size() * width * info(element).bytes);
  std::size_t at = 0;
  for (std::size_t row = 0; row < status.size(); ++row) {
    for (std::size_t cell = row * width; at < ends[row]; ++at, ++cell) {
      ids[cell] = all[at].id;
      if (element == Element::float32) {
        static_cast<float*>(counts)[cell] = static_cast<float>(all[at].count);
      } else {
        static_cast<double*>(counts)[cell] = static_cast<double>(all[at].count);
      }
    }
  }
}

}  // namespace modelport::runtime
