// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/field.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// Requests that know at compile time which fields they give:
/// `customer(merchant_customer_id = "cust_user_12345", email = user.email)`.
namespace florin {

namespace detail {

/// A string literal: its length is part of the type.
template <std::size_t Size>
struct LiteralText {
  static constexpr std::size_t literal_length = Size;
  const char* text;
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, Size}; }
};

/// Text that somebody else owns.
struct ViewedText {
  static constexpr std::size_t literal_length = 0;
  std::string_view text;
  [[nodiscard]] constexpr std::string_view view() const noexcept { return text; }
};

/// Text that was moved into the request.
struct OwnedText {
  static constexpr std::size_t literal_length = 0;
  std::string text;
  [[nodiscard]] std::string_view view() const noexcept { return text; }
};

/// Entries whose number is known; they view their text.
template <std::size_t Count>
struct ListedMetadata {
  static constexpr std::size_t entries = Count;
  std::array<MetadataEntry, Count> list;
  [[nodiscard]] MetadataView view() const noexcept { return std::span<const MetadataEntry>{list}; }
};

/// Metadata that somebody else owns, of a number that is not known.
struct ViewedMetadata {
  static constexpr std::size_t entries = 0;
  MetadataView list;
  [[nodiscard]] MetadataView view() const noexcept { return list; }
};

/// Metadata that was moved into the request.
struct OwnedMetadata {
  static constexpr std::size_t entries = 0;
  Metadata list;
  [[nodiscard]] MetadataView view() const noexcept { return list; }
};

/// One `field = value` of `customer(...)`.
template <class FieldTag, class Storage>
struct Given {
  using Tag = FieldTag;
  static constexpr FieldSet given = Tag::carried;
  static constexpr FieldSet waived{};
  Storage storage;
};

/// One `droppable(field)` of `customer(...)`.
template <class FieldTag>
struct Waived {
  using Tag = FieldTag;
  static constexpr FieldSet given{};
  static constexpr FieldSet waived = Tag::carried;
};

template <class T>
struct IsArgument : std::false_type {};
template <class Tag, class Storage>
struct IsArgument<Given<Tag, Storage>> : std::true_type {};
template <class Tag>
struct IsArgument<Waived<Tag>> : std::true_type {};

/// What stands left of `=` for a text field.
template <class Tag>
struct TextName {
  /// A literal, whose length is checked at compile time.
  template <std::size_t N>
  constexpr Given<Tag, LiteralText<N - 1>> operator=(const char (&literal)[N]) const noexcept {
    return {{literal}};
  }
  /// A buffer, read up to its NUL when the request is made.
  template <std::size_t N>
  constexpr Given<Tag, ViewedText> operator=(char (&buffer)[N]) const noexcept {
    return {{std::string_view{static_cast<const char*>(buffer)}}};
  }
  /// A NUL-terminated text that outlives the request; null counts as absent.
  template <class Pointer>
  requires std::same_as<Pointer, const char*> || std::same_as<Pointer, char*>
  constexpr Given<Tag, ViewedText> operator=(const Pointer& text) const noexcept {
    return {{text == nullptr ? std::string_view{} : std::string_view{text}}};
  }
  /// Text that outlives the request.
  constexpr Given<Tag, ViewedText> operator=(std::string_view text) const noexcept {
    return {{text}};
  }
  /// \copydoc operator=(std::string_view) const
  constexpr Given<Tag, ViewedText> operator=(const std::string& text) const noexcept {
    return {{text}};
  }
  /// Text that the request keeps.
  Given<Tag, OwnedText> operator=(std::string&& text) const noexcept { return {{std::move(text)}}; }
};

/// What stands left of `=` for the metadata.
struct MetadataName {
  /// `metadata = {{"tier", "gold"}, ...}`: the number of entries is checked at compile time.
  template <std::size_t N>
  constexpr Given<field::Metadata, ListedMetadata<N>> operator=(
      const MetadataEntry (&entries)[N]) const noexcept {
    return {{std::to_array(entries)}};
  }
  /// Metadata that outlives the request. A template, so that a braced list is never taken for one.
  template <std::same_as<Metadata> Owner>
  Given<field::Metadata, ViewedMetadata> operator=(const Owner& metadata) const noexcept {
    return {{metadata}};
  }
  /// Metadata that the request keeps.
  template <std::same_as<Metadata> Owner>
  Given<field::Metadata, OwnedMetadata> operator=(Owner&& metadata) const noexcept {
    return {{std::move(metadata)}};
  }
};

}  // namespace detail

