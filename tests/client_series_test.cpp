// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client_of.hpp>
#include <florin/client.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/policies/stax.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/stax.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "client_fixture.hpp"

/// What is made of several calls is one of those that are under way, between two of them as well.
BOOST_AUTO_TEST_SUITE(client_series)
namespace {

using namespace florin_test;
using florin::AnyClient;
using florin::CallEvent;
using florin::GocardlessPolicy;
using florin::StaxPolicy;
using Kind = florin::testing::Fault::Kind;
namespace asio = boost::asio;
using std::string;

/// Calls back when a call is over, before its series goes on.
struct AfterEach {
  std::shared_ptr<std::function<void(const CallEvent&)>> tell;
  static void on_phase(const florin::PhaseEvent& /*phase*/) noexcept {}
  void on_call(const CallEvent& event) const {
    if (*tell) (*tell)(event);
  }
};

/// GoCardless, where an update has to read the customer first.
struct Merging {
  Sandbox sandbox{florin::testing::gocardless()};
  std::shared_ptr<std::function<void(const CallEvent&)>> after =
      std::make_shared<std::function<void(const CallEvent&)>>();
  Client<GocardlessPolicy, AfterEach> client{
      {.access_token = sandbox.credential()}, options_for(sandbox), {after}};
  AnyClient any = AnyClient::make<std::tuple<GocardlessPolicy>>(
                      "gocardless", {{"access_token", florin::Secret{sandbox.credential()}}},
                      options_for(sandbox), AfterEach{after})
                      .value();
  string id = create();

