// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/least.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/fixed_string.hpp>
#include <florin/wire/limit.hpp>
#include <florin/wire/source.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

/// The elements that bodies are declared with. They state facts; `Form` and `json::Object` write
/// them.
namespace florin::wire {

namespace detail {

/// Where the `{}` of an entry pattern is. Not `find`, which GCC cannot evaluate on a template
/// argument when it compiles with `-fsanitize=undefined`.
template <FixedString Pattern>
consteval std::size_t hole_of() noexcept {
  for (std::size_t i = 0; i + 1 < Pattern.size(); ++i)
    if (Pattern.text[i] == '{' && Pattern.text[i + 1] == '}') return i;
  return std::string_view::npos;
}

/// Asserted so that the compiler shows the pattern.
template <FixedString Pattern>
inline constexpr bool has_hole = hole_of<Pattern>() != std::string_view::npos;

/// The pieces of an entry pattern around its `{}`.
template <FixedString Pattern, bool Before>
consteval auto pattern_part() noexcept {
  constexpr std::size_t hole = hole_of<Pattern>();
  constexpr std::size_t from = Before ? 0 : hole + 2;
  constexpr std::size_t size = Before ? hole : Pattern.size() - hole - 2;
  FixedString<size + 1> part;
  for (std::size_t i = 0; i < size; ++i) part.text[i] = Pattern.text[from + i];
  return part;
}

/// What an entry pattern has before its first bracket: the name of the map itself.
template <FixedString Pattern>
consteval auto object_of() noexcept {
  constexpr std::size_t size = [] {
    std::size_t end = 0;
    while (end < Pattern.size() && Pattern.text[end] != '[') ++end;
    return end;
  }();
  FixedString<size + 1> name;
  for (std::size_t i = 0; i < size; ++i) name.text[i] = Pattern.text[i];
  return name;
}

/// The fields that a required value cannot do without: of joined ones the first.
template <class Source>
constexpr FieldSet principal_fields() noexcept {
  if constexpr (requires { Source::principal; }) return Source::principal;
  return Source::carried;
}

/// Whether something writes a credential.
template <class Part>
constexpr bool is_confidential() noexcept {
  if constexpr (requires { Part::confidential; }) return Part::confidential;
  return false;
}

/// Whether something writes the idempotency key.
template <class Part>
constexpr bool sends_key() noexcept {
  if constexpr (requires { Part::sends_key; }) return Part::sends_key;
  return std::same_as<Part, IdempotencyKey>;
}

/// Whether something writes the customer's id.
template <class Part>
constexpr bool sends_id() noexcept {
  if constexpr (requires { Part::sends_id; }) return Part::sends_id;
  return std::same_as<Part, CustomerId>;
}

/// Whether something writes a map entry by entry.
template <class Part>
constexpr bool has_entries() noexcept {
  if constexpr (requires { Part::has_entries; }) return Part::has_entries;
  return false;
}

/// Whether something writes the payment token.
template <class Part>
constexpr bool sends_payment_token() noexcept {
  if constexpr (requires { Part::sends_payment_token; }) return Part::sends_payment_token;
  return std::same_as<Part, PaymentToken>;
}

/// Whether something cannot do without the payment token.
template <class Part>
constexpr bool needs_payment_token() noexcept {
  if constexpr (requires { Part::needs_payment_token; }) return Part::needs_payment_token;
  return false;
}

/// Asserted so that the compiler shows what has the token.
template <class Part>
inline constexpr bool is_without_payment_token = !sends_payment_token<Part>();

/// The fields that share the place of a part.
template <class Part>
constexpr FieldSet shared_by() noexcept {
  if constexpr (requires { Part::shared; }) return Part::shared;
  return {};
}

/// Satisfied by a limit of one value: an argument of `Put`.
template <class Limit>
concept ValueLimit = requires(const Value& value) {
  { Limit::accepts(value) } -> std::convertible_to<bool>;
};

/// Satisfied by a limit of a map: an argument of `Entries`.
template <class Limit>
concept MapLimit = requires(std::string_view text) {
  { Limit::accepts(text, text) } -> std::convertible_to<bool>;
};

/// Satisfied by what can stand in a body.
template <class Part>
concept BodyElement = requires {
  { Part::carried } -> std::convertible_to<FieldSet>;
  { Part::required } -> std::convertible_to<FieldSet>;
};

/// Asserted so that the compiler shows what is wrong there.
template <class Limit>
inline constexpr bool limits_a_value = ValueLimit<Limit>;
/// \copydoc limits_a_value
template <class Limit>
inline constexpr bool limits_a_map = MapLimit<Limit>;
/// \copydoc limits_a_value
template <class Part>
inline constexpr bool is_an_element = BodyElement<Part>;
/// \copydoc limits_a_value
template <class Source>
inline constexpr bool is_metadata = Source::carried == FieldSet{Field::metadata};
/// \copydoc limits_a_value
template <class Source>
inline constexpr bool has_one_value = !std::same_as<Source, field::Address>;

template <class Limit>
constexpr std::size_t entries_of() noexcept {
  if constexpr (requires { Limit::entries; }) return Limit::entries;
  return unlimited;
}

template <class Limit>
constexpr std::size_t reserved_of() noexcept {
  if constexpr (requires { Limit::reserved; }) return Limit::reserved;
  return 0;
}

}  // namespace detail

/// What a check found: nothing, or a field and the reason why it cannot be sent.
struct Fault {
  Errc code = Errc::invalid_field;  ///< what the error is
  std::optional<Field> field{};     ///< what is at fault, where it is a field
  std::string_view reason{};        ///< static text; empty: no fault
  std::string_view param{};         ///< what is at fault where it is no field, or which entry of it

