// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/field.hpp>

#include <string>
#include <string_view>

#include "members.hpp"

namespace wire_example {

/// The request of an object with the unified fields.
/// \throws BadLine: a member is no text, or unknown.
inline florin::CreateRequest request_of(Members members) {
  const auto text = [](Members& from, std::string_view name, Field field) {
    return from.text(name, "invalid_field", field);
  };
  florin::CreateRequest request;
  request.merchant_customer_id = text(members, "merchant_customer_id", Field::merchant_customer_id);
  request.email = text(members, "email", Field::email);
  request.name = text(members, "name", Field::name);
  request.given_name = text(members, "given_name", Field::given_name);
  request.family_name = text(members, "family_name", Field::family_name);
  request.phone = text(members, "phone", Field::phone);
  request.description = text(members, "description", Field::description);
  Members metadata = members.object("metadata");
  for (const auto& entry : metadata.all())
    request.metadata.set(std::string{std::string_view{entry.key()}},
                         text(metadata, entry.key(), Field::metadata));
  Members address = members.object("address");
  request.address.line1 = text(address, "line1", Field::address_line1);
  request.address.line2 = text(address, "line2", Field::address_line2);
  request.address.city = text(address, "city", Field::address_city);
  request.address.state = text(address, "state", Field::address_state);
  request.address.zip = text(address, "zip", Field::address_zip);
  request.address.country = text(address, "country", Field::address_country);
  address.done();
  members.done();
  return request;
}

}  // namespace wire_example
