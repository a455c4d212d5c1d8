// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/change.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/limit.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/source.hpp>
#include <florin/wire/utf8.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(wire_json)

using namespace florin;
using namespace florin::wire;
using florin::wire::Fault;

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

namespace {

template <template <std::size_t, class...> class Limit, std::size_t N>
using Limited = json::Object<json::Nested<
    "metadata", Limit<N, Entries<"{}", field::Metadata, MaxEntries<9>>, Const<"kind", "a\"b">,
                      Put<"reference", field::MerchantCustomerId>>>>;

template <class Sent>
Fault fault_of(const CreateRequestView& request) {
  const NoCredentials none;
  return Sent::check(Context<CreateRequestView, NoCredentials>{request, none});
}

/// Accepts the very text that is written, and not one byte, or character, less.
template <template <std::size_t, class...> class Limit, std::size_t N>
void check_total(const CreateRequestView& request) {
  const std::string text = written<Limited<Limit, N>>(request).first;
  const auto around = std::string_view{R"({"metadata":})"}.size();
  BOOST_TEST((text.size() - around == N || count_characters(text) - around == N));
  BOOST_TEST((!fault_of<Limited<Limit, N>>(request)));
  BOOST_TEST((bool{fault_of<Limited<Limit, N - 1>>(request)}));
}

/// An update that replaces all metadata.
struct Replacing {
  static constexpr Replaces replaces{.metadata = true};
  static constexpr ChangeFacts facts{.carried = {Field::metadata, Field::merchant_customer_id},
                                     .replaces = replaces,
                                     .reference_in_metadata = true};
};

template <class Sent>
Fault fault_of(const UpdateRequestView& request, FieldSet touched) {
  const NoCredentials none;
  return Sent::check(Context<UpdateRequestView, NoCredentials, Replacing>{
      .request = request, .credentials = none, .touched = touched});
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_limited_as_a_whole_is_written_like_its_members) {
  using Whole = Limited<json::MaxTotalSize, 99>;
  static_assert(Whole::carried == (FieldSet{Field::metadata, Field::merchant_customer_id}));
  static_assert(Whole::max_entries() == 9);
  const Metadata metadata{{"tier", "gold"}};
  BOOST_TEST(written<Whole>({.merchant_customer_id = "m-1", .metadata = metadata}).first ==
             R"({"metadata":{"tier":"gold","kind":"a\"b","reference":"m-1"}})");
  std::vector<std::string> names;
  Whole::describe([&]<class Element>(std::string_view name) { names.emplace_back(name); });
  const std::vector<std::string> expected{"metadata.{}", "metadata.kind", "metadata.reference"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(metadata_can_be_limited_as_a_whole) {
  // {"kind":"a\"b"}
  check_total<json::MaxTotalSize, 15>({});
  // {"\u0001":"\n\\","kind":"a\"b","reference":"m-1"}
  const Metadata escaped{{"\x01", "\n\\"}};
  check_total<json::MaxTotalSize, 49>({.merchant_customer_id = "m-1", .metadata = escaped});
  // {"k":"\u00e9\u20ac","kind":"a\"b"}: five bytes, two characters
  const Metadata wide{{"k", "\xC3\xA9\xE2\x82\xAC"}};
  check_total<json::MaxTotalSize, 27>({.metadata = wide});
  check_total<json::MaxTotalLength, 24>({.metadata = wide});
  using Small = Limited<json::MaxTotalSize, 20>;
  const Fault fault = fault_of<Small>({.metadata = wide});
  BOOST_TEST((fault.field == Field::metadata));
  BOOST_TEST(fault.reason == "has more than 20 bytes as JSON");
  using Short = Limited<json::MaxTotalLength, 20>;
  BOOST_TEST(fault_of<Short>({.metadata = wide}).reason == "has more than 20 characters as JSON");
  // The limits of the members come first.
  const Metadata many{{"0", ""}, {"1", ""}, {"2", ""}, {"3", ""}, {"4", ""},
                      {"5", ""}, {"6", ""}, {"7", ""}, {"8", ""}, {"9", ""}};
  BOOST_TEST(fault_of<Small>({.metadata = many}).reason == "has more than 9 entries");
}

BOOST_AUTO_TEST_CASE(an_update_counts_the_metadata_that_stay) {
  RecordLog log;
  log.name("old");
  log.begin(static_cast<std::uint8_t>(Field::metadata), true);
  log.value("12345");
  log.begin(static_cast<std::uint8_t>(Field::merchant_customer_id), false);
  log.value("m-1");
  Customer current;
  current.assign("cus_1", log.whole(), ReplyFacts{});
  const Metadata set{{"new", "1"}};
  const UpdateRequestView request{.metadata = set, .current = &current};
  // {"old":"12345","new":"1","kind":"a\"b","reference":"m-1"}
  using Fits = Limited<json::MaxTotalSize, 57>;
  using Burst = Limited<json::MaxTotalSize, 56>;
  BOOST_TEST(!fault_of<Fits>(request, {Field::metadata}));
  BOOST_TEST(bool{fault_of<Burst>(request, {Field::metadata})});
  BOOST_TEST(!fault_of<Burst>(request, {Field::email}));
}

BOOST_AUTO_TEST_SUITE_END()
