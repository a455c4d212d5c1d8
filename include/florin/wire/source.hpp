// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/fixed_string.hpp>
#include <florin/secret.hpp>
#include <florin/wire/utf8.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

/// Where the values of wire members come from: the unified fields themselves (`field::Email`),
/// parts of them (`GivenName`), credentials and the idempotency key.
///
/// A source is a type with `static Value read(const Context&)` and the set of fields it `carried`.
/// Where its values are numbers, `static constexpr bool is_number = true` has JSON write them so:
/// what it returns has to be JSON then. Such a source has an `id`, the field that it is of.
namespace florin::wire {

/// Everything that a source may read while a request is encoded. Views only: nothing is owned.
/// \tparam ChangeType of a request that changes a customer, what the policy's declaration says of
/// that, see `ChangeOf`; void: the request makes one.
template <class RequestType, class CredentialsType, class ChangeType = void>
struct Context {
  using Request = RequestType;          ///< what is encoded
  using Credentials = CredentialsType;  ///< the policy's
  using Change = ChangeType;            ///< void: no change
  const Request& request;               ///< the unified fields
  const Credentials& credentials;       ///< of the call
  std::string_view idempotency_key{};   ///< empty: none is sent
  FieldSet given{};                     ///< what the request gives, see `with_full_name`
  std::string_view access_token{};      ///< where the policy exchanges its credentials for one
  std::string_view salt{};              ///< where requests are signed
  std::int64_t timestamp = 0;           ///< likewise, in Unix seconds
  FieldSet touched{};                   ///< of a change: the fields that are changed
  std::string_view payment_token{};     ///< the processor's own of a payment method

  /// The same for another request, which has to outlive what is returned.
  [[nodiscard]] constexpr Context with(const Request& other) const noexcept {
    return {other, credentials, idempotency_key, given,        access_token,
            salt,  timestamp,   touched,         payment_token};
  }
};

/// Satisfied by the context of a request that changes a customer.
template <class Ctx>
concept Changing = !std::is_void_v<typename Ctx::Change>;

/// A text in up to three pieces, so that joined values need no copy.
struct Value {
  std::string_view first{};   ///< the text, or its first piece
  std::string_view joint{};   ///< between the two
  std::string_view second{};  ///< empty: there is one piece

  /// Whether there is no value.
  [[nodiscard]] constexpr bool empty() const noexcept { return first.empty() && second.empty(); }
  /// Bytes of all pieces.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return first.size() + joint.size() + second.size();
  }
  /// Whether `accepts` holds for every byte.
  template <class Predicate>
  [[nodiscard]] constexpr bool all_of(Predicate accepts) const noexcept {
    for (auto piece : {first, joint, second})
      for (char c : piece)
        if (!accepts(c)) return false;
    return true;
  }
  /// Code points of all pieces.
  // Inline also where it is seldom called: else each value is written to memory for it.
  [[nodiscard, gnu::always_inline]] constexpr std::size_t characters() const noexcept {
    return count_characters(first) + count_characters(joint) + count_characters(second);
  }
};

/// The name in full: what `Put<"name", field::Name>` sends. Without a full name it is the two parts
/// with a blank between them.
struct FullName {
  static constexpr Field id = Field::name;
  static constexpr FieldSet carried = name_fields;
  static constexpr FieldSet principal{Field::name};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const auto& request = context.request;
    if (!request.name.empty() || request.given_name.empty()) return {.first = request.name};
    return {.first = trim(request.given_name), .joint = " ", .second = trim(request.family_name)};
  }
};

namespace detail {

/// Bytes before the first white space.
constexpr std::size_t first_word_size(std::string_view text) noexcept {
  std::size_t end = 0;
  while (end < text.size() && blank_size(text.substr(end)) == 0) ++end;
  return end;
}

}  // namespace detail

/// The given name; where only a full name is given, its first word.
struct GivenName {
  static constexpr Field id = Field::name;
  static constexpr Field part = Field::given_name;
  static constexpr FieldSet carried = name_fields;
  static constexpr FieldSet principal{Field::name};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    if (!context.request.given_name.empty()) return {.first = context.request.given_name};
    const std::string_view name = trim(context.request.name);
    return {.first = name.substr(0, detail::first_word_size(name))};
  }
};

