// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/idempotency.hpp>
#include <florin/policies/shift4.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/allocations.hpp"

/// Changing a customer, in memory.
BOOST_AUTO_TEST_SUITE(update_in_memory)
namespace {

using namespace florin;
using namespace florin_test;
using std::string;
using std::string_view;

constexpr string_view id = "cus_FaKe0Example01";
constexpr string_view documented =
    R"({"id":"cus_FaKe0Example01","object":"customer","address":{"city":"Springfield",)"
    R"("country":"US","line1":"1 Example Street","line2":"Apt 2","postal_code":"62701",)"
    R"("state":"IL"},"created":1767600000,"description":"Example buyer","email":"ana@example.com",)"
    R"("metadata":{"merchant_customer_id":"m-1001","tier":"gold","plan":"b"},)"
    R"("name":"Ana Example","phone":"+15555550100"})";

using Headers = std::vector<wire::HeaderView>;

template <class Operation>
Result<Customer> read(const typename Operation::Request& request, string_view body = documented,
                      int status = 200) {
  const Headers headers{{"Request-Id", "req_1"}};
  return decode<StripePolicy, Operation>(wire::ResponseView<Headers>{status, headers, body},
                                         request);
}

/// What is sent, or the error as `code:param`.
string sent(const UpdateRequestView& request) {
  EncodedRequest out;
  const auto encoded =
      encode<StripePolicy, Update>(request, {.api_key = "sk_test_EXAMPLE"}, {}, out);
  if (encoded) return string{out.body()};
  const Error error = encoded.error();
  BOOST_TEST((error.outcome == Outcome::no_effect));
  return string{to_string(error.code)} + ':' + error.param;
}

/// The same of a change of `documented`.
string sent_with_record(UpdateRequest request) {
  const Customer current = read<Retrieve>({id}).value();
  request.connector_customer_id = id;
  UpdateRequestView view = request;
  view.current = &current;
  return sent(view);
}
string sent_alone(UpdateRequest request) {
  request.connector_customer_id = id;
  return sent(request);
}

}  // namespace

BOOST_AUTO_TEST_CASE(only_what_is_given_is_sent) {
  BOOST_TEST(sent_alone({.email = "new@example.com"}) == "email=new%40example.com");
  BOOST_TEST(sent_alone({.cleared = {Field::phone}}) == "phone=");
  BOOST_TEST(sent_alone({.phone = "1", .cleared = {Field::email, Field::description}}) ==
             "email=&phone=1&description=");
  BOOST_TEST(sent_alone({.given_name = "Ana", .family_name = "B"}) == "name=Ana%20B");
  BOOST_TEST(sent_alone({.cleared = {Field::name}}) == "name=");
  BOOST_TEST(sent_alone({.cleared = {Field::given_name, Field::family_name}}) == "name=");
  BOOST_TEST(sent_alone({.metadata = {{"tier", "gold"}}}) == "metadata[tier]=gold");
  BOOST_TEST(sent_alone({.metadata_cleared = {"old", "o&d"}}) == "metadata[old]=&metadata[o%26d]=");
  BOOST_TEST(sent_alone({.merchant_customer_id = "m-2"}) == "metadata[merchant_customer_id]=m-2");
  BOOST_TEST(sent_alone({.address = {.city = "Springfield", .country = "us"}}) ==
             "address[city]=Springfield&address[country]=US");
  BOOST_TEST(sent_alone({.cleared = address_fields}) == "address=");
  BOOST_TEST(sent_alone({.cleared = {Field::metadata}}) == "metadata=");
  // White space is no value.
  BOOST_TEST(sent_alone({.email = "  ", .phone = "1"}) == "phone=1");
}

BOOST_AUTO_TEST_CASE(an_address_that_changes_in_part_is_sent_whole) {
  BOOST_TEST(sent_with_record({.address = {.city = "Chicago"}}) ==
             "address[line1]=1%20Example%20Street&address[line2]=Apt%202&address[city]=Chicago&"
             "address[state]=IL&address[postal_code]=62701&address[country]=US");
  BOOST_TEST(
      sent_with_record({.address = {.line1 = "2 New Street"}, .cleared = {Field::address_line2}}) ==
      "address[line1]=2%20New%20Street&address[line2]=&address[city]=Springfield&"
      "address[state]=IL&address[postal_code]=62701&address[country]=US");
  BOOST_TEST(sent_with_record({.phone = "1"}) == "phone=1");
  BOOST_TEST(sent_with_record({.cleared = address_fields}) == "address=");
  // The own reference stays.
  BOOST_TEST(sent_with_record({.cleared = {Field::metadata}}) == "metadata[tier]=&metadata[plan]=");
}

BOOST_AUTO_TEST_CASE(metadata_that_are_replaced_take_the_record_beside_what_perhaps_is) {
  const wire::ChangeFacts facts{
      .carried = address_fields | FieldSet{Field::metadata},
      .replaces = {.group = address_fields, .metadata = true, .perhaps = true}};
  const UpdateRequest alone{.connector_customer_id = string{id}, .address = {.city = "Chicago"}};
  BOOST_TEST((wire::rest_of(alone, facts).wanted && !wire::rest_of(alone, facts).needed));
  UpdateRequest both = alone;
  both.metadata = {{"tier", "gold"}};
  BOOST_TEST(wire::rest_of(both, facts).needed);
}

