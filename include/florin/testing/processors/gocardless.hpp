// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline std::vector<Field> gocardless_customer_fields() {
  return {
      {.name = "customers.email", .format = Format::email},
      {.name = "customers.given_name"},
      {.name = "customers.family_name"},
      {.name = "customers.company_name"},
      {.name = "customers.phone_number"},
      {.name = "customers.address_line1"},
      {.name = "customers.address_line2"},
      {.name = "customers.address_line3"},
      {.name = "customers.city"},
      {.name = "customers.region"},
      {.name = "customers.postal_code"},
      {.name = "customers.country_code", .format = Format::country_alpha2},
      {.name = "customers.language",
       .one_of = {"en", "fr", "de", "pt", "es", "it", "nl", "da", "nb", "sl", "sv"}},
      {.name = "customers.swedish_identity_number"},
      {.name = "customers.danish_identity_number"},
  };
}

/// Both names or a company's; a customer in the United States has a state.
inline std::optional<std::pair<Case, std::string>> gocardless_customer_check(
    std::span<const Parameter> parameters) {
  const auto value = [&](std::string_view name) {
    const auto at = std::find_if(parameters.begin(), parameters.end(),
                                 [&](const Parameter& p) { return p.name == name; });
    return at == parameters.end() ? std::string_view() : std::string_view(at->value);
  };
  if (value("customers.company_name").empty())
    for (const char* const name : {"customers.given_name", "customers.family_name"})
      if (value(name).empty()) return std::pair(Case::missing_field, std::string(name));
  if (value("customers.country_code") != "US") return std::nullopt;
  const std::string_view region = value("customers.region");
  const bool letters = std::all_of(region.begin(), region.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
  if (region.size() == 2 && letters) return std::nullopt;
  return std::pair(region.empty() ? Case::missing_field : Case::invalid_value,
                   std::string("customers.region"));
}

/// What an update makes of a customer has to be one that could be created.
inline std::optional<std::pair<Case, std::string>> gocardless_settle(const Change& change) {
  const std::string fixed = "customers.swedish_identity_number";
  const Parameter* const before = find(change.before, fixed);
  const Parameter* const after = find(change.after, fixed);
  if (before != nullptr && (after == nullptr || after->value != before->value))
    return std::pair(Case::invalid_value, fixed);
  return gocardless_customer_check(change.after);
}

}  // namespace detail

