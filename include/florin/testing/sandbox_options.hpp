// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/certificate.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

/// A customer a `Sandbox` has stored.
struct StoredCustomer {
  std::string id;  ///< the id that the sandbox has given
  /// The caller's own reference, if the processor has a place for it and it was sent.
  std::string merchant_customer_id;
  /// The credential it was stored under, followed by `/` and the account if one was named.
  std::string account;
  /// Decoded parameters, wire name and value, in order of arrival.
  std::vector<std::pair<std::string, std::string>> fields;

  /// The value of a parameter; nothing when it was not sent.
  std::optional<std::string> field(std::string_view name) const {
    for (const auto& [key, value] : fields)
      if (key == name) return value;
    return std::nullopt;
  }
};

/// How a `Sandbox` serves.
struct SandboxOptions {
  /// Default: issued by an authority of the sandbox's own for `localhost` and `127.0.0.1`.
  std::optional<Identity> identity{};
  /// False: plain HTTP.
  bool tls = true;
  /// Refuse clients that do not show a certificate issued by `client_ca_pem`.
  bool require_client_certificate = false;
  /// Root certificates for clients, PEM.
  std::string client_ca_pem{};
  /// Threads that serve; at least 1.
  unsigned threads = 1;
  /// Idle connections are closed after so long. 0: every answer says `Connection: close`.
  std::chrono::seconds keep_alive{60};
  /// Longer request bodies are answered with 413. Octets.
  std::size_t max_body = 1 << 20;
  /// The highest TLS version spoken (`TLS1_1_VERSION`, ...); 0: the highest there is.
  int max_tls = 0;
  /// So many of the last requests are kept for `Sandbox::requests`.
  std::size_t log_size = 256;
};

}  // namespace florin::testing
