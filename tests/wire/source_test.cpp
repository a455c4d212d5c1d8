// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/secret.hpp>
#include <florin/wire/source.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_source)

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
  // Not copied as a `Value`: computed texts stand in the object itself.
  const auto value = read<Source>(context);
  std::string joined;
  for (const auto piece : {value.first, value.joint, value.second}) joined += piece;
  return joined;
}

std::string e164(std::string_view phone) {
  return value_of<E164<field::Phone>>({.phone = phone});
}
std::string_view phone_fault(std::string_view phone) {
  const CreateRequestView request{.phone = phone};
  const Credentials credentials;
  const Context<CreateRequestView, Credentials> context{request, credentials};
  BOOST_TEST(E164<field::Phone>::fault(context) == Digits<field::Phone>::fault(context));
  return E164<field::Phone>::fault(context);
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
static_assert(GivenName::carried == name_fields && FamilyName::carried == name_fields);
static_assert(E164<field::Phone>::id == Field::phone);
static_assert(E164<field::Phone>::carried == FieldSet{Field::phone});
static_assert(!FieldTag<E164<field::Phone>> && !FieldTag<Digits<field::Phone>>);
static_assert(Joined<field::AddressLine1, field::AddressLine2>::carried ==
              FieldSet{Field::address_line1, Field::address_line2});
static_assert(FromCredential<&Credentials::key>::carried.empty() &&
              IdempotencyKey::carried.empty());

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
  BOOST_TEST(given("\xE6\x9D\x8E \xE5\xB0\x8F\xE9\xBE\x99") == "\xE6\x9D\x8E");
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_name_are_not_split_but_joined) {
  const CreateRequestView parts{.given_name = "Ana Maria", .family_name = "Garcia Lopez"};
  BOOST_TEST(value_of<GivenName>(parts) == "Ana Maria");
  BOOST_TEST(value_of<FamilyName>(parts) == "Garcia Lopez");
  BOOST_TEST(value_of<field::Name>(parts) == "Ana Maria Garcia Lopez");
  BOOST_TEST(value_of<field::Name>({.given_name = " Ana ", .family_name = " Garcia"}) ==
             "Ana Garcia");
  const CreateRequestView both{
      .name = "Dr. A. Garcia", .given_name = "Ana Maria", .family_name = "Garcia Lopez"};
  BOOST_TEST(value_of<GivenName>(both) == "Ana Maria");
  BOOST_TEST(value_of<FamilyName>(both) == "Garcia Lopez");
  BOOST_TEST(value_of<field::Name>(both) == "Dr. A. Garcia");
  BOOST_TEST(value_of<field::Name>({}) == "");
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

BOOST_AUTO_TEST_CASE(an_international_number_keeps_its_plus) {
  BOOST_TEST(e164("+15555550100") == "+15555550100");
  BOOST_TEST(e164("+1-555-123-4567") == "+15551234567");
  BOOST_TEST(e164("+44 (0)20 / 7946.0958") == "+4402079460958");
  BOOST_TEST(e164("(555) 123-4567") == "5551234567");
  BOOST_TEST(e164("") == "");
  BOOST_TEST(value_of<Digits<field::Phone>>({.phone = "+1-555-123-4567"}) == "15551234567");
  const std::string longest = '+' + std::string(31, '9');
  BOOST_TEST(e164(longest) == longest);
}

BOOST_AUTO_TEST_CASE(what_is_no_phone_number_is_told) {
  for (const std::string_view right : {"", "+1-555-123-4567", "(555) 123.4567", "1/2"})
    BOOST_TEST(phone_fault(right).empty(), right);
  BOOST_TEST(phone_fault(std::string(32, '1')).empty());
  for (const std::string_view wrong : {"call me", "+1 555 ext. 7", "+1#2", "555\n0100", "555\t0100",
                                       "\xC3\xA9", "+", " ", "(-) / .", "\xEF\xBC\x91"})
    BOOST_TEST(phone_fault(wrong) == "is not a phone number", wrong);
  BOOST_TEST(phone_fault(std::string(33, '1')) == "is not a phone number");
  for (const std::string_view misplaced : {"5+5", "+1+2", "++1", "1+"})
    BOOST_TEST(phone_fault(misplaced) == "is not a phone number", misplaced);
  for (const std::string_view padded : {" +1 555", "(+1) 555"}) {
    BOOST_TEST(phone_fault(padded).empty(), padded);
    BOOST_TEST(e164(padded) == "+1555", padded);
  }
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
