// SPDX-License-Identifier: Apache-2.0
// What the tests of generated libraries share, of rows and of nets: checks that are counted, and the program around them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <modelport/types.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace modelport::runtime {

/// What the command line says.
struct Arguments {
  std::string vectors;  ///< The folder of the vectors.
  std::string model;    ///< The folder of model.onnx.
  std::string dump;     ///< Where answers go; empty for nowhere.
};

/// Counts checks that fail, and says which. Thread-safe.
class Checks {
 public:
  void expect(bool right, const std::string& what) {
    if (right) return;
    ++failures_;
    std::printf("FAILED: %s\n", what.c_str());
  }

  /// Calls `work(thread)` in eight threads at once.
  template <class Work>
  void in_threads(Work work) {
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 8; ++thread) {
      threads.emplace_back([this, thread, work] {
        try {
          work(thread);
        } catch (const std::exception& error) {
          expect(false, error.what());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  /// Loads a model from a folder, moves it, and loads what is none.
  template <class Model>
  void loading(const std::string& folder) {
    Model moved = Model::load(folder);
    Model owner = std::move(moved);
    expect(owner.try_self_test().ok(), "a model from a folder predicts after a move");
    const auto empty = moved.try_self_test();  // on purpose: what is left behind must not crash
    expect(!empty && empty.error()->code() == ErrorCode::wrong_argument, "a moved-from model says so");

    const auto absent = Model::try_load(folder + "/no-such-folder");
    expect(!absent && absent.error()->code() == ErrorCode::damaged_model, "a missing model is an Error");
    Options nowhere;
    nowhere.onnxruntime_library = folder + "/model.onnx";  // a file, and no library
    const auto unopened = Model::try_load(folder, nowhere);
    expect(!unopened && unopened.error()->code() == ErrorCode::onnxruntime_missing, "a wrong library is an Error");
  }

  /// Says how it went; returns the exit code of the program.
  [[nodiscard]] int result(const std::string& checked, const std::string& version) const {
    if (failures_ != 0) {
      std::printf("%zu check(s) failed, with ONNX Runtime %s\n", failures_.load(), version.c_str());
      return 1;
    }
    std::printf("%s passed, with ONNX Runtime %s\n", checked.c_str(), version.c_str());
    return 0;
  }

 private:
  std::atomic<std::size_t> failures_{0};
};

/// The main function of a test: `[--dump FOLDER]`. Test is made of Arguments and has run().
template <class Test>
int test_main(int count, char** values, const char* vectors, const char* model) {
  Arguments arguments{vectors, model, {}};
  for (int i = 1; i < count; ++i) {
    const std::string name = values[i];
    if (name != "--dump" || ++i == count) {
      std::fprintf(stderr, "usage: %s [--dump FOLDER]\n", values[0]);
      return 2;
    }
    arguments.dump = values[i];
  }
  try {
    return Test(arguments).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

}  // namespace modelport::runtime
