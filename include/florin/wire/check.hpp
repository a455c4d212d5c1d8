// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/customer/given.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/utf8.hpp>

#include <cstddef>
#include <string_view>

namespace florin::wire {

/// The key under which a policy writes `merchant_customer_id` into metadata, notes or tags. A
/// caller's own entry of that name is refused.
inline constexpr std::string_view reserved_metadata_key = "merchant_customer_id";

/// Why a text cannot be sent.
inline constexpr std::string_view not_text = "is not UTF-8 text without NUL";

/// Why a metadata key cannot be sent; empty: it can.
constexpr std::string_view check_key(std::string_view key) noexcept {
  if (key.empty()) return "has an empty key";
  if (!is_text(key)) return not_text;
  if (key == reserved_metadata_key) return "has the reserved key merchant_customer_id";
  return {};
}

/// What no processor's rules can relax about values: every text is UTF-8 without NUL, a name has
/// both its parts or neither, the country is one of ISO 3166-1, the metadata has at most 20 unique
/// non-empty keys.
/// \tparam Request a view that has the members of `CreateRequestView`.
/// \param request what was given. \param given its fields; there may be more.
template <class Request>
constexpr Fault check_given(const Request& request, FieldSet given) noexcept {
  for (const Field field : given - FieldSet{Field::metadata})
    if (!is_text(florin::detail::text_of(request, field))) [[unlikely]]
      return {Errc::invalid_field, field, not_text};

  if (request.given_name.empty() != request.family_name.empty()) [[unlikely]]
    return {Errc::missing_field,
            request.given_name.empty() ? Field::given_name : Field::family_name,
            "is required beside the other part of the name: give both, or name alone"};

  if (!request.address.country.empty() && alpha2_of(request.address.country).empty()) [[unlikely]]
    return {Errc::invalid_field, Field::address_country, "is not an ISO 3166-1 alpha-2 code"};

  const auto refuse = [](std::string_view reason) {
    return Fault{Errc::invalid_field, Field::metadata, reason};
  };
  const MetadataView entries = request.metadata;
  if (entries.size() > max_metadata_entries) [[unlikely]]
    return refuse("has more than 20 entries");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const MetadataEntry entry = entries[i];
    if (const auto reason = check_key(entry.key); !reason.empty()) [[unlikely]]
      return refuse(reason);
    if (!is_text(entry.value)) [[unlikely]]
      return refuse(not_text);
    for (std::size_t j = 0; j < i; ++j)
      if (entries[j].key == entry.key) return refuse("has a key twice");
  }
  return {};
}

/// The checks that no processor's rules can relax: `merchant_customer_id` is given, and those of
/// `check_given`.
/// \param request what was given. \param given its fields; there may be more.
constexpr Fault check_request(const CreateRequestView& request, FieldSet given) noexcept {
  if (request.merchant_customer_id.empty()) [[unlikely]]
    return {Errc::missing_field, Field::merchant_customer_id, Required::reason};
  return check_given(request, given);
}

}  // namespace florin::wire
