// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/net/error.hpp>
#include <florin/net/exchange.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <string_view>

namespace florin::detail {

/// Whether a failed establishment may succeed on repetition: certificates, versions, refusals of a
/// proxy and host names that cannot be used do not change from one moment to the next.
inline bool may_pass(boost::system::error_code ec) noexcept {
  if (ec.category() == net::proxy_category())
    return ec == net::make_error_code(net::ProxyError::unavailable);
  if (ec.category() == net::tls_category())
    return ec == net::make_error_code(net::TlsError::protocol) ||
           ec == net::make_error_code(net::TlsError::alert);
  return ec != boost::asio::error::invalid_argument;
}

/// A failure of the transport as an `Error`.
/// \param fallback what it is unless the deadline passed, the caller cancelled, or memory, threads
/// or descriptors were wanting.
/// \param sent whether the processor may have got the request.
[[gnu::cold]] inline Error transport_error(std::string_view connector, Errc fallback, bool sent,
                                           boost::system::error_code ec, Phase phase) {
  Error error;
  error.code = ec == boost::beast::error::timeout            ? Errc::deadline_exceeded
               : ec == boost::asio::error::operation_aborted ? Errc::cancelled
               : net::is_out_of_resources(ec)                ? Errc::out_of_resources
                                                             : fallback;
  error.outcome = sent ? Outcome::unknown : Outcome::no_effect;
  error.status_code = unified_status(error.code, 0);
  error.connector = connector;
  error.cause = ec;
  error.phase = phase;
  error.transient = (error.code == fallback && fallback != Errc::tls_failed) ||
                    error.code == Errc::out_of_resources;
  return error;
}

/// What is cancelled before anything of it was sent.
[[gnu::cold]] inline Error cancelled_error(std::string_view connector) {
  return transport_error(connector, Errc::cancelled, false, boost::asio::error::operation_aborted,
                         Phase::queue);
}

/// What is begun after the end of a client ends with this.
[[gnu::cold]] inline Error shut_down_error(std::string_view connector) {
  Error error = cancelled_error(connector);
  error.reason = "the client was shut down";
  return error;
}

/// A failed exchange as an `Error`. A client certificate that the processor does not accept is a
/// failed handshake, and nothing was processed, although TLS 1.3 tells only after the request.
[[gnu::cold]] inline Error exchange_error(std::string_view connector, const net::Exchange& exchange,
                                          Phase phase) {
  const bool refused =
      exchange.error() == net::make_error_code(net::TlsError::client_certificate_refused);
  const Errc code = refused                        ? Errc::tls_failed
                    : exchange.malformed().empty() ? Errc::connection_lost
                                                   : Errc::unreadable_reply;
  Error error =
      transport_error(connector, code, exchange.sent_any() && !refused, exchange.error(), phase);
  error.reason = exchange.malformed();
  return error;
}

}  // namespace florin::detail