  [[nodiscard]] string create() {
    auto request = buyer("m-1");
    request.metadata = {{"tier", "gold"}};
    return string{client.create(request).value().connector_customer_id};
  }
  [[nodiscard]] std::size_t changes() const {
    std::size_t count = 0;
    for (const auto& request : sandbox.requests())
      if (request.method == "PUT") ++count;
    return count;
  }
};

template <class Chosen>
std::future<florin::Result<florin::Customer>> updates(Chosen& client, const string& id,
                                                      bool async) {
  const florin::UpdateRequest changes{.metadata = {{"plan", "yearly"}}};
  if (async) return client.async_update(id, changes, asio::use_future);
  return std::async(std::launch::async,
                    [&client, id, changes] { return client.update(id, changes); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_drain_waits_for_all_calls_of_an_update) {
  for (const bool async : {false, true}) {
    for (const bool chosen : {false, true}) {
      Merging f;
      f.sandbox.fault({.kind = Kind::delay, .delay = 300ms});
      const auto before = f.sandbox.request_count();
      auto update = chosen ? updates(f.any, f.id, async) : updates(f.client, f.id, async);
      BOOST_TEST(f.sandbox.wait_for_requests(before + 1, hang_guard));
      const auto limit = async ? 20s : std::chrono::milliseconds::max();
      BOOST_TEST((chosen ? f.any.drain(limit) : f.client.drain(limit)) == 0u);
      const auto answer = take(std::move(update));
      BOOST_TEST(answer.has_value(), (answer ? string{} : answer.error().what()));
      // What begins afterwards is refused all the same.
      const auto late = take(chosen ? updates(f.any, f.id, async) : updates(f.client, f.id, async));
      BOOST_TEST_REQUIRE(late.has_error());
      BOOST_TEST(late.error().what().find("shut down") != string::npos);
      BOOST_TEST(f.changes() == 1u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_drain_waits_for_the_look_that_settles_a_doubt) {
  for (const bool async : {false, true}) {
    Sandbox sandbox{florin::testing::stax()};
    Client<StaxPolicy> client{{.api_key = sandbox.credential()}, options_for(sandbox)};
    // The answer to the create is lost.
    sandbox.fault({.kind = Kind::none});
    sandbox.fault({.kind = Kind::reset_after, .store = true, .delay = 300ms});
    auto ensured =
        async ? client.async_ensure(buyer("m-1"), asio::use_future)
              : std::async(std::launch::async, [&] { return client.ensure(buyer("m-1")); });
    BOOST_TEST(sandbox.wait_for_requests(2, hang_guard));
    BOOST_TEST(client.drain(20s) == 0u);
    const auto answer = take(std::move(ensured));
    BOOST_TEST_REQUIRE(answer.has_value(), (answer ? string{} : answer.error().what()));
    BOOST_TEST((answer->origin == Origin::found));
    BOOST_TEST(sandbox.count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(it_keeps_the_texts_that_its_options_view) {
  StripeFixture f;
  auto any = AnyClient::make<std::tuple<StripePolicy>>(
                 "stripe", {{"api_key", florin::Secret{f.sandbox.credential()}}}, f.options())
                 .value();
  const auto key_of = [&](auto& client) {
    string key(100, 'k');
    auto ensuring = client.async_ensure(buyer("m-1"), {.idempotency_key = key}, asio::deferred);
    key.assign(100, 'x');
    BOOST_TEST(take(std::move(ensuring)(asio::use_future)).has_value());
    return string{f.sandbox.requests().back().header("Idempotency-Key").value_or("")};
  };
  BOOST_TEST(key_of(f.client) == string(100, 'k'));
  BOOST_TEST(key_of(any) == string(100, 'k'));
}

BOOST_AUTO_TEST_CASE(it_keeps_the_credentials_of_its_options) {
  StripeFixture f;
  Client<StripePolicy> client{{.api_key = "sk_test_another"}, f.options()};
  auto own = std::make_optional(f.credentials());
  auto ensuring = client.async_ensure(buyer("m-1"), {.credentials = &*own}, asio::deferred);
  own->api_key = "sk_test_changed";
  const auto answer = take(std::move(ensuring)(asio::use_future));
  BOOST_TEST(answer.has_value(), (answer ? string{} : answer.error().what()));
}

BOOST_AUTO_TEST_CASE(it_is_cancelled_between_two_calls) {
  for (const bool chosen : {false, true}) {
    Merging f;
    asio::cancellation_signal signal;
    *f.after = [&](const CallEvent& event) {
      if (event.operation == "retrieve") signal.emit(asio::cancellation_type::total);
    };
    std::promise<florin::Result<florin::Customer>> told;
    auto handler = asio::bind_cancellation_slot(
        signal.slot(),
        [&](florin::Result<florin::Customer> answer) { told.set_value(std::move(answer)); });
    const florin::UpdateRequest changes{.metadata = {{"plan", "yearly"}}};
    chosen ? f.any.async_update(f.id, changes, handler)
           : f.client.async_update(f.id, changes, handler);
    const auto answer = take(told.get_future());
    BOOST_TEST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().code == Errc::cancelled), answer.error().what());
    BOOST_TEST((answer.error().outcome == Outcome::no_effect));
    BOOST_TEST(f.changes() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(it_counts_as_one) {
  for (const bool async : {false, true}) {
    Merging f;
    f.sandbox.fault({.kind = Kind::silent});
    const auto before = f.sandbox.request_count();
    auto update = updates(f.client, f.id, async);
    BOOST_TEST(f.sandbox.wait_for_requests(before + 1, hang_guard));
    BOOST_TEST(f.client.drain(20ms) == 1u);
    BOOST_TEST(take(f.client.async_drain(20ms, asio::use_future)) == 1u);
    f.client.cancel_all();
    BOOST_TEST(f.client.drain(20s) == 0u);
    BOOST_TEST((take(std::move(update)).error().code == Errc::cancelled));
  }
}

BOOST_AUTO_TEST_CASE(all_are_cancelled_between_two_calls) {
  for (const bool async : {false, true}) {
    for (const bool chosen : {false, true}) {
      Merging f;
      *f.after = [&](const CallEvent& event) {
        if (event.operation == "retrieve") chosen ? f.any.cancel_all() : f.client.cancel_all();
      };
      const auto answer =
          take(chosen ? updates(f.any, f.id, async) : updates(f.client, f.id, async));
      BOOST_TEST_REQUIRE(answer.has_error());
      BOOST_TEST((answer.error().code == Errc::cancelled), answer.error().what());
      BOOST_TEST((answer.error().outcome == Outcome::no_effect));
      BOOST_TEST(f.changes() == 0u);
      // Those that begin later are not.
      *f.after = nullptr;
      BOOST_TEST(take(updates(f.client, f.id, async)).has_value());
      BOOST_TEST(f.changes() == 1u);
      BOOST_TEST(f.client.drain(20s) == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(it_has_its_answer_before_a_drain_on_its_thread_ends) {
  Merging f;
  asio::io_context context;
  Client<GocardlessPolicy> client{
      context.get_executor(), {.access_token = f.sandbox.credential()}, options_for(f.sandbox)};
  f.sandbox.fault({.kind = Kind::delay, .delay = 100ms});
  string order;
  client.async_update(
      f.id, florin::UpdateRequest{.metadata = {{"plan", "yearly"}}},
      [&](const auto& answer) { order += answer.has_value() ? "updated " : "failed "; });
  client.async_drain(20s, [&](std::size_t left) { order += std::to_string(left) + " left"; });
  context.run();
  BOOST_TEST(order == "updated 0 left");
}

BOOST_AUTO_TEST_CASE(it_is_over_when_its_handler_is_called) {
  Merging f;
  std::promise<std::size_t> left;
  f.client.async_update(f.id, florin::UpdateRequest{.metadata = {{"plan", "yearly"}}},
                        [&](const auto&) { left.set_value(f.client.drain(0ms)); });
  BOOST_TEST(take(left.get_future()) == 0u);
}

BOOST_AUTO_TEST_CASE(one_that_is_dropped_is_not_waited_for) {
  Merging f;
  auto context = std::make_unique<asio::io_context>();
  Client<GocardlessPolicy> client{
      context->get_executor(), {.access_token = f.sandbox.credential()}, options_for(f.sandbox)};
  f.sandbox.fault({.kind = Kind::silent});
  const auto before = f.sandbox.request_count();
  client.async_update(f.id, florin::UpdateRequest{.metadata = {{"plan", "yearly"}}},
                      [](const auto&) { BOOST_ERROR("it has no answer"); });
  while (f.sandbox.request_count() == before) context->run_one_for(5ms);
  BOOST_TEST(client.drain(0ms) == 1u);
  context.reset();
  BOOST_TEST(client.drain(0ms) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
