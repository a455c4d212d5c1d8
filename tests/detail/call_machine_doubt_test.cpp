// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/call_machine.hpp>
#include <florin/policies/airwallex.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/policies/paysafe.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "machine_scene.hpp"

/// What a call says about the customer when the fate of one of its requests is not known.
BOOST_AUTO_TEST_SUITE(detail_call_machine_doubt)
namespace {

using namespace florin_test;
using florin::AirwallexPolicy;
using florin::DwollaPolicy;
using florin::GocardlessPolicy;
using florin::PaysafePolicy;
using florin::StripePolicy;
using std::string;
using std::string_view;

struct Stripe : MachineScene<StripePolicy> {
  Stripe() : MachineScene({.api_key = "sk_test_EXAMPLE"}) {}
};
struct Dwolla : MachineScene<DwollaPolicy> {
  Dwolla() : MachineScene({.client_id = "id", .client_secret = "secret"}) {}
};
struct Airwallex : MachineScene<AirwallexPolicy> {
  Airwallex() : MachineScene({.client_id = "id", .api_key = "key"}) {}
};
struct Paysafe : MachineScene<PaysafePolicy> {
  Paysafe() : MachineScene({.api_key = "user:password"}) {}
};
struct Gocardless : MachineScene<GocardlessPolicy> {
  Gocardless() : MachineScene({.access_token = "token"}) {}
};

/// An attempt that leaves the outcome open, over an idle connection or a new one.
enum class Doubt { lost, unavailable };
template <class Scene>
void doubtful(Scene& scene, Doubt doubt) {
  scene.acquire(false);
  if (doubt == Doubt::lost) {
    scene.lose();
    scene.release(false);
  } else {
    scene.exchange(http_text(503, "<html>upstream</html>"));
    scene.release(true);
  }
  scene.wait();
}

constexpr string_view paysafe_duplicate =
    R"({"links":[{"rel":"existing_entity","href":"https://api.test.paysafe.com/customervault/v1/)"
    R"(profiles/0fa4e000-0000-4000-8000-00000000c001"}],"error":{"code":"7505","message":"The )"
    R"(merchantCustomerId provided for this profile has already been used for another profile - )"
    R"(0fa4e000-0000-4000-8000-00000000c001"}})";

}  // namespace

