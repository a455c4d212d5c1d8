// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>

#include <cstddef>
#include <cstring>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace florin {

namespace detail {

/// Writes `text`, where no more is known of streams than their names.
FLORIN_DECL std::ostream& put(std::ostream& out, std::string_view text);

}  // namespace detail

/// A short string that lives inside its owner: identifiers and keys up to 47 bytes need no heap.
///
/// Longer values go to the heap, so nothing is ever cut. Reads as a `std::string_view`.
///
/// Thread safety: as `std::string`.
class Text {
 public:
  /// Bytes that fit without an allocation.
  static constexpr std::size_t inline_capacity = 47;

  FLORIN_DECL Text() noexcept;
  /// Copies `text`. Errors: `std::bad_alloc` when it is longer than `inline_capacity`.
  FLORIN_DECL Text(std::string_view text);
  /// \copydoc Text(std::string_view)
  Text(const char* text) : Text(std::string_view{text}) {}
  /// \copydoc Text(std::string_view)
  Text(const std::string& text) : Text(std::string_view{text}) {}
  Text(const Text& other) : Text(other.view()) {}
  /// Takes the value of `other`, which is empty then.
  [[gnu::noinline]] Text(Text&& other) noexcept
      : size_(other.size_), heap_(std::move(other.heap_)) {
    other.size_ = 0;
    if (!heap_) std::memcpy(inline_, other.inline_, size_);
  }
  Text& operator=(const Text& other) {
    if (this != &other) assign(other.view());
    return *this;
  }
  Text& operator=(Text&& other) noexcept {
    if (this != &other) take(other);
    return *this;
  }
  FLORIN_DECL ~Text();

  /// Replaces the value. `text` may be a part of this object.
  FLORIN_DECL void assign(std::string_view text);

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
    return detail::put(out, text.view());
  }

 private:
  FLORIN_DECL void take(Text& other) noexcept;

  std::size_t size_ = 0;
  std::unique_ptr<char[]> heap_;
  char inline_[inline_capacity + 1];
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/text.ipp>
#endif