/// GoCardless's customers: create, retrieve, update, delete and list, in version 2015-07-06.
///
/// Credentials, bearer tokens: `sandbox_FAKEfakeFAKEfake0001` may do everything,
/// `sandbox_FAKEfakeFAKEfake0002` may only read. An idempotency key that was used before, with
/// whatever data, is refused with the first customer's id. Equal e-mail addresses are no
/// duplicates.
///
/// The list, which has no filter by what a customer is, takes times, `sort_direction` and, as
/// `sort_field`, `created_at` only; not `currency` and `action_required`. An answer's `language` is
/// `en` unless one was sent, whatever the country.
///
/// Not from the documents: that an update clears by null or an empty text, `{}` in the case of
/// `metadata`; that deleting again is answered with 410, reading what was deleted with
/// 404; the wordings for a missing field, a wrong method, path or version; that parameters which
/// the documents do not name are refused; the form of `RateLimit-Reset`. Keys have no greatest
/// length and an e-mail address is not required, since these rules are not certain.
///
/// Source: https://developer.gocardless.com/api-reference and GoCardless's client libraries.
inline Processor gocardless() {
  const std::vector<std::string> json{"application/json"};
  const std::vector<MapField> metadata{
      {.prefix = "customers.metadata", .max_entries = 3, .max_key = 50, .max_value = 500}};
  const auto error = [](int status, const std::string& type, const std::string& page,
                        const std::string& errors) {
    return R"({"error":{"message":"{{message}}",)"
           R"("documentation_url":"https://developer.gocardless.com/api-reference#)" +
           page + R"(","type":")" + type + R"(",)" + errors +
           R"("request_id":"{{request_id}}","code":)" + std::to_string(status) + "}}";
  };
  const std::string reason = R"("errors":[{"reason":"{{code}}","message":"{{message}}"}],)";
  const std::string unusable =
      error(400, "invalid_api_usage", "invalid_document_structure",
            R"("errors":[{"message":"Root element must be an object."}],)");
  const auto usage = [&](int status, const std::string& code, const std::string& message) {
    return Answer{.status = status,
                  .body = error(status, "invalid_api_usage", code, reason),
                  .code = code,
                  .message = message};
  };
  const auto invalid = [&](const std::string& what) {
    return Answer{.status = 422,
                  .body = error(422, "validation_failed", "validation_failed",
                                R"("errors":[{"message":")" + what +
                                    R"(","field":"{{param_leaf}}",)"
                                    R"("request_pointer":"{{param_pointer}}"}],)"),
                  .message = "Validation failed"};
  };

  return {
      .name = "gocardless",
      .credentials = {{.text = "sandbox_FAKEfakeFAKEfake0001"},
                      {.text = "sandbox_FAKEfakeFAKEfake0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .headers = {{.name = "GoCardless-Version",
                   .required = true,
                   .one_of = {"2015-07-06"},
                   .refusal = usage(400, "invalid_api_usage", "Version 2015-07-06 is required")}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customers",
               .body = Body::json,
               .content_types = json,
               .fields = detail::gocardless_customer_fields(),
               .maps = metadata,
               .refuse_empty = false,
               .check = detail::gocardless_customer_check,
               .answer = {.status = 201, .body = R"({"customers":"{{customer}}"})"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/customers",
               .fields = {{.name = "sort_field", .one_of = {"created_at"}}},
               .answer = {.body = R"({"customers":"{{customers}}","meta":{"cursors":)"
                                  R"({"before":"{{previous_cursor|null}}",)"
                                  R"("after":"{{next_cursor|null}}"},"limit":"{{limit}}"}})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customers/{id}",
               .answer = {.body = R"({"customers":"{{customer}}"})"}},
              {.operation = Operation::update,
               .method = "PUT",
               .path = "/customers/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = detail::gocardless_customer_fields(),
               .maps = metadata,
               .refuse_empty = false,
               .null_clears = true,
               .clearable = {"customers.metadata"},
               .replaced = {"customers.metadata"},
               .settle = detail::gocardless_settle,
               .answer = {.body = R"({"customers":"{{customer}}"})"}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/customers/{id}",
               .answer = {.status = 204},
               .refusals = {{Case::removed, usage(410, "resource_removed", "Resource removed")}}},
          },
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .repeat = Idempotency::Repeat::refuse},
      .listing = {.filters = {{.name = "created_at[gt]", .match = Filter::Match::created_after},
                              {.name = "created_at[gte]", .match = Filter::Match::created_from},
                              {.name = "created_at[lt]", .match = Filter::Match::created_before},
                              {.name = "created_at[lte]", .match = Filter::Match::created_until}},
                  .default_limit = 50,
                  .max_limit = 500,
                  .after_name = "after",
                  .before_name = "before",
                  .cursor_prefix = "FAKEcursor_",
                  .direction_name = "sort_direction"},
      .merchant_customer_id = "customers.metadata.merchant_customer_id",
      .id = "CU0000########",
      .request_id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .customer = R"({
        "id": "{{id}}",
        "created_at": "{{created_time}}",
        "email": "{{field customers.email}}",
        "given_name": "{{field customers.given_name}}",
        "family_name": "{{field customers.family_name}}",
        "company_name": "{{field customers.company_name}}",
        "address_line1": "{{field customers.address_line1}}",
        "address_line2": "{{field customers.address_line2}}",
        "address_line3": "{{field customers.address_line3}}",
        "city": "{{field customers.city}}",
        "region": "{{field customers.region}}",
        "postal_code": "{{field customers.postal_code}}",
        "country_code": "{{field customers.country_code}}",
        "language": "{{field customers.language|en}}",
        "swedish_identity_number": "{{field customers.swedish_identity_number}}",
        "danish_identity_number": "{{field customers.danish_identity_number}}",
        "phone_number": "{{field customers.phone_number}}",
        "metadata": "{{map customers.metadata}}"
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("is invalid")},
              {Case::missing_field, invalid("is required")},
              {Case::malformed_body,
               {.status = 400, .body = unusable, .message = "Invalid document structure"}},
              {Case::unauthorized, usage(401, "unauthorized", "Unauthorized")},
              {Case::forbidden, usage(403, "insufficient_permissions", "Insufficient permissions")},
              {Case::not_found, usage(404, "resource_not_found", "Resource not found")},
              {Case::idempotency_mismatch,
               {.status = 409,
                .body = error(409, "invalid_state", "idempotent_creation_conflict",
                              R"("errors":[{"message":"{{message}}",)"
                              R"("links":{"conflicting_resource_id":"{{existing_id}}"},)"
                              R"("reason":"idempotent_creation_conflict"}],)"),
                .message = "A resource has already been created with this idempotency key"}},
              {Case::rate_limited,
               {.status = 429,
                .body = R"({"error":{"documentation_url":)"
                        R"("https://developer.gocardless.com/api-reference#rate_limit_exceeded",)"
                        R"("message":"{{message}}","type":"invalid_api_usage","code":429,)"
                        R"("errors":[{"reason":"rate_limit_exceeded","message":"{{message}}"}]}})",
                .message = "Rate limit exceeded"}},
              {Case::server_error,
               {.status = 500,
                .body = error(500, "gocardless", "internal_error", ""),
                .message = "Internal error"}},
          },
      .answer_headers = {{"X-Request-Id", "{{request_id}}"},
                         {"RateLimit-Limit", "1000"},
                         {"RateLimit-Remaining", "999"},
                         {"RateLimit-Reset", "Mon, 05 Jan 2026 08:01:00 GMT"}},
  };
}

}  // namespace florin::testing
