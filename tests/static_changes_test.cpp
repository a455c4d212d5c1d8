// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/policies/authorizedotnet.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/static_changes.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/allocations.hpp"

/// Changes that are known at compile time.
BOOST_AUTO_TEST_SUITE(static_changes)
namespace {

using namespace florin;
using namespace florin::fields;
using namespace florin_test;
using std::string;
using std::string_view;

const StripePolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};

template <class Changes>
string sent(const Changes& changes) {
  EncodedRequest out;
  const auto encoded = encode<StripePolicy, Update>(changes, key, out);
  return encoded ? string{out.body()} : string{to_string(encoded.error().code)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_that_can_be_written) {
  const string tier = "gold";
  const auto changes =
      customer_changes(connector_customer_id = "cus_1", email = string{"new@example.com"},
                       clear(phone), metadata_entry("tier", tier), clear_metadata("old"),
                       metadata_entry(string_view{"plan"}, std::optional<string>{"b"}));
  static_assert(changes.given == FieldSet{Field::email, Field::metadata});
  static_assert(changes.cleared == FieldSet{Field::phone});
  static_assert(changes.metadata_entries == 2 && changes.clears_metadata);
  BOOST_TEST(sent(changes) ==
             "email=new%40example.com&phone=&metadata[old]=&metadata[tier]=gold&metadata[plan]=b");
  const auto moved = changes;
  BOOST_TEST(sent(moved) == sent(changes));
  BOOST_TEST(sent(customer_changes(connector_customer_id = "cus_1", clear(address), clear(name),
                                   clear(metadata))) == "name=&address=&metadata=");
  BOOST_TEST(
      sent(customer_changes(connector_customer_id = "cus_1", address_city = "Springfield",
                            metadata = {{"a", "1"}}, given_name = "Ana", family_name = "B")) ==
      "name=Ana%20B&address[city]=Springfield&metadata[a]=1");
  BOOST_TEST(sent(customer_changes(connector_customer_id = "cus_1",
                                   address = {.line1 = "1 Main St", .country = "US"})) ==
             "address[line1]=1%20Main%20St&address[country]=US");
  // What is known at run time only.
  BOOST_TEST(sent(customer_changes(email = "a@b.example")) == "missing_field");
  BOOST_TEST(sent(customer_changes(connector_customer_id = "cus_1", metadata_entry("k", "v"),
                                   clear_metadata("k"))) == "invalid_field");
  BOOST_TEST(sent(customer_changes(connector_customer_id = "cus_1", email = string{})) ==
             "missing_field");
}

BOOST_AUTO_TEST_CASE(a_record_to_merge_into) {
  const std::vector<wire::HeaderView> headers;
  const auto current =
      decode<GocardlessPolicy, Retrieve>(
          wire::ResponseView<std::vector<wire::HeaderView>>{
              200, headers,
              R"({"customers":{"id":"CU1","metadata":{"a":"1","merchant_customer_id":"m-1"}}})"},
          RetrieveRequest{"CU1"})
          .value();
  EncodedRequest out;
  const auto changes = customer_changes(connector_customer_id = "CU1", metadata_entry("b", "2"),
                                        merging_into(current));
  BOOST_TEST_REQUIRE(
      (encode<GocardlessPolicy, Update>(changes, {.access_token = "t"}, out).has_value()));
  BOOST_TEST(out.body() ==
             R"({"customers":{"metadata":{"a":"1","b":"2","merchant_customer_id":"m-1"}}})");
}

BOOST_AUTO_TEST_CASE(what_is_waived_is_dropped) {
  EncodedRequest out;
  const auto changes = customer_changes(connector_customer_id = "1", merchant_customer_id = "m-1",
                                        email = "a@b.example", description = "D", phone = "1",
                                        clear(metadata), droppable(phone), droppable(metadata));
  BOOST_TEST_REQUIRE(
      (encode<AuthorizedotnetPolicy, Update>(changes, {.name = "n", .transaction_key = "k"}, out)
           .has_value()));
  BOOST_TEST((out.dropped() == FieldSet{Field::phone, Field::metadata}));
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_when_it_is_warm) {
  EncodedRequest out;
  std::size_t allocations = 0;
  const string_view tier = "gold";
  for (int round = 0; round < 2; ++round) {
    const AllocationCount count;
    const auto changes =
        customer_changes(connector_customer_id = "cus_1", email = "new@example.com", clear(phone),
                         metadata_entry("tier", tier), clear_metadata("old"));
    const bool encoded = encode<StripePolicy, Update>(changes, key, out).has_value();
    allocations = count.value();
    BOOST_TEST_REQUIRE(encoded);
  }
  BOOST_TEST(allocations == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
