// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>

BOOST_AUTO_TEST_SUITE(detail_transport_error)
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using florin::Errc;
using florin::Outcome;
using florin::Phase;

}  // namespace

BOOST_AUTO_TEST_CASE(what_may_pass_and_what_is_open) {
  struct Row {
    error_code cause;
    Errc fallback;
    Errc code;
    int status;
    bool transient;
  };
  const error_code wanting{EMFILE, boost::system::system_category()};
  for (const Row& row :
       {Row{asio::error::connection_reset, Errc::connection_lost, Errc::connection_lost, 502, true},
        Row{asio::error::eof, Errc::connect_failed, Errc::connect_failed, 503, true},
        Row{{}, Errc::queue_full, Errc::queue_full, 503, true},
        Row{asio::error::eof, Errc::tls_failed, Errc::tls_failed, 503, false},
        Row{asio::error::operation_aborted, Errc::connection_lost, Errc::cancelled, 499, false},
        Row{boost::beast::error::timeout, Errc::connection_lost, Errc::deadline_exceeded, 504,
            false},
        Row{wanting, Errc::connect_failed, Errc::out_of_resources, 503, true},
        Row{wanting, Errc::tls_failed, Errc::out_of_resources, 503, true}}) {
    for (const bool sent : {false, true}) {
      const auto error =
          florin::detail::transport_error("acme", row.fallback, sent, row.cause, Phase::read);
      BOOST_TEST_CONTEXT(error.what()) {
        BOOST_TEST((error.code == row.code));
        BOOST_TEST((error.outcome == (sent ? Outcome::unknown : Outcome::no_effect)));
        BOOST_TEST(error.status_code == row.status);
        BOOST_TEST(error.transient == row.transient);
        BOOST_TEST(error.connector == "acme");
        BOOST_TEST((error.cause == row.cause));
        BOOST_TEST((error.phase == Phase::read));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_sent_and_not_answered_is_open_but_for_a_refused_certificate) {
  const auto failed = [](error_code ec) {
    florin::wire::ReplyReader reader{florin::reply_facts<florin::StripePolicy, florin::Create>};
    florin::net::Exchange exchange;
    exchange.begin("GET / HTTP/1.1", reader);
    exchange.written({}, exchange.unsent().size());
    exchange.received(ec, 0);
    return florin::detail::exchange_error("acme", exchange, Phase::read);
  };
  const auto lost = failed(asio::error::connection_reset);
  BOOST_TEST((lost.code == Errc::connection_lost));
  BOOST_TEST((lost.outcome == Outcome::unknown));
  BOOST_TEST(lost.transient);
  const auto refused = failed(florin::net::TlsError::client_certificate_refused);
  BOOST_TEST((refused.code == Errc::tls_failed));
  BOOST_TEST((refused.outcome == Outcome::no_effect));
  BOOST_TEST(!refused.transient);
}

BOOST_AUTO_TEST_CASE(an_error_of_a_token_exchange_tells_nothing_of_a_customer) {
  for (const Errc code :
       {Errc::invalid_data, Errc::customer_exists, Errc::idempotency_conflict, Errc::not_found,
        Errc::unauthorized, Errc::forbidden, Errc::rate_limited, Errc::connector_unavailable,
        Errc::unreadable_reply, Errc::connection_lost}) {
    florin::Error error;
    error.code = code;
    error.outcome = Outcome::unknown;
    error.http_status = 400;
    error.status_code = 1;
    const auto told = florin::detail::without_customer(error);
    const bool of_customers = code == Errc::invalid_data || code == Errc::customer_exists ||
                              code == Errc::idempotency_conflict || code == Errc::not_found;
    BOOST_TEST((told.outcome == Outcome::no_effect), code);
    BOOST_TEST((told.code == (of_customers ? Errc::rejected : code)), code);
    BOOST_TEST(told.status_code == (of_customers ? 400 : 1), code);
  }
}

BOOST_AUTO_TEST_SUITE_END()
