// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

namespace signup {

/// Who calls the service, to show what it answers. Blocking.
class Caller {
 public:
  explicit Caller(unsigned port) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)});
  }

  /// Sends a request and prints both, without what is long.
  /// \param timeout of the call, in milliseconds; 0: the service's.
  /// \return whether it was answered so.
  bool shows(std::string_view method, std::string_view path, std::string_view body,
             unsigned expected, int timeout = 0) {
    namespace http = boost::beast::http;
    http::request<http::string_body> request{http::string_to_verb(method), path, 11};
    request.set(http::field::host, "localhost");
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    if (timeout > 0) request.set("X-Request-Timeout", std::to_string(timeout));
    request.body() = body;
    request.prepare_payload();
    http::write(socket_, request);
    http::response<http::string_body> response;
    http::read(socket_, buffer_, response);
    std::cout << method << ' ' << path << ' ' << body << "\n  " << response.result_int() << ' ';
    if (path == "/metrics") {
      print_counters(response.body());
    } else {
      std::cout << response.body();
    }
    std::cout << '\n';
    return response.result_int() == expected;
  }

 private:
  static void print_counters(std::string_view text) {
    std::cout << '\n';
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (!line.starts_with('#') && line.find("_total") != std::string_view::npos)
        std::cout << "  " << line << '\n';
    }
  }

  boost::asio::io_context context_{};
  boost::asio::ip::tcp::socket socket_{context_};
  boost::beast::flat_buffer buffer_{};
};

}  // namespace signup
