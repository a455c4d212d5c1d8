// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/policies/stripe.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace florin_test::syscalls {

enum class Operation : unsigned char { create, ensure, retrieve, update, warm_up };
inline constexpr std::array<std::string_view, 5> operation_names{"create", "ensure", "retrieve",
                                                                 "update", "warm_up"};

/// Who drives a call.
enum class Driver : unsigned char {
  blocking,
  own_context,  ///< the calling thread runs an io_context of the caller's
  own_threads,  ///< the library's own threads
};
inline constexpr std::array<std::string_view, 3> driver_names{"blocking", "own_context",
                                                              "own_threads"};

/// What a call finds.
enum class Start : unsigned char {
  cold,
  warm,   ///< a connection, and a call before that has used everything
  stale,  ///< a connection, too, that is too old: it is closed, and another one opened
};
inline constexpr std::array<std::string_view, 3> start_names{"cold", "warm", "stale"};

/// The value of `Enum` that has this name among `names`.
template <class Enum, std::size_t size>
std::optional<Enum> named(std::string_view name, const std::array<std::string_view, size>& names) {
  for (std::size_t i = 0; i != size; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

/// What is done in every trial, and where.
struct Setting {
  std::string base_url{};
  std::string ca_pem{};
  std::string credential{};
  Operation operation = Operation::create;
  Driver driver = Driver::blocking;
  Start start = Start::cold;
  int retries = 0;

  /// From now on the sandbox is reached without a resolver.
  void name_host_by_address() {
    constexpr std::string_view name = "//localhost";
    if (const auto at = base_url.find(name); at != std::string::npos)
      base_url.replace(at, name.size(), "//127.0.0.1");
  }
  [[nodiscard]] florin::StripePolicy::Credentials credentials() const {
    return {.api_key = credential};
  }
  [[nodiscard]] florin::ClientOptions options() const {
    using namespace std::chrono_literals;
    florin::ClientOptions options;
    options.base_url = base_url;
    options.tls.ca_pem = ca_pem;
    options.deadline = 10s;  // nothing that is tried may need it
    options.connect_timeout = 10s;
    options.retry.retries = retries;
    options.retry.first_backoff = 1ms;
    if (start == Start::stale) options.pool.idle_timeout = 0ms;
    return options;
  }
};

}  // namespace florin_test::syscalls
