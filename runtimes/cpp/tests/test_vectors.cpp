// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "check.hpp"
#include "npy_text.hpp"
#include "runtime/answers.hpp"
#include "runtime/comparison.hpp"
#include "runtime/npy.hpp"
#include "runtime/vectors.hpp"

namespace modelport::runtime {
namespace {

using testing::contains;
using testing::error_of;
using testing::npy;

TEST(npy_reads_what_it_writes) {
  const std::vector<double> values = {1.5, -0.0, std::numeric_limits<double>::infinity(), 4, 5, 6};
  const std::string bytes = npy("<f8", {2, 3}, values);
  CHECK(bytes.size() % 64 == values.size() * sizeof(double) % 64);
  const NpyArray array = read_npy(bytes, "test");
  CHECK(array.shape == std::vector<std::size_t>{2, 3});
  CHECK(array.as<double>("<f8", "test") == values);
  CHECK(read_npy(npy<double>("<f8", {0}, {}), "test").count() == 0);
  CHECK(read_npy(npy<double>("<f8", {}, {1}), "test").count() == 1);
}

TEST(npy_refuses_what_is_damaged) {
  const std::string bytes = npy<double>("<f8", {2}, {1, 2});
  CHECK(contains(error_of([&] { return read_npy("", "a.npy"); }), "no .npy file"));
  CHECK(contains(error_of([&] { return read_npy(bytes.substr(0, 9), "a.npy"); }), "no .npy file"));
  CHECK(contains(error_of([&] { return read_npy(bytes.substr(0, 60), "a.npy"); }), "a.npy"));
  CHECK(contains(error_of([&] { return read_npy(bytes.substr(0, bytes.size() - 1), "a.npy"); }), "has 15 bytes"));
  CHECK(contains(error_of([&] { return read_npy(bytes, "a.npy").as<float>("<f4", "a.npy"); }), "of type <f8, not <f4"));
}

constexpr std::string_view KNOWN[] = {"a", "b"};
constexpr FeatureSpec FEATURES[] = {
    {"number", Type::float64, 0, 0, false, false, false},
    {"kind", Type::category, 1, 0, false, false, false, std::numeric_limits<double>::infinity(), KNOWN},
};
constexpr OutputSpec OUTPUTS[] = {
    {"label", true, Type::text, 0, ClassList(Span<const std::string_view>(KNOWN))},
    {"score", false, Type::float64, 2},
};

ModelSpec small_spec() {
  ModelSpec spec{};
  spec.features = FEATURES;
  spec.outputs = OUTPUTS;
  return spec;
}

std::map<std::string, std::string> small_files() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  return {
      {"status.npy", npy<std::uint8_t>("|u1", {3}, {0, 0, 1})},
      {"status_feature.npy", npy<std::int32_t>("<i4", {3}, {-1, -1, 0})},
      {"input_0.values.npy", npy<double>("<f8", {3}, {1, 2, nan})},
      {"input_0.valid.npy", npy<std::uint8_t>("|b1", {3}, {1, 1, 0})},
      {"input_1.offsets.npy", npy<std::int64_t>("<i8", {4}, {0, 1, 3, 3})},
      {"input_1.bytes.npy", npy<std::uint8_t>("|u1", {3}, {'b', 'x', 'y'})},
      {"input_1.valid.npy", npy<std::uint8_t>("|b1", {3}, {1, 1, 0})},
      {"output_label.expected.npy", npy<std::int32_t>("<i4", {3}, {0, 1, -1})},
      {"output_label.accepted.npy", npy<std::uint8_t>("|b1", {3, 2}, {1, 1, 0, 1, 0, 0})},
      {"output_score.expected.npy", npy<double>("<f8", {3, 2}, {1, 2, inf, -inf, nan, nan})},
      {"output_score.bound.npy", npy<double>("<f8", {3, 2}, {0.5, 0, 0, 0, 0, 0})},
  };
}

ReadFile reader(const std::map<std::string, std::string>& files) {
  return [files](const std::string& name) { return files.at(name); };
}

TEST(vectors_are_read) {
  const ModelSpec spec = small_spec();
  const Vectors vectors(spec, reader(small_files()));
  CHECK(vectors.rows() == 3);
  CHECK(vectors.features[1].categories == std::vector<std::int32_t>{1, 2, MISSING_CATEGORY});
  CHECK(vectors.shown(0, 0) == "1");
  CHECK(vectors.shown(1, 1) == "'xy'");
  CHECK(vectors.shown(1, 2) == "missing");
  const auto columns = vectors.columns(1, 2);
  CHECK(columns[0].value<double>(0) == 2 && !columns[0].present(1));
}

TEST(vectors_that_do_not_fit_are_refused) {
  const ModelSpec spec = small_spec();
  auto files = small_files();
  files["input_1.offsets.npy"] = npy<std::int64_t>("<i8", {4}, {0, 1, 4, 3});
  CHECK(contains(error_of([&] { return Vectors(spec, reader(files)); }), "offsets do not fit"));
  files = small_files();
  files["output_score.bound.npy"] = npy<double>("<f8", {1}, {0});
  CHECK(contains(error_of([&] { return Vectors(spec, reader(files)); }), "has 1 elements, not 6"));
}

TEST(packed_files) {
  const auto number = [](char value) { return std::string(1, value) + std::string(7, '\0'); };
  const std::string pack = number(1) + number(3) + "axyz" + number(2) + number(0) + "bb";
  const ReadFile read = files_packed_in(pack);
  CHECK(read("a") == "xyz");
  CHECK(read("bb").empty());
  CHECK(contains(error_of([&] { return read("c"); }), "no such file"));
  CHECK(contains(error_of([&] { return files_packed_in(std::string_view(pack).substr(0, 19)); }), "cut off"));
}

/// The right answers to the small vectors.
Answers right_answers(const ModelSpec& spec) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  Answers answers(spec, 3);
  answers.status[2] = Status::missing;
  answers.cause[2] = 0;
  answers.outputs[0].labels = {0, 1, -1};
  answers.outputs[1].doubles = {1.5, 2, inf, -inf, nan, nan};
  return answers;
}

