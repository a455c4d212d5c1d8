// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/limit.hpp>
#include <florin/wire/source.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace element_cases {

using namespace florin;
using namespace florin::wire;
using florin::wire::Fault;

namespace {

struct NoCredentials {};

template <class Element>
Fault check(const CreateRequestView& request) {
  const NoCredentials none;
  return Element::check(
      Context<CreateRequestView, NoCredentials>{request, none, {}, request.given()});
}

/// Code, field and reason in one text.
std::string said(const Fault& fault) {
  if (!fault) return "";
  return std::string{to_string(fault.code)} + " " +
         std::string{fault.field ? to_string(*fault.field) : "-"} + " " + std::string{fault.reason};
}

template <class Body>
std::string written(const CreateRequestView& request, FieldSet& fields) {
  const NoCredentials none;
  Buffer out;
  fields = {};
  Body::write(Context<CreateRequestView, NoCredentials>{request, none, {}, request.given()}, out,
              fields);
  return std::string{out.view()};
}

template <class Body>
std::string written(const CreateRequestView& request) {
  FieldSet fields;
  return written<Body>(request, fields);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_element)

BOOST_AUTO_TEST_CASE(put_says_the_first_limit_that_is_broken) {
  using Email = Put<"email", field::Email, MaxLength<10>, EmailForm>;
  BOOST_TEST(said(check<Email>({})) == "");
  BOOST_TEST(said(check<Email>({.email = "a@b"})) == "");
  BOOST_TEST(said(check<Email>({.email = "not-an-email-at-all"})) ==
             "invalid_field email is longer than 10 characters");
  BOOST_TEST(said(check<Email>({.email = "a"})) == "invalid_field email is not an email address");
}

BOOST_AUTO_TEST_CASE(what_is_required_has_to_be_there) {
  using Email = Put<"email", field::Email, Required, MaxLength<10>>;
  static_assert(Email::required == FieldSet{Field::email});
  BOOST_TEST(said(check<Email>({})) == "missing_field email is required");
  BOOST_TEST(said(check<Email>({.email = "a@b"})) == "");
  using Street = Put<"street", Joined<field::AddressLine1, field::AddressLine2>, Required>;
  BOOST_TEST(said(check<Street>({})) == "missing_field address.line1 is required");
  BOOST_TEST(said(check<Street>({.address = {.line1 = "1"}})) == "");
  // The second part cannot do without the first.
  BOOST_TEST(said(check<Street>({.address = {.line2 = "2"}})) ==
             "missing_field address.line1 is required");
}

BOOST_AUTO_TEST_CASE(a_required_family_name_explains_a_single_word) {
  using Last = Put<"last", FamilyName, Required>;
  BOOST_TEST(said(check<Last>({})) == "missing_field name is required");
  BOOST_TEST(said(check<Last>({.name = "Cher"})) ==
             "invalid_field name is a single word, but a family name is required");
  BOOST_TEST(said(check<Last>({.name = "Ana Example"})) == "");
}

BOOST_AUTO_TEST_CASE(a_name_is_split_at_any_white_space) {
  const auto split = [](std::string_view name) {
    const CreateRequestView request{.name = name};
    const NoCredentials none;
    const Context<CreateRequestView, NoCredentials> context{request, none};
    return std::string{GivenName::read(context).first} + '|' +
           std::string{FamilyName::read(context).first};
  };
  BOOST_TEST(split(" Ana  Maria Example ") == "Ana|Maria Example");
  BOOST_TEST(split("Ana\tExample") == "Ana|Example");
  BOOST_TEST(split("\xE5\xB1\xB1\xE7\x94\xB0\xE3\x80\x80\xE5\xA4\xAA\xE9\x83\x8E") ==
             "\xE5\xB1\xB1\xE7\x94\xB0|\xE5\xA4\xAA\xE9\x83\x8E");
  BOOST_TEST(split("\xE2\x80\x83John\xC2\xA0"
                   "Doe\xE2\x80\x83") == "John|Doe");
  BOOST_TEST(split("Cher\xE3\x80\x80") == "Cher|");
}

BOOST_AUTO_TEST_CASE(a_place_for_a_name_counts_for_its_parts) {
  static_assert(Put<"name", field::Name>::carried == name_fields);
  static_assert(Put<"name", field::Name, Required>::required == FieldSet{Field::name});
  static_assert(Put<"first", GivenName, Required>::required == FieldSet{Field::name});
  static_assert(Put<"first", GivenName, MaxLength<9>>::max_length(Field::given_name) == 9);
  static_assert(Put<"first", GivenName, MaxLength<9>>::max_length(Field::name) == unlimited);
  static_assert(Put<"name", field::Name, MaxLength<9>>::max_length(Field::name) == 9);
  using First = Put<"first", GivenName, MaxLength<3>>;
  BOOST_TEST(said(check<First>({.name = "Anna Example"})) ==
             "invalid_field name is longer than 3 characters");
  BOOST_TEST(said(check<First>({.name = "An E", .given_name = "Anna", .family_name = "E"})) ==
             "invalid_field given_name is longer than 3 characters");
}

BOOST_AUTO_TEST_CASE(entries_are_counted_with_the_policys_own) {
  using Meta = Entries<"{}", field::Metadata, MaxEntries<3>, Reserved<1>, MaxKeyLength<2>>;
  static_assert(Meta::max_entries() == 3 && Meta::reserved_entries() == 1);
  const auto with = [](const Metadata& metadata) {
    return said(check<Meta>({.metadata = metadata}));
  };
  BOOST_TEST(with({{"a", "1"}, {"b", "2"}}) == "");
  BOOST_TEST(with({{"a", "1"}, {"b", "2"}, {"c", "3"}}) ==
             "invalid_field metadata has more than 3 entries");
  BOOST_TEST(with({{"a", "1"}, {"abc", "2"}}) ==
             "invalid_field metadata has a key longer than 2 characters");
}

BOOST_AUTO_TEST_CASE(one_of_several_can_be_required) {
  using Either = RequireAnyOf<field::Email, field::Phone>;
  static_assert(Either::carried.empty() && Either::required.empty());
  BOOST_TEST(said(check<Either>({})) ==
             "missing_field email is required, or another field in its place");
  BOOST_TEST(said(check<Either>({.email = "a@b"})) == "");
  BOOST_TEST(said(check<Either>({.phone = "1"})) == "");
}

BOOST_AUTO_TEST_CASE(an_address_stands_in_lists_of_fields_for_all_its_parts) {
  using Either = RequireAnyOf<field::Address, field::Phone>;
  static_assert(Either::fields == (address_fields | FieldSet{Field::phone}));
  BOOST_TEST(said(check<Either>({})) ==
             "missing_field address.line1 is required, or another field in its place");
  BOOST_TEST(said(check<Either>({.address = {.zip = "1"}})) == "");
  using Body =
      json::Object<OnlyWith<AnyOf<field::Address>, Put<"id", field::MerchantCustomerId>>,
                   OnlyWith<AllOf<field::Address, field::Email>, Put<"city", field::AddressCity>>>;
  BOOST_TEST(written<Body>({.merchant_customer_id = "m"}) == "{}");
  BOOST_TEST(written<Body>({.merchant_customer_id = "m", .address = {.country = "US"}}) ==
             R"({"id":"m"})");
  CreateRequestView whole{
      .email = "a@b",
      .address = {
          .line1 = "1", .line2 = "2", .city = "c", .state = "s", .zip = "z", .country = "US"}};
  BOOST_TEST(written<Body>(whole) == R"({"city":"c"})");
  whole.address.line2 = {};
  BOOST_TEST(written<Body>(whole) == "{}");
}

BOOST_AUTO_TEST_CASE(conditional_elements_go_out_only_when_the_condition_holds) {
  using Address = OnlyWith<AllOf<field::AddressLine1, field::AddressCountry>,
                           json::Nested<"address", Put<"line1", field::AddressLine1, MaxLength<5>>,
                                        Put<"country", field::AddressCountry>,
                                        Put<"city", field::AddressCity, Required>>>;
  using Body = json::Object<Put<"id", field::MerchantCustomerId>, Address>;
  static_assert(Address::required.empty());
  static_assert(Body::carried.contains(Field::address_city));
  FieldSet fields;
  BOOST_TEST(written<Body>({.merchant_customer_id = "m", .address = {.line1 = "1"}}, fields) ==
             R"({"id":"m"})");
  BOOST_TEST((fields == FieldSet{Field::merchant_customer_id}));
  BOOST_TEST(written<Body>({.address = {.line1 = "1", .city = "c", .country = "US"}}, fields) ==
             R"({"address":{"line1":"1","country":"US","city":"c"}})");
  BOOST_TEST(
      (fields == FieldSet{Field::address_line1, Field::address_city, Field::address_country}));
  // Limits and requirements count only then.
  BOOST_TEST(said(check<Address>({.address = {.line1 = "too long"}})) == "");
  BOOST_TEST(said(check<Address>({.address = {.line1 = "too long", .country = "US"}})) ==
             "invalid_field address.line1 is longer than 5 characters");
  BOOST_TEST(said(check<Address>({.address = {.line1 = "1", .country = "US"}})) ==
             "missing_field address.city is required");

  using Any = Form<OnlyWith<AnyOf<field::AddressCity, field::AddressZip>,
                            Put<"city", field::AddressCity>, Put<"name", field::Name>>>;
  BOOST_TEST(written<Any>({.name = "Ana"}) == "");
  BOOST_TEST(written<Any>({.name = "Ana", .address = {.zip = "1"}}) == "name=Ana");
  std::string described;
  Any::describe([&]<class Element>(std::string_view name) { described.append(name) += ' '; });
  BOOST_TEST(described == "city name ");
}

BOOST_AUTO_TEST_CASE(arrays_and_lasting_objects) {
  using Body =
      json::Object<json::NestedArray<"list", Put<"a", field::Email>, Put<"b", field::Name>>,
                   json::NestedAlways<"always", Put<"c", field::Phone>>>;
  BOOST_TEST(written<Body>({}) == R"({"always":{}})");
  BOOST_TEST(written<Body>({.email = "e", .name = "n", .phone = "p"}) ==
             R"({"list":[{"a":"e","b":"n"}],"always":{"c":"p"}})");
  std::string described;
  Body::describe([&]<class Element>(std::string_view name) { described.append(name) += ' '; });
  BOOST_TEST(described == "list[0].a list[0].b always.c ");
}

BOOST_AUTO_TEST_CASE(phone_numbers_can_be_reduced_to_digits) {
  using Phone = Put<"phone", Digits<field::Phone>, MaxLength<15>>;
  const auto digits = [](std::string_view phone) { return written<Form<Phone>>({.phone = phone}); };
  BOOST_TEST(digits("+1-555-123-4567") == "phone=15551234567");
  BOOST_TEST(digits("(0)30 / 12.34") == "phone=0301234");
  BOOST_TEST(digits("") == "");
  BOOST_TEST(said(check<Phone>({.phone = "+1-555-123-4567"})) == "");
  for (const auto bad : {"call me", "+", "12345 ext 6", "1\n2"})
    BOOST_TEST(said(check<Phone>({.phone = bad})) == "invalid_field phone is not a phone number",
               bad);
  BOOST_TEST(said(check<Phone>({.phone = "1234567890123456"})) ==
             "invalid_field phone is longer than 15 characters");
  const std::string endless(33, '1');
  BOOST_TEST(said(check<Phone>({.phone = endless})) == "invalid_field phone is not a phone number");
}

BOOST_AUTO_TEST_CASE(text_can_be_limited_to_what_a_processor_holds) {
  BOOST_TEST(XmlText::accepts({.first = "a \xC3\xA9\t\r\n\x7F", .joint = ", ", .second = "b"}));
  BOOST_TEST(XmlText::accepts({.first = "\xEF\xBF\xBD"}));
  BOOST_TEST(!XmlText::accepts({.first = "a\x1F"}));
  BOOST_TEST(!XmlText::accepts({.first = "a\x08"}));
  BOOST_TEST(!XmlText::accepts({.first = "a\v"}));
  BOOST_TEST(!XmlText::accepts({.first = "a", .second = "\x0E"}));
  BOOST_TEST(!XmlText::accepts({.first = "a\xEF\xBF\xBE"}));
  BOOST_TEST(!XmlText::accepts({.first = "a", .second = "\xEF\xBF\xBF"}));
  BOOST_TEST(AsciiOnly::accepts({.first = "a\n~"}));
  BOOST_TEST(!AsciiOnly::accepts({.first = "\xC3\xA9"}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wire_country)

BOOST_AUTO_TEST_CASE(every_code_has_its_three_letters) {
  static_assert(alpha3_of("US") == "USA" && alpha3_of("de") == "DEU" && alpha3_of("Gb") == "GBR");
  static_assert(alpha2_of("us") == "US" && alpha2_of("dE") == "DE" && alpha2_of("zz").empty());
  // The table is sorted, and every code stands there once.
  using florin::wire::detail::country_at;
  BOOST_TEST_REQUIRE(florin::wire::detail::countries.size() == 5U * 250U);
  for (std::size_t i = 0; i < 250; ++i) {
    const auto codes = country_at(i);
    BOOST_TEST(alpha3_of(codes.alpha2) == codes.alpha3);
    BOOST_TEST(codes.alpha3.size() == 3U);
    if (i > 0) BOOST_TEST(country_at(i - 1).alpha2 < codes.alpha2);
    for (std::size_t j = 0; j < i; ++j) BOOST_TEST(country_at(j).alpha3 != codes.alpha3);
  }
  // Those that are not what one would guess.
  BOOST_TEST(alpha3_of("AT") == "AUT");
  BOOST_TEST(alpha3_of("AU") == "AUS");
  BOOST_TEST(alpha3_of("CH") == "CHE");
  BOOST_TEST(alpha3_of("KM") == "COM");
  BOOST_TEST(alpha3_of("RS") == "SRB");
  BOOST_TEST(alpha3_of("UA") == "UKR");
  for (const auto bad : {"", "U", "USA", "XX", "AA", "ZZ", "UK", "1A"})
    BOOST_TEST(alpha3_of(bad) == "", bad);
}

BOOST_AUTO_TEST_CASE(a_country_goes_out_with_three_letters) {
  using Country = Put<"country", Alpha3<field::AddressCountry>>;
  BOOST_TEST(written<Form<Country>>({.address = {.country = "us"}}) == "country=USA");
  BOOST_TEST(written<Form<Country>>({}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace element_cases