BOOST_AUTO_TEST_CASE(only_the_processor_settles_what_is_open) {
  struct Row {
    int status;
    string_view body;
    Outcome outcome;
  };
  for (const Row& row :
       {Row{400, R"({"error":{"type":"invalid_request_error","message":"m"}})", Outcome::no_effect},
        Row{400, "", Outcome::unknown}, Row{400, "{}", Outcome::unknown},
        Row{400, "<html><h1>400 Bad Request</h1></html>", Outcome::unknown},
        Row{400, R"({"message":"Forbidden by the edge"})", Outcome::unknown},
        Row{413, "<html></html>", Outcome::unknown}, Row{404, "not here", Outcome::unknown}}) {
    BOOST_TEST_INFO_SCOPE(row.status << ' ' << row.body);
    for (const auto doubt : {Doubt::lost, Doubt::unavailable}) {
      Stripe scene;
      scene.begin();
      doubtful(scene, doubt);
      scene.acquire();
      scene.exchange(http_text(row.status, row.body));
      scene.release(true);
      BOOST_TEST((scene.error().outcome == row.outcome));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_request_that_cannot_be_encoded_again_leaves_it_open) {
  Dwolla scene;
  scene.begin();
  scene.seek();
  scene.acquire(false);
  scene.exchange(http_text(200, R"({"access_token":"T1","expires_in":1000})"));
  const auto account = scene.machine.tokens_of_its_own().account(scene.sent);
  scene.expect(Dwolla::Step::probe);
  scene.machine.probed(true, scene.now);
  scene.lose();
  scene.release(false);
  scene.wait();
  // Meanwhile another call has got a token that cannot stand in a header.
  (void)scene.machine.tokens_of_its_own().publish(*account, {.token = "T 2", .lifetime = 1000s},
                                                  scene.now);
  scene.seek();
  const auto error = scene.error();
  BOOST_TEST((error.code == Errc::invalid_credentials), error.what());
  BOOST_TEST((error.outcome == Outcome::unknown));
  BOOST_TEST(error.attempts == 2);
}

BOOST_AUTO_TEST_CASE(a_spent_key_tells_nothing_about_what_was_lost) {
  const string conflict =
      http_text(400, R"({"code":"duplicate_request","message":"m","source":"request_id"})");
  const auto log_in = [](Airwallex& scene) {
    scene.begin();
    scene.seek();
    scene.acquire(false);
    scene.exchange(http_text(201, R"({"token":"T1","expires_at":"2999-01-01T00:00:00Z"})"));
    scene.expect(Airwallex::Step::probe);
    scene.machine.probed(true, scene.now);
  };
  Airwallex scene;
  log_in(scene);
  scene.lose();
  scene.release(false);
  scene.wait();
  scene.seek();
  scene.acquire();
  scene.exchange(conflict);
  scene.release(true);
  const auto error = scene.error();
  BOOST_TEST((error.code == Errc::connection_lost), error.what());
  BOOST_TEST((error.outcome == Outcome::unknown));
  BOOST_TEST((error.cause == boost::asio::error::connection_reset));
  BOOST_TEST(error.attempts == 2);
  BOOST_TEST(!error.transient);  // the same key will be seen again
  // Also when something else failed in between.
  Airwallex busy;
  log_in(busy);
  busy.lose();
  busy.release(false);
  busy.wait();
  busy.seek();
  busy.acquire();
  busy.exchange(http_text(429, R"({"code":"too_many_requests","message":"m"})"));
  busy.release(true);
  busy.wait();
  busy.seek();
  busy.acquire();
  busy.exchange(conflict);
  busy.release(true);
  const auto other = busy.error();
  BOOST_TEST((other.code == Errc::connection_lost), other.what());
  BOOST_TEST((other.outcome == Outcome::unknown));
  // At once, it is what it is.
  Airwallex first;
  log_in(first);
  first.exchange(conflict);
  first.release(true);
  BOOST_TEST((first.error().code == Errc::idempotency_conflict));
}

BOOST_AUTO_TEST_CASE(the_same_reference_is_not_known_to_be_this_calls_customer) {
  // It may be older and hold other data: 7505 does not compare, and echoes nothing.
  for (const auto doubt : {Doubt::lost, Doubt::unavailable}) {
    Paysafe scene;
    scene.begin();
    doubtful(scene, doubt);
    scene.acquire();
    scene.exchange(http_text(409, paysafe_duplicate));
    scene.release(true);
    const auto error = scene.error();
    BOOST_TEST((error.code == Errc::customer_exists), error.what());
    BOOST_TEST((error.outcome == Outcome::in_effect));
    BOOST_TEST(error.existing_customer_id == "0fa4e000-0000-4000-8000-00000000c001");
    BOOST_TEST(error.attempts == 2);
  }
}

BOOST_AUTO_TEST_CASE(the_same_key_is) {
  const string conflict = http_text(
      409,
      R"({"error":{"errors":[{"message":"m","links":{"conflicting_resource_id":"CU0000FAKE0001"},)"
      R"("reason":"idempotent_creation_conflict"}],"message":"m","type":"invalid_state"}})");
  for (const auto doubt : {Doubt::lost, Doubt::unavailable}) {
    Gocardless scene;
    scene.begin();
    doubtful(scene, doubt);
    scene.acquire();
    scene.exchange(conflict);
    scene.release(true);
    const auto answer = scene.answer();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->connector_customer_id == "CU0000FAKE0001");
    BOOST_TEST((answer->origin == Origin::replayed));
  }
  Gocardless scene;
  scene.begin();
  scene.acquire();
  scene.exchange(conflict);
  scene.release(true);
  BOOST_TEST((scene.error().code == Errc::customer_exists));
}

BOOST_AUTO_TEST_CASE(an_unreadable_answer_ends_its_connection) {
  Stripe scene;
  scene.begin();
  scene.acquire();
  scene.exchange(http_text(200, R"({"object":"balance"})"));  // an answer, but not to this request
  scene.release(false);
  scene.wait();
  BOOST_TEST((scene.machine.wanted() == net::Pool::Wanted::fresh));
  scene.acquire(false);
  BOOST_TEST((scene.machine.wanted() == net::Pool::Wanted::any));
  scene.exchange(http_text(429, R"({"error":{"type":"rate_limit_error"}})"));
  scene.release(true);
  scene.expect(Stripe::Step::wait);
  scene.machine.waited(boost::asio::error::operation_aborted, scene.now);
  BOOST_TEST((scene.error().outcome == Outcome::unknown));
}

BOOST_AUTO_TEST_SUITE_END()