/// The family name; where only a full name is given, all of it behind the first word, and absent
/// when the name is a single word.
struct FamilyName {
  static constexpr Field id = Field::name;
  static constexpr Field part = Field::family_name;
  static constexpr FieldSet carried = name_fields;
  static constexpr FieldSet principal{Field::name};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    if (!context.request.family_name.empty()) return {.first = context.request.family_name};
    const std::string_view name = trim(context.request.name);
    return {.first = trim(name.substr(detail::first_word_size(name)))};
  }
  static constexpr std::string_view absent = "is a single word, but a family name is required";
};

/// Two fields that share one place, joined with `", "` when both are given.
template <class First, class Second>
struct Joined {
  static constexpr FieldSet shared = First::carried | Second::carried;
  static constexpr Field id = First::id;
  static constexpr FieldSet carried = First::carried | Second::carried;
  static constexpr FieldSet principal = First::carried;
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view first = First::get(context.request);
    const std::string_view second = Second::get(context.request);
    if (first.empty()) return {.first = second};
    if (second.empty()) return {.first = first};
    return {.first = first, .joint = ", ", .second = second};
  }
};

/// A text of at most `Capacity` bytes that was computed. Not copied, since it views itself.
template <std::size_t Capacity>
class ComputedValue : public Value {
 public:
  constexpr ComputedValue() noexcept = default;
  ComputedValue(const ComputedValue&) = delete;
  ComputedValue& operator=(const ComputedValue&) = delete;
  /// Appends `c` while there is room.
  constexpr void push(char c) noexcept {
    if (size_ < Capacity) text_[size_++] = c;
    first = {text_, size_};
  }

 private:
  char text_[Capacity]{};
  std::size_t size_ = 0;
};

namespace detail {

/// Asserted so that the compiler shows the tag.
template <class Tag>
inline constexpr bool is_phone = Tag::id == Field::phone;

/// Whether a phone number may have that in it.
constexpr bool is_phone_character(char c) noexcept {
  constexpr std::uint64_t all = [] {
    std::uint64_t bits = 0;
    for (const char each : std::string_view{"0123456789+-. /()"}) bits |= std::uint64_t{1} << each;
    return bits;
  }();
  return static_cast<unsigned char>(c) < 64 && (all >> static_cast<unsigned char>(c) & 1) != 0;
}

/// A phone number without what is there for the eye: blanks, hyphens, dots, slashes and brackets.
template <class Tag, bool KeepsPlus>
struct PhoneNumber {
  static constexpr Field id = Tag::id;
  static constexpr FieldSet carried = Tag::carried;
  /// The number, in an object that must not be copied.
  class Number : public ComputedValue<33> {
   public:
    constexpr explicit Number(std::string_view text) noexcept {
      for (char c : text)
        if ((c >= '0' && c <= '9') || (KeepsPlus && c == '+')) push(c);
    }
    constexpr Number(std::string_view text, bool as_it_is) noexcept
        : Number(as_it_is ? std::string_view{} : text) {
      if (as_it_is) first = text;
    }
  };
  template <class Ctx>
  static constexpr Number read(const Ctx& context) noexcept {
    if constexpr (Changing<Ctx>) {  // what does not change is what the processor has
      return Number{Tag::get(context.request), !context.touched.contains(Tag::id)};
    } else {
      return Number{Tag::get(context.request)};
    }
  }
  /// \return why the field has no such form; empty: it has, or is absent.
  template <class Ctx>
  static constexpr std::string_view fault(const Ctx& context) noexcept {
    const std::string_view text = Tag::get(context.request);
    constexpr std::string_view wrong = "is not a phone number";
    if (text.size() > 32) return wrong;
    std::size_t digits = 0;
    bool plus = false;
    for (const char c : text) {
      if (!is_phone_character(c)) return wrong;
      if (c == '+' && (plus || digits != 0)) return wrong;
      plus = plus || c == '+';
      if (c >= '0' && c <= '9') ++digits;
    }
    if (!text.empty() && digits == 0) return wrong;
    return {};
  }
};

/// How many digits the calling code has that a number in digits begins with; 0: none is assigned
/// that begins so. Codes are of one digit or two, and all others of three, so no code begins with
/// another one. Source: List of ITU-T Recommendation E.164 assigned country codes.
constexpr std::size_t calling_code_size(std::string_view digits) noexcept {
  if (digits.empty() || digits.front() == '0') return 0;
  if (digits.front() == '1' || digits.front() == '7') return 1;
  if (digits.size() < 2) return 0;
  constexpr std::array<std::string_view, 10> of_two_digits{
      "", "", "07", "0123469", "013456789", "12345678", "0123456", "", "1246", "0123458"};
  const std::string_view seconds = of_two_digits[static_cast<std::size_t>(digits.front() - '0')];
  for (const char second : seconds)
    if (digits[1] == second) return 2;
  return digits.size() < 3 ? 0 : 3;
}

/// One part of a phone number that begins with the calling code of its country.
template <class Tag, bool IsCode>
struct PhonePart : PhoneNumber<Tag, false> {
  static_assert(is_phone<Tag>,
                "florin: a calling code is a part of a phone number: write "
                "`CallingCode<field::Phone>` and `NationalNumber<field::Phone>`");
  class Part : public ComputedValue<33> {
   public:
    /// \param lenient a number without a code is all national; else it has no parts.
    constexpr Part(std::string_view text, bool lenient) noexcept {
      const typename PhoneNumber<Tag, false>::Number number{text};
      const std::string_view digits = number.first;
      const std::size_t code = calling_code_size(digits);
      const bool splits = code != 0 && digits.size() > code;
      if (!splits && !lenient) return;
      const std::string_view national = digits.substr(splits ? code : 0);
      for (const char c : IsCode ? digits.substr(0, digits.size() - national.size()) : national)
        push(c);
    }
  };
  template <class Ctx>
  static constexpr Part read(const Ctx& context) noexcept {
    if constexpr (Changing<Ctx>) {  // what does not change is what the processor has
      return Part{Tag::get(context.request), !context.touched.contains(Tag::id)};
    } else {
      return Part{Tag::get(context.request), false};
    }
  }
  /// \return why the field has no such parts; empty: it has, or is absent.
  template <class Ctx>
  static constexpr std::string_view fault(const Ctx& context) noexcept {
    const std::string_view text = Tag::get(context.request);
    if (text.empty()) return {};
    if (const auto reason = PhoneNumber<Tag, false>::fault(context); !reason.empty()) return reason;
    if (text.find('+') == std::string_view::npos || read(context).empty())
      return "has no calling code: begin it with a plus and the code of its country, such as "
             "+44 20 7946 0000";
    return {};
  }
};

}  // namespace detail

