// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <array>
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

namespace detail {

/// For each ASCII character whether an id may have it: visible, and nothing that changes a path.
inline constexpr auto id_characters = [] {
  std::array<bool, 128> fit{};
  for (std::size_t c = 0x21; c != 0x7f; ++c) fit[c] = true;
  for (const char c : {'/', '\\', '?', '#', '%', ';'}) fit[static_cast<std::size_t>(c)] = false;
  return fit;
}();

}  // namespace detail

/// Whether `id` can be a processor's id of a customer: visible ASCII, and nothing that could change
/// the path that it is put into or add to it, whoever decodes it on the way.
constexpr bool is_customer_id(std::string_view id) noexcept {
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= detail::id_characters.size() || !detail::id_characters[byte]) return false;
  }
  return !id.empty() && id.size() <= max_connector_customer_id && id != "." && id != "..";
}

/// What of the request to an operation on one customer the answer needs: it has to be the same
/// customer's. A view: whoever waits for the answer keeps the text.
struct KeptId {
  std::string_view connector_customer_id{};  ///< the processor's id

  /// Calls `visit` with each text.
  template <class Visitor>
  constexpr void each(Visitor&& visit) {
    visit(connector_customer_id);
  }
};

}  // namespace florin
