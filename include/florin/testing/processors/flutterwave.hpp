// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

/// What Flutterwave's documents leave open.
struct FlutterwaveVariant {
  /// Two customers may have one email; else a create with a taken one is refused.
  bool shares_emails = false;
  /// A taken email has the type `CUSTOMER_ALREADY_EXISTS` in place of `RESOURCE_CONFLICT`.
  bool names_customer = false;
  /// What is sent of `name`, `phone` and `address` has to be whole: all parts but the middle name
  /// and the second line.
  bool wants_whole_groups = false;
  /// An update has to give the email that the customer has; else it must not give any.
  bool wants_email = false;
  /// An update clears the groups that it leaves out.
  bool replaces_all = false;
  /// A search also finds addresses that begin with the one asked for, whatever the case.
  bool searches_prefix = false;
  /// A search that finds nobody has null in place of an empty list.
  bool finds_null = false;
};

namespace detail {

/// Whether the text is of the pattern that the documents give for addresses.
inline bool flutterwave_email(std::string_view text) {
  const auto only = [](std::string_view part, std::string_view others) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [others](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             others.find(c) != std::string_view::npos;
    });
  };
  const auto parts = [](std::string_view whole) {
    std::vector<std::string_view> all;
    for (std::size_t dot = 0; dot != std::string_view::npos; whole.remove_prefix(dot + 1)) {
      dot = whole.find('.');
      all.push_back(whole.substr(0, dot));
      if (dot == std::string_view::npos) break;
    }
    return all;
  };
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return false;
  for (const std::string_view part : parts(text.substr(0, at)))
    if (!only(part, "_+&*-")) return false;
  const auto labels = parts(text.substr(at + 1));
  for (const std::string_view label : labels)
    if (!only(label, "-")) return false;
  const std::string_view last = labels.back();
  return labels.size() > 1 && last.size() > 1 &&
         last.find_first_of("0123456789-") == std::string_view::npos;
}

inline bool flutterwave_dial_code(std::string_view text) {
  return !text.empty() && text.size() <= 3 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A key of idempotency, or an id for tracing.
inline bool flutterwave_length(std::string_view text) {
  return text.size() >= 12 && text.size() <= 255;
}

/// The groups that both a create and an update take.
inline std::vector<Field> flutterwave_groups(bool whole) {
  const std::string name = whole ? "name." : "";
  const std::string phone = whole ? "phone." : "";
  const std::string address = whole ? "address." : "";
  return {{.name = "name.first", .required_with = name},
          {.name = "name.middle"},
          {.name = "name.last", .required_with = name},
          {.name = "phone.country_code", .required_with = phone, .check = flutterwave_dial_code},
          {.name = "phone.number", .format = Format::digits, .required_with = phone},
          {.name = "address.line1", .required_with = address},
          {.name = "address.line2", .may_be_empty = true},
          {.name = "address.city", .required_with = address},
          {.name = "address.state", .required_with = address},
          {.name = "address.postal_code", .required_with = address},
          {.name = "address.country", .format = Format::country_alpha2, .required_with = address}};
}

}  // namespace detail

