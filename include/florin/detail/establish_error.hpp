// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/transport_error.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>

#include <string_view>

namespace florin::detail {

/// A failed establishment as an `Error`. The connect timeout alone is not the call's deadline.
[[gnu::cold]] inline Error establish_error(std::string_view connector,
                                           const net::EstablishResult& result, net::TimePoint now,
                                           net::TimePoint deadline) {
  Errc code = Errc::connect_failed;
  if (result.phase == Phase::resolve) code = Errc::resolve_failed;
  if (result.phase == Phase::proxy) code = Errc::proxy_failed;
  if (result.phase == Phase::handshake) code = Errc::tls_failed;
  Error error = transport_error(connector, code, false, result.error, result.phase);
  const bool slow = error.code == Errc::deadline_exceeded && now < deadline;
  if (slow) {
    error.code = code;
    error.status_code = unified_status(code, 0);
  }
  error.reason = result.detail;
  if (result.phase == Phase::proxy) error.proxy_status = static_cast<int>(result.proxy_status);
  if (error.code == code) error.transient = may_pass(result.error);
  return error;
}

}  // namespace florin::detail
