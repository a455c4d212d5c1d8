// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <memory>
#include <string_view>

#include "client.hpp"

namespace florin_import {

class TrialProcessor::State {
 public:
  florin::testing::Sandbox sandbox{florin::testing::stripe()};
};

TrialProcessor::TrialProcessor() : state_(std::make_unique<State>()) {}
TrialProcessor::~TrialProcessor() = default;

std::string_view TrialProcessor::connector() noexcept {
  return "stripe";
}

florin::NamedCredentials TrialProcessor::credentials() const {
  florin::NamedCredentials all;
  all.emplace("api_key", florin::Secret{state_->sandbox.credential()});
  return all;
}

void TrialProcessor::point(florin::ClientOptions& options) const {
  options.base_url = state_->sandbox.base_url();
  options.tls.ca_pem = state_->sandbox.ca_pem();
}

}  // namespace florin_import