/// The calling code of a phone number, without a plus, such as `44`: where the processor has a
/// place of its own for it, beside `NationalNumber`. The number has to begin with `+` and the code.
///
/// An update that sends the number again because it belongs to what is replaced takes it from the
/// record, which has to have code and number in one, with a plus or without: where they are apart,
/// `json::Record::calling_code` joins them. A number there that begins with no code goes out as
/// national alone.
template <class Tag>
struct CallingCode : detail::PhonePart<Tag, true> {};

/// The digits of a phone number behind its calling code; see `CallingCode`.
template <class Tag>
struct NationalNumber : detail::PhonePart<Tag, false> {};

namespace detail {

/// Asserted so that the compiler shows the tag.
template <class Tag>
inline constexpr bool is_line = Tag::id == Field::address_line1;

/// A line of an address: the number that it begins with, and what is behind.
struct Line {
  std::string_view number{};  ///< of a house; empty: the line begins with none
  std::string_view street{};  ///< the rest; the whole line where there is no number
};

/// Splits a line at a blank, so that nothing is lost. A number has up to nine digits and no zero at
/// its beginning; one with `de` behind it is a date, and so the street's name (25 de Mayo 1234).
constexpr Line split_line(std::string_view line) noexcept {
  const std::string_view number = line.substr(0, line.find(' '));
  const bool is_number = !number.empty() && number.size() <= 9 && number.front() != '0' &&
                         number.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_number || number.size() == line.size()) return {.street = line};
  const std::string_view street = line.substr(number.size() + 1);
  const std::size_t word = first_word_size(street);  // none where another blank follows
  const bool is_date = word == 2 && (street[0] | 0x20) == 'd' && (street[1] | 0x20) == 'e';
  if (word == 0 || is_date) return {.street = line};
  return {number, street};
}

/// One part of the first line of an address.
template <class Tag>
struct LinePart {
  static_assert(is_line<Tag>,
                "florin: a house number is a part of an address's first line: write "
                "`HouseNumber<field::AddressLine1>` and `StreetName<field::AddressLine1>`");
  static constexpr Field id = Tag::id;
  static constexpr FieldSet carried = Tag::carried;
};

}  // namespace detail

