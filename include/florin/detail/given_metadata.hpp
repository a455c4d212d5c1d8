// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/metadata.hpp>
#include <florin/detail/given_entry.hpp>
#include <florin/detail/given_text.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

/// How the metadata of `customer(...)` is kept.
namespace florin::detail {

/// Entries whose number is known and whose texts somebody else owns, or are literals.
template <std::size_t Count>
struct ViewedEntries {
  static constexpr std::size_t entries = Count;
  std::array<MetadataEntry, Count> list;
  [[nodiscard]] MetadataView view() const noexcept { return std::span<const MetadataEntry>{list}; }
};

/// Entries whose number is known and whose texts may be kept here.
template <std::size_t Count>
struct KeptEntries {
  static constexpr std::size_t entries = Count;
  std::array<GivenEntry, Count> list;
  [[nodiscard]] MetadataView view() const noexcept { return std::span<const GivenEntry>{list}; }
};

/// Metadata that somebody else owns, of a number that is not known.
struct ViewedMetadata {
  static constexpr std::size_t entries = 0;
  MetadataView list;
  [[nodiscard]] MetadataView view() const noexcept { return list; }
};

/// Metadata that the request keeps.
struct OwnedMetadata {
  static constexpr std::size_t entries = 0;
  Metadata list;
  [[nodiscard]] MetadataView view() const noexcept { return list; }
};

/// What `keep_metadata` takes.
template <class T>
inline constexpr bool is_metadata_like = std::is_convertible_v<T, Metadata>;
template <>
inline constexpr bool is_metadata_like<MetadataView> = true;
template <std::size_t Count>
inline constexpr bool is_metadata_like<MetadataEntry[Count]> = true;
template <class T>
inline constexpr bool is_metadata_like<std::optional<T>> = is_metadata_like<T>;
/// \copydoc is_metadata_like
template <class T>
concept MetadataLike = is_metadata_like<std::remove_cvref_t<T>>;

/// Any metadata but a braced list: a `MetadataView` and the texts of a `MetadataEntry` are viewed,
/// everything else is kept.
template <class T>
auto keep_metadata(T&& value) {
  using Value = std::remove_cvref_t<T>;
  if constexpr (is_optional<Value>) {
    using Kept = decltype(keep_metadata(*std::forward<T>(value)));
    return value ? keep_metadata(*std::forward<T>(value)) : Kept{};
  } else if constexpr (std::same_as<Value, MetadataView>) {
    return ViewedMetadata{value};
  } else if constexpr (std::is_array_v<Value>) {
    return ViewedEntries<std::extent_v<Value>>{std::to_array(value)};
  } else {
    return OwnedMetadata{std::forward<T>(value)};
  }
}

/// Throws, at compile time, the sentence about what is wrong with a list of literals.
template <std::size_t Count>
consteval ViewedEntries<Count> keep_literals(const LiteralEntry (&entries)[Count]) {
  ViewedEntries<Count> kept{};
  for (std::size_t i = 0; i < Count; ++i) {
    if (entries[i].key.empty())
      throw "florin: a metadata key is empty: give each entry of `metadata = {...}` a key";
    for (std::size_t j = 0; j < i; ++j)
      if (entries[i].key == entries[j].key)
        throw "florin: a metadata key is given twice: give each key once in `metadata = {...}`";
    kept.list[i] = {entries[i].key, entries[i].value};
  }
  return kept;
}

}  // namespace florin::detail
