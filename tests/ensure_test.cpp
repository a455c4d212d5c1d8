// SPDX-License-Identifier: Apache-2.0
// What `ensure` makes of doubts, for each way in which processors allow to settle them.
#include <florin/any_client.hpp>
#include <florin/client.hpp>
#include <florin/ensure.hpp>
#include <florin/policies.hpp>
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/processors/braintree.hpp>
#include <florin/testing/processors/dwolla.hpp>
#include <florin/testing/processors/glomopay.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/processors/stax.hpp>
#include <florin/testing/processors/stripe.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "client_faults.hpp"
#include "client_fixture.hpp"
#include "exhaustion.hpp"
#include "numbered_customer.hpp"

BOOST_AUTO_TEST_SUITE(ensure)
namespace {

using namespace florin_test;
using florin::AirwallexPolicy;
using florin::BraintreePolicy;
using florin::DwollaPolicy;
using florin::ensure_guarantee;
using florin::EnsureGuarantee;
using florin::GlomopayPolicy;
using florin::PaysafePolicy;
using florin::StaxPolicy;
using florin::StripePolicy;
using florin::testing::Processor;
using std::string;
using Kind = Fault::Kind;

/// A processor's sandbox and a client of it.
template <class P>
struct Bench {
  Sandbox sandbox;
  Client<P> client;
  Client<P> other;  ///< of another process, as it were

  explicit Bench(Processor processor)
      : sandbox(std::move(processor)), client(connect()), other(connect()) {}

  [[nodiscard]] ClientOptions options() const {
    auto options = options_for(sandbox);
    options.deadline = 10s;
    return options;
  }
  [[nodiscard]] Client<P> connect() const { return connect(options()); }
  [[nodiscard]] Client<P> connect(const ClientOptions& options) const {
    return Client<P>{florin::testing::detail::credentials_from_text<P>(sandbox.credential()),
                     options};
  }
  /// A fault of the next request but those for tokens, which are fetched by a call before.
  void fault(Fault fault) { sandbox.fault(std::move(fault)); }
};

template <class Client>
Answer sure(Client& client, bool async, const CreateRequest& request) {
  return async ? take(client.async_ensure(request, boost::asio::use_future))
               : client.ensure(request);
}

string told(const Answer& answer) {
  if (answer) return string{to_string(answer->origin)};
  const florin::Error error = answer.error();
  return string{to_string(error.code)} + ", " + string{to_string(error.outcome)};
}

/// Ensures a customer twice, loses an answer and a request, and has two processes at it at once.
/// \param again, lost how the second call and the lost answer end.
template <class P>
void settles(Processor processor, CreateRequest (*customer)(std::size_t), std::string_view again,
             std::string_view lost) {
  for (const bool async : {false, true}) {
    BOOST_TEST_CONTEXT(P::name << (async ? ", asynchronous" : ", blocking")) {
      Bench<P> bench{processor};
      const auto first = sure(bench.client, async, customer(1));
      BOOST_TEST_REQUIRE(first.has_value(), told(first));
      BOOST_TEST(told(first) == "created");
      BOOST_TEST(first->merchant_customer_id == customer(1).merchant_customer_id);
      bench.sandbox.forget_idempotency_keys();
      if (ensure_guarantee<P> == EnsureGuarantee::by_key && processor.uniques.empty())
        bench.sandbox.clear();
      const auto fresh = sure(bench.client, async, customer(2));
      const auto second = sure(bench.other, async, customer(2));
      BOOST_TEST_REQUIRE(second.has_value(), told(second));
      BOOST_TEST(told(second) == again);
      BOOST_TEST(second->connector_customer_id == fresh->connector_customer_id);

      // The lookup comes first where there is no other way.
      if (ensure_guarantee<P> == EnsureGuarantee::by_lookup) bench.fault({.kind = Kind::none});
      bench.fault({.kind = Kind::reset_after, .store = true});
      const auto settled = sure(bench.client, async, customer(3));
      BOOST_TEST(told(settled) == lost);
      BOOST_TEST(settled->attempts > 1);

      if (ensure_guarantee<P> == EnsureGuarantee::by_lookup) bench.fault({.kind = Kind::none});
      bench.fault({.kind = Kind::reset_after, .store = false});
      const auto open = sure(bench.client, async, customer(4));
      if (ensure_guarantee<P> == EnsureGuarantee::by_lookup) {
        // That nobody is found proves nothing.
        BOOST_TEST(told(open) == "connection_lost, unknown");
      } else {
        BOOST_TEST(told(open) == "created");
      }

      std::vector<Answer> both;
      std::thread one{[&] { both.push_back(bench.client.ensure(customer(5))); }};
      one.join();
      both.push_back(bench.other.ensure(customer(5)));
      BOOST_TEST_REQUIRE((both[0] && both[1]));
      BOOST_TEST(both[0]->connector_customer_id == both[1]->connector_customer_id);
      std::size_t count = 0;
      for (const auto& stored : bench.sandbox.customers())
        count += stored.id == both[0]->connector_customer_id ? 1U : 0U;
      BOOST_TEST(count == 1U);
    }
  }
}

/// Two processes that ensure the same customers at the same time.
template <class P>
void agrees(Processor processor, CreateRequest (*customer)(std::size_t)) {
  Bench<P> bench{std::move(processor)};
  constexpr std::size_t customers = 40;
  const auto run = [&](Client<P>& client, std::vector<Answer>& answers) {
    for (std::size_t i = 0; i < customers; ++i) answers.push_back(client.ensure(customer(i)));
  };
  std::vector<Answer> here;
  std::vector<Answer> there;
  std::thread elsewhere{[&] { run(bench.other, there); }};
  run(bench.client, here);
  elsewhere.join();
  BOOST_TEST(bench.sandbox.count() == customers);
  for (std::size_t i = 0; i < customers; ++i) {
    BOOST_TEST_REQUIRE((here[i] && there[i]), told(here[i]) << " and " << told(there[i]));
    BOOST_TEST(here[i]->connector_customer_id == there[i]->connector_customer_id);
  }
}

}  // namespace

