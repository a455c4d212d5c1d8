// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>

namespace florin::detail {

/// The fields of which a request gives a value.
template <class Request>
constexpr FieldSet given_of(const Request& request) noexcept {
  FieldSet set;
  const auto note = [&set](Field field, bool present) {
    if (present) set.insert(field);
  };
  note(Field::merchant_customer_id, !request.merchant_customer_id.empty());
  note(Field::email, !request.email.empty());
  note(Field::name, !request.name.empty());
  note(Field::given_name, !request.given_name.empty());
  note(Field::family_name, !request.family_name.empty());
  note(Field::phone, !request.phone.empty());
  note(Field::description, !request.description.empty());
  note(Field::metadata, !request.metadata.empty());
  note(Field::address_line1, !request.address.line1.empty());
  note(Field::address_line2, !request.address.line2.empty());
  note(Field::address_city, !request.address.city.empty());
  note(Field::address_state, !request.address.state.empty());
  note(Field::address_zip, !request.address.zip.empty());
  note(Field::address_country, !request.address.country.empty());
  return set;
}

}  // namespace florin::detail
