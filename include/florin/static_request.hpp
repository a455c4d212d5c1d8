// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/argument_facts.hpp>
#include <florin/detail/given_address.hpp>
#include <florin/detail/given_metadata.hpp>
#include <florin/detail/given_text.hpp>
#include <florin/detail/holds_for.hpp>
#include <florin/field.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

/// Requests that know at compile time which fields they give:
/// `customer(merchant_customer_id = "cust_user_12345", email = user.email)`.
namespace florin {

namespace detail {

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
struct IsArgument<Given<Tag, Storage>> : std::bool_constant<!Tag::carried.empty()> {};
template <class Tag>
struct IsArgument<Waived<Tag>> : std::true_type {};

/// What stands left of `=` for a text field.
template <class Tag>
struct TextName {
  /// A literal, whose length is checked at compile time.
  template <std::size_t N>
  constexpr Given<Tag, LiteralText<N - 1>> operator=(const char (&literal)[N]) const noexcept {
    static_assert(holds_for<Tag, (N > 1)>,
                  "florin: an empty text is given: remove it, an absent field is left out");
    if constexpr (std::same_as<Tag, field::AddressCountry>) check_country<Tag, N - 1>();
    return {{literal}};
  }
  /// Any other text. A `std::string_view` and a pointer to a NUL-terminated text are viewed, and
  /// have to outlive the request; a null pointer counts as absent. Everything else is kept by the
  /// request: `std::string`, a `char` array (up to its NUL), what converts to `std::string_view`,
  /// and a `std::optional` of one, which is absent when it is empty.
  template <class T>
  constexpr auto operator=(T&& text) const {
    static_assert(
        holds_for<Tag, TextLike<T>>,
        "florin: this is not a text: give a literal, a std::string, a std::string_view, a "
        "const char* or a std::optional of one");
    if constexpr (TextLike<T>) {
      auto kept = keep_text(std::forward<T>(text));
      return Given<Tag, decltype(kept)>{std::move(kept)};
    } else {
      return Given<Tag, ViewedText>{};
    }
  }
};

/// What stands left of `=` for the metadata.
struct MetadataName {
  /// `metadata = {{"tier", "gold"}, ...}`: the number of entries and, where all are literals, the
  /// keys are checked at compile time.
  template <std::size_t N, class Entry = LiteralEntry>
  requires std::same_as<Entry, LiteralEntry>
  consteval Given<field::Metadata, ViewedEntries<N>> operator=(const Entry (&entries)[N]) const {
    return {keep_literals(entries)};
  }
  /// `metadata = {{"plan", plan}, ...}`: each text is kept or viewed as if it were given alone.
  template <std::size_t N, class Entry = GivenEntry>
  requires std::same_as<Entry, GivenEntry> Given<field::Metadata, KeptEntries<N>>
  operator=(Entry (&&entries)[N]) const { return {{std::to_array(std::move(entries))}}; }
  /// Says that braces are missing.
  template <std::size_t N>
  Given<field::Metadata, ViewedMetadata> operator=(BareText (&&)[N]) const {
    static_assert(holds_for<BareText, N == 0>,
                  "florin: metadata is a list of entries: write one more pair of braces, "
                  "`metadata = {{\"key\", \"value\"}}`");
    return {};
  }
  /// Any other metadata. A `MetadataView` and the texts of an array of `MetadataEntry` are viewed,
  /// and have to outlive the request. Everything else is kept by the request: `Metadata`, a range
  /// of pairs such as a `std::map`, and a `std::optional` of one.
  template <class T>
  auto operator=(T&& metadata) const {
    static_assert(holds_for<T, MetadataLike<T>>,
                  "florin: this is not metadata: give `{{\"key\", \"value\"}, ...}`, a Metadata, a "
                  "MetadataView or a range of pairs of texts such as a std::map");
    if constexpr (MetadataLike<T>) {
      auto kept = keep_metadata(std::forward<T>(metadata));
      return Given<field::Metadata, decltype(kept)>{std::move(kept)};
    } else {
      return Given<field::Metadata, ViewedMetadata>{};
    }
  }
};

/// What stands left of `=` for an address as a whole.
struct AddressName {
  /// `address = {.line1 = "1 Main St", .city = city}`: each text is kept or viewed as if it were
  /// given alone.
  Given<field::Address, GivenAddress> operator=(GivenAddress address) const {
    return {std::move(address)};
  }
  /// An address that the request keeps.
  template <std::same_as<Address> Owner>
  Given<field::Address, GivenAddress> operator=(const Owner& address) const {
    return {{.line1 = address.line1,
             .line2 = address.line2,
             .city = address.city,
             .state = address.state,
             .zip = address.zip,
             .country = address.country}};
  }
  /// An address whose owner has to outlive the request.
  template <std::same_as<AddressView> View>
  constexpr Given<field::Address, ViewedAddress> operator=(const View& address) const noexcept {
    return {{address}};
  }
};

}  // namespace detail

/// The names to write in `customer(...)`. Use with `using namespace florin::fields`.
namespace fields {
/// `merchant_customer_id = "m-1"`: your own reference.
inline constexpr detail::TextName<field::MerchantCustomerId> merchant_customer_id{};
inline constexpr detail::TextName<field::Email> email{};  ///< `email = "ana@example.com"`
inline constexpr detail::TextName<field::Name> name{};    ///< in full: `name = "Ana Example"`
inline constexpr detail::TextName<field::GivenName> given_name{};     ///< with `family_name`
inline constexpr detail::TextName<field::FamilyName> family_name{};   ///< with `given_name`
inline constexpr detail::TextName<field::Phone> phone{};              ///< `phone = "+15555550100"`
inline constexpr detail::TextName<field::Description> description{};  ///< a text about the customer
/// `metadata = {{"plan", "premium"}}`, or a `Metadata`.
inline constexpr detail::MetadataName metadata{};
/// A whole `Address`, in place of its parts.
inline constexpr detail::AddressName address{};
/// Street and number.
inline constexpr detail::TextName<field::AddressLine1> address_line1{};
/// What else an address has: floor, company.
inline constexpr detail::TextName<field::AddressLine2> address_line2{};
inline constexpr detail::TextName<field::AddressCity> address_city{};    ///< city or town
inline constexpr detail::TextName<field::AddressState> address_state{};  ///< state or province
inline constexpr detail::TextName<field::AddressZip> address_zip{};      ///< postal code
/// ISO 3166-1 alpha-2.
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
/// \copydoc droppable
constexpr detail::Waived<field::Address> droppable(const detail::AddressName&) noexcept {
  return {};
}
}  // namespace fields

/// A request whose fields are known at compile time; made by `customer(...)`. Views literals,
/// `std::string_view`, pointers, `MetadataView` and `AddressView`; keeps a copy of everything else,
/// without an allocation for texts up to `Text::inline_capacity` bytes and for what is moved in.
template <class... Arguments>
class StaticCustomer : public detail::ArgumentFacts<Arguments...> {
 public:
  static_assert((std::size_t{0} + ... + Arguments::given.size()) ==
                    detail::ArgumentFacts<Arguments...>::given.size(),
                "florin: a field is given twice in customer(...): remove one of the two");

  /// Takes over what `customer` was given.
  constexpr explicit StaticCustomer(Arguments... arguments) : arguments_(std::move(arguments)...) {}

  /// Views this request: what it returns is not to be read once this request has gone.
  operator CreateRequestView() const& noexcept {
    CreateRequestView view;
    std::apply([&view](const auto&... argument) { (put(view, argument), ...); }, arguments_);
    return view;
  }
  /// A temporary would be gone before the view is read: give it a name, or pass it in place.
  operator CreateRequestView() const&& = delete;

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
