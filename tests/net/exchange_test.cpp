// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/net/exchange.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/ssl/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(net_exchange)
namespace {

using florin::net::Exchange;
using Step = Exchange::Step;
using Code = boost::system::error_code;
using std::string;
using std::string_view;

constexpr string_view request = "POST / HTTP/1.1\r\n\r\n";
constexpr string_view body = R"({"id":"cus_1"})";
const Code end_of_stream = boost::asio::error::eof;

/// An exchange whose bytes come from the test.
struct Talk {
  florin::Decoder<florin::StripePolicy> decoder;
  Exchange exchange;

  Talk() { begin(); }

  void begin() {
    exchange.begin(request, decoder);
    while (exchange.step() == Step::write) exchange.written({}, exchange.unsent().size());
  }
  /// Hands `bytes` over in pieces of `chunk`, until they or the exchange end.
  /// \return the rest.
  string_view give(string_view bytes, std::size_t chunk = 4096) {
    while (!bytes.empty() && exchange.step() == Step::read) {
      const auto room = exchange.room();
      BOOST_REQUIRE(room.size() > 0u);
      const std::size_t count = std::min({chunk, room.size(), bytes.size()});
      std::memcpy(room.data(), bytes.data(), count);
      bytes.remove_prefix(count);
      exchange.received({}, count);
    }
    return bytes;
  }
  void end(Code ec) { exchange.received(ec, 0); }
  bool done() const { return exchange.step() == Step::done; }
  bool failed() const { return exchange.step() == Step::failed; }
  bool reading() const { return exchange.step() == Step::read; }
  string id() { return string{decoder.id()}; }
};

string with_length(string_view headers = {}, string_view content = body) {
  return "HTTP/1.1 200 OK\r\nRequest-Id: req_1\r\n" + string{headers} +
         "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" + string{content};
}

const string in_chunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nRequest-Id: req_1\r\n\r\n"
    "5\r\n{\"id\"\r\n8;name=value\r\n:\"cus_1\"\r\n1\r\n}\r\n0\r\nX-Trailer: t\r\n\r\n";
const string until_close = "HTTP/1.1 200 OK\r\nRequest-Id: req_1\r\n\r\n" + string{body};

/// Fails, and says why.
void check_malformed(string_view answer, string_view why) {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{100}, std::size_t{1} << 15U}) {
    BOOST_TEST_INFO_SCOPE(answer.substr(0, 100));
    Talk talk;
    talk.give(answer, chunk);
    BOOST_TEST(talk.failed());
    BOOST_TEST(talk.exchange.malformed() == why);
    BOOST_TEST(!talk.exchange.reusable());
    BOOST_TEST(talk.exchange.sent_any());
    BOOST_TEST(talk.exchange.received_any());
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(writes_what_is_left) {
  florin::Decoder<florin::StripePolicy> decoder;
  Exchange exchange;
  exchange.begin(request, decoder);
  BOOST_TEST(!exchange.sent_any());
  for (std::size_t i = 0; i < request.size(); ++i) {
    BOOST_TEST((exchange.step() == Step::write));
    BOOST_TEST(exchange.unsent() == request.substr(i));
    exchange.written({}, 1);
    BOOST_TEST(exchange.sent_any());
  }
  BOOST_TEST((exchange.step() == Step::read));
  BOOST_TEST(!exchange.received_any());
}

BOOST_AUTO_TEST_CASE(nothing_of_one_exchange_reaches_the_next) {
  Talk talk;
  talk.give(with_length());
  talk.end(end_of_stream);
  BOOST_TEST(talk.exchange.sent_any());
  BOOST_TEST(talk.exchange.received_any());
  talk.exchange.begin(request, talk.decoder);
  BOOST_TEST(!talk.exchange.sent_any());
  BOOST_TEST(!talk.exchange.received_any());
  BOOST_TEST(!talk.exchange.reusable());
  talk.begin();
  talk.give(with_length());
  BOOST_TEST(talk.done());
  BOOST_TEST(talk.exchange.reusable());
}

BOOST_AUTO_TEST_CASE(a_failed_write_may_have_sent_something) {
  florin::Decoder<florin::StripePolicy> decoder;
  Exchange exchange;
  exchange.begin(request, decoder);
  exchange.written(boost::asio::error::broken_pipe, 0);
  BOOST_TEST((exchange.step() == Step::failed));
  BOOST_TEST(exchange.error() == boost::asio::error::broken_pipe);
  BOOST_TEST(exchange.malformed().empty());
  BOOST_TEST(exchange.sent_any());
  BOOST_TEST(!exchange.received_any());
  BOOST_TEST(!exchange.reusable());
}

BOOST_AUTO_TEST_CASE(reads_an_answer_in_any_chunking) {
  for (const string& answer : {with_length(), in_chunks}) {
    for (std::size_t chunk = 1; chunk <= answer.size(); ++chunk) {
      Talk talk;
      talk.give(string_view{answer}.substr(0, answer.size() - 1), chunk);
      BOOST_TEST_REQUIRE(talk.reading());
      BOOST_TEST(!talk.exchange.reusable());
      talk.give(string_view{answer}.substr(answer.size() - 1));
      BOOST_TEST_REQUIRE(talk.done());
      BOOST_TEST(talk.exchange.reusable());
      BOOST_TEST(talk.id() == "cus_1");
      BOOST_TEST(talk.decoder.request_id() == "req_1");
      BOOST_TEST(talk.decoder.http_status() == 200);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_length_ends_with_the_stream) {
  for (std::size_t chunk = 1; chunk <= until_close.size(); ++chunk) {
    Talk talk;
    talk.give(until_close, chunk);
    BOOST_TEST_REQUIRE(talk.reading());
    talk.end(end_of_stream);
    BOOST_TEST_REQUIRE(talk.done());
    BOOST_TEST(!talk.exchange.reusable());
    BOOST_TEST(talk.id() == "cus_1");
  }
  Talk cut;
  cut.give(until_close);
  cut.end(boost::asio::ssl::error::stream_truncated);
  BOOST_TEST(cut.failed());
  BOOST_TEST(cut.exchange.error() == boost::asio::ssl::error::stream_truncated);
  BOOST_TEST(cut.exchange.malformed().empty());
  BOOST_TEST(cut.exchange.received_any());
}

BOOST_AUTO_TEST_CASE(any_earlier_end_is_a_failure) {
  for (const string& answer : {with_length(), in_chunks}) {
    for (std::size_t size = 0; size < answer.size(); ++size) {
      Talk talk;
      talk.give(string_view{answer}.substr(0, size));
      talk.end(end_of_stream);
      BOOST_TEST_REQUIRE(talk.failed());
      BOOST_TEST(talk.exchange.error() == end_of_stream);
      BOOST_TEST(talk.exchange.received_any() == (size != 0));
      BOOST_TEST(!talk.exchange.reusable());
    }
  }
  const std::size_t header = until_close.find("\r\n\r\n") + 4;
  for (std::size_t size = 0; size < header; ++size) {
    Talk talk;
    talk.give(string_view{until_close}.substr(0, size));
    talk.end(end_of_stream);
    BOOST_TEST_REQUIRE(talk.failed());
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_come_with_an_error_count) {
  const string answer = with_length();
  Talk talk;
  const auto room = talk.exchange.room();
  std::memcpy(room.data(), answer.data(), answer.size());
  talk.exchange.received(end_of_stream, answer.size());
  BOOST_TEST(talk.done());
  BOOST_TEST(talk.id() == "cus_1");
  BOOST_TEST(!talk.exchange.reusable());
}

BOOST_AUTO_TEST_CASE(interim_answers_are_passed_over) {
  const string answer =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nRequest-Id: req_wrong\r\n"
      "Idempotent-Replayed: true\r\n\r\n" +
      with_length();
  for (std::size_t chunk = 1; chunk <= answer.size(); ++chunk) {
    Talk talk;
    BOOST_TEST(talk.give(answer, chunk).empty());
    BOOST_TEST_REQUIRE(talk.done());
    BOOST_TEST(talk.exchange.reusable());
    BOOST_TEST(talk.decoder.request_id() == "req_1");
    BOOST_TEST(!talk.decoder.replayed());
  }
  Talk only;
  only.give("HTTP/1.1 100 Continue\r\n\r\n");
  BOOST_TEST(only.reading());
  only.end(end_of_stream);
  BOOST_TEST(only.failed());
}

BOOST_AUTO_TEST_CASE(an_answer_may_have_no_body) {
  Talk talk;
  talk.give("HTTP/1.1 204 No Content\r\nRequest-Id: req_1\r\n\r\n");
  BOOST_TEST(talk.done());
  BOOST_TEST(talk.exchange.reusable());
  BOOST_TEST(talk.decoder.http_status() == 204);
}

BOOST_AUTO_TEST_CASE(only_a_kept_alive_connection_is_reusable) {
  const auto reusable = [](const string& answer) {
    Talk talk;
    talk.give(answer);
    BOOST_TEST_REQUIRE(talk.done());
    return talk.exchange.reusable();
  };
  BOOST_TEST(reusable(with_length()));
  BOOST_TEST(reusable(with_length("Connection: keep-alive\r\n")));
  BOOST_TEST(!reusable(with_length("Connection: close\r\n")));
  BOOST_TEST(!reusable(with_length("connection: Close\r\n")));
  BOOST_TEST(!reusable(with_length() + "HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(!reusable(in_chunks + "x"));
  string old = with_length();
  old.replace(0, 8, "HTTP/1.0");
  BOOST_TEST(!reusable(old));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_an_answer) {
  for (const string_view answer :
       {"220 mail.example.test ready\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n",
        "{\"id\":\"cus_1\"}\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\n"})
    check_malformed(answer, "the answer is not HTTP");
  check_malformed("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                  "the answer switches protocols");
  for (const string_view status : {"000", "099"})
    check_malformed("HTTP/1.1 " + string{status} + " Odd\r\nContent-Length: 0\r\n\r\n",
                    "the answer is not HTTP");
}

BOOST_AUTO_TEST_CASE(a_bare_newline_is_told_before_the_rest_comes) {
  // The end of such a header, or of what frames a chunk, would never come.
  for (const string_view begun :
       {"HTTP/1.1 200 OK\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\n\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n"}) {
    for (std::size_t chunk = 1; chunk < 60; ++chunk) {
      BOOST_TEST_INFO_SCOPE(begun << " in pieces of " << chunk);
      Talk talk;
      talk.give(begun, chunk);
      BOOST_TEST(talk.failed());
      BOOST_TEST(!talk.exchange.malformed().empty());
    }
  }
  // In a body it is a part of that.
  for (const string_view framed :
       {"Content-Length: 22\r\n\r\n{\n\n\"id\":\n\n\n\n\n\n\"cus_1\"}",
        "Transfer-Encoding: chunked\r\n\r\n16\r\n{\n\n\"id\":\n\n\n\n\n\n\"cus_1\"}"
        "\r\n0\r\n\r\n"}) {
    for (std::size_t chunk = 1; chunk < 40; ++chunk) {
      Talk talk;
      talk.give("HTTP/1.1 200 OK\r\n" + string{framed}, chunk);
      BOOST_TEST(talk.done());
      BOOST_TEST(talk.id() == "cus_1");
    }
  }
}

BOOST_AUTO_TEST_CASE(trailers_are_no_headers) {
  const string answer =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "e\r\n{\"id\":\"cus_1\"}\r\n0\r\nIdempotent-Replayed: true\r\n"
      "Request-Id: req_trailer\r\nContent-Encoding: gzip\r\n\r\n";
  for (std::size_t chunk = 1; chunk <= answer.size(); ++chunk) {
    Talk talk;
    talk.give(answer, chunk);
    BOOST_TEST_REQUIRE(talk.done());
    BOOST_TEST(talk.exchange.reusable());
    BOOST_TEST(talk.id() == "cus_1");
    BOOST_TEST(!talk.decoder.replayed());
    BOOST_TEST(talk.decoder.request_id().empty());
  }
}

BOOST_AUTO_TEST_CASE(an_id_in_a_trailer_is_none) {
  florin::Decoder<florin::DwollaPolicy> decoder;
  Exchange exchange;
  exchange.begin(request, decoder);
  exchange.written({}, request.size());
  const string_view answer =
      "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
      "Location: https://api.dwolla.com/customers/c-9\r\n\r\n";
  std::memcpy(exchange.room().data(), answer.data(), answer.size());
  exchange.received({}, answer.size());
  BOOST_TEST_REQUIRE((exchange.step() == Step::done));
  const auto error = decoder.failure();
  BOOST_TEST_REQUIRE(error.has_value());
  BOOST_TEST((error->code == florin::Errc::unreadable_reply));
  BOOST_TEST((error->outcome == florin::Outcome::unknown));
}

BOOST_AUTO_TEST_CASE(refuses_a_body_that_two_readers_could_frame_in_two_ways) {
  const string chunks = "e\r\n{\"id\":\"cus_1\"}\r\n0\r\n\r\n";
  for (const string_view headers :
       {"Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked;x=1",
        "Transfer-Encoding:", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Content-Length: 24\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 24",
        "Transfer-Encoding: identity\r\nContent-Length: 24", "Content-Length: 24, 25",
        "Content-Length: 24\r\nContent-Length: 25", "Content-Length: +24"})
    check_malformed("HTTP/1.1 200 OK\r\n" + string{headers} + "\r\n\r\n" + chunks,
                    "the answer is not HTTP");
  check_malformed("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
                  "the answer is not HTTP");
  check_malformed("HTTP/1.1 100 Continue\r\nTransfer-Encoding: gzip\r\n\r\n" + with_length(),
                  "the answer is not HTTP");
  // What is said twice alike has one meaning.
  for (const string_view headers :
       {"Transfer-Encoding: CHUNKED", "transfer-encoding:  chunked  "}) {
    Talk talk;
    talk.give("HTTP/1.1 200 OK\r\n" + string{headers} + "\r\n\r\n" + chunks);
    BOOST_TEST(talk.done());
    BOOST_TEST(talk.exchange.reusable());
  }
  Talk twice;
  twice.give("HTTP/1.1 200 OK\r\nContent-Length: 14\r\nContent-Length: 14\r\n\r\n" + string{body});
  BOOST_TEST(twice.done());
}

BOOST_AUTO_TEST_CASE(an_empty_body_in_chunks_may_come_in_any_pieces) {
  const string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const string& answer :
       {head + "0\r\n\r\n", head + "000;a=b\r\n\r\n", head + "0\r\nX-Trailer: t\r\n\r\n"}) {
    for (std::size_t first = head.size(); first < answer.size(); ++first) {
      for (std::size_t chunk = 1; chunk <= 5; ++chunk) {
        Talk talk;
        talk.give(string_view{answer}.substr(0, first));
        BOOST_TEST_REQUIRE(talk.reading());
        talk.give(string_view{answer}.substr(first), chunk);
        BOOST_TEST_REQUIRE(talk.done());
        BOOST_TEST(talk.exchange.reusable());
      }
    }
    Talk cut;
    cut.give(string_view{answer}.substr(0, head.size() + 4));
    cut.end(end_of_stream);
    BOOST_TEST(cut.failed());
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_content_coding) {
  const string_view why = "the answer has a content coding that was not asked for";
  check_malformed(with_length("Content-Encoding: gzip\r\n"), why);
  check_malformed(with_length("content-encoding: br, identity\r\n"), why);
  Talk plain;
  plain.give(with_length("Content-Encoding: Identity\r\n"));
  BOOST_TEST(plain.done());
  BOOST_TEST(plain.id() == "cus_1");
}

BOOST_AUTO_TEST_CASE(a_status_without_a_body_that_announces_one_ends_the_connection) {
  for (const string_view start : {"HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"}) {
    for (const string_view header : {"Content-Length: 2", "Transfer-Encoding: chunked"}) {
      Talk talk;
      talk.give(string{start} + "\r\n" + string{header} + "\r\n\r\n");
      BOOST_TEST(talk.done());
      BOOST_TEST(!talk.exchange.reusable());
    }
    Talk empty;
    empty.give(string{start} + "\r\nContent-Length: 0\r\n\r\n");
    BOOST_TEST(empty.exchange.reusable());
  }
}

BOOST_AUTO_TEST_CASE(limits_the_header) {
  const auto padded = [](std::size_t size) {
    const string start = "HTTP/1.1 200 OK\r\n";
    const string end = "Content-Length: 2\r\n\r\n{}";
    string text = start;
    while (text.size() + end.size() + 6 < size) {
      const std::size_t most = size - text.size() - end.size() - 6;
      text += "X: " + string(std::min<std::size_t>(most, 1000), 'x') + "\r\n";
    }
    return text + end;
  };
  for (const std::size_t chunk : {1U, 1000U, 1U << 15U}) {
    Talk fits;
    fits.give(padded(16'000), chunk);
    BOOST_TEST(fits.done());
  }
  check_malformed(padded(17'500), "the answer's header is too long");
  check_malformed(padded(100'000), "the answer's header is too long");
  check_malformed("HTTP/1.1 200 OK\r\nX: " + string(20'000, 'x'),
                  "the answer's header is too long");
  check_malformed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + string(40'000, 'x'),
                  "the answer's header is too long");
  check_malformed("HTTP/1.1 200 " + string(20'000, 'x'), "the answer's header is too long");
}

BOOST_AUTO_TEST_CASE(limits_the_body) {
  constexpr std::size_t limit = std::size_t{1} << 20U;
  const auto content = [](std::size_t size) {
    const string start = R"({"id":"cus_1","x":")";
    return start + string(size - start.size() - 2, 'x') + "\"}";
  };
  const auto chunked = [](const string& text) {
    string all = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < text.size(); at += 0xff00)
      all += (text.size() - at < 0xff00 ? [&] {
        char size[16];
        std::snprintf(size, sizeof size, "%zx", text.size() - at);
        return string{size};
      }() : string{"ff00"}) + "\r\n" + text.substr(at, 0xff00) + "\r\n";
    return all + "0\r\n\r\n";
  };
  for (const string& answer : {with_length({}, content(limit)), chunked(content(limit))}) {
    Talk talk;
    talk.give(answer, 10'000);
    BOOST_TEST(talk.done());
    BOOST_TEST(!talk.decoder.failure().has_value());
    BOOST_TEST(talk.id() == "cus_1");
  }
  const string_view why = "the body is larger than 1 MiB";
  for (const string& answer : {with_length({}, content(limit + 1)), chunked(content(limit + 1)),
                               "HTTP/1.1 200 OK\r\n\r\n" + content(limit + 1)}) {
    Talk talk;
    talk.give(answer, 10'000);
    BOOST_TEST(talk.failed());
    BOOST_TEST(talk.exchange.malformed() == why);
  }
  // A length alone is enough to refuse.
  Talk early;
  early.give("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n");
  BOOST_TEST(early.failed());
  BOOST_TEST(early.exchange.malformed() == why);
}

BOOST_AUTO_TEST_CASE(limits_what_frames_an_answer) {
  // Gives `start`, then `again` without end. How much is taken.
  const auto taken = [](string_view start, string_view again) {
    Talk talk;
    talk.give(start);
    std::size_t bytes = start.size();
    for (; talk.reading() && bytes < (std::size_t{1} << 25U); bytes += again.size())
      talk.give(again);
    BOOST_TEST(talk.failed());
    BOOST_TEST(talk.exchange.malformed() == "the answer is longer than 8 MiB");
    return bytes;
  };
  constexpr std::size_t limit = std::size_t{8} << 20U;
  string interim;
  for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  BOOST_TEST(taken("", interim) <= limit + interim.size());
  const string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const string chunk = "1;" + string(3000, 'x') + "\r\n \r\n";
  BOOST_TEST(taken(head, chunk) <= limit + chunk.size());
  // The longest body in the smallest chunks is no more than that.
  string answer{head};
  string content{body};
  content.resize(std::size_t{1} << 20U, ' ');
  for (const char c : content) answer.append("1\r\n").append(1, c).append("\r\n");
  Talk talk;
  talk.give(answer + "0\r\n\r\n", 10'000);
  BOOST_TEST(talk.done());
  BOOST_TEST(talk.id() == "cus_1");
  // Nor do earlier exchanges count.
  talk.begin();
  talk.give(answer + "0\r\n\r\n", 10'000);
  BOOST_TEST(talk.done());
}

BOOST_AUTO_TEST_CASE(one_object_serves_many_exchanges) {
  Talk talk;
  std::mt19937 random{20'240'611};
  for (int i = 0; i < 300; ++i) {
    const string id = "cus_" + std::to_string(i);
    const string answer = with_length({}, "{\"id\":\"" + id + "\"}");
    talk.begin();
    BOOST_TEST(talk.exchange.sent_any());
    BOOST_TEST(!talk.exchange.received_any());
    const std::size_t chunk = 1 + random() % answer.size();
    if (random() % 3 == 0) {
      talk.give(string_view{answer}.substr(0, random() % answer.size()), chunk);
      talk.end(boost::asio::error::connection_reset);
      BOOST_TEST(talk.failed());
      BOOST_TEST(!talk.exchange.reusable());
    } else {
      talk.give(answer, chunk);
      BOOST_TEST_REQUIRE(talk.done());
      BOOST_TEST(talk.exchange.reusable());
      BOOST_TEST(talk.exchange.malformed().empty());
      BOOST_TEST(talk.id() == id);
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_at_random_never_hang_it) {
  std::mt19937 random{77};
  for (int i = 0; i < 2000; ++i) {
    string answer = random() % 2 != 0 ? with_length() : in_chunks;
    for (unsigned flips = random() % 4 + 1; flips-- > 0;)
      answer[random() % answer.size()] = static_cast<char>(random());
    Talk talk;
    talk.give(answer, 1 + random() % 64);
    if (talk.reading()) talk.end(end_of_stream);
    BOOST_TEST((talk.done() || talk.failed()));
  }
}

BOOST_AUTO_TEST_SUITE_END()
