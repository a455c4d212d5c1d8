// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/recovery.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

/// What may be done for a row that a crash or an unknown outcome has left.
BOOST_AUTO_TEST_SUITE(onboarding_recovery)
namespace {

using namespace std::chrono_literals;
using namespace florin::onboarding;
using florin::Consistency;
using florin::EnsureFacts;
using florin::EnsureGuarantee;

constexpr DatabaseTime hour = 3'600'000;

EnsureFacts facts(EnsureGuarantee guarantee, bool reference = true) {
  return {"acme", guarantee, reference, false, reference, {}};
}
std::string step(const Row& row, const EnsureFacts& facts, DatabaseTime now,
                 const RecoveryOptions& options = {}, bool has_email = true) {
  const Recovery recovery = recovery_of(row, facts, options, has_email, now);
  if (!recovery.ask) return "report";
  if (recovery.look_only) return "look";
  return recovery.look_first ? "look, ask" : "ask";
}
Row row(bool doubt) {
  Row row;
  row.first_asked = hour;
  row.doubted = 2 * hour;
  row.doubt = doubt;
  return row;
}

BOOST_AUTO_TEST_CASE(what_nobody_doubts_is_asked_for) {
  for (const auto guarantee : {EnsureGuarantee::by_key, EnsureGuarantee::by_uniqueness,
                               EnsureGuarantee::by_lookup, EnsureGuarantee::only_reported})
    BOOST_TEST(step(row(false), facts(guarantee), 2 * hour) == "ask");
  BOOST_TEST(step(row(false), facts(EnsureGuarantee::by_key, false), 1000 * hour) == "ask");
  BOOST_TEST(step(row(false), facts(EnsureGuarantee::by_key), 1000 * hour) == "look, ask");
}

BOOST_AUTO_TEST_CASE(a_key_settles_as_long_as_it_is_kept) {
  const EnsureFacts finds = facts(EnsureGuarantee::by_key);
  BOOST_TEST(step(row(true), finds, 24 * hour - 1) == "ask");
  BOOST_TEST(step(row(true), finds, 24 * hour) == "look, ask");
  const EnsureFacts blind = facts(EnsureGuarantee::by_key, false);
  BOOST_TEST(step(row(true), blind, 24 * hour - 1) == "ask");
  BOOST_TEST(step(row(true), blind, 24 * hour) == "report");
  BOOST_TEST(step(row(true), blind, 3 * hour, {.keys_kept = 1h}) == "report");
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_tells_no_age) {
  Row old = row(true);
  old.first_asked = 30 * hour;
  const EnsureFacts finds = facts(EnsureGuarantee::by_key);
  BOOST_TEST(step(old, finds, 29 * hour + 1) == "ask");
  BOOST_TEST(step(old, finds, 29 * hour) == "look, ask");
  BOOST_TEST(step(old, facts(EnsureGuarantee::by_key, false), 29 * hour) == "report");
  const EnsureFacts searched = facts(EnsureGuarantee::by_lookup);
  old.doubted = 30 * hour;
  BOOST_TEST(step(old, searched, hour, {.absence_proven_after = 1h}) == "look");
}

BOOST_AUTO_TEST_CASE(absence_may_never_be_proven) {
  const RecoveryOptions never{.absence_proven_after = std::chrono::milliseconds::max()};
  BOOST_TEST(step(row(true), facts(EnsureGuarantee::by_lookup), 1000 * hour, never) == "look");
}

BOOST_AUTO_TEST_CASE(a_search_by_email_takes_an_email) {
  EnsureFacts email = facts(EnsureGuarantee::by_key, false);
  email.finds_email = true;
  email.reads_reference = true;
  BOOST_TEST(step(row(true), email, 24 * hour) == "look, ask");
  BOOST_TEST(step(row(true), email, 24 * hour, {}, false) == "report");
}

BOOST_AUTO_TEST_CASE(who_refuses_a_second_one_is_asked_at_any_time) {
  BOOST_TEST(step(row(true), facts(EnsureGuarantee::by_uniqueness), 1000 * hour) == "ask");
}

BOOST_AUTO_TEST_CASE(a_search_proves_nothing_before_its_time) {
  EnsureFacts finds = facts(EnsureGuarantee::by_lookup);
  BOOST_TEST(step(row(true), finds, 1000 * hour) == "look");  // undocumented
  finds.index = {.consistency = Consistency::eventual, .delay = 60s, .longest = 3600s};
  const DatabaseTime proven = 2 * hour + 60'000 + hour;
  BOOST_TEST(step(row(true), finds, proven - 1) == "look");
  BOOST_TEST(step(row(true), finds, proven) == "ask");
  finds.index = {.consistency = Consistency::immediate};
  BOOST_TEST(step(row(true), finds, 2 * hour + 59'999) == "look");
  BOOST_TEST(step(row(true), finds, 2 * hour + 60'000) == "ask");
  const RecoveryOptions own{.absence_proven_after = 5s};
  BOOST_TEST(step(row(true), facts(EnsureGuarantee::by_lookup), 2 * hour + 4'999, own) == "look");
  BOOST_TEST(step(row(true), facts(EnsureGuarantee::by_lookup), 2 * hour + 5'000, own) == "ask");
}

BOOST_AUTO_TEST_CASE(what_can_only_be_reported_is_not_asked_again) {
  BOOST_TEST(step(row(true), facts(EnsureGuarantee::only_reported), 3 * hour) == "report");
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
