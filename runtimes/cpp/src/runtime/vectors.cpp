// SPDX-License-Identifier: Apache-2.0
// The rows with the original model's answers that travel with a library.
#include "runtime/vectors.hpp"

#include <cstdio>
#include <cstring>
#include <utility>

#include "runtime/lookup.hpp"
#include "runtime/npy.hpp"

namespace modelport::runtime {
namespace {

[[noreturn]] void bad_vectors(const std::string& what, const std::string& where) {
  throw Error(ErrorCode::damaged_model, what, where, "take the library again from its bundle");
}

/// Reads arrays and checks that they have as many elements as the contract says.
class Reader {
 public:
  explicit Reader(const ReadFile& read) : read_(read) {}

  template <class T>
  std::vector<T> array(const std::string& name, std::string_view type) const {
    return read_npy(read_(name), name).template as<T>(type, name);
  }

  template <class T>
  std::vector<T> array(const std::string& name, std::string_view type, std::size_t count) const {
    std::vector<T> values = array<T>(name, type);
    if (values.size() != count) bad_count(name, values.size(), count);
    return values;
  }

  /// Numbers of either width.
  std::vector<double> numbers(const std::string& name, std::size_t count) const {
    const NpyArray array = read_npy(read_(name), name);
    if (array.count() != count) bad_count(name, array.count(), count);
    if (array.type == "<f8") return array.as<double>("<f8", name);
    const auto floats = array.as<float>("<f4", name);
    return {floats.begin(), floats.end()};
  }

  std::unique_ptr<bool[]> flags(const std::string& name, std::size_t count) const {
    const auto bytes = array<std::uint8_t>(name, "|b1", count);
    auto flags = std::make_unique<bool[]>(count);
    for (std::size_t i = 0; i < count; ++i) flags[i] = bytes[i] != 0;
    return flags;
  }

 private:
  [[noreturn]] static void bad_count(const std::string& name, std::size_t found, std::size_t expected) {
    bad_vectors("the array has " + std::to_string(found) + " elements, not " + std::to_string(expected), name);
  }

  const ReadFile& read_;
};

void read_texts(const Reader& reader, const std::string& stem, std::size_t rows, VectorColumn& column) {
  const auto offsets = reader.array<std::int64_t>(stem + "offsets.npy", "<i8", rows + 1);
  const auto bytes = reader.array<std::uint8_t>(stem + "bytes.npy", "|u1");
  column.bytes.assign(bytes.begin(), bytes.end());
  const std::string_view all(column.bytes.data(), column.bytes.size());
  for (std::size_t row = 0; row < rows; ++row) {
    if (offsets[row] < 0 || offsets[row] > offsets[row + 1] ||
        offsets[row + 1] > static_cast<std::int64_t>(all.size())) {
      bad_vectors("the offsets do not fit the bytes", stem + "offsets.npy");
    }
    const auto begin = static_cast<std::size_t>(offsets[row]);
    column.texts.push_back(all.substr(begin, static_cast<std::size_t>(offsets[row + 1]) - begin));
  }
}

void find_categories(const FeatureSpec& feature, VectorColumn& column) {
  const Lookup<std::string_view> known(feature.categories);
  const auto unknown = static_cast<std::int32_t>(feature.categories.size());
  for (std::size_t row = 0; row < column.texts.size(); ++row) {
    const std::int32_t position = known.find(column.texts[row]);
    column.categories.push_back(!column.valid[row] ? MISSING_CATEGORY : position < 0 ? unknown : position);
  }
}

VectorColumn read_feature(const FeatureSpec& feature, const Reader& reader, std::size_t index, std::size_t rows) {
  const std::string stem = "input_" + std::to_string(index) + ".";
  VectorColumn column;
  column.valid = reader.flags(stem + "valid.npy", rows);
  switch (feature.type) {
    case Type::float64:
      column.doubles = reader.array<double>(stem + "values.npy", "<f8", rows);
      break;
    case Type::float32:
      column.floats = reader.array<float>(stem + "values.npy", "<f4", rows);
      break;
    case Type::int64:
      column.integers = reader.array<std::int64_t>(stem + "values.npy", "<i8", rows);
      break;
    case Type::boolean:
      column.booleans = reader.flags(stem + "values.npy", rows);
      break;
    case Type::text:
      read_texts(reader, stem, rows, column);
      break;
    case Type::category:
      read_texts(reader, stem, rows, column);
      find_categories(feature, column);
      break;
  }
  return column;
}

ExpectedOutput read_output(const OutputSpec& output, const Reader& reader, std::size_t rows) {
  const std::string stem = std::string("output_") + output.name + ".";
  const std::size_t count = rows * output.values();
  ExpectedOutput expected;
  if (output.label) {
    expected.labels = reader.array<std::int32_t>(stem + "expected.npy", "<i4", count);
    expected.accepted = reader.flags(stem + "accepted.npy", count * output.classes.size());
  } else {
    expected.numbers = reader.numbers(stem + "expected.npy", count);
    expected.bounds = reader.numbers(stem + "bound.npy", count);
  }
  return expected;
}

}  // namespace

Vectors::Vectors(const ModelSpec& spec, const ReadFile& read) : spec_(spec) {
  const Reader reader(read);
  for (const std::uint8_t code : reader.array<std::uint8_t>("status.npy", "|u1")) {
    status.push_back(static_cast<Status>(code));
  }
  cause = reader.array<std::int32_t>("status_feature.npy", "<i4", rows());
  for (std::size_t i = 0; i < spec.features.size(); ++i) {
    features.push_back(read_feature(spec.features[i], reader, i, rows()));
  }
  for (const OutputSpec& output : spec.outputs) outputs.push_back(read_output(output, reader, rows()));
}

std::vector<AnyColumn> Vectors::columns(std::size_t first, std::size_t count) const {
  std::vector<AnyColumn> columns;
  columns.reserve(features.size());
  for (std::size_t i = 0; i < features.size(); ++i) {
    const VectorColumn& feature = features[i];
    const auto part = [&](const auto* values) {
      return AnyColumn(Column(values + first, count, feature.valid.get() + first));
    };
    switch (spec_.features[i].type) {
      case Type::float64:
        columns.push_back(part(feature.doubles.data()));
        break;
      case Type::float32:
        columns.push_back(part(feature.floats.data()));
        break;
      case Type::int64:
        columns.push_back(part(feature.integers.data()));
        break;
      case Type::boolean:
        columns.push_back(part(feature.booleans.get()));
        break;
      case Type::text:
        columns.push_back(part(feature.texts.data()));
        break;
      case Type::category:
        columns.push_back(part(feature.categories.data()));
        break;
    }
  }
  return columns;
}

std::string Vectors::shown(std::size_t feature, std::size_t row) const {
  const VectorColumn& column = features[feature];
  if (!column.valid[row]) return "missing";
  char number[32];
  switch (spec_.features[feature].type) {
    case Type::float64:
      std::snprintf(number, sizeof number, "%.17g", column.doubles[row]);
      return number;
    case Type::float32:
      std::snprintf(number, sizeof number, "%.9g", static_cast<double>(column.floats[row]));
      return number;
    case Type::int64:
      return std::to_string(column.integers[row]);
    case Type::boolean:
      return column.booleans[row] ? "true" : "false";
    case Type::text:
    case Type::category:
      break;
  }
  // Not "'" + text: GCC 12 warns of a copy onto itself there (its bug 105651).
  std::string shown = "'";
  shown.append(column.texts[row]).push_back('\'');
  return shown;
}

}  // namespace modelport::runtime
