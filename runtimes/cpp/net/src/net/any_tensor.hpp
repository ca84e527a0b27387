// SPDX-License-Identifier: Apache-2.0
// Tensors without their types, which the contract gives.
#pragma once

#include <cstddef>
#include <modelport/tensor.hpp>

namespace modelport::runtime {

/// A tensor that is read.
struct AnyTensor {
  const void* data = nullptr;
  std::size_t size = 0;
  Shape shape;

  AnyTensor() = default;
  AnyTensor(const void* elements, std::size_t count, const Shape& lengths)
      : data(elements), size(count), shape(lengths) {}
  template <class T>
  explicit AnyTensor(const TensorView<T>& view) : AnyTensor(view.data(), view.size(), view.shape()) {}
  template <class T>
  explicit AnyTensor(const Tensor<T>& tensor) : AnyTensor(tensor.data(), tensor.size(), tensor.shape()) {}

  /// The tensor with its type again.
  template <class T>
  [[nodiscard]] TensorView<T> as() const {
    return {Span<const T>(static_cast<const T*>(data), size), shape};
  }
};

/// Where an output goes, once its shape is known: a Tensor that grows, a buffer of the caller, or nowhere.
class OutputPlace {
 public:
  /// The output is not wanted.
  OutputPlace() = default;
  /// A tensor that is given the shape.
  template <class T>
  explicit OutputPlace(Tensor<T>& tensor)
      : OutputPlace(&tensor, [](void* target, const Shape& shape) -> void* {
          auto& grown = *static_cast<Tensor<T>*>(target);
          grown.resize(shape);
          return grown.data();
        }) {}
  /// Memory that `grow` makes for a shape.
  OutputPlace(void* target, void* (*grow)(void* target, const Shape& shape))
      : wanted_(true), target_(target), grow_(grow) {}
  /// A buffer of the caller; one of null is not wanted.
  template <class T>
  explicit OutputPlace(Span<T> buffer)
      : wanted_(buffer.data() != nullptr), target_(buffer.data()), size_(buffer.size()) {}

  [[nodiscard]] bool wanted() const noexcept { return wanted_; }

  /// Memory for a tensor of that shape; null where the caller's buffer is too small.
  [[nodiscard]] void* room(const Shape& shape) const {
    if (grow_ != nullptr) return grow_(target_, shape);
    return shape.count() <= size_ ? target_ : nullptr;
  }
  /// The size of the caller's buffer.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  bool wanted_ = false;
  void* target_ = nullptr;
  std::size_t size_ = 0;
  void* (*grow_)(void* target, const Shape& shape) = nullptr;
};

}  // namespace modelport::runtime
