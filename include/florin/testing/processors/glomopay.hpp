// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace florin::testing {

namespace detail {

/// A field that is named by `label` in what the processor says of it.
inline Field glomopay_field(std::string name, const std::string& label, Field field = {}) {
  field.name = std::move(name);
  const std::string start = "Validation failed: " + label;
  field.complaints = {{Case::invalid_value, "", start + " is invalid"},
                      {Case::missing_field, "", start + " can't be blank"},
                      {Case::empty_value, "", start + " can't be blank"}};
  return field;
}

inline bool is_glomopay_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" &.,'-").find(c) != std::string_view::npos;
  });
}

/// `DD-MM-YYYY`.
inline bool is_glomopay_date(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i == 2 || i == 5 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  return true;
}

}  // namespace detail

/// GlomoPay's customers: create, retrieve, update and list. There is no deletion.
///
/// Credentials, bearer tokens: `fake.jwt.0001` may do everything, `fake.jwt.0002` comes from an
/// address that is not on the list of allowed ones. There is no idempotency key; e-mail address and
/// country together are unique, whatever their case. GlomoPay has no place for the caller's own
/// reference, nor for metadata: `StoredCustomer::merchant_customer_id` is always empty.
///
/// An update changes `email` and `phone` and nothing else. Not from the documents: that it is a
/// PATCH at the customer's own path, that it leaves what it does not send, that a `phone` may be
/// cleared by an empty text and an `email` may not. The list is filtered by `email_address` (exact,
/// whatever the case: not from the documents), `customer_type`, `before` and `after`. A `pincode`
/// is never required here, since the countries for which it is are not known.
///
/// Not from the documents: the wordings, except those of an invalid name, a taken e-mail address
/// and an unknown customer; that parameters which the documents do not name are refused; the path
/// at which a customer is retrieved (inferred).
///
/// Source: https://docs.glomopay.com/api-documentation/apis/openapi/customer/createcustomer.md and
/// https://docs.glomopay.com/api-documentation/validations.
inline Processor glomopay() {
  using detail::glomopay_field;
  const std::string bad_request = R"({"error":"Bad Request","message":"{{message}}"})";
  const std::string plain = R"({"message":"{{message}}"})";

  return {
      .name = "glomopay",
      .credentials = {{.text = "fake.jwt.0001"},
                      {.text = "fake.jwt.0002", .can_read = false, .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/api/v1/customer",
               .body = Body::json,
               .content_types = {"application/json"},
               .fields = {glomopay_field("name", "Name",
                                         {.required = true, .check = detail::is_glomopay_name}),
                          glomopay_field("customer_type", "Customer type",
                                         {.required = true, .one_of = {"individual", "business"}}),
                          glomopay_field("email", "Email",
                                         {.required = true, .format = Format::email}),
                          glomopay_field("phone", "Phone"),
                          glomopay_field("dob", "Dob", {.check = detail::is_glomopay_date}),
                          glomopay_field("nationality", "Nationality",
                                         {.format = Format::country_alpha3}),
                          glomopay_field("address", "Address", {.required = true}),
                          glomopay_field("city", "City", {.required = true}),
                          glomopay_field("state", "State", {.required = true}),
                          glomopay_field("country", "Country",
                                         {.required = true, .format = Format::country_alpha3}),
                          glomopay_field("pincode", "Pincode")},
               .answer = {.status = 201, .body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "PATCH",
               .path = "/api/v1/customer/{id}",
               .body = Body::json,
               .content_types = {"application/json"},
               .fields = {glomopay_field("email", "Email", {.format = Format::email}),
                          glomopay_field("phone", "Phone", {.may_be_empty = true})},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/api/v1/customer",
               .answer = {.body = R"({"data":"{{customers}}","page_meta":{"current":"{{page}}",)"
                                  R"("previous":"{{previous_page}}","next":"{{next_page}}",)"
                                  R"("per_page":"{{limit}}","pages":"{{pages}}",)"
                                  R"("count":"{{total}}"}})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/api/v1/customer/{id}",
               .answer = {.body = R"("{{customer}}")"}},
          },
      .uniques = {{.fields = {"email", "country"}, .ignore_case = true}},
      .listing = {.filters = {{.name = "email_address",
                               .field = "email",
                               .match = Filter::Match::ignore_case},
                              {"customer_type", "customer_type"},
                              {.name = "before", .match = Filter::Match::created_before},
                              {.name = "after", .match = Filter::Match::created_after}},
                  .limit_name = "per_page",
                  .default_limit = 20,
                  .cut_limit = true,
                  .page_name = "page"},
      .id = "cust_************",
      .id_prefix = "cust_",
      .customer = R"({
        "id": "{{id}}",
        "name": "{{field name}}",
        "customer_type": "{{field customer_type}}",
        "email": "{{field email}}",
        "phone": "{{field phone}}",
        "dob": "{{field dob}}",
        "nationality": "{{field nationality}}",
        "address": "{{field address}}",
        "city": "{{field city}}",
        "state": "{{field state}}",
        "country": "{{field country}}",
        "pincode": "{{field pincode}}",
        "status": "active",
        "created_at": "{{created_time}}",
        "updated_at": "{{updated_time}}"
      })",
      .refusals =
          {
              {Case::invalid_value,
               {.status = 400,
                .body = bad_request,
                .message = "Validation failed: {{param}} is invalid"}},
              {Case::malformed_body,
               {.status = 400, .body = bad_request, .message = "The body is not a JSON object"}},
              {Case::unauthorized, {.status = 401, .body = plain, .message = "Unauthorized"}},
              {Case::forbidden,
               {.status = 403,
                .body = R"({"error":"Forbidden","message":"{{message}}"})",
                .message = "This address is not allowed"}},
              {Case::not_found,
               {.status = 404,
                .body = R"({"error":"Not Found","message":"{{message}}"})",
                .message = "Customer not found"}},
              {Case::invalid_id,
               {.status = 400, .body = bad_request, .message = "Id must start with 'cust_'"}},
              {Case::no_route, {.status = 404, .body = R"({"error":"Not Found"})"}},
              {Case::duplicate_customer,
               {.status = 400,
                .body = bad_request,
                .message = "Validation failed: Email has already been taken"}},
              {Case::rate_limited, {.status = 429, .body = plain, .message = "Too many requests"}},
              {Case::server_error,
               {.status = 500,
                .body = R"({"error":"Internal Server Error","message":"{{message}}"})",
                .message = "Something went wrong"}},
          },
  };
}

}  // namespace florin::testing