/// The number that the first line of an address begins with, where the processor has a place of its
/// own for it, beside `StreetName`: `123` of "123 Main Street". Absent where the line begins with
/// none; an update to such a line removes the number that there was, as `cleared_by` says. A number
/// in JSON. `json::Record::address_number` reads the two as one.
template <class Tag>
struct HouseNumber : detail::LinePart<Tag> {
  static constexpr bool is_number = true;  ///< in JSON
  /// The number of a request's line.
  template <class Request>
  static constexpr std::string_view get(const Request& request) noexcept {
    return detail::split_line(Tag::get(request)).number;
  }
};

/// The first line of an address without that number; see `HouseNumber`.
template <class Tag>
struct StreetName : detail::LinePart<Tag> {
  /// The rest of a request's line.
  template <class Request>
  static constexpr std::string_view get(const Request& request) noexcept {
    return detail::split_line(Tag::get(request)).street;
  }
};

/// The digits of a phone number, where the processor documents that it takes nothing else.
template <class Tag>
struct Digits : detail::PhoneNumber<Tag, false> {};

/// A phone number in the form of E.164, where the processor documents that: the digits, behind a
/// `+` if the number begins with one.
template <class Tag>
struct E164 : detail::PhoneNumber<Tag, true> {};

/// The idempotency key of the call. Carries no unified field.
struct IdempotencyKey {
  static constexpr FieldSet carried{};
  /// What it is when a `Required` key is not given.
  static constexpr Errc missing = Errc::invalid_idempotency_key;
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    return {.first = context.idempotency_key};
  }
};

/// The processor's own token of a payment method, which is given beside the request:
/// `Put<"card_token", PaymentToken, Required>` in a body, where the processor makes no customer
/// without one. Carries no unified field; a secret. Whether it is given where it is required, and
/// nowhere else, is checked by `encode` and not by `validate`.
struct PaymentToken {
  static constexpr FieldSet carried{};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    return {.first = context.payment_token};
  }
};

/// The processor's id of the customer that an operation is about, where it goes into the body:
/// `Put<"customerId", CustomerId>`. Carries no unified field.
struct CustomerId {
  static constexpr FieldSet carried{};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    return {.first = context.request.connector_customer_id};
  }
};

/// The page that a find asks for: `Put<"page", PageToken<"1">>`. Carries no unified field.
/// \tparam First what is sent for the first page; empty: nothing.
template <FixedString First = "">
struct PageToken {
  static constexpr FieldSet carried{};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view page = context.request.page;
    return {.first = page.empty() ? First.view() : page};
  }
};

/// The text of a credential member, whatever its type.
inline std::string_view reveal(const Secret& secret) noexcept {
  return secret.reveal();
}
/// \copydoc reveal(const Secret&)
inline std::string_view reveal(const std::string& text) noexcept {
  return text;
}
/// \copydoc reveal(const Secret&)
template <class T>
std::string_view reveal(const std::optional<T>& text) noexcept {
  return text ? reveal(*text) : std::string_view{};
}

/// A member of the policy's `Credentials`: `FromCredential<&Credentials::api_key>`.
template <auto Member>
struct FromCredential {
  static constexpr bool confidential = true;
  static constexpr FieldSet carried{};
  template <class Ctx>
  static Value read(const Ctx& context) noexcept {
    return {.first = reveal(context.credentials.*Member)};
  }
};

/// A unified field's own tag, not something computed from it.
template <class T>
concept FieldTag = requires {
  T::id;
}
&&std::derived_from<T, field::Tag<T, T::id>>;

/// What a policy means by a source: `field::Name` is the full name, whichever way it is given.
template <class Source>
using Meant = std::conditional_t<std::same_as<Source, field::Name>, FullName, Source>;

/// Reads any source: a tag's field, or what the source computes.
template <class Source, class Ctx>
constexpr auto read(const Ctx& context) noexcept {
  if constexpr (std::same_as<Source, field::Name>) {
    return FullName::read(context);
  } else if constexpr (requires { Source::get(context.request); }) {
    return Value{.first = Source::get(context.request)};
  } else {
    return Source::read(context);
  }
}

}  // namespace florin::wire