TEST(comparison_accepts_what_is_right) {
  const ModelSpec spec = small_spec();
  const Vectors vectors(spec, reader(small_files()));
  Answers answers = right_answers(spec);
  CHECK(compare(spec, vectors, 0, answers).wrong == 0);
  answers.outputs[0].labels[0] = 1;  // accepted too
  CHECK(compare(spec, vectors, 0, answers).wrong == 0);
}

TEST(comparison_finds_what_is_wrong) {
  const ModelSpec spec = small_spec();
  const Vectors vectors(spec, reader(small_files()));
  const auto report_of = [&](auto change) {
    Answers answers = right_answers(spec);
    change(answers);
    const Comparison comparison = compare(spec, vectors, 0, answers);
    CHECK(comparison.wrong == 1);
    return comparison.report;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(report_of([](Answers& a) { a.outputs[0].labels[1] = 0; }), "expected 'b', got 'a'"));
  CHECK(contains(report_of([](Answers& a) { a.outputs[0].labels[0] = -1; }), "got none"));
  CHECK(contains(report_of([](Answers& a) { a.outputs[1].doubles[0] = 1.51; }), "score[0]: expected 1 within 0.5"));
  CHECK(contains(report_of([&](Answers& a) { a.outputs[1].doubles[1] = nan; }), "got nan"));
  CHECK(contains(report_of([](Answers& a) { a.outputs[1].doubles[2] = 1e308; }), "expected inf"));
  CHECK(contains(report_of([](Answers& a) { a.outputs[1].doubles[5] = 0; }), "expected nan"));
  CHECK(contains(report_of([](Answers& a) {
                   a.status[1] = Status::infinite;
                   a.cause[1] = 0;
                 }),
                 "number = 2, kind = 'xy'\n  status: expected ok, got infinite: number"));
}

}  // namespace
}  // namespace modelport::runtime
