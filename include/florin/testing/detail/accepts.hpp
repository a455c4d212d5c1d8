// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// For `HeaderRule::check` of `Accept`: whether its value names one of these media types, alone or
/// by a wildcard. Weights are not looked at.
inline std::function<bool(std::string_view)> accepts(std::vector<std::string> types) {
  return [types = std::move(types)](std::string_view value) {
    for (;;) {
      const std::size_t comma = value.find(',');
      std::string_view range = value.substr(0, comma);
      range = range.substr(0, range.find(';'));
      while (range.starts_with(' ')) range.remove_prefix(1);
      while (range.ends_with(' ')) range.remove_suffix(1);
      if (range == "*/*" || std::any_of(types.begin(), types.end(), [&](std::string_view type) {
            return boost::beast::iequals(range, type) ||
                   (range.ends_with("/*") &&
                    boost::beast::iequals(range.substr(0, range.size() - 1),
                                          type.substr(0, type.find('/') + 1)));
          }))
        return true;
      if (comma == std::string_view::npos) return false;
      value.remove_prefix(comma + 1);
    }
  };
}

}  // namespace florin::testing::detail
