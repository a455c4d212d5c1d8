// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/idempotency.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "answer.hpp"
#include "log.hpp"
#include "metrics.hpp"
#include "service.hpp"
#include "settings.hpp"

namespace signup {

/// A connection of a sender: one request after the other.
class Connection {
 public:
  Connection(asio::ip::tcp::socket socket, Service& service, Metrics& metrics,
             const Settings& settings)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        service_(service),
        metrics_(metrics),
        settings_(settings),
        buffer_(settings.max_header + settings.max_body) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Answers until the sender goes, is too slow, or `stop`.
  asio::awaitable<void> run() {
    while (!stopping_) {
      http::request_parser<http::string_body> parser;
      parser.header_limit(static_cast<std::uint32_t>(settings_.max_header));
      parser.body_limit(settings_.max_body);
      busy_ = false;
      const auto error = co_await within(settings_.read_timeout, read(parser));
      busy_ = true;
      if (!error || *error) {
        const bool begun = parser.got_some() || buffer_.size() != 0;
        auto answer = refusal(error, begun);
        if (!answer) break;
        co_await send(std::move(*answer), {}, Clock::now());
        co_await say_goodbye();
        break;
      }
      const Request request = parser.release();
      if (!co_await serve(request)) break;
    }
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  }
  /// Has it end: at once while nothing was asked, else with the answer.
  void stop() {
    stopping_ = true;
    if (!busy_) socket_.cancel();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

  /// \return what it has come to; nothing: the time is over.
  asio::awaitable<std::optional<boost::system::error_code>> within(
      std::chrono::milliseconds limit, asio::awaitable<boost::system::error_code> operation) {
    using namespace asio::experimental::awaitable_operators;
    timer_.expires_after(limit);
    const auto first = co_await (std::move(operation) || timer_.async_wait(asio::use_awaitable));
    if (first.index() == 0) co_return std::get<0>(first);
    co_return std::nullopt;
  }

  asio::awaitable<boost::system::error_code> read(http::request_parser<http::string_body>& parser) {
    auto [error, size] = co_await http::async_read_header(socket_, buffer_, parser, as_result);
    if (error) co_return error;
    // Who speaks HTTP/1.0 would take it for the answer (RFC 9110, 10.1.1).
    if (parser.get().version() >= 11 &&
        boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      http::response<http::empty_body> go_on{http::status::continue_, parser.get().version()};
      auto [failure, written] = co_await http::async_write(socket_, go_on, as_result);
      if (failure) co_return failure;
    }
    std::tie(error, size) = co_await http::async_read(socket_, buffer_, parser, as_result);
    co_return error;
  }

  /// What to tell a sender whose request could not be read; nothing: nobody listens.
  std::optional<Answer> refusal(const std::optional<boost::system::error_code>& error,
                                bool begun) const {
    if (!error) {
      if (!begun) return std::nullopt;
      return problem(http::status::request_timeout, "too_slow", "");
    }
    if (*error == http::error::header_limit || *error == http::error::buffer_overflow)
      return problem(http::status::request_header_fields_too_large, "header_too_large", "");
    if (*error == http::error::body_limit)
      return problem(http::status::payload_too_large, "body_too_large", "");
    const bool is_http = error->category() == make_error_code(http::error::bad_method).category();
    if (!is_http || *error == http::error::end_of_stream || *error == http::error::partial_message)
      return std::nullopt;
    return problem(http::status::bad_request, "not_http", "");
  }

  /// \return whether another request may follow.
  asio::awaitable<bool> serve(const Request& request) {
    using namespace asio::experimental::awaitable_operators;
    const auto begin = Clock::now();
    const auto first = co_await (answer(request) || hung_up());
    if (first.index() == 1) {
      metrics_.abandoned();
      log("abandoned");
      co_return false;
    }
    co_return co_await send(std::get<0>(first), &request, begin);
  }

  asio::awaitable<Answer> answer(const Request& request) {
    std::string reason;
    try {
      co_return co_await service_.answer(request);
    } catch (const std::exception& problem) {
      reason = problem.what();
    }
    Answer answer = problem(http::status::internal_server_error, "internal", "");
    answer.reason = std::move(reason);
    co_return answer;
  }

  /// Waits until the sender has hung up. What it sends ahead of its answer is kept. One that shuts
  /// down only its own direction counts as gone and gets no answer: the two look the same here.
  asio::awaitable<void> hung_up() {
    constexpr std::size_t piece = 1024;
    while (buffer_.size() + piece <= settings_.max_header) {
      const auto [error, size] =
          co_await socket_.async_read_some(buffer_.prepare(piece), as_result);
      if (error) co_return;
      buffer_.commit(size);
    }
    timer_.expires_at(Clock::time_point::max());
    co_await timer_.async_wait(asio::use_awaitable);
  }

  /// \return whether another request may follow.
  asio::awaitable<bool> send(Answer answer, const Request* request, Clock::time_point begin) {
    auto& response = answer.response;
    response.version(request != nullptr ? request->version() : 11);
    response.keep_alive(request != nullptr && request->keep_alive() && !stopping_);
    const std::string id = request_id();
    response.set("X-Request-Id", id);
    response.prepare_payload();
    if (request != nullptr && request->method() == http::verb::head) response.body().clear();
    const auto error = co_await within(settings_.read_timeout, write(response));
    const bool sent = error && !*error;
    told(answer, id, begin, sent);
    co_return sent&& response.keep_alive();
  }

  void told(const Answer& answer, std::string_view id, Clock::time_point begin, bool sent) {
    const unsigned status = answer.response.result_int();
    metrics_.answered(answer.route, status, Clock::now() - begin);
    boost::json::object line{
        {"request", id}, {"route", answer.route}, {"status", status}, {"ms", since(begin)}};
    if (!answer.code.empty()) line["code"] = answer.code;
    if (!answer.reason.empty()) line["reason"] = answer.reason;
    if (!sent) line["sent"] = false;
    log("answered", std::move(line));
  }

  asio::awaitable<boost::system::error_code> write(http::response<http::string_body>& response) {
    const auto [error, size] = co_await http::async_write(socket_, response, as_result);
    co_return error;
  }

  /// Reads what is still under way, for a moment: an answer to a request that was not read to its
  /// end would be lost when the socket is closed.
  asio::awaitable<void> say_goodbye() {
    boost::system::error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (!error) static_cast<void>(co_await within(std::chrono::seconds{1}, discard()));
  }
  asio::awaitable<boost::system::error_code> discard() {
    std::array<char, 4096> nothing;
    for (int pieces = 0; pieces < 256; ++pieces) {
      const auto [error, size] = co_await socket_.async_read_some(asio::buffer(nothing), as_result);
      if (error) co_return error;
    }
    co_return boost::system::error_code{};
  }

  static std::int64_t since(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
  }
  /// For who asks about a request: it stands in the log.
  static std::string request_id() { return florin::fresh_idempotency_key().str(); }

  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  Service& service_;
  Metrics& metrics_;
  const Settings& settings_;
  boost::beast::flat_buffer buffer_;
  bool busy_ = false;
  bool stopping_ = false;
};

}  // namespace signup
