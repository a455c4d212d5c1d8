// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/fixed_string.hpp>
#include <florin/net/detail/fetched.hpp>
#include <florin/net/detail/fork_hold.hpp>
#include <florin/wire/base64.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/endpoint.hpp>
#include <florin/wire/header.hpp>
#include <florin/wire/source.hpp>
#include <florin/wire/uuid.hpp>
#include <florin/wire/written_request.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/// For processors that want every request signed: what is signed, and the header that holds it.
namespace florin::wire {

/// The random text of a signed request. Carries no unified field.
struct Salt {
  static constexpr FieldSet carried{};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    return {.first = context.salt};
  }
};

/// When the request was signed, in Unix seconds. Carries no unified field.
struct Timestamp {
  static constexpr FieldSet carried{};
  /// The decimal digits, in an object that must not be copied.
  class Number : public ComputedValue<20> {
   public:
    /// \param seconds since 1970.
    explicit Number(std::int64_t seconds) noexcept {
      std::array<char, 20> digits;
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), seconds).ptr;
      for (const char* c = digits.data(); c != end; ++c) push(*c);
    }
  };
  template <class Ctx>
  static Number read(const Ctx& context) noexcept {
    return Number{context.timestamp};
  }
};

/// The method in lower case, as a part of what is signed.
struct MethodInLowerCase {
  static constexpr std::string_view of(const WrittenRequest& request) noexcept {
    constexpr std::array<std::string_view, 5> names{"get", "post", "put", "patch", "delete"};
    return names[static_cast<std::size_t>(request.method)];
  }
};

/// Path and query, as a part of what is signed.
struct Target {
  static constexpr std::string_view of(const WrittenRequest& request) noexcept {
    return request.target;
  }
};

/// The body, as a part of what is signed.
struct BodyBytes {
  static constexpr std::string_view of(const WrittenRequest& request) noexcept {
    return request.body;
  }
};

/// The method in capitals, as a part of what is signed.
struct MethodInCapitals {
  static constexpr std::string_view of(const WrittenRequest& request) noexcept {
    return to_string(request.method);
  }
};

/// The path without the query, as a part of what is signed.
struct PathAlone {
  static constexpr std::string_view of(const WrittenRequest& request) noexcept {
    return request.target.substr(0, request.target.find('?'));
  }
};

/// The name of the host without its port, as a part of what is signed.
struct HostName {
  static constexpr std::string_view of(const WrittenRequest& request) noexcept {
    const std::size_t colon = request.host.rfind(':');
    const bool in_address = request.host.ends_with(']');
    return colon == std::string_view::npos || in_address ? request.host
                                                         : request.host.substr(0, colon);
  }
};

/// A UUID of a signed request, made from its salt: version 4 in form. Carries no unified field.
struct SaltUuid {
  static constexpr FieldSet carried{};
  /// The characters, in an object that must not be copied.
  class Uuid : public ComputedValue<36> {
   public:
    /// \param salt of the request.
    explicit constexpr Uuid(std::string_view salt) noexcept {
      // Two numbers hold all of the salt; then each bit has its part in every other.
      std::array<std::uint64_t, 2> words{};
      for (std::size_t i = 0; i < salt.size(); ++i)
        words[i % 2] = words[i % 2] * 128 + static_cast<unsigned char>(salt[i]);
      words[0] = mixed(words[0] + 0x9E3779B97F4A7C15U);
      words[1] = mixed(words[1] ^ words[0]);
      std::array<unsigned char, 16> bytes{};
      for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<unsigned char>(words[i / 8] >> (i % 8 * 8));
      for (const char c : uuid_of(4, bytes.data())) push(c);
    }

   private:
    static constexpr std::uint64_t mixed(std::uint64_t word) noexcept {
      word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
      word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
      return word ^ (word >> 31U);
    }
  };
  template <class Ctx>
  static constexpr Uuid read(const Ctx& context) noexcept {
    return Uuid{context.salt};
  }
};