BOOST_AUTO_TEST_CASE(what_shares_a_place_takes_no_record_for_the_other_half) {
  const FieldSet names{Field::name, Field::description};
  const UpdateRequest named{.connector_customer_id = string{id}, .name = "Ana"};
  const UpdateRequest called{.connector_customer_id = string{id}, .phone = "1"};
  const wire::ChangeFacts pair{.carried = names, .shared = names, .replaces = {.group = names}};
  BOOST_TEST(!wire::rest_of(named, pair).needed);
  const wire::ChangeFacts apart{.carried = names, .replaces = {.group = names}};
  BOOST_TEST(wire::rest_of(named, apart).needed);
  // Who gives none of both wants what is there.
  const FieldSet all = names | FieldSet{Field::phone};
  const wire::ChangeFacts three{.carried = all, .shared = names, .replaces = {.group = all}};
  BOOST_TEST(wire::rest_of(called, three).needed);
}

BOOST_AUTO_TEST_CASE(entries_that_are_removed_by_name_take_the_record_to_be_named) {
  UpdateRequest request{.connector_customer_id = string{id}, .email = "ana@example.com"};
  const FieldSet carried{Field::email, Field::metadata};
  const wire::ChangeFacts facts{.carried = carried, .clearable = carried, .removes_singly = true};
  BOOST_TEST(!wire::rest_of(request, facts).wanted);
  request.cleared = {Field::metadata};
  BOOST_TEST((wire::rest_of(request, facts).wanted && wire::rest_of(request, facts).needed));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_meant_is_refused) {
  BOOST_TEST(sent({.email = "a@b"}) == "missing_field:connector_customer_id");
  BOOST_TEST(sent({.connector_customer_id = "../1", .email = "a@b"}) ==
             "invalid_field:connector_customer_id");
  BOOST_TEST(sent_alone({}) == "missing_field:cleared");
  BOOST_TEST(sent_alone({.email = " "}) == "missing_field:cleared");
  BOOST_TEST(sent_alone({.phone = "1", .cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(sent_alone({.name = "Ana", .cleared = {Field::name}}) == "invalid_field:name");
  BOOST_TEST(sent_alone({.given_name = "A", .family_name = "B", .cleared = {Field::name}}) ==
             "invalid_field:name");
  BOOST_TEST(sent_alone({.given_name = "Ana"}) == "missing_field:family_name");
  BOOST_TEST(sent_alone({.cleared = {Field::given_name}}) == "missing_field:family_name");
  BOOST_TEST(sent_alone({.cleared = {Field::merchant_customer_id}}) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(sent_alone({.metadata = {{"k", "v"}}, .cleared = {Field::metadata}}) ==
             "invalid_field:metadata");
  BOOST_TEST(sent_alone({.metadata = {{"k", "v"}}, .metadata_cleared = {"k"}}) ==
             "invalid_field:metadata");
  BOOST_TEST(sent_alone({.cleared = {Field::metadata}, .metadata_cleared = {"k"}}) ==
             "invalid_field:metadata");
  BOOST_TEST(sent_alone({.metadata_cleared = {"k", "k"}}) == "invalid_field:metadata");
  BOOST_TEST(sent_alone({.metadata_cleared = {""}}) == "invalid_field:metadata");
  BOOST_TEST(sent_alone({.metadata_cleared = {"merchant_customer_id"}}) ==
             "invalid_field:metadata");
  BOOST_TEST(sent_alone({.metadata = {{"merchant_customer_id", "m"}}}) == "invalid_field:metadata");
  BOOST_TEST(sent_alone({.email = "nobody"}) == "invalid_field:email");
  BOOST_TEST(sent_alone({.address = {.country = "XX"}}) == "invalid_field:address.country");
  BOOST_TEST(sent_alone({.phone = string(21, '1')}) == "invalid_field:phone");
  BOOST_TEST(sent_alone({.email = "\xFF@b"}) == "invalid_field:email");
  // Another customer's record.
  const Customer other = read<Retrieve>({id}).value();
  BOOST_TEST(sent({.connector_customer_id = "cus_2", .email = "a@b", .current = &other}) ==
             "invalid_options:current");
  // A new reference and no other entry: which there are is not known.
  BOOST_TEST(sent_alone({.merchant_customer_id = "m-2", .cleared = {Field::metadata}}) ==
             "invalid_options:current");
  const UpdateRequestView right{.connector_customer_id = id, .email = "a@b"};
  const UpdateRequestView wrong{.connector_customer_id = id, .email = "a"};
  BOOST_TEST((validate<StripePolicy, Update>(right).has_value()));
  BOOST_TEST((validate<StripePolicy, Update>(wrong).has_error()));
}

BOOST_AUTO_TEST_CASE(the_answer_is_the_record) {
  const auto changed = read<Update>({.connector_customer_id = id, .email = "a@b"});
  BOOST_TEST_REQUIRE(changed.has_value());
  BOOST_TEST(changed->email().value_or("-") == "ana@example.com");
  BOOST_TEST(changed->request_id == "req_1");
  const auto outcome_of = [](const Result<Customer>& answer) {
    BOOST_TEST_REQUIRE(answer.has_error());
    return string{to_string(answer.error().code)} + '/' + string{to_string(answer.error().outcome)};
  };
  const UpdateRequestView request{.connector_customer_id = id, .email = "a@b"};
  BOOST_TEST(outcome_of(read<Update>({.connector_customer_id = "cus_2"})) ==
             "unreadable_reply/unknown");
  BOOST_TEST(outcome_of(read<Update>(request, "<html>", 502)) == "connector_unavailable/unknown");
  BOOST_TEST(
      outcome_of(read<Update>(request,
                              R"({"error":{"code":"resource_missing","message":"No","param":"id",)"
                              R"("type":"invalid_request_error"}})",
                              404)) == "not_found/no_effect");
  BOOST_TEST(
      outcome_of(read<Update>(request,
                              R"({"error":{"code":"email_invalid","message":"No","param":"email",)"
                              R"("type":"invalid_request_error"}})",
                              400)) == "invalid_data/no_effect");
  // What was to be removed is there.
  const auto kept = read<Update>({.connector_customer_id = id, .cleared = {Field::phone}});
  BOOST_TEST(outcome_of(kept) == "rejected/in_effect");
  const Error left = kept.error();
  BOOST_TEST((left.field == Field::phone));
  BOOST_TEST(left.param == "phone");
  BOOST_TEST(left.reason == "was not removed by the processor");
  BOOST_TEST(left.connector == "stripe");
  BOOST_TEST(left.request_id == "req_1");
  BOOST_TEST(left.http_status == 200);
  BOOST_TEST(left.status_code == 502);
  const auto without = [&](std::vector<string> keys) {
    const UpdateRequest changes{.connector_customer_id = string{id},
                                .metadata_cleared = std::move(keys)};
    return read<Update>(changes);
  };
  BOOST_TEST(without({"other"}).has_value());
  for (const auto& entry :
       {without({"plan"}), without({"other", "tier"}),
        read<Update>({.connector_customer_id = id, .cleared = {Field::metadata}})}) {
    BOOST_TEST(outcome_of(entry) == "rejected/in_effect");
    BOOST_TEST((entry.error().field == Field::metadata));
  }
}

BOOST_AUTO_TEST_CASE(keys_in_one_text) {
  static_assert(MetadataKeys::joined({}).empty());
  constexpr auto keys = MetadataKeys::joined(string_view{"a\0bc\0", 5});
  static_assert(keys.size() == 2);
  BOOST_TEST(keys[0] == "a");
  BOOST_TEST(keys[1] == "bc");
  BOOST_TEST(keys.contains("bc"));
  BOOST_TEST(!keys.contains("b"));
}

BOOST_AUTO_TEST_CASE(each_key_is_a_fresh_one) {
  const Text one = fresh_idempotency_key();
  const Text other = fresh_idempotency_key();
  BOOST_TEST(one.size() == 36U);
  BOOST_TEST(one.view()[14] == '4');
  BOOST_TEST(one.view() != other.view());
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_when_it_is_warm) {
  const StripePolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};
  const Customer current = read<Retrieve>({id}).value();
  const std::array<MetadataEntry, 2> set{{{"tier", "silver"}, {"new", "entry"}}};
  const std::array<string_view, 1> removed{"plan"};
  const UpdateRequestView request{.connector_customer_id = id,
                                  .email = "new@example.com",
                                  .metadata = std::span<const MetadataEntry>{set},
                                  .address = {.city = "Chicago"},
                                  .cleared = {Field::phone},
                                  .metadata_cleared = std::span<const string_view>{removed},
                                  .current = &current};
  const Shift4Policy::Credentials other_key{.api_key = "sk_test_EXAMPLE"};
  UpdateRequestView at_shift4 = request;
  at_shift4.cleared = {};
  at_shift4.current = nullptr;
  Customer shift4 = current;
  at_shift4.current = &shift4;
  EncodedRequest out;
  Decoder<StripePolicy, Update> decoder;
  Customer customer;
  const string answer = [] {
    string text{documented};
    text.erase(text.find(R"(,"plan":"b")"), 11);
    return text.replace(text.find("\"+15555550100\""), 14, "null");
  }();
  std::size_t allocations = 0;
  for (int round = 0; round < 2; ++round) {
    const AllocationCount count;
    const bool encoded =
        encode<StripePolicy, Update>(request, key, {.idempotency_key = "key-1"}, out).has_value();
    const bool merged =
        encode<Shift4Policy, Update>(at_shift4, other_key, {.idempotency_key = "key-1"}, out)
            .has_value();
    decoder.reset();
    decoder.status(200);
    decoder.header("Request-Id", "req_1");
    decoder.body(answer, true);
    const bool read = decoder.take(Update::keep(request), customer).has_value();
    allocations = count.value();
    BOOST_TEST_REQUIRE((encoded && merged && read));
  }
  BOOST_TEST(allocations == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
