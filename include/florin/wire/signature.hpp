// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/fixed_string.hpp>
#include <florin/net/detail/openssl.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/endpoint.hpp>
#include <florin/wire/header.hpp>
#include <florin/wire/source.hpp>

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

/// The parts of a request that exist only once it is written.
struct WrittenRequest {
  Method method;
  std::string_view target;  ///< what follows the host: path and query
  std::string_view body;    ///< exact bytes
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

namespace detail {

/// HMAC-SHA256 over pieces. Errors: `std::bad_alloc`.
class HmacSha256 {
 public:
  using Digest = std::array<unsigned char, 32>;

  explicit HmacSha256(std::string_view key) : context_(EVP_MAC_CTX_new(algorithm())) {
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
  /// Never freed: other threads may use it while the process ends.
  static EVP_MAC* algorithm() {
    static EVP_MAC* const fetched = [] {
      net::detail::initialise_openssl();
      return EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    }();
    expect(fetched != nullptr);
    return fetched;
  }
  static void expect(bool done) {
    if (!done) throw std::bad_alloc{};
  }

  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace detail

/// A request header that holds `base64(hexadecimal(HMAC-SHA256(secret, parts)))`, the hexadecimal
/// digits in lower case. The policy declares it as `using Signature = ...`.
/// \tparam Name the header. \tparam SecretMember the credential that is the key; it is also masked
/// in dumps. \tparam Parts what is signed, joined: sources, `Literal`, `MethodInLowerCase`,
/// `Target`, `BodyBytes`.
template <FixedString Name, auto SecretMember, class... Parts>
struct HmacSha256HexHeader {
  /// The line without its value.
  static constexpr auto prefix = concat<Name, ": ">();
  /// Characters of the value.
  static constexpr std::size_t size = 88;

  /// Appends the line, with room for the value.
  static void reserve(Buffer& out) {
    out.append(prefix.view());
    out.reserve(size + 2);
    for (std::size_t i = 0; i < size; ++i) out.put('=');
    out.put("\r\n");
  }
  /// Computes the value. \param to room for `size` characters. Errors: `std::bad_alloc`.
  template <class Ctx>
  static void write(const Ctx& context, const WrittenRequest& request, char* to) {
    detail::HmacSha256 hmac{reveal(context.credentials.*SecretMember)};
    (add<Parts>(context, request, hmac), ...);
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

 private:
  template <class Part, class Ctx>
  static void add(const Ctx& context, const WrittenRequest& request, detail::HmacSha256& hmac) {
    if constexpr (requires { Part::of(request); }) {
      hmac.add(Part::of(request));
    } else if constexpr (requires { Part::text; }) {
      hmac.add(Part::text.view());
    } else {
      const auto& value = wire::read<Part>(context);
      hmac.add(value.first);
      hmac.add(value.joint);
      hmac.add(value.second);
    }
  }
};

}  // namespace florin::wire
