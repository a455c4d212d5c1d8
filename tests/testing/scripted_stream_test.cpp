// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(testing_scripted_stream)

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using florin::testing::ScriptedStream;
using Stream = ScriptedStream;

static_assert(beast::is_sync_stream<ScriptedStream>::value);
static_assert(beast::is_async_stream<ScriptedStream>::value);
static_assert(beast::has_get_executor<ScriptedStream>::value);
static_assert(std::is_nothrow_move_constructible_v<ScriptedStream>);
static_assert(!std::is_copy_constructible_v<ScriptedStream>);

const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

http::request<http::string_body> question() {
  http::request<http::string_body> request(http::verb::post, "/v1/customers", 11);
  request.set(http::field::host, "localhost");
  request.body() = "email=ana%40example.com";
  request.prepare_payload();
  return request;
}

/// One exchange; the body of the answer, or empty with the error.
std::string exchange(Stream& stream, error_code& ec) {
  auto request = question();
  http::write(stream, request, ec);
  if (ec) return {};
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(stream, buffer, response, ec);
  return ec ? std::string() : response.body();
}

std::string async_exchange(asio::io_context& context, Stream& stream, error_code& ec) {
  auto request = question();
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  bool done = false;
  http::async_write(stream, request, [&](error_code write_error, std::size_t) {
    if (write_error) {
      ec = write_error;
      done = true;
      return;
    }
    http::async_read(stream, buffer, response, [&](error_code read_error, std::size_t) {
      ec = read_error;
      done = true;
    });
  });
  context.restart();
  context.run();
  BOOST_REQUIRE(done);
  return ec ? std::string() : response.body();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_blocking_exchange_runs_by_the_script) {
  asio::io_context context;
  Stream stream(context.get_executor(), {Stream::expect(), Stream::give(answer)});
  error_code ec;
  BOOST_TEST(exchange(stream, ec) == "hello");
  BOOST_TEST(!ec);
  BOOST_TEST(stream.written().starts_with("POST /v1/customers HTTP/1.1\r\n"));
  BOOST_TEST(stream.written().ends_with("\r\n\r\nemail=ana%40example.com"));
  BOOST_TEST(stream.finished());
  BOOST_TEST(context.poll() == 0u);
}

BOOST_AUTO_TEST_CASE(chunks_limit_single_operations) {
  asio::io_context context;
  Stream stream(context.get_executor(), {Stream::give("abcdefgh", 3), Stream::give("ij")});
  std::array<char, 100> data{};
  const auto read = [&] { return stream.read_some(asio::buffer(data)); };
  BOOST_TEST(read() == 3u);
  BOOST_TEST(read() == 3u);
  stream.read_chunk(1);
  BOOST_TEST(read() == 1u);
  BOOST_TEST(data[0] == 'g');
  stream.read_chunk(50);
  BOOST_TEST(read() == 1u);
  BOOST_TEST(read() == 2u);
  stream.write_chunk(2);
  BOOST_TEST(stream.write_some(asio::buffer("xyz", 3)) == 2u);
  BOOST_TEST(stream.written() == "xy");
  BOOST_TEST(stream.operations() == 6u);
}

BOOST_AUTO_TEST_CASE(buffer_sequences_are_filled_and_emptied_in_order) {
  asio::io_context context;
  Stream stream(context.get_executor(), {Stream::give("abcdef")});
  std::array<char, 2> first{};
  std::array<char, 3> second{};
  const std::array<asio::mutable_buffer, 2> room{asio::buffer(first), asio::buffer(second)};
  BOOST_TEST(stream.read_some(room) == 5u);
  BOOST_TEST(std::string(first.data(), 2) == "ab");
  BOOST_TEST(std::string(second.data(), 3) == "cde");
  const std::array<asio::const_buffer, 2> words{asio::buffer("1", 1), asio::buffer("23", 2)};
  BOOST_TEST(stream.write_some(words) == 3u);
  BOOST_TEST(stream.written() == "123");
}

