// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/utf8.hpp>

#include <string_view>

namespace florin::wire {

/// The request as every processor gets it: a text of white space only is absent, so that it is
/// neither sent nor taken for a value, and the country is in upper case. Metadata stay as they are.
/// \return views of the same text.
constexpr CreateRequestView normal_form(const CreateRequestView& request) noexcept {
  const auto present = [](std::string_view text) {
    const bool blank = !text.empty() && text.front() <= ' ' && trim(text).empty();
    return blank ? std::string_view{} : text;
  };
  const auto& given = request.address;
  std::string_view country = present(given.country);
  if (!country.empty())
    if (const auto code = alpha2_of(country); !code.empty()) country = code;
  return {.merchant_customer_id = present(request.merchant_customer_id),
          .email = present(request.email),
          .name = present(request.name),
          .given_name = present(request.given_name),
          .family_name = present(request.family_name),
          .phone = present(request.phone),
          .description = present(request.description),
          .metadata = request.metadata,
          .address = {.line1 = present(given.line1),
                      .line2 = present(given.line2),
                      .city = present(given.city),
                      .state = present(given.state),
                      .zip = present(given.zip),
                      .country = country}};
}

}  // namespace florin::wire
