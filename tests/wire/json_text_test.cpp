// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/encode.hpp>
#include <florin/policy.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/json_text.hpp>
#include <florin/wire/limit.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compile_fail/parts.hpp"
#include "support/allocations.hpp"
#include "support/form_text.hpp"

namespace json_text_cases {

using namespace florin;
using namespace florin::wire;
using florin_test::form_members;
using florin_test::Pairs;
using std::string;
using std::string_view;

namespace {

struct TextPolicy : parts::Facts {
  static constexpr json::Record record{
      .id = "id", .merchant_customer_id = "meta.reference", .email = "email", .metadata = "meta"};
  using Sent = Form<
      Put<"email", field::Email>,
      JsonText<"meta data", json::MaxTotalSize<60, Entries<"{}", field::Metadata, MaxKeyLength<9>>,
                                               Put<"reference", field::MerchantCustomerId>>>,
      Put<"phone", field::Phone>>;
  using NotSent = Fields<field::Name, field::Description, field::Address>;
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Body = Sent;
    using NotCarried = NotSent;
  };
  struct Update : parts::Posted, parts::PlacedById {
    using Body = Sent;
    using NotCarried = NotSent;
    using Clearable = Fields<field::Email, field::Metadata>;
    static constexpr Replaces replaces{.metadata = true};
  };
};
static_assert(diagnose<TextPolicy>() && diagnose<TextPolicy, florin::Update>());

template <class Operation, class Request>
string sent(const Request& request) {
  EncodedRequest out;
  const auto encoded = encode<TextPolicy, Operation>(request, {"key"}, out);
  if (!encoded) return string{encoded.error().reason};
  return string{out.body()};
}

/// A customer with one entry and a reference.
Customer stored() {
  RecordLog log;
  log.name("old");
  log.begin(static_cast<std::uint8_t>(Field::metadata), true);
  log.value("a&b");
  log.begin(static_cast<std::uint8_t>(Field::merchant_customer_id), false);
  log.value("m-1");
  Customer current;
  current.assign("cus_1", log.whole(), ReplyFacts{});
  return current;
}
string changed(const UpdateRequest& request) {
  const Customer current = stored();
  UpdateRequestView view = request;
  view.connector_customer_id = "cus_1";
  view.current = &current;
  return sent<Update>(view);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_json_text)

BOOST_AUTO_TEST_CASE(an_object_is_one_value_of_a_form) {
  const Metadata metadata{{"a", "1 \"2\""}};
  BOOST_TEST(
      sent<Create>(CreateRequestView{
          .merchant_customer_id = "m-1", .email = "a@b", .phone = "+1", .metadata = metadata}) ==
      "email=a%40b&meta%20data=%7B%22a%22%3A%221%20%5C%222%5C%22%22%2C%22reference%22%3A"
      "%22m-1%22%7D&phone=%2B1");
}

BOOST_AUTO_TEST_CASE(every_character_survives_both_encodings) {
  using Body = Form<JsonText<"m", Entries<"{}", field::Metadata>>, Const<"end", "1">>;
  const parts::Keyed::Credentials none;
  const auto check = [&](const string& text) {
    const Metadata metadata{{text, text}};
    const CreateRequestView request{.metadata = metadata};
    Buffer out;
    FieldSet written;
    Body::write(Context<CreateRequestView, parts::Keyed::Credentials>{request, none}, out, written);
    const Pairs members = form_members(string{out.view()});
    BOOST_TEST_REQUIRE(members.size() == 2U);
    const auto object = boost::json::parse(members[0].second).as_object();
    BOOST_TEST((object.size() == 1U && object.at(text).as_string() == text));
    BOOST_TEST((written == FieldSet{Field::metadata}));
  };
  for (unsigned c = 0; c < 0x80; ++c) check({'<', static_cast<char>(c), '>'});
  for (const auto text : {"\xC3\xA9", "\xE2\x80\xA8", "\xF0\x9F\x98\x80", "{}", "%7B", "+ &="})
    check(text);
}

BOOST_AUTO_TEST_CASE(an_object_without_members_is_left_out) {
  using Body = Form<JsonText<"m", Entries<"{}", field::Metadata>>>;
  const parts::Keyed::Credentials none;
  const CreateRequestView request{};
  Buffer out;
  FieldSet written;
  Body::write(Context<CreateRequestView, parts::Keyed::Credentials>{request, none}, out, written);
  BOOST_TEST(out.view() == "");
  BOOST_TEST(written.empty());
}

BOOST_AUTO_TEST_CASE(a_text_that_is_replaced_is_sent_with_what_stays) {
  BOOST_TEST(changed({.metadata = {{"new", "1"}}}) ==
             "meta%20data=%7B%22old%22%3A%22a%26b%22%2C%22new%22%3A%221%22%2C%22reference%22%3A"
             "%22m-1%22%7D");
  BOOST_TEST(changed({.cleared = {Field::metadata}}) ==
             "meta%20data=%7B%22reference%22%3A%22m-1%22%7D");
  BOOST_TEST(changed({.phone = "1"}) == "phone=1");
  using Body = Form<JsonText<"m", Entries<"{}", field::Metadata>>>;
  const parts::Keyed::Credentials none;
  const Customer current = stored();
  const UpdateRequestView request{.cleared = {Field::metadata}, .current = &current};
  Buffer out;
  FieldSet written;
  Body::write(
      Context<UpdateRequestView, parts::Keyed::Credentials, ChangeOf<TextPolicy>>{
          .request = request, .credentials = none, .touched = {Field::metadata}},
      out, written);
  BOOST_TEST(out.view() == "m=%7B%7D");
  BOOST_TEST((written == FieldSet{Field::metadata}));
}

BOOST_AUTO_TEST_CASE(limits_hold_within_a_text) {
  const Metadata long_key{{"0123456789", "1"}};
  BOOST_TEST(sent<Create>(CreateRequestView{.merchant_customer_id = "m-1", .metadata = long_key}) ==
             "has a key longer than 9 characters");
  // The text is counted before it is encoded for the form: {"reference":"..."}
  string value;
  for (int i = 0; i < 44; ++i) value += "%25";
  BOOST_TEST(sent<Create>(CreateRequest{.merchant_customer_id = string(44, '%')}) ==
             "meta%20data=%7B%22reference%22%3A%22" + value + "%22%7D");
  BOOST_TEST(sent<Create>(CreateRequest{.merchant_customer_id = string(45, '%')}) ==
             "has more than 60 bytes as JSON");
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_once_the_buffer_has_grown) {
  const Metadata metadata{{"a", "\"\"\"\"\"\"\"\"\"\""}};
  const CreateRequestView request{.merchant_customer_id = "m-1", .metadata = metadata};
  const parts::Keyed::Credentials credentials{"key"};
  EncodedRequest out;
  BOOST_TEST_REQUIRE((encode<TextPolicy, Create>(request, credentials, out).has_value()));
  const florin_test::AllocationCount count;
  const bool encoded = encode<TextPolicy, Create>(request, credentials, out).has_value();
  const auto allocations = count.value();
  BOOST_TEST(encoded);
  BOOST_TEST(allocations == 0U);
}

BOOST_AUTO_TEST_CASE(a_text_is_described_leaf_by_leaf) {
  std::vector<string> names;
  TextPolicy::Sent::describe([&]<class Element>(string_view name) { names.emplace_back(name); });
  const std::vector<string> expected{"email", "meta data.{}", "meta data.reference", "phone"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace json_text_cases
