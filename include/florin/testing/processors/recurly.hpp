// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

using RecurlyRefusal = std::optional<std::pair<Case, std::string>>;

inline bool recurly_is_inactive(const Change& change) {
  const Parameter* const state = find(change.before, "state");
  return state != nullptr && state->value == "inactive";
}

/// Removes from a change's result all parameters within these.
inline void recurly_erase(const Change& change, const std::vector<std::string>& wholes) {
  std::erase_if(change.after, [&](const Parameter& field) {
    return std::any_of(wholes.begin(), wholes.end(),
                       [&](const std::string& whole) { return is_within(field.name, whole); });
  });
}

inline void recurly_redact(const Change& change) {
  recurly_erase(change, {"email", "first_name", "last_name", "username", "company", "vat_number",
                         "cc_emails", "address", "custom_fields"});
}

/// An empty list of custom fields changes nothing.
inline RecurlyRefusal recurly_update(const Change& change) {
  const Parameter* const fields = find(change.sent, "custom_fields");
  if (fields == nullptr) return std::nullopt;
  std::copy_if(change.before.begin(), change.before.end(), std::back_inserter(change.after),
               [](const Parameter& field) { return field.name.starts_with("custom_fields."); });
  return std::nullopt;
}

inline RecurlyRefusal recurly_deactivate(const Change& change) {
  if (recurly_is_inactive(change)) return std::pair(Case::invalid_state, std::string());
  const Parameter* const redacts = find(change.sent, "redact");
  if (redacts != nullptr && redacts->value == "true") recurly_redact(change);
  recurly_erase(change, {"redact", "deleted_at"});
  change.after.push_back({"state", "inactive"});
  change.after.push_back(
      {"deleted_at", utc_time(std::chrono::system_clock::now(), "%Y-%m-%dT%H:%M:%SZ")});
  return std::nullopt;
}

inline RecurlyRefusal recurly_reactivate(const Change& change) {
  if (!recurly_is_inactive(change)) return std::pair(Case::invalid_state, std::string());
  recurly_erase(change, {"state"});
  return std::nullopt;
}

/// What an update can change.
inline std::vector<Field> recurly_fields() {
  return {
      {.name = "username", .max_length = 255},
      {.name = "email",
       .max_length = 255,
       .format = Format::email,
       .complaints = {{Case::invalid_value, "validation", "Email is invalid"}}},
      {.name = "first_name", .max_length = 255},
      {.name = "last_name", .max_length = 255},
      {.name = "company", .max_length = 100},
      {.name = "vat_number", .max_length = 20},
      {.name = "cc_emails", .max_length = 255},
      {.name = "preferred_locale"},
      {.name = "preferred_time_zone"},
      {.name = "tax_exempt", .type = Type::boolean},
      {.name = "bill_to", .one_of = {"self", "parent"}},
      {.name = "parent_account_code"},
      {.name = "address.phone"},
      {.name = "address.street1", .max_length = 50},
      {.name = "address.street2", .max_length = 50},
      {.name = "address.city"},
      {.name = "address.region"},
      {.name = "address.postal_code"},
      {.name = "address.country", .format = Format::country_alpha2},
  };
}

inline std::string recurly_account() {
  return R"({
    "id": "{{id}}",
    "object": "account",
    "state": "{{field state|active}}",
    "hosted_login_token": "{{fixed FAKE****************************}}",
    "shipping_addresses": [],
    "has_live_subscription": false,
    "has_active_subscription": false,
    "has_future_subscription": false,
    "has_canceled_subscription": false,
    "has_paused_subscription": false,
    "has_past_due_invoice": false,
    "created_at": "{{created_time %Y-%m-%dT%H:%M:%SZ}}",
    "updated_at": "{{updated_time %Y-%m-%dT%H:%M:%SZ}}",
    "deleted_at": "{{field deleted_at}}",
    "code": "{{field code}}",
    "username": "{{field username}}",
    "email": "{{field email}}",
    "first_name": "{{field first_name}}",
    "last_name": "{{field last_name}}",
    "company": "{{field company}}",
    "tax_exempt": "{{field tax_exempt|false}}",
    "bill_to": "{{field bill_to|self}}",
    "address": {
      "phone": "{{field address.phone}}",
      "street1": "{{field address.street1}}",
      "street2": "{{field address.street2}}",
      "city": "{{field address.city}}",
      "region": "{{field address.region}}",
      "postal_code": "{{field address.postal_code}}",
      "country": "{{field address.country}}"
    },
    "billing_info": null,
    "custom_fields": "{{pairs custom_fields}}"
  })";
}

}  // namespace detail

