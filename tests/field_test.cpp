// SPDX-License-Identifier: Apache-2.0
#include <florin/field.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(field_set)

using florin::Field;
using florin::FieldSet;

static_assert(std::forward_iterator<FieldSet::Iterator>);
static_assert(sizeof(FieldSet) <= sizeof(void*));

BOOST_AUTO_TEST_CASE(names_are_those_of_the_schema) {
  const std::vector<std::string> expected{"merchant_customer_id", "email",          "name",
                                          "given_name",           "family_name",    "phone",
                                          "description",          "metadata",       "address.line1",
                                          "address.line2",        "address.city",   "address.state",
                                          "address.zip",          "address.country"};
  std::vector<std::string> names;
  for (const Field field : FieldSet::all()) names.emplace_back(to_string(field));
  BOOST_TEST(names == expected, boost::test_tools::per_element());
  BOOST_TEST(FieldSet::all().size() == florin::field_count);
}

BOOST_AUTO_TEST_CASE(a_set_holds_what_was_inserted) {
  FieldSet set;
  BOOST_TEST(set.empty());
  BOOST_TEST((set.begin() == set.end()));
  set.insert(Field::phone);
  set.insert(Field::phone);
  set.insert(Field::address_country);
  BOOST_TEST(set.size() == 2U);
  for (const Field field : FieldSet::all())
    BOOST_TEST(set.contains(field) == (field == Field::phone || field == Field::address_country));
  BOOST_TEST((set == FieldSet{Field::address_country, Field::phone}));
}

BOOST_AUTO_TEST_CASE(sets_combine) {
  constexpr FieldSet a{Field::email, Field::name};
  constexpr FieldSet b{Field::name, Field::phone};
  static_assert((a | b) == FieldSet{Field::email, Field::name, Field::phone});
  static_assert((a & b) == FieldSet{Field::name});
  static_assert(a - b == FieldSet{Field::email});
  static_assert(FieldSet::all() - FieldSet::all() == FieldSet{});
  FieldSet c = a;
  c |= b;
  BOOST_TEST((c == (a | b)));
}

BOOST_AUTO_TEST_CASE(both_parts_of_a_name_say_it_in_full) {
  using florin::name_fields;
  using florin::with_all_of_name;
  using florin::with_full_name;
  static_assert(with_full_name({Field::given_name, Field::family_name}) == name_fields);
  static_assert(with_full_name({Field::given_name}) == FieldSet{Field::given_name});
  static_assert(with_full_name({Field::name}) == FieldSet{Field::name});
  static_assert(with_all_of_name({Field::name, Field::email}) ==
                (name_fields | FieldSet{Field::email}));
  static_assert(with_all_of_name({Field::given_name}) == FieldSet{Field::given_name});
  BOOST_TEST(name_fields.size() == 3U);
}

BOOST_AUTO_TEST_CASE(iteration_is_in_the_order_of_the_schema) {
  constexpr FieldSet set{Field::address_country, Field::merchant_customer_id, Field::metadata};
  std::vector<Field> seen;
  for (auto at = set.begin(); at != set.end(); at++) seen.push_back(*at);
  const std::vector<Field> expected{Field::merchant_customer_id, Field::metadata,
                                    Field::address_country};
  BOOST_TEST((seen == expected));
}

BOOST_AUTO_TEST_SUITE_END()
