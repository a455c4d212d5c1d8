// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <memory>
#include <utility>

namespace florin::net::detail {

/// A `T` or nothing, like `std::optional`, that can also be left alone for ever: after a fork the
/// child must not run the destructor of what belongs to its parent.
template <class T>
class Leakable {
 public:
  Leakable() noexcept {}
  Leakable(Leakable&& other) noexcept { take(other); }
  Leakable& operator=(Leakable&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~Leakable() { reset(); }

  template <class... Arguments>
  void emplace(Arguments&&... arguments) {
    reset();
    std::construct_at(&value_, std::forward<Arguments>(arguments)...);
    holds_ = true;
  }
  void reset() noexcept {
    if (std::exchange(holds_, false)) std::destroy_at(&value_);
  }
  /// Holds nothing from now on; the `T` is not destroyed.
  void leak() noexcept { holds_ = false; }

  [[nodiscard]] explicit operator bool() const noexcept { return holds_; }
  [[nodiscard]] T& operator*() noexcept { return value_; }
  [[nodiscard]] T* operator->() noexcept { return &value_; }

 private:
  void take(Leakable& other) noexcept {
    if (!other.holds_) return;
    std::construct_at(&value_, std::move(other.value_));
    holds_ = true;
    other.reset();
  }

  union {
    T value_;
  };
  bool holds_ = false;
};

}  // namespace florin::net::detail
