// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/detail/given_entry.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace florin {

/// Most metadata entries that a request may have, whatever the processor allows.
inline constexpr std::size_t max_metadata_entries = 20;

/// One metadata entry that does not own its text.
struct MetadataEntry {
  std::string_view key{};    ///< the name of the entry
  std::string_view value{};  ///< as it is sent
};

/// Caller's own data, string to string, in the order of insertion. At most 20 entries are accepted
/// by `create`; keys are unique. Owns its strings.
class Metadata {
 public:
  using Entry = std::pair<std::string, std::string>;  ///< key and value

  FLORIN_DECL Metadata() noexcept;
  FLORIN_DECL Metadata(const Metadata& other);
  FLORIN_DECL Metadata(Metadata&& other) noexcept;
  FLORIN_DECL Metadata& operator=(const Metadata& other);
  FLORIN_DECL Metadata& operator=(Metadata&& other) noexcept;
  FLORIN_DECL ~Metadata();
  /// These entries, in this order. Errors: `std::bad_alloc`.
  FLORIN_DECL Metadata(std::initializer_list<Entry> entries);
  /// From any range of pairs, such as a `std::map<std::string, std::string>`.
  template <class Range>
  requires(!std::same_as<std::remove_cvref_t<Range>, Metadata>) && requires(const Range& range) {
    std::string{range.begin()->second};
  }
  explicit(false) Metadata(const Range& range) {
    for (const auto& [key, value] : range) entries_.emplace_back(key, value);
  }

  /// Adds an entry, or replaces the value of the entry with that key.
  FLORIN_DECL void set(std::string key, std::string value);

  /// How many entries there are.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// Whether there is none.
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// At the first entry.
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  /// Behind the last entry.
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }
  /// The first of `size()` entries.
  [[nodiscard]] const Entry* data() const noexcept { return entries_.data(); }

 private:
  std::vector<Entry> entries_;
};

/// Metadata that somebody else owns and that has to outlive the view: a `Metadata` or an array of
/// `MetadataEntry`.
class MetadataView {
 public:
  constexpr MetadataView() noexcept = default;
  /// Views `metadata`, which has to outlive it.
  explicit(false) MetadataView(const Metadata& metadata) noexcept
      : owned_(metadata.data()), size_(metadata.size()) {}
  /// A temporary would be gone before the view is read.
  MetadataView(const Metadata&& metadata) = delete;
  /// Views these entries, which have to outlive it.
  constexpr explicit(false) MetadataView(std::span<const MetadataEntry> entries) noexcept
      : viewed_(entries.data()), size_(entries.size()) {}
  /// The entries of a `customer(...)`.
  explicit(false) MetadataView(std::span<const detail::GivenEntry> entries) noexcept
      : given_(entries.data()), size_(entries.size()) {}

  /// How many entries there are.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  /// Whether there is none.
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
  /// \param index less than `size()`.
  [[nodiscard]] constexpr MetadataEntry operator[](std::size_t index) const noexcept {
    if (viewed_ != nullptr) return viewed_[index];
    if (given_ != nullptr) return {given_[index].key.view(), given_[index].value.view()};
    return {owned_[index].first, owned_[index].second};
  }

 private:
  const Metadata::Entry* owned_ = nullptr;
  const MetadataEntry* viewed_ = nullptr;
  const detail::GivenEntry* given_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/metadata.ipp>
#endif
