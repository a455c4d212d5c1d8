// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/fixed_string.hpp>
#include <florin/wire/base64.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/source.hpp>
#include <florin/wire/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What goes into the request head: fixed headers, credentials, the idempotency key.
namespace florin::wire {

namespace detail {

/// Visible ASCII and blanks: what a header value may hold.
constexpr bool is_header_text(std::string_view text) noexcept {
  return no_byte(text, [](std::uint64_t word) {
    return Word::not_ascii(word) | Word::below(word, 0x20) | Word::equal(word, 0x7f);
  });
}

/// The name of a header; empty for one of a policy's own that does not tell.
template <class Part>
constexpr std::string_view header_name() noexcept {
  if constexpr (requires { Part::name; }) return Part::name;
  return {};
}
template <class Part>
constexpr bool is_header(std::string_view wanted) noexcept {
  return !wanted.empty() && same_name(header_name<Part>(), wanted);
}

}  // namespace detail

/// Fixed text inside a header value.
template <FixedString TextValue>
struct Literal {
  static constexpr auto text = TextValue;
};

/// A request header: `Header<"Stripe-Account", FromCredential<&Credentials::account>>`.
/// \tparam Name the header's name.
/// \tparam Parts `Literal` and sources, joined; the header is left out when a source is empty.
template <FixedString Name, class... Parts>
struct Header {
  static constexpr std::string_view name = Name.view();
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out) {
    if ((is_absent<Parts>(context) || ... || false)) return;
    static constexpr auto prefix = concat<Name, ": ">();
    constexpr std::string_view end = "\r\n";
    const std::size_t size = prefix.size() + (std::size_t{0} + ... + size_of<Parts>(context));
    char* to = copy(out.room(size + end.size()), prefix.view());
    ((to = write_part<Parts>(context, to)), ...);
    out.end_at(copy(to, end));
  }

 private:
  template <class Part, class Ctx>
  static std::size_t size_of(const Ctx& context) {
    if constexpr (requires { Part::text; }) {
      return Part::text.size();
    } else {
      return wire::read<Part>(context).size();
    }
  }
  template <class Part, class Ctx>
  static bool is_absent(const Ctx& context) {
    if constexpr (requires { Part::text; }) {
      return false;
    } else {
      return wire::read<Part>(context).empty();
    }
  }
  template <class Part, class Ctx>
  static char* write_part(const Ctx& context, char* to) {
    if constexpr (requires { Part::text; }) {
      return copy(to, Part::text.view());
    } else {
      const auto value = wire::read<Part>(context);
      return copy(copy(copy(to, value.first), value.joint), value.second);
    }
  }
};

/// `Authorization: Bearer <credential>`.
template <auto Member>
using BearerAuth = Header<"Authorization", Literal<"Bearer ">, FromCredential<Member>>;

/// `Authorization: Basic base64(text)`, the text made of sources and literals without separators.
template <class... Parts>
struct BasicHeader {
  static constexpr std::string_view name = "Authorization";
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out) {
    const std::size_t size = (std::size_t{0} + ... + part<Parts>(context).size());
    out.reserve(32 + (size + 2) / 3 * 4);
    out.put("Authorization: Basic ");
    detail::Base64Writer base64{out};
    (base64.put(part<Parts>(context)), ...);
    base64.finish();
    out.put("\r\n");
  }

 private:
  template <class Part, class Ctx>
  static std::string_view part(const Ctx& context) noexcept {
    if constexpr (requires { Part::text; }) {
      return Part::text.view();
    } else {
      return wire::read<Part>(context).first;
    }
  }
};

/// `Authorization: Basic base64(user:password)`; without a second member the password is empty. A
/// user name with a colon is refused: it would end there (RFC 7617).
template <auto User, auto... Password>
requires(sizeof...(Password) <= 1) struct BasicAuth
    : BasicHeader<FromCredential<User>, Literal<":">, FromCredential<Password>...> {
  /// \return why `credentials` cannot be sent in this header, or no fault.
  template <class Credentials>
  static Fault check(const Credentials& credentials) noexcept {
    if (reveal(credentials.*User).find(':') == std::string_view::npos) return {};
    return {Errc::invalid_credentials, std::nullopt, "the user name of Basic has a colon"};
  }
};

