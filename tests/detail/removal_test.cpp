// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/removal.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

#include "detail/plan_answers.hpp"

/// What a delete asks for next, and what it makes of the answers.
BOOST_AUTO_TEST_SUITE(detail_removal)
namespace {

using namespace florin_test;
using namespace std::chrono_literals;
using florin::Customer;
using florin::DeleteResponse;
using florin::Errc;
using florin::Outcome;
using florin::Phase;
using florin::Result;
using florin::detail::Removal;
using std::string;

/// A plan whose delete was answered that there is no such customer.
Removal not_found(bool shows_deleted = true) {
  Removal plan{"cus_1", shows_deleted};
  BOOST_TEST(!plan.done());
  BOOST_TEST(planned(plan).operation + ' ' + planned(plan).text == "delete cus_1");
  plan.took(Removal::Answer{failed_with(Errc::not_found, Outcome::no_effect)});
  return plan;
}

/// The answer: a failure's code, and how many attempts and seconds it has taken.
string ended(Removal& plan) {
  BOOST_TEST_REQUIRE(plan.done());
  const auto answer = plan.take();
  if (answer) return answer->already_gone ? "already gone" : "deleted";
  const florin::Error error = answer.error();
  BOOST_TEST((error.timings[Phase::read] == std::chrono::seconds{error.attempts}));
  return string{to_string(error.code)} + ' ' + std::to_string(error.attempts);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_delete_that_is_answered_ends_it) {
  Removal good{"cus_1", true};
  good.took(Removal::Answer{DeleteResponse{}});
  BOOST_TEST(ended(good) == "deleted");
  for (const Errc code : {Errc::connection_lost, Errc::forbidden, Errc::rejected}) {
    Removal bad{"cus_1", true};
    bad.took(Removal::Answer{failed_with(code, Outcome::unknown)});
    BOOST_TEST(ended(bad) == string{to_string(code)} + " 1");
  }
  // Nobody could tell by a lookup.
  Removal blind = not_found(false);
  BOOST_TEST(ended(blind) == "not_found 1");
}

BOOST_AUTO_TEST_CASE(who_is_shown_as_deleted_is_gone) {
  Removal plan = not_found();
  BOOST_TEST_REQUIRE(!plan.done());
  BOOST_TEST(planned(plan).operation + ' ' + planned(plan).text == "retrieve cus_1");
  plan.took(Result<Customer>{record_of("cus_1", R"(,"deleted":true)")});
  BOOST_TEST_REQUIRE(plan.done());
  const auto answer = plan.take();
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->already_gone);
  BOOST_TEST(answer->connector_customer_id == "cus_1");
  BOOST_TEST((answer->status == florin::CustomerStatus::deleted));
  BOOST_TEST(answer->http_status == 409);
  BOOST_TEST(answer->request_id == "req_failed");
  BOOST_TEST(answer->attempts == 2);
  BOOST_TEST((answer->timings[Phase::read] == 2s));
}

BOOST_AUTO_TEST_CASE(who_is_not_shown_as_deleted_never_was) {
  // The lookup is counted whatever it says.
  Removal there = not_found();
  there.took(Result<Customer>{record_of("cus_1")});
  BOOST_TEST(ended(there) == "not_found 2");
  Removal nobody = not_found();
  nobody.took(Result<Customer>{failed_with(Errc::not_found, Outcome::no_effect)});
  BOOST_TEST(ended(nobody) == "not_found 2");
}

BOOST_AUTO_TEST_SUITE_END()
