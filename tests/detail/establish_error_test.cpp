// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/establish_error.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(detail_establish_error)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using florin::Errc;
using florin::Error;
using florin::Phase;

Error error_of(boost::system::error_code ec, Phase phase, unsigned proxy_status = 0) {
  net::EstablishResult result;
  result.error = ec;
  result.phase = phase;
  result.proxy_status = proxy_status;
  return florin::detail::establish_error("stripe", result, {}, net::never);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_proxy_is_asked_again_only_where_that_may_help) {
  struct Row {
    int status;
    bool transient;
  };
  for (const Row& row :
       {Row{502, true}, Row{503, true}, Row{504, true}, Row{403, false}, Row{401, false},
        Row{407, false}, Row{404, false}, Row{500, true}, Row{501, false}}) {
    net::ProxyTunnel tunnel{
        {.host = "proxy.test", .port = 1, .user = {}, .password = {}}, "api.example.test", 443};
    tunnel.feed("HTTP/1.1 " + std::to_string(row.status) + " No\r\n\r\n");
    const auto error = error_of(tunnel.error(), Phase::proxy, tunnel.status());
    BOOST_TEST_CONTEXT("status " << row.status) {
      BOOST_TEST((error.code == Errc::proxy_failed));
      BOOST_TEST(error.proxy_status == row.status);
      BOOST_TEST(error.transient == row.transient);
    }
  }
  BOOST_TEST(!error_of(net::ProxyError::malformed, Phase::proxy).transient);
  BOOST_TEST(error_of(net::TlsError::expired, Phase::handshake, 200).proxy_status == 0);
}

BOOST_AUTO_TEST_CASE(a_handshake_is_tried_again_only_where_that_may_help) {
  for (const auto why : {net::TlsError::protocol, net::TlsError::alert}) {
    const auto error = error_of(why, Phase::handshake);
    BOOST_TEST((error.code == Errc::tls_failed));
    BOOST_TEST(error.transient);
  }
  for (const auto why : {net::TlsError::expired, net::TlsError::wrong_host})
    BOOST_TEST(!error_of(why, Phase::handshake).transient);
}

BOOST_AUTO_TEST_CASE(an_unusable_host_is_not_tried_again) {
  for (const auto phase : {Phase::resolve, Phase::proxy})
    BOOST_TEST(!error_of(asio::error::invalid_argument, phase).transient);
  BOOST_TEST(error_of(asio::error::host_not_found, Phase::resolve).transient);
}

BOOST_AUTO_TEST_CASE(what_the_peer_said_in_detail_is_the_reason) {
  net::EstablishResult result;
  result.error = net::TlsError::expired;
  result.phase = Phase::handshake;
  result.detail = "the certificate has expired";
  const Error error = florin::detail::establish_error("stripe", result, {}, net::never);
  BOOST_TEST((error.code == Errc::tls_failed));
  BOOST_TEST(error.reason == "the certificate has expired");
  BOOST_TEST(error.connector == "stripe");
}

BOOST_AUTO_TEST_CASE(only_the_deadline_of_the_call_is_one) {
  net::EstablishResult result;
  result.error = boost::beast::error::timeout;
  const net::TimePoint deadline{std::chrono::seconds{10}};
  for (const auto& [phase, code] : {std::pair{Phase::resolve, Errc::resolve_failed},
                                    {Phase::connect, Errc::connect_failed},
                                    {Phase::proxy, Errc::proxy_failed},
                                    {Phase::handshake, Errc::tls_failed}}) {
    result.phase = phase;
    const auto at = [&](std::chrono::seconds now) {
      return florin::detail::establish_error("stripe", result, net::TimePoint{now}, deadline);
    };
    const Error slow = at(std::chrono::seconds{9});
    BOOST_TEST((slow.code == code));
    BOOST_TEST(slow.status_code == 503);
    BOOST_TEST(slow.transient);
    const Error late = at(std::chrono::seconds{10});
    BOOST_TEST((late.code == Errc::deadline_exceeded));
    BOOST_TEST(late.status_code == 504);
  }
}

BOOST_AUTO_TEST_CASE(what_this_machine_lacks_is_told_apart) {
  for (const int code : {EMFILE, ENFILE, ENOMEM, EAGAIN, ENOBUFS}) {
    const auto error = error_of({code, boost::system::system_category()}, Phase::resolve);
    BOOST_TEST((error.code == Errc::out_of_resources));
    BOOST_TEST((error.outcome == florin::Outcome::no_effect));
  }
}

BOOST_AUTO_TEST_SUITE_END()
