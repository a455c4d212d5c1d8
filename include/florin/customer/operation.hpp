// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What operations say of themselves, so that nothing below them has to know which there are.
namespace florin {

/// What a successful answer to an operation is.
enum class Reads : std::uint8_t {
  id,            ///< the id of a customer
  record,        ///< the record of a customer
  page,          ///< records of customers
  confirmation,  ///< that it was done
  token,         ///< an access token
};

/// Longest id of a processor that is taken, in bytes.
inline constexpr std::size_t max_connector_customer_id = 255;

/// Whether `id` can be a processor's id of a customer: visible ASCII, and nothing that could change
/// the path that it is put into or add to it, whoever decodes it on the way.
constexpr bool is_customer_id(std::string_view id) noexcept {
  for (const char c : id) {
    const bool changes_path = c == '/' || c == '\\' || c == '?' || c == '#' || c == '%' || c == ';';
    if (c <= 0x20 || c >= 0x7f || changes_path) return false;
  }
  return !id.empty() && id.size() <= max_connector_customer_id && id != "." && id != "..";
}

/// What of the request to an operation on one customer the answer needs: it has to be the same
/// customer's. A view: whoever waits for the answer keeps the text.
struct KeptId {
  std::string_view connector_customer_id{};

  /// Calls `visit` with each text.
  template <class Visitor>
  constexpr void each(Visitor&& visit) {
    visit(connector_customer_id);
  }
};

}  // namespace florin