  /// Whether there is a fault.
  [[nodiscard]] constexpr explicit operator bool() const noexcept {
    if (reason.empty()) [[likely]]
      return false;
    return true;
  }
};

/// What is named as being at fault where it is the payment token.
inline constexpr std::string_view payment_token_param = "payment_token";

/// How an update removes a field from a customer.
enum class ClearedBy : std::uint8_t {
  empty_text,  ///< the member is sent empty
  null,        ///< the member is sent as `null`
  omission     ///< the member is left out of what replaces the record
};

/// Calls `visit` for each metadata entry that there will be where the metadata are sent as a whole:
/// `visit(key, value, is_json)` for those of the record that stay, see `Customer::Entry`, then
/// `visit(key, value)` for those that are set.
template <class Request, class Visitor>
constexpr void each_entry(const Request& request, Visitor visit) {
  const auto set = request.metadata;
  const auto is_set = [&set](std::string_view key) {
    for (std::size_t i = 0; i < set.size(); ++i)
      if (set[i].key == key) return true;
    return false;
  };
  if (request.current != nullptr && !request.cleared.contains(Field::metadata)) {
    for (std::size_t i = 0; i < request.current->metadata_size(); ++i) {
      const auto entry = request.current->metadata(i);
      if (!is_set(entry.key) && !request.metadata_cleared.contains(entry.key))
        visit(entry.key, entry.value, entry.is_json);
    }
  }
  for (std::size_t i = 0; i < set.size(); ++i) visit(set[i].key, set[i].value);
}

/// Calls `visit(key)` for each metadata entry that is to be removed, as far as it is known.
template <class Request, class Visitor>
constexpr void each_removed_entry(const Request& request, Visitor visit) {
  for (std::size_t i = 0; i < request.metadata_cleared.size(); ++i)
    visit(request.metadata_cleared[i]);
  if (request.current != nullptr && request.cleared.contains(Field::metadata))
    for (std::size_t i = 0; i < request.current->metadata_size(); ++i)
      visit(request.current->metadata(i).key);
}

namespace detail {

/// Whether a change removes what has no value.
template <class Source, class Ctx>
constexpr bool is_cleared([[maybe_unused]] const Ctx& context) noexcept {
  if constexpr (!Changing<Ctx> || Meant<Source>::carried.empty()) {
    return false;
  } else if constexpr (requires { Source::part; }) {
    return context.touched.contains(Field::name);  // by a name of one word, too
  } else if constexpr (requires { requires Source::is_number; }) {
    return context.touched.contains(Source::id);  // by a line without a number, too
  } else {
    constexpr FieldSet carried = Meant<Source>::carried;
    return (carried - with_whole_name(context.request.cleared)).empty();
  }
}

/// Whether a change sends the metadata as a whole.
template <class Ctx>
constexpr bool replaces_entries(const Ctx& context) noexcept {
  if constexpr (Changing<Ctx>)
    return Ctx::Change::replaces.record || context.touched.contains(Field::metadata);
  return false;
}

}  // namespace detail

/// A member with a value from the request: `Put<"email", field::Email, MaxLength<512>>`.
/// \tparam WireName the member's name on the wire.
/// \tparam SourceType where the value comes from; an absent value leaves the member out.
/// \tparam Limits `Required` and anything of wire/limit.hpp, checked before sending.
template <FixedString WireName, class SourceType, class... Limits>
struct Put {
  static_assert(!detail::is_metadata<SourceType>,
                "florin: metadata is a map: write `Entries<\"metadata[{}]\", field::Metadata>` "
                "instead of Put");
  static_assert(detail::has_one_value<SourceType>,
                "florin: an address is no single value: write a Put for each part, such as "
                "`Put<\"...\", field::AddressCity>`; `field::Address` is for lists of fields");
  static_assert((detail::limits_a_value<Limits> && ... && true),
                "florin: Put takes limits of one value, such as `MaxLength<255>`: `MaxEntries`, "
                "`MaxKeyLength` and the like belong into `Entries<...>`");
  using Source = SourceType;
  static constexpr auto wire_name = WireName;
  static constexpr bool confidential = detail::is_confidential<Source>();
  static constexpr bool sends_key = detail::sends_key<Source>();
  static constexpr bool sends_id = detail::sends_id<Source>();
  static constexpr bool sends_payment_token = detail::sends_payment_token<Source>();
  static constexpr bool needs_payment_token =
      sends_payment_token && (std::same_as<Limits, Required> || ... || false);
  static constexpr FieldSet shared = detail::shared_by<Source>();
  static constexpr FieldSet carried = Meant<Source>::carried;
  static constexpr FieldSet required = (std::same_as<Limits, Required> || ... || false)
                                           ? detail::principal_fields<Meant<Source>>()
                                           : FieldSet{};

