// SPDX-License-Identifier: Apache-2.0
// The small readers and writers of texts: times, waits, addresses, codes, escapes.
//
// An input is a choice (where it is cut in two), then any bytes.
#include <florin/base_url.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/iso_time.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/percent.hpp>
#include <florin/wire/retry_after.hpp>
#include <florin/wire/seconds.hpp>
#include <florin/wire/utf8.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "input.hpp"
#include "support/form_text.hpp"
#include "utf8_text.hpp"

namespace florin_fuzz {
namespace {

namespace wire = florin::wire;
using std::string_view;
using namespace std::chrono;

constexpr sys_days year_0{year{0} / January / 1};
constexpr sys_days year_10000{year{10000} / January / 3};

void check_times(string_view text, string_view other) {
  if (const auto time = wire::parse_iso_time(text)) {
    expect(*time >= year_0 - days{2} && *time <= year_10000, "a time has a year of four digits");
    expect(text.size() >= 20 && text.find('T') == 10, "a time has its form");
  }
  if (const auto time = wire::detail::http_date(text))
    expect(*time >= sys_days{} && *time <= year_10000 + days{100},
           "a date has a year of four digits");
  if (const auto wait = wire::parse_retry_after(text, other))
    expect(*wait >= seconds{0} && *wait <= hours{24}, "a wait is at most a day");
  if (const auto seconds = wire::parse_seconds(text))
    expect(std::to_string(seconds->count()).size() <= text.size(), "seconds are all of the text");
}

void check_url(string_view text) {
  const auto url = florin::BaseUrl::parse(text);
  if (!url) return;
  expect(!url->host.empty() && url->port != 0, "an address has a host and a port");
  const std::string authority = url->authority();
  expect(std::all_of(authority.begin(), authority.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '/' && c != '@'; }),
         "an authority can go into a header");
  const auto again = florin::BaseUrl::parse((url->tls ? "https://" : "http://") + authority);
  // A zone is for this machine alone.
  const bool literal = url->host.find(':') != std::string::npos;
  const std::string host = literal ? url->host.substr(0, url->host.find('%')) : url->host;
  expect(again && again->host == host && again->port == url->port && again->tls == url->tls,
         "an authority means the same again");
}

void check_country(string_view text) {
  const string_view alpha2 = wire::alpha2_of(text);
  expect(alpha2.empty() || (alpha2.size() == 2 && wire::same_name(alpha2, text) &&
                            wire::alpha2_of_alpha3(wire::alpha3_of(text)) == alpha2),
         "a country has two codes");
  const string_view back = wire::alpha2_of_alpha3(text);
  expect(back.empty() || wire::alpha3_of(back) == text, "and back");
}

/// Writes into memory that ends where the writer was told that it does.
template <class Put>
std::string written(string_view text, std::size_t most_per_byte, Put put) {
  const std::size_t size = text.size() * most_per_byte;
  const std::unique_ptr<char[]> room{new char[size]};
  const char* const end = put(room.get(), text);
  expect(end >= room.get() && end <= room.get() + size, "what is written has room");
  return std::string(static_cast<const char*>(room.get()), end);
}

void check_escapes(string_view text) {
  const std::string percent = written(text, 3, wire::detail::put_percent);
  expect(florin_test::form_decoded(percent) == text, "a percent-encoded text is the same again");
  expect(percent.find_first_of("[]&=+# ") == std::string::npos, "nothing reserved is left");
  const bool utf8 = is_utf8(text);
  expect(wire::is_text(text) == (utf8 && text.find('\0') == string_view::npos),
         "text is UTF-8 without NUL");
  if (!utf8) return;
  const std::string json =
      '"' +
      written(text, 6,
              [](char* to, string_view from) { return wire::detail::put_json(to, from); }) +
      '"';
  boost::system::error_code ec;
  const auto value = boost::json::parse({json.data(), json.size()}, ec);
  expect(!ec && value.is_string() && string_view{value.get_string()} == text,
         "a JSON string is the same again");
  expect(boost::json::serialize(value) == json, "two writers write the same");
  expect(wire::count_characters(text) <= text.size(), "characters have bytes");
}

void check_words(string_view text, string_view other) {
  const string_view trimmed = wire::trim(text);
  expect(trimmed.empty() || (!wire::is_blank(trimmed.front()) && !wire::is_blank(trimmed.back())),
         "nothing blank is left at the ends");
  expect(
      wire::same_name(text, text) && wire::same_name(text, other) == wire::same_name(other, text),
      "names are equal both ways");
}

}  // namespace
}  // namespace florin_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace florin_fuzz;
  Input input{data, size};
  const std::size_t cut = input.choice(256);
  const std::string text{input.text(cut)};  // its end is the end of its memory
  const std::string other{input.rest()};
  for (const std::string* one : {&text, &other}) {
    check_times(*one, one == &text ? other : text);
    check_url(*one);
    check_country(*one);
    check_escapes(*one);
  }
  check_words(text, other);
  return 0;
}
