// SPDX-License-Identifier: Apache-2.0
// The test of a generated library: every vector through every way in. It needs no test framework.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/column_fields.hpp"
#include "runtime/comparison.hpp"
#include "runtime/prediction_values.hpp"
#include "runtime/row_check.hpp"
#include "runtime/row_fields.hpp"
#include "runtime/vectors.hpp"
#include "testing/answer_files.hpp"
#include "testing/checks.hpp"

namespace modelport::runtime {

/// Stores a number of a Prediction.
template <class T>
void write_number(Answers& answers, std::size_t output, std::size_t row, T number) {
  numbers_of<T>(answers.outputs[output])[row] = number;
}

/// Stores an array of numbers.
template <class T, std::size_t Width>
void write_number(Answers& answers, std::size_t output, std::size_t row, const std::array<T, Width>& numbers) {
  std::copy_n(numbers.data(), Width, numbers_of<T>(answers.outputs[output]).data() + row * Width);
}

/// Stores many numbers.
template <class T>
void write_number(Answers& answers, std::size_t output, std::size_t row, const std::vector<T>& numbers) {
  std::copy_n(numbers.data(), numbers.size(), numbers_of<T>(answers.outputs[output]).data() + row * numbers.size());
}

/// Stores a label.
template <class T, class Classes>
void write_label(Answers& answers, std::size_t output, std::size_t row, const Classes& classes,
                 const std::optional<T>& label) {
  const auto found = label ? std::find(classes.begin(), classes.end(), *label) : classes.end();
  answers.outputs[output].labels[row] =
      found == classes.end() ? -1 : static_cast<std::int32_t>(found - classes.begin());
}

/// Stores a label of several values.
template <class T, std::size_t Width, class Classes>
void write_label(Answers& answers, std::size_t output, std::size_t row, const Classes& classes,
                 const std::optional<std::array<T, Width>>& label) {
  for (std::size_t i = 0; i < Width; ++i) {
    const auto one = label ? std::optional<T>((*label)[i]) : std::nullopt;
    write_label(answers, output, row * Width + i, classes, one);
  }
}

/// A buffer with its type again.
template <class T>
[[nodiscard]] Span<T> typed(const OutputBuffer& buffer) {
  return {static_cast<T*>(buffer.data), buffer.size};
}

/// Runs the vectors through a generated library.
///
/// Library names the generated types Model, Features and Columns, and has the static members spec, row_fields,
/// column_fields, outputs (makes an Outputs over AnswerBuffers) and store (puts a Prediction into Answers).
template <class Library>
class VectorTest {
 public:
  explicit VectorTest(const Arguments& arguments)
      : arguments_(arguments), vectors_(Library::spec(), files_in(arguments.vectors)), model_(Library::Model::load()) {}

