// SPDX-License-Identifier: Apache-2.0
// Compares answers with those of the original model.
#include "runtime/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runtime/row_check.hpp"

namespace modelport::runtime {
namespace {

constexpr std::size_t ROWS_SHOWN = 10;
constexpr std::size_t FEATURES_SHOWN = 40;

std::string digits(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", number);
  return text;
}

std::string label_shown(const ClassList& classes, std::int32_t position) {
  if (position < 0 || static_cast<std::size_t>(position) >= classes.size()) return "none";
  const auto index = static_cast<std::size_t>(position);
  if (!classes.texts.empty()) return std::string("'").append(classes.texts[index]).append("'");
  if (!classes.integers.empty()) return std::to_string(classes.integers[index]);
  if (!classes.booleans.empty()) return classes.booleans[index] ? "true" : "false";
  return digits(classes.numbers[index]);
}

bool close_enough(double got, double expected, double bound) {
  if (std::isinf(bound)) return true;  // nothing is claimed of this value
  if (std::isnan(expected)) return std::isnan(got);
  if (std::isinf(expected)) return got == expected;
  return std::fabs(got - expected) <= bound;
}

/// The differences of one row, a line each; empty when there is none.
class RowDifferences {
 public:
  RowDifferences(const ModelSpec& spec, const Vectors& vectors, const Answers& answers)
      : spec_(spec), vectors_(vectors), answers_(answers) {}

  std::string of(std::size_t row, std::size_t vector) const {
    std::string lines;
    if (answers_.status[row] != vectors_.status[vector] || answers_.cause[row] != vectors_.cause[vector]) {
      add(lines, "status", reason(spec_, vectors_.status[vector], vectors_.cause[vector]),
          reason(spec_, answers_.status[row], answers_.cause[row]));
    }
    for (std::size_t output = 0; output < spec_.outputs.size(); ++output) {
      for (std::size_t i = 0; i < spec_.outputs[output].values(); ++i) {
        compare_value(lines, output, row * spec_.outputs[output].values() + i,
                      vector * spec_.outputs[output].values() + i, i);
      }
    }
    return lines;
  }

 private:
  void compare_value(std::string& lines, std::size_t output, std::size_t at, std::size_t expected_at,
                     std::size_t column) const {
    const OutputSpec& spec = spec_.outputs[output];
    const OutputValues& values = answers_.outputs[output];
    const ExpectedOutput& expected = vectors_.outputs[output];
    const std::string name = std::string(spec.name) + (spec.width == 0 ? "" : std::string("[") + std::to_string(column) + "]");
    if (spec.label) {
      const std::int32_t got = values.labels[at], wanted = expected.labels[expected_at];
      const bool right = got < 0 || wanted < 0
                             ? got == wanted
                             : expected.accepted[expected_at * spec.classes.size() + static_cast<std::size_t>(got)];
      if (!right) add(lines, name, label_shown(spec.classes, wanted), label_shown(spec.classes, got));
      return;
    }
    const double got = spec.type == Type::float32 ? static_cast<double>(values.floats[at]) : values.doubles[at];
    const double wanted = expected.numbers[expected_at], bound = expected.bounds[expected_at];
    if (close_enough(got, wanted, bound)) return;
    add(lines, name, digits(wanted) + " within " + digits(bound),
        digits(got) + ", off by " + digits(std::fabs(got - wanted)));
  }

  static void add(std::string& lines, const std::string& what, const std::string& expected, const std::string& got) {
    lines += "  " + what + ": expected " + expected + ", got " + got + "\n";
  }

  const ModelSpec& spec_;
  const Vectors& vectors_;
  const Answers& answers_;
};

std::string inputs_shown(const ModelSpec& spec, const Vectors& vectors, std::size_t row) {
  std::string text;
  const std::size_t count = std::min(spec.features.size(), FEATURES_SHOWN);
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ", ") + std::string(spec.features[i].name) + " = " + vectors.shown(i, row);
  }
  if (count < spec.features.size()) text += ", and " + std::to_string(spec.features.size() - count) + " more";
  return text;
}

}  // namespace

Comparison compare(const ModelSpec& spec, const Vectors& vectors, std::size_t first, const Answers& answers) {
  const RowDifferences differences(spec, vectors, answers);
  Comparison comparison;
  for (std::size_t row = 0; row < answers.status.size(); ++row) {
    const std::string lines = differences.of(row, first + row);
    if (lines.empty()) continue;
    if (++comparison.wrong > ROWS_SHOWN) continue;
    comparison.report +=
        "row " + std::to_string(first + row) + ": " + inputs_shown(spec, vectors, first + row) + "\n" + lines;
  }
  return comparison;
}

}  // namespace modelport::runtime
