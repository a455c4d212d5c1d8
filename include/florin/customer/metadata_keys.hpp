// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/given_text.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin {

/// Keys of metadata entries that somebody else owns and that have to outlive the view: an array of
/// `std::string_view`, a vector of `std::string`, or one text.
class MetadataKeys {
 public:
  constexpr MetadataKeys() noexcept = default;
  /// Views these keys, which have to outlive it.
  constexpr explicit(false) MetadataKeys(std::span<const std::string_view> keys) noexcept
      : viewed_(keys.data()), size_(keys.size()) {}
  /// Views these keys, which have to outlive it.
  explicit(false) MetadataKeys(const std::vector<std::string>& keys) noexcept
      : owned_(keys.data()), size_(keys.size()) {}
  /// A temporary would be gone before the view is read.
  MetadataKeys(const std::vector<std::string>&& keys) = delete;
  /// The keys of a `customer_changes(...)`.
  explicit(false) MetadataKeys(std::span<const detail::GivenText> keys) noexcept
      : given_(keys.data()), size_(keys.size()) {}

  /// Keys in one text, each with a NUL behind it.
  [[nodiscard]] static constexpr MetadataKeys joined(std::string_view text) noexcept {
    MetadataKeys keys;
    keys.joined_ = text;
    for (const char each : text) keys.size_ += each == '\0' ? 1 : 0;
    return keys;
  }

  /// How many keys there are.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  /// Whether there is none.
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
  /// \param index less than `size()`.
  [[nodiscard]] constexpr std::string_view operator[](std::size_t index) const noexcept {
    if (viewed_ != nullptr) return viewed_[index];
    if (given_ != nullptr) return given_[index].view();
    if (owned_ != nullptr) return owned_[index];
    std::string_view rest = joined_;
    for (; index != 0; --index) rest.remove_prefix(rest.find('\0') + 1);
    return rest.substr(0, rest.find('\0'));
  }
  /// Whether `key` is among them.
  [[nodiscard]] constexpr bool contains(std::string_view key) const noexcept {
    for (std::size_t i = 0; i < size_; ++i)
      if ((*this)[i] == key) return true;
    return false;
  }

 private:
  const std::string_view* viewed_ = nullptr;
  const std::string* owned_ = nullptr;
  const detail::GivenText* given_ = nullptr;
  std::string_view joined_{};
  std::size_t size_ = 0;
};

}  // namespace florin
