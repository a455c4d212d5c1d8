// SPDX-License-Identifier: Apache-2.0
// How each processor's customer is changed, by the examples of its documents.
#include <florin/policies.hpp>
#include <florin/wire/record.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"

BOOST_AUTO_TEST_SUITE(policies_update)

using namespace florin;
using namespace florin_test;

namespace {

template <class P>
typename P::Credentials fake_credentials() {
  typename P::Credentials credentials{};
  P::CredentialNames::describe([&]<class Part>() {
    if (!Part::optional) credentials.*Part::member = "FAKE";
  });
  return credentials;
}

const EncodeOptions usual{.idempotency_key = "00000000-0000-4000-8000-00000000fa4f",
                          .access_token = "FAKEtoken0001",
                          .salt = "a1B2c3D4e5F6",
                          .timestamp = 1700000000};

template <class P>
Sent change(const UpdateRequestView& request, const typename P::Credentials& credentials) {
  EncodedRequest out;
  auto result = encode<P, Update>(request, credentials, usual, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}
template <class P>
Sent change(const UpdateRequestView& request) {
  return change<P>(request, fake_credentials<P>());
}

/// A record as a retrieve gives it.
template <class P>
Customer record(std::string_view id, std::string_view body) {
  const std::vector<wire::HeaderView> headers;
  return decode<P, Retrieve>(wire::ResponseView<std::vector<wire::HeaderView>>{200, headers, body},
                             RetrieveRequest{id})
      .value();
}

template <class P>
Result<Customer> read(const UpdateRequestView& request, int status, std::string_view body) {
  const std::vector<wire::HeaderView> headers;
  return decode<P, Update>(wire::ResponseView<std::vector<wire::HeaderView>>{status, headers, body},
                           request);
}

/// `code/outcome` of an error.

}  // namespace

BOOST_AUTO_TEST_CASE(stripe) {
  const std::string_view removed[]{"tier"};
  const MetadataEntry set[]{{"plan", "b"}};
  const UpdateRequestView request{.connector_customer_id = "cus_FaKe0Example01",
                                  .name = "Ana Sample",
                                  .metadata = std::span<const MetadataEntry>{set},
                                  .cleared = address_fields,
                                  .metadata_cleared = std::span<const std::string_view>{removed}};
  const auto sent = change<StripePolicy>(request);
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.has_line("POST /v1/customers/cus_FaKe0Example01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Idempotency-Key: 00000000-0000-4000-8000-00000000fa4f"));
  BOOST_TEST(sent.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(sent.body == "name=Ana%20Sample&address=&metadata[tier]=&metadata[plan]=b");
  BOOST_TEST(sent.dropped.empty());
  const auto answer = read<StripePolicy>(
      request, 200,
      R"({"id":"cus_FaKe0Example01","object":"customer","address":null,"created":1767600000,)"
      R"("description":"Example buyer","email":"ana@example.com","livemode":false,)"
      R"("metadata":{"merchant_customer_id":"m-1001","plan":"b"},"name":"Ana Sample",)"
      R"("phone":"+15555550100","shipping":null})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->name().value_or("-") == "Ana Sample");
  BOOST_TEST(answer->metadata("plan").value_or("-") == "b");
}

BOOST_AUTO_TEST_SUITE_END()
