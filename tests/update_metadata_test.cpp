// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/policies/chargebee.hpp>
#include <florin/policies/cybersource.hpp>
#include <florin/policies/mollie.hpp>
#include <florin/policies/payjp.hpp>
#include <florin/policies/recurly.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "policies/operations.hpp"

/// Metadata that are no map of texts, where an update replaces them.
BOOST_AUTO_TEST_SUITE(update_metadata)
namespace {

using namespace florin;
using namespace florin_test;
using std::string;
using std::string_view;

constexpr string_view id = "cst_1";

template <class P>
Customer with_metadata(string_view metadata) {
  return florin_test::read<P, Retrieve>(id, 200,
                                        R"({"id":"cst_1","metadata":)" + string{metadata} + "}")
      .value();
}

/// The metadata that are sent with a further entry.
string added(string_view metadata) {
  const auto current = with_metadata<MolliePolicy>(metadata);
  return changed_body<MolliePolicy>(id, {.metadata = {{"new", "entry"}}}, &current);
}

/// `key=value` of each entry, one that is no text with a colon.
string entries(const Customer& customer) {
  string text;
  for (std::size_t i = 0; i < customer.metadata_size(); ++i) {
    const auto entry = customer.metadata(i);
    text.append(text.empty() ? "" : " ").append(entry.key).append(entry.is_json ? ":" : "=");
    text.append(entry.value);
  }
  return text;
}

/// What is wrong with a change, and with which entry.
template <class P>
string refused(const UpdateRequest& changes, const Customer& current) {
  const auto sent = request_of<P, Update>(change_of(id, changes, &current));
  if (sent.result) return sent.body;
  const Error error = sent.result.error();
  BOOST_TEST((error.code == Errc::invalid_field));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.status_code == 422);
  BOOST_TEST((error.field == Field::metadata));
  return error.param + ' ' + string{error.reason};
}

const string_view nested =
    R"({"tier":"gold","n":3,"f":-1.50e3,"t":true,"u":false,"none":null,)"
    R"("o":{"a":[1,"x\"y\\z\n",{},[],null,true,-0.5],"\u00e9\u0001":{"b":{"c":""}},"d":[[2],{}]},)"
    R"("l":["x",{"y":"z"}],"e":{},"last":"é"})";

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_no_text_is_read_as_its_json) {
  const auto customer = with_metadata<MolliePolicy>(nested);
  BOOST_TEST(entries(customer) ==
             "tier=gold n:3 f:-1.50e3 t:true u:false "
             "o:{\"a\":[1,\"x\\\"y\\\\z\\n\",{},[],null,true,-0.5],"
             "\"\xC3\xA9\\u0001\":{\"b\":{\"c\":\"\"}},\"d\":[[2],{}]} "
             "l:[\"x\",{\"y\":\"z\"}] e:{} last=\xC3\xA9");
  BOOST_TEST((customer.metadata("l") == R"(["x",{"y":"z"}])"));
  BOOST_TEST(!customer.metadata("none"));
  BOOST_TEST(!customer.has_other_metadata());
  // Nothing of it is taken for a part of the record, and what follows is read as ever.
  const auto record =
      florin_test::read<MolliePolicy, Retrieve>(
          id, 200,
          R"({"metadata":{"o":{"id":"cst_2","email":"x","metadata":{"k":"v"}}},"id":"cst_1",)"
          R"("email":"ana@example.com"})")
          .value();
  BOOST_TEST((record.email() == "ana@example.com"));
  BOOST_TEST(entries(record) == R"(o:{"id":"cst_2","email":"x","metadata":{"k":"v"}})");
}

BOOST_AUTO_TEST_CASE(however_the_answer_is_cut) {
  const string body =
      R"({"id":"cst_1","metadata":)" + string{nested} + R"(,"email":"a@b.example"})";
  const string whole = entries(with_metadata<MolliePolicy>(nested));
  Decoder<MolliePolicy, Retrieve> decoder;
  Customer customer;
  const auto read_in_pieces = [&](std::size_t first, std::size_t step) {
    decoder.reset();
    decoder.status(200);
    string_view rest = body;
    for (std::size_t size = first; rest.size() > size; size = step) {
      decoder.body(rest.substr(0, size), false);
      rest.remove_prefix(size);
    }
    decoder.body(rest, true);
    BOOST_TEST_REQUIRE(decoder.take(Retrieve::keep({id}), customer).has_value());
    BOOST_TEST((customer.email() == "a@b.example"));
    return entries(customer);
  };
  for (std::size_t at = 1; at < body.size(); ++at)
    BOOST_TEST(read_in_pieces(at, body.size()) == whole, at);
  for (const std::size_t step : {1U, 2U, 3U, 7U}) BOOST_TEST(read_in_pieces(step, step) == whole);
}