  /// The tightest `MaxLength` on `field` itself; `unlimited` when there is none.
  static constexpr std::size_t max_length(Field field) noexcept {
    bool limited = false;
    if constexpr (FieldTag<Source>) {
      limited = Source::id == field;
    } else if constexpr (requires { Source::part; }) {
      limited = Source::part == field;
    }
    return limited ? florin::detail::least(unlimited, length_of<Limits>()...) : unlimited;
  }
  static constexpr std::size_t max_entries() noexcept { return unlimited; }
  static constexpr std::size_t reserved_entries() noexcept { return 0; }
  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    if constexpr (requires { Source::fault(context); })
      if (const std::string_view reason = Source::fault(context); !reason.empty())
        return refuse(context, reason);
    if constexpr (!Changing<Ctx>)  // what is not changed is there
      if (const FieldSet missing = required - context.given; !missing.empty()) [[unlikely]]
        return {Errc::missing_field, *missing.begin(), Required::reason};
    const auto value = wire::read<Source>(context);
    if (value.empty()) {
      if constexpr (Changing<Ctx> && requires { Source::absent, Source::part; }) {
        if (leaves_part(context)) return refuse(context, Source::absent);
      } else if constexpr ((std::same_as<Limits, Required> || ... || false)) {
        if constexpr (requires { Source::absent; }) return refuse(context, Source::absent);
        if constexpr (requires { Source::missing; })
          return {Source::missing, std::nullopt, Required::reason};
      }
      return {};
    }
    Fault fault;
    (void)((Limits::accepts(value) || (fault = refuse(context, Limits::reason), false)) && ...);
    return fault;
  }

 private:
  template <class Limit>
  static constexpr std::size_t length_of() noexcept {
    if constexpr (requires { Limit::limit; }) return Limit::limit;
    return unlimited;
  }
  /// Whether a new name would leave a part of the old one behind.
  template <class Ctx>
  static constexpr bool leaves_part(const Ctx& context) noexcept {
    return context.request.given().contains(Field::name) &&
           !Ctx::Change::clearable.contains(Source::part);
  }
  template <class Ctx>
  static constexpr Fault refuse([[maybe_unused]] const Ctx& context,
                                std::string_view reason) noexcept {
    if constexpr (requires { Source::part; })
      if (context.given.contains(Source::part)) return {Errc::invalid_field, Source::part, reason};
    if constexpr (requires { Source::id; }) return {Errc::invalid_field, Source::id, reason};
    if constexpr (sends_payment_token)
      return {Errc::invalid_options, std::nullopt, reason, payment_token_param};
    return {Errc::invalid_field, std::nullopt, reason};
  }
};

