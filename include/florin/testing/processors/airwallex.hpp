// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline Action airwallex_write(Operation operation, std::string path, int status) {
  return {.operation = operation,
          .method = "POST",
          .path = std::move(path),
          .body = Body::json,
          .content_types = {"application/json"},
          .fields = {{.name = "request_id", .max_length = 64, .required = true},
                     {.name = "merchant_customer_id",
                      .max_length = 64,
                      .required = operation == Operation::create},
                     {.name = "email", .max_length = 256, .format = Format::email},
                     {.name = "first_name", .max_length = 128},
                     {.name = "last_name", .max_length = 128},
                     {.name = "business_name", .max_length = 128},
                     {.name = "phone_number"},
                     {.name = "address.street", .max_length = 1000},
                     {.name = "address.city", .max_length = 100},
                     {.name = "address.state", .max_length = 100},
                     {.name = "address.postcode", .max_length = 10},
                     {.name = "address.country_code",
                      .format = Format::country_alpha2,
                      .required_with = "address."}},
          .maps = {{.prefix = "metadata", .max_entries = 50, .max_key = 50, .max_value = 500}},
          .replaced = {"address", "metadata"},
          .answer = {.status = status, .body = R"("{{customer}}")"}};
}

}  // namespace detail

/// Airwallex' payment acceptance customers: log in, create, retrieve, update, and list by
/// `merchant_customer_id`.
///
/// A `request_id` serves once: again, it is refused whatever comes with it. Duplicates are
/// recognised by `merchant_customer_id`; the answer does not tell the existing customer's id.
/// Unknown members are refused although the documents do not say so: they are misspelled ones. A
/// query's `_t`, which Airwallex' own Node client adds to every GET, is heeded by nobody. Lists are
/// newest first and match `merchant_customer_id` exactly (not from the documents). There is no
/// deletion. An update leaves what it does not send, replaces `address` and `metadata` as a whole,
/// clears nothing else, and is refused a `merchant_customer_id` that is taken (none of it from the
/// documents).
///
/// Credentials, as `client id:API key`: `FAKE_CLIENT_ID:FAKE_API_KEY` may do everything,
/// `FAKE_CLIENT_READER:FAKE_API_KEY` may only read. Each of them, together with an
/// `x-on-behalf-of`, has its own customers.
///
/// Source: https://www.airwallex.com/docs/api/payments/customers and
/// https://www.airwallex.com/docs/api/errors. Wordings are the sandbox's own where the documents
/// give none.
inline Processor airwallex() {
  const std::string problem = R"({"code":"{{code}}","message":"{{message}}","source":"{{param}}",)"
                              R"("trace_id":"{{request_id}}"})";
  const std::string plain = R"({"code":"{{code}}","message":"{{message}}"})";
  const std::string customers = "/api/v1/pa/customers";

  return {
      .name = "airwallex",
      .credentials = {{.text = "FAKE_CLIENT_ID:FAKE_API_KEY"},
                      {.text = "FAKE_CLIENT_READER:FAKE_API_KEY", .can_write = false}},
      .authentication = {.schemes = {Scheme::token}, .account_header = "x-on-behalf-of"},
      .headers = {{.name = "x-api-version",
                   .check =
                       [](std::string_view text) {
                         return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                                text.find_first_not_of("0123456789-") == std::string_view::npos;
                       },
                   .refusal = {.status = 400,
                               .body = problem,
                               .code = "validation_error",
                               .message = "{{param}} is not a version"}}},
      .actions =
          {
              {.operation = Operation::token,
               .method = "POST",
               .path = "/api/v1/authentication/login",
               .answer = {.status = 201,
                          .body = R"({"token":"{{token}}",)"
                                  R"("expires_at":"{{expires_time %Y-%m-%dT%H:%M:%S+0000}}"})"},
               .authentication = Authentication{.schemes = {Scheme::headers},
                                                .names = {"x-client-id", "x-api-key"}},
               .refusals = {{Case::unauthorized,
                             {.status = 401,
                              .body = plain,
                              .code = "credentials_invalid",
                              .message = "The client id or the API key is wrong"}}}},
              detail::airwallex_write(Operation::create, customers + "/create", 201),
              detail::airwallex_write(Operation::update, customers + "/{id}/update", 200),
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = customers + "/{id}",
               .unchecked = {"_t"},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = customers,
               .unchecked = {"_t"},
               .answer = {.body = R"({"has_more":"{{has_more}}","items":"{{customers}}"})"}},
          },
      .idempotency = {.carrier = Idempotency::Carrier::member,
                      .name = "request_id",
                      .max_length = 64,
                      .repeat = Idempotency::Repeat::refuse,
                      .mismatch = Idempotency::Mismatch::refuse},
      .uniques = {{.fields = {"merchant_customer_id"}}},
      .listing = {.filters = {{"merchant_customer_id", "merchant_customer_id"},
                              {.name = "from_created_at", .match = Filter::Match::created_from},
                              {.name = "to_created_at", .match = Filter::Match::created_until}},
                  .limit_name = "page_size",
                  .max_limit = 1000,
                  .cut_limit = true,
                  .page_name = "page_num",
                  .first_page = 0},
      .merchant_customer_id = "merchant_customer_id",
      .id = "cus_****************",
      .request_id = "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%",
      .token = "eyFAKE.****************.****************",
      .token_lifetime = std::chrono::minutes(30),
      .customer = R"({
        "id": "{{id}}",
        "request_id": "{{field request_id}}",
        "merchant_customer_id": "{{field merchant_customer_id}}",
        "first_name": "{{field first_name}}",
        "last_name": "{{field last_name}}",
        "business_name": "{{field business_name}}",
        "email": "{{field email}}",
        "phone_number": "{{field phone_number}}",
        "address": {
          "country_code": "{{field address.country_code}}",
          "state": "{{field address.state}}",
          "city": "{{field address.city}}",
          "street": "{{field address.street}}",
          "postcode": "{{field address.postcode}}"
        },
        "metadata": "{{map metadata if metadata}}",
        "client_secret": "{{random eyFAKE.****************.****************}}",
        "created_at": "{{created_time %Y-%m-%dT%H:%M:%S+0000}}",
        "updated_at": "{{updated_time %Y-%m-%dT%H:%M:%S+0000}}"
      })",
      .refusals =
          {
              {Case::invalid_value,
               {.status = 400,
                .body = problem,
                .code = "validation_error",
                .message = "{{param}} is not valid"}},
              {Case::missing_field,
               {.status = 400,
                .body = problem,
                .code = "validation_error",
                .message = "{{param}} must be provided"}},
              {Case::empty_value,
               {.status = 400,
                .body = problem,
                .code = "validation_error",
                .message = "{{param}} must not be empty"}},
              {Case::too_long,
               {.status = 400,
                .body = problem,
                .code = "validation_error",
                .message = "{{param}} is too long"}},
              {Case::malformed_body,
               {.status = 400,
                .body = plain,
                .code = "validation_error",
                .message = "The body is not a JSON object"}},
              {Case::unauthorized,
               {.status = 401,
                .body = plain,
                .code = "unauthorized",
                .message = "Access denied, authentication failed"}},
              {Case::forbidden,
               {.status = 403,
                .body = plain,
                .code = "forbidden",
                .message = "The key lacks the permission for this call"}},
              {Case::not_found,
               {.status = 404,
                .body = problem,
                .code = "resource_not_found",
                .message = "The resource with ID {{value}} cannot be found"}},
              {Case::no_route,
               {.status = 404, .body = plain, .code = "not_found", .message = "No such URL"}},
              {Case::duplicate_customer,
               {.status = 400,
                .body = problem,
                .code = "resource_already_exists",
                .message = "A customer with this {{param}} already exists"}},
              {Case::idempotency_mismatch,
               {.status = 400,
                .body = problem,
                .code = "duplicate_request",
                .message = "The request ID has already been used"}},
              {Case::rate_limited,
               {.status = 429,
                .body = R"({"code":"{{code}}","message":"{{message}}",)"
                        R"("trace_id":"{{request_id}}","details":{}})",
                .code = "too_many_requests",
                .message = "Rate Limit Exceeded."}},
              {Case::server_error,
               {.status = 500,
                .body = R"({"code":"{{code}}","message":"{{message}}",)"
                        R"("trace_id":"{{request_id}}"})",
                .code = "internal_error",
                .message = "An internal error occurred"}},
          },
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace florin::testing