static_assert(ensure_guarantee<StripePolicy> == EnsureGuarantee::by_key &&
              ensure_guarantee<florin::Shift4Policy> == EnsureGuarantee::by_key &&
              ensure_guarantee<DwollaPolicy> == EnsureGuarantee::by_key &&
              ensure_guarantee<florin::GocardlessPolicy> == EnsureGuarantee::by_key);
static_assert(ensure_guarantee<PaysafePolicy> == EnsureGuarantee::by_uniqueness &&
              ensure_guarantee<AirwallexPolicy> == EnsureGuarantee::by_uniqueness &&
              ensure_guarantee<GlomopayPolicy> == EnsureGuarantee::by_uniqueness &&
              ensure_guarantee<florin::AuthorizedotnetPolicy> == EnsureGuarantee::by_uniqueness);
static_assert(ensure_guarantee<StaxPolicy> == EnsureGuarantee::by_lookup &&
              ensure_guarantee<florin::FinixPolicy> == EnsureGuarantee::by_lookup);
static_assert(ensure_guarantee<BraintreePolicy> == EnsureGuarantee::only_reported &&
              ensure_guarantee<florin::RapydPolicy> == EnsureGuarantee::only_reported);

BOOST_AUTO_TEST_CASE(by_a_key) {
  settles<StripePolicy>(florin::testing::stripe(), numbered_customer, "replayed", "replayed");
  agrees<StripePolicy>(florin::testing::stripe(), numbered_customer);
}

BOOST_AUTO_TEST_CASE(by_a_key_whose_second_use_is_a_conflict) {
  settles<florin::GocardlessPolicy>(florin::testing::gocardless(), numbered_customer,
                                    "already_existed", "replayed");
  agrees<florin::GocardlessPolicy>(florin::testing::gocardless(), numbered_customer);
}

BOOST_AUTO_TEST_CASE(by_a_unique_reference) {
  settles<PaysafePolicy>(florin::testing::paysafe(), numbered_customer, "already_existed",
                         "already_existed");
  agrees<PaysafePolicy>(florin::testing::paysafe(), numbered_customer);
}

BOOST_AUTO_TEST_CASE(by_a_unique_reference_that_is_found) {
  settles<AirwallexPolicy>(florin::testing::airwallex(), numbered_customer, "found", "found");
  agrees<AirwallexPolicy>(florin::testing::airwallex(), numbered_customer);
}

BOOST_AUTO_TEST_CASE(by_a_unique_email) {
  settles<GlomopayPolicy>(florin::testing::glomopay(), numbered_resident, "already_existed",
                          "found");
  agrees<GlomopayPolicy>(florin::testing::glomopay(), numbered_resident);
}

BOOST_AUTO_TEST_CASE(by_a_lookup) {
  settles<StaxPolicy>(florin::testing::stax(), numbered_customer, "found", "found");
}

BOOST_AUTO_TEST_CASE(a_lookup_waits_for_the_index) {
  Bench<StaxPolicy> bench{florin::testing::stax()};
  bench.sandbox.index_delay(500ms);
  bench.fault({.kind = Kind::none});
  bench.fault({.kind = Kind::reset_after, .store = true});
  const auto found = bench.client.ensure(numbered_customer(1));
  BOOST_TEST(told(found) == "found");
  BOOST_TEST((found->timings[Phase::backoff] >= 100ms));
  BOOST_TEST(bench.sandbox.count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_key_that_was_forgotten_is_made_up_for_by_a_lookup) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const auto made = f.client.ensure(buyer("m-1"));
    BOOST_TEST_REQUIRE(made.has_value());
    f.sandbox.forget_idempotency_keys();
    const florin::CallOptions<StripePolicy> options{.look_first = true};
    const auto found =
        async ? take(f.client.async_ensure(buyer("m-1"), options, boost::asio::use_future))
              : f.client.ensure(buyer("m-1"), options);
    BOOST_TEST(told(found) == "found");
    BOOST_TEST(found->connector_customer_id == made->connector_customer_id);
    BOOST_TEST(told(f.client.ensure(buyer("m-2"), options)) == "created");
    BOOST_TEST(f.sandbox.count() == 2U);
  }
}

