// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/stripe_query.hpp>
#include <florin/testing/processor.hpp>

#include <string>
#include <vector>

namespace florin::testing {

namespace detail {

inline std::vector<Field> stripe_customer_fields() {
  std::vector<Field> fields{
      {.name = "email",
       .max_length = 512,
       .format = Format::email,
       .complaints = {{Case::invalid_value, "email_invalid", "Invalid email address: {{value}}"}}},
      {.name = "name", .max_length = 256},
      {.name = "phone", .max_length = 20},
      {.name = "description", .max_length = 5000},
      {.name = "shipping[name]", .max_length = 5000, .required_with = "shipping["},
      {.name = "shipping[phone]", .max_length = 5000},
      {.name = "shipping[address][line1]", .max_length = 5000, .required_with = "shipping["},
      {.name = "preferred_locales[]", .repeatable = true},
      {.name = "tax_exempt", .one_of = {"none", "exempt", "reverse"}},
      {.name = "invoice_prefix",
       .max_length = 12,
       .check =
           [](std::string_view text) {
             return text.size() >= 3 &&
                    text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
                        std::string_view::npos;
           }},
      {.name = "balance", .type = Type::integer},
  };
  for (const char* part : {"line1", "line2", "city", "state", "postal_code", "country"}) {
    fields.push_back({.name = std::string("address[") + part + "]", .max_length = 5000});
    if (std::string_view(part) != "line1")
      fields.push_back(
          {.name = std::string("shipping[address][") + part + "]", .max_length = 5000});
  }
  return fields;
}

}  // namespace detail

/// Stripe's customers: create, retrieve, update, delete, list and search.
///
/// The search reads clauses on ``metadata['KEY']``, `email`, `name` and `phone`, joined by `AND` or
/// by `OR`; what else the query language has, such as `created`, is refused. `Sandbox::index_delay`
/// makes it lag behind, as Stripe's does; the list never does. Deleted customers are in neither,
/// and both are newest first (for the search the documents do not say so).
///
/// In an update an empty value clears; parts of an address that are not sent stay, and a deleted
/// customer is as good as unknown (not from the documents).
///
/// Credentials: `sk_test_EXAMPLE` may do everything, `rk_test_READONLY` may only read,
/// `rk_test_NOTHING` nothing. Each key, together with a `Stripe-Account`, has its own customers.
///
/// Source: https://docs.stripe.com/api/customers, https://docs.stripe.com/api/errors and
/// https://docs.stripe.com/api/idempotent_requests. Wordings are the sandbox's own where the
/// documents give none.
inline Processor stripe() {
  const std::vector<std::string> form{"application/x-www-form-urlencoded"};
  const std::vector<MapField> metadata{{.prefix = "metadata",
                                        .max_entries = 50,
                                        .max_key = 40,
                                        .max_value = 500,
                                        .forbidden_in_keys = "[]"}};
  const std::string problem =
      R"({"error":{"code":"{{code}}","message":"{{message}}","param":"{{param}}",)"
      R"("request_log_url":"https://dashboard.stripe.com/test/logs/{{request_id}}",)"
      R"("type":"invalid_request_error"}})";
  const std::string documented =
      R"({"error":{"code":"{{code}}","doc_url":"https://stripe.com/docs/error-codes/{{code_dashed}}",)"
      R"("message":"{{message}}","param":"{{param}}",)"
      R"("request_log_url":"https://dashboard.stripe.com/test/logs/{{request_id}}",)"
      R"("type":"invalid_request_error"}})";
  const std::string plain = R"({"error":{"message":"{{message}}","type":"invalid_request_error"}})";
  const std::string coded =
      R"({"error":{"code":"{{code}}","message":"{{message}}","type":"invalid_request_error"}})";
  const std::string idempotency =
      R"({"error":{"code":"{{code}}","message":"{{message}}","type":"idempotency_error"}})";
  const std::string removed = R"({"id":"{{id}}","object":"customer","deleted":true})";

  return {
      .name = "stripe",
      .credentials = {{.text = "sk_test_EXAMPLE"},
                      {.text = "rk_test_READONLY", .can_write = false},
                      {.text = "rk_test_NOTHING", .can_read = false, .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer, Scheme::basic_user},
                         .account_header = "Stripe-Account"},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/v1/customers",
               .body = Body::form,
               .content_types = form,
               .fields = detail::stripe_customer_fields(),
               .maps = metadata,
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/v1/customers",
               .answer = {.body = R"({"object":"list","url":"/v1/customers",)"
                                  R"("has_more":"{{has_more}}","data":"{{customers}}"})"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/v1/customers/search",
               .fields = {{.name = "query", .required = true}},
               .answer = {.body = R"({"object":"search_result","url":"/v1/customers/search",)"
                                  R"("has_more":"{{has_more}}","next_page":"{{next_cursor}}",)"
                                  R"("data":"{{customers}}"})"},
               .listing = Listing{.query_name = "query",
                                  .query = detail::stripe_query,
                                  .after_name = "page",
                                  .cursor_prefix = "FAKEpage_"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/v1/customers/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "POST",
               .path = "/v1/customers/{id}",
               .body = Body::form,
               .content_types = form,
               .fields = detail::stripe_customer_fields(),
               .maps = metadata,
               .refuse_empty = false,
               .clearable = {"address", "metadata", "shipping"},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/v1/customers/{id}",
               .answer = {.body = removed}},
          },
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .max_length = 255,
                      .replay_headers = {{"Idempotent-Replayed", "true"}},
                      .echo_header = "Idempotency-Key"},
      .listing = {.filters = {{"email", "email"},
                              {.name = "created[gt]", .match = Filter::Match::created_after},
                              {.name = "created[gte]", .match = Filter::Match::created_from},
                              {.name = "created[lt]", .match = Filter::Match::created_before},
                              {.name = "created[lte]", .match = Filter::Match::created_until}},
                  .after_name = "starting_after",
                  .before_name = "ending_before",
                  .eventual = false},
      .merchant_customer_id = "metadata[merchant_customer_id]",
      .id = "cus_**************",
      .request_id = "req_**************",
      .customer = R"({
        "id": "{{id}}",
        "object": "customer",
        "address": {
          "city": "{{field address[city]}}",
          "country": "{{field address[country]}}",
          "line1": "{{field address[line1]}}",
          "line2": "{{field address[line2]}}",
          "postal_code": "{{field address[postal_code]}}",
          "state": "{{field address[state]}}"
        },
        "balance": "{{field balance|0}}",
        "created": "{{created}}",
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": "{{field description}}",
        "email": "{{field email}}",
        "invoice_prefix": "{{field invoice_prefix|0FAKE123}}",
        "invoice_settings": {
          "custom_fields": null,
          "default_payment_method": null,
          "footer": null,
          "rendering_options": null
        },
        "livemode": false,
        "metadata": "{{map metadata}}",
        "name": "{{field name}}",
        "next_invoice_sequence": 1,
        "phone": "{{field phone}}",
        "preferred_locales": "{{all preferred_locales[]}}",
        "shipping": {
          "address": {
            "city": "{{field shipping[address][city]}}",
            "country": "{{field shipping[address][country]}}",
            "line1": "{{field shipping[address][line1]}}",
            "line2": "{{field shipping[address][line2]}}",
            "postal_code": "{{field shipping[address][postal_code]}}",
            "state": "{{field shipping[address][state]}}"
          },
          "name": "{{field shipping[name]}}",
          "phone": "{{field shipping[phone]}}"
        },
        "tax_exempt": "{{field tax_exempt|none}}",
        "test_clock": null
      })",
      .removed = {.body = removed},
      .refusals =
          {
              {Case::invalid_value,
               {.status = 400,
                .body = documented,
                .code = "parameter_invalid",
                .message = "Invalid value for {{param}}."}},
              {Case::missing_field,
               {.status = 400,
                .body = documented,
                .code = "parameter_missing",
                .message = "Missing required param: {{param}}."}},
              {Case::empty_value,
               {.status = 400,
                .body = documented,
                .code = "parameter_invalid_empty",
                .message = "The value of {{param}} is empty."}},
              {Case::unknown_parameter,
               {.status = 400,
                .body = documented,
                .code = "parameter_unknown",
                .message = "Unknown parameter: {{param}}"}},
              {Case::too_long,
               {.status = 400, .body = problem, .message = "The value of {{param}} is too long."}},
              {Case::too_many_entries,
               {.status = 400,
                .body = problem,
                .message = "Metadata can have up to 50 keys: {{param}}"}},
              {Case::invalid_key,
               {.status = 400,
                .body = problem,
                .message = "Metadata keys have 1 to 40 characters: {{param}}"}},
              {Case::repeated_parameter,
               {.status = 400,
                .body = problem,
                .message = "The parameter {{param}} was sent more than once."}},
              {Case::malformed_body,
               {.status = 400,
                .body = plain,
                .message = "Invalid request: the body is not application/x-www-form-urlencoded."}},
              {Case::unauthorized,
               {.status = 401,
                .body = plain,
                .message = "Invalid API Key provided: {{credential}}"}},
              {Case::no_credentials,
               {.status = 401, .body = plain, .message = "No API key was provided."}},
              {Case::forbidden,
               {.status = 403,
                .body = plain,
                .message = "The provided key does not have the required permissions for this "
                           "endpoint. Having the 'rak_customer_write' permission would allow this "
                           "request to continue."}},
              {Case::not_found,
               {.status = 404,
                .body = documented,
                .code = "resource_missing",
                .message = "No such customer: '{{value}}'"}},
              {Case::no_route,
               {.status = 404, .body = plain, .message = "Unrecognized request URL."}},
              {Case::idempotency_mismatch,
               {.status = 400,
                .body = idempotency,
                .message = "Keys for idempotent requests can only be used with the same "
                           "parameters they were first used with."}},
              {Case::idempotency_in_use,
               {.status = 409,
                .body = idempotency,
                .code = "idempotency_key_in_use",
                .message = "Another request with this idempotency key is in progress."}},
              {Case::idempotency_invalid,
               {.status = 400,
                .body = plain,
                .message = "An idempotency key has 1 to 255 characters."}},
              {Case::rate_limited,
               {.status = 429,
                .body = coded,
                .code = "rate_limit",
                .message = "Request rate limit exceeded."}},
              {Case::server_error,
               {.status = 500,
                .body = R"({"error":{"message":"{{message}}","type":"api_error"}})",
                .message = "An unknown error occurred."}},
          },
      .answer_headers = {{"Request-Id", "{{request_id}}"}},
  };
}

}  // namespace florin::testing
