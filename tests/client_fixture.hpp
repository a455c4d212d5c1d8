// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <utility>

namespace florin_test {

using namespace std::chrono_literals;
using florin::Client;
using florin::ClientOptions;
using florin::CreateRequest;
using florin::Errc;
using florin::Origin;
using florin::Outcome;
using florin::Phase;
using florin::StripePolicy;
using florin::testing::Fault;
using florin::testing::Sandbox;
using florin::testing::SandboxOptions;
using Answer = florin::Result<florin::CreateResponse>;
using StripeOptions = florin::CallOptions<StripePolicy>;

/// Generous limit for what must not hang.
inline constexpr auto hang_guard = 60s;

/// A deadline that is meant to pass: a busy machine, too, has sent the request by then.
inline constexpr auto elapsing = std::chrono::milliseconds{1000};

/// Options that reach `sandbox` and do not wait long between attempts.
inline ClientOptions options_for(const Sandbox& sandbox) {
  ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();
  options.deadline = 20s;
  options.retry.first_backoff = 2ms;
  return options;
}

inline CreateRequest buyer(std::string id) {
  return {.merchant_customer_id = std::move(id),
          .email = "ana@example.com",
          .name = "Ana Example",
          .phone = "+15555550100"};
}

/// What may be logged must not hold what the caller or the processor confides.
inline void check_clean(const florin::Error& error) {
  for (const std::string_view secret : {"ana@", "Ana", "5555550100", "sk_test"})
    BOOST_TEST((error.what().find(secret) == std::string::npos), error.what());
}

/// The result of a future that must not hang.
template <class T>
T take(std::future<T> future) {
  if (future.wait_for(hang_guard) != std::future_status::ready) {
    BOOST_TEST_MESSAGE("the call hangs");
    std::abort();
  }
  return future.get();
}

/// One call with the blocking or the asynchronous driver.
template <class P, class Observer>
Answer call(Client<P, Observer>& client, bool async, const CreateRequest& request,
            const florin::CallOptions<P>& options = {}) {
  auto answer = async ? take(client.async_create(request, options, boost::asio::use_future))
                      : client.create(request, options);
  if (!answer) check_clean(answer.error());
  return answer;
}

/// The error of an answer that has to be one.
inline florin::Error error_of(const Answer& answer) {
  BOOST_TEST_REQUIRE(answer.has_error());
  return answer.error();
}

/// A sandbox of Stripe's and a client of it.
struct StripeFixture {
  Sandbox sandbox;
  Client<StripePolicy> client;

  explicit StripeFixture(SandboxOptions options = {})
      : sandbox(florin::testing::stripe(), std::move(options)), client(connect()) {}

  [[nodiscard]] ClientOptions options() const { return options_for(sandbox); }
  [[nodiscard]] StripePolicy::Credentials credentials() const {
    return {.api_key = sandbox.credential()};
  }
  [[nodiscard]] Client<StripePolicy> connect() const {
    return Client<StripePolicy>{credentials(), options()};
  }
  [[nodiscard]] Client<StripePolicy> connect(ClientOptions options) const {
    return Client<StripePolicy>{credentials(), std::move(options)};
  }
};

}  // namespace florin_test