/// The names to write in `customer(...)`. Use with `using namespace florin::fields`.
namespace fields {
inline constexpr detail::TextName<field::MerchantCustomerId> merchant_customer_id{};
inline constexpr detail::TextName<field::Email> email{};
inline constexpr detail::TextName<field::Name> name{};
inline constexpr detail::TextName<field::Phone> phone{};
inline constexpr detail::TextName<field::Description> description{};
inline constexpr detail::MetadataName metadata{};
inline constexpr detail::TextName<field::AddressLine1> address_line1{};
inline constexpr detail::TextName<field::AddressLine2> address_line2{};
inline constexpr detail::TextName<field::AddressCity> address_city{};
inline constexpr detail::TextName<field::AddressState> address_state{};
inline constexpr detail::TextName<field::AddressZip> address_zip{};
inline constexpr detail::TextName<field::AddressCountry> address_country{};

/// Accepts that a processor which cannot carry the field creates the customer without it.
template <class Tag>
constexpr detail::Waived<Tag> droppable(const detail::TextName<Tag>&) noexcept {
  return {};
}
/// \copydoc droppable
constexpr detail::Waived<field::Metadata> droppable(const detail::MetadataName&) noexcept {
  return {};
}
}  // namespace fields

/// A request whose fields are known at compile time; made by `customer(...)`. Views the values that
/// were given as lvalues or literals, owns those that were moved in.
template <class... Arguments>
class StaticCustomer {
  template <class Argument>
  static constexpr std::size_t entries_of() noexcept {
    if constexpr (requires { decltype(Argument::storage)::entries; })
      return decltype(Argument::storage)::entries;
    return 0;
  }
  template <class Argument>
  static constexpr std::size_t length_of(Field field) noexcept {
    if constexpr (requires { decltype(Argument::storage)::literal_length; })
      if (Argument::Tag::id == field) return decltype(Argument::storage)::literal_length;
    return 0;
  }

 public:
  /// The fields that are given.
  static constexpr FieldSet given = (FieldSet{} | ... | Arguments::given);
  /// The given fields that may be dropped.
  static constexpr FieldSet waived = (FieldSet{} | ... | Arguments::waived);
  /// Entries of a listed metadata; 0 when it is not listed.
  static constexpr std::size_t metadata_entries = (std::size_t{0} + ... + entries_of<Arguments>());

  static_assert((std::size_t{0} + ... + Arguments::given.size()) == given.size(),
                "florin: a field is given twice in customer(...): remove one of the two");

  constexpr explicit StaticCustomer(Arguments... arguments) : arguments_(std::move(arguments)...) {}

  /// Bytes of the literal given for `field`; 0 when it is not a literal.
  static constexpr std::size_t literal_length(Field field) noexcept {
    return (std::size_t{0} + ... + length_of<Arguments>(field));
  }

  /// A view of this object, which has to outlive it.
  operator CreateRequestView() const noexcept {
    CreateRequestView view;
    std::apply([&view](const auto&... argument) { (put(view, argument), ...); }, arguments_);
    return view;
  }

 private:
  template <class Tag>
  static void put(CreateRequestView&, const detail::Waived<Tag>&) noexcept {}
  template <class Tag, class Storage>
  static void put(CreateRequestView& view, const detail::Given<Tag, Storage>& argument) noexcept {
    Tag::member(view) = argument.storage.view();
  }

  std::tuple<Arguments...> arguments_;
};

/// Makes a request whose fields are known at compile time:
/// `customer(merchant_customer_id = id, email = "...", droppable(phone), phone = "...")`.
template <class... Arguments>
constexpr auto customer(Arguments... arguments) {
  static_assert(
      (detail::IsArgument<Arguments>::value && ... && true),
      "florin: customer(...) takes `field = value` and `droppable(field)` only: write e.g. "
      "`customer(merchant_customer_id = id, email = address)`");
  return StaticCustomer<Arguments...>{std::move(arguments)...};
}

/// Satisfied by requests that know their fields at compile time.
template <class T>
concept StaticRequest = requires {
  { T::given } -> std::convertible_to<FieldSet>;
  { T::waived } -> std::convertible_to<FieldSet>;
  T::metadata_entries;
};

}  // namespace florin
