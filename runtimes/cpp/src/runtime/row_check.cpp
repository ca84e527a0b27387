// SPDX-License-Identifier: Apache-2.0
// Decides which rows the model may see, by the rules of its contract.
#include "runtime/row_check.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/utf8.hpp"

namespace modelport::runtime {
namespace {

Status check_number(const FeatureSpec& feature, const Lookup<double>& known, double value) {
  if (std::isinf(value)) {
    if (feature.refuse_infinite) return Status::infinite;
  } else if (std::fabs(value) > feature.max_abs || value < feature.least || value > feature.greatest) {
    return Status::out_of_range;
  }
  return feature.refuse_unknown && known.find(value) < 0 ? Status::unknown_category : Status::ok;
}

Status check_text(const FeatureSpec& feature, const Lookup<std::string_view>& known, std::string_view value) {
  if (!is_utf8(value)) return Status::invalid;
  return feature.refuse_unknown && known.find(value) < 0 ? Status::unknown_category : Status::ok;
}

Status check_category(const FeatureSpec& feature, std::int32_t position) {
  const auto unknown = static_cast<std::int32_t>(feature.categories.size());
  if (position < 0 || position > unknown) return Status::invalid;
  return position == unknown && feature.refuse_unknown ? Status::unknown_category : Status::ok;
}

}  // namespace

RowCheck::RowCheck(const ModelSpec& spec)
    : spec_(spec), categories_(spec.features.size()), numbers_(spec.features.size()) {
  for (std::size_t i = 0; i < spec.features.size(); ++i) {
    const FeatureSpec& feature = spec.features[i];
    if (!feature.refuse_unknown) continue;
    if (feature.type == Type::text) categories_[i] = Lookup<std::string_view>(feature.categories);
    numbers_[i] = Lookup<double>(feature.numbers);
  }
}

std::size_t RowCheck::check(Span<const AnyColumn> columns, Span<Status> status, Span<std::int32_t> cause) const {
  std::fill(status.begin(), status.end(), Status::ok);
  std::fill(cause.begin(), cause.end(), -1);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < spec_.features.size(); ++i) {
    const FeatureSpec& feature = spec_.features[i];
    const AnyColumn& column = columns[i];
    const Status missing = feature.refuse_missing ? Status::missing : Status::ok;
    // One loop a feature: the type is asked once a column, not once a value.
    const auto each = [&](auto check_value) {
      for (std::size_t row = 0; row < status.size(); ++row) {
        if (status[row] != Status::ok) continue;
        const Status found = column.present(row) ? check_value(row) : missing;
        if (found == Status::ok) continue;
        status[row] = found;
        cause[row] = static_cast<std::int32_t>(i);
        ++refused;
      }
    };
    const auto number = [&](double value) {
      return std::isnan(value) ? missing : check_number(feature, numbers_[i], value);
    };
    switch (feature.type) {
      case Type::float64:
        each([&](std::size_t row) { return number(column.value<double>(row)); });
        break;
      case Type::float32:
        each([&](std::size_t row) { return number(static_cast<double>(column.value<float>(row))); });
        break;
      case Type::int64:
        each([&](std::size_t row) { return number(static_cast<double>(column.value<std::int64_t>(row))); });
        break;
      case Type::boolean:
        each([&](std::size_t row) { return number(column.value<bool>(row) ? 1.0 : 0.0); });
        break;
      case Type::text:
        each([&](std::size_t row) {
          const auto value = column.value<std::string_view>(row);
          return value == spec_.missing_string ? missing : check_text(feature, categories_[i], value);
        });
        break;
      case Type::category:
        each([&](std::size_t row) {
          const auto position = column.value<std::int32_t>(row);
          return position == MISSING_CATEGORY ? missing : check_category(feature, position);
        });
        break;
    }
  }
  return refused;
}

std::string reason(const ModelSpec& spec, Status status, std::int32_t cause) {
  std::string text(to_text(status));
  if (cause >= 0 && static_cast<std::size_t>(cause) < spec.features.size()) {
    text += ": ";
    text += spec.features[static_cast<std::size_t>(cause)].name;
  }
  return text;
}

}  // namespace modelport::runtime
