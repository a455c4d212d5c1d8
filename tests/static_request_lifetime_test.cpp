// SPDX-License-Identifier: Apache-2.0
#include <florin/static_request.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(static_request_lifetime)

using namespace florin;
using namespace florin::fields;

/// What `customer(...)` was given may be gone before the request is read. AddressSanitizer sees a
/// text that was not kept; the texts are too long for the inside of a `std::string`.

namespace {

const std::string_view long_text =
    "a text that is too long for the inside of any std::string there is";

/// A request of which each value has gone.
auto of_locals() {
  const std::string local_email = "ana.with.a.long.name@example.com";
  std::string local_name = "Ana, whose name is long enough for the heap";
  char local_phone[32] = "+1 555 0100 0100 0100";
  const Metadata local_metadata{{"key", std::string{long_text}}};
  const Address local_address{.line1 = std::string{long_text}, .country = "DE"};
  return customer(merchant_customer_id = std::string{"a merchant's own long reference"},
                  email = local_email, name = local_name, phone = local_phone,
                  description = std::optional<std::string>{long_text}, metadata = local_metadata,
                  address = local_address);
}

const std::string constant_text() {
  return std::string{long_text};
}

}  // namespace

BOOST_AUTO_TEST_CASE(keeps_what_was_local) {
  const auto request = of_locals();
  const CreateRequestView view = request;
  BOOST_TEST(view.merchant_customer_id == "a merchant's own long reference");
  BOOST_TEST(view.email == "ana.with.a.long.name@example.com");
  BOOST_TEST(view.name == "Ana, whose name is long enough for the heap");
  BOOST_TEST(view.phone == "+1 555 0100 0100 0100");
  BOOST_TEST(view.description == long_text);
  BOOST_REQUIRE(view.metadata.size() == 1U);
  BOOST_TEST(view.metadata[0].key == "key");
  BOOST_TEST(view.metadata[0].value == long_text);
  BOOST_TEST(view.address.line1 == long_text);
  BOOST_TEST(view.address.line2.empty());
  BOOST_TEST(view.address.country == "DE");
}

BOOST_AUTO_TEST_CASE(keeps_a_constant_temporary) {
  const auto request = customer(email = constant_text());
  const CreateRequestView view = request;
  BOOST_TEST(view.email == long_text);
}

BOOST_AUTO_TEST_CASE(keeps_the_temporaries_of_a_metadata_list) {
  const std::string local{long_text};
  const auto request = customer(
      metadata = {{"number", std::to_string(1'000'000'000)}, {"long", local + "!"}, {local, "v"}});
  static_assert(decltype(customer(metadata = {{"a", local}}))::metadata_entries == 1);
  static_assert(std::remove_cvref_t<decltype(request)>::metadata_entries == 3);
  const auto moved = request;
  const CreateRequestView view = moved;
  BOOST_REQUIRE(view.metadata.size() == 3U);
  BOOST_TEST(view.metadata[0].key == "number");
  BOOST_TEST(view.metadata[0].value == "1000000000");
  BOOST_TEST(view.metadata[1].value == local + "!");
  BOOST_TEST(view.metadata[2].key == local);
  BOOST_TEST(view.metadata[2].value == "v");
}

BOOST_AUTO_TEST_CASE(keeps_the_temporaries_of_an_address) {
  const std::string local{long_text};
  const auto request = customer(address = {.line1 = local + "!",
                                           .line2 = "2",
                                           .city = std::optional<std::string>{},
                                           .state = std::string_view{local},
                                           .zip = std::to_string(12345),
                                           .country = "DE"});
  static_assert(std::remove_cvref_t<decltype(request)>::given.size() == 6);
  const CreateRequestView view = request;
  BOOST_TEST(view.address.line1 == local + "!");
  BOOST_TEST(view.address.line2 == "2");
  BOOST_TEST(view.address.city.empty());
  BOOST_TEST((view.address.state.data() == local.data()));
  BOOST_TEST(view.address.zip == "12345");
  BOOST_TEST(view.address.country == "DE");
}

BOOST_AUTO_TEST_CASE(a_temporary_request_gives_no_view) {
  using Request = decltype(customer(email = "ana@example.com"));
  BOOST_TEST((std::is_convertible_v<const Request&, CreateRequestView>));
  BOOST_TEST((!std::is_convertible_v<Request, CreateRequestView>));
  BOOST_TEST((!std::is_convertible_v<const Request, CreateRequestView>));
}

BOOST_AUTO_TEST_CASE(takes_optionals_maps_and_addresses) {
  const std::optional<std::string_view> viewed{"viewed"};
  const std::optional<const char*> pointer{"pointed to"};
  const std::map<std::string, std::string> map{{"a", "1"}, {"b", "2"}};
  const AddressView place{.city = "Berlin"};
  const auto request =
      customer(merchant_customer_id = viewed, email = std::optional<std::string>{}, name = pointer,
               phone = Text{"a Text"}, metadata = map, address = place);
  const CreateRequestView view = request;
  BOOST_TEST((view.merchant_customer_id.data() == viewed->data()));
  BOOST_TEST(view.email.empty());
  BOOST_TEST(view.name == "pointed to");
  BOOST_TEST(view.phone == "a Text");
  BOOST_REQUIRE(view.metadata.size() == 2U);
  BOOST_TEST(view.metadata[1].key == "b");
  BOOST_TEST(view.metadata[1].value == "2");
  BOOST_TEST(view.address.city == "Berlin");
  BOOST_TEST((view.given() == FieldSet{Field::merchant_customer_id, Field::name, Field::phone,
                                       Field::metadata, Field::address_city}));

  const auto absent = customer(metadata = std::optional<Metadata>{});
  BOOST_TEST(static_cast<CreateRequestView>(absent).metadata.empty());
  const MetadataEntry list[] = {{"k1", "v1"}, {"k2", "v2"}};
  const auto listed = customer(metadata = list);
  static_assert(std::remove_cvref_t<decltype(listed)>::metadata_entries == 2);
  BOOST_TEST(static_cast<CreateRequestView>(listed).metadata[1].value == "v2");
}

BOOST_AUTO_TEST_CASE(constant_arrays_end_at_their_text) {
  struct Record {
    char email[32];
    char full[4];
  };
  const Record record{"ana@example.com", {'f', 'u', 'l', 'l'}};
  Record changing = record;
  const auto request = customer(email = record.email, name = changing.full, phone = changing.email);
  const CreateRequestView view = request;
  BOOST_TEST(view.email == "ana@example.com");
  BOOST_TEST(view.name == "full");
  BOOST_TEST(view.phone == "ana@example.com");
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_for_usual_texts) {
  const std::string local_email = "ana.with.a.long.name@example.com";
  std::string moved_in{long_text};
  const Metadata owner{{"k", "v"}};
  const florin_test::AllocationCount count;
  const auto viewed = customer(merchant_customer_id = "m-1", email = long_text,
                               description = long_text.data(), metadata = MetadataView{owner});
  const auto listed = customer(metadata = {{"key", long_text}, {"email", local_email}},
                               address = {.line1 = long_text, .city = local_email});
  const auto copied = customer(email = local_email, description = std::move(moved_in));
  const std::size_t allocations = count.value();
  BOOST_TEST(allocations == 0U);
  const CreateRequestView view = copied;
  BOOST_TEST(view.email == local_email);
  BOOST_TEST(view.description == long_text);
  BOOST_TEST(static_cast<CreateRequestView>(viewed).metadata.size() == 1U);
  BOOST_TEST(static_cast<CreateRequestView>(listed).metadata[1].value == local_email);
}

BOOST_AUTO_TEST_SUITE_END()
