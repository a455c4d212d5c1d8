// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <string>

#include "client_fixture.hpp"

/// An answer that is somebody else's, through a client.
BOOST_AUTO_TEST_SUITE(client_echo)

using namespace florin_test;

BOOST_AUTO_TEST_CASE(an_answer_for_another_customer_ends_its_connection) {
  for (const bool async : {false, true}) {
    StripeFixture stripe;
    auto options = stripe.options();
    options.retry.retries = 0;
    auto client = stripe.connect(options);
    BOOST_TEST_REQUIRE(call(client, async, buyer("m-1")).has_value());
    const auto before = stripe.sandbox.connection_count();
    stripe.sandbox.fault(
        {.kind = Fault::Kind::garbage,
         .store = true,
         .body = R"({"id":"cus_other","metadata":{"merchant_customer_id":"m-other"}})"});
    const auto error = error_of(call(client, async, buyer("m-2")));
    BOOST_TEST((error.code == Errc::unreadable_reply));
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST(error.reason == "the answer is for another customer");
    BOOST_TEST(stripe.sandbox.connection_count() == before);
    BOOST_TEST_REQUIRE(call(client, async, buyer("m-3")).has_value());
    BOOST_TEST(stripe.sandbox.connection_count() == before + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_repetition_gets_the_right_answer) {
  for (const bool async : {false, true}) {
    StripeFixture stripe;
    stripe.sandbox.fault({.kind = Fault::Kind::garbage,
                          .store = true,
                          .body = R"({"id":"cus_other","email":"zoe@example.com"})"});
    const auto answer = call(stripe.client, async, buyer("m-1"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 2);
    BOOST_TEST((answer->origin == Origin::replayed));
    BOOST_TEST(answer->connector_customer_id != "cus_other");
    BOOST_TEST(stripe.sandbox.count() == 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
