// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client.hpp>
#include <florin/testing/processor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Every policy with values planted in its credentials that stand nowhere else.
namespace florin_test {

/// How keys begin, which is no secret: processors show it.
inline constexpr std::string_view public_start = "sk_test_";
/// How a planted token of the exchange, and one of a payment method, is called.
inline constexpr std::string_view planted_access_token = "the access token";
inline constexpr std::string_view planted_payment_token = "the payment token";

/// A value that stands nowhere else.
struct Planted {
  std::string name;
  std::string value;
  bool secret = false;
};

/// Letters and digits that stand nowhere else.
inline std::string unusual(std::string_view prefix, std::size_t number) {
  std::string text{prefix};
  std::uint64_t state = number + 1;
  while (text.size() < 16) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    text += "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"[(state >> 33U) % 55U];
  }
  return text;
}

/// A policy without its types, with planted credentials.
struct PlantedSubject {
  std::string_view connector;
  bool exchanges_token = false;
  florin::testing::Processor processor;
  florin::NamedCredentials credentials;
  std::string payment_token;  ///< where it takes one
  std::vector<Planted> planted;
  /// Masked requests with these credentials, and those that are not masked.
  std::vector<std::string> masked;
  std::string open;

  /// A customer with planted personal data, the same but for reference and email.
  [[nodiscard]] florin::CreateRequest customer(std::size_t number) const {
    const std::string key = connector == "cybersource" ? "data1"
                            : connector == "nmi"       ? "1"
                                                       : unusual("key", 7);
    return {.merchant_customer_id = "m" + std::to_string(number),  // NMI: letters and digits
            .email = "qmail" + unusual("eM", 3) + std::to_string(number) + "@example.com",
            .name = unusual("giv", 4) + ' ' + unusual("fam", 5),
            .phone = "+19073846152",
            .description = unusual("desc", 6),
            .metadata = {{key, unusual("meta", 8)}},
            .address = {.line1 = unusual("one", 9),
                        .line2 = unusual("two", 10),
                        .city = unusual("city", 11),
                        .state = "IL",
                        .zip = "92-4718",
                        .country = "US"}};
  }
};

/// In so many parts `parts/planted_subjects.cpp` is compiled, side by side, for it takes long.
inline constexpr std::size_t planted_parts = 3;

/// Fills the subject of a connector, which has its processor, if it is among every
/// `planted_parts`th policy from the one with this number. Errors: those of
/// `florin::Result::value`.
/// \return whether it is.
template <std::size_t Part>
bool plant(std::string_view connector, PlantedSubject& subject);

}  // namespace florin_test