namespace detail {

/// SHA-256. Errors: `std::bad_alloc`.
inline std::array<unsigned char, 32> sha256(std::string_view text) {
  const net::detail::ForkHold hold;
  const EVP_MD* const algorithm = net::detail::Sha256Algorithm::get();
  std::array<unsigned char, 32> digest{};
  if (algorithm == nullptr ||
      EVP_Digest(text.data(), text.size(), digest.data(), nullptr, algorithm, nullptr) != 1)
    throw std::bad_alloc{};
  return digest;
}

/// Bytes as text.
template <std::size_t Size>
std::string_view text_of(const std::array<unsigned char, Size>& bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// HMAC-SHA256 over pieces. Errors: `std::bad_alloc`.
class HmacSha256 {
 public:
  using Digest = std::array<unsigned char, 32>;

  explicit HmacSha256(std::string_view key) {
    const net::detail::ForkHold hold;
    context_.reset(EVP_MAC_CTX_new(algorithm()));
    char name[] = "SHA256";
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end()};
    expect(context_ != nullptr &&
           EVP_MAC_init(context_.get(), reinterpret_cast<const unsigned char*>(key.data()),
                        key.size(), parameters.data()) == 1);
  }
  void add(std::string_view text) {
    expect(EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1);
  }
  [[nodiscard]] Digest finish() {
    Digest digest{};
    std::size_t size = 0;
    expect(EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) == 1);
    return digest;
  }

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
  };
  static EVP_MAC* algorithm() {
    EVP_MAC* const fetched = net::detail::HmacAlgorithm::get();
    expect(fetched != nullptr);
    return fetched;
  }
  static void expect(bool done) {
    if (!done) throw std::bad_alloc{};
  }

  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

/// Calls `visit(piece)` for each piece of a part of what is signed.
template <class Part, class Ctx, class Visitor>
void each_piece(const Ctx& context, const WrittenRequest& request, Visitor visit) {
  const auto visit_value = [&visit](const auto& value) {
    visit(value.first);
    visit(value.joint);
    visit(value.second);
  };
  if constexpr (requires { std::string_view{Part::of(request)}; }) {
    visit(std::string_view{Part::of(request)});
  } else if constexpr (requires { Part::of(request); }) {
    visit_value(Part::of(request));
  } else if constexpr (requires { Part::text; }) {
    visit(Part::text.view());
  } else {
    visit_value(wire::read<Part>(context));
  }
}

}  // namespace detail

/// The base64 form of the SHA-256 of the body, as a part of what is signed. Errors:
/// `std::bad_alloc`.
struct BodyDigest {
  /// Its characters, in an object that must not be copied.
  class Text : public ComputedValue<44> {
   public:
    /// \param body exact bytes. Errors: `std::bad_alloc`.
    explicit Text(std::string_view body) {
      detail::Base64Writer writer{*this};
      writer.put(detail::text_of(detail::sha256(body)));
      writer.finish();
    }
    /// Appends a character, for what writes base64.
    void put(char c) noexcept { push(c); }
  };
  static constexpr std::size_t size = 44;
  static Text of(const WrittenRequest& request) { return Text{request.body}; }
};

/// A request header that holds `base64(hexadecimal(HMAC-SHA256(secret, parts)))`, the hexadecimal
/// digits in lower case. The policy declares it as `using Signature = ...`.
/// \tparam Name the header.
/// \tparam SecretMember the credential that is the key; it is also masked in dumps.
/// \tparam Parts what is signed, joined: sources, `Literal`, `MethodInLowerCase`, `Target`,
/// `BodyBytes`.
template <FixedString Name, auto SecretMember, class... Parts>
struct HmacSha256HexHeader {
  /// The line without its value.
  static constexpr auto prefix = concat<Name, ": ">();
  /// Characters of the value.
  static constexpr std::size_t size = 88;

  /// Appends the line, with room for the value.
  /// \return where that is.
  template <class Ctx>
  static SignaturePlace reserve(const Ctx&, const WrittenRequest&, Buffer& out) {
    out.append(prefix.view());
    out.reserve(size + 2);
    const SignaturePlace place{out.size(), size};
    for (std::size_t i = 0; i < size; ++i) out.put('=');
    out.put("\r\n");
    return place;
  }
  /// Computes the value.
  /// \param context the request and what goes with it.
  /// \param request as it is sent.
  /// \param to room for `size` characters. Errors: `std::bad_alloc`.
  template <class Ctx>
  static void write(const Ctx& context, const WrittenRequest& request, char* to) {
    detail::HmacSha256 hmac{reveal(context.credentials.*SecretMember)};
    const auto add = [&hmac](std::string_view piece) { hmac.add(piece); };
    (detail::each_piece<Parts>(context, request, add), ...);
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<char, 64> hex;
    std::size_t at = 0;
    for (const unsigned char byte : hmac.finish()) {
      hex[at++] = digits[byte >> 4U];
      hex[at++] = digits[byte & 15U];
    }
    std::array<unsigned char, size + 1> text;
    EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(hex.data()), hex.size());
    std::copy_n(text.data(), size, to);
  }
};

}  // namespace florin::wire