/// A member that always has the same text: `Const<"type", "PERSONAL">`.
template <FixedString WireName, FixedString ConstantText>
struct Const {
  static constexpr auto wire_name = WireName;
  static constexpr auto text = ConstantText;  ///< what is sent
  static constexpr FieldSet carried{};
  static constexpr FieldSet required{};
  static constexpr std::size_t max_length(Field) noexcept { return unlimited; }
  static constexpr std::size_t max_entries() noexcept { return unlimited; }
  static constexpr std::size_t reserved_entries() noexcept { return 0; }
  template <class Ctx>
  static constexpr Fault check(const Ctx&) noexcept {
    return {};
  }
};

namespace detail {

template <class Owner, class Type>
consteval bool holds_text(Type Owner::*) noexcept {
  return std::same_as<Type, std::string> || std::same_as<Type, std::optional<std::string>>;
}

/// Asserted so that the compiler shows the member.
template <auto Member>
inline constexpr bool is_text_credential = holds_text(Member);

}  // namespace detail

/// A boolean member that a credential decides about, in a body or a query: `Flag<"testmode",
/// &Credentials::testmode>`. Goes out as `true` or `false`, in JSON without quotes; where the
/// credential is empty it is left out, and any other text is `invalid_credentials`.
/// \tparam Member a credential that is a text and no `Secret`, which an `OptionalCredential` names.
template <FixedString WireName, auto Member>
struct Flag {
  static_assert(detail::is_text_credential<Member>,
                "florin: a Flag reads a credential that is a text, `true` or `false`, and no "
                "secret: declare it as `std::optional<std::string>`");
  static constexpr auto wire_name = WireName;
  static constexpr FieldSet carried{};
  static constexpr FieldSet required{};
  static constexpr auto neither =
      concat<"the credential of ", WireName, " is neither true nor false">();
  static constexpr std::size_t max_length(Field) noexcept { return unlimited; }
  static constexpr std::size_t max_entries() noexcept { return unlimited; }
  static constexpr std::size_t reserved_entries() noexcept { return 0; }
  /// `true`, `false` or nothing, once `check` found no fault.
  template <class Ctx>
  static std::string_view text(const Ctx& context) noexcept {
    return reveal(context.credentials.*Member);
  }
  template <class Ctx>
  static Fault check(const Ctx& context) noexcept {
    const std::string_view value = text(context);
    if (value.empty() || value == "true" || value == "false") return {};
    return {Errc::invalid_credentials, std::nullopt, neither.view()};
  }
};

/// One member per entry of a map field: `Entries<"metadata[{}]", field::Metadata, MaxEntries<50>>`.
/// \tparam Pattern the wire name, with `{}` where the entry's key goes.
/// \tparam Tag `field::Metadata`.
/// \tparam Limits `MaxEntries` (counting what the policy itself puts there), `MaxKeyLength`, ....
template <FixedString Pattern, class Tag, class... Limits>
struct Entries {
  static_assert(detail::is_metadata<Tag>,
                "florin: Entries writes a map: give it `field::Metadata`, and all else to "
                "`Put<...>`");
  static_assert((detail::limits_a_map<Limits> && ... && true),
                "florin: Entries takes limits of a map, such as `MaxEntries<20>` and "
                "`MaxKeyLength<40>`: `MaxLength` and the like belong into `Put<...>`");
  using Source = Tag;
  static constexpr auto wire_name = Pattern;
  static constexpr bool has_entries = true;
  static constexpr FieldSet carried = Tag::carried;
  static constexpr FieldSet required{};
  static_assert(detail::has_hole<Pattern>,
                "florin: the pattern of Entries needs a place for the key: write {} in it");

  static constexpr std::size_t max_length(Field) noexcept { return unlimited; }
  /// Most entries, the policy's own one included.
  static constexpr std::size_t max_entries() noexcept {
    return florin::detail::least(unlimited, detail::entries_of<Limits>()...);
  }
  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    const auto entries = Tag::get(context.request);
    Fault fault;
    (void)((entries.size() + reserved_entries() <= detail::entries_of<Limits>() ||
            (fault = {Errc::invalid_field, Tag::id, Limits::reason}, false)) &&
           ...);
    for (std::size_t i = 0; i < entries.size() && !fault; ++i) {
      [[maybe_unused]] const auto entry = entries[i];
      (void)((Limits::accepts(entry.key, entry.value) ||
              (fault = {Errc::invalid_field, Tag::id, Limits::reason}, false)) &&
             ...);
    }
    return fault;
  }
  /// Entries that the policy itself puts into the same place.
  static constexpr std::size_t reserved_entries() noexcept {
    return (std::size_t{0} + ... + detail::reserved_of<Limits>());
  }
};

