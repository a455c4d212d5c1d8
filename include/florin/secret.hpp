// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace florin {

/// Overwrites `size` bytes at `data` in a way that the optimiser may not remove.
inline void wipe(void* data, std::size_t size) noexcept {
  if (size == 0) return;
  std::memset(data, 0, size);
  asm volatile("" : : "r"(data) : "memory");
}

namespace detail {

/// Wipes what calls made from the caller's frame may have left on the stack.
/// \tparam Size how far below, in bytes.
template <std::size_t Size>
[[gnu::noinline]] void wipe_stack() noexcept {
  std::array<char, Size> below;
  wipe(below.data(), below.size());
}

}  // namespace detail

/// A credential: wiped on destruction, on assignment and when it is moved from.
///
/// The value is reachable only through `reveal()`, so that each use shows in the code. A copy has
/// to be asked for, `Secret{other}`; copying a struct that has one asks for it. There is no
/// streaming, formatting, ordering or hashing, and nothing but another `Secret` to compare with.
///
/// Thread safety: as `std::string`.
class Secret {
 public:
  Secret() noexcept = default;
  /// Copies `value`. The caller's own copy stays the caller's to wipe.
  FLORIN_DECL explicit(false) Secret(std::string_view value);
  /// The same.
  explicit(false) Secret(const char* value) : Secret(std::string_view{value}) {}
  /// The same.
  explicit(false) Secret(const std::string& value) : Secret(std::string_view{value}) {}
  /// Copies `value` and wipes it, even if there is no memory for the copy.
  FLORIN_DECL explicit(false) Secret(std::string&& value);
  /// Copies on purpose alone: `Secret{other}`.
  explicit Secret(const Secret& other) : Secret(other.reveal()) {}
  /// Takes the text; the other one is empty.
  FLORIN_DECL Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other) {
    if (this != &other) assign(other.reveal());
    return *this;
  }
  FLORIN_DECL Secret& operator=(Secret&& other) noexcept;
  FLORIN_DECL ~Secret();

  /// The value itself. Valid until the object is assigned or destroyed.
  [[nodiscard]] std::string_view reveal() const noexcept { return {data_.get(), size_}; }
  /// Whether there is nothing in it.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// In a time that depends on the lengths alone.
  template <std::same_as<Secret> A, std::same_as<Secret> B>
  friend bool operator==(const A& a, const B& b) noexcept {
    if (a.size_ != b.size_) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size_; ++i)
      difference |= static_cast<unsigned>(a.data_[i] ^ b.data_[i]) & 0xffU;
    return difference == 0;
  }
  template <class Stream>
  friend Stream& operator<<(Stream& out, const Secret&) = delete;

 private:
  FLORIN_DECL void assign(std::string_view value);
  FLORIN_DECL void forget() noexcept;

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/secret.ipp>
#endif
