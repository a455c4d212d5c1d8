// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/limit.hpp>
#include <florin/wire/source.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/form_text.hpp"

BOOST_AUTO_TEST_SUITE(wire_form)

using namespace florin;
using namespace florin::wire;
using florin_test::form_decoded;
using florin_test::form_members;
using florin_test::Pairs;

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

using Body = Form<Const<"kind", "a b">, Put<"e-mail", field::Email>, Put<"full name", field::Name>,
                  Entries<"meta[{}][v]", field::Metadata>,
                  Put<"street", Joined<field::AddressLine1, field::AddressLine2>>,
                  Put<"key", IdempotencyKey>>;

}  // namespace

static_assert(Body::content_type == "application/x-www-form-urlencoded");
static_assert(Body::carried ==
              (name_fields | FieldSet{Field::email, Field::metadata, Field::address_line1,
                                      Field::address_line2}));
static_assert(Body::required.empty());

BOOST_AUTO_TEST_CASE(members_keep_the_declared_order) {
  const Metadata metadata{{"z", "1"}, {"a", "2"}};
  const auto [body, fields] = written<Body>({.email = "a@b",
                                             .name = "Ana",
                                             .metadata = metadata,
                                             .address = {.line1 = "1", .line2 = "2"}});
  BOOST_TEST(body ==
             "kind=a%20b&e-mail=a%40b&full%20name=Ana&meta[z][v]=1&meta[a][v]=2&street=1%2C%202&"
             "key=key-1");
  BOOST_TEST((fields == Body::carried));
}

BOOST_AUTO_TEST_CASE(absent_fields_are_left_out) {
  const auto [body, fields] = written<Body>({});
  BOOST_TEST(body == "kind=a%20b&key=key-1");
  BOOST_TEST(fields.empty());
  BOOST_TEST((written<Form<Put<"e", field::Email>>>({}).first == ""));
}

BOOST_AUTO_TEST_CASE(a_joined_field_counts_both_parts) {
  const auto [body, fields] = written<Body>({.address = {.line2 = "only"}});
  BOOST_TEST(body == "kind=a%20b&street=only&key=key-1");
  BOOST_TEST((fields == FieldSet{Field::address_line1, Field::address_line2}));
}

BOOST_AUTO_TEST_CASE(every_byte_survives_in_values_and_keys) {
  for (unsigned c = 0; c < 256; ++c) {
    const std::string text{'<', static_cast<char>(c), '>'};
    const Metadata metadata{{text, text}};
    const auto body = written<Form<Put<"e", field::Email>, Entries<"m[{}]", field::Metadata>>>(
                          {.email = text, .metadata = metadata})
                          .first;
    const Pairs expected{{"e", text}, {"m[" + text + "]", text}};
    BOOST_TEST((form_members(body) == expected), "byte " << c);
    // Only RFC 3986 unreserved characters go out as they are.
    const std::string plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    const bool escaped =
        body.find(text) == std::string::npos &&
        body.find(std::string{'C', static_cast<char>(c), '%'}) == std::string::npos;
    BOOST_TEST(escaped == (plain.find(static_cast<char>(c)) == std::string::npos), "byte " << c);
  }
}

BOOST_AUTO_TEST_CASE(declared_names_keep_brackets_and_escape_the_rest) {
  using Odd = Form<Put<"a[b]&c=d e\xC3\xA9", field::Email>>;
  const auto body = written<Odd>({.email = "x"}).first;
  BOOST_TEST(body == "a[b]%26c%3Dd%20e%C3%A9=x");
  BOOST_TEST(form_members(body)[0].first == "a[b]&c=d e\xC3\xA9");
}

BOOST_AUTO_TEST_CASE(describes_its_elements) {
  std::vector<std::string> names;
  Body::describe([&]<class Element>(std::string_view name) { names.emplace_back(name); });
  const std::vector<std::string> expected{"kind",        "e-mail", "full name",
                                          "meta[{}][v]", "street", "key"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
