// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/fixed_string.hpp>
#include <florin/wire/base64.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/signature.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

/// For processors that want headers and a digest of the body signed.
namespace florin::wire {

/// When the request was signed, as `Tue, 06 Jan 2026 09:00:00 GMT` (RFC 9110, 5.6.7). Carries no
/// unified field.
struct HttpDate {
  static constexpr FieldSet carried{};
  /// The characters, in an object that must not be copied.
  class Text : public ComputedValue<29> {
   public:
    /// \param seconds since 1970; from the year 10000 on the last second before it.
    explicit constexpr Text(std::int64_t seconds) noexcept {
      using namespace std::chrono;
      const sys_seconds time{std::chrono::seconds{std::min<std::int64_t>(seconds, 253402300799)}};
      const sys_days date = floor<days>(time);
      const year_month_day parts{date};
      const hh_mm_ss clock{time - date};
      constexpr std::string_view names = "SunMonTueWedThuFriSat";
      constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
      put(names.substr(weekday{date}.c_encoding() * 3, 3));
      put(", ");
      put(static_cast<unsigned>(parts.day()), 2);
      put(" ");
      put(months.substr(static_cast<unsigned>(parts.month()) * 3 - 3, 3));
      put(" ");
      put(static_cast<unsigned>(static_cast<int>(parts.year())), 4);
      put(" ");
      put(static_cast<unsigned>(clock.hours().count()), 2);
      put(":");
      put(static_cast<unsigned>(clock.minutes().count()), 2);
      put(":");
      put(static_cast<unsigned>(clock.seconds().count()), 2);
      put(" GMT");
    }

   private:
    constexpr void put(std::string_view text) noexcept {
      for (const char c : text) push(c);
    }
    constexpr void put(unsigned number, int digits) noexcept {
      if (digits > 1) put(number / 10, digits - 1);
      push(static_cast<char>('0' + number % 10));
    }
  };
  template <class Ctx>
  static constexpr Text read(const Ctx& context) noexcept {
    return Text{context.timestamp};
  }
};

/// Four headers: one that says whose the request is, `Date`, `Digest` (with a body), and
/// `Signature`, which is `base64(HMAC-SHA256(secret, lines))` over the lines `host`, `date`,
/// `request-target`, `digest` and that of the owner. The policy declares it as `using Signature =
/// ...`.
/// \tparam SecretMember the credential that is the key, in base64, of at most 1024 bytes.
/// \tparam KeyMember the credential that is its `keyid`.
/// \tparam Owner the name of the header with the owner, in lower case, such as `v-c-merchant-id`.
/// \tparam OwnerMember the credential that stands there.
/// Source: https://developer.cybersource.com (REST, HTTP Signature).
template <auto SecretMember, auto KeyMember, FixedString Owner, auto OwnerMember>
struct HttpSignatureHeaders {
  /// The last line without its value.
  static constexpr auto prefix = FixedString{"Signature: "};

  /// \return why `credentials` cannot sign, or no fault.
  template <class Credentials>
  static Fault check(const Credentials& credentials) noexcept {
    const auto fault = [](std::string_view reason) {
      return Fault{Errc::invalid_credentials, std::nullopt, reason};
    };
    if (detail::Base64Key{reveal(credentials.*SecretMember)}.bytes().empty())
      return fault("the secret that signs is not base64 of 1 to 1024 bytes");
    if (reveal(credentials.*KeyMember).find_first_of("\"\\") != std::string_view::npos)
      return fault("the id of the key that signs has a quote or a backslash");
    return {};
  }
  /// Appends the lines, with room for digest and signature.
  /// \return where the signature is.
  template <class Ctx>
  static SignaturePlace reserve(const Ctx& context, const WrittenRequest& request, Buffer& out) {
    out.append(owner_line.view());
    out.append(reveal(context.credentials.*OwnerMember));
    out.append("\r\nDate: ");
    out.append(HttpDate::read(context).first);
    if (request.has_body) {
      out.append("\r\nDigest: SHA-256=");
      append_room(out);
    }
    out.append(before_key);
    out.append(reveal(context.credentials.*KeyMember));
    out.append(after_key(request));
    append_room(out);
    out.append("\"\r\n");
    return {out.size() - size - 3, size};
  }
  /// Writes digest and signature; the latter not where `check` has a fault. Errors:
  /// `std::bad_alloc`.
  template <class Ctx>
  static void write(const Ctx& context, const WrittenRequest& request, char* to) {
    const std::string_view key_id = reveal(context.credentials.*KeyMember);
    const auto digest = BodyDigest::of(request);
    if (request.has_body)
      copy(to - after_key(request).size() - key_id.size() - before_key.size() - size, digest.first);
    const detail::Base64Key key{reveal(context.credentials.*SecretMember)};
    if (key.bytes().empty()) return;
    detail::HmacSha256 hmac{key.bytes()};
    const auto add = [&hmac](std::initializer_list<std::string_view> pieces) {
      for (const std::string_view piece : pieces) hmac.add(piece);
    };
    add({"host: ", request.host, "\ndate: ", HttpDate::read(context).first});
    add({"\nrequest-target: ", MethodInLowerCase::of(request), " ", request.target});
    if (request.has_body) add({"\ndigest: SHA-256=", digest.first});
    add({"\n", owner_line.view(), reveal(context.credentials.*OwnerMember)});
    detail::Pen pen{to};
    detail::Base64Writer signature{pen};
    signature.put(detail::text_of(hmac.finish()));
    signature.finish();
  }

 private:
  static constexpr std::size_t size = BodyDigest::size;  // base64 of 32 bytes, both
  static constexpr auto owner_line = concat<Owner, ": ">();
  static constexpr std::string_view before_key = "\r\nSignature: keyid=\"";
  static constexpr auto with_body =
      concat<R"(", algorithm="HmacSHA256", headers="host date request-target digest )", Owner,
             R"(", signature=")">();
  static constexpr auto without_body =
      concat<R"(", algorithm="HmacSHA256", headers="host date request-target )", Owner,
             R"(", signature=")">();

  static constexpr std::string_view after_key(const WrittenRequest& request) noexcept {
    return request.has_body ? with_body.view() : without_body.view();
  }
  static void append_room(Buffer& out) {
    char* const to = out.room(size);
    out.end_at(std::fill_n(to, size, '='));
  }
};

}  // namespace florin::wire
