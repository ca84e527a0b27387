// Times the generated C++ library of the penguins from inside one process. Started by ../bench.py, which says what is compared.
//
// Arguments: rows file, folder for answers, how many rows (the first) are timed, milliseconds of warm-up, milliseconds of
// measuring, batch sizes with commas.
// Rows: one a line, six fields with tabs between; an empty field is missing, "?" is a text that the model never saw.
// Answers: <api>.txt, a line for each row: class index and probabilities. Times: JSON on stdout, nanoseconds of each call.

#include <penguins/penguins.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

using acme::penguins::Column;
using acme::penguins::Columns;
using acme::penguins::Features;
using acme::penguins::Island;
using acme::penguins::Model;
using acme::penguins::Outputs;
using acme::penguins::Prediction;
using acme::penguins::Sex;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostCalls = 20000;
constexpr std::size_t kLeastCalls = 5;
constexpr std::size_t kClasses = Model::PROBABILITY_CLASSES.size();

// Every answer flows into this, and it is printed: the compiler cannot leave a call out.
double sink = 0;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

double number(const std::string& field) {
  return field.empty() ? std::numeric_limits<double>::quiet_NaN() : std::strtod(field.c_str(), nullptr);
}

std::vector<Features> read_rows(const std::string& path) {
  std::ifstream file(path);
  std::vector<Features> rows;
  for (std::string line; std::getline(file, line);) {
    const auto fields = split(line, '\t');
    Features row;
    row.bill_length_mm = number(fields[0]);
    row.bill_depth_mm = number(fields[1]);
    row.flipper_length_mm = number(fields[2]);
    row.body_mass_g = number(fields[3]);
    if (!fields[4].empty()) row.island = acme::penguins::parse<Island>(fields[4]);
    if (!fields[5].empty()) row.sex = acme::penguins::parse<Sex>(fields[5]);
    rows.push_back(row);
  }
  return rows;
}

// The rows again and again until there are `size` of them.
std::vector<Features> batch_of(const std::vector<Features>& rows, std::size_t size) {
  std::vector<Features> batch;
  for (std::size_t i = 0; i < size; ++i) batch.push_back(rows[i % rows.size()]);
  return batch;
}

// A caller's own columns and the memory for the answers, as the low-level API takes them.
class Table {
 public:
  explicit Table(const std::vector<Features>& rows)
      : label(rows.size()),
        probability(rows.size() * kClasses),
        valid_island_(std::make_unique<bool[]>(rows.size())),
        valid_sex_(std::make_unique<bool[]>(rows.size())) {
    for (const Features& row : rows) {
      bill_length_mm_.push_back(row.bill_length_mm);
      bill_depth_mm_.push_back(row.bill_depth_mm);
      flipper_length_mm_.push_back(row.flipper_length_mm);
      body_mass_g_.push_back(row.body_mass_g);
      island_.push_back(row.island.value_or(Island::unknown));
      sex_.push_back(row.sex.value_or(Sex::unknown));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      valid_island_[i] = rows[i].island.has_value();
      valid_sex_[i] = rows[i].sex.has_value();
    }
  }

  // Rows from `first` on, without a copy.
  [[nodiscard]] Columns columns(std::size_t first, std::size_t count) const {
    Columns view;
    view.bill_length_mm = Column<double>(bill_length_mm_.data() + first, count);
    view.bill_depth_mm = Column<double>(bill_depth_mm_.data() + first, count);
    view.flipper_length_mm = Column<double>(flipper_length_mm_.data() + first, count);
    view.body_mass_g = Column<double>(body_mass_g_.data() + first, count);
    view.island = Column<Island>(island_.data() + first, count, valid_island_.get() + first);
    view.sex = Column<Sex>(sex_.data() + first, count, valid_sex_.get() + first);
    return view;
  }

  [[nodiscard]] Outputs outputs() {
    Outputs view;
    view.label = label;
    view.probability = probability;
    return view;
  }

  std::vector<std::int32_t> label;
  std::vector<double> probability;

 private:
  std::vector<double> bill_length_mm_, bill_depth_mm_, flipper_length_mm_, body_mass_g_;
  std::vector<Island> island_;
  std::vector<Sex> sex_;
  // Not vector<bool>, which has no bool* to give.
  std::unique_ptr<bool[]> valid_island_, valid_sex_;
};

