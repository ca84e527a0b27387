// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <modelport/tensor.hpp>
#include <string>
#include <vector>

#include "check.hpp"
#include "net/any_tensor.hpp"
#include "net/cases.hpp"
#include "net/elements.hpp"
#include "net/input_check.hpp"
#include "npy_text.hpp"

namespace modelport::runtime {
namespace {

using testing::contains;
using testing::error_of;
using testing::npy;

constexpr std::size_t NET_ANY = std::numeric_limits<std::size_t>::max();
constexpr AxisSpec NET_AXES[] = {{"batch", 0, NET_ANY}, {"length", 1, 4}, {"found", 0, 9}};
constexpr Dimension NET_WORDS[] = {{0, 0}, {0, 1}};
constexpr Dimension NET_IMAGE[] = {{0, 0}, {3}};
constexpr Dimension NET_FOUND[] = {{0, 2}};
constexpr TensorSpec NET_INPUTS[] = {
    {"words", NetElement::int64, NET_WORDS},
    {"image", NetElement::float32, NET_IMAGE, true},
};
constexpr TensorSpec NET_OUTPUTS[] = {
    {"tags", NetElement::int64, NET_WORDS},
    {"found", NetElement::float32, NET_FOUND},
};
const NetSpec NET_SPEC = {{"net", "", {}, {}, 15, "", 0, 1, 1, {}, {}, {}}, NET_AXES, NET_INPUTS, NET_OUTPUTS};

const std::vector<std::int64_t> NET_IDS = {1, 2, 3, 4, 5, 6};
const std::vector<float> NET_PIXELS = {1, 2, 3, 4, 5, 6};

std::string net_refusal(const Shape& words, const Shape& image, const std::vector<float>& pixels = NET_PIXELS) {
  const AnyTensor tensors[] = {{NET_IDS.data(), words.count(), words}, {pixels.data(), pixels.size(), image}};
  return error_of([&] { return check_inputs(NET_SPEC, tensors); });
}

TEST(net_shapes) {
  const Shape shape{2, 3, 4};
  CHECK(shape.rank() == 3 && shape.count() == 24 && shape.text() == "[2, 3, 4]");
  CHECK(shape == Shape(std::vector<std::size_t>{2, 3, 4}) && shape != Shape{2, 3} && shape != Shape{2, 3, 5});
  CHECK(Shape().count() == 1 && Shape().text() == "[]" && Shape{0, 5}.count() == 0);
  CHECK(contains(error_of([] { return Shape(std::vector<std::size_t>(13, 1)); }), "13 axes"));
}

TEST(net_tensors_keep_their_memory) {
  Tensor<float> tensor;
  CHECK(tensor.size() == 0);
  tensor.resize({2, 3});
  const float* memory = tensor.data();
  tensor.resize({5});
  CHECK(tensor.data() == memory && tensor.size() == 5);
  tensor.resize({7});
  CHECK(tensor.size() == 7);
  tensor.resize({0, 4});
  CHECK(tensor.data() != nullptr && tensor.size() == 0);
  const Tensor<float> owner = std::move(tensor);
  tensor.resize({7});
  CHECK(tensor.data() != owner.data());
}

TEST(net_inputs_are_checked_in_order) {
  CHECK(net_refusal({2, 3}, {2, 3}) == "");
  CHECK(net_refusal({0, 3}, {0, 3}, {}) == "");
  CHECK(contains(net_refusal({6}, {2, 3}), "'words' has shape [6], the model takes [batch, length]"));
  CHECK(contains(net_refusal({2, 3}, {2, 2}), "'image' has shape [2, 2], the model takes [batch, 3]"));
  CHECK(contains(net_refusal({1, 6}, {2, 3}), "length is 6 in 'words', the model takes 1 to 4"));
  CHECK(contains(net_refusal({2, 0}, {2, 3}), "length is 0 in 'words', the model takes 1 to 4"));
  CHECK(contains(net_refusal({2, 3}, {1, 3}), "batch is 2 in 'words' and 1 in 'image'"));
  CHECK(contains(net_refusal({2, 3}, {2, 3}, {1, 2}), "'image' has 2 elements, its shape [2, 3] has 6"));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(contains(net_refusal({2, 3}, {2, 3}, {1, 2, 3, 4, 5, nan}), "'image' holds a NaN or an infinity"));
  const AnyTensor absent[] = {{nullptr, 6, {2, 3}}, {NET_PIXELS.data(), 6, {2, 3}}};
  CHECK(contains(error_of([&] { return check_inputs(NET_SPEC, absent); }), "'words' has no elements"));
}

TEST(net_shapes_of_outputs) {
  const AnyTensor tensors[] = {{NET_IDS.data(), 6, {2, 3}}, {NET_PIXELS.data(), 6, {2, 3}}};
  const Lengths lengths = check_inputs(NET_SPEC, tensors);
  CHECK(shape_of(NET_OUTPUTS[0], lengths) == Shape{2, 3});
  CHECK(!shape_of(NET_OUTPUTS[1], lengths));
  CHECK(fits(NET_OUTPUTS[1], {7}, lengths) && !fits(NET_OUTPUTS[1], {7, 1}, lengths));
  CHECK(!fits(NET_OUTPUTS[0], {2, 4}, lengths));
}

TEST(net_half_numbers) {
  const auto number = [](std::uint16_t bits) {
    const Half half{bits};
    return number_at(NetElement::float16, &half, 0);
  };
  CHECK(number(0x3C00) == 1 && number(0xC000) == -2 && number(0x7BFF) == 65504);
  CHECK(number(0x0001) == std::ldexp(1.0, -24) && number(0x03FF) == std::ldexp(1023.0, -24));
  CHECK(number(0x0400) == std::ldexp(1.0, -14) && number(0) == 0 && std::signbit(number(0x8000)));
  CHECK(std::isinf(number(0x7C00)) && number(0xFC00) < 0 && std::isnan(number(0x7E00)));
  const Half halves[] = {{0x7BFF}, {0x7C00}};
  CHECK(all_finite(NetElement::float16, halves, 1) && !all_finite(NetElement::float16, halves, 2));
}

TEST(net_elements) {
  const std::int8_t small[] = {-128};
  const std::uint8_t byte[] = {255};
  const std::int16_t shorts[] = {-32768};
  CHECK(number_at(NetElement::int8, small, 0) == -128 && number_at(NetElement::uint8, byte, 0) == 255);
  CHECK(number_at(NetElement::int16, shorts, 0) == -32768);
  CHECK(bytes_of(NetElement::boolean) == 1 && bytes_of(NetElement::float16) == 2 && bytes_of(NetElement::int32) == 4);
  CHECK(npy_type(NetElement::uint8) == "|u1" && npy_type(NetElement::float16) == "<f2");
}

TEST(net_cases_and_their_differences) {
  constexpr std::int64_t BIG = (std::int64_t{1} << 53) + 1;
  const double open = std::numeric_limits<double>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::map<std::string, std::string> files = {
      {"case_0.input_0.npy", npy<std::int64_t>("<i8", {1, 2}, {1, 2})},
      {"case_0.input_1.npy", npy<float>("<f4", {1, 3}, {1, 2, 3})},
      {"case_0.output_0.expected.npy", npy<std::int64_t>("<i8", {1, 2}, {BIG, 7})},
      {"case_0.output_0.bound.npy", npy<double>("<f8", {1, 2}, {0, open})},
      {"case_0.output_1.expected.npy", npy<float>("<f4", {3}, {1, nan, 3})},
      {"case_0.output_1.bound.npy", npy<double>("<f8", {3}, {0.5, 0.5, 0})},
  };
  const ReadFile read = [&](const std::string& name) { return files.at(name); };
  const NetCase call = read_case(NET_SPEC, read, 0, "one");
  CHECK(call.tensors()[1].shape == Shape{1, 3} && call.tensors()[1].size == 3);

  const auto differ = [&](const std::vector<std::int64_t>& tags, const std::vector<float>& found) {
    const AnyTensor answers[] = {{tags.data(), 2, {1, 2}}, {found.data(), found.size(), {found.size()}}};
    return differences(NET_SPEC, call, answers);
  };
  CHECK(differ({BIG, 7}, {1, nan, 3}) == "");
  CHECK(differ({BIG, 8}, {1.5, nan, 3}) == "");
  CHECK(contains(differ({BIG - 1, 7}, {1, nan, 3}), "tags[0, 0]: expected"));
  CHECK(contains(differ({BIG, 7}, {1.75, nan, 4}), "found[0]: expected 1 within 0.5, got 1.75; 2 element(s) differ"));
  CHECK(contains(differ({BIG, 7}, {1, 2, 3}), "found[1]: expected nan"));
  CHECK(contains(differ({BIG, 7}, {1, nan}), "found: expected shape [3], got [2]"));

  files["case_0.input_0.npy"] = npy<float>("<f4", {1, 2}, {1, 2});
  CHECK(contains(error_of([&] { return read_case(NET_SPEC, read, 0, "one"); }), "the array is of type <f4, not <i8"));
}

constexpr TensorSpec NET_TEXT[] = {{"text", NetElement::text, NET_WORDS}};
const NetSpec NET_TEXT_SPEC = {{"net", "", {}, {}, 15, "", 0, 1, 1, {}, {}, {}}, NET_AXES, NET_TEXT, NET_TEXT};

TEST(net_texts_must_be_utf8) {
  const auto refusal = [](std::string_view text) {
    const std::string_view texts[] = {"plain", text};
    const AnyTensor tensors[] = {{texts, 2, {1, 2}}};
    return error_of([&] { return check_inputs(NET_TEXT_SPEC, tensors); });
  };
  CHECK(refusal({"a\0b", 3}) == "" && refusal("") == "" && refusal("\xF0\x9F\x91\x8D") == "");
  CHECK(contains(refusal("\xED\xA0\x80"), "'text' holds a text that is not UTF-8"));
  const AnyTensor empty[] = {{nullptr, 0, {0, 2}}};
  CHECK(error_of([&] { return check_inputs(NET_TEXT_SPEC, empty); }) == "");
}

TEST(net_texts_may_be_listed) {
  static constexpr std::string_view KNOWN[] = {"", "Berlin", "Z\xC3\xBCrich"};
  static constexpr TensorSpec CITY[] = {{"city", NetElement::text, NET_FOUND, false, KNOWN}};
  const NetSpec spec = {{"net", "", {}, {}, 15, "", 0, 1, 1, {}, {}, {}}, NET_AXES, CITY, {}};
  const auto refusal = [&](std::string_view text) {
    const std::string_view texts[] = {"Berlin", text};
    const AnyTensor tensors[] = {{texts, 2, {2}}};
    return error_of([&] { return check_inputs(spec, tensors); });
  };
  CHECK(refusal("") == "" && refusal("Z\xC3\xBCrich") == "");
  CHECK(contains(refusal("berlin"), "'city' holds 'berlin', which the model does not know"));
}

TEST(net_cases_of_texts) {
  const std::string content("a\0b\xC3\xA9", 5);
  std::map<std::string, std::string> files;
  for (const std::string& stem : {std::string("case_0.input_0"), std::string("case_0.output_0.expected")}) {
    files[stem + ".ends.npy"] = npy<std::int64_t>("<i8", {1, 3}, {3, 3, 5});
    files[stem + ".bytes.npy"] = npy<char>("|u1", {5}, {content.begin(), content.end()});
  }
  files["case_0.output_0.bound.npy"] = npy<double>("<f8", {1, 3}, {0, 0, 0});
  const ReadFile read = [&](const std::string& name) { return files.at(name); };
  const NetCase call = NetCase(read_case(NET_TEXT_SPEC, read, 0, "one"));
  const AnyTensor given = call.tensors()[0];
  CHECK(given.shape == Shape{1, 3} && given.size == 3);
  CHECK(static_cast<const std::string_view*>(given.data)[0] == std::string_view("a\0b", 3));

  std::vector<std::string> texts = {std::string("a\0b", 3), "", "\xC3\xA9"};
  const auto differ = [&] {
    const AnyTensor answers[] = {{texts.data(), 3, {1, 3}}};
    return differences(NET_TEXT_SPEC, call, answers);
  };
  CHECK(differ() == "");
  texts[0] = "a";
  CHECK(contains(differ(), std::string("text[0, 0]: expected 'a\0b', got 'a'; 1 element(s) differ", 54)));

  files["case_0.input_0.ends.npy"] = npy<std::int64_t>("<i8", {1, 3}, {3, 2, 5});
  CHECK(contains(error_of([&] { return read_case(NET_TEXT_SPEC, read, 0, "one"); }), "the ends do not fit the bytes"));
}

}  // namespace
}  // namespace modelport::runtime
