// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>

#include <string_view>

namespace florin::detail {

/// Calls `visit(field, text)` for each text field of a request; metadata are none.
/// \tparam Request has the members of `CreateRequestView`.
template <class Request, class Visitor>
constexpr void each_text(Request& request, Visitor visit) {
  visit(Field::merchant_customer_id, request.merchant_customer_id);
  visit(Field::email, request.email);
  visit(Field::name, request.name);
  visit(Field::given_name, request.given_name);
  visit(Field::family_name, request.family_name);
  visit(Field::phone, request.phone);
  visit(Field::description, request.description);
  visit(Field::address_line1, request.address.line1);
  visit(Field::address_line2, request.address.line2);
  visit(Field::address_city, request.address.city);
  visit(Field::address_state, request.address.state);
  visit(Field::address_zip, request.address.zip);
  visit(Field::address_country, request.address.country);
}

/// The fields of which a request gives a value.
template <class Request>
constexpr FieldSet given_of(const Request& request) noexcept {
  FieldSet set;
  each_text(request, [&set](Field field, std::string_view text) {
    if (!text.empty()) set.insert(field);
  });
  if (!request.metadata.empty()) set.insert(Field::metadata);
  return set;
}

}  // namespace florin::detail