/// Recurly's accounts, in version 2021-02-25: create, retrieve (by id or `code-` and the code),
/// update, deactivate, reactivate, redact and list.
///
/// Credentials, user names of HTTP Basic: `fakeapikey0001` may do everything, `fakeapikey0002` may
/// only read. A `code` is required, unique, also against deactivated accounts, and cannot be
/// changed. An update changes the custom fields that it names and removes those without a value. A
/// delete only deactivates: the account is read and listed as `inactive`, and refused a second one;
/// `redact` empties what is personal at once. An idempotency key counts for all methods, each path
/// by itself.
///
/// The list is filtered by `email`, `begin_time` and `end_time`; an empty `email`, `ids`, the order
/// by `updated_at` and states of subscriptions are not served, and updates and deletes take the id
/// alone. Values that look like numbers of cards, which Recurly refuses, are taken, and so is a
/// code of any characters.
///
/// Not from the documents: that a key with another body gives the first answer again (what makes it
/// the same does not name the body); that an update replaces `address` as a whole and clears by
/// null or an empty text; that a deactivated account can be changed; which types go with 401, 403
/// and 429; that case matters in an `email`; the wordings, except those of a taken code, an unknown
/// code and a missing version. Parameters that the documents do not name are refused, as they say.
///
/// \param custom_fields the names of custom fields that are set up on the site; empty: any
/// \param paths whether a list's `next` is a path, as the schema says; else it is a URL, as the
/// guide shows.
///
/// Source: https://recurly.com/developers/api/v2021-02-25 and Recurly's OpenAPI description.
inline Processor recurly(const std::vector<std::string>& custom_fields = {}, bool paths = false) {
  const std::string version = "application/vnd.recurly.v2021-02-25";
  const std::vector<std::string> json{"application/json"};
  MapField fields{.prefix = "custom_fields",
                  .max_key = 50,
                  .max_value = 255,
                  .pair_name = "name",
                  .pair_value = "value"};
  if (!custom_fields.empty())
    fields.key_check = [custom_fields](std::string_view name) {
      return std::find(custom_fields.begin(), custom_fields.end(), name) != custom_fields.end();
    };
  const auto error = [](int status, const std::string& type, const std::string& message,
                        const std::string& params = "[]") {
    return Answer{
        .status = status,
        .body = R"({"error":{"type":"{{code}}","message":"{{message}}","params":)" + params + "}}",
        .code = type,
        .message = message};
  };
  const auto invalid = [&](const std::string& what) {
    return error(422, "validation", "{{param_leaf}} " + what,
                 R"([{"param":"{{param}}","message":")" + what + R"("}])");
  };
  const auto unknown = [&](const std::string& by) {
    return error(404, "not_found", "Couldn't find Account with " + by + " = {{value}}",
                 R"([{"param":"account_id"}])");
  };
  const auto change = [&](std::string method, std::string behind, auto settle) {
    return Action{.operation = Operation::update,
                  .method = std::move(method),
                  .path = "/accounts/{id}" + behind,
                  .settle = settle,
                  .answer = {.body = R"("{{customer}}")"}};
  };
  const Answer taken = error(422, "validation", "Code has already been taken",
                             R"([{"param":"{{param}}","message":"has already been taken"}])");
  const Answer no_version{.status = 406,
                          .body = R"({"error":{"type":"{{code}}","message":"{{message}}",)"
                                  R"("acceptable_accept_headers":[")" +
                                  version + R"("]}})",
                          .code = "invalid_api_version",
                          .message = "Unknown Accept header."};
  Answer in_use = error(409, "simultaneous_request", "A request with this key is still running");
  in_use.headers = {{"Recurly-Should-Retry", "true"}, {"Retry-After", "1"}};

  std::vector<Field> created = detail::recurly_fields();
  created.insert(created.begin(), {.name = "code", .max_length = 50});
  Action deactivate = change("DELETE", "", detail::recurly_deactivate);
  deactivate.fields = {{.name = "redact", .type = Type::boolean}};
  deactivate.refusals = {
      {Case::invalid_state, error(422, "validation", "Account is already inactive")}};
  Action update = change("PUT", "", detail::recurly_update);
  update.body = Body::json;
  update.content_types = json;
  update.fields = detail::recurly_fields();
  update.maps = {fields};
  update.unchecked = {"billing_info"};
  update.refuse_empty = false;
  update.null_clears = true;
  update.clearable = {"address"};
  update.replaced = {"address"};

  return {
      .name = "recurly",
      .credentials = {{.text = "fakeapikey0001"}, {.text = "fakeapikey0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_user}},
      .headers = {{.name = "Accept",
                   .required = true,
                   .check =
                       [version](std::string_view value) {
                         return value.find(version) != std::string_view::npos;
                       },
                   .refusal = no_version}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/accounts",
               .body = Body::json,
               .content_types = json,
               .fields = created,
               .maps = {fields},
               .unchecked = {"billing_info", "shipping_addresses", "acquisition"},
               .any_of = {{"code"}},
               .refuse_empty = false,
               .null_clears = true,
               .answer = {.status = 201, .body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/accounts",
               .fields = {{.name = "sort", .one_of = {"created_at"}}},
               .answer = {.body = R"({"object":"list","has_more":"{{has_more}}","next":"{{)" +
                                  std::string(paths ? "next_path" : "next_link") +
                                  R"(}}","data":"{{customers}}"})"},
               .refusals = {{Case::invalid_value,
                             error(400, "bad_request", "{{param}} is not usable")}}},
              {.operation = Operation::find,
               .method = "GET",
               .path = "/accounts/code-{code}",
               .answer = {.body = R"("{{customer}}")"},
               .listing = Listing{.filters = {{"code", "code"}}, .eventual = false},
               .refusals = {{Case::not_found, unknown("code")}}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/accounts/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              update,
              deactivate,
              change("PUT", "/reactivate", detail::recurly_reactivate),
              change("PUT", "/redact",
                     [](const Change& redacted) {
                       detail::recurly_redact(redacted);
                       return detail::RecurlyRefusal();
                     }),
          },
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .methods = {"POST", "PUT", "PATCH", "DELETE"},
                      .per_path = true,
                      .max_length = 255,
                      .mismatch = Idempotency::Mismatch::replay,
                      .replay_headers = {{"Idempotency-Prior", "true"}}},
      .uniques = {{.fields = {"code"}}},
      .listing = {.filters = {{"email", "email"},
                              {.name = "begin_time", .match = Filter::Match::created_from},
                              {.name = "end_time", .match = Filter::Match::created_until}},
                  .default_limit = 20,
                  .max_limit = 200,
                  .from_name = "cursor",
                  .direction_name = "order"},
      .merchant_customer_id = "code",
      .id = "%%%%%%%%%%%%",
      .request_id = "%%%%%%%%-%%%%-4%%%-b%%%-%%%%%%%%%%%%",
      .customer = detail::recurly_account(),
      .refusals =
          {
              {Case::invalid_value, invalid("is invalid")},
              {Case::missing_field, invalid("can't be blank")},
              {Case::too_long, invalid("is too long")},
              {Case::invalid_key, invalid("is not a custom field of this site")},
              {Case::invalid_state, error(422, "validation", "Account is active")},
              {Case::unknown_parameter,
               error(400, "bad_request", "{{param}} is not a known parameter",
                     R"([{"param":"{{param}}"}])")},
              {Case::malformed_body, error(400, "bad_request", "The body is not a JSON object")},
              {Case::unsupported_media_type,
               error(415, "invalid_content_type", "Only application/json is read")},
              {Case::unauthorized, error(401, "unauthorized", "Invalid API key")},
              {Case::no_credentials, error(401, "invalid_api_key", "An API key is needed")},
              {Case::forbidden, error(403, "invalid_permissions", "The key may not do this")},
              {Case::not_found, unknown("id")},
              {Case::no_route, error(404, "not_found", "There is nothing at this path")},
              {Case::duplicate_customer, taken},
              {Case::idempotency_in_use, in_use},
              {Case::idempotency_invalid,
               error(400, "bad_request", "Idempotency-Key is empty or too long")},
              {Case::rate_limited, error(429, "rate_limited", "Rate limit exceeded")},
              {Case::server_error, error(500, "internal_server_error", "Internal server error")},
          },
      .answer_headers = {{"X-Request-Id", "{{request_id}}"},
                         {"Recurly-Version", "recurly.v2021-02-25"},
                         {"X-RateLimit-Limit", "400"},
                         {"X-RateLimit-Remaining", "399"},
                         {"X-RateLimit-Reset", "1767690300"}},
  };
}

}  // namespace florin::testing
