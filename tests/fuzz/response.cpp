// SPDX-License-Identifier: Apache-2.0
// The HTTP reader: raw bytes as a server sends them.
//
// An input is four choices (what reads the answer, the size of the pieces, where the connection
// breaks, how it ends), then the bytes.
#include <florin/decode.hpp>
#include <florin/net/exchange.hpp>
#include <florin/policies/airwallex.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "input.hpp"
#include "told.hpp"

namespace florin_fuzz {
namespace {

using florin::net::Exchange;
using Step = Exchange::Step;
using std::string_view;

/// One of each kind: an id in the body, an id in a header, an answer without a body, a page, a
/// record, a token.
const std::array readers{
    &florin::reply_facts<florin::StripePolicy, florin::Create>,
    &florin::reply_facts<florin::DwollaPolicy, florin::Create>,
    &florin::reply_facts<florin::GocardlessPolicy, florin::Delete>,
    &florin::reply_facts<florin::StripePolicy, florin::FindByEmail>,
    &florin::reply_facts<florin::AirwallexPolicy, florin::Update>,
    &florin::reply_facts<florin::DwollaPolicy, florin::FetchToken>,
};
const std::array<boost::system::error_code, 3> ends{boost::asio::error::eof,
                                                    boost::asio::ssl::error::stream_truncated,
                                                    boost::asio::error::connection_reset};

/// What became of an exchange.
struct End {
  bool done = false;         ///< an answer was read
  bool early = false;        ///< it was known before the connection ended
  bool success = false;      ///< the answer is one
  std::size_t consumed = 0;  ///< bytes that were read until then
  std::string says;
};

/// Reads `bytes` in pieces, then the end of the connection.
End talk(const florin::wire::ReplyFacts& facts, string_view bytes, std::size_t piece,
         boost::system::error_code ec) {
  florin::wire::ReplyReader reader{facts};
  Exchange exchange;
  constexpr string_view request = "GET / HTTP/1.1\r\n\r\n";
  exchange.begin(request, reader);
  exchange.written({}, request.size());
  End end;
  while (end.consumed < bytes.size() && exchange.step() == Step::read) {
    const auto room = exchange.room();
    expect(room.size() != 0, "there is room while more is to be read");
    const std::size_t count = std::min({piece, room.size(), bytes.size() - end.consumed});
    std::memcpy(room.data(), bytes.data() + end.consumed, count);
    end.consumed += count;
    exchange.received({}, count);
  }
  end.early = exchange.step() == Step::done;
  if (exchange.step() == Step::read) exchange.received(ec, 0);
  end.done = exchange.step() == Step::done;
  expect(end.done || exchange.step() == Step::failed, "an exchange ends with its connection");
  expect(end.done || exchange.error() || !exchange.malformed().empty(), "a failure says why");
  expect(!exchange.reusable() || end.early, "what has ended is not used again");
  if (!end.done) return end;
  const auto failed = reader.failure();
  end.success = !failed;
  Told told;
  told << reader.http_status() << reader.id() << reader.request_id() << reader.replayed()
       << reader.date() << reader.record().count() << reader.record().whole().text;
  if (failed) told << *failed;
  end.says = std::move(told).take();
  return end;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The value of a header of the first head in `bytes`, in small letters and without blanks;
/// nothing: there is none.
std::optional<std::string> header(string_view bytes, string_view name) {
  std::string head{bytes.substr(0, bytes.find("\r\n\r\n"))};
  std::transform(head.begin(), head.end(), head.begin(), lower);
  for (std::size_t at = 0; at + 2 < head.size(); ++at)  // a line that is folded goes on
    if (head.compare(at, 2, "\r\n") == 0 && (head[at + 2] == ' ' || head[at + 2] == '\t'))
      head.replace(at, 2, "  ");
  const std::size_t at = head.find("\r\n" + std::string{name} + ':');
  if (at == std::string::npos) return std::nullopt;
  std::string value = head.substr(at + name.size() + 3);
  value.resize(std::min(value.size(), value.find("\r\n")));
  std::erase_if(value, [](char c) { return c == ' ' || c == '\t'; });
  return value;
}

void check(const florin::wire::ReplyFacts& facts, string_view bytes, std::size_t piece,
           std::size_t cut, boost::system::error_code ec) {
  const End one = talk(facts, bytes, 1, ec);
  const End other = talk(facts, bytes, piece, ec);
  expect(one.done == other.done && one.says == other.says && one.early == other.early,
         "an answer means the same in whatever pieces it comes");
  expect(!one.done || one.early || ec == boost::asio::error::eof,
         "an answer without a length ends with an orderly end alone");
  // Of an interim answer's head nothing is said here.
  if (one.done && !bytes.substr(0, 10).ends_with('1')) {
    expect(one.early || (!header(bytes, "content-length") && !header(bytes, "transfer-encoding")),
           "an answer with a length does not end before it");
    expect(header(bytes, "content-encoding").value_or("identity") == "identity",
           "a coding that nobody asked for is refused");
  }
  if (!one.early) return;
  const std::size_t whole = one.consumed;
  const End less = talk(facts, bytes.substr(0, whole * cut / 256), piece, boost::asio::error::eof);
  expect(!less.done, "a message that breaks off is no answer");
}

}  // namespace
}  // namespace florin_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace florin_fuzz;
  Input input{data, size};
  const auto& facts = *readers[input.choice(readers.size())];
  const std::size_t piece = input.choice(256) * 8 + 2;
  const std::size_t cut = input.choice(256);
  const auto ec = ends[input.choice(ends.size())];
  check(facts, input.rest(), piece, cut, ec);
  return 0;
}
