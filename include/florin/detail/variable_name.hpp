// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <string>
#include <string_view>

namespace florin::detail {

/// `STRIPE_API_KEY` for the connector `stripe` and the setting `api_key`.
inline std::string variable_name(std::string_view connector, std::string_view setting) {
  std::string name;
  const auto append = [&name](std::string_view text) {
    for (char c : text) name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  };
  append(connector);
  name.push_back('_');
  append(setting);
  return name;
}

}  // namespace florin::detail
