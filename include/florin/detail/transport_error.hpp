// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/net/error.hpp>
#include <florin/net/exchange.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/error_code.hpp>

#include <string_view>

namespace florin::detail {

/// Whether memory or descriptors of this process or machine were wanting.
inline bool is_exhaustion(boost::system::error_code ec) noexcept {
  return ec == net::make_error_code(net::TlsError::no_memory) ||
         ec == boost::system::errc::not_enough_memory ||
         ec == boost::system::errc::too_many_files_open ||
         ec == boost::system::errc::too_many_files_open_in_system ||
         ec == boost::system::errc::no_buffer_space;
}

/// Whether a failed establishment may succeed on repetition: certificates, versions and the like do
/// not change from one moment to the next.
inline bool may_pass(boost::system::error_code ec) noexcept {
  return ec.category() != net::tls_category() ||
         ec == net::make_error_code(net::TlsError::protocol) ||
         ec == net::make_error_code(net::TlsError::alert);
}

/// A failure of the transport as an `Error`.
/// \param fallback what it is unless the deadline passed, the caller cancelled, or memory or
/// descriptors were wanting.
/// \param sent whether the processor may have got the request.
inline Error transport_error(std::string_view connector, Errc fallback, bool sent,
                             boost::system::error_code ec, Phase phase) {
  Error error;
  error.code = ec == boost::beast::error::timeout            ? Errc::deadline_exceeded
               : ec == boost::asio::error::operation_aborted ? Errc::cancelled
               : is_exhaustion(ec)                           ? Errc::out_of_resources
                                                             : fallback;
  error.outcome = sent ? Outcome::unknown : Outcome::not_created;
  error.status_code = unified_status(error.code, 0);
  error.connector = connector;
  error.cause = ec;
  error.phase = phase;
  error.transient = (error.code == fallback && fallback != Errc::tls_failed) ||
                    error.code == Errc::out_of_resources;
  return error;
}

/// A failed exchange as an `Error`. A client certificate that the processor does not accept is a
/// failed handshake, and nothing was processed, although TLS 1.3 tells only after the request.
inline Error exchange_error(std::string_view connector, const net::Exchange& exchange,
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
