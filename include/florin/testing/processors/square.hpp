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

/// A date, not before the first version that clears by null.
inline bool square_version(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         text.find_first_not_of("0123456789-") == std::string_view::npos && text >= "2022-09-21";
}

inline bool square_phone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return text.size() >= 9 && text.size() <= 16 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

inline std::vector<Field> square_customer_fields() {
  return {
      {.name = "given_name", .max_length = 300},
      {.name = "family_name", .max_length = 300},
      {.name = "company_name", .max_length = 500},
      {.name = "nickname", .max_length = 100},
      {.name = "email_address",
       .max_length = 254,
       .format = Format::email,
       .complaints = {{Case::invalid_value, "INVALID_EMAIL_ADDRESS",
                       "Expected email_address to be a valid email address"}}},
      {.name = "phone_number",
       .check = square_phone,
       .complaints = {{Case::invalid_value, "INVALID_PHONE_NUMBER",
                       "Expected phone_number to be a valid phone number"}}},
      {.name = "reference_id", .max_length = 100},
      {.name = "note"},
      {.name = "birthday"},
      {.name = "tax_ids.eu_vat", .max_length = 20},
      {.name = "address.address_line_1"},
      {.name = "address.address_line_2"},
      {.name = "address.address_line_3"},
      {.name = "address.locality"},
      {.name = "address.administrative_district_level_1"},
      {.name = "address.postal_code"},
      {.name = "address.country", .format = Format::country_alpha2},
      {.name = "address.first_name"},
      {.name = "address.last_name"},
  };
}

/// An update makes the next version of the one it names, if it names one.
inline std::optional<std::pair<Case, std::string>> square_settle(const Change& change) {
  const std::string version = "version";
  const Parameter* const now = find(change.before, version);
  const Parameter* const sent = find(change.sent, version);
  const std::string current = now != nullptr ? now->value : "0";
  if (sent != nullptr && sent->value != current) return std::pair(Case::invalid_state, version);
  std::erase_if(change.after, [&](const Parameter& each) { return each.name == version; });
  change.after.push_back({version, std::to_string(std::stoul(current) + 1), false});
  return std::nullopt;
}

inline std::optional<std::pair<Case, std::string>> square_something(
    std::span<const Parameter> all) {
  if (std::any_of(all.begin(), all.end(), [](const Parameter& p) { return p.name != "version"; }))
    return std::nullopt;
  return std::pair(Case::missing_field, std::string());
}

inline Listing square_listing(const std::string& direction) {
  using Match = Filter::Match;
  const std::string filter = "query.filter.";
  Listing listing{.max_limit = 100, .newest_first = false, .direction_name = direction};
  listing.default_limit = 100;
  listing.after_name = "cursor";
  if (direction != "query.sort.order") return listing;
  listing.filters = {{filter + "reference_id.exact", "reference_id", Match::ignore_case},
                     {filter + "email_address.exact", "email_address", Match::ignore_case},
                     {filter + "phone_number.exact", "phone_number"},
                     {.name = filter + "created_at.start_at", .match = Match::created_from},
                     {.name = filter + "created_at.end_at", .match = Match::created_until}};
  return listing;
}

/// What the list and the search have in common.
inline Action square_listing_action(const std::string& sort_field, const std::string& sort_order) {
  return {
      .operation = Operation::list,
      .fields = {{.name = "limit",
                  .type = Type::integer,
                  .check = [](std::string_view text) { return text != "0" && text[0] != '-'; },
                  .complaints = {{Case::invalid_value, "VALUE_TOO_LOW", {}}}},
                 {.name = "count", .type = Type::boolean},
                 {.name = sort_field, .one_of = {"DEFAULT", "CREATED_AT"}},
                 {.name = sort_order, .one_of = {"ASC", "DESC"}}},
      .check = [](std::span<const Parameter> all) -> std::optional<std::pair<Case, std::string>> {
        const Parameter* const limit = find(all, "limit");
        if (limit == nullptr || (limit->value.size() <= 3 && std::stoul(limit->value) <= 100))
          return std::nullopt;
        return std::pair(Case::too_long, std::string("limit"));
      },
      .answer = {.body = R"({"customers":"{{some_customers}}","cursor":"{{next_cursor}}",)"
                         R"("count":"{{total if count=true}}"})"},
      .listing = square_listing(sort_order)};
}

}  // namespace detail

