// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/sandbox_server.hpp>
#include <florin/testing/sandbox.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace florin::testing {

FLORIN_DECL Sandbox::Sandbox(Processor processor, Options options)
    : server_(std::make_unique<detail::SandboxServer>(std::move(processor), std::move(options))) {}
FLORIN_DECL Sandbox::~Sandbox() = default;
FLORIN_DECL std::uint16_t Sandbox::port() const noexcept {
  return server_->port();
}
FLORIN_DECL std::string Sandbox::host() const {
  return server_->host();
}
FLORIN_DECL std::string Sandbox::base_url() const {
  return server_->base_url();
}
FLORIN_DECL const std::string& Sandbox::ca_pem() const noexcept {
  return server_->ca_pem();
}
FLORIN_DECL std::string Sandbox::credential() const {
  return server_->credential();
}
FLORIN_DECL void Sandbox::add_credential(Credential credential) {
  server_->add_credential(std::move(credential));
}
FLORIN_DECL void Sandbox::expire_tokens() {
  server_->expire_tokens();
}
FLORIN_DECL void Sandbox::forget_idempotency_keys() {
  server_->forget_idempotency_keys();
}
FLORIN_DECL void Sandbox::index_delay(std::chrono::milliseconds delay) {
  server_->index_delay(delay);
}
FLORIN_DECL std::vector<StoredCustomer> Sandbox::customers() const {
  return server_->customers();
}
FLORIN_DECL std::size_t Sandbox::count() const {
  return server_->count();
}
FLORIN_DECL std::size_t Sandbox::count(std::string_view merchant_customer_id) const {
  return server_->count(merchant_customer_id);
}
FLORIN_DECL void Sandbox::clear() {
  server_->clear();
}
FLORIN_DECL std::vector<ReceivedRequest> Sandbox::requests() const {
  return server_->requests();
}
FLORIN_DECL std::uint64_t Sandbox::request_count() const {
  return server_->request_count();
}
FLORIN_DECL bool Sandbox::wait_for_requests(std::uint64_t number,
                                            std::chrono::milliseconds limit) const {
  return server_->wait_for_requests(number, limit);
}
FLORIN_DECL std::uint64_t Sandbox::connection_count() const {
  return server_->connection_count();
}
FLORIN_DECL std::uint64_t Sandbox::handshake_count() const {
  return server_->handshake_count();
}
FLORIN_DECL std::uint64_t Sandbox::resumed_count() const {
  return server_->resumed_count();
}
FLORIN_DECL void Sandbox::fault(Fault fault) {
  server_->fault(std::move(fault));
}
FLORIN_DECL void Sandbox::random_faults(FaultMix mix, std::uint64_t seed) {
  server_->random_faults(std::move(mix), seed);
}
FLORIN_DECL void Sandbox::clear_faults() {
  server_->clear_faults();
}
FLORIN_DECL void Sandbox::close_idle_connections() {
  server_->close_idle_connections();
}
FLORIN_DECL void Sandbox::restart(std::chrono::milliseconds pause) {
  server_->restart(pause);
}
FLORIN_DECL void Sandbox::renew_certificate(const std::optional<Identity>& identity) {
  server_->renew_certificate(identity);
}

}  // namespace florin::testing
