// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/sandbox.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin_test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct RawAnswer {
  int status = 0;
  http::response<http::string_body> message;

  boost::json::value json() const;
  std::string text(std::string_view pointer) const;
  std::string header(std::string_view name) const;
};

/// A blocking HTTP client that owes nothing to the library: one connection, TLS or plain. Compiled
/// once, since all of Beast goes into it.
class RawClient {
 public:
  struct Options {
    bool tls = true;
    std::string ca_pem;
    std::string host = "localhost";
    std::optional<florin::testing::Identity> identity{};
    int min_tls = TLS1_2_VERSION;
    SSL_SESSION* session = nullptr;
  };

  explicit RawClient(const florin::testing::Sandbox& sandbox)
      : RawClient(sandbox.port(),
                  Options{.tls = !sandbox.ca_pem().empty(), .ca_pem = sandbox.ca_pem()}) {}

  RawClient(std::uint16_t port, const Options& options);

  asio::ip::tcp::socket& socket() { return stream_.next_layer(); }
  SSL* native() { return stream_.native_handle(); }

  void send(std::string_view bytes);
  void send(http::verb verb, std::string_view target, std::string body = {},
            const Headers& headers = {});

  RawAnswer receive();
  RawAnswer receive(error_code& ec);
  /// Everything until the connection ends, and how it ends.
  std::string drain(error_code& ec);

  RawAnswer call(http::verb verb, std::string_view target, std::string body = {},
                 const Headers& headers = {});
  void close();

 private:
  bool tls_;
  asio::io_context io_;
  asio::ssl::context context_;
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
  beast::flat_buffer buffer_;
};

}  // namespace florin_test
