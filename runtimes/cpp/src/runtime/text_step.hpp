// SPDX-License-Identifier: Apache-2.0
// How one text becomes counts of terms: the options and tables of text steps, as text.bin holds them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <string>
#include <vector>

#include "runtime/code_points.hpp"
#include "runtime/term_index.hpp"
#include "runtime/token_finder.hpp"

namespace modelport::runtime {

enum class Analyzer : std::uint32_t { word, characters, padded_words };
enum class Accents : std::uint32_t { keep, unicode, ascii };
enum class Counting : std::uint32_t { vocabulary, hash, signed_hash };

/// One text step. Immutable, so safe to share between threads.
struct TextStep {
  Analyzer analyzer;
  std::uint32_t least;  ///< Of the n-grams.
  std::uint32_t most;
  bool lowercase;
  Accents accents;
  Counting counting;
  bool binary;
  std::uint32_t width;
  CodeMap lower;
  CodeMap fold;
  CodeSet cased;
  CodeSet ignorable;
  CodeSet spaces;
  TokenProgram pattern;
  TermIndex terms;
  TermIndex stop_words;
};

/// Reads text.bin, version 1.
/// @throws Error damaged_model for anything else
[[nodiscard]] std::vector<TextStep> read_text_steps(Span<const std::byte> file);

}  // namespace modelport::runtime
