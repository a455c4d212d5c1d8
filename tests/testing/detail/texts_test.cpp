// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/detail/texts.hpp>

#include <boost/test/unit_test.hpp>

/// What descriptions of processors ask of texts.
BOOST_AUTO_TEST_SUITE(testing_texts)
namespace {

using florin::testing::detail::contains_in_any_case;
using florin::testing::detail::lower_case;

}  // namespace

BOOST_AUTO_TEST_CASE(letters_are_made_small) {
  BOOST_TEST(lower_case("AZ az @[ \xC3\x84") == "az az @[ \xC3\x84");
}

BOOST_AUTO_TEST_CASE(a_part_is_found_in_any_case) {
  BOOST_TEST(contains_in_any_case("Ana EXAMPLE", "na ex"));
  BOOST_TEST(contains_in_any_case("ana", "ana"));
  BOOST_TEST(contains_in_any_case("ana", ""));
  BOOST_TEST(contains_in_any_case("", ""));
  BOOST_TEST(!contains_in_any_case("ana", "anab"));
  BOOST_TEST(!contains_in_any_case("", "a"));
}

BOOST_AUTO_TEST_SUITE_END()
