// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/onboard.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "onboarding/onboarding_bench.hpp"

/// What others have done with a row while one asked the processor for its customer, or before.
BOOST_AUTO_TEST_SUITE(onboarding_lost_lease)
namespace {

using namespace florin_test;
using ob::Row;
using ob::State;
using Kind = Fault::Kind;

/// A directory whose row is changed between its being claimed and its being given back.
struct Meanwhile : OnboardingBench<StripePolicy> {
  explicit Meanwhile(std::function<void(Meanwhile&)> change)
      : OnboardingBench(florin::testing::stripe()) {
    database->on_begin = [this, change = std::move(change), begun = 0]() mutable {
      if (++begun == 2) change(*this);
    };
  }
  /// Another worker has taken the row up.
  void take() {
    database->change("m-1", [](Row& row) {
      row.lease = "another";
      row.lease_until = 2'000'000;
      row.doubt = true;
      row.state = State::unknown;
    });
  }
  /// Another worker has stored this customer.
  void store(const std::string& id) {
    database->change("m-1", [&id](Row& row) {
      row.lease = "";
      row.state = State::active;
      row.connector_customer_id = id;
    });
  }
  [[nodiscard]] std::string stored_id() const { return sandbox.customers().at(0).id; }
};

BOOST_AUTO_TEST_CASE(an_answer_is_stored_whoever_has_the_row) {
  for (const bool async : {false, true}) {
    Meanwhile bench{[](Meanwhile& each) { each.take(); }};
    const auto answer = bench.onboard(async, buyer("m-1"));
    BOOST_TEST_REQUIRE(answer.has_value());
    const Row row = bench.row("m-1");
    BOOST_TEST(row.state == State::active);
    BOOST_TEST(row.connector_customer_id == bench.stored_id());
    BOOST_TEST(answer->connector_customer_id == bench.stored_id());
    BOOST_TEST(row.request == "");
    BOOST_TEST(row.lease == "");
    BOOST_TEST(!row.doubt);
  }
}

BOOST_AUTO_TEST_CASE(the_same_customer_may_be_stored_already) {
  for (const bool async : {false, true}) {
    Meanwhile bench{[](Meanwhile& each) { each.store(each.stored_id()); }};
    const auto answer = bench.onboard(async, buyer("m-1"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->connector_customer_id == bench.stored_id());
  }
}

BOOST_AUTO_TEST_CASE(another_customer_that_is_stored_already_is_told) {
  for (const bool async : {false, true}) {
    Meanwhile bench{[](Meanwhile& each) { each.store("cus_other"); }};
    const auto error = error_of(bench.onboard(async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::customer_exists));
    BOOST_TEST(error.existing_customer_id == "cus_other");
    BOOST_TEST(error.connector == "stripe");
    BOOST_TEST(bench.row("m-1").connector_customer_id == "cus_other");
  }
}

BOOST_AUTO_TEST_CASE(of_a_row_that_was_removed_the_customer_is_told) {
  for (const bool async : {false, true}) {
    Meanwhile bench{[](Meanwhile& each) {
      const std::lock_guard lock{each.database->transaction};
      each.database->rows.clear();
    }};
    const auto error = error_of(bench.onboard(async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::directory_failed));
    BOOST_TEST((error.outcome == Outcome::in_effect));
    BOOST_TEST(error.existing_customer_id == bench.stored_id());
  }
}

BOOST_AUTO_TEST_CASE(a_failure_leaves_the_row_to_who_has_it) {
  for (const bool async : {false, true}) {
    Meanwhile bench{[](Meanwhile& each) { each.take(); }};
    bench.sandbox.fault({.kind = Kind::silent});
    const auto error =
        error_of(bench.onboard(async, buyer("m-1"), {.call = {.deadline = elapsing}}));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.outcome == Outcome::unknown));
    const Row row = bench.row("m-1");
    BOOST_TEST(row.lease == "another");
    BOOST_TEST(row.error == "");
    BOOST_TEST((row.request.find("ana@example.com") != std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(a_failure_ends_in_the_customer_of_another) {
  for (const bool async : {false, true}) {
    Meanwhile bench{[](Meanwhile& each) { each.store("cus_other"); }};
    bench.sandbox.fault({.kind = Kind::silent});
    const auto answer = bench.onboard(async, buyer("m-1"), {.call = {.deadline = elapsing}});
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->known);
    BOOST_TEST(answer->connector_customer_id == "cus_other");
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_takes_no_doubt_away) {
  for (const bool async : {false, true}) {
    OnboardingBench<StripePolicy> bench{florin::testing::stripe()};
    bench.sandbox.fault({.kind = Kind::silent, .store = true});
    const auto lost =
        error_of(bench.onboard(async, buyer("m-1"), {.call = {.deadline = elapsing}}));
    BOOST_TEST((lost.outcome == Outcome::unknown));
    bench.sandbox.fault(refused_by_stripe());
    const auto error = error_of(bench.onboard(async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::invalid_data));
    BOOST_TEST((error.outcome == Outcome::unknown));
    const Row row = bench.row("m-1");
    BOOST_TEST(row.state == State::unknown);
    BOOST_TEST(row.doubt);
    BOOST_TEST((row.request.find("ana@example.com") != std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(a_request_that_cannot_be_read_is_told) {
  for (const bool async : {false, true}) {
    OnboardingBench<StripePolicy> bench{florin::testing::stripe()};
    bench.sandbox.fault({.kind = Kind::silent, .store = true});
    (void)bench.onboard(async, buyer("m-1"), {.call = {.deadline = elapsing}});
    bench.database->change("m-1", [](Row& row) { row.request = "{"; });
    const std::size_t requests = bench.sandbox.request_count();
    const auto error = error_of(bench.onboard(async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::directory_failed));
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST(error.connector == "stripe");
    BOOST_TEST(bench.sandbox.request_count() == requests);
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
