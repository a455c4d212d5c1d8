// SPDX-License-Identifier: Apache-2.0
// The subjects of one part of the policies, FLORIN_TEST_PART: see planted_subject.hpp.
#include <florin/masked.hpp>
#include <florin/policies.hpp>
#include <florin/testing/detail/conformance_subject.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "planted_subject.hpp"

namespace florin_test {
namespace {

using std::string;

/// A value for a credential.
/// \param usual the one that it stands for.
template <class Part>
string plant_credential(PlantedSubject& subject, const string& usual) {
  const bool is_base64 = Part::name == "shared_secret";
  string value = unusual(is_base64 ? "" : public_start, subject.planted.size() + 12);
  subject.planted.push_back({string{Part::name}, value, true});
  if (usual.find(':') != string::npos) {  // a user name and a password
    value += ':' + unusual(public_start, 20);
    subject.planted.push_back(
        {string{Part::name} + ", the password", unusual(public_start, 20), true});
  }
  return value;
}

template <class P>
void fill(PlantedSubject& subject) {
  string& text = subject.processor.credentials.front().text;
  auto credentials = florin::testing::detail::credentials_from_text<P>(text);
  if constexpr (requires { credentials.merchant_customer_id_field; })
    credentials.merchant_customer_id_field = "merchant_customer_id";
  subject.connector = P::name;
  subject.exchanges_token = florin::ExchangesToken<P>;
  std::size_t from = 0;
  P::CredentialNames::describe([&]<class Part>() {
    auto& member = credentials.*Part::member;
    const string usual{florin::wire::reveal(member)};
    if (usual.empty()) return;
    if constexpr (florin::detail::SecretMember<std::remove_cvref_t<decltype(member)>>) {
      const string value = plant_credential<Part>(subject, usual);
      member = value;
      if (const auto at = text.find(usual, from); at != string::npos) {
        text.replace(at, usual.size(), value);
        from = at + value.size();
      }
    }
    subject.credentials.emplace(string{Part::name},
                                florin::Secret{string{florin::wire::reveal(member)}});
  });
  // Always the same, so that it can be quoted.
  const string token_text = unusual(public_start, 19);
  subject.processor.token = token_text;
  if (florin::ExchangesToken<P>)
    subject.planted.push_back({string{planted_access_token}, token_text, true});
  if (florin::takes_payment_token<P, florin::Create>) {
    subject.payment_token = unusual(public_start, 21);
    subject.planted.push_back({string{planted_payment_token}, subject.payment_token, true});
  }

  const florin::EncodeOptions options{.idempotency_key = "key0000000001",
                                      .access_token = token_text,
                                      .salt = "saltsalt",
                                      .timestamp = 1'700'000'001,
                                      .payment_token = subject.payment_token};
  const auto request = subject.customer(1);
  florin::EncodedRequest open;
  subject.masked.push_back(florin::masked_request<P>(request, credentials, options).value());
  florin::encode<P>(request, credentials, options, open).value();
  subject.open = open.bytes();
  if constexpr (florin::ExchangesToken<P>) {
    using florin::FetchToken;
    auto exchange = options;
    exchange.payment_token = {};
    const florin::TokenRequest nothing;
    subject.masked.push_back(
        florin::masked_request<P, FetchToken>(nothing, credentials, exchange).value());
    florin::encode<P, FetchToken>(nothing, credentials, exchange, open).value();
    subject.open += open.bytes();
  }
}

template <class P, bool IsOfPart>
bool plant_if(std::string_view connector, PlantedSubject& subject) {
  if constexpr (IsOfPart) {
    if (connector != P::name) return false;
    fill<P>(subject);
    return true;
  } else {
    return false;
  }
}

}  // namespace

template <std::size_t Part>
bool plant(std::string_view connector, PlantedSubject& subject) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (plant_if<std::tuple_element_t<I, florin::AllPolicies>, I % planted_parts == Part>(
                connector, subject) ||
            ...);
  }
  (std::make_index_sequence<std::tuple_size_v<florin::AllPolicies>>{});
}
template bool plant<FLORIN_TEST_PART>(std::string_view connector, PlantedSubject& subject);

}  // namespace florin_test
