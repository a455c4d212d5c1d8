// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding.hpp>
#include <florin/testing/detail/conformance_subject.hpp>
#include <florin/testing/processor.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>

#include "client_fixture.hpp"
#include "onboarding/memory_store.hpp"

namespace florin_test {

using Onboarding = florin::Result<ob::Onboarded>;

/// Directories that do not wait for long.
inline ob::DirectoryOptions quick() {
  ob::DirectoryOptions options;
  options.lease_margin = 300ms;
  options.patience = 2s;
  options.recovery.absence_proven_after = 1s;
  return options;
}

/// A processor's sandbox, a client of it, and a directory over a database by hand.
template <class P>
struct OnboardingBench {
  Sandbox sandbox;
  Client<P> client;
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  ob::Directory directory;

  explicit OnboardingBench(florin::testing::Processor processor,
                           const ob::DirectoryOptions& options = quick())
      : sandbox(std::move(processor)),
        client(florin::testing::detail::credentials_from_text<P>(sandbox.credential()),
               options_for(sandbox)),
        directory(MemoryStore{database}, options) {}

  /// Onboards with the blocking or the asynchronous driver.
  Onboarding onboard(bool async, const CreateRequest& request,
                     const ob::OnboardOptions<Client<P>>& options = {}) {
    return async ? take(ob::async_onboard(client, directory, request, options,
                                          boost::asio::use_future))
                 : ob::onboard(client, directory, request, options);
  }
  florin::Result<ob::Settled> settle(bool async, const ob::SettleOptions<Client<P>>& options = {}) {
    return async ? take(ob::async_settle(client, directory, options, boost::asio::use_future))
                 : ob::settle(client, directory, options);
  }
  ob::Row row(const std::string& id) {
    const auto found = database->row(id, std::string{P::name});
    BOOST_TEST_REQUIRE(found.has_value());
    return *found;
  }
};

/// An answer of Stripe's own that refuses the data.
inline Fault refused_by_stripe() {
  return {.kind = Fault::Kind::garbage,
          .status = 400,
          .body = R"({"error":{"code":"email_invalid","message":"no",)"
                  R"("type":"invalid_request_error","param":"email"}})"};
}

/// The error of a result that has to have one.
template <class T>
florin::Error error_of(const florin::Result<T>& result) {
  BOOST_TEST_REQUIRE(result.has_error());
  return result.error();
}

}  // namespace florin_test
