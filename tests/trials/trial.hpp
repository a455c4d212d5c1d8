// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>
#include <florin/ensure.hpp>
#include <florin/policy.hpp>
#include <florin/testing/processor.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

#include "client_faults.hpp"
#include "fault_mix.hpp"
#include "numbered_customer.hpp"

namespace florin_test {

/// A policy and the server side of its processor, to be tried under faults: without the type of the
/// policy, so that what tries it is compiled once.
struct Trial {
  std::string_view name;
  bool repeatable = false;      ///< the processor recognises a repeated request
  bool names_first = false;     ///< it answers a repetition with a conflict
  bool marks_replays = false;   ///< it says that an answer is the first one again
  bool keeps_failures = false;  ///< the key of a failed request gives that failure again
  bool retrieves = false;
  bool removes = false;
  bool deactivates = false;  ///< whoever is deleted can still be read
  /// What a stored customer has that was deleted, where it stays: a parameter and its value.
  std::pair<std::string_view, std::string_view> inactive{"status", "deactivated"};
  bool finds_reference = false;
  bool finds_email = false;
  florin::EnsureGuarantee guarantee = florin::EnsureGuarantee::only_reported;
  florin::testing::Processor processor;
  florin::NamedCredentials credentials{};
  /// Given with each create, where the processor makes no customer without one.
  std::string_view payment_token{};
  /// A valid customer; no two numbers share a reference or an email.
  florin::CreateRequest (*customer)(std::size_t number) = numbered_customer;
  florin::Result<florin::AnyClient> (*make)(const boost::asio::any_io_executor& executor,
                                            const Trial& trial,
                                            const florin::ClientOptions& options) = nullptr;

  [[nodiscard]] florin::AnyClient connect(const boost::asio::any_io_executor& executor,
                                          const florin::ClientOptions& options) const {
    return make(executor, *this, options).value();
  }
};

/// How `P` is tried at a processor, with the credentials that its description accepts first.
template <class P>
Trial trial_of(florin::testing::Processor processor) {
  Trial trial{.name = P::name,
              .repeatable = florin::has_idempotency<P>,
              .names_first = P::Idempotency::names_first,
              .marks_replays = !std::string_view{P::Idempotency::replay_header}.empty(),
              .keeps_failures = keeps_failures(processor),
              .retrieves = florin::offers<P, florin::Retrieve>,
              .removes = florin::offers<P, florin::Delete>,
              .finds_reference = florin::offers<P, florin::FindByReference>,
              .finds_email = florin::offers<P, florin::FindByEmail>,
              .guarantee = florin::ensure_guarantee<P>,
              .processor = std::move(processor)};
  if (florin::needs_payment_token<P>) trial.payment_token = "tokFlorin0001";
  const auto credentials = credentials_of<P>(trial.processor);
  P::CredentialNames::describe([&]<class Part>() {
    if constexpr (!Part::optional) trial.credentials.emplace(Part::name, credentials.*Part::member);
  });
  trial.make = [](const boost::asio::any_io_executor& executor, const Trial& self,
                  const florin::ClientOptions& options) {
    return florin::AnyClient::make<std::tuple<P>>(executor, self.name, self.credentials, options);
  };
  return trial;
}

}  // namespace florin_test