/// A check without a member: at least one of these fields has to be given.
template <class First, class... Others>
struct RequireAnyOf {
  static constexpr FixedString<1> wire_name{};
  static constexpr FieldSet carried{};
  static constexpr FieldSet required{};
  static constexpr FieldSet fields = (First::carried | ... | Others::carried);
  static constexpr std::size_t max_length(Field) noexcept { return unlimited; }
  static constexpr std::size_t max_entries() noexcept { return unlimited; }
  static constexpr std::size_t reserved_entries() noexcept { return 0; }
  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    if constexpr (Changing<Ctx>)
      if (context.request.current == nullptr) return {};  // what is there is not known
    if (!(context.given & fields).empty()) return {};
    return {Errc::missing_field, *First::carried.begin(),
            "is required, or another field in its place"};
  }
};

/// A condition for `OnlyWith`: at least one of the fields is given.
template <class... Tags>
struct AnyOf {
  static constexpr FieldSet fields = (FieldSet{} | ... | Tags::carried);
  static constexpr bool holds(FieldSet given) noexcept { return !(given & fields).empty(); }
};

/// A condition for `OnlyWith`: all of the fields are given.
template <class... Tags>
struct AllOf {
  static constexpr FieldSet fields = (FieldSet{} | ... | Tags::carried);
  static constexpr bool holds(FieldSet given) noexcept { return (given & fields) == fields; }
};

/// The parts of a body, whatever its encoding: union of what they carry, first fault of their
/// checks.
template <class... Elements>
struct ElementList {
  static_assert(
      (detail::is_an_element<Elements> && ... && true),
      "florin: something stands among the elements of a body that is none: a limit belongs "
      "into the `Put<...>` or `Entries<...>` that it limits");
  static constexpr bool confidential = (detail::is_confidential<Elements>() || ... || false);
  static constexpr bool sends_key = (detail::sends_key<Elements>() || ... || false);
  static constexpr bool sends_id = (detail::sends_id<Elements>() || ... || false);
  static constexpr bool has_entries = (detail::has_entries<Elements>() || ... || false);
  static constexpr bool sends_payment_token =
      (detail::sends_payment_token<Elements>() || ... || false);
  static constexpr bool needs_payment_token =
      (detail::needs_payment_token<Elements>() || ... || false);
  static constexpr FieldSet shared = (FieldSet{} | ... | detail::shared_by<Elements>());
  static constexpr FieldSet carried = (FieldSet{} | ... | Elements::carried);
  static constexpr FieldSet required = (FieldSet{} | ... | Elements::required);

  static constexpr std::size_t max_length([[maybe_unused]] Field field) noexcept {
    return florin::detail::least(unlimited, Elements::max_length(field)...);
  }
  static constexpr std::size_t max_entries() noexcept {
    return florin::detail::least(unlimited, Elements::max_entries()...);
  }
  static constexpr std::size_t reserved_entries() noexcept {
    return (std::size_t{0} + ... + Elements::reserved_entries());
  }
  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    return first_fault<Ctx, Elements...>(context);
  }

 private:
  template <class Ctx>
  static constexpr Fault first_fault(const Ctx&) noexcept {
    return {};
  }
  // Not assigned from one check to the next: copying what was just written piecewise is slow.
  template <class Ctx, class First, class... Rest>
  [[gnu::aligned(florin::detail::code_line)]] static constexpr Fault first_fault(
      const Ctx& context) noexcept {
    if (const Fault fault = First::check(context)) return fault;
    return first_fault<Ctx, Rest...>(context);
  }
};

/// Elements that go out only when `Condition` (`AnyOf`, `AllOf`) holds of the given fields.
/// Otherwise their fields are reported as dropped, and what is `Required` among them is not.
template <class Condition, class... Elements>
struct OnlyWith : ElementList<Elements...> {
  static_assert((detail::is_without_payment_token<Elements> && ... && true),
                "florin: a payment token is given beside the fields, and may not be lost for want "
                "of them: put it outside of OnlyWith");
  static constexpr FixedString<1> wire_name{};
  static constexpr FieldSet required{};
  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    return Condition::holds(context.given) ? ElementList<Elements...>::check(context) : Fault{};
  }
};

}  // namespace florin::wire
