// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <string>
#include <vector>

namespace florin::testing {

namespace detail {

inline std::vector<Field> shift4_customer_fields() {
  return {
      {.name = "email", .format = Format::email},
      {.name = "phoneNumber"},
      {.name = "description"},
      {.name = "billing.name"},
      {.name = "billing.email"},
      {.name = "billing.phone"},
      {.name = "billing.vat"},
      {.name = "billing.address.line1"},
      {.name = "billing.address.line2"},
      {.name = "billing.address.zip"},
      {.name = "billing.address.city"},
      {.name = "billing.address.state"},
      {.name = "billing.address.country", .format = Format::country_alpha2},
  };
}

inline std::string shift4_customer() {
  return R"({
    "id": "{{id}}",
    "created": "{{created}}",
    "objectType": "customer",
    "email": "{{field email}}",
    "phoneNumber": "{{field phoneNumber}}",
    "description": "{{field description}}",
    "billing": {
      "name": "{{field billing.name}}",
      "email": "{{field billing.email}}",
      "phone": "{{field billing.phone}}",
      "vat": "{{field billing.vat}}",
      "address": {
        "line1": "{{field billing.address.line1}}",
        "line2": "{{field billing.address.line2}}",
        "zip": "{{field billing.address.zip}}",
        "city": "{{field billing.address.city}}",
        "state": "{{field billing.address.state}}",
        "country": "{{field billing.address.country}}"
      }
    },
    "metadata": "{{map metadata}}",
    "deleted": "{{removed}}"
  })";
}

}  // namespace detail

/// Shift4's customers (the interface that was SecurionPay's): create, retrieve, update, delete and
/// list.
///
/// Credential: `sk_test_EXAMPLE`, the user name of HTTP Basic. The merchant of `Shift4-Merchant`
/// has customers of its own. Equal e-mail addresses are no duplicates. There is no limit to any
/// length, as none is documented. A deleted customer can be read, with all its members, and neither
/// changed nor deleted again.
///
/// An update replaces `metadata` and, which is not from the documents, `billing` as a whole; that
/// it takes a `phoneNumber` and clears what is empty is not from the documents either.
///
/// Not from the documents: the answers to a wrong key and to a server error (their status is), the
/// wordings of all refusals but those of a missing e-mail address, an unknown customer and a used
/// idempotency key; that parameters which the documents do not name are refused; that lists have 10
/// customers without a `limit` and 100 at most, and heed `metadataKey` and `metadataValue`; that
/// filters heed the case. Bodies other than JSON, which Shift4 takes as well, are refused.
///
/// Source: https://dev.shift4.com/docs/api and Shift4's client libraries.
inline Processor shift4() {
  const std::vector<std::string> json{"application/json"};
  const std::vector<MapField> metadata{{.prefix = "metadata"}};
  const std::vector<std::string> cards{"card", "paymentMethod"};
  const std::string problem = R"({"error":{"type":"invalid_request","message":"{{message}}"}})";

  return {
      .name = "shift4",
      .credentials = {{.text = "sk_test_EXAMPLE"}},
      .authentication = {.schemes = {Scheme::basic_user}, .account_header = "Shift4-Merchant"},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customers",
               .body = Body::json,
               .content_types = json,
               .fields = detail::shift4_customer_fields(),
               .maps = metadata,
               .unchecked = cards,
               .any_of = {{"email"}},
               .refuse_empty = false,
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/customers",
               .fields = {{.name = "includeTotalCount", .type = Type::boolean}},
               .answer = {.body = R"({"list":"{{customers}}","hasMore":"{{has_more}}",)"
                                  R"("totalCount":"{{total if includeTotalCount=true}}"})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customers/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "POST",
               .path = "/customers/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = detail::shift4_customer_fields(),
               .maps = metadata,
               .unchecked = {"card", "paymentMethod", "defaultCardId", "defaultPaymentMethodId"},
               .refuse_empty = false,
               .clearable = {"metadata"},
               .replaced = {"billing", "metadata"},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/customers/{id}",
               .answer = {.body = R"({"id":"{{id}}"})"}},
          },
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .replay_headers = {{"Idempotent-Replayed", "true"}}},
      .listing =
          {.filters = {{"email", "email"},
                       {.name = "metadataValue", .field = "metadata", .key_name = "metadataKey"},
                       {.name = "created[gt]", .match = Filter::Match::created_after},
                       {.name = "created[gte]", .match = Filter::Match::created_from},
                       {.name = "created[lt]", .match = Filter::Match::created_before},
                       {.name = "created[lte]", .match = Filter::Match::created_until}},
           .cut_limit = true,
           .after_name = "startingAfterId",
           .before_name = "endingBeforeId",
           .removed_name = "deleted",
           .eventual = false},
      .merchant_customer_id = "metadata.merchant_customer_id",
      .id = "cust_************************",
      .customer = detail::shift4_customer(),
      .removed = {.body = R"("{{customer}}")"},
      .refusals =
          {
              {Case::invalid_value,
               {.status = 400, .body = problem, .message = "{{param}}: Invalid value."}},
              {Case::missing_field,
               {.status = 400, .body = problem, .message = "{{param}}: Must not be empty."}},
              {Case::unknown_parameter,
               {.status = 400, .body = problem, .message = "{{param}}: Unknown parameter."}},
              {Case::malformed_body,
               {.status = 400, .body = problem, .message = "The body is not a JSON object."}},
              {Case::unauthorized, {.status = 401, .body = problem, .message = "Unauthorized."}},
              {Case::not_found,
               {.status = 404, .body = problem, .message = "Customer '{{value}}' does not exist"}},
              {Case::no_route, {.status = 404, .body = problem, .message = "No such path."}},
              {Case::idempotency_mismatch,
               {.status = 400,
                .body = problem,
                .message = "Idempotent key used for request with different parameters."}},
              {Case::rate_limited,
               {.status = 429,
                .body = R"({"error":{"type":"rate_limit_error","message":"{{message}}"}})",
                .message = "Too many requests."}},
              {Case::server_error,
               {.status = 500,
                .body = R"({"error":{"type":"gateway_error","message":"{{message}}"}})",
                .message = "Internal error."}},
          },
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace florin::testing
