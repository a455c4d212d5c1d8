// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/access.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

/// What Chargebee's documents leave open.
struct ChargebeeVariant {
  /// A deleted customer is read back with `deleted`; else it is unknown.
  bool reads_deleted = false;
  /// An update merges `meta_data` into what is stored; else it replaces it.
  bool merges_meta_data = false;
};

namespace detail {

/// Which key, behind the colon of a credential, is the user name of HTTP Basic.
inline std::optional<std::size_t> chargebee_key(const ReceivedRequest& request,
                                                std::span<const Credential> credentials) {
  const auto shown = request.header("Authorization");
  for (std::size_t i = 0; shown && i < credentials.size(); ++i) {
    const std::string& text = credentials[i].text;
    if (*shown == "Basic " + base64(text.substr(text.find(':') + 1) + ':')) return i;
  }
  return std::nullopt;
}

/// Whether a JSON array of texts holds one.
inline bool chargebee_holds(std::string_view array, std::string_view text) {
  const auto texts = decode_json(std::string("{\"in\":").append(array) + '}');
  return texts && std::any_of(texts->begin(), texts->end(), [&](const Parameter& each) {
           return each.is_string && each.value == text;
         });
}

/// A list in one of both orders.
inline Listing chargebee_listing(bool newest_first) {
  using Match = Filter::Match;
  Listing listing{
      .filters = {{.name = "id[in]", .field = "id", .agrees = chargebee_holds},
                  {.name = "id[not_in]",
                   .field = "id",
                   .agrees = [](std::string_view asked,
                                std::string_view has) { return !chargebee_holds(asked, has); }}},
      .after_name = "offset",
      .cursor_prefix = R"(["FAKE","100001"]&)",
      .newest_first = newest_first,
      .item = R"({"customer":"{{customer}}"})"};
  for (const std::string field : {"id", "email", "first_name", "last_name", "phone", "company"}) {
    listing.filters.push_back({field + "[is]", field});
    listing.filters.push_back({field + "[is_not]", field, Match::differs});
    listing.filters.push_back({field + "[starts_with]", field, Match::starts_with});
  }
  return listing;
}

/// What both a create and the first of the two updates take.
inline std::vector<Field> chargebee_fields() {
  return {{.name = "first_name", .max_length = 150},
          {.name = "last_name", .max_length = 150},
          {.name = "email", .max_length = 70, .format = Format::email},
          {.name = "phone", .max_length = 50},
          {.name = "company", .max_length = 250},
          {.name = "locale"},
          {.name = "preferred_currency_code"},
          {.name = "auto_collection", .one_of = {"on", "off"}},
          {.name = "net_term_days", .type = Type::integer},
          {.name = "taxability"},
          {.name = "invoice_notes", .max_length = 2000}};
}

/// What both a create and the second of the two updates take.
inline std::vector<Field> chargebee_billing() {
  std::vector<Field> fields{{.name = "vat_number", .max_length = 20}};
  for (const auto& [name, limit] :
       std::initializer_list<std::pair<const char*, std::size_t>>{{"first_name", 150},
                                                                  {"last_name", 150},
                                                                  {"email", 70},
                                                                  {"company", 250},
                                                                  {"phone", 50},
                                                                  {"line1", 150},
                                                                  {"line2", 150},
                                                                  {"line3", 150},
                                                                  {"city", 50},
                                                                  {"state_code", 50},
                                                                  {"state", 50},
                                                                  {"zip", 20}})
    fields.push_back({.name = std::string("billing_address[") + name + "]", .max_length = limit});
  fields.push_back({.name = "billing_address[country]", .format = Format::country_alpha2});
  return fields;
}

inline std::string chargebee_customer() {
  std::string address;
  for (const std::string part : {"first_name", "last_name", "email", "company", "phone", "line1",
                                 "line2", "line3", "city", "state_code", "state", "zip", "country"})
    address += '"' + part + R"(":"{{field billing_address[)" + part + R"(]}}",)";
  return R"({
    "id": "{{id}}",
    "first_name": "{{field first_name}}",
    "last_name": "{{field last_name}}",
    "email": "{{field email}}",
    "phone": "{{field phone}}",
    "company": "{{field company}}",
    "vat_number": "{{field vat_number}}",
    "auto_collection": "{{field auto_collection|on}}",
    "net_term_days": "{{field net_term_days|0}}",
    "allow_direct_debit": false,
    "created_at": "{{created}}",
    "created_from_ip": "{{field created_from_ip}}",
    "updated_at": "{{updated}}",
    "taxability": "{{field taxability|taxable}}",
    "locale": "{{field locale}}",
    "invoice_notes": "{{field invoice_notes}}",
    "pii_cleared": "active",
    "deleted": "{{removed|false}}",
    "object": "customer",
    "billing_address": {)" +
         address + R"(
      "validation_status": "{{fixed not_validated if billing_address[}}",
      "object": "{{fixed billing_address if billing_address[}}"
    },
    "card_status": "no_card",
    "promotional_credits": 0,
    "refundable_credits": 0,
    "excess_payments": 0,
    "unbilled_charges": 0,
    "preferred_currency_code": "{{field preferred_currency_code|USD}}",
    "meta_data": "{{map meta_data if meta_data}}"
  })";
}

}  // namespace detail