BOOST_AUTO_TEST_CASE(several_customers_are_told) {
  Bench<StaxPolicy> bench{florin::testing::stax()};
  BOOST_TEST(bench.client.create(numbered_customer(1)).has_value());
  BOOST_TEST(bench.client.create(numbered_customer(1)).has_value());
  const auto answer = bench.client.ensure(numbered_customer(1));
  BOOST_TEST(told(answer) == "customer_exists, in_effect");
  BOOST_TEST(!answer.error().existing_customer_id.empty());
  BOOST_TEST(bench.sandbox.count() == 2U);
}

BOOST_AUTO_TEST_CASE(only_reported) {
  for (const bool async : {false, true}) {
    Bench<BraintreePolicy> bench{florin::testing::braintree()};
    BOOST_TEST(told(sure(bench.client, async, numbered_customer(1))) == "created");
    bench.fault({.kind = Kind::reset_after, .store = true});
    BOOST_TEST(told(sure(bench.client, async, numbered_customer(2))) == "connection_lost, unknown");
    BOOST_TEST(bench.sandbox.count() == 2U);
  }
}

BOOST_AUTO_TEST_CASE(somebody_else_is_not_taken_for_the_customer) {
  // The email is taken by a customer with another reference.
  Bench<DwollaPolicy> bench{florin::testing::dwolla()};
  CreateRequest first = numbered_customer(1);
  BOOST_TEST(told(bench.client.ensure(first)) == "created");
  CreateRequest second = numbered_customer(2);
  second.email = first.email;
  for (const bool async : {false, true}) {
    const auto answer = sure(bench.client, async, second);
    BOOST_TEST(told(answer) == "customer_exists, in_effect");
    BOOST_TEST(answer.error().existing_customer_id == bench.sandbox.customers().front().id);
    BOOST_TEST(answer.error().reason.find("another") != std::string_view::npos);
  }
  BOOST_TEST(bench.sandbox.count() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_no_doubt) {
  StripeFixture f;
  CreateRequest request = buyer("");
  BOOST_TEST(told(f.client.ensure(request)) == "missing_field, no_effect");
  f.sandbox.fault({.kind = Kind::garbage, .status = 401, .body = "{}"});
  BOOST_TEST(told(f.client.ensure(buyer("m-1"))) == "unauthorized, no_effect");
}

BOOST_AUTO_TEST_CASE(the_deadline_spans_it_all) {
  Bench<StaxPolicy> bench{florin::testing::stax()};
  auto options = bench.options();
  options.deadline = elapsing;
  auto client = bench.connect(options);
  for (const bool async : {false, true}) {
    bench.fault({.kind = Kind::none});
    bench.fault({.kind = Kind::reset_after, .store = false});
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = sure(client, async, numbered_customer(async ? 1 : 2));
    BOOST_TEST(told(answer) == "connection_lost, unknown");
    BOOST_TEST((std::chrono::steady_clock::now() - begin < hang_guard));
    BOOST_TEST((answer.error().timings.total() < 2 * elapsing));
  }
}

BOOST_AUTO_TEST_CASE(exhausted_memory_leaves_the_truth) {
  for (const bool async : {false, true}) {
    Bench<StaxPolicy> bench{florin::testing::stax()};
    auto options = bench.options();
    options.retry.retries = 0;
    std::vector<CreateRequest> customers;  // made while there is memory
    for (std::size_t n = 0; n < exhaustions; ++n) {
      customers.push_back(numbered_customer(n));
      customers.back().merchant_customer_id += async ? "-asynchronous" : "-blocking";
      customers.back().description = "Long enough for the heap, wherever a text is kept by itself";
    }
    exhaust_memory<Answer, StaxPolicy>(
        florin::testing::detail::credentials_from_text<StaxPolicy>(bench.sandbox.credential()),
        options, async,
        [&](auto& client, std::size_t n, auto handler) {
          if (async) return client.async_ensure(customers[n], handler);
          handler(client.ensure(customers[n]));
        },
        [&](std::size_t n, const Answer& answer) {
          const std::size_t stored = bench.sandbox.count(customers[n].merchant_customer_id);
          BOOST_TEST(stored <= 1U);
          if (answer) BOOST_TEST(stored == 1U);
          if (!answer && answer.error().outcome == Outcome::no_effect)
            BOOST_TEST(stored == 0U, told(answer));
          return !answer;
        });
  }
}

BOOST_AUTO_TEST_CASE(a_processor_that_is_chosen_at_run_time) {
  StripeFixture f;
  auto client = florin::AnyClient::make<std::tuple<florin::StripePolicy>>(
                    "stripe", {{"api_key", f.sandbox.credential()}}, f.options())
                    .value();
  BOOST_TEST((client.guarantee() == EnsureGuarantee::by_key));
  for (const bool async : {false, true}) {
    f.sandbox.fault({.kind = Kind::reset_after, .store = true});
    BOOST_TEST(told(sure(client, async, buyer(async ? "m-1" : "m-2"))) == "replayed");
  }
  BOOST_TEST(f.sandbox.count() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
