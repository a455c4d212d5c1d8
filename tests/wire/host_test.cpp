// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/host.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_host)
namespace {

using florin::wire::HostForm;
using florin::wire::HostText;
using std::string;
using std::string_view;

/// The host with `label` in its hole; `"-"`: there is none.
string made(string_view host, string_view label) {
  HostText name;
  return name.assign(HostForm::of(host), label) ? string{name.view()} : "-";
}
constexpr bool well_formed(string_view host) {
  return HostForm::of(host).well_formed();
}

static_assert([] {
  HostText name;
  return name.assign(HostForm::of("{site}.example.com"), "acme") &&
         name.view() == "acme.example.com";
}());

}  // namespace

BOOST_AUTO_TEST_CASE(a_credential_is_a_part_of_a_label) {
  BOOST_TEST(made("api.example.com", "acme") == "api.example.com");
  BOOST_TEST(made("{site}.example.com", "acme") == "acme.example.com");
  BOOST_TEST(made("{site}-test.example.com", "acme") == "acme-test.example.com");
  BOOST_TEST(made("api-{site}.example.com", "a-1") == "api-a-1.example.com");
  BOOST_TEST(made("eu.{site}.example.com", "0") == "eu.0.example.com");
  // Names are compared without regard to letter case.
  BOOST_TEST(made("{site}.example.com", "ACME-Shop") == "acme-shop.example.com");
}

BOOST_AUTO_TEST_CASE(a_whole_label_goes_with_its_dot) {
  BOOST_TEST(made("{prefix.}api.example.com", "pl-1") == "pl-1.api.example.com");
  BOOST_TEST(made("{prefix.}api.example.com", "") == "api.example.com");
  BOOST_TEST(made("eu.{prefix.}api.example.com", "") == "eu.api.example.com");
  BOOST_TEST(made("{site}.example.com", "") == "-");
}

BOOST_AUTO_TEST_CASE(anything_but_a_label_is_refused) {
  for (const string_view bad : {"evil.example.net/",
                                "a.b",
                                ".",
                                "acme.",
                                ".acme",
                                "-acme",
                                "acme-",
                                "-",
                                "a_b",
                                "a b",
                                " a",
                                "a:1",
                                "a@b",
                                "a/b",
                                "a#",
                                "a?",
                                "a%2e",
                                "a\r\nX: y",
                                "\xc3\xa4",
                                "{site}",
                                "*",
                                "a\\b"}) {
    BOOST_TEST(made("{site}.example.com", bad) == "-");
    BOOST_TEST(made("{prefix.}api.example.com", bad) == "-");
  }
  BOOST_TEST(made("{site}.example.com", string_view{"a\0b", 3}) == "-");
}

BOOST_AUTO_TEST_CASE(a_label_has_63_characters) {
  const string most(63, 'a');
  BOOST_TEST(made("{site}.example.com", most) == most + ".example.com");
  BOOST_TEST(made("{site}.example.com", most + 'a') == "-");
  BOOST_TEST(made("{prefix.}api.example.com", most) == most + ".api.example.com");
  BOOST_TEST(made("{prefix.}api.example.com", most + 'a') == "-");
  const string fewer(58, 'a');
  BOOST_TEST(made("{site}-test.example.com", fewer) == fewer + "-test.example.com");
  BOOST_TEST(made("{site}-test.example.com", fewer + 'a') == "-");
  BOOST_TEST(made("x-{site}.example.com", string(61, 'a')) ==
             "x-" + string(61, 'a') + ".example.com");
  BOOST_TEST(made("x-{site}.example.com", string(62, 'a')) == "-");
}

BOOST_AUTO_TEST_CASE(a_declaration_is_a_name_with_at_most_one_hole) {
  for (const string_view good :
       {"api.example.com", "localhost", "{site}.example.com", "{site}-test.example.com",
        "{prefix.}api.example.com", "eu.{prefix.}api.example.com"})
    BOOST_TEST(well_formed(good), good);
  for (const string_view bad :
       {"", "https://api.example.com", "api.example.com:443", "api.example.com/v1", "{site",
        "site}.example.com", "}{.example.com", "{}.example.com", "{.}example.com", "{site}",
        "{a}{b}.example.com", "{a}.{b}.example.com", "{{a}}.example.com", "x{prefix.}example.com",
        "{prefix.}.example.com", "{site} .example.com"})
    BOOST_TEST(!well_formed(bad), bad);
  BOOST_TEST(!well_formed("{site}." + string(190, 'a')));
  BOOST_TEST(!well_formed("{site}" + string(63, 'a') + ".example.com"));
}

BOOST_AUTO_TEST_SUITE_END()
