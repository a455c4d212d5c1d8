// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/system/error_code.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

/// What the example program signup_service is made of.
namespace signup {

/// What can be set, by the environment.
struct Settings {
  std::string directory{};  ///< FLORIN_DIRECTORY: `sqlite:PATH` or `postgresql://...`
  /// SIGNUP_ADDRESS: where it listens.
  boost::asio::ip::address address = boost::asio::ip::address_v4::loopback();
  std::uint16_t port = 8080;          ///< SIGNUP_PORT; 0: the system chooses
  std::size_t max_connections = 256;  ///< SIGNUP_MAX_CONNECTIONS: more wait to be accepted
  std::size_t max_header = 8 * 1024;  ///< SIGNUP_MAX_HEADER, bytes
  std::size_t max_body = 64 * 1024;   ///< SIGNUP_MAX_BODY, bytes
  /// SIGNUP_READ_TIMEOUT, ms: for a whole request, from when one may begin.
  std::chrono::milliseconds read_timeout{10'000};
  /// SIGNUP_DEADLINE, ms: for the call of a request without a X-Request-Timeout of its own.
  std::chrono::milliseconds deadline{10'000};
  std::chrono::milliseconds longest_deadline{30'000};  ///< of a X-Request-Timeout
  std::chrono::milliseconds settle_every{60'000};      ///< SIGNUP_SETTLE_EVERY, ms, on average
  /// SIGNUP_STOP_LIMIT, ms: how long calls may go on after SIGTERM before they are cancelled.
  std::chrono::milliseconds stop_limit{15'000};
};

/// \throws std::invalid_argument: a variable is no number, out of its range, or no address.
inline Settings settings_from_environment() {
  const auto text = [](const char* name) -> std::string_view {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  const auto number = [&text](const char* name, long long otherwise, long long least,
                              long long most) {
    const std::string_view given = text(name);
    if (given.empty()) return otherwise;
    long long found = 0;
    const auto read = std::from_chars(given.data(), given.data() + given.size(), found);
    if (read.ec != std::errc{} || read.ptr != given.data() + given.size() || found < least ||
        found > most)
      throw std::invalid_argument{std::string{name} + " is no number from " +
                                  std::to_string(least) + " to " + std::to_string(most)};
    return found;
  };
  const auto size = [&number](const char* name, std::size_t& into, long long least) {
    into = static_cast<std::size_t>(number(name, static_cast<long long>(into), least, 1 << 30));
  };
  const auto time = [&number](const char* name, std::chrono::milliseconds& into) {
    into = std::chrono::milliseconds{number(name, into.count(), 1, 86'400'000)};
  };
  Settings settings;
  settings.directory = text("FLORIN_DIRECTORY");
  if (const auto address = text("SIGNUP_ADDRESS"); !address.empty()) {
    boost::system::error_code bad;
    settings.address = boost::asio::ip::make_address(address, bad);
    if (bad) throw std::invalid_argument{"SIGNUP_ADDRESS is no IP address"};
  }
  settings.port = static_cast<std::uint16_t>(number("SIGNUP_PORT", settings.port, 0, 65'535));
  size("SIGNUP_MAX_CONNECTIONS", settings.max_connections, 1);
  size("SIGNUP_MAX_HEADER", settings.max_header, 512);
  size("SIGNUP_MAX_BODY", settings.max_body, 512);
  time("SIGNUP_READ_TIMEOUT", settings.read_timeout);
  time("SIGNUP_DEADLINE", settings.deadline);
  time("SIGNUP_SETTLE_EVERY", settings.settle_every);
  time("SIGNUP_STOP_LIMIT", settings.stop_limit);
  return settings;
}

}  // namespace signup
