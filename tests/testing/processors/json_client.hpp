// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/sandbox.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/raw_client.hpp"

namespace florin_test {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// A processor's sandbox without TLS, and a client that speaks JSON to it.
class JsonClient {
 public:
  /// `headers` go with every request, after a `Content-Type`.
  JsonClient(florin::testing::Processor processor, const Headers& headers)
      : sandbox(std::move(processor), {.tls = false}), client_(sandbox) {
    headers_.insert(headers_.end(), headers.begin(), headers.end());
  }

  /// Headers given here take the place of those that go with every request.
  RawAnswer call(http::verb verb, std::string_view path, std::string body = {},
                 const Headers& headers = {}) {
    Headers all = headers_;
    all.insert(all.end(), headers.begin(), headers.end());
    return client_.call(verb, path, std::move(body), all);
  }
  RawAnswer post(std::string_view path, std::string body, const Headers& headers = {}) {
    return call(http::verb::post, path, std::move(body), headers);
  }
  RawAnswer get(std::string_view path, const Headers& headers = {}) {
    return call(http::verb::get, path, {}, headers);
  }
  RawAnswer put(std::string_view path, std::string body, const Headers& headers = {}) {
    return call(http::verb::put, path, std::move(body), headers);
  }
  RawAnswer patch(std::string_view path, std::string body, const Headers& headers = {}) {
    return call(http::verb::patch, path, std::move(body), headers);
  }
  RawAnswer remove(std::string_view path, const Headers& headers = {}) {
    return call(http::verb::delete_, path, {}, headers);
  }
  /// The same call without one of the headers that go with every request.
  RawAnswer post_without(std::string_view header, std::string_view path, std::string body) {
    Headers kept;
    for (const auto& each : headers_)
      if (each.first != header) kept.push_back(each);
    return client_.call(http::verb::post, path, std::move(body), kept);
  }

  /// The parameters of the customer stored last, in order of arrival.
  Fields stored() const { return sandbox.customers().back().fields; }

  florin::testing::Sandbox sandbox;

 private:
  RawClient client_;
  Headers headers_{{"Content-Type", "application/json"}};
};

/// Whether two texts are the same JSON, whatever the order of members.
inline bool same_json(std::string_view one, std::string_view other) {
  return boost::json::parse({one.data(), one.size()}) ==
         boost::json::parse({other.data(), other.size()});
}

/// The texts at `member` of all elements of the array at `list`, with blanks between.
inline std::string each(const RawAnswer& answer, std::string_view list, std::string_view member) {
  std::string out;
  const std::string start = std::string(list) + '/';
  for (int i = 0;; ++i) {
    const std::string text = answer.text(start + std::to_string(i) + std::string(member));
    if (text == "(absent)") return out;
    out += (i == 0 ? "" : " ") + text;
  }
}

/// `body` with the first `from` in it replaced.
inline std::string with(std::string body, std::string_view from, std::string_view to) {
  const std::size_t at = body.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return body.replace(at, from.size(), to);
}

}  // namespace florin_test
