// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

/// Whether a customer has what a filter asks for, whose value may hold operators.
inline bool payload_agrees(std::string_view asked, std::string_view has) {
  if (const auto bar = asked.find('|'); bar != std::string_view::npos)
    return payload_agrees(asked.substr(0, bar), has) || payload_agrees(asked.substr(bar + 1), has);
  const auto takes = [&asked](std::string_view mark) {
    if (!asked.starts_with(mark)) return false;
    asked.remove_prefix(mark.size());
    return true;
  };
  if (takes("?*"))
    return has.find(asked.substr(0, asked.size() - (asked.ends_with('*') ? 1 : 0))) !=
           std::string_view::npos;
  if (takes("!")) return has != asked;
  if (takes("<=")) return has <= asked;
  if (takes("<")) return has < asked;
  if (takes(">=")) return has >= asked;
  if (takes(">")) return has > asked;
  return has == asked;
}

/// What an update can change.
inline std::vector<Field> payload_fields() {
  const std::string contact = "contact_details.";
  const std::string address = contact + "address.";
  return {
      {.name = "name"},
      {.name = contact + "email", .max_length = 64, .format = Format::email},
      {.name = contact + "phone_number",
       .format = Format::digits,
       .check = [](std::string_view text) { return text.size() == 10; }},
      {.name = address + "address_line_1", .max_length = 128},
      {.name = address + "address_line_2", .max_length = 56},
      {.name = address + "city", .max_length = 56},
      {.name = address + "state_province", .max_length = 2},
      {.name = address + "postal_code", .max_length = 7},
      {.name = address + "country_code"},
  };
}

/// A list that is put in order by the parameter of this name.
inline Listing payload_listing(const std::string& order) {
  Listing listing{.default_limit = 100,
                  .max_limit = 1000,
                  .offset_name = "offset",
                  .direction_name = order,
                  .ascending = "created_at",
                  .descending = "desc(created_at)"};
  for (const auto& [name, field] : std::initializer_list<std::pair<const char*, const char*>>{
           {"type", "type"},
           {"name", "name"},
           {"contact_details[email]", "contact_details.email"},
           {"contact_details[phone_number]", "contact_details.phone_number"},
           {"attrs[merchant_customer_id]", "attrs.merchant_customer_id"}})
    listing.filters.push_back({.name = name, .field = field, .agrees = payload_agrees});
  return listing;
}

}  // namespace detail

/// Payload's accounts of the type `customer`, in version 2.0: create, retrieve, update, delete and
/// list.
///
/// Credentials, user names of HTTP Basic or bearer tokens: `test_secret_key_FAKE0001` may do
/// everything, `test_secret_key_FAKE0002` may only read. Without `X-API-Version` Payload speaks the
/// version that the account has; here it is required. Bodies are JSON; forms, which Payload takes
/// as well, are refused. Repeated requests are not recognised and equal customers are no
/// duplicates. Entries of `attrs` are texts.
///
/// A list is filtered by `type`, `name`, `contact_details[email]`, `contact_details[phone_number]`
/// and, of the attributes, `attrs[merchant_customer_id]`; operators within a value are heeded. Not
/// from the documents: that attributes can be filtered; that case matters; a `limit` of 100, of
/// 1000 at most; newest first without an `order_by`, which may be `created_at` or
/// `desc(created_at)`, also as `order_by[0]`.
///
/// Nor are: that an update replaces `contact_details` and `attrs` as wholes, and refuses what is
/// null or empty; the members of an answer other than those that are sent; that parameters which
/// the documents do not name are refused, and so are `external_uid`, `description` and `fields`,
/// which are not certain; the wordings; the answer to a missing version. The greatest length of
/// `name` is left out, since it is not certain.
///
/// Source: https://docs.payload.com/v2/api-reference/account, its neighbours, and Payload's client
/// libraries.
inline Processor payload() {
  const std::vector<std::string> json{"application/json"};
  const std::vector<MapField> attributes{{.prefix = "attrs", .max_total = 255}};
  const auto error = [](int status, const std::string& type, const std::string& message) {
    return Answer{.status = status,
                  .body = R"({"details":null,"error_description":"{{message}}",)"
                          R"("error_type":"{{code}}","object":"error"})",
                  .code = type,
                  .message = message};
  };
  const auto invalid = [](const std::string& message) {
    return Answer{.status = 400,
                  .body = R"({"details":"{{param_tree}}","error_description":"{{param_brackets}}",)"
                          R"("error_type":"{{code}}","object":"error"})",
                  .code = "InvalidAttributes",
                  .message = message};
  };
  const Answer list{.body = R"({"object":"list","values":"{{customers}}"})"};
  std::vector<Field> created = detail::payload_fields();
  created.insert(created.begin(), {.name = "type", .required = true, .one_of = {"customer"}});

  return {
      .name = "payload",
      .credentials = {{.text = "test_secret_key_FAKE0001"},
                      {.text = "test_secret_key_FAKE0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_user, Scheme::bearer}},
      .headers = {{.name = "X-API-Version",
                   .required = true,
                   .one_of = {"v2.0", "v2"},
                   .refusal = error(400, "BadRequest", "Only version v2.0 is served")}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/accounts",
               .body = Body::json,
               .content_types = json,
               .fields = created,
               .maps = attributes,
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/accounts",
               .selector = "order_by[0]",
               .answer = list,
               .listing = detail::payload_listing("order_by[0]")},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/accounts",
               .answer = list,
               .listing = detail::payload_listing("order_by")},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/accounts/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "PUT",
               .path = "/accounts/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = detail::payload_fields(),
               .maps = attributes,
               .replaced = {"contact_details", "attrs"},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/accounts/{id}",
               .answer = {.body = R"({"id":"{{id}}","object":"account"})"}},
          },
      .merchant_customer_id = "attrs.merchant_customer_id",
      .id = "acct_FAKE**********************",
      .customer = R"({
        "id": "{{id}}",
        "object": "account",
        "type": "customer",
        "name": "{{field name}}",
        "contact_details": {
          "email": "{{field contact_details.email}}",
          "phone_number": "{{field contact_details.phone_number}}",
          "address": {
            "address_line_1": "{{field contact_details.address.address_line_1}}",
            "address_line_2": "{{field contact_details.address.address_line_2}}",
            "city": "{{field contact_details.address.city}}",
            "state_province": "{{field contact_details.address.state_province}}",
            "postal_code": "{{field contact_details.address.postal_code}}",
            "country_code": "{{field contact_details.address.country_code}}"
          }
        },
        "attrs": "{{map attrs}}",
        "created_at": "{{created_time %Y-%m-%d %H:%M:%S}}",
        "modified_at": "{{updated_time %Y-%m-%d %H:%M:%S}}"
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("Invalid")},
              {Case::missing_field, invalid("Required")},
              {Case::too_long, invalid("Too long")},
              {Case::unknown_parameter, invalid("Unknown attribute")},
              {Case::malformed_body, error(400, "BadRequest", "The body is not a JSON object")},
              {Case::unauthorized, error(401, "Unauthorized", "Invalid API key")},
              {Case::forbidden, error(403, "NotPermitted", "The key may not do this")},
              {Case::not_found, error(404, "NotFound", "Not found")},
              {Case::rate_limited, error(429, "TooManyRequests", "Too many requests")},
              {Case::server_error, error(500, "InternalServerError", "Internal server error")},
          },
  };
}

}  // namespace florin::testing
