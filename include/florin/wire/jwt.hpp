// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/fixed_string.hpp>
#include <florin/wire/base64.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/signature.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

/// For processors that want a JSON Web Token of its own with every request.
namespace florin::wire {

namespace detail {

/// Counts characters instead of writing them.
struct Counter {
  std::size_t size = 0;
  void put(char) noexcept { ++size; }
  void put(std::string_view text) noexcept { size += text.size(); }
};

/// Characters of the base64 form for URLs.
constexpr std::size_t base64url_size(std::size_t bytes) noexcept {
  return (bytes * 4 + 2) / 3;
}

/// Puts `text` as a JSON string escapes it.
template <class Out>
void put_escaped(Out& out, std::string_view text) {
  std::array<char, 6> escaped;
  for (const char& c : text)
    out.put(std::string_view{escaped.data(), put_json(escaped.data(), {&c, 1})});
}

}  // namespace detail

/// A claim of a token, a text: `Claim<"iss", FromCredential<&Credentials::merchant_id>>`.
/// \tparam Part a source, `Literal`, or a part of what is signed, such as `PathAlone`.
template <FixedString Name, class Part>
struct Claim {
  static constexpr auto before = concat<",", detail::json_name<Name>(), "\"">();

  template <class Ctx, class Out>
  static void write(const Ctx& context, const WrittenRequest& request, Out& out) {
    out.put(before.view());
    if constexpr (std::same_as<Out, detail::Counter> && std::same_as<Part, BodyDigest>) {
      out.size += BodyDigest::size;  // there is no body yet
    } else {
      detail::each_piece<Part>(context, request,
                               [&out](std::string_view piece) { detail::put_escaped(out, piece); });
    }
    out.put('"');
  }
};

/// Claims of requests that have a body.
template <class... Claims>
struct WithBody {
  template <class Ctx, class Out>
  static void write(const Ctx& context, const WrittenRequest& request, Out& out) {
    if (request.has_body) (Claims::write(context, request, out), ...);
  }
};

/// The header `Authorization: Bearer` with a JSON Web Token (RFC 7519) that is signed with
/// HMAC-SHA256 (`HS256`) for each request. The policy declares it as `using Signature = ...`.
/// \tparam SecretMember the credential that is the key, in base64, of at most 1024 bytes.
/// \tparam KeyMember the credential that is the claim `kid`, in the token's header.
/// \tparam Seconds from `iat`, the time of the request, to `exp`.
/// \tparam Claims all further ones: `Claim`, `WithBody`.
/// Source: RFC 7515, RFC 7519.
template <auto SecretMember, auto KeyMember, std::int64_t Seconds, class... Claims>
struct JwtHeader {
  /// The line without its value.
  static constexpr auto prefix = FixedString{"Authorization: "};

  /// \return why `credentials` cannot sign, or no fault.
  template <class Credentials>
  static Fault check(const Credentials& credentials) noexcept {
    const detail::Base64Key key{reveal(credentials.*SecretMember)};
    if (!key.bytes().empty()) return {};
    return {Errc::invalid_credentials, std::nullopt,
            "the secret that signs is not base64 of 1 to 1024 bytes"};
  }
  /// Appends the line, with room for the token.
  /// \return where that is.
  template <class Ctx>
  static SignaturePlace reserve(const Ctx& context, const WrittenRequest& request, Buffer& out) {
    detail::Counter head;
    write_head(context, head);
    detail::Counter claims;
    write_claims(context, request, claims);
    const std::size_t size = detail::base64url_size(head.size) + 1 +
                             detail::base64url_size(claims.size) + 1 + detail::base64url_size(32);
    out.append(prefix.view());
    out.append("Bearer ");
    char* const token = out.room(size + 2);
    out.end_at(copy(std::fill_n(token, size, '='), "\r\n"));
    return {out.size() - size - 2, size};
  }
  /// Writes the token. Does nothing where `check` has a fault. Errors: `std::bad_alloc`.
  template <class Ctx>
  static void write(const Ctx& context, const WrittenRequest& request, char* to) {
    const detail::Base64Key key{reveal(context.credentials.*SecretMember)};
    if (key.bytes().empty()) return;
    detail::Pen pen{to};
    Encoder head{pen};
    write_head(context, head);
    head.finish();
    pen.put('.');
    Encoder claims{pen};
    write_claims(context, request, claims);
    claims.finish();
    detail::HmacSha256 hmac{key.bytes()};
    hmac.add({to, static_cast<std::size_t>(pen.at - to)});
    pen.put('.');
    Encoder signature{pen};
    signature.put(detail::text_of(hmac.finish()));
    signature.finish();
  }

 private:
  using Encoder = detail::Base64Writer<detail::Pen, true>;

  template <class Ctx, class Out>
  static void write_head(const Ctx& context, Out& out) {
    out.put(R"({"alg":"HS256","kid":")");
    detail::put_escaped(out, reveal(context.credentials.*KeyMember));
    out.put(R"(","typ":"JWT"})");
  }
  template <class Ctx, class Out>
  static void write_claims(const Ctx& context, const WrittenRequest& request, Out& out) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() - Seconds;
    put_number(out, R"({"iat":)", context.timestamp);
    put_number(out, R"(,"exp":)", std::min(context.timestamp, most) + Seconds);
    (Claims::write(context, request, out), ...);
    out.put('}');
  }
  template <class Out>
  static void put_number(Out& out, std::string_view before, std::int64_t number) {
    out.put(before);
    out.put(Timestamp::Number{number}.first);
  }
};

}  // namespace florin::wire
