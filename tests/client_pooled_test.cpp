// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "client_fixture.hpp"
#include "net/tls_peer.hpp"

/// What may be wrong with a connection that was used before.
BOOST_AUTO_TEST_SUITE(client_pooled)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using florin::DwollaPolicy;
using florin::net::test::Peer;
using florin::net::test::Tcp;
using std::string;
using std::string_view;

const florin::testing::Authority& authority() {
  static const florin::testing::Authority one;
  return one;
}

/// Options that reach `peer`.
ClientOptions options_of(const Peer& peer, bool tls) {
  ClientOptions options;
  options.base_url =
      (tls ? "https://localhost:" : "http://localhost:") + std::to_string(peer.port());
  options.insecure_plain_http = !tls;
  options.tls.ca_pem = authority().certificate_pem();
  options.deadline = 20s;
  options.retry.first_backoff = 2ms;
  return options;
}

/// The next request of a connection, or nothing at its end.
template <class Stream>
string read_request(Stream& stream, string& buffer) {
  boost::system::error_code ec;
  const auto head = asio::read_until(stream, asio::dynamic_buffer(buffer), "\r\n\r\n", ec);
  if (ec) return {};
  std::size_t body = 0;
  if (const auto at = buffer.find("Content-Length: "); at < head)
    std::from_chars(buffer.data() + at + 16, buffer.data() + head, body);
  if (buffer.size() < head + body)
    asio::read(stream, asio::dynamic_buffer(buffer),
               asio::transfer_exactly(head + body - buffer.size()), ec);
  if (ec) return {};
  const auto request = buffer.substr(0, head + body);
  buffer.erase(0, head + body);
  return request;
}
template <class Stream>
void say(Stream& stream, const string& text) {
  boost::system::error_code ignored;
  asio::write(stream, asio::buffer(text), ignored);
}
/// While it lives, what is written to a socket leaves it together.
struct Corked {
  explicit Corked(int which) : descriptor(which) { set(1); }
  ~Corked() { set(0); }
  void set(int value) const {
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
  }
  int descriptor;
};

string reply(int status, string_view body, string_view headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + string{body};
}
string created(string_view id) {
  return reply(201, "", "Location: https://api.dwolla.com/customers/" + string{id} + "\r\n");
}

/// Gives tokens, each followed by an answer that nobody has asked for.
constexpr auto talk_out_of_turn = [](auto& stream) {
  string buffer;
  for (string request; !(request = read_request(stream, buffer)).empty();) {
    if (!request.starts_with("POST /token")) {
      say(stream, created("own"));
      continue;
    }
    const Corked together{static_cast<int>(stream.lowest_layer().native_handle())};
    say(stream, reply(200, R"({"access_token":"T1","expires_in":3600})"));
    say(stream, created("foreign"));
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_before_the_request_is_not_taken_for_its_own) {
  auto settings = florin::net::test::server_context(authority().issue());
  Peer secured{florin::net::test::over_tls(settings, talk_out_of_turn)};
  Peer plain{talk_out_of_turn};
  for (const bool tls : {false, true}) {
    for (const bool async : {false, true}) {
      for (int i = 0; i < 5; ++i) {
        BOOST_TEST_INFO_SCOPE("tls " << tls << " async " << async);
        Client<DwollaPolicy> client{{.client_id = "id", .client_secret = "secret"},
                                    options_of(tls ? secured : plain, tls)};
        const auto answer = call(client, async, buyer("m-1"));
        BOOST_TEST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->connector_customer_id == "own");
        BOOST_TEST(answer->attempts == 1);
        BOOST_TEST(client.pool().opened == 2u);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(stale_connections_cost_no_repetition) {
  // Each connection answers once, when all are there, and breaks with the next request: nothing
  // shows it before.
  constexpr int several = 4;
  std::atomic<int> arrived{0};
  std::atomic<int> broken{0};
  Peer peer{[&](Tcp::socket& socket) {
    string buffer;
    if (read_request(socket, buffer).empty()) return;
    ++arrived;
    const auto limit = florin::net::test::soon();
    while (arrived < several && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(1ms);
    say(socket, reply(200, R"({"id":"cus_1"})"));
    if (!read_request(socket, buffer).empty()) ++broken;
  }};
  for (const bool async : {false, true}) {
    arrived = broken = 0;
    auto options = options_of(peer, false);
    options.pool.max_connections = several;
    Client<StripePolicy> client{{.api_key = "sk_test_EXAMPLE"}, options};
    std::vector<std::future<Answer>> pending;
    for (int i = 0; i < several; ++i)
      pending.push_back(client.async_create(buyer("warm"), asio::use_future));
    for (auto& each : pending) BOOST_TEST(take(std::move(each)).has_value());
    BOOST_TEST(client.pool().idle == static_cast<std::size_t>(several));
    const auto answer = call(client, async, buyer("m-1"), {.retries = 0});
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 2);
    BOOST_TEST(broken == 1);
    BOOST_TEST(client.pool().opened == static_cast<std::size_t>(several) + 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
