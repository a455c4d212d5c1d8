// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/address.hpp>
#include <florin/field.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

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

/// Where the text fields of a view stand, metadata left open.
template <class View>
inline constexpr std::array<std::string_view View::*, 8> own_texts{
    &View::merchant_customer_id, &View::email, &View::name,        &View::given_name,
    &View::family_name,          &View::phone, &View::description, nullptr};
/// Where those of its address stand.
inline constexpr std::array<std::string_view AddressView::*, 6> address_texts{
    &AddressView::line1, &AddressView::line2, &AddressView::city,
    &AddressView::state, &AddressView::zip,   &AddressView::country};

/// The text of a field; it can be changed where the request can. Less code than `each_text` where
/// few of the fields are given.
/// \tparam View has the members of `CreateRequestView`.
/// \param field any but metadata.
template <class View>
constexpr auto& text_of(View& request, Field field) noexcept {
  const auto place = static_cast<std::size_t>(field);
  constexpr auto& own = own_texts<std::remove_const_t<View>>;
  if (place < own.size()) return request.*own[place];
  return request.address.*address_texts[place - own.size()];
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
