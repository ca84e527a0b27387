// SPDX-License-Identifier: Apache-2.0
// Tensors of a net: shapes, views of a caller's memory, owners of answers; row-major: the last axis varies fastest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <modelport/types.hpp>
#include <string>
#include <vector>

namespace modelport {

/// A number of 16 bits as IEEE 754 lays it out: a sign, 5 bits of exponent, 10 of fraction.
struct Half {
  std::uint16_t bits = 0;
};

/// The lengths of a tensor's axes. It allocates nothing.
class Shape {
 public:
  /// The most axes that a tensor can have.
  static constexpr std::size_t MAX_RANK = 12;

  /// The shape of a single number, which has no axis.
  Shape() noexcept = default;
  /// Such as Shape{2, 3, 224, 224}.
  /// @throws Error wrong_argument for more than MAX_RANK axes
  Shape(std::initializer_list<std::size_t> lengths) : Shape(lengths.begin(), lengths.size()) {}
  /// @throws Error wrong_argument for more than MAX_RANK axes
  explicit Shape(const std::vector<std::size_t>& lengths) : Shape(lengths.data(), lengths.size()) {}
  /// @param lengths the first of `rank` lengths
  /// @throws Error wrong_argument for more than MAX_RANK axes
  Shape(const std::size_t* lengths, std::size_t rank) : rank_(rank) {
    if (rank > MAX_RANK) {
      throw Error(ErrorCode::wrong_argument, std::string("a shape of ") + std::to_string(rank) + " axes", "Shape",
                  std::string("give at most ") + std::to_string(MAX_RANK));
    }
    for (std::size_t i = 0; i < rank; ++i) lengths_[i] = lengths[i];
  }

  /// How many axes there are.
  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
  /// The length of an axis, unchecked.
  [[nodiscard]] std::size_t operator[](std::size_t axis) const noexcept { return lengths_[axis]; }
  /// For range-based loops.
  [[nodiscard]] const std::size_t* begin() const noexcept { return lengths_.data(); }
  /// For range-based loops.
  [[nodiscard]] const std::size_t* end() const noexcept { return lengths_.data() + rank_; }
  /// How many elements a tensor of this shape has.
  [[nodiscard]] std::size_t count() const noexcept {
    std::size_t product = 1;
    for (const std::size_t length : *this) product *= length;
    return product;
  }
  /// For example "[2, 3]".
  [[nodiscard]] std::string text() const {
    std::string lengths;
    for (const std::size_t length : *this) lengths += (lengths.empty() ? "" : ", ") + std::to_string(length);
    return "[" + lengths + "]";
  }

  /// True when all lengths are equal.
  friend bool operator==(const Shape& a, const Shape& b) noexcept {
    if (a.rank_ != b.rank_) return false;
    for (std::size_t i = 0; i < a.rank_; ++i) {
      if (a.lengths_[i] != b.lengths_[i]) return false;
    }
    return true;
  }
  /// True when any length differs.
  friend bool operator!=(const Shape& a, const Shape& b) noexcept { return !(a == b); }

 private:
  std::array<std::size_t, MAX_RANK> lengths_{};
  std::size_t rank_ = 0;
};

/// An input in memory that the caller owns; nothing is copied. It must stay as it is until predict() returns.
template <class T>
class TensorView {
 public:
  /// No tensor: predict() refuses it.
  TensorView() noexcept = default;
  /// @param data  the first of shape.count() elements
  /// @param shape the lengths of the axes
  TensorView(const T* data, const Shape& shape) noexcept : data_(data), size_(shape.count()), shape_(shape) {}
  /// Views a vector or an array, of which predict() checks that it has shape.count() elements.
  TensorView(Span<const T> elements, const Shape& shape) noexcept
      : data_(elements.data()), size_(elements.size()), shape_(shape) {}

  /// The first element.
  [[nodiscard]] const T* data() const noexcept { return data_; }
  /// How many elements there are.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The lengths of the axes.
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
  Shape shape_;
};

/// An output that owns its elements. Given to predict() again it keeps its memory where that is enough.
template <class T>
class Tensor {
 public:
  /// Holds nothing yet.
  Tensor() noexcept = default;

  /// The lengths of the axes.
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
  /// How many elements there are.
  [[nodiscard]] std::size_t size() const noexcept { return data_ ? shape_.count() : 0; }
  /// The first element.
  [[nodiscard]] const T* data() const noexcept { return data_.get(); }
  /// The first element.
  [[nodiscard]] T* data() noexcept { return data_.get(); }
  /// An element by its place in memory, unchecked.
  [[nodiscard]] const T& operator[](std::size_t index) const noexcept { return data_[index]; }
  /// For range-based loops.
  [[nodiscard]] const T* begin() const noexcept { return data(); }
  /// For range-based loops.
  [[nodiscard]] const T* end() const noexcept { return data() + size(); }
  /// All elements.
  [[nodiscard]] Span<const T> elements() const noexcept { return {data(), size()}; }

  /// Makes room for a shape; what the elements are is open.
  void resize(const Shape& shape) {
    const std::size_t count = shape.count();
    if (!data_ || room_ < count) {
      room_ = count == 0 ? 1 : count;
      data_ = std::make_unique<T[]>(room_);
    }
    shape_ = shape;
  }

 private:
  Shape shape_;
  std::unique_ptr<T[]> data_;
  std::size_t room_ = 0;
};

}  // namespace modelport