// CPU time of this thread; of the process where a system has no clock for a thread.
long long cpu_ns() {
#ifdef CLOCK_THREAD_CPUTIME_ID
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
#else
  return static_cast<long long>(std::clock()) * (1000000000LL / CLOCKS_PER_SEC);
#endif
}

struct Timing {
  std::chrono::milliseconds warm_up;
  std::chrono::milliseconds measure;
};

template <class Call>
std::string measure(const char* api, std::size_t size, const Timing& timing, Call call) {
  std::size_t turn = 0;
  auto end = Clock::now() + timing.warm_up;
  do {
    sink += call(turn++);
  } while (Clock::now() < end);
  std::vector<long long> nanos;
  nanos.reserve(kMostCalls);
  const long long cpu = cpu_ns();
  end = Clock::now() + timing.measure;
  while (nanos.size() < kLeastCalls || (nanos.size() < kMostCalls && Clock::now() < end)) {
    const auto start = Clock::now();
    const double result = call(turn++);
    nanos.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
    sink += result;
  }
  const long long spent = cpu_ns() - cpu;
  std::ostringstream text;
  text << "{\"api\": \"" << api << "\", \"batch\": " << size << ", \"cpu_ns\": " << spent << ", \"wall_ns\": [";
  for (std::size_t i = 0; i < nanos.size(); ++i) text << (i ? "," : "") << nanos[i];
  text << "]}";
  return text.str();
}

void write_line(std::ofstream& file, std::int32_t label, const double* probability) {
  file << label;
  for (std::size_t i = 0; i < kClasses; ++i) file << ' ' << probability[i];
  file << '\n';
}

void write_line(std::ofstream& file, const Prediction& prediction) {
  const auto& classes = Model::LABEL_CLASSES;
  const auto found = std::find(classes.begin(), classes.end(), *prediction.or_throw().label);
  write_line(file, static_cast<std::int32_t>(found - classes.begin()), prediction.probability.data());
}

// Writes what each API says of every row, for the comparison that comes before any time.
void answer(const Model& model, const std::vector<Features>& rows, const std::string& folder) {
  const auto open = [&folder](const char* api) {
    std::ofstream file(folder + "/" + api + ".txt");
    file.precision(std::numeric_limits<double>::max_digits10);
    return file;
  };
  auto single = open("single");
  for (const Features& row : rows) write_line(single, model.predict(row));
  auto list = open("list");
  for (const Prediction& prediction : model.predict(rows)) write_line(list, prediction);
  auto buffers = open("buffers");
  Table table(rows);
  model.predict(table.columns(0, rows.size()), table.outputs());
  for (std::size_t i = 0; i < rows.size(); ++i) write_line(buffers, table.label[i], &table.probability[i * kClasses]);
}

void run(const std::vector<std::string>& arguments) {
  auto rows = read_rows(arguments.at(0));
  const Timing timing{std::chrono::milliseconds(std::stol(arguments.at(3))),
                      std::chrono::milliseconds(std::stol(arguments.at(4)))};
  const auto start = Clock::now();
  const auto model = Model::load();
  const auto loaded = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
  answer(model, rows, arguments.at(1));
  rows.resize(std::stoul(arguments.at(2)));
  std::vector<std::string> runs;
  runs.push_back(measure("single", 1, timing,
                         [&](std::size_t turn) { return model.predict(rows[turn % rows.size()]).probability[0]; }));
  for (const auto& text : split(arguments.at(5), ',')) {
    const std::size_t size = std::stoul(text);
    const auto batch = batch_of(rows, std::max(size, rows.size()));
    const auto many = batch_of(rows, size);
    if (size > 1) {
      runs.push_back(
          measure("list", size, timing, [&](std::size_t) { return model.predict(many).back().probability[0]; }));
    }
    Table table(batch);
    const auto outputs = table.outputs();
    runs.push_back(measure("buffers", size, timing, [&](std::size_t turn) {
      model.predict(table.columns(size == 1 ? turn % rows.size() : 0, size), outputs);
      return table.probability[0];
    }));
  }
  std::cout << "{\"model_id\": \"" << Model::MODEL_ID << "\", \"runtime\": \"onnxruntime " << model.onnxruntime_version()
            << "\", \"load_ns\": " << loaded << ", \"sink\": \"" << sink << "\", \"runs\": [";
  for (std::size_t i = 0; i < runs.size(); ++i) std::cout << (i ? "," : "") << runs[i];
  std::cout << "]}\n";
}

}  // namespace

int main(int count, char** arguments) {
  try {
    run({arguments + 1, arguments + count});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
