// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/check.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(wire_check)

using namespace florin;
using florin::wire::check_request;
using florin::wire::Fault;

namespace {

CreateRequest minimal() {
  return {.merchant_customer_id = "m-1"};
}

constexpr Fault checked(const CreateRequestView& request) {
  return check_request(request, request.given());
}

Fault check_with(const std::function<void(CreateRequest&)>& change) {
  CreateRequest request = minimal();
  change(request);
  return checked(request);
}

}  // namespace

static_assert(!checked(CreateRequestView{.merchant_customer_id = "m-1", .email = "constants too"}));

BOOST_AUTO_TEST_CASE(a_minimal_request_passes) {
  const CreateRequest request = minimal();
  BOOST_TEST(!checked(request));
}

BOOST_AUTO_TEST_CASE(the_merchant_customer_id_is_required) {
  const Fault fault = check_with([](auto& r) { r.merchant_customer_id.clear(); });
  BOOST_TEST((fault.code == Errc::missing_field));
  BOOST_TEST((fault.field == Field::merchant_customer_id));
  BOOST_TEST(fault.reason == "is required");
}

BOOST_AUTO_TEST_CASE(every_text_is_utf8_without_nul) {
  struct Case {
    Field field;
    std::string& (*member)(CreateRequest&);
  };
  constexpr std::array cases{
      Case{Field::merchant_customer_id,
           [](CreateRequest& r) -> std::string& { return r.merchant_customer_id; }},
      Case{Field::email, [](CreateRequest& r) -> std::string& { return r.email; }},
      Case{Field::name, [](CreateRequest& r) -> std::string& { return r.name; }},
      Case{Field::phone, [](CreateRequest& r) -> std::string& { return r.phone; }},
      Case{Field::description, [](CreateRequest& r) -> std::string& { return r.description; }},
      Case{Field::address_line1, [](CreateRequest& r) -> std::string& { return r.address.line1; }},
      Case{Field::address_line2, [](CreateRequest& r) -> std::string& { return r.address.line2; }},
      Case{Field::address_city, [](CreateRequest& r) -> std::string& { return r.address.city; }},
      Case{Field::address_state, [](CreateRequest& r) -> std::string& { return r.address.state; }},
      Case{Field::address_zip, [](CreateRequest& r) -> std::string& { return r.address.zip; }},
      Case{Field::address_country,
           [](CreateRequest& r) -> std::string& { return r.address.country; }},
  };
  const std::array bad{std::string{"a\0b", 3}, std::string{"\xFF"}, std::string{"caf\xE9"},
                       std::string{"\xED\xA0\x80"}, std::string{"\xC0\xAF"}};
  for (const auto& [field, member] : cases) {
    for (const auto& text : bad) {
      CreateRequest request = minimal();
      member(request) = text;
      const Fault fault = checked(request);
      BOOST_TEST((fault.code == Errc::invalid_field));
      BOOST_TEST((fault.field == field), to_string(field));
      BOOST_TEST(fault.reason == "is not UTF-8 text without NUL");
    }
    CreateRequest request = minimal();
    member(request) = field == Field::address_country ? "US" : "\xF0\x9F\x98\x80 \n&=+%";
    BOOST_TEST(!checked(request), to_string(field));
  }
}

BOOST_AUTO_TEST_CASE(a_name_has_both_its_parts_or_neither) {
  BOOST_TEST(!check_with([](auto& r) {
    r.given_name = "Ana";
    r.family_name = "Example";
  }));
  const Fault family = check_with([](auto& r) { r.given_name = "Ana"; });
  BOOST_TEST((family.code == Errc::missing_field));
  BOOST_TEST((family.field == Field::family_name));
  const Fault given = check_with([](auto& r) {
    r.name = "Ana Example";
    r.family_name = "Example";
  });
  BOOST_TEST((given.code == Errc::missing_field));
  BOOST_TEST((given.field == Field::given_name));
  for (const char* const broken : {"\xFF", "caf\xE9"}) {
    const Fault fault = check_with([&](auto& r) {
      r.given_name = "Ana";
      r.family_name = broken;
    });
    BOOST_TEST((fault.field == Field::family_name));
    BOOST_TEST(fault.reason == "is not UTF-8 text without NUL");
  }
}

BOOST_AUTO_TEST_CASE(the_country_is_an_assigned_code) {
  for (const auto good : {"US", "de"})
    BOOST_TEST(!check_with([&](auto& r) { r.address.country = good; }));
  for (const auto bad : {"U", "USA", "U1", "  ", "\xC3\xA9", "United States", "ZZ", "UK"}) {
    const Fault fault = check_with([&](auto& r) { r.address.country = bad; });
    BOOST_TEST((fault.code == Errc::invalid_field));
    BOOST_TEST((fault.field == Field::address_country));
    BOOST_TEST(fault.reason == "is not an ISO 3166-1 alpha-2 code");
  }
}

BOOST_AUTO_TEST_CASE(metadata_has_at_most_twenty_entries) {
  const auto with = [](int count) {
    return check_with([count](auto& r) {
      for (int i = 0; i < count; ++i) r.metadata.set("k" + std::to_string(i), "v");
    });
  };
  BOOST_TEST(!with(20));
  const Fault fault = with(21);
  BOOST_TEST((fault.code == Errc::invalid_field));
  BOOST_TEST((fault.field == Field::metadata));
  BOOST_TEST(fault.reason == "has more than 20 entries");
}

BOOST_AUTO_TEST_CASE(metadata_keys_are_given_unique_and_not_reserved) {
  const auto reason_of = [](std::vector<MetadataEntry> entries) {
    CreateRequestView view{.merchant_customer_id = "m-1"};
    view.metadata = std::span<const MetadataEntry>{entries};
    const Fault fault = checked(view);
    if (fault) BOOST_TEST((fault.field == Field::metadata));
    return fault.reason;
  };
  BOOST_TEST(reason_of({{"a", "1"}, {"A", "1"}}) == "");
  BOOST_TEST(reason_of({{"", "1"}}) == "has an empty key");
  BOOST_TEST(reason_of({{"a", "1"}, {"b", "1"}, {"a", "2"}}) == "has a key twice");
  BOOST_TEST(reason_of({{"merchant_customer_id", "1"}}) ==
             "has the reserved key merchant_customer_id");
  BOOST_TEST(reason_of({{"Merchant_Customer_Id", "1"}}) == "");
  BOOST_TEST(reason_of({{"a\xFF", "1"}}) == "is not UTF-8 text without NUL");
  BOOST_TEST(reason_of({{"a", "1\xFF"}}) == "is not UTF-8 text without NUL");
  BOOST_TEST(reason_of({{std::string_view{"a\0", 2}, "1"}}) == "is not UTF-8 text without NUL");
  BOOST_TEST(reason_of({{"a", std::string_view{"\0", 1}}}) == "is not UTF-8 text without NUL");
}

BOOST_AUTO_TEST_SUITE_END()
