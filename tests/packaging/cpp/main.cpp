// A customer's program: every way to predict, and every way to fail, through the installed headers alone.
#include <penguins/penguins.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

using namespace acme::penguins;

static_assert(!std::is_copy_constructible_v<Model> && std::is_nothrow_move_constructible_v<Model>);

namespace {

int failures = 0;

void expect(bool right, const char* what) {
  if (right) return;
  ++failures;
  std::printf("FAILED: %s\n", what);
}

Features gentoo() {
  Features row;
  row.bill_length_mm = 46.1;
  row.bill_depth_mm = 13.2;
  row.flipper_length_mm = 211;
  row.body_mass_g = 4500;
  row.island = Island::biscoe;
  row.sex = Sex::female;
  return row;
}

void check_rows(const Model& model) {
  const Prediction one = model.predict(gentoo()).or_throw();
  expect(one.label == "Gentoo" && one.probability_of("Gentoo") > 0.5, "one row");
  expect(one.reason() == "ok", "the reason of a good row");

  std::vector<Features> rows(3, gentoo());
  rows[1].bill_length_mm = HUGE_VAL;
  const std::vector<Prediction> many = model.predict(rows);
  expect(many[0].label == "Gentoo" && many[2].probability == many[0].probability, "rows around a refused one");
  expect(!many[1].ok() && !many[1].label && std::isnan(many[1].probability[0]), "a refused row has no answer");
  expect(many[1].status == Status::infinite && many[1].reason() == "infinite: bill_length_mm", "why it was refused");
  expect(model.predict(rows.data(), 0).empty(), "no row");
  try {
    many[1].or_throw();
    expect(false, "or_throw() of a refused row");
  } catch (const Error& error) {
    expect(error.code() == ErrorCode::row_refused, "the code of a refused row");
  }
  try {
    static_cast<void>(one.probability_of("Dodo"));
    expect(false, "probability of no class");
  } catch (const Error& error) {
    expect(error.code() == ErrorCode::wrong_argument, "the code of a wrong class");
  }
}

void check_columns(const Model& model) {
  // Four numbers of two birds, row by row, as a table in memory often lies.
  const std::vector<double> table = {46.1, 13.2, 211, 4500, 39.1, 18.7, 181, 3750};
  const std::vector<Island> islands = {Island::biscoe, parse<Island>("Torgersen")};
  const std::vector<Sex> sexes = {Sex::female, Sex::unknown};
  const bool known_sexes[] = {true, false};
  Columns columns;
  columns.bill_length_mm = {table.data(), 2, nullptr, 4};
  columns.bill_depth_mm = {table.data() + 1, 2, nullptr, 4};
  columns.flipper_length_mm = {table.data() + 2, 2, nullptr, 4};
  columns.body_mass_g = {table.data() + 3, 2, nullptr, 4};
  columns.island = islands;
  columns.sex = {sexes, known_sexes};
  std::vector<std::int32_t> labels(2);
  std::vector<double> probabilities(2 * Model::PROBABILITY_CLASSES.size());
  Outputs outputs;
  outputs.label = labels;
  outputs.probability = probabilities;
  expect(model.predict(columns, outputs) == 0, "columns");
  expect(Model::LABEL_CLASSES[static_cast<std::size_t>(labels[0])] == "Gentoo", "the label of the first column row");
  expect(Model::LABEL_CLASSES[static_cast<std::size_t>(labels[1])] == "Adelie", "the label of the second column row");
  expect(probabilities[2] == model.predict(gentoo()).probability[2], "the same numbers by rows and by columns");

  columns.sex = {sexes.data(), 1};
  const Result<std::size_t> unequal = model.try_predict(columns, outputs);
  expect(!unequal && unequal.error()->code() == ErrorCode::wrong_argument, "columns of different lengths");
}

}  // namespace

int main() {
  auto loaded = Model::try_load();
  if (!loaded) {
    std::printf("%s\n", loaded.error()->what());
    return 1;
  }
  const Model model = std::move(loaded).value();
  check_rows(model);
  check_columns(model);
  expect(model.self_test() > 0, "self-test");
  expect(to_text(Island::dream) == "Dream" && parse<Island>("Atlantis") == Island::unknown, "texts of an enum");
  if (failures == 0) std::printf("consumer passed with %.*s\n", static_cast<int>(Model::NAME.size()), Model::NAME.data());
  return failures;
}
