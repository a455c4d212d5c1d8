// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/given_text.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

/// How one `{"key", "value"}` of the metadata of `customer(...)` is kept.
namespace florin::detail {

/// An entry of two literals.
struct LiteralEntry {
  std::string_view key;
  std::string_view value;
  template <ConstantArray Key, ConstantArray Value>
  consteval LiteralEntry(Key&& k, Value&& v)
      : key(LiteralText<std::extent_v<std::remove_reference_t<Key>> - 1>{k}.view()),
        value(LiteralText<std::extent_v<std::remove_reference_t<Value>> - 1>{v}.view()) {}
};

/// An entry of any two texts.
struct GivenEntry {
  GivenText key;
  GivenText value;
  template <class Key, class Value>
  GivenEntry(Key&& k, Value&& v) : key(std::forward<Key>(k)), value(std::forward<Value>(v)) {}
};

/// A text where an entry should stand: a pair of braces is missing.
struct BareText {
  template <TextLike T>
  explicit(false) BareText(const T&) noexcept {}
};

}  // namespace florin::detail
