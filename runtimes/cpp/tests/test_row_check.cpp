// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"
#include "runtime/row_check.hpp"

namespace modelport::runtime {
namespace {

constexpr double INF = std::numeric_limits<double>::infinity();
constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view KINDS[] = {"a", "b"};
constexpr double NUMBERS[] = {1, 2};

/// The statuses that rows of one feature get.
template <class T>
std::vector<Status> statuses(const FeatureSpec& feature, const std::vector<T>& values, const bool* valid = nullptr) {
  ModelSpec spec{};
  spec.missing_string = "\xEE\x80\x80missing";
  spec.features = {&feature, 1};
  const AnyColumn column(Column<T>(values.data(), values.size(), valid));
  std::vector<Status> status(values.size());
  std::vector<std::int32_t> cause(values.size());
  const std::size_t refused = RowCheck(spec).check({&column, 1}, status, cause);
  std::size_t counted = 0;
  for (std::size_t row = 0; row < status.size(); ++row) {
    CHECK(cause[row] == (status[row] == Status::ok ? -1 : 0));
    if (status[row] != Status::ok) ++counted;
  }
  CHECK(refused == counted);
  return status;
}

TEST(row_check_numbers) {
  const std::vector<double> values = {1, NOT_A_NUMBER, INF, -INF, 10.5, -10.5};
  using S = Status;
  CHECK(statuses({"x", Type::float64, 0, 0, false, false, false}, values) ==
        std::vector<Status>(values.size(), Status::ok));
  CHECK(statuses({"x", Type::float64, 0, 0, true, true, false, 10}, values) ==
        std::vector{S::ok, S::missing, S::infinite, S::infinite, S::out_of_range, S::out_of_range});
  // An infinity that is accepted is not out of range.
  CHECK(statuses({"x", Type::float64, 0, 0, false, false, false, 10}, values) ==
        std::vector{S::ok, S::ok, S::ok, S::ok, S::out_of_range, S::out_of_range});
  CHECK(statuses({"x", Type::float64, 0, 0, false, false, true, INF, {}, NUMBERS}, values) ==
        std::vector{S::ok, S::ok, S::unknown_category, S::unknown_category, S::unknown_category, S::unknown_category});
  // A list that holds nothing knows nothing.
  CHECK(statuses({"x", Type::float64, 0, 0, false, false, true}, std::vector{1.0}) == std::vector{S::unknown_category});
}

TEST(row_check_integers_and_flags) {
  const bool valid[] = {true, false, true};
  using S = Status;
  CHECK(statuses({"x", Type::int64, 0, 0, true, false, false, 100}, std::vector<std::int64_t>{1, 1, -101}, valid) ==
        std::vector{S::ok, S::missing, S::out_of_range});
  CHECK(statuses({"x", Type::int64, 0, 0, true, false, true, INF, {}, NUMBERS}, std::vector<std::int64_t>{2, 3}) ==
        std::vector{S::ok, S::unknown_category});
  CHECK(statuses({"x", Type::float32, 0, 0, true, false, false}, std::vector<float>{1, NAN}) ==
        std::vector{S::ok, S::missing});
}

TEST(row_check_texts) {
  const std::vector<std::string_view> values = {"a", "c", "\xEE\x80\x80missing", "", "\xFF"};
  using S = Status;
  CHECK(statuses({"x", Type::text, 0, 0, true, false, true, INF, KINDS}, values) ==
        std::vector{S::ok, S::unknown_category, S::missing, S::unknown_category, S::invalid});
  CHECK(statuses({"x", Type::text, 0, 0, false, false, false}, values) ==
        std::vector{S::ok, S::ok, S::ok, S::ok, S::invalid});
}

TEST(row_check_categories) {
  const std::vector<std::int32_t> values = {0, 1, 2, -1, 3, -2};
  using S = Status;
  CHECK(statuses({"x", Type::category, 0, 0, true, false, true, INF, KINDS}, values) ==
        std::vector{S::ok, S::ok, S::unknown_category, S::missing, S::invalid, S::invalid});
  CHECK(statuses({"x", Type::category, 0, 0, false, false, false, INF, KINDS}, values) ==
        std::vector{S::ok, S::ok, S::ok, S::ok, S::invalid, S::invalid});
}

TEST(row_check_takes_the_first_feature) {
  const FeatureSpec features[] = {{"first", Type::float64, 0, 0, false, false, false, 1},
                                  {"second", Type::float64, 0, 0, true, false, false}};
  ModelSpec spec{};
  spec.features = features;
  // A table of two columns in rows: first, second.
  const std::vector<double> table = {0, 0, 2, NOT_A_NUMBER, 0, NOT_A_NUMBER};
  const AnyColumn columns[] = {AnyColumn(Column<double>(table.data(), 3, nullptr, 2)),
                               AnyColumn(Column<double>(table.data() + 1, 3, nullptr, 2))};
  std::vector<Status> status(3);
  std::vector<std::int32_t> cause(3);
  CHECK(RowCheck(spec).check(columns, status, cause) == 2);
  CHECK(status == std::vector{Status::ok, Status::out_of_range, Status::missing});
  CHECK(cause == std::vector<std::int32_t>{-1, 0, 1});
  CHECK(reason(spec, status[0], cause[0]) == "ok");
  CHECK(reason(spec, status[2], cause[2]) == "missing: second");
}

}  // namespace
}  // namespace modelport::runtime
