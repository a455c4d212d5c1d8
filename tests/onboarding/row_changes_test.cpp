// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/row_changes.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

/// What becomes of a row.
BOOST_AUTO_TEST_SUITE(onboarding_row_changes)
namespace {

using namespace std::chrono_literals;
using namespace florin::onboarding;
using namespace florin::onboarding::detail;
using florin::CreateResponse;
using florin::EnsureFacts;
using florin::EnsureGuarantee;
using florin::Errc;
using florin::Error;
using florin::Outcome;
using What = Claimed::What;

constexpr DatabaseTime now = 50'000;
constexpr EnsureFacts by_key{"acme", EnsureGuarantee::by_key, true, false, true, {}};
constexpr EnsureFacts reported{"acme", EnsureGuarantee::only_reported, false, false, false, {}};

Worker worker(const EnsureFacts& facts = by_key, std::string lease = "mine") {
  return {.facts = &facts, .lease = std::move(lease), .term = 10s};
}
Row present() {
  Row row;
  row.key = {"m-1", "acme", ""};
  row.request = R"({"merchant_customer_id":"m-1","email":"first@example.com"})";
  row.digest = "first";
  row.first_asked = 1'000;
  row.asked = 2'000;
  row.attempts = 1;
  return row;
}
Row wanted() {
  Row row = present();
  row.request = R"({"merchant_customer_id":"m-1","email":"second@example.com"})";
  row.digest = "second";
  return row;
}
/// One that a worker has had until `until`.
Row leased(DatabaseTime until) {
  Row row = present();
  row.lease = "other's";
  row.lease_until = until;
  return row;
}
Error failure(Errc code, Outcome outcome) {
  Error error;
  error.code = code;
  error.outcome = outcome;
  return error;
}
Row concluded(Row row, const florin::Result<CreateResponse>& answer,
              const EnsureFacts& facts = by_key) {
  row.lease = "mine";
  row.lease_until = now + 1;
  conclude(row, answer, worker(facts), now);
  BOOST_TEST(row.lease == "");
  BOOST_TEST(row.lease_until == 0);
  BOOST_TEST(row.changed == now);
  return row;
}

BOOST_AUTO_TEST_CASE(who_is_active_is_known) {
  Row row = leased(now + 1);
  row.state = State::active;
  const Row asked = wanted();
  const Claimed claimed = take_up(row, &asked, worker(), now);
  BOOST_TEST((claimed.what == What::known));
  BOOST_TEST(claimed.row.digest == "first");
}

BOOST_AUTO_TEST_CASE(what_somebody_works_on_is_his_until_his_lease_ends) {
  const Row asked = wanted();
  const Claimed early = take_up(leased(now + 7), &asked, worker(), now);
  BOOST_TEST((early.what == What::taken));
  BOOST_TEST((early.wait == 7ms));
  BOOST_TEST(early.row.lease == "other's");
  const Claimed late = take_up(leased(now), &asked, worker(), now);
  BOOST_TEST((late.what == What::ask));
  BOOST_TEST(late.row.lease == "mine");
  BOOST_TEST(late.row.lease_until == now + 10'000);
  BOOST_TEST(late.row.asked == now);
  BOOST_TEST(late.row.changed == now);
  BOOST_TEST(late.row.attempts == 2);
  // He may have asked: the same has to be sent again.
  BOOST_TEST(late.row.doubt);
  BOOST_TEST(late.row.doubted == now);
  BOOST_TEST(late.row.state == State::unknown);
  BOOST_TEST(late.row.digest == "first");
  BOOST_TEST(late.row.request == present().request);
}

BOOST_AUTO_TEST_CASE(where_nobody_can_tell_a_dead_workers_row_is_left_alone) {
  const Claimed claimed = take_up(leased(now - 5), nullptr, worker(reported), now);
  BOOST_TEST((claimed.what == What::report));
  BOOST_TEST(claimed.row.state == State::unknown);
  BOOST_TEST(claimed.row.lease == "");
  BOOST_TEST(claimed.row.due == never);
  BOOST_TEST(claimed.row.doubt);
  BOOST_TEST(claimed.row.doubted == now - 5);
  BOOST_TEST(claimed.row.attempts == 1);
}

BOOST_AUTO_TEST_CASE(without_a_doubt_the_newer_request_counts) {
  const Row asked = wanted();
  for (const State state : {State::pending, State::refused}) {
    Row row = present();
    row.state = state;
    const Claimed claimed = take_up(row, &asked, worker(reported), now);
    BOOST_TEST((claimed.what == What::ask));
    BOOST_TEST(claimed.row.state == State::pending);
    BOOST_TEST(claimed.row.digest == "second");
    BOOST_TEST(claimed.row.request == asked.request);
    BOOST_TEST(claimed.row.first_asked == 1'000);
    BOOST_TEST(claimed.row.asked == now);
  }
}

BOOST_AUTO_TEST_CASE(what_was_written_and_not_reported_is_written_again) {
  Row row = leased(now + 7);
  row.lease = "mine";
  const Row asked = wanted();
  const Claimed claimed = take_up(row, &asked, worker(), now);
  BOOST_TEST((claimed.what == What::ask));
  BOOST_TEST(claimed.row.attempts == 1);
  BOOST_TEST(!claimed.row.doubt);
}

BOOST_AUTO_TEST_CASE(a_success_keeps_both_ids_and_nothing_personal) {
  CreateResponse response;
  response.connector_customer_id.assign("cus_1");
  Row row = present();
  row.doubt = true;
  row.error = "connection_lost";
  row = concluded(row, response);
  BOOST_TEST(row.state == State::active);
  BOOST_TEST(row.connector_customer_id == "cus_1");
  BOOST_TEST(row.request == "");
  BOOST_TEST(row.digest == "first");
  BOOST_TEST(row.error == "");
  BOOST_TEST(!row.doubt);
  BOOST_TEST(row.due == never);
}

BOOST_AUTO_TEST_CASE(a_lost_answer_leaves_a_doubt) {
  const Row row = concluded(present(), failure(Errc::connection_lost, Outcome::unknown));
  BOOST_TEST(row.state == State::unknown);
  BOOST_TEST(row.doubt);
  BOOST_TEST(row.doubted == now);
  BOOST_TEST(row.error == "connection_lost");
  BOOST_TEST(row.request == present().request);
  BOOST_TEST(row.due == now + 2'000);
  const Row open = concluded(present(), failure(Errc::connection_lost, Outcome::unknown), reported);
  BOOST_TEST(open.due == never);
}

BOOST_AUTO_TEST_CASE(that_a_later_call_made_nobody_takes_no_doubt_away) {
  Row row = present();
  row.doubt = true;
  row.doubted = 3'000;
  row = concluded(row, failure(Errc::invalid_data, Outcome::no_effect));
  BOOST_TEST(row.state == State::unknown);
  BOOST_TEST(row.doubt);
  BOOST_TEST(row.doubted == 3'000);
  row.doubted = 3'000;
  row = concluded(row, failure(Errc::not_found, Outcome::unknown));  // nobody was found
  BOOST_TEST(row.doubted == 3'000);
}

BOOST_AUTO_TEST_CASE(what_is_about_the_data_is_refused_and_the_rest_is_tried_again) {
  for (const Errc code :
       {Errc::missing_field, Errc::invalid_field, Errc::invalid_data, Errc::rejected}) {
    const Row row = concluded(present(), failure(code, Outcome::no_effect));
    BOOST_TEST(row.state == State::refused);
    BOOST_TEST(row.request == "");
    BOOST_TEST(row.due == never);
    BOOST_TEST(!row.doubt);
  }
  for (const Errc code : {Errc::connect_failed, Errc::unauthorized, Errc::rate_limited,
                          Errc::cancelled, Errc::deadline_exceeded, Errc::queue_full}) {
    const Row row = concluded(present(), failure(code, Outcome::no_effect));
    BOOST_TEST(row.state == State::pending);
    BOOST_TEST(row.request == present().request);
    BOOST_TEST(row.due == now + 2'000);
  }
}

BOOST_AUTO_TEST_CASE(who_asks_for_a_wait_gets_it) {
  Error error = failure(Errc::rate_limited, Outcome::no_effect);
  error.retry_after = 90s;
  BOOST_TEST(concluded(present(), error).due == now + 90'000);
  Row often = present();
  often.attempts = 9;
  BOOST_TEST(concluded(often, error).due == now + 512'000);
  often.attempts = 1'000'000;
  BOOST_TEST(concluded(often, error).due == now + 4'096'000);
}

BOOST_AUTO_TEST_CASE(another_customer_in_the_way_is_left_to_people) {
  const Row row = concluded(present(), failure(Errc::customer_exists, Outcome::in_effect));
  BOOST_TEST(row.state == State::unknown);
  BOOST_TEST(row.due == never);
  BOOST_TEST(row.error == "customer_exists");
  Error unread = failure(Errc::customer_exists, Outcome::in_effect);
  unread.transient = true;  // it could not be read
  BOOST_TEST(concluded(present(), unread).due == now + 2'000);
}

BOOST_AUTO_TEST_CASE(of_the_processors_words_only_codes_are_kept) {
  Error error = failure(Errc::invalid_data, Outcome::no_effect);
  error.connector_code = "email_invalid";
  error.field = florin::Field::email;
  error.connector_message = "ana@example.com is none";
  error.param = "ana@example.com";
  BOOST_TEST(concluded(present(), error).detail == "email_invalid email");
  error.connector_code = "ana@example.com is none";
  BOOST_TEST(concluded(present(), error).detail == "email");
}

BOOST_AUTO_TEST_CASE(people_say_what_is_there) {
  Row row = leased(now - 1);
  row.state = State::unknown;
  row.doubt = true;
  row.error = "connection_lost";
  Row made = row;
  settle_by_hand(made, "cus_7", now);
  BOOST_TEST(made.state == State::active);
  BOOST_TEST(made.connector_customer_id == "cus_7");
  BOOST_TEST(made.request == "");
  BOOST_TEST(!made.doubt);
  Row nobody = row;
  settle_by_hand(nobody, "", now);
  BOOST_TEST(nobody.state == State::pending);
  BOOST_TEST(!nobody.doubt);
  BOOST_TEST(nobody.due == now);
  BOOST_TEST(nobody.first_asked == now);
  BOOST_TEST(nobody.request == row.request);
  settle_by_hand(made, "", now);  // its request has gone
  BOOST_TEST(made.state == State::refused);
  BOOST_TEST(made.due == never);
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
