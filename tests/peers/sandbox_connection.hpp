// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client.hpp>
#include <florin/customer.hpp>
#include <florin/field.hpp>
#include <florin/policies.hpp>
#include <florin/policy.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "numbered_customer.hpp"

/// How a program reaches a sandbox in another process, by an object that a script gives it:
/// connector (the processor, by its name), credential (the sandbox's text, with a colon between two
/// credentials), optional (an object of further credentials, by their names), base_url and ca_pem.
namespace florin_test {

/// The object in a file.
inline boost::json::object read_object(const char* path) {
  std::ifstream in{path, std::ios::binary};
  return boost::json::parse(std::string{std::istreambuf_iterator<char>{in}, {}}).as_object();
}

inline std::string text_of(const boost::json::object& config, std::string_view name) {
  return std::string{config.at(name).as_string()};
}

/// The policies that services know which are killed, or work for an hour: of each guarantee and
/// kind. Not all, which takes a compiler long.
using ServedPolicies = std::tuple<florin::StripePolicy, florin::AuthorizedotnetPolicy,
                                  florin::DwollaPolicy, florin::GocardlessPolicy,
                                  florin::PaysafePolicy, florin::RapydPolicy, florin::StaxPolicy>;

/// What is to be known of a connector beside what `AnyClient` knows.
struct Connector {
  bool finds = false;  ///< it has a search, of one kind at least
  bool finds_by_reference = false;
  bool retrieves = false;
  bool removes = false;
  bool changes_phone = false;
  std::vector<std::string_view> credentials{};  ///< the names of those that are required
};

inline Connector connector_named(std::string_view name) {
  Connector known;
  const auto look = [&]<class P>(std::type_identity<P>) {
    if (name != P::name) return;
    known.finds = florin::offers<P, florin::Find>;
    known.finds_by_reference = florin::offers<P, florin::FindByReference>;
    known.retrieves = florin::offers<P, florin::Retrieve>;
    known.removes = florin::offers<P, florin::Delete>;
    if constexpr (florin::offers<P, florin::Update>)
      known.changes_phone = florin::carries<P, florin::field::Phone, florin::Update>;
    P::CredentialNames::describe([&]<class Part>() {
      if (!Part::optional) known.credentials.push_back(Part::name);
    });
  };
  [&]<class... P>(std::type_identity<std::tuple<P...>>) {
    (look(std::type_identity<P>{}), ...);
  }(std::type_identity<florin::AllPolicies>{});
  return known;
}

inline florin::NamedCredentials named_credentials(const boost::json::object& config) {
  florin::NamedCredentials all;
  for (const auto& [name, value] : config.at("optional").as_object())
    all.emplace(name, florin::Secret{std::string{value.as_string()}});
  std::string rest = text_of(config, "credential");
  const auto required = connector_named(text_of(config, "connector")).credentials;
  for (const std::string_view name : required) {
    // The last one has the rest, with its colons.
    const auto end = name == required.back() ? rest.size() : std::min(rest.find(':'), rest.size());
    all.emplace(name, florin::Secret{rest.substr(0, end)});
    rest.erase(0, end + 1);
  }
  return all;
}

/// Options that reach the sandbox.
inline florin::ClientOptions sandbox_options(const boost::json::object& config) {
  using namespace std::chrono_literals;
  florin::ClientOptions options;
  options.base_url = text_of(config, "base_url");
  options.tls.ca_pem = text_of(config, "ca_pem");
  options.deadline = 1s;
  options.retry = {.retries = 2, .first_backoff = 1ms, .longest_backoff = 2ms};
  return options;
}

/// The customer of a number, with an address where the processor requires one.
inline florin::CreateRequest numbered_customer_of(const florin::AnyClient& client,
                                                  std::size_t number) {
  auto plain = numbered_customer(number);
  return client.validate(plain) ? plain : numbered_resident(number);
}

}  // namespace florin_test