/// Chargebee's customers, in version 2: create, retrieve, update, `update_billing_info`, delete and
/// list.
///
/// Credentials, as `site:key`, the key as user name of HTTP Basic: `fakesite:test_FAKEKEY0001` may
/// do everything, `fakesite:test_FAKEKEY0002` may only read. The site is part of the host and is
/// not looked at. An `id` that is sent becomes the customer's, and a taken one is refused; equal
/// emails are no duplicates. The first update leaves what it does not send and takes neither
/// `billing_address` nor `vat_number`; `update_billing_info` removes of both what it does not send.
/// A key given with a delete is not looked at.
///
/// A delete, which Chargebee only schedules, is done at once: the customer is not listed any more,
/// a second delete is answered as one of an unknown customer, and the `id` is free again (the last
/// two are not from the documents).
///
/// A list is filtered by `is`, `is_not` and `starts_with` of `id`, `email`, `first_name`,
/// `last_name`, `phone` and `company`, and by `id[in]` and `id[not_in]`. `is_present`, the order by
/// `updated_at` and `include_deleted` are not served. It is oldest first without a `sort_by`, as
/// the guide to lists says; others have seen the newest first.
///
/// Not from the documents: that an empty value clears, and `meta_data={}` too, and that a create
/// ignores what is empty; which of two codes is meant for what is refused with 400, and that
/// unknown parameters are; that a key is the same for all paths, and one whose first request still
/// runs is answered as one with other parameters; that case matters in a filter; the wordings.
/// Entries of `meta_data` are texts. Left out: custom fields (`cf_...`), the name of a state that a
/// `state_code` fills in, the rules for a `zip`, and `resource_version`.
///
/// \param variant  what the documents leave open, to be tried both ways
///
/// Source: https://apidocs.chargebee.com/docs/api/customers, its pages on errors, idempotency and
/// lists, Chargebee's OpenAPI description and its client libraries.
inline Processor chargebee(const ChargebeeVariant& variant = {}) {
  const std::vector<std::string> form{"application/x-www-form-urlencoded"};
  const std::string customers = "/api/v2/customers";
  const auto error = [](int status, std::string code, std::string message,
                        const std::string& type = R"("type":"invalid_request",)",
                        const std::string& param = "{{param}}") {
    return Answer{.status = status,
                  .body = R"({"message":"{{message}}",)" + type +
                          R"("api_error_code":"{{code}}","param":")" + param + R"("})",
                  .code = std::move(code),
                  .message = std::move(message)};
  };
  const auto invalid = [&](const std::string& what) {
    return error(400, "param_wrong_value", "{{param}} : " + what);
  };
  const Answer customer{.body = R"({"customer":"{{customer}}"})"};
  const auto update = [&](const std::string& behind) {
    return Action{.operation = Operation::update,
                  .path = customers + "/{id}" + behind,
                  .body = Body::form,
                  .content_types = form,
                  .refuse_empty = false,
                  .answer = customer};
  };
  const auto list = [&](bool newest_first) {
    const std::string order = newest_first ? "sort_by[desc]" : "sort_by[asc]";
    return Action{.operation = Operation::list,
                  .method = "GET",
                  .path = customers,
                  .selector = newest_first ? order : "",
                  .fields = {{.name = order, .one_of = {"created_at"}}},
                  .answer = {.body = R"({"list":"{{customers}}","next_offset":"{{next_cursor}}"})"},
                  .listing = detail::chargebee_listing(newest_first)};
  };
  const std::vector<MapField> meta_data{{.prefix = "meta_data", .json_text = true}};

  Action create{.path = customers,
                .body = Body::form,
                .content_types = form,
                .fields = detail::chargebee_fields(),
                .maps = meta_data,
                .refuse_empty = false,
                .null_clears = true,
                .answer = customer};
  create.fields.push_back({.name = "id", .max_length = 50});
  create.fields.push_back({.name = "created_from_ip", .max_length = 50});
  for (Field& field : detail::chargebee_billing()) create.fields.push_back(std::move(field));
  Action change = update("");
  change.fields = detail::chargebee_fields();
  change.maps = meta_data;
  change.clearable = {"meta_data"};
  if (!variant.merges_meta_data) change.replaced = {"meta_data"};
  Action bill = update("/update_billing_info");
  bill.fields = detail::chargebee_billing();
  bill.forgotten = {"billing_address", "vat_number"};

  return {
      .name = "chargebee",
      .credentials = {{.text = "fakesite:test_FAKEKEY0001"},
                      {.text = "fakesite:test_FAKEKEY0002", .can_write = false}},
      .authentication = {.identify = detail::chargebee_key},
      .actions = {create,
                  list(true),
                  list(false),
                  {.operation = Operation::retrieve,
                   .method = "GET",
                   .path = customers + "/{id}",
                   .answer = customer},
                  change,
                  bill,
                  {.operation = Operation::remove,
                   .path = customers + "/{id}/delete",
                   .body = Body::form,
                   .content_types = form,
                   .fields = {{.name = "delete_payment_method", .type = Type::boolean}},
                   .answer = customer}},
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "chargebee-idempotency-key",
                      .max_length = 100,
                      .replay_headers = {{"chargebee-idempotency-replayed", "true"}}},
      .uniques = {{.fields = {"id"}}},
      .merchant_customer_id = "id",
      .id = "__test__****************",
      .chosen_id = "id",
      .customer = detail::chargebee_customer(),
      .removed = variant.reads_deleted ? customer : Answer{},
      .refusals =
          {
              {Case::invalid_value, invalid("is not valid")},
              {Case::missing_field, invalid("cannot be blank")},
              {Case::empty_value, invalid("cannot be blank")},
              {Case::too_long, invalid("is too long")},
              {Case::unknown_parameter,
               error(400, "invalid_request", "{{param}} is not a parameter")},
              {Case::malformed_body, error(400, "invalid_request", "The request is not a form")},
              {Case::duplicate_customer,
               error(400, "duplicate_entry",
                     "{{param}} : The value {{existing_id}} is already present.")},
              {Case::unauthorized, error(401, "api_authentication_failed",
                                         "Sorry, authentication failed. Invalid api key", {})},
              {Case::forbidden,
               error(403, "api_authorization_failed", "The api key may not do this", {})},
              {Case::not_found, error(404, "resource_not_found", "{{value}} not found",
                                      R"("type":"invalid_request",)", "customer_id")},
              {Case::no_route, error(404, "resource_not_found", "The resource was not found")},
              {Case::wrong_method,
               error(405, "http_method_not_supported", "The method is not supported")},
              {Case::invalid_state,
               error(409, "invalid_state_for_request", "The customer's state does not allow this")},
              {Case::idempotency_mismatch,
               error(422, "unable_to_process_request",
                     "The idempotency key was used with other parameters")},
              {Case::rate_limited,
               error(429, "api_request_limit_exceeded", "Request limit exceeded",
                     R"("type":"operation_failed",)")},
              {Case::server_error, error(500, "internal_error", "An internal error occurred", {})},
          },
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace florin::testing
