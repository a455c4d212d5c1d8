// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/updating.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "detail/plan_answers.hpp"

/// What an update asks for next, and what it makes of the answers.
BOOST_AUTO_TEST_SUITE(detail_updating)
namespace {

using namespace florin_test;
using namespace std::chrono_literals;
using florin::Customer;
using florin::Errc;
using florin::Outcome;
using florin::Phase;
using florin::Result;
using florin::UpdateRequestView;
using florin::detail::Updating;
using std::string;

constexpr UpdateRequestView request{.connector_customer_id = "cus_1", .phone = "1"};

Result<Customer> read(std::string_view rest = {}) {
  return record_of("cus_1", rest);
}
Result<Customer> failed(Errc code) {
  return failed_with(code, Outcome::no_effect);
}
string ended(Updating& plan) {
  BOOST_TEST_REQUIRE(plan.done());
  const auto answer = plan.take();
  const auto told = [](const auto& of, string what) {
    BOOST_TEST((of.timings[Phase::read] == std::chrono::seconds{of.attempts}));
    return std::move(what) + ' ' + std::to_string(of.attempts);
  };
  if (answer) return told(*answer, string{answer->phone().value_or("-")});
  const florin::Error error = answer.error();
  return told(error, string{to_string(error.code)});
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_one_call_where_nothing_is_merged) {
  Updating plan{"acme", request, false};
  BOOST_TEST(planned(plan).operation + ' ' + planned(plan).text == "update cus_1");
  BOOST_TEST(!plan.done());
  plan.took(read(R"(,"phone":"1")"));
  BOOST_TEST(ended(plan) == "1 1");
  Updating bad{"acme", request, false};
  bad.took(failed(Errc::not_found));
  BOOST_TEST(ended(bad) == "not_found 1");
}

BOOST_AUTO_TEST_CASE(what_is_merged_is_read_first) {
  const auto reading = [](bool keeps) {
    Updating plan{"acme", request, true};
    if (keeps) plan.keep();
    BOOST_TEST(planned(plan).operation + ' ' + planned(plan).text == "retrieve cus_1");
    plan.took(read(R"(,"email":"a@b.example")"));
    BOOST_TEST_REQUIRE(!plan.done());
    string given;
    plan.next([&]<class Operation>(const typename Operation::Request& next,
                                   const florin::detail::SeriesCall&) {
      given = Operation::name;
      if constexpr (std::is_same_v<Operation, florin::Update>)
        given.append(" ")
            .append(next.phone)
            .append(" ")
            .append(next.current != nullptr ? next.current->email().value_or("-") : "nothing");
    });
    BOOST_TEST(given == "update 1 a@b.example");
    return plan;
  };
  for (const bool keeps : {false, true}) {
    auto good = reading(keeps);
    good.took(read(R"(,"phone":"1")"));
    BOOST_TEST(ended(good) == "1 2");
    auto bad = reading(keeps);
    bad.took(failed(Errc::connection_lost));
    BOOST_TEST(ended(bad) == "connection_lost 2");
  }
}

BOOST_AUTO_TEST_CASE(nobody_is_changed_who_cannot_be_read_or_is_deleted) {
  Updating unread{"acme", request, true};
  unread.took(failed(Errc::rate_limited));
  BOOST_TEST(ended(unread) == "rate_limited 1");
  Updating plan{"acme", request, true};
  plan.took(read(R"(,"deleted":true)"));
  BOOST_TEST_REQUIRE(plan.done());
  const auto answer = plan.take();
  BOOST_TEST_REQUIRE(answer.has_error());
  const florin::Error error = answer.error();
  BOOST_TEST((error.code == Errc::not_found));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.status_code == 404);
  BOOST_TEST(error.connector == "acme");
  BOOST_TEST(error.http_status == 200);
  BOOST_TEST(error.request_id == "req_read");
  BOOST_TEST(error.reason == "the customer is deleted");
  BOOST_TEST(error.attempts == 1);
  BOOST_TEST((error.timings[Phase::read] == 1s));
}

BOOST_AUTO_TEST_SUITE_END()
