// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/limit.hpp>
#include <florin/wire/source.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(wire_json)

using namespace florin;
using namespace florin::wire;

namespace {

struct NoCredentials {};

template <class Body>
std::pair<std::string, FieldSet> written(const CreateRequestView& request) {
  const NoCredentials none;
  const Context<CreateRequestView, NoCredentials> context{request, none, "key-1"};
  Buffer out;
  FieldSet fields;
  Body::write(context, out, fields);
  return {std::string{out.view()}, fields};
}

using Person = json::Nested<"person", Put<"first", GivenName>, Put<"last", FamilyName>,
                            json::Nested<"contact", Put<"phone", field::Phone>>>;
using Body =
    json::Object<Const<"type", "A \"quoted\" \\ constant">, json::Raw<"roles", R"(["BUYER",1])">,
                 Person, json::Nested<"metadata", Entries<"{}", field::Metadata>>,
                 Put<"reference", field::MerchantCustomerId, Required>>;

}  // namespace

static_assert(Body::content_type == "application/json");
static_assert(Body::carried ==
              (name_fields | FieldSet{Field::phone, Field::metadata, Field::merchant_customer_id}));
static_assert(Body::required == FieldSet{Field::merchant_customer_id});

BOOST_AUTO_TEST_CASE(members_keep_the_declared_order_at_every_depth) {
  const Metadata metadata{{"z", "1"}, {"a", "2"}};
  const auto [body, fields] = written<Body>({.merchant_customer_id = "m-1",
                                             .name = "Ana Maria Example",
                                             .phone = "+1",
                                             .metadata = metadata});
  BOOST_TEST(body == R"({"type":"A \"quoted\" \\ constant","roles":["BUYER",1],)"
                     R"("person":{"first":"Ana","last":"Maria Example","contact":{"phone":"+1"}},)"
                     R"("metadata":{"z":"1","a":"2"},"reference":"m-1"})");
  BOOST_TEST((fields == Body::carried));
}

BOOST_AUTO_TEST_CASE(empty_members_and_objects_are_left_out) {
  BOOST_TEST(written<Body>({.merchant_customer_id = "m-1"}).first ==
             R"({"type":"A \"quoted\" \\ constant","roles":["BUYER",1],"reference":"m-1"})");
  BOOST_TEST(written<Body>({.merchant_customer_id = "m-1", .name = "Cher"}).first ==
             R"({"type":"A \"quoted\" \\ constant","roles":["BUYER",1],)"
             R"("person":{"first":"Cher"},"reference":"m-1"})");
  BOOST_TEST(written<Body>({.merchant_customer_id = "m-1", .phone = "1"}).first ==
             R"({"type":"A \"quoted\" \\ constant","roles":["BUYER",1],)"
             R"("person":{"contact":{"phone":"1"}},"reference":"m-1"})");
  BOOST_TEST((written<json::Object<Put<"e", field::Email>>>({}).first == "{}"));
}

BOOST_AUTO_TEST_CASE(every_character_survives_in_values_and_keys) {
  using Odd = json::Object<Put<"e", field::Email>, Entries<"x-{}", field::Metadata>>;
  const auto check = [](const std::string& text) {
    const Metadata metadata{{text, text}};
    const auto body = written<Odd>({.email = text, .metadata = metadata}).first;
    const auto document = boost::json::parse(body).as_object();
    BOOST_TEST(document.size() == 2U);
    BOOST_TEST((document.at("e").as_string() == text));
    BOOST_TEST((document.at("x-" + text).as_string() == text));
    for (const char c : body) BOOST_TEST(static_cast<unsigned char>(c) >= 0x20U);
  };
  for (unsigned c = 0; c < 0x80; ++c) check({'<', static_cast<char>(c), '>'});
  for (const auto text : {"\xC3\xA9", "\xE2\x80\xA8", "\xF0\x9F\x98\x80", "\\u0041", "</script>"})
    check(text);
}

BOOST_AUTO_TEST_CASE(describes_its_leaves_with_their_paths) {
  std::vector<std::string> names;
  Body::describe([&]<class Element>(std::string_view name) { names.emplace_back(name); });
  const std::vector<std::string> expected{
      "type",        "roles",    "person.first", "person.last", "person.contact.phone",
      "metadata.{}", "reference"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
