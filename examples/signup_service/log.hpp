// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <ctime>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace signup {

/// Writes a line to the standard error: a JSON object. What callers send or processors quote never
/// belongs into it, nor does a path with somebody's reference in it.
inline void log(std::string_view event, boost::json::object more = {}) {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string time(20, '\0');
  time.resize(std::strftime(time.data(), time.size(), "%FT%T", &parts));
  const std::string fraction = std::to_string(1000 + milliseconds);
  boost::json::object line{{"time", time + '.' + fraction.substr(1) + 'Z'}, {"event", event}};
  for (auto& [name, value] : more) line.emplace(name, std::move(value));
  std::clog << boost::json::serialize(line) + '\n' << std::flush;
}

/// \param reason of florin or of the system.
inline void log_reason(std::string_view event, std::string_view reason) {
  log(event, {{"reason", reason}});
}

}  // namespace signup
