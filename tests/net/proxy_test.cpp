// SPDX-License-Identifier: Apache-2.0
#include <florin/net/proxy.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(net_proxy)
namespace {

using florin::net::Proxy;
using florin::net::ProxyError;
using florin::net::ProxyTunnel;
using Code = boost::system::error_code;
using Step = ProxyTunnel::Step;

Proxy plain() {
  return {.host = "proxy.test", .port = 3128, .user = {}, .password = {}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(asks_without_credentials) {
  const ProxyTunnel tunnel{plain(), "api.example.test", 443};
  BOOST_TEST(tunnel.request() ==
             "CONNECT api.example.test:443 HTTP/1.1\r\nHost: api.example.test:443\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(asks_with_basic_credentials) {
  auto proxy = plain();
  proxy.user = "Aladdin";
  proxy.password = "open sesame";
  const ProxyTunnel tunnel{proxy, "h", 1};
  BOOST_TEST(tunnel.request() ==
             "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n"
             "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
  proxy.user = "a";
  proxy.password = "b";
  BOOST_TEST((ProxyTunnel{proxy, "h", 1}.request().find("Basic YTpi\r\n") != std::string::npos));
  proxy.password = "\xff\xfe";
  BOOST_TEST((ProxyTunnel{proxy, "h", 1}.request().find("Basic YTr//g==") != std::string::npos));
  proxy.password = "\xc3\xbc\xc3";
  BOOST_TEST((ProxyTunnel{proxy, "h", 1}.request().find("Basic YTrDvMM=") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(brackets_an_ipv6_literal) {
  const ProxyTunnel tunnel{plain(), "::1", 443};
  BOOST_TEST(tunnel.request().starts_with("CONNECT [::1]:443 HTTP/1.1\r\n"));
  // To the proxy a zone of this machine means nothing.
  const ProxyTunnel zoned{plain(), "fe80::1%eth0", 443};
  BOOST_TEST(zoned.request() == "CONNECT [fe80::1]:443 HTTP/1.1\r\nHost: [fe80::1]:443\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(refuses_what_could_smuggle_headers) {
  for (const auto host : std::initializer_list<std::string_view>{
           "", "a b", "a\r\nX: y", "a/b", "user@a", std::string_view{"a\0b", 3}}) {
    ProxyTunnel tunnel{plain(), host, 443};
    BOOST_TEST((tunnel.step() == Step::refused));
    BOOST_TEST(tunnel.error() == boost::asio::error::invalid_argument);
    BOOST_TEST(tunnel.request().empty());
  }
  auto proxy = plain();
  proxy.user = "a:b";
  BOOST_TEST((ProxyTunnel{proxy, "h", 1}.step() == Step::refused));
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string text = std::string{"a"} + static_cast<char>(byte) + 'b';
    const bool control = byte < 0x20 || byte == 0x7f;
    for (const bool in_user : {true, false}) {
      proxy.user = in_user ? text : "user";
      proxy.password = in_user ? "password" : text;
      const ProxyTunnel tunnel{proxy, "h", 1};
      const bool colon = in_user && byte == ':';
      BOOST_TEST((tunnel.step() == Step::refused) == (control || colon), byte);
      BOOST_TEST(tunnel.request().empty() == (control || colon), byte);
    }
  }
}

BOOST_AUTO_TEST_CASE(opens_the_tunnel_byte_by_byte) {
  ProxyTunnel tunnel{plain(), "h", 1};
  const std::string_view answer{
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n"};
  for (const char& byte : answer.substr(0, answer.size() - 1)) {
    BOOST_REQUIRE((tunnel.feed({&byte, 1}) == Step::need_more));
  }
  BOOST_TEST((tunnel.feed(answer.substr(answer.size() - 1)) == Step::established));
  BOOST_TEST(tunnel.status() == 200U);
  BOOST_TEST(!tunnel.error());
}

BOOST_AUTO_TEST_CASE(tells_refusals_apart) {
  ProxyTunnel needs_login{plain(), "h", 1};
  BOOST_TEST(
      (needs_login.feed("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") == Step::refused));
  BOOST_TEST(needs_login.error() == Code{ProxyError::authentication_required});
  BOOST_TEST(needs_login.status() == 407U);

  ProxyTunnel forbidden{plain(), "h", 1};
  BOOST_TEST((forbidden.feed("HTTP/1.1 403\r\nContent-Length: 4\r\n\r\nbody") == Step::refused));
  BOOST_TEST(forbidden.error() == Code{ProxyError::refused});
  BOOST_TEST(forbidden.status() == 403U);
}

BOOST_AUTO_TEST_CASE(a_status_has_one_meaning) {
  const auto meaning = [](const char* status) {
    ProxyTunnel tunnel{plain(), "h", 1};
    tunnel.feed(std::string{"HTTP/1.0 "} + status + "\r\n\r\n");
    return tunnel.error();
  };
  for (const char* status : {"401", "407"})
    BOOST_TEST(meaning(status) == Code{ProxyError::authentication_required});
  for (const char* status : {"500", "502", "503", "504"})
    BOOST_TEST(meaning(status) == Code{ProxyError::unavailable});
  for (const char* status : {"300", "400", "403", "404", "405", "429", "501", "505"})
    BOOST_TEST(meaning(status) == Code{ProxyError::refused});
}

BOOST_AUTO_TEST_CASE(what_follows_a_refusal_is_not_looked_at) {
  ProxyTunnel tunnel{plain(), "h", 1};
  BOOST_TEST((tunnel.feed("HTTP/1.1 403 Filtered\r\nContent-Type: text/html\r\n\r\n"
                          "<html>\n<body>\n</html>\n") == Step::refused));
  BOOST_TEST(tunnel.status() == 403U);
  BOOST_TEST(tunnel.error() == Code{ProxyError::refused});
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_http) {
  for (const std::string_view answer :
       {"SSH-2.0-x", "HTTP/2", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 99\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nearly",
        "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\nVia: x\n", "HTTP/1.1 200 OK\n"}) {
    ProxyTunnel tunnel{plain(), "h", 1};
    BOOST_TEST((tunnel.feed(answer) == Step::refused));
    BOOST_TEST(tunnel.error() == Code{ProxyError::malformed});
  }
}

BOOST_AUTO_TEST_CASE(limits_the_header) {
  ProxyTunnel tunnel{plain(), "h", 1};
  tunnel.feed("HTTP/1.1 200 OK\r\n");
  const std::string line(1024, 'x');
  int fed = 0;
  while (tunnel.feed(line) == Step::need_more && fed < 100) ++fed;
  BOOST_TEST(fed == 15);
  BOOST_TEST(tunnel.error() == Code{ProxyError::header_too_long});
}

BOOST_AUTO_TEST_SUITE_END()
