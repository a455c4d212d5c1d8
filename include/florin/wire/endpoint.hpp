// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstdint>
#include <string_view>

namespace florin {

/// HTTP request methods.
enum class Method : std::uint8_t { get, post, put, patch, delete_ };

/// The method as it stands in the request line.
constexpr std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::delete_:
      return "DELETE";
  }
  return "POST";
}

/// Which of a processor's two worlds a request goes to.
enum class Environment : std::uint8_t { live, sandbox };

/// `"live"` or `"sandbox"`.
constexpr std::string_view to_string(Environment environment) noexcept {
  return environment == Environment::live ? "live" : "sandbox";
}

/// The host names of a processor. Equal where only the credentials decide.
///
/// A credential may be a part of them: `{site}.example.com` has the one that is called `site`, and
/// `{prefix.}api.example.com` is `api.example.com` where the optional `prefix` is not given. Its
/// text has to be a label: letters, digits and hyphens.
struct Hosts {
  std::string_view live;     ///< where money moves
  std::string_view sandbox;  ///< where it does not

  /// The host of an environment.
  [[nodiscard]] constexpr std::string_view operator[](Environment environment) const noexcept {
    return environment == Environment::live ? live : sandbox;
  }
};

}  // namespace florin
