// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/given_address.hpp>
#include <florin/field.hpp>

#include <concepts>
#include <cstddef>

namespace florin::detail {

/// What the arguments of `customer(...)` or `customer_changes(...)` say at compile time.
template <class... Arguments>
class ArgumentFacts {
  template <class Argument>
  static constexpr std::size_t entries_of() noexcept {
    if constexpr (requires { decltype(Argument::storage)::entries; })
      return decltype(Argument::storage)::entries;
    return 0;
  }
  template <class Argument>
  static constexpr FieldSet optional_of() noexcept {
    if constexpr (std::same_as<typename Argument::Tag, field::Address>) return Argument::given;
    return {};
  }
  template <class Argument>
  static constexpr std::size_t length_of(Field field) noexcept {
    if constexpr (requires { decltype(Argument::storage)::literal_length, Argument::Tag::id; })
      if (Argument::Tag::id == field) return decltype(Argument::storage)::literal_length;
    return 0;
  }

 public:
  /// The fields that are given.
  static constexpr FieldSet given = (FieldSet{} | ... | Arguments::given);
  /// The given fields of which some may turn out to be absent: those of an address as a whole.
  static constexpr FieldSet optional = (FieldSet{} | ... | optional_of<Arguments>());
  /// The given fields that may be dropped.
  static constexpr FieldSet waived = (FieldSet{} | ... | Arguments::waived);
  /// Entries of a listed metadata; 0 when it is not listed.
  static constexpr std::size_t metadata_entries = (std::size_t{0} + ... + entries_of<Arguments>());

  /// Bytes of the literal given for `field`; 0 when it is not a literal.
  static constexpr std::size_t literal_length(Field field) noexcept {
    return (std::size_t{0} + ... + length_of<Arguments>(field));
  }
};

}  // namespace florin::detail
