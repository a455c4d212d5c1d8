// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(customer_record)

using namespace florin;

namespace {

template <class Given>
std::vector<std::pair<std::string, std::string>> entries_of(const Given& metadata) {
  const MetadataView view{metadata};
  std::vector<std::pair<std::string, std::string>> entries;
  for (std::size_t i = 0; i < view.size(); ++i) entries.emplace_back(view[i].key, view[i].value);
  return entries;
}

using Entries = std::vector<std::pair<std::string, std::string>>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_text_is_found_by_its_field) {
  const auto check = []<class View>(View view) {
    detail::each_text(view, [](Field field, std::string_view& text) { text = to_string(field); });
    FieldSet found;
    const View& same = view;
    for (const Field field : FieldSet::all() - FieldSet{Field::metadata}) {
      BOOST_TEST(detail::text_of(same, field) == to_string(field));
      detail::text_of(view, field) = {};
      found.insert(field);
      BOOST_TEST((view.given() == FieldSet::all() - FieldSet{Field::metadata} - found));
    }
  };
  check(CreateRequestView{});
  check(UpdateRequestView{});
}

BOOST_AUTO_TEST_CASE(metadata_keeps_the_order_of_insertion) {
  Metadata metadata{{"z", "1"}, {"a", "2"}};
  metadata.set("m", "3");
  BOOST_TEST((entries_of(metadata) == Entries{{"z", "1"}, {"a", "2"}, {"m", "3"}}));
}

BOOST_AUTO_TEST_CASE(metadata_set_replaces_in_place) {
  Metadata metadata{{"z", "1"}, {"a", "2"}};
  metadata.set("z", "new");
  BOOST_TEST((entries_of(metadata) == Entries{{"z", "new"}, {"a", "2"}}));
  BOOST_TEST(metadata.size() == 2U);
  BOOST_TEST(!metadata.empty());
  BOOST_TEST(Metadata{}.empty());
}

BOOST_AUTO_TEST_CASE(metadata_comes_from_any_map) {
  const std::map<std::string, std::string> map{{"b", "2"}, {"a", "1"}};
  const Metadata metadata = map;
  BOOST_TEST((entries_of(metadata) == Entries{{"a", "1"}, {"b", "2"}}));
  const std::vector<std::pair<std::string_view, const char*>> pairs{{"k", "v"}};
  CreateRequest request;
  request.metadata = pairs;
  BOOST_TEST((entries_of(request.metadata) == Entries{{"k", "v"}}));
}

BOOST_AUTO_TEST_CASE(metadata_view_reads_both_kinds) {
  constexpr std::array<MetadataEntry, 2> listed{{{"k1", "v1"}, {"k2", "v2"}}};
  const MetadataView view{std::span<const MetadataEntry>{listed}};
  BOOST_TEST(view.size() == 2U);
  BOOST_TEST(view[1].key == "k2");
  BOOST_TEST(view[1].value == "v2");
  BOOST_TEST(MetadataView{}.empty());
  const Metadata none;
  BOOST_TEST(MetadataView{none}.empty());
}

BOOST_AUTO_TEST_CASE(a_temporary_gives_no_view) {
  BOOST_TEST((std::is_convertible_v<const CreateRequest&, CreateRequestView>));
  BOOST_TEST((std::is_convertible_v<CreateRequest&, CreateRequestView>));
  BOOST_TEST((!std::is_convertible_v<CreateRequest, CreateRequestView>));
  BOOST_TEST((!std::is_convertible_v<const CreateRequest, CreateRequestView>));
  BOOST_TEST((std::is_convertible_v<const Metadata&, MetadataView>));
  BOOST_TEST((!std::is_convertible_v<Metadata, MetadataView>));
  BOOST_TEST((!std::is_convertible_v<const Metadata, MetadataView>));
}

BOOST_AUTO_TEST_CASE(a_view_shows_every_field_of_its_request) {
  const CreateRequest request{
      .merchant_customer_id = "1",
      .email = "2",
      .name = "3",
      .given_name = "3a",
      .family_name = "3b",
      .phone = "4",
      .description = "5",
      .metadata = {{"6", "7"}},
      .address = {
          .line1 = "8", .line2 = "9", .city = "10", .state = "11", .zip = "12", .country = "13"}};
  const CreateRequestView view = request;
  BOOST_TEST(view.merchant_customer_id == "1");
  BOOST_TEST(view.email == "2");
  BOOST_TEST(view.name == "3");
  BOOST_TEST(view.given_name == "3a");
  BOOST_TEST(view.family_name == "3b");
  BOOST_TEST(view.phone == "4");
  BOOST_TEST(view.description == "5");
  BOOST_TEST(view.metadata.size() == 1U);
  BOOST_TEST(view.metadata[0].key == "6");
  BOOST_TEST(view.metadata[0].value == "7");
  BOOST_TEST(view.address.line1 == "8");
  BOOST_TEST(view.address.line2 == "9");
  BOOST_TEST(view.address.city == "10");
  BOOST_TEST(view.address.state == "11");
  BOOST_TEST(view.address.zip == "12");
  BOOST_TEST(view.address.country == "13");
  BOOST_TEST((view.given() == FieldSet::all()));
}

BOOST_AUTO_TEST_CASE(each_given_field_is_noted_alone) {
  const Metadata metadata{{"k", "v"}};
  const auto given = [](auto set) {
    CreateRequestView view;
    set(view);
    return view.given();
  };
  using V = CreateRequestView;
  BOOST_TEST((given([](V&) {}) == FieldSet{}));
  BOOST_TEST(
      (given([](V& v) { v.merchant_customer_id = "x"; }) == FieldSet{Field::merchant_customer_id}));
  BOOST_TEST((given([](V& v) { v.email = "x"; }) == FieldSet{Field::email}));
  BOOST_TEST((given([](V& v) { v.name = "x"; }) == FieldSet{Field::name}));
  BOOST_TEST((given([](V& v) { v.given_name = "x"; }) == FieldSet{Field::given_name}));
  BOOST_TEST((given([](V& v) { v.family_name = "x"; }) == FieldSet{Field::family_name}));
  BOOST_TEST((given([](V& v) { v.phone = "x"; }) == FieldSet{Field::phone}));
  BOOST_TEST((given([](V& v) { v.description = "x"; }) == FieldSet{Field::description}));
  BOOST_TEST((given([&](V& v) { v.metadata = metadata; }) == FieldSet{Field::metadata}));
  BOOST_TEST((given([](V& v) { v.address.line1 = "x"; }) == FieldSet{Field::address_line1}));
  BOOST_TEST((given([](V& v) { v.address.line2 = "x"; }) == FieldSet{Field::address_line2}));
  BOOST_TEST((given([](V& v) { v.address.city = "x"; }) == FieldSet{Field::address_city}));
  BOOST_TEST((given([](V& v) { v.address.state = "x"; }) == FieldSet{Field::address_state}));
  BOOST_TEST((given([](V& v) { v.address.zip = "x"; }) == FieldSet{Field::address_zip}));
  BOOST_TEST((given([](V& v) { v.address.country = "x"; }) == FieldSet{Field::address_country}));
}

BOOST_AUTO_TEST_CASE(status_and_origin_have_their_schema_names) {
  BOOST_TEST(to_string(CustomerStatus::active) == "ACTIVE");
  BOOST_TEST(to_string(Origin::created) == "created");
  BOOST_TEST(to_string(Origin::already_existed) == "already_existed");
  BOOST_TEST(to_string(Origin::replayed) == "replayed");
  BOOST_TEST(CreateResponse{}.status_code == 200);
}

BOOST_AUTO_TEST_SUITE_END()