BOOST_AUTO_TEST_CASE(it_goes_out_as_it_is) {
  BOOST_TEST(added(R"({"merchant_customer_id":"m-1","n":3,"o":{"a":[1,"x\"y"]},"tier":"gold"})") ==
             R"({"metadata":{"n":3,"o":{"a":[1,"x\"y"]},"tier":"gold","new":"entry",)"
             R"("merchant_customer_id":"m-1"}})");
  // What is set or removed takes its place, or leaves it.
  const auto current = with_metadata<MolliePolicy>(R"({"n":3,"o":{"a":1},"l":[2]})");
  BOOST_TEST(changed_body<MolliePolicy>(id, {.metadata = {{"n", "3"}}, .metadata_cleared = {"o"}},
                                        &current) == R"({"metadata":{"l":[2],"n":"3"}})");
  // Among named values, and in the JSON text of a form.
  const auto at_cybersource =
      florin_test::read<CybersourcePolicy, Retrieve>(
          id, 200,
          R"({"id":"cst_1","merchantDefinedInformation":[{"name":"data1","value":7},)"
          R"({"name":"data2","value":{"a":"b"}},{"name":"data3","value":"c"}]})")
          .value();
  BOOST_TEST(entries(at_cybersource) == R"(data1:7 data2:{"a":"b"} data3=c)");
  BOOST_TEST(changed_body<CybersourcePolicy>(id, {.metadata = {{"data4", "d"}}}, &at_cybersource) ==
             R"({"merchantDefinedInformation":[{"name":"data1","value":7},)"
             R"({"name":"data2","value":{"a":"b"}},{"name":"data3","value":"c"},)"
             R"({"name":"data4","value":"d"}]})");
  const auto at_chargebee = florin_test::read<ChargebeePolicy, Retrieve>(
                                id, 200, R"({"customer":{"id":"cst_1","meta_data":{"a":[1]}}})")
                                .value();
  BOOST_TEST(changed_body<ChargebeePolicy>(id, {.metadata = {{"b", "2"}}}, &at_chargebee) ==
             "meta_data=%7B%22a%22%3A%5B1%5D%2C%22b%22%3A%222%22%7D");
}

BOOST_AUTO_TEST_CASE(its_json_counts) {
  // {"k":{"a":"..."},"new":"entry"} are 28 characters and the dots.
  const auto current = [](std::size_t size) {
    return with_metadata<MolliePolicy>(R"({"k":{"a":")" + string(size, 'x') + "\"}}");
  };
  const auto change = [](const Customer& customer) {
    const string body = changed_body<MolliePolicy>(id, {.metadata = {{"new", "entry"}}}, &customer);
    return body.starts_with("{") ? std::to_string(body.size() - 13) : body;
  };
  BOOST_TEST(change(current(1000 - 28)) == "1000");
  BOOST_TEST(change(current(1001 - 28)) == "invalid_field:metadata");
}

BOOST_AUTO_TEST_CASE(a_form_has_no_place_for_objects_and_lists) {
  const auto current = with_metadata<PayjpPolicy>(R"({"tier":"gold","n":3,"o":{"a":1}})");
  const string reason =
      "o has an entry that no form can carry and that would be lost: replace or remove it by its "
      "key";
  BOOST_TEST(refused<PayjpPolicy>({.metadata = {{"new", "entry"}}}, current) == reason);
  BOOST_TEST(refused<PayjpPolicy>({.email = "ana@example.com"}, current) ==
             "email=ana%40example.com");
  BOOST_TEST(refused<PayjpPolicy>({.metadata = {{"o", "flat"}}}, current) ==
             "metadata[tier]=gold&metadata[n]=3&metadata[o]=flat");
}

BOOST_AUTO_TEST_CASE(what_is_no_map_is_not_replaced_unless_it_is_cleared) {
  for (const string_view metadata : {R"("a text")", "7", "true", "[1]", R"([[],"x"])", "[{}]"}) {
    const auto current = with_metadata<MolliePolicy>(metadata);
    BOOST_TEST(current.has_other_metadata(), metadata);
    BOOST_TEST(current.metadata_size() == 0U);
    for (const UpdateRequest& changes :
         {UpdateRequest{.metadata = {{"new", "entry"}}}, UpdateRequest{.merchant_customer_id = "m"},
          UpdateRequest{.metadata_cleared = {"old"}}})
      BOOST_TEST(refused<MolliePolicy>(changes, current) ==
                     "metadata is no map at this processor and would be lost",
                 metadata);
    BOOST_TEST(refused<MolliePolicy>({.email = "ana@example.com"}, current) ==
               R"({"email":"ana@example.com"})");
    BOOST_TEST(refused<MolliePolicy>({.cleared = {Field::metadata}}, current)
                   .starts_with(R"({"metadata":)"));
  }
  for (const string_view nothing : {"{}", "[]", "null", R"("")"})
    BOOST_TEST(!with_metadata<MolliePolicy>(nothing).has_other_metadata(), nothing);
  // An object that is used again says it of its last record.
  Customer again = with_metadata<MolliePolicy>("[1]");
  again = with_metadata<MolliePolicy>("{}");
  BOOST_TEST(!again.has_other_metadata());
}

BOOST_AUTO_TEST_CASE(all_of_it_is_removed) {
  const auto current = florin_test::read<RecurlyPolicy, Retrieve>(
                           id, 200,
                           R"({"id":"cst_1","custom_fields":[{"name":"a","value":{"b":1}},)"
                           R"({"name":"c","value":2}]})")
                           .value();
  BOOST_TEST(changed_body<RecurlyPolicy>(id, {.cleared = {Field::metadata}}, &current) ==
             R"({"custom_fields":[{"name":"a","value":""},{"name":"c","value":""}]})");
  const UpdateRequest request{.connector_customer_id = string{id}, .cleared = {Field::metadata}};
  const auto left = answer_to<RecurlyPolicy, Update>(
      request, 200, R"({"id":"cst_1","custom_fields":[{"name":"a","value":{"b":1}}]})");
  BOOST_TEST(verdict(left) == "rejected/in_effect/502");
}

BOOST_AUTO_TEST_SUITE_END()
