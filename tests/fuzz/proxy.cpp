// SPDX-License-Identifier: Apache-2.0
// The CONNECT request and the reader of its answer.
//
// An input is a choice (the size of the pieces), then three lines: host, user and password, then
// the bytes that the proxy answers.
#include <florin/net/proxy.hpp>

#include <boost/asio/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "input.hpp"
#include "support/form_text.hpp"

namespace florin_fuzz {
namespace {

using florin::net::Proxy;
using florin::net::ProxyError;
using florin::net::ProxyTunnel;
using Step = ProxyTunnel::Step;
using std::string_view;

/// RFC 4648, section 4.
std::string base64_decoded(string_view text) {
  constexpr string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  expect(text.size() % 4 == 0, "base64 is padded");
  std::string result;
  unsigned bits = 0;
  unsigned held = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    expect(digit != string_view::npos, "base64 has only its digits");
    bits = (bits << 6U | static_cast<unsigned>(digit)) & 0xFFFFU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    result += static_cast<char>(bits >> held & 0xFFU);
  }
  return result;
}

void check_request(const ProxyTunnel& tunnel, const Proxy& proxy, string_view host) {
  // A zone is for this machine alone.
  const bool literal = host.find(':') != string_view::npos;
  const std::string authority =
      (literal ? '[' + std::string{host.substr(0, host.find('%'))} + ']' : std::string{host}) +
      ":443";
  const auto request = florin_test::request_text(tunnel.request());
  expect(request.line == "CONNECT " + authority + " HTTP/1.1", "the target is the one given");
  expect(request.header("Host") == authority && request.body.empty(), "it is a whole head");
  expect(request.headers.size() == (proxy.user.empty() ? 1U : 2U), "no header is smuggled in");
  if (proxy.user.empty()) return;
  const std::string credentials = request.header("Proxy-Authorization");
  expect(credentials.starts_with("Basic ") &&
             base64_decoded(string_view{credentials}.substr(6)) ==
                 proxy.user + ':' + std::string{proxy.password.reveal()},
         "the credentials are those given");
}

/// What the proxy's answer comes to.
struct End {
  Step step = Step::need_more;
  std::size_t consumed = 0;
  unsigned status = 0;
  boost::system::error_code error;
};

End feed(string_view answer, std::size_t piece) {
  ProxyTunnel tunnel{{.host = "proxy", .user = {}, .password = {}}, "h", 443};
  End end;
  while (end.consumed < answer.size() && tunnel.step() == Step::need_more) {
    const std::string part{answer.substr(end.consumed, piece)};
    end.consumed += part.size();
    expect(tunnel.feed(part) == tunnel.step(), "what is returned is the step");
  }
  end.step = tunnel.step();
  end.status = tunnel.status();
  end.error = tunnel.error();
  expect((end.step == Step::refused) == end.error.failed(), "a refusal alone says why");
  if (end.step == Step::established) {
    const string_view head = answer.substr(0, end.consumed);
    expect(end.status >= 200 && end.status <= 299 && head.starts_with("HTTP/1.") &&
               head.ends_with("\r\n\r\n"),
           "a tunnel is opened by a head with a 2xx, and nothing behind it");
  }
  return end;
}

void check_answer(string_view answer, std::size_t piece) {
  const End one = feed(answer, 1);
  if (one.step == Step::need_more)
    expect(answer.size() <= 17 * ProxyTunnel::header_limit, "an endless answer is refused");
  const End other = feed(answer, piece);
  if (one.step == Step::established && one.consumed < answer.size() &&
      other.step == Step::refused) {
    expect(other.error == make_error_code(ProxyError::malformed),
           "what comes with the end of the head is refused");
  } else {
    expect(one.step == other.step && one.status == other.status && one.error == other.error,
           "an answer means the same in whatever pieces it comes");
  }
}

}  // namespace
}  // namespace florin_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace florin_fuzz;
  Input input{data, size};
  const std::size_t piece = input.choice(256) + 1;
  const std::string host{input.up_to('\n')};
  Proxy proxy;
  proxy.user = input.up_to('\n');
  proxy.password = florin::Secret{input.up_to('\n')};
  const ProxyTunnel tunnel{proxy, host, 443};
  if (tunnel.step() == Step::refused) {
    expect(tunnel.error() == boost::asio::error::invalid_argument && tunnel.request().empty(),
           "nothing is sent for what cannot be");
    return 0;
  }
  check_request(tunnel, proxy, host);
  check_answer(input.rest(), piece);
  return 0;
}
