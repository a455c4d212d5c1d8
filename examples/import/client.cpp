// SPDX-License-Identifier: Apache-2.0
// All policies: compiled by itself, for it takes long.
#include "client.hpp"

#include <florin/any_client_of.hpp>
#include <florin/detail/variable_name.hpp>
#include <florin/environment.hpp>
#include <florin/policies.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "any_client.hpp"
#include "fault.hpp"

namespace florin_import {

namespace {

/// What is known of a connector by its name.
struct Known {
  florin::NamedCredentials credentials{};
  florin::ClientOptions options{};
  std::string host{};
};

/// Errors: `Stop`: there is none of this name; `Refused`: a credential is missing.
/// \param asks whether the processor is asked for anything; if not any credentials will do.
Known look_up(std::string_view name, bool asks) {
  Known known;
  bool found = false;
  std::string names;
  const auto look = [&]<class P>(std::type_identity<P>) {
    names.append(names.empty() ? "" : ", ").append(P::name);
    if (name != P::name) return;
    found = true;
    known.options = florin::options_from_environment<P>();
    const bool live = known.options.environment == florin::Environment::live;
    known.host = live ? P::hosts.live : P::hosts.sandbox;
    known.host += live ? " (live)" : " (sandbox)";
    P::CredentialNames::describe([&]<class Part>() {
      const std::string variable = florin::detail::variable_name(P::name, Part::name);
      const char* const value = std::getenv(variable.c_str());
      if (value != nullptr && *value != '\0') {
        known.credentials.emplace(Part::name, florin::Secret{value});
      } else if (!Part::optional && !asks) {
        known.credentials.emplace(Part::name, florin::Secret{"unused"});
      } else if (!Part::optional) {
        throw Refused{"a credential is missing: set " + variable +
                      " in the environment, or in a file and say --credentials FILE"};
      }
    });
  };
  [&]<class... P>(std::type_identity<std::tuple<P...>>) {
    (look(std::type_identity<P>{}), ...);
  }(std::type_identity<florin::AllPolicies>{});
  if (!found) throw Stop{"there is no connector " + std::string{name} + "; there are " + names};
  return known;
}

}  // namespace

void require_connector(std::string_view name) {
  static_cast<void>(look_up(name, false));
}

Connection connect(const boost::asio::any_io_executor& executor, const Options& options,
                   const TrialProcessor* trial) {
  const bool asks = trial == nullptr && !options.check_only;
  Known known = look_up(options.connector, asks);
  if (!known.options.base_url.empty()) known.host = known.options.base_url;
  if (trial != nullptr) {
    known.credentials = trial->credentials();
    trial->point(known.options);
    known.host = "a sandbox within this program, which forgets all at its end";
  }
  // More customers are under way than may be asked for at once, for the directory takes its time
  // as well; the others wait for a connection.
  known.options.pool.max_connections = options.concurrency;
  known.options.deadline = options.deadline;
  auto client = make_any_client(executor, options.connector, known.credentials, known.options);
  if (!client) throw Refused{client.error().what()};
  if (const auto ready = client->ready(); asks && !ready) throw Stop{ready.error().what()};
  return {*std::move(client), known.host};
}

}  // namespace florin_import
