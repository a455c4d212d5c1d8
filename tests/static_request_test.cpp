// SPDX-License-Identifier: Apache-2.0
#include <florin/static_request.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

BOOST_AUTO_TEST_SUITE(static_request)

using namespace florin;
using namespace florin::fields;

BOOST_AUTO_TEST_CASE(knows_at_compile_time_what_is_given) {
  const std::string_view given_email = "ana@example.com";
  const auto request =
      customer(merchant_customer_id = "m-1001", email = given_email, droppable(phone),
               metadata = {{"tier", "gold"}, {"plan", "premium"}});
  using Request = decltype(request);
  static_assert(StaticRequest<std::remove_cvref_t<Request>>);
  using Plain = std::remove_cvref_t<Request>;
  static_assert(Plain::given ==
                FieldSet{Field::merchant_customer_id, Field::email, Field::metadata});
  static_assert(Plain::waived == FieldSet{Field::phone});
  static_assert(Plain::literal_length(Field::merchant_customer_id) == 6);
  static_assert(Plain::literal_length(Field::email) == 0);
  static_assert(Plain::literal_length(Field::name) == 0);
  static_assert(Plain::metadata_entries == 2);
  static_assert(!StaticRequest<CreateRequest> && !StaticRequest<CreateRequestView>);

  const CreateRequestView view = request;
  BOOST_TEST(view.merchant_customer_id == "m-1001");
  BOOST_TEST((view.email.data() == given_email.data()));
  BOOST_TEST(view.metadata.size() == 2U);
  BOOST_TEST(view.metadata[1].key == "plan");
  BOOST_TEST(view.metadata[1].value == "premium");
  BOOST_TEST((view.given() == Plain::given));
}

BOOST_AUTO_TEST_CASE(every_name_reaches_its_field) {
  const auto request =
      customer(merchant_customer_id = "1", email = "2", name = "3", given_name = "3a",
               family_name = "3b", phone = "4", description = "5", metadata = {{"6", "7"}},
               address_line1 = "8", address_line2 = "9", address_city = "10", address_state = "11",
               address_zip = "12", address_country = "DE");
  const CreateRequestView view = request;
  BOOST_TEST(view.merchant_customer_id == "1");
  BOOST_TEST(view.email == "2");
  BOOST_TEST(view.name == "3");
  BOOST_TEST(view.given_name == "3a");
  BOOST_TEST(view.family_name == "3b");
  BOOST_TEST(view.phone == "4");
  BOOST_TEST(view.description == "5");
  BOOST_TEST(view.metadata[0].value == "7");
  BOOST_TEST(view.address.line1 == "8");
  BOOST_TEST(view.address.line2 == "9");
  BOOST_TEST(view.address.city == "10");
  BOOST_TEST(view.address.state == "11");
  BOOST_TEST(view.address.zip == "12");
  BOOST_TEST(view.address.country == "DE");
}

BOOST_AUTO_TEST_CASE(keeps_what_is_moved_in) {
  std::string given_name = "Ana, whose name is long enough for the heap";
  Metadata given_metadata{{"key", "a value that is long enough for the heap"}};
  auto request = customer(merchant_customer_id = std::string{"moved in"},
                          name = std::move(given_name), metadata = std::move(given_metadata));
  const auto moved = std::move(request);
  const CreateRequestView view = moved;
  BOOST_TEST(view.merchant_customer_id == "moved in");
  BOOST_TEST(view.name == "Ana, whose name is long enough for the heap");
  BOOST_TEST(view.metadata.size() == 1U);
  BOOST_TEST(view.metadata[0].value == "a value that is long enough for the heap");
}

BOOST_AUTO_TEST_CASE(reads_views_buffers_and_pointers) {
  constexpr std::string_view viewed = "viewed";
  char buffer[64] = "in a buffer";
  const char* const pointer = "pointed to";
  const char* const null = nullptr;
  const Metadata owner{{"k", "v"}};
  const MetadataView owned = owner;
  const auto request =
      customer(merchant_customer_id = viewed, name = buffer, phone = pointer, email = null,
               description = static_cast<char*>(buffer), metadata = owned);
  static_assert(std::remove_cvref_t<decltype(request)>::literal_length(Field::name) == 0);
  static_assert(std::remove_cvref_t<decltype(request)>::metadata_entries == 0);
  const CreateRequestView view = request;
  BOOST_TEST(view.merchant_customer_id == viewed);
  BOOST_TEST(view.name == "in a buffer");
  BOOST_TEST(view.phone == "pointed to");
  BOOST_TEST(view.email.empty());
  BOOST_TEST(view.description == "in a buffer");
  BOOST_TEST(view.metadata.size() == 1U);
}

BOOST_AUTO_TEST_CASE(metadata_of_twenty_entries_is_listed) {
  const auto request =
      customer(merchant_customer_id = "m",
               metadata = {{"1", ""},  {"2", ""},  {"3", ""},  {"4", ""},  {"5", ""},
                           {"6", ""},  {"7", ""},  {"8", ""},  {"9", ""},  {"10", ""},
                           {"11", ""}, {"12", ""}, {"13", ""}, {"14", ""}, {"15", ""},
                           {"16", ""}, {"17", ""}, {"18", ""}, {"19", ""}, {"20", "last"}});
  static_assert(std::remove_cvref_t<decltype(request)>::metadata_entries == 20);
  const CreateRequestView view = request;
  BOOST_TEST(view.metadata[19].value == "last");
}

BOOST_AUTO_TEST_SUITE_END()
