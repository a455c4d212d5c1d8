// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/attempt.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "support/allocations.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(detail_attempt)
namespace {

using florin::StripePolicy;

}  // namespace

BOOST_AUTO_TEST_CASE(a_key_for_which_there_is_no_memory_is_left_out,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  const std::string key(2 * florin::Text::inline_capacity, 'k');
  const StripePolicy::Credentials credentials{.api_key = "sk_test_EXAMPLE"};
  const florin::CreateRequest request{.merchant_customer_id = "m-1"};
  for (const bool scarce : {false, true}) {
    florin::detail::AttemptOf<StripePolicy, florin::Create> attempt;
    BOOST_TEST_REQUIRE(attempt.encode(request, credentials, {.idempotency_key = key}).has_value());
    attempt.reader().status(200);
    attempt.reader().body(R"({"id":"cus_1"})", true);
    BOOST_TEST_REQUIRE(!attempt.judge().has_value());
    florin::Error error;
    error.idempotency_key = "another call's";
    int status = 0;
    {
      florin_test::AllocationFailure failure{0, florin_test::Allocations::of_this_thread,
                                             scarce ? 2U : 0U};
      status = attempt.complete(3, {});
      attempt.complete(error, 3, {});
      failure.stop();
      BOOST_TEST(failure.happened() == scarce);
    }
    const std::string told = scarce ? "" : key;
    const auto answer = attempt.take();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(status == 200);
    BOOST_TEST(answer->attempts == 3);
    BOOST_TEST(answer->connector_customer_id == "cus_1");
    BOOST_TEST(answer->idempotency_key == told);
    BOOST_TEST(error.attempts == 3);
    BOOST_TEST(error.idempotency_key == told);
  }
}

BOOST_AUTO_TEST_SUITE_END()
