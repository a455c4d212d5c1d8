// SPDX-License-Identifier: Apache-2.0
#include <florin/field.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/reply.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <new>
#include <string_view>

#include "support/allocations.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(wire_record)
namespace {

using florin::Field;
using florin::wire::Paths;
using florin::wire::RecordLog;
using florin::wire::RecordPart;

template <class Part>
constexpr std::uint8_t number(Part part) noexcept {
  return static_cast<std::uint8_t>(part);
}

/// An entry of the metadata.
void add_entry(RecordLog& log, std::string_view name, std::string_view value) {
  log.name(name);
  log.begin(number(Field::metadata), true);
  log.value(value);
}

}  // namespace

BOOST_AUTO_TEST_CASE(half_a_name_is_forgotten_with_the_rest) {
  RecordLog log;
  log.name("half");
  log.clear();
  log.more_of_name("k");
  log.begin(number(Field::metadata), true);
  log.value("v");
  const auto record = log.whole();
  BOOST_TEST_REQUIRE(record.entries.size() == 1U);
  BOOST_TEST(record.name_of(record.entries[0]) == "k");
  BOOST_TEST(record.text_of(record.entries[0]) == "v");
}

BOOST_AUTO_TEST_CASE(each_part_is_told_with_its_own_place) {
  const florin::wire::json::Record record{.id = "not told",
                                          .merchant_customer_id = "reference",
                                          .email = "email",
                                          .name = "name",
                                          .given_name = "given",
                                          .family_name = "family",
                                          .phone = "phone",
                                          .calling_code = "code",
                                          .description = "description",
                                          .metadata = "metadata",
                                          .metadata_name = "list.*.name",
                                          .metadata_value = "list.*.value",
                                          .address_line1 = "line1",
                                          .address_number = "number",
                                          .address_line2 = "line2",
                                          .address_city = "city",
                                          .address_state = "state",
                                          .address_state_code = "state code",
                                          .address_zip = "zip",
                                          .address_country = "country",
                                          .address_item = "addresses.*",
                                          .address_counts = "addresses.*.default",
                                          .created = "created",
                                          .deleted = "deleted"};
  const std::map<std::uint8_t, std::string_view> expected{
      {number(Field::merchant_customer_id), "reference"},
      {number(Field::email), "email"},
      {number(Field::name), "name"},
      {number(Field::given_name), "given"},
      {number(Field::family_name), "family"},
      {number(Field::phone), "phone"},
      {number(Field::description), "description"},
      {number(Field::metadata), "metadata"},
      {number(Field::address_line1), "line1"},
      {number(Field::address_line2), "line2"},
      {number(Field::address_city), "city"},
      {number(Field::address_state), "state"},
      {number(Field::address_zip), "zip"},
      {number(Field::address_country), "country"},
      {number(RecordPart::address), "addresses.*"},
      {number(RecordPart::main_address), "addresses.*.default"},
      {number(RecordPart::created), "created"},
      {number(RecordPart::deleted), "deleted"},
      {number(RecordPart::entry_name), "list.*.name"},
      {number(RecordPart::entry_value), "list.*.value"},
      {number(RecordPart::calling_code), "code"},
      {number(RecordPart::address_number), "number"},
      {number(RecordPart::address_state_code), "state code"}};
  std::map<std::uint8_t, std::string_view> told;
  record.each([&told](std::uint8_t part, const Paths& paths) {
    BOOST_TEST(told.emplace(part, paths.at[0]).second, "part " << int{part} << " is told twice");
  });
  BOOST_TEST((told == expected));
}

BOOST_AUTO_TEST_CASE(a_name_whose_value_does_not_follow_leaves_nothing) {
  RecordLog log;
  log.begin_record();
  log.name("tier");
  log.name("pl");
  log.more_of_name("an");
  log.begin(number(Field::email), false);  // the value of the entry was null
  log.value("a@");
  log.value("b");
  log.name("long");
  log.begin_record();
  log.name("plan");
  add_entry(log, "tier", "gold");
  BOOST_TEST(log.whole().text == "a@btiergold");
  BOOST_TEST_REQUIRE(log.count() == 2U);
  const auto first = log.record(0);
  BOOST_TEST_REQUIRE(first.entries.size() == 1U);
  BOOST_TEST(first.text == "a@b");
  BOOST_TEST(first.name_of(first.entries[0]) == "");
  BOOST_TEST(first.text_of(first.entries[0]) == "a@b");
  const auto second = log.record(1);
  BOOST_TEST_REQUIRE(second.entries.size() == 1U);
  BOOST_TEST(second.text == "tiergold");
  BOOST_TEST(second.name_of(second.entries[0]) == "tier");
  BOOST_TEST(second.text_of(second.entries[0]) == "gold");
}

BOOST_AUTO_TEST_CASE(a_name_and_its_value_come_in_either_order) {
  RecordLog log;
  log.begin(number(Field::email), false);
  log.value("a@b");
  log.begin_item(false);
  log.value("red");
  log.name("col");
  log.more_of_name("or");
  log.end_item();
  log.name("size");
  log.begin_item(true);
  log.value("{}");
  log.end_item();
  // One of them alone.
  log.name("lonely");
  log.end_item();
  log.begin_item(false);
  log.value("nameless");
  log.end_item();
  log.begin_item(false);
  log.name("empty");
  log.end_item();
  std::string entries;
  const auto whole = log.whole();
  for (const auto& entry : whole.entries)
    entries.append(whole.name_of(entry)).append("=").append(whole.text_of(entry)).append(";");
  BOOST_TEST(entries == "=a@b;color=red;size={};empty=;");
  BOOST_TEST(!log.lost());
}

BOOST_AUTO_TEST_CASE(what_there_is_no_memory_for_is_told,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  std::size_t failed = 0;
  for (bool happened = true; happened;) {
    RecordLog log;
    {
      const florin_test::AllocationFailure failure{failed};
      log.begin_record();
      add_entry(log, "tier", "gold");
      happened = failure.happened();
    }
    BOOST_TEST_CONTEXT("allocation " << failed) {
      if (happened) {
        BOOST_CHECK_THROW((void)log.lost(), std::bad_alloc);
      } else {
        BOOST_TEST(!log.lost());
      }
    }
    log.clear();
    BOOST_TEST(!log.lost());
    if (happened) ++failed;
  }
  BOOST_TEST(failed == 3U);  // where the record begins, its text, its entries
}

BOOST_AUTO_TEST_SUITE_END()
