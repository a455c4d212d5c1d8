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

/// A failure of the transport as an `Error`.
/// \param fallback what it is unless the deadline passed or the caller cancelled.
/// \param sent whether the processor may have got the request.
inline Error transport_error(std::string_view connector, Errc fallback, bool sent,
                             boost::system::error_code ec, Phase phase) {
  Error error;
  error.code = ec == boost::beast::error::timeout            ? Errc::deadline_exceeded
               : ec == boost::asio::error::operation_aborted ? Errc::cancelled
                                                             : fallback;
  error.outcome = sent ? Outcome::unknown : Outcome::not_created;
  error.status_code = unified_status(error.code, 0);
  error.connector = connector;
  error.cause = ec;
  error.phase = phase;
  error.transient = error.code == fallback && fallback != Errc::tls_failed;
  return error;
}

/// A failed exchange as an `Error`.
inline Error exchange_error(std::string_view connector, const net::Exchange& exchange,
                            Phase phase) {
  Error error = transport_error(
      connector, exchange.malformed().empty() ? Errc::connection_lost : Errc::unreadable_reply,
      exchange.sent_any(), exchange.error(), phase);
  error.reason = exchange.malformed();
  return error;
}

}  // namespace florin::detail
