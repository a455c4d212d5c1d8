// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/florin.hpp>
#include <florin/testing/processors/braintree.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

#include <unistd.h>

#include "guide/case.hpp"

/// What the code blocks of the guide find about them.
namespace guide {

/// A check that failed.
struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

#define CHECK(...)                                                                            \
  ((__VA_ARGS__) ? void()                                                                     \
                 : throw guide::Failed{std::string{__FILE__ ":"} + std::to_string(__LINE__) + \
                                       ": " #__VA_ARGS__})

/// Waits until it is so, and fails when that takes longer than 10 s.
template <class Condition>
void eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!condition()) {
    CHECK(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

/// A sandbox of Stripe, and a client for it. Blocks may have variables of the same names.
struct Scene {
  florin::testing::Sandbox sandbox{florin::testing::stripe()};
  std::string key = sandbox.credential();
  florin::ClientOptions options = [this] {
    florin::ClientOptions chosen;
    chosen.base_url = sandbox.base_url();
    chosen.tls.ca_pem = sandbox.ca_pem();
    return chosen;
  }();
  florin::Client<florin::StripePolicy> client{{.api_key = key}, options};
  florin::CreateRequest request{.merchant_customer_id = "m-1001", .email = "ana@example.com"};

  /// Makes a customer, `ana@example.com`.
  /// \return its id.
  std::string created(const std::string& merchant_customer_id) {
    return client
        .create(florin::CreateRequest{.merchant_customer_id = merchant_customer_id,
                                      .email = "ana@example.com"})
        .value()
        .connector_customer_id.str();
  }
};

/// A file with the sandbox's roots, for programs that read their settings from the environment.
struct RootsFile {
  explicit RootsFile(const std::string& pem)
      : path("guide-roots-" + std::to_string(::getpid()) + ".pem") {
    std::ofstream{path} << pem;
  }
  ~RootsFile() { ::unlink(path.c_str()); }
  RootsFile(const RootsFile&) = delete;
  RootsFile& operator=(const RootsFile&) = delete;
  std::string path;
};

/// Runs a whole program, whose environment leads it to a sandbox.
/// \return only if it ends with 0
/// and has made the customer of the examples.
inline void run_program(int (*program)()) {
  florin::testing::Sandbox sandbox{florin::testing::stripe()};
  const RootsFile roots{sandbox.ca_pem()};
  ::setenv("STRIPE_API_KEY", sandbox.credential().c_str(), 1);
  ::setenv("STRIPE_BASE_URL", sandbox.base_url().c_str(), 1);
  ::setenv("STRIPE_CA_FILE", roots.path.c_str(), 1);
  // A program has threads, and thereby a default client, of its own.
  int result = -1;
  std::thread{[&] { result = program(); }}.join();
  CHECK(result == 0);
  CHECK(sandbox.count("cust_user_12345") == 1);
}

}  // namespace guide

using guide::eventually;