/// Square's customers: create, retrieve, update, delete, list and search.
///
/// Credentials, bearer tokens: `EAAAEFAKE-TOKEN-0001` may do everything, `EAAAEFAKE-TOKEN-0002` may
/// only read. Each has customers of its own. An `idempotency_key` in the body gives the first
/// answer again. Equal customers are no duplicates.
///
/// A request without `Square-Version` is refused, where Square would speak the version of the
/// application; so is one before 2022-09-21, where null does not clear.
///
/// A search filters by `exact` `reference_id`, `email_address` (whatever the case) and
/// `phone_number` and by `created_at`; `fuzzy` filters and `updated_at` are left out. Both the list
/// and the search are in order of creation, whatever the `field` of their sort, and have customers
/// without a name, an e-mail address and a phone number as well. Custom attributes, groups, merging
/// and the calls for several customers are left out.
///
/// Not from the documents: the status 400 of a used idempotency key; that too short a customer is
/// refused with `MISSING_REQUIRED_PARAMETER` and an update without a change with `NO_FIELDS_SET`;
/// that a `version` which is not the last is refused with 409 and `CONFLICT`; that null clears a
/// member of an address; that a deleted customer is as if it had never been; the answer to a wrong
/// version header; that what the documents do not name is refused; the wordings, except those of
/// wrong credentials and an unknown customer. An address has no limits here, as they are not known.
///
/// \param customer_not_found  an unknown customer is answered with 400 and `CUSTOMER_NOT_FOUND`, as
///                            an old table says, in place of 404 and `NOT_FOUND`.
///
/// Source: https://developer.squareup.com/reference/square/customers-api and Square's OpenAPI
/// description and client libraries.
inline Processor square(bool customer_not_found = false) {
  const std::vector<std::string> json{"application/json"};
  const std::string customers = "/v2/customers";
  const auto error = [](int status, const std::string& category, std::string code,
                        std::string detail, const std::string& field = {}) {
    return Answer{.status = status,
                  .body = R"({"errors":[{"category":")" + category +
                          R"(","code":"{{code}}","detail":"{{message}}")" +
                          (field.empty() ? "" : R"(,"field":")" + field + '"') + "}]}",
                  .code = std::move(code),
                  .message = std::move(detail)};
  };
  const auto invalid = [&](std::string code, std::string detail) {
    return error(400, "INVALID_REQUEST_ERROR", std::move(code), std::move(detail), "{{param}}");
  };
  const Answer customer{.body = R"({"customer":"{{customer}}"})"};
  std::vector<Field> created = detail::square_customer_fields();
  created.push_back({.name = "idempotency_key"});
  std::vector<Field> updated = detail::square_customer_fields();
  const Field version{.name = "version", .type = Type::integer};
  updated.push_back(version);
  const Answer conflict = error(409, "INVALID_REQUEST_ERROR", "CONFLICT",
                                "The version is not the last one.", "{{param}}");
  Action list = detail::square_listing_action("sort_field", "sort_order");
  list.method = "GET";
  list.path = customers;
  Action search = detail::square_listing_action("query.sort.field", "query.sort.order");
  search.path = customers + "/search";
  search.body = Body::json;
  search.content_types = json;
  for (Action* const each : {&list, &search})
    each->refusals = {{Case::too_long, invalid("VALUE_TOO_HIGH", "{{param}} is too high.")}};

  return {
      .name = "square",
      .credentials = {{.text = "EAAAEFAKE-TOKEN-0001"},
                      {.text = "EAAAEFAKE-TOKEN-0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .headers = {{.name = "Square-Version",
                   .required = true,
                   .check = detail::square_version,
                   .refusal = error(400, "INVALID_REQUEST_ERROR", "INVALID_SQUARE_VERSION_FORMAT",
                                    "Square-Version is not a version that is served.")}},
      .actions =
          {
              search,
              {.operation = Operation::create,
               .method = "POST",
               .path = customers,
               .body = Body::json,
               .content_types = json,
               .fields = created,
               .any_of = {{"given_name", "family_name", "company_name", "email_address",
                           "phone_number"}},
               .answer = customer},
              list,
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = customers + "/{id}",
               .answer = customer},
              {.operation = Operation::update,
               .method = "PUT",
               .path = customers + "/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = updated,
               .null_clears = true,
               .clearable = {"address", "tax_ids"},
               .check = detail::square_something,
               .settle = detail::square_settle,
               .answer = customer,
               .refusals = {{Case::missing_field, error(400, "INVALID_REQUEST_ERROR",
                                                        "NO_FIELDS_SET", "No fields are set.")},
                            {Case::invalid_state, conflict}}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = customers + "/{id}",
               .fields = {version},
               .answer = {.body = "{}"}},
          },
      .idempotency = {.carrier = Idempotency::Carrier::member, .name = "idempotency_key"},
      .merchant_customer_id = "reference_id",
      .id = "FLORINFAKE################",
      .customer = R"({
        "id": "{{id}}",
        "created_at": "{{created_time}}",
        "updated_at": "{{updated_time %Y-%m-%dT%H:%M:%SZ}}",
        "given_name": "{{field given_name}}",
        "family_name": "{{field family_name}}",
        "nickname": "{{field nickname}}",
        "company_name": "{{field company_name}}",
        "email_address": "{{field email_address}}",
        "address": {
          "address_line_1": "{{field address.address_line_1}}",
          "address_line_2": "{{field address.address_line_2}}",
          "address_line_3": "{{field address.address_line_3}}",
          "locality": "{{field address.locality}}",
          "administrative_district_level_1": "{{field address.administrative_district_level_1}}",
          "postal_code": "{{field address.postal_code}}",
          "country": "{{field address.country}}"
        },
        "phone_number": "{{field phone_number}}",
        "birthday": "{{field birthday}}",
        "reference_id": "{{field reference_id}}",
        "note": "{{field note}}",
        "preferences": {"email_unsubscribed": false},
        "creation_source": "THIRD_PARTY",
        "tax_ids": {"eu_vat": "{{field tax_ids.eu_vat}}"},
        "version": "{{field version|0}}"
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("INVALID_VALUE", "{{param}} is not valid.")},
              {Case::missing_field,
               invalid("MISSING_REQUIRED_PARAMETER", "Missing required parameter.")},
              {Case::empty_value, invalid("VALUE_EMPTY", "{{param}} must not be empty.")},
              {Case::too_long, invalid("VALUE_TOO_LONG", "{{param}} is too long.")},
              {Case::malformed_body, error(400, "INVALID_REQUEST_ERROR", "EXPECTED_JSON_BODY",
                                           "The request body is not a JSON object.")},
              {Case::unauthorized, error(401, "AUTHENTICATION_ERROR", "UNAUTHORIZED",
                                         "This request could not be authorized.")},
              {Case::expired_token, error(401, "AUTHENTICATION_ERROR", "ACCESS_TOKEN_EXPIRED",
                                          "The access token has expired.")},
              {Case::forbidden, error(403, "AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES",
                                      "The access token lacks a permission.")},
              {Case::not_found, customer_not_found
                                    ? error(400, "INVALID_REQUEST_ERROR", "CUSTOMER_NOT_FOUND",
                                            "Customer with ID `{{value}}` not found.")
                                    : error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND",
                                            "Customer with ID `{{value}}` not found.")},
              {Case::no_route, error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "No such path.")},
              {Case::idempotency_mismatch,
               error(400, "INVALID_REQUEST_ERROR", "IDEMPOTENCY_KEY_REUSED",
                     "The idempotency key was used with other parameters.")},
              {Case::rate_limited,
               error(429, "RATE_LIMIT_ERROR", "RATE_LIMITED", "Too many requests")},
              {Case::server_error,
               error(500, "API_ERROR", "INTERNAL_SERVER_ERROR", "An internal error occurred.")},
          },
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace florin::testing
