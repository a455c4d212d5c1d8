// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/policies/airwallex.hpp>
#include <florin/secret.hpp>
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include "support/process_memory.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(client_memory, *florin_test::not_under_tsan(florin_test::forks))

/// What is left in a process's memory when a client is gone.
namespace {

using namespace std::chrono_literals;
using florin::testing::Fault;
using std::string;

enum Marker : unsigned { email, name, token, api_key, marker_count };

/// The character of a marker, computed so that a marker stands nowhere before it is used. An email
/// has an escape in the processor's answer.
char character(unsigned marker, std::size_t i) {
  static volatile unsigned seed = 12'345;
  const unsigned step = (seed + marker * 7919U + static_cast<unsigned>(i) * 104'729U) % 26U;
  return static_cast<char>((marker == name ? 'A' : 'a') + step);
}
constexpr std::size_t length = 20;

string marker(unsigned which) {
  string text(length + 16, '-');  // on the heap
  for (std::size_t i = 0; i < length; ++i) text[i] = character(which, i);
  text.resize(length);
  return text;
}
void forget(string& text) {
  florin::wipe(text.data(), text.capacity());
}

/// How many copies of a marker the process's writable memory has.
std::size_t copies(unsigned which) {
  const florin_test::VeiledText text{length,
                                     [which](std::size_t i) { return character(which, i); }};
  return text.copies_in_memory();
}

/// The same of what stays. The thread that ended the last call may be about to let it go.
std::size_t copies_left(unsigned which) {
  auto count = copies(which);
  for (int i = 0; i < 200 && count != 0; ++i) {
    std::this_thread::sleep_for(10ms);
    count = copies(which);
  }
  return count;
}

void put(int pipe, const string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  (void)!::write(pipe, &size, sizeof size);
  (void)!::write(pipe, text.data(), text.size());
}
string get(int pipe) {
  std::uint32_t size = 0;
  if (::read(pipe, &size, sizeof size) != sizeof size) return {};
  string text(size, '\0');
  for (std::size_t at = 0; at < size;) {
    const auto got = ::read(pipe, text.data() + at, size - at);
    if (got <= 0) break;
    at += static_cast<std::size_t>(got);
  }
  return text;
}

constexpr int calls = 4;

/// A processor in a process of its own, which repeats what it is sent.
[[noreturn]] void serve(int out, int until, bool tls) {
  florin::testing::Sandbox sandbox{florin::testing::airwallex(),
                                   florin::testing::SandboxOptions{.tls = tls}};
  const string address = marker(email);
  sandbox.fault(
      {.kind = Fault::Kind::garbage,
       .status = 201,
       .body = R"({"token":")" + marker(token) + R"(","expires_at":"2099-01-01T00:00:00+0000"})"});
  for (int i = 0; i < calls; ++i) {
    const string quoted = i % 2 == 0 ? address : address.substr(0, 4) + "\\u00" + [&] {
      char digits[4];
      std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(address[4]));
      return string{digits};
    }() + address.substr(5);
    sandbox.fault({.kind = Fault::Kind::garbage,
                   .status = 201,
                   .body = R"({"id":"cus_1","first_name":")" + marker(name) + R"(","email":")" +
                           quoted + R"(@example.org","note":")" + quoted + "\"}"});
  }
  put(out, sandbox.base_url());
  put(out, sandbox.ca_pem());
  char byte = 0;
  (void)!::read(until, &byte, 1);
  ::_exit(0);
}

/// Calls, lets the client go, and looks for what is left.
/// \return an exit code: 0 for nothing.
int leave_traces(const string& url, const string& ca, int result) {
  string failures;
  {
    florin::ClientOptions options;
    options.base_url = url;
    options.tls.ca_pem = ca;
    options.insecure_plain_http = ca.empty();
    options.deadline = 30s;
    options.retry.retries = 0;
    florin::AirwallexPolicy::Credentials credentials{.client_id = "client-1"};
    {
      string key = marker(api_key);
      credentials.api_key = florin::Secret{std::string_view{key}};
      forget(key);
    }
    florin::Client<florin::AirwallexPolicy> client{std::move(credentials), std::move(options)};
    florin::CreateRequest request{.merchant_customer_id = "m-1"};
    {
      string address = marker(email);
      request.email.reserve(64);
      request.email.append(address).append("@example.org");
      string full = marker(name);
      request.name.reserve(64);
      request.name.append(full).append(" Example");
      forget(address);
      forget(full);
    }
    for (int i = 0; i < calls; ++i) {
      const auto answer = i < calls / 2
                              ? client.create(request)
                              : client.async_create(request, boost::asio::use_future).get();
      if (!answer) failures += answer.error().what() + "; ";
    }
    forget(request.email);
    forget(request.name);
    // A client keeps what it needs for the next call, and nobody's data.
    for (const unsigned which : {email, name})
      if (const auto count = copies_left(which))
        failures += std::to_string(count) + " copies of marker " + std::to_string(which) +
                    " beside the client; ";
  }
  for (unsigned which = 0; which < marker_count; ++which)
    if (const auto count = copies_left(which))
      failures += std::to_string(count) + " copies of marker " + std::to_string(which) + "; ";
  // Seen where it is, so that nothing seen says something.
  string seen = marker(email);
  if (copies(email) == 0) failures += "the search is blind";
  put(result, failures);
  return 0;
}

string traces(bool tls) {
  int ready[2];
  int until[2];
  int result[2];
  BOOST_TEST_REQUIRE(::pipe(ready) == 0);
  BOOST_TEST_REQUIRE(::pipe(until) == 0);
  BOOST_TEST_REQUIRE(::pipe(result) == 0);
  const pid_t server = ::fork();
  if (server == 0) {
    ::close(until[1]);
    serve(ready[1], until[0], tls);
  }
  ::close(ready[1]);
  const string url = get(ready[0]);
  const string ca = get(ready[0]);
  const pid_t caller = ::fork();
  if (caller == 0) {
    ::close(result[0]);
    ::close(until[1]);
    ::_exit(leave_traces(url, ca, result[1]));
  }
  ::close(result[1]);
  string found = get(result[0]);
  int status = 0;
  ::waitpid(caller, &status, 0);
  if (status != 0) found += "the caller ended with " + std::to_string(status);
  ::close(until[1]);
  ::waitpid(server, nullptr, 0);
  for (const int end : {ready[0], until[0], result[0]}) ::close(end);
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_confidential_is_left_over_plain_http) {
  BOOST_TEST(traces(false) == "");
}

BOOST_AUTO_TEST_CASE(nothing_confidential_is_left_over_tls) {
  BOOST_TEST(traces(true) == "");
}

BOOST_AUTO_TEST_SUITE_END()
