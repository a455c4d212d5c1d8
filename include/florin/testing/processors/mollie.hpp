// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

/// A customer, with a link to `page` of the documents; of a list's items: none.
inline std::string mollie_customer(const std::string& page = {}) {
  std::string links = R"({"self":{"href":"{{base}}/v2/customers/{{id}}",)"
                      R"("type":"application/hal+json"},"dashboard":{"href":)"
                      R"("https://www.mollie.com/dashboard/org_00000001/customers/{{id}}",)"
                      R"("type":"text/html"})";
  if (!page.empty())
    links += R"(,"documentation":{"href":"https://docs.mollie.com/reference/)" + page +
             R"(","type":"text/html"})";
  return R"({
    "resource": "customer",
    "id": "{{id}}",
    "mode": "test",
    "name": "{{field name}}",
    "email": "{{field email}}",
    "locale": "{{field locale}}",
    "metadata": "{{map metadata if metadata}}",
    "createdAt": "{{created_time %Y-%m-%dT%H:%M:%S+00:00}}",
    "_links": )" +
         links + "}}";
}

}  // namespace detail

/// Mollie's customers: create, retrieve, update, delete and list.
///
/// Credentials, bearer tokens: the key `test_FAKEfakeFAKEfakeFAKEfake0001` may do everything, the
/// organisation's token `access_FAKEfakeFAKEfakeFAKEfake0002` may only read. Nothing is required,
/// and equal e-mail addresses are no duplicates. An idempotency key counts for POST only. The list
/// has no filters; `from` names the customer with which a page begins; its links to other pages
/// have no `type` here.
///
/// Not from the documents: that an update clears by null, refuses an empty text and replaces
/// `metadata` as a whole; the wordings, except those of a wrong key, an unknown customer and too
/// many requests; that parameters which the documents do not name are refused, and `testmode`,
/// which must not come with a key, among them. The documents limit `metadata` to about 1 kB, here
/// to 1024 characters of JSON text; other metadata than an object of strings and null is refused.
///
/// \param gone whether a deleted customer is answered with 410, as Mollie's guide to errors has it;
/// else with 404, like an unknown one. The documents of the calls do not say which.
///
/// Source: https://docs.mollie.com/reference/create-customer, Mollie's OpenAPI description and its
/// guide to handling errors.
inline Processor mollie(bool gone = true) {
  const std::vector<std::string> json{"application/json"};
  const std::vector<Field> fields{
      {.name = "name"},
      {.name = "email",
       .format = Format::email,
       .check =
           [](std::string_view text) {
             // A domain beyond ASCII has to be Punycode.
             const std::string_view domain = text.substr(std::min(text.size(), text.find('@')));
             return std::all_of(domain.begin(), domain.end(),
                                [](char c) { return (c & 0x80) == 0; });
           }},
      {.name = "locale",
       .one_of = {"en_US", "en_GB", "nl_NL", "nl_BE", "de_DE", "de_AT", "de_CH", "de_LU",
                  "fr_FR", "fr_BE", "fr_LU", "es_ES", "ca_ES", "pt_PT", "it_IT", "nb_NO",
                  "sv_SE", "fi_FI", "da_DK", "is_IS", "hu_HU", "pl_PL", "lv_LV", "lt_LT"}}};
  const std::vector<MapField> metadata{{.prefix = "metadata", .max_total = 1024}};
  const auto error = [](int status, const std::string& title, std::string detail,
                        const std::string& page = "handling-errors",
                        const std::string& field = {}) {
    return Answer{.status = status,
                  .body = R"({"status":)" + std::to_string(status) + R"(,"title":")" + title +
                          R"(","detail":"{{message}}",)" + field +
                          R"("_links":{"documentation":{"href":)"
                          R"("https://docs.mollie.com/reference/)" +
                          page + R"(","type":"text/html"}}})",
                  .message = std::move(detail)};
  };
  const auto invalid = [&](std::string detail) {
    return error(422, "Unprocessable Entity", std::move(detail), "handling-errors",
                 R"("field":"{{param}}",)");
  };
  Answer wrong_method = error(405, "Method Not Allowed", "The method is not allowed here");
  wrong_method.headers = {{"Allow", "GET, POST, PATCH, DELETE"}};

  Processor processor{
      .name = "mollie",
      .credentials = {{.text = "test_FAKEfakeFAKEfakeFAKEfake0001"},
                      {.text = "access_FAKEfakeFAKEfakeFAKEfake0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/v2/customers",
               .body = Body::json,
               .content_types = json,
               .fields = fields,
               .maps = metadata,
               .null_clears = true,
               .clearable = {"metadata"},
               .answer = {.status = 201, .body = detail::mollie_customer("create-customer")}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/v2/customers",
               .answer = {.body =
                              R"({"count":"{{count}}",)"
                              R"("_embedded":{"customers":"{{customers}}"},"_links":{)"
                              R"("self":{"href":"{{self_link}}","type":"application/hal+json"},)"
                              R"("previous":{"href":"{{previous_link}}"},)"
                              R"("next":{"href":"{{next_link}}"},)"
                              R"("documentation":{"href":)"
                              R"("https://docs.mollie.com/reference/list-customers",)"
                              R"("type":"text/html"}}})"},
               .refusals = {{Case::invalid_value,
                             error(400, "Bad Request", "{{param}} has no usable value")}}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/v2/customers/{id}",
               .answer = {.body = detail::mollie_customer("get-customer")}},
              {.operation = Operation::update,
               .method = "PATCH",
               .path = "/v2/customers/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = fields,
               .maps = metadata,
               .null_clears = true,
               .clearable = {"metadata"},
               .replaced = {"metadata"},
               .answer = {.body = detail::mollie_customer("update-customer")}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/v2/customers/{id}",
               .answer = {.status = 204}},
          },
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .replay_headers = {{"Idempotent-Replayed", "true"}}},
      .listing = {.default_limit = 50,
                  .max_limit = 250,
                  .from_name = "from",
                  .direction_name = "sort",
                  .item = detail::mollie_customer()},
      .merchant_customer_id = "metadata.merchant_customer_id",
      .id = "cst_FAKE**********",
      .refusals =
          {
              {Case::invalid_value, invalid("{{param}} '{{value}}' is invalid")},
              {Case::unknown_parameter, invalid("{{param}} is not a known parameter")},
              {Case::too_long, invalid("{{param}} is too long")},
              {Case::malformed_body, error(400, "Bad Request", "The body is not a JSON object")},
              {Case::unsupported_media_type,
               error(415, "Unsupported Media Type", "The media type is not supported")},
              {Case::unauthorized,
               error(401, "Unauthorized Request",
                     "Missing authentication, or failed to authenticate", "authentication")},
              {Case::forbidden,
               error(403, "Forbidden", "The access token lacks the scope customers.write")},
              {Case::not_found,
               error(404, "Not Found", "No customer exists with token {{value}}.")},
              {Case::no_route, error(404, "Not Found", "There is nothing at this path")},
              {Case::wrong_method, wrong_method},
              {Case::idempotency_mismatch,
               error(400, "Bad Request",
                     "The idempotency key was used before with another request")},
              {Case::idempotency_in_use,
               error(409, "Conflict", "A request with this idempotency key is being processed")},
              {Case::rate_limited,
               error(429, "Too Many Requests",
                     "You have exceeded the rate limit. Please slow down your requests.",
                     "rate-limiting")},
              {Case::server_error,
               error(500, "Internal Server Error", "Something went wrong on our side")},
          },
      .content_type = "application/hal+json",
  };
  if (gone)
    processor.refusals[Case::removed] =
        error(410, "Gone", "The customer {{value}} is no longer available");
  return processor;
}

}  // namespace florin::testing