/// `Authorization: Basic base64(credential)`, for a credential that has the form `user:password`.
template <auto Member>
using BasicKey = BasicHeader<FromCredential<Member>>;

/// Why `credentials` cannot be sent in a header, or in headers; or no fault.
template <class Part, class Credentials>
Fault check_headers(const Credentials& credentials) noexcept {
  if constexpr (requires { Part::check(credentials); }) return Part::check(credentials);
  return {};
}

/// The request headers of a policy, beside `Host`, `Content-Length`, `Content-Type`, `Accept` and
/// `User-Agent`, which every request has.
template <class... Parts>
struct Headers {
  /// How many of these headers have the name `wanted`, without regard to letter case.
  static constexpr std::size_t count([[maybe_unused]] std::string_view wanted) noexcept {
    return (std::size_t{0} + ... + (detail::is_header<Parts>(wanted) ? 1U : 0U));
  }
  /// Whether two of them have one name, or one has a name that every request has already.
  static constexpr bool repeats() noexcept {
    for (const std::string_view always :
         {"Host", "Content-Length", "Content-Type", "Accept", "User-Agent"})
      if (count(always) != 0) return true;
    return ((count(detail::header_name<Parts>()) > 1) || ... || false);
  }
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out) {
    (Parts::write(context, out), ...);
  }
  /// \copydoc check_headers
  template <class Credentials>
  static Fault check([[maybe_unused]] const Credentials& credentials) noexcept {
    Fault fault;
    (void)((fault = check_headers<Parts>(credentials), !fault) && ...);
    return fault;
  }
};

/// A credential that has to be there: its name (for the environment and for messages) and its
/// member of `Credentials`, a `Secret`, a `std::string` or a `std::optional` of one.
template <FixedString Name, auto Member>
struct Credential {
  static constexpr std::string_view name = Name.view();
  static constexpr bool optional = false;
  static constexpr auto member = Member;
  static constexpr auto missing = concat<"the credentials lack ", Name>();
  static constexpr auto unusable =
      concat<"the credential ", Name, " has a character that is not visible ASCII">();
};

/// A credential that may be left out.
template <FixedString Name, auto Member>
struct OptionalCredential : Credential<Name, Member> {
  static constexpr bool optional = true;
};

/// Every credential of a policy, in the order in which a person would give them.
template <class... Parts>
struct CredentialList {
  static constexpr std::size_t size = sizeof...(Parts);
  /// \return why `credentials` cannot be used, or no fault.
  template <class Credentials>
  static Fault check(const Credentials& credentials) noexcept {
    return first_fault<Credentials, Parts...>(credentials);
  }
  /// Calls `visit.operator()<Part>()` for each credential.
  template <class Visitor>
  static constexpr void describe(Visitor&& visit) {
    (visit.template operator()<Parts>(), ...);
  }

 private:
  template <class Credentials>
  static Fault first_fault(const Credentials&) noexcept {
    return {};
  }
  template <class Credentials, class First, class... Rest>
  static Fault first_fault(const Credentials& credentials) noexcept {
    if (const Fault fault = check_one<First>(credentials)) return fault;
    return first_fault<Credentials, Rest...>(credentials);
  }
  template <class Part, class Credentials>
  static Fault check_one(const Credentials& credentials) noexcept {
    const std::string_view value = reveal(credentials.*Part::member);
    if (value.empty()) [[unlikely]] {
      if (Part::optional) return {};
      return {Errc::invalid_credentials, std::nullopt, Part::missing.view()};
    }
    if (!detail::is_header_text(value) || value.front() == ' ' || value.back() == ' ') [[unlikely]]
      return {Errc::invalid_credentials, std::nullopt, Part::unusable.view()};
    return {};
  }
};

}  // namespace florin::wire
