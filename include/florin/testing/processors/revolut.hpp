// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/accepts.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace florin::testing {

namespace detail {

inline bool is_revolut_phone(std::string_view text) {
  return text.size() > 2 && text.size() < 17 && text.starts_with('+') &&
         has_format(Format::digits, text.substr(1));
}

/// `YYYY-MM-DD`.
inline bool is_revolut_date(std::string_view text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  return true;
}

inline bool is_revolut_id(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : hex_digit(text[i]) < 0)
      return false;
  return true;
}

/// A customer, with `more` members.
inline std::string revolut_customer(const std::string& more = {}) {
  return R"({
    "id": "{{id}}",
    "full_name": "{{field full_name}}",
    "email": "{{field email}}",
    "phone": "{{field phone}}",
    "created_at": "{{created_time %Y-%m-%dT%H:%M:%S.123456Z}}",
    "updated_at": "{{updated_time %Y-%m-%dT%H:%M:%S.123456Z}}")" +
         more + "}";
}

}  // namespace detail

/// Revolut's customers of the Merchant API: create, retrieve, update, delete and list.
///
/// Credential: the bearer token `sk_FAKEfakeFAKEfakeFAKEfake0001` may do everything,
/// `sk_FAKEfakeFAKEfakeFAKEfake0002` may only read. Repeated requests are not recognised and equal
/// customers are no duplicates. Revolut has no place for the caller's own reference, nor for
/// metadata: `StoredCustomer::merchant_customer_id` is always empty. The list is filtered by times
/// alone.
///
/// `Revolut-Api-Version` is required; one before 2024-09-01 has no customers and is answered with
/// 404.
///
/// Not from the documents: which of 400 and 422 goes with what, where both are possible: here 422
/// with values, 400 with what is missing, not JSON or not a UUID; the codes, except `forbidden`,
/// `bad_request` and `validation`, and that some are numbers without a message, which the schema
/// allows; that a deleted customer is unknown; that null and empty texts are refused; that
/// parameters which the documents do not name are refused; the list's order, newest first.
///
/// Source: https://developer.revolut.com/docs/api/merchant/operations/create-customer.md and
/// Revolut's OpenAPI descriptions.
inline Processor revolut() {
  const std::vector<std::string> json{"application/json"};
  const auto error = [](int status, const std::string& code, const std::string& message) {
    return Answer{.status = status,
                  .body = R"({"code":"{{code}}","message":"{{message}}",)"
                          R"("timestamp":1768472430000})",
                  .code = code,
                  .message = message};
  };
  const auto numbered = [](int status, const std::string& code) {
    return Answer{.status = status,
                  .body = R"({"code":)" + code + R"(,"timestamp":1768472430000})"};
  };
  const auto fields = [](bool required) -> std::vector<Field> {
    return {{.name = "full_name"},
            {.name = "email",
             .required = required,
             .format = Format::email,
             .complaints = {{Case::invalid_value, "validation",
                             "email must be a well-formed email address"}}},
            {.name = "phone", .check = detail::is_revolut_phone},
            {.name = "date_of_birth", .check = detail::is_revolut_date}};
  };
  const std::string whole = detail::revolut_customer(R"(,"payment_methods":[])");

  return {
      .name = "revolut",
      .credentials = {{.text = "sk_FAKEfakeFAKEfakeFAKEfake0001"},
                      {.text = "sk_FAKEfakeFAKEfakeFAKEfake0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .headers = {{.name = "Revolut-Api-Version",
                   .required = true,
                   .refusal = error(400, "bad_request", "Revolut-Api-Version is missing")},
                  {.name = "Revolut-Api-Version",
                   .one_of = {"2024-09-01", "2025-10-16", "2025-12-04", "2026-03-12", "2026-04-20"},
                   .refusal = error(404, "not_found", "Not found")},
                  {.name = "Accept",
                   .check = detail::accepts(json),
                   .refusal = error(406, "not_acceptable", "Only application/json is sent")}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/api/customers",
               .body = Body::json,
               .content_types = json,
               .fields = fields(true),
               .answer = {.status = 201, .body = detail::revolut_customer()}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/api/customers",
               .answer = {.body = R"({"next_page_token":"{{next_cursor}}",)"
                                  R"("customers":"{{customers}}"})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/api/customers/{id}",
               .answer = {.body = whole}},
              {.operation = Operation::update,
               .method = "PATCH",
               .path = "/api/customers/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = fields(false),
               .answer = {.body = whole}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/api/customers/{id}",
               .answer = {.status = 204}},
          },
      .listing = {.filters = {{.name = "from", .match = Filter::Match::created_from},
                              {.name = "to", .match = Filter::Match::created_until}},
                  .default_limit = 100,
                  .max_limit = 500,
                  .after_name = "page_token",
                  .item = detail::revolut_customer()},
      .id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .id_check = detail::is_revolut_id,
      .refusals =
          {
              {Case::invalid_value, error(422, "validation", "{{param}} is not valid")},
              {Case::missing_field, error(400, "bad_request", "{{param}} must not be null")},
              {Case::unknown_parameter, error(422, "validation", "{{param}} is not known")},
              {Case::malformed_body, error(400, "bad_request", "Invalid request")},
              {Case::unauthorized, error(401, "unauthorized", "The secret key is not valid")},
              {Case::no_credentials, numbered(401, "1004")},
              {Case::forbidden, error(403, "forbidden", "The requested operation is forbidden")},
              {Case::not_found, error(404, "not_found", "Customer not found")},
              {Case::invalid_id, error(400, "bad_request", "The id is not a UUID")},
              {Case::no_route, numbered(404, "1005")},
              {Case::wrong_method,
               error(405, "method_not_allowed", "This method is not allowed here")},
              {Case::rate_limited, error(429, "too_many_requests", "Too many requests")},
              {Case::server_error, numbered(500, "1000")},
          },
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace florin::testing
