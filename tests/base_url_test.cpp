// SPDX-License-Identifier: Apache-2.0
#include <florin/base_url.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(base_url)

using florin::BaseUrl;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_CASE(reads_scheme_host_and_port) {
  struct Row {
    std::string_view text;
    bool tls;
    std::string_view host;
    std::uint16_t port;
    std::string_view authority;
  };
  for (const Row& row : {
           Row{"https://api.example.test", true, "api.example.test", 443, "api.example.test"},
           Row{"https://api.example.test/", true, "api.example.test", 443, "api.example.test"},
           Row{"https://api.example.test:443", true, "api.example.test", 443, "api.example.test"},
           Row{"https://localhost:8443", true, "localhost", 8443, "localhost:8443"},
           Row{"https://localhost:8443/", true, "localhost", 8443, "localhost:8443"},
           Row{"https://localhost:80", true, "localhost", 80, "localhost:80"},
           Row{"http://localhost", false, "localhost", 80, "localhost"},
           Row{"http://localhost:80", false, "localhost", 80, "localhost"},
           Row{"http://localhost:443", false, "localhost", 443, "localhost:443"},
           Row{"HTTPS://localhost:8443", true, "localhost", 8443, "localhost:8443"},
           Row{"Https://API.example.test/", true, "API.example.test", 443, "API.example.test"},
           Row{"hTTp://localhost", false, "localhost", 80, "localhost"},
           Row{"https://127.0.0.1:1", true, "127.0.0.1", 1, "127.0.0.1:1"},
           Row{"https://x:65535", true, "x", 65535, "x:65535"},
           Row{"https://[::1]", true, "::1", 443, "[::1]"},
           Row{"https://[::1]/", true, "::1", 443, "[::1]"},
           Row{"http://[fe80::1]:8080", false, "fe80::1", 8080, "[fe80::1]:8080"},
           Row{"https://[fe80::1%lo]", true, "fe80::1%lo", 443, "[fe80::1]"},
           Row{"https://[fe80::1%25lo]:1", true, "fe80::1%lo", 1, "[fe80::1]:1"},
           Row{"https://[fe80::1%2525]", true, "fe80::1%25", 443, "[fe80::1]"},
       }) {
    BOOST_TEST_INFO_SCOPE(row.text);
    const auto url = BaseUrl::parse(row.text);
    BOOST_TEST_REQUIRE(url.has_value());
    BOOST_TEST(url->tls == row.tls);
    BOOST_TEST(url->host == row.host);
    BOOST_TEST(url->port == row.port);
    BOOST_TEST(url->authority() == row.authority);
  }
}

BOOST_AUTO_TEST_CASE(refuses_everything_else) {
  for (const std::string_view text : {""sv,
                                      "https://"sv,
                                      "https:///"sv,
                                      "https:"sv,
                                      "localhost"sv,
                                      "localhost:8443"sv,
                                      "ftp://localhost"sv,
                                      "HTTPS//localhost"sv,
                                      "//localhost"sv,
                                      " https://localhost"sv,
                                      "https://localhost/v1"sv,
                                      "https://localhost//"sv,
                                      "https://localhost?x"sv,
                                      "https://localhost#x"sv,
                                      "https://user@localhost"sv,
                                      "https://user:1@localhost"sv,
                                      "https://localhost:"sv,
                                      "https://localhost:0"sv,
                                      "https://localhost:65536"sv,
                                      "https://localhost:-1"sv,
                                      "https://localhost:+1"sv,
                                      "https://localhost: 1"sv,
                                      "https://localhost:1 "sv,
                                      "https://localhost:1x"sv,
                                      "https://localhost:1:2"sv,
                                      "https://local host"sv,
                                      "https://local\thost"sv,
                                      "https://localhost\r\nX: y"sv,
                                      "https://localhost\r\nX"sv,
                                      "https://local\0host"sv,
                                      "https://local\x7fhost"sv,
                                      "https://b\xc3\xbc"sv,
                                      "https://a\\b"sv,
                                      "https://:443"sv,
                                      "https://::1"sv,
                                      "https://[::1"sv,
                                      "https://[]"sv,
                                      "https://[]:1"sv,
                                      "https://[localhost]"sv,
                                      "https://[127.0.0.1]:1"sv,
                                      "https://[%:]"sv,
                                      "https://[::1]1"sv,
                                      "https://[::1]:"sv,
                                      "https://[::1]x:1"sv,
                                      "https://[[::1]]"sv,
                                      "https://::1]"sv}) {
    BOOST_TEST_INFO_SCOPE(text);
    BOOST_TEST(!BaseUrl::parse(text).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