/// Flutterwave's customers, in version 4: get a token, create, retrieve, update, list and search by
/// email. Nothing is ever deleted.
///
/// Credentials, as `client id:client secret`: `fake-client-0001:fake-secret-0001` may do
/// everything, `fake-client-0002:fake-secret-0002` may only read. The token is issued at a path of
/// the sandbox's own, `/realms/flutterwave/protocol/openid-connect/token`, and lasts ten minutes. A
/// key that was used before gives the first answer again, whatever else is sent; a search, which a
/// key would give an old answer, does not look at one. `X-Trace-Id` is checked, but not echoed.
///
/// Not from the documents: that a taken email is refused (others have seen it); that `meta` is
/// taken by a create; that an update replaces the groups it sends as wholes and refuses what is
/// null or empty; that a key whose first request still runs gets a server error (no conflict of
/// keys is documented); that parameters which are not known are refused; that case matters in an
/// email; how a refused token, an unknown method and too many requests are answered; the wordings.
/// A phone has a dial code without a plus, and entries of `meta` are texts.
///
/// \param variant  what the documents leave open, to be tried both ways
///
/// Source: https://developer.flutterwave.com/docs, its pages on authentication, headers,
/// idempotency and errors, and https://flutterwaveinc.mintlify.app/v4-api-reference/customer.
inline Processor flutterwave(const FlutterwaveVariant& variant = {}) {
  const std::vector<std::string> json{"application/json"};
  const std::vector<std::string> groups{"name", "phone", "address", "meta"};
  const auto error = [](int status, std::string type, std::string code, std::string message) {
    return Answer{.status = status,
                  .body = R"({"status":"failed","error":{"type":")" + std::move(type) +
                          R"(","code":"{{code}}","message":"{{message}}","validation_errors":[]}})",
                  .code = std::move(code),
                  .message = std::move(message)};
  };
  const auto invalid = [](std::string message) {
    return Answer{.status = 400,
                  .body = R"({"status":"failed","error":{"type":"REQUEST_NOT_VALID",)"
                          R"("code":"{{code}}","message":"Request is not valid",)"
                          R"("validation_errors":[{"field_name":"{{param}}",)"
                          R"("message":"{{message}}"}]}})",
                  .code = "10400",
                  .message = std::move(message)};
  };
  const auto answer = [](int status, const std::string& message, const std::string& data) {
    return Answer{.status = status,
                  .body = R"({"status":"success","message":")" + message + "\"," + data + "}"};
  };
  const auto denied = [](int status, const std::string& name, const std::string& text) {
    return Answer{.status = status,
                  .body = R"({"error":")" + name + R"(","error_description":")" + text + R"("})"};
  };
  const std::string customer = R"("data":"{{customer}}")";
  const auto page = [](const std::string& customers) {
    return R"("meta":{"page_info":{"total":"{{total}}","current_page":"{{page}}",)"
           R"("total_pages":"{{pages}}"}},"data":"{{)" +
           customers + R"(}}")";
  };
  const std::vector<HeaderRule> keyed{{.name = "X-Idempotency-Key",
                                       .check =
                                           [](std::string_view key) {
                                             return detail::flutterwave_length(key) &&
                                                    std::all_of(key.begin(), key.end(), [](char c) {
                                                      return (c >= 'a' && c <= 'z') ||
                                                             (c >= 'A' && c <= 'Z') ||
                                                             (c >= '0' && c <= '9');
                                                    });
                                           },
                                       .refusal = invalid("must be 12 to 255 letters and digits")}};
  const Field size{.name = "size", .type = Type::any, .check = [](std::string_view text) {
                     const auto number = detail::whole_number(text);
                     return number && *number >= 10 && *number <= 50;
                   }};

  Action create{.path = "/customers",
                .body = Body::json,
                .content_types = json,
                .fields = detail::flutterwave_groups(variant.wants_whole_groups),
                .maps = {{.prefix = "meta"}},
                .answer = answer(201, "Customer created", customer),
                .headers = keyed};
  const Field email{.name = "email", .required = true, .check = detail::flutterwave_email};
  create.fields.push_back(email);
  Action update{.operation = Operation::update,
                .method = "PUT",
                .path = "/customers/{id}",
                .body = Body::json,
                .content_types = json,
                .fields = detail::flutterwave_groups(variant.wants_whole_groups),
                .maps = {{.prefix = "meta"}},
                .replaced = groups,
                .answer = answer(200, "Customer updated", customer)};
  if (variant.replaces_all) update.forgotten = groups;
  if (variant.wants_email) {
    update.fields.push_back(email);
    update.settle = [](const Change& change) -> std::optional<std::pair<Case, std::string>> {
      const Parameter* const sent = detail::find(change.sent, "email");
      const Parameter* const has = detail::find(change.before, "email");
      if (sent->value == has->value) return std::nullopt;
      return std::pair(Case::invalid_value, sent->name);
    };
  }
  const std::string none = variant.finds_null ? "some_customers" : "customers";
  Listing listing{.limit_name = "size", .max_limit = 50, .page_name = "page"};
  const Action list{.operation = Operation::list,
                    .method = "GET",
                    .path = "/customers",
                    .fields = {size},
                    .answer = answer(200, "Customers fetched", page("customers")),
                    .listing = listing};
  listing.filters = {{.name = "email", .field = "email"}};
  if (variant.searches_prefix)
    listing.filters.front().agrees = [](std::string_view asked, std::string_view has) {
      return detail::lower_case(has).starts_with(detail::lower_case(asked));
    };
  const Action search{.operation = Operation::list,
                      .path = "/customers/search",
                      .body = Body::json,
                      .content_types = json,
                      .fields = {{.name = "email", .required = true}, size},
                      .answer = answer(200, "Customers fetched", page(none)),
                      .listing = listing,
                      .headers = keyed};

  Processor processor{
      .name = "flutterwave",
      .credentials = {{.text = "fake-client-0001:fake-secret-0001"},
                      {.text = "fake-client-0002:fake-secret-0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::token}},
      .headers = {{.name = "X-Trace-Id",
                   .check = detail::flutterwave_length,
                   .refusal = invalid("must be 12 to 255 characters")}},
      .actions =
          {{.operation = Operation::token,
            .path = "/realms/flutterwave/protocol/openid-connect/token",
            .body = Body::form,
            .content_types = {"application/x-www-form-urlencoded"},
            .fields = {{.name = "grant_type", .required = true, .one_of = {"client_credentials"}},
                       {.name = "client_id"},
                       {.name = "client_secret"}},
            .answer = {.body = R"({"access_token":"{{token}}","expires_in":600,)"
                               R"("token_type":"Bearer"})"},
            .authentication = Authentication{.schemes = {Scheme::members},
                                             .names = {"client_id", "client_secret"}},
            .refusals =
                {{Case::unauthorized, denied(401, "invalid_client", "Invalid client credentials")},
                 {Case::invalid_value, denied(400, "invalid_request", "Invalid request")},
                 {Case::missing_field, denied(400, "invalid_request", "Invalid request")},
                 {Case::malformed_body, denied(400, "invalid_request", "Invalid request")}}},
           create,
           search,
           list,
           {.operation = Operation::retrieve,
            .method = "GET",
            .path = "/customers/{id}",
            .answer = answer(200, "Customer fetched", customer)},
           update},
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "X-Idempotency-Key",
                      .max_length = 255,
                      .mismatch = Idempotency::Mismatch::replay,
                      .replay_headers = {{"X-Idempotency-Cache-Hit", "true"}}},
      .merchant_customer_id = "meta.merchant_customer_id",
      .id = "cus_**********",
      .token = "fake-token-************************",
      .token_lifetime = std::chrono::minutes(10),
      .customer = R"({
        "id": "{{id}}",
        "address": {
          "line1": "{{field address.line1}}",
          "line2": "{{field address.line2}}",
          "city": "{{field address.city}}",
          "state": "{{field address.state}}",
          "postal_code": "{{field address.postal_code}}",
          "country": "{{field address.country}}"
        },
        "email": "{{field email}}",
        "name": {
          "first": "{{field name.first}}",
          "middle": "{{field name.middle}}",
          "last": "{{field name.last}}"
        },
        "phone": {
          "country_code": "{{field phone.country_code}}",
          "number": "{{field phone.number}}"
        },
        "meta": "{{map meta}}",
        "created_datetime": "{{created_time %Y-%m-%dT%H:%M:%S.637002170Z}}"
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("is not valid")},
              {Case::missing_field, invalid("must not be null")},
              {Case::empty_value, invalid("must not be blank")},
              {Case::unknown_parameter, invalid("is not known")},
              {Case::malformed_body,
               error(400, "REQUEST_NOT_VALID", "10400", "The body is not a JSON object")},
              {Case::unauthorized, error(401, "UNAUTHORIZED", "10401", "Unauthorized")},
              {Case::forbidden, error(403, "FORBIDDEN", "10403", "Forbidden")},
              {Case::not_found, error(404, "RESOURCE_NOT_FOUND", "10404", "Customer not found")},
              {Case::no_route, error(404, "RESOURCE_NOT_FOUND", "10404", "Resource not found")},
              {Case::rate_limited, {.status = 429}},
              {Case::server_error,
               error(500, "INTERNAL_SERVER_ERROR", "10500", "Internal server error")},
          },
  };
  processor.refusals[Case::idempotency_in_use] = processor.refusals[Case::server_error];
  if (!variant.shares_emails) {
    processor.uniques = {{.fields = {"email"}}};
    processor.refusals[Case::duplicate_customer] =
        error(409, variant.names_customer ? "CUSTOMER_ALREADY_EXISTS" : "RESOURCE_CONFLICT",
              "10409", "Customer already exists");
  }
  return processor;
}

}  // namespace florin::testing
