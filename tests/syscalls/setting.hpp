// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/credentials.hpp>
#include <florin/testing/detail/conformance_subject.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace florin_test::syscalls {

enum class Operation : unsigned char {
  create,
  ensure,
  retrieve,
  update,
  warm_up,
  token,            ///< a create for which an access token is fetched
  expire,           ///< a create that is never answered, and ends by its deadline
  cancel_all,       ///< such a one that the client is told to cancel
  cancel_terminal,  ///< such a one whose cancellation slot gets a signal of this type
  cancel_partial,
  cancel_total,
};
inline constexpr std::array<std::string_view, 11> operation_names{
    "create", "ensure",     "retrieve",        "update",         "warm_up",     "token",
    "expire", "cancel_all", "cancel_terminal", "cancel_partial", "cancel_total"};

/// Whether the call goes to a processor that never answers.
constexpr bool is_mute(Operation operation) noexcept {
  return operation >= Operation::expire;
}
/// Whether somebody cancels the call.
constexpr bool is_cancelled(Operation operation) noexcept {
  return operation >= Operation::cancel_all;
}

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
  std::string mute_url{};  ///< of a processor that never answers
  std::string ca_pem{};    ///< of both
  std::string credential{};
  Operation operation = Operation::create;
  Driver driver = Driver::blocking;
  Start start = Start::cold;
  int retries = 0;

  /// From now on the sandboxes are reached without a resolver.
  void name_host_by_address() {
    constexpr std::string_view name = "//localhost";
    for (std::string* const url : {&base_url, &mute_url})
      if (const auto at = url->find(name); at != std::string::npos)
        url->replace(at, name.size(), "//127.0.0.1");
  }
  template <class P>
  [[nodiscard]] florin::CredentialsOf<P> credentials() const {
    return florin::testing::detail::credentials_from_text<P>(credential);
  }
  [[nodiscard]] florin::ClientOptions options() const {
    using namespace std::chrono_literals;
    florin::ClientOptions options;
    options.base_url = is_mute(operation) ? mute_url : base_url;
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
