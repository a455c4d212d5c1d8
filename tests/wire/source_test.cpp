// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/secret.hpp>
#include <florin/wire/source.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>

using namespace florin;
using namespace florin::wire;

namespace {

struct Credentials {
  Secret key{};
  std::string user{};
  std::optional<std::string> account{};
  std::optional<Secret> token{};
};

template <class Source>
std::string value_of(const CreateRequestView& request, const Credentials& credentials = {},
                     std::string_view key = {}) {
  const Context<CreateRequestView, Credentials> context{request, credentials, key};
  const Value value = read<Source>(context);
  std::string joined;
  for (const auto piece : {value.first, value.joint, value.second}) joined += piece;
  return joined;
}

std::string given(std::string_view name) {
  return value_of<GivenName>({.name = name});
}
std::string family(std::string_view name) {
  return value_of<FamilyName>({.name = name});
}

}  // namespace

static_assert(FieldTag<field::Email> && FieldTag<field::AddressZip>);
static_assert(!FieldTag<GivenName> && !FieldTag<IdempotencyKey> && !FieldTag<int>);
static_assert(GivenName::carried == FieldSet{Field::name});
static_assert(Joined<field::AddressLine1, field::AddressLine2>::carried ==
              FieldSet{Field::address_line1, Field::address_line2});
static_assert(FromCredential<&Credentials::key>::carried.empty() &&
              IdempotencyKey::carried.empty());

BOOST_AUTO_TEST_SUITE(wire_source)

BOOST_AUTO_TEST_CASE(names_are_split_at_the_first_white_space) {
  BOOST_TEST(given("John Doe") == "John");
  BOOST_TEST(family("John Doe") == "Doe");
  BOOST_TEST(given("Ana Maria de la Cruz") == "Ana");
  BOOST_TEST(family("Ana Maria de la Cruz") == "Maria de la Cruz");
  BOOST_TEST(given("  John \t  Doe \n") == "John");
  BOOST_TEST(family("  John \t  Doe \n") == "Doe");
  BOOST_TEST(given("Cher") == "Cher");
  BOOST_TEST(family("Cher") == "");
  BOOST_TEST(family(" Cher ") == "");
  BOOST_TEST(given("") == "");
  BOOST_TEST(family("") == "");
  BOOST_TEST(given(" \t ") == "");
  BOOST_TEST(family(" \t ") == "");
  // A no-break space is part of a word.
  BOOST_TEST(given("Jo\xC2\xA0hn Doe") == "Jo\xC2\xA0hn");
  BOOST_TEST(given("\xE6\x9D\x8E \xE5\xB0\x8F\xE9\xBE\x99") == "\xE6\x9D\x8E");
}

BOOST_AUTO_TEST_CASE(two_lines_are_joined_only_when_both_are_given) {
  using Street = Joined<field::AddressLine1, field::AddressLine2>;
  BOOST_TEST(value_of<Street>({.address = {.line1 = "1 Main St", .line2 = "Apt 2"}}) ==
             "1 Main St, Apt 2");
  BOOST_TEST(value_of<Street>({.address = {.line1 = "1 Main St"}}) == "1 Main St");
  BOOST_TEST(value_of<Street>({.address = {.line2 = "Apt 2"}}) == "Apt 2");
  BOOST_TEST(value_of<Street>({}) == "");
}

BOOST_AUTO_TEST_CASE(a_tag_reads_its_field_as_it_is) {
  BOOST_TEST(value_of<field::Phone>({.phone = " +1 555 "}) == " +1 555 ");
  BOOST_TEST(value_of<field::AddressCountry>({.address = {.country = "us"}}) == "us");
}

BOOST_AUTO_TEST_CASE(credentials_of_every_type_are_read) {
  const Credentials credentials{.key = "k", .user = "u", .account = "a", .token = Secret{"t"}};
  BOOST_TEST(value_of<FromCredential<&Credentials::key>>({}, credentials) == "k");
  BOOST_TEST(value_of<FromCredential<&Credentials::user>>({}, credentials) == "u");
  BOOST_TEST(value_of<FromCredential<&Credentials::account>>({}, credentials) == "a");
  BOOST_TEST(value_of<FromCredential<&Credentials::token>>({}, credentials) == "t");
  BOOST_TEST(value_of<FromCredential<&Credentials::account>>({}) == "");
  BOOST_TEST(value_of<FromCredential<&Credentials::token>>({}) == "");
}

BOOST_AUTO_TEST_CASE(the_idempotency_key_is_a_source) {
  BOOST_TEST(value_of<IdempotencyKey>({}, {}, "key-1") == "key-1");
  BOOST_TEST(value_of<IdempotencyKey>({}) == "");
}

BOOST_AUTO_TEST_CASE(a_value_measures_all_its_pieces) {
  const Value value{.first = "\xC3\xA9", .joint = ", ", .second = "ab"};
  BOOST_TEST(value.size() == 6U);
  BOOST_TEST(value.characters() == 5U);
  BOOST_TEST(!value.empty());
  BOOST_TEST(value.all_of([](char c) { return c != 'x'; }));
  BOOST_TEST(!value.all_of([](char c) { return c != 'b'; }));
  BOOST_TEST(!value.all_of([](char c) { return c != ','; }));
  BOOST_TEST(Value{}.empty());
}

BOOST_AUTO_TEST_SUITE_END()