  /// Runs everything; returns the exit code of the program.
  int run() {
    // First, so that the answers are there even if they are wrong.
    if (!arguments_.dump.empty()) write_answers(Library::spec(), by_columns(0, vectors_.rows()), arguments_.dump);
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}, vectors_.rows()}) {
      const std::string batches = " in batches of " + std::to_string(size);
      in_batches(size, "rows" + batches, [&](auto first, auto count) { return by_rows(first, count); });
      in_batches(size, "columns" + batches, [&](auto first, auto count) { return by_columns(first, count); });
    }
    in_batches(1, "single rows", [&](auto first, auto) { return by_single_row(first); });
    expect(model_.predict(std::vector<Features>()).empty(), "an empty batch gives no prediction");
    expect(by_columns(0, 0).status.empty(), "empty columns give no prediction");
    eight_threads();
    interface();
    return checks_.result(std::to_string(vectors_.rows()) + " vectors", model_.onnxruntime_version());
  }

 private:
  using Features = typename Library::Features;
  using Columns = typename Library::Columns;
  using Model = typename Library::Model;

  void expect(bool right, const std::string& what) { checks_.expect(right, what); }

  /// Compares all vectors, taken by `predict(first, count)` in batches.
  template <class Predict>
  void in_batches(std::size_t size, const std::string& what, Predict predict) {
    for (std::size_t first = 0; first < vectors_.rows(); first += size) {
      const std::size_t count = std::min(size, vectors_.rows() - first);
      const Comparison comparison = compare(Library::spec(), vectors_, first, predict(first, count));
      if (comparison.wrong == 0) continue;
      expect(false, what + ": " + std::to_string(comparison.wrong) + " row(s) differ\n" + comparison.report);
      return;
    }
  }

  std::vector<Features> rows(std::size_t first, std::size_t count) const {
    std::vector<Features> rows(count);
    for (std::size_t i = 0; i < vectors_.features.size(); ++i) {
      for (std::size_t row = 0; row < count; ++row) {
        Library::row_fields()[i].set(rows[row], vectors_.features[i], first + row);
      }
    }
    return rows;
  }

  Answers by_rows(std::size_t first, std::size_t count) const {
    const auto predictions = model_.predict(rows(first, count));
    Answers answers(Library::spec(), count);
    for (std::size_t row = 0; row < count; ++row) Library::store(predictions[row], row, answers);
    return answers;
  }

  Answers by_single_row(std::size_t row) const {
    Answers answers(Library::spec(), 1);
    Library::store(model_.predict(rows(row, 1).front()), 0, answers);
    return answers;
  }

  Columns columns(std::size_t first, std::size_t count) const {
    const std::vector<AnyColumn> values = vectors_.columns(first, count);
    Columns columns;
    for (std::size_t i = 0; i < values.size(); ++i) Library::column_fields()[i].set(columns, values[i]);
    return columns;
  }

  Answers by_columns(std::size_t first, std::size_t count) const {
    Answers answers(Library::spec(), count);
    model_.predict(columns(first, count), Library::outputs(answers.buffers(Library::spec(), 0, count)));
    return answers;
  }

  void eight_threads() {
    checks_.in_threads([this](std::size_t thread) {
      const std::string what = "thread " + std::to_string(thread);
      in_batches(5 + thread, what, [&](auto first, auto count) { return by_rows(first, count); });
      in_batches(30 + thread, what, [&](auto first, auto count) { return by_columns(first, count); });
    });
  }

  /// The ways in that predict nothing new.
  void interface() {
    const auto first_row = rows(0, std::min<std::size_t>(1, vectors_.rows()));
    expect(model_.self_test() > 0 || vectors_.rows() == 0, "the self-test has rows");
    expect(model_.try_self_test().ok(), "try_self_test() gives a value");
    expect(model_.try_predict(first_row).value().size() == first_row.size(), "try_predict() gives a value");

    checks_.loading<Model>(arguments_.model);

    for (std::size_t row = 0; row < vectors_.rows(); ++row) {
      const auto prediction = model_.predict(rows(row, 1).front());
      const std::string text = reason(Library::spec(), vectors_.status[row], vectors_.cause[row]);
      expect(prediction.reason() == text, "row " + std::to_string(row) + ": the reason is not '" + text + "'");
      bool thrown = false;
      try {
        static_cast<void>(prediction.or_throw());
      } catch (const Error& error) {
        thrown = error.code() == ErrorCode::row_refused;
      }
      expect(thrown != prediction.ok(), "row " + std::to_string(row) + ": or_throw() throws where a row is refused");
    }
    if (vectors_.rows() > 1) {
      Answers answers(Library::spec(), 1);
      const auto full = model_.try_predict(columns(0, 2), Library::outputs(answers.buffers(Library::spec(), 0, 1)));
      expect(!full && full.error()->code() == ErrorCode::wrong_argument, "a buffer that is too small is an Error");
    }
  }

  Arguments arguments_;
  Vectors vectors_;
  Model model_;
  Checks checks_;
};

}  // namespace modelport::runtime