BOOST_AUTO_TEST_CASE(the_script_ends_with_eof_and_so_does_an_eof_step) {
  asio::io_context context;
  std::array<char, 8> data{};
  error_code ec;
  Stream empty(context.get_executor());
  BOOST_TEST(empty.read_some(asio::buffer(data), ec) == 0u);
  BOOST_TEST((ec == asio::error::eof));
  Stream stream(context.get_executor(), {Stream::eof(), Stream::give("never")});
  for (int i = 0; i < 2; ++i) {
    stream.read_some(asio::buffer(data), ec);
    BOOST_TEST((ec == asio::error::eof));
  }
  BOOST_TEST(!stream.finished());
  BOOST_CHECK_THROW(stream.read_some(asio::buffer(data)), boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(a_scripted_failure_happens_once_to_reads_and_writes_alike) {
  asio::io_context context;
  std::array<char, 8> data{};
  error_code ec;
  Stream stream(context.get_executor(),
                {Stream::give("a"), Stream::fail(asio::error::connection_reset),
                 Stream::fail(asio::error::broken_pipe), Stream::give("b")});
  BOOST_TEST(stream.read_some(asio::buffer(data), ec) == 1u);
  stream.read_some(asio::buffer(data), ec);
  BOOST_TEST((ec == asio::error::connection_reset));
  BOOST_TEST(stream.write_some(asio::buffer("w", 1), ec) == 0u);
  BOOST_TEST((ec == asio::error::broken_pipe));
  BOOST_TEST(stream.written().empty());
  BOOST_TEST(stream.read_some(asio::buffer(data), ec) == 1u);
  BOOST_TEST(!ec);
}

BOOST_AUTO_TEST_CASE(a_blocking_read_that_could_never_return_fails_instead) {
  asio::io_context context;
  std::array<char, 8> data{};
  error_code ec;
  Stream stream(context.get_executor(), {Stream::expect(3), Stream::give("ok"), Stream::stall()});
  stream.read_some(asio::buffer(data), ec);
  BOOST_TEST((ec == asio::error::would_block));
  stream.write_some(asio::buffer("12", 2), ec);
  stream.read_some(asio::buffer(data), ec);
  BOOST_TEST((ec == asio::error::would_block));
  stream.write_some(asio::buffer("3", 1), ec);
  BOOST_TEST(stream.read_some(asio::buffer(data), ec) == 2u);
  stream.read_some(asio::buffer(data), ec);
  BOOST_TEST((ec == asio::error::would_block));
}

BOOST_AUTO_TEST_CASE(octets_written_too_early_count_for_the_next_expectation) {
  asio::io_context context;
  std::array<char, 8> data{};
  error_code ec;
  Stream stream(context.get_executor(), {Stream::expect(2), Stream::give("a"), Stream::expect(3),
                                         Stream::give("b"), Stream::expect(), Stream::give("c")});
  stream.write_some(asio::buffer("12345", 5), ec);
  BOOST_TEST(stream.read_some(asio::buffer(data), ec) == 1u);
  BOOST_TEST(stream.read_some(asio::buffer(data), ec) == 1u);
  BOOST_TEST(data[0] == 'b');
  stream.read_some(asio::buffer(data), ec);
  BOOST_TEST((ec == asio::error::would_block));
}

BOOST_AUTO_TEST_CASE(every_single_operation_can_fail_blocking) {
  asio::io_context context;
  const auto script = [] {
    return std::vector<Stream::Step>{Stream::expect(), Stream::give(answer)};
  };
  std::size_t total = 0;
  {
    Stream stream(context.get_executor(), script());
    stream.read_chunk(7);
    stream.write_chunk(11);
    error_code ec;
    BOOST_TEST(exchange(stream, ec) == "hello");
    total = stream.operations();
  }
  BOOST_TEST(total > 10u);
  for (std::size_t n = 1; n <= total; ++n) {
    Stream stream(context.get_executor(), script());
    stream.read_chunk(7);
    stream.write_chunk(11);
    stream.fail_at(n, asio::error::connection_reset);
    error_code ec;
    BOOST_TEST(exchange(stream, ec).empty());
    BOOST_TEST((ec == asio::error::connection_reset));
    BOOST_TEST(stream.operations() == n);
  }
}

BOOST_AUTO_TEST_CASE(every_single_operation_can_fail_asynchronously) {
  asio::io_context context;
  const auto script = [] {
    return std::vector<Stream::Step>{Stream::expect(), Stream::give(answer)};
  };
  std::size_t total = 0;
  {
    Stream stream(context.get_executor(), script());
    stream.read_chunk(1);
    stream.write_chunk(11);
    error_code ec;
    BOOST_TEST(async_exchange(context, stream, ec) == "hello");
    total = stream.operations();
  }
  BOOST_TEST(total > answer.size());
  for (std::size_t n = 1; n <= total; ++n) {
    Stream stream(context.get_executor(), script());
    stream.read_chunk(1);
    stream.write_chunk(11);
    stream.fail_at(n, asio::error::connection_reset);
    error_code ec;
    BOOST_TEST(async_exchange(context, stream, ec).empty());
    BOOST_TEST((ec == asio::error::connection_reset));
    BOOST_TEST(stream.operations() == n);
  }
}

BOOST_AUTO_TEST_CASE(completions_are_posted_never_called_at_once) {
  asio::io_context context;
  Stream stream(context.get_executor(), {Stream::give("a")});
  std::array<char, 8> data{};
  int calls = 0;
  const auto count = [&](error_code, std::size_t) { ++calls; };
  stream.async_read_some(asio::buffer(data), count);
  stream.async_read_some(asio::mutable_buffer(), count);
  stream.async_write_some(asio::buffer("x", 1), count);
  stream.fail_at(4, asio::error::connection_reset);
  stream.async_write_some(asio::buffer("x", 1), count);
  BOOST_TEST(calls == 0);
  context.run();
  BOOST_TEST(calls == 4);
}

BOOST_AUTO_TEST_CASE(completions_run_on_the_handlers_executor) {
  asio::io_context streams;
  asio::io_context handlers;
  Stream stream(streams.get_executor(), {Stream::give("a"), Stream::expect(), Stream::give("b")});
  std::array<char, 8> data{};
  int calls = 0;
  const auto count = [&](error_code ec, std::size_t size) {
    BOOST_TEST(!ec);
    BOOST_TEST(size == 1u);
    ++calls;
  };
  auto bound = asio::bind_executor(handlers.get_executor(), count);
  stream.async_read_some(asio::buffer(data), bound);
  streams.run();
  BOOST_TEST(calls == 0);
  handlers.run();
  BOOST_TEST(calls == 1);
  stream.async_read_some(asio::buffer(data), bound);
  handlers.restart();
  BOOST_TEST(handlers.poll() == 0u);
  stream.write_some(asio::buffer("x", 1));
  handlers.run();
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(a_pending_read_goes_on_when_the_awaited_write_comes) {
  asio::io_context context;
  Stream stream(context.get_executor(), {Stream::expect(4), Stream::give("pong")});
  std::array<char, 8> data{};
  std::optional<std::size_t> size;
  stream.async_read_some(asio::buffer(data), [&](error_code ec, std::size_t n) {
    BOOST_TEST(!ec);
    size = n;
  });
  context.poll();
  BOOST_TEST(!size.has_value());
  stream.async_write_some(asio::buffer("ping", 4),
                          [](error_code ec, std::size_t) { BOOST_TEST(!ec); });
  context.run();
  BOOST_TEST(size.value() == 4u);
}

BOOST_AUTO_TEST_CASE(appended_steps_wake_a_pending_read) {
  asio::io_context context;
  Stream stream(context.get_executor(), {Stream::expect(1)});
  std::array<char, 8> data{};
  std::size_t size = 0;
  stream.async_read_some(asio::buffer(data), [&](error_code, std::size_t n) { size = n; });
  stream.append(Stream::give("late"));
  context.poll();
  BOOST_TEST(size == 0u);
  stream.write_some(asio::buffer("x", 1));
  context.run();
  BOOST_TEST(size == 4u);
}

BOOST_AUTO_TEST_CASE(a_stalled_read_ends_by_cancel_close_destruction_or_slot) {
  for (int way = 0; way < 4; ++way) {
    asio::io_context context;
    asio::cancellation_signal signal;
    std::optional<Stream> stream;
    stream.emplace(context.get_executor(), std::vector<Stream::Step>{Stream::stall()});
    std::array<char, 8> data{};
    error_code result;
    bool called = false;
    stream->async_read_some(asio::buffer(data), asio::bind_cancellation_slot(
                                                    signal.slot(), [&](error_code ec, std::size_t) {
                                                      result = ec;
                                                      called = true;
                                                    }));
    BOOST_TEST(context.poll() == 0u);
    if (way == 0) stream->cancel();
    if (way == 1) stream->close();
    if (way == 2) stream.reset();
    if (way == 3) signal.emit(asio::cancellation_type::terminal);
    BOOST_TEST(!called);
    context.restart();
    context.run();
    BOOST_TEST(called);
    BOOST_TEST((result == asio::error::operation_aborted));
    if (way == 1) {
      BOOST_TEST(!stream->is_open());
      error_code ec;
      stream->write_some(asio::buffer("x", 1), ec);
      BOOST_TEST((ec == asio::error::bad_descriptor));
    }
  }
}

BOOST_AUTO_TEST_CASE(futures_and_composed_operations_work) {
  asio::io_context context;
  Stream stream(context.get_executor(), {Stream::give("abc", 1)});
  std::array<char, 3> data{};
  auto read = asio::async_read(stream, asio::buffer(data), asio::use_future);
  auto write = asio::async_write(stream, asio::buffer("xyz", 3), asio::use_future);
  context.run();
  BOOST_TEST(read.get() == 3u);
  BOOST_TEST(write.get() == 3u);
  BOOST_TEST(stream.written() == "xyz");
}

BOOST_AUTO_TEST_CASE(it_can_be_the_next_layer_of_a_tls_stream) {
  asio::io_context context;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  asio::ssl::stream<Stream> secure(
      Stream(context.get_executor(),
             {Stream::expect(), Stream::fail(asio::error::connection_reset)}),
      tls);
  error_code ec;
  secure.handshake(asio::ssl::stream_base::client, ec);
  BOOST_TEST((ec == asio::error::connection_reset));
  BOOST_TEST(secure.next_layer().written().size() > 100u);
  BOOST_TEST(secure.next_layer().written()[0] == '\x16');
}

BOOST_AUTO_TEST_SUITE_END()
