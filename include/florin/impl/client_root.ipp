// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/client_root.hpp>
#include <florin/encode.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

/// Where the calls with these credentials go.
[[nodiscard]] FLORIN_DECL std::shared_ptr<const Home> home_of(
    const HomeFacts& facts, std::shared_ptr<const void> credentials, Environment environment) {
  Home home;
  home.has_token_host = facts.token_host != nullptr;
  const auto find = [&](FindHost finder, std::string& to) {
    wire::HostText room;
    std::string_view host;
    const auto fault = finder(environment, credentials.get(), room, host);
    if (fault && !home.error) home.error = local_error(facts.connector, fault);
    to = host;
  };
  find(facts.host, home.host);
  if (facts.token_host != nullptr) find(facts.token_host, home.token_host);
  if (facts.depends_on_account) home.account = std::move(credentials);
  return std::make_shared<const Home>(std::move(home));
}

FLORIN_DECL std::shared_ptr<const void> kept(const void* object,
                                             void (*destroy)(const void* object)) {
  return {object, destroy};
}

FLORIN_DECL ClientRoot::ClientRoot(const HomeFacts& facts, std::shared_ptr<const void> credentials,
                                   const boost::asio::any_io_executor* executor,
                                   ClientOptions&& options)
    : facts_(&facts),
      credentials_(facts.depends_on_account ? nullptr : credentials),
      core_(make_core(facts.connector, home_of(facts, credentials, options.environment), executor,
                      std::move(options))) {}

FLORIN_DECL ClientRoot::~ClientRoot() = default;

FLORIN_DECL std::shared_ptr<ClientCore> ClientRoot::shared_core(
    std::shared_ptr<const ClientRoot> root) noexcept {
  ClientCore* const core = root->core_.get();
  return {std::move(root), core};
}

FLORIN_DECL void ClientRoot::set_credentials(std::shared_ptr<const void> credentials) {
  if (facts_->depends_on_account) {
    set_home(*core_, home_of(*facts_, std::move(credentials), options_of(*core_).environment));
  } else {
    credentials_.set(std::move(credentials));
  }
}

FLORIN_DECL std::shared_ptr<const void> ClientRoot::credentials_for(
    const PreparedCall& prepared) const noexcept {
  return facts_->depends_on_account ? account_of(*prepared.call) : credentials_.get();
}

FLORIN_DECL wire::Fault ClientRoot::check_home(const PreparedCall& prepared,
                                               const void* credentials) const {
  if (!facts_->depends_on_account) return {};
  const Home* const home = goal_of(*prepared.call);
  if (home == nullptr) return {};
  const auto strays = [&](FindHost finder, std::string_view to) {
    wire::HostText room;
    std::string_view host;
    // That there is none is found when the request is encoded.
    return !finder(options_of(*core_).environment, credentials, room, host) && host != to;
  };
  if (strays(facts_->host, home->host) ||
      (facts_->token_host != nullptr && strays(facts_->token_host, home->token_host)))
    return {Errc::invalid_options, std::nullopt,
            "the credentials of the call belong to another host than the client's"};
  return {};
}

FLORIN_DECL std::shared_ptr<ClientRoot> shared(ClientRoot* root) {
  return std::shared_ptr<ClientRoot>{root};
}

}  // namespace florin::detail
