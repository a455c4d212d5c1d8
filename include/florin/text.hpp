// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace florin {

/// A short string that lives inside its owner: identifiers and keys up to 47 bytes need no heap.
///
/// Longer values go to the heap, so nothing is ever cut. Reads as a `std::string_view`.
///
/// Thread safety: as `std::string`.
class Text {
 public:
  /// Bytes that fit without an allocation.
  static constexpr std::size_t inline_capacity = 47;

  Text() noexcept {}
  /// Copies `text`. Errors: `std::bad_alloc` when it is longer than `inline_capacity`.
  Text(std::string_view text) { assign(text); }
  /// \copydoc Text(std::string_view)
  Text(const char* text) { assign(text); }
  /// \copydoc Text(std::string_view)
  Text(const std::string& text) { assign(text); }
  Text(const Text& other) { assign(other.view()); }
  [[gnu::noinline]] Text(Text&& other) noexcept
      : size_(std::exchange(other.size_, 0)), heap_(std::move(other.heap_)) {
    if (!heap_) std::copy_n(other.inline_, size_, inline_);
  }
  Text& operator=(const Text& other) {
    if (this != &other) assign(other.view());
    return *this;
  }
  Text& operator=(Text&& other) noexcept {
    if (this != &other) take(other);
    return *this;
  }
  ~Text() = default;

  /// Replaces the value. `text` may be a part of this object.
  void assign(std::string_view text) {
    if (text.size() <= inline_capacity) [[likely]] {
      if (!text.empty()) std::memmove(inline_, text.data(), text.size());
      heap_.reset();
    } else {
      auto fresh = std::make_unique<char[]>(text.size());
      std::memcpy(fresh.get(), text.data(), text.size());
      heap_ = std::move(fresh);
    }
    size_ = text.size();
  }

  /// The text, until this is assigned to, moved from or destroyed.
  [[nodiscard]] std::string_view view() const noexcept {
    return {heap_ ? heap_.get() : inline_, size_};
  }
  /// A copy of the text. Errors: `std::bad_alloc`.
  [[nodiscard]] std::string str() const { return std::string{view()}; }
  /// Whether there is no text.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// in bytes
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// As `view`.
  operator std::string_view() const noexcept { return view(); }

  friend bool operator==(const Text& a, const Text& b) noexcept { return a.view() == b.view(); }
  friend bool operator==(const Text& a, std::string_view b) noexcept { return a.view() == b; }
  friend bool operator==(const Text& a, const char* b) noexcept { return a.view() == b; }
  friend bool operator==(const Text& a, const std::string& b) noexcept { return a.view() == b; }
  friend std::ostream& operator<<(std::ostream& out, const Text& text) {
    return out << text.view();
  }

 private:
  void take(Text& other) noexcept {
    heap_ = std::move(other.heap_);
    size_ = std::exchange(other.size_, 0);
    if (!heap_) std::copy_n(other.inline_, size_, inline_);
  }

  std::size_t size_ = 0;
  std::unique_ptr<char[]> heap_;
  char inline_[inline_capacity + 1];
};

}  // namespace florin
