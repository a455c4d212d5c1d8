// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline bool payjp_flexible_id(std::string_view text) {
  return text.size() <= 100 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
             std::string_view::npos;
}

inline Action payjp_write(Operation operation, std::string path) {
  return {.operation = operation,
          .method = "POST",
          .path = std::move(path),
          .body = Body::form,
          .content_types = {"application/x-www-form-urlencoded"},
          .fields = {{.name = "email",
                      .format = Format::email,
                      .complaints = {{Case::invalid_value, "invalid_email", "Invalid email."}}},
                     {.name = "description"},
                     {.name = "card"}},
          .maps = {{.prefix = "metadata", .max_entries = 20, .max_value = 500}},
          .refuse_empty = false,
          .null_clears = true,
          .answer = {.body = R"("{{customer}}")"}};
}

inline std::string payjp_list_of(const std::string& what) {
  return R"({"count":0,"data":[],"has_more":false,"object":"list",)"
         R"("url":"/v1/customers/{{id}}/)" +
         what + "\"}";
}

}  // namespace detail

/// PAY.JP's customers, version 1: create, retrieve, update, delete and list.
///
/// Credential: `sk_test_FAKEKEY0001`, the user name of HTTP Basic. The account of `Payjp-Account`
/// has customers of its own. There is no idempotency key; an `id` that the caller chooses serves
/// once until its customer is deleted. Equal e-mail addresses are no duplicates. A `card` is taken
/// and does not come back.
///
/// Not from the documents: that an update merges `metadata` key by key, removes an entry by an
/// empty text, clears likewise, and is refused an `id`; that no text but a value of `metadata` is
/// too long; that more than 20 entries are counted in one request; that the `count` of a list is
/// that of its page; the `type` of refusals with 400 and 429; the answers to a wrong path or
/// method; all wordings.
///
/// \param missing_status  the status for an unknown customer: 404 or 400.
/// \param missing_code    the code for it: `invalid_id` or `not_found`. The documents leave open
///                        which of them come.
/// \param strict_ids      an `id` has at most 100 letters, digits, `_` and `-`, as the documents
///                        say of version 2. Else it is anything.
///
/// Source: https://pay.jp/docs/api and PAY.JP's client libraries.
inline Processor payjp(int missing_status = 404, std::string missing_code = "invalid_id",
                       bool strict_ids = false) {
  const std::string customers = "/v1/customers";
  const auto error = [](int status, std::string code, std::string message,
                        const std::string& type = "client_error") {
    return Answer{.status = status,
                  .body = R"({"error":{"code":"{{code}}","message":"{{message}}",)"
                          R"("param":"{{param}}","status":)" +
                          std::to_string(status) + R"(,"type":")" + type + R"("}})",
                  .code = std::move(code),
                  .message = std::move(message)};
  };
  const Answer no_query = error(400, "invalid_querystring", "Invalid query: {{param}}.");
  Action create = detail::payjp_write(Operation::create, customers);
  Field id{.name = "id",
           .complaints = {{Case::invalid_value, "invalid_flexible_id", "Invalid id."}}};
  if (strict_ids) id.check = detail::payjp_flexible_id;
  create.fields.push_back(std::move(id));
  Action update = detail::payjp_write(Operation::update, customers + "/{id}");
  update.fields.push_back({.name = "default_card"});
  update.check = [](std::span<const Parameter> all) {
    return all.empty() ? std::optional(std::pair(Case::missing_field, std::string()))
                       : std::nullopt;
  };

  return {
      .name = "payjp",
      .credentials = {{.text = "sk_test_FAKEKEY0001"}},
      .authentication = {.schemes = {Scheme::basic_user}, .account_header = "Payjp-Account"},
      .actions =
          {
              create,
              {.operation = Operation::list,
               .method = "GET",
               .path = customers,
               .answer = {.body = R"({"count":"{{count}}","data":"{{customers}}",)"
                                  R"("has_more":"{{has_more}}","object":"list",)"
                                  R"("url":"/v1/customers"})"},
               .refusals = {{Case::unknown_parameter, no_query}, {Case::invalid_value, no_query}}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = customers + "/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              update,
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = customers + "/{id}",
               .answer = {.body = R"({"deleted":true,"id":"{{id}}","livemode":false})"}},
          },
      .uniques = {{.fields = {"id"}}},
      .listing = {.filters = {{.name = "since", .match = Filter::Match::created_from},
                              {.name = "until", .match = Filter::Match::created_until}},
                  .offset_name = "offset"},
      .merchant_customer_id = "id",
      .id = "cus_%%%%%%%%%%%%%%%%%%%%%%%%%%%%",
      .chosen_id = "id",
      .customer = R"({
        "cards": )" +
                  detail::payjp_list_of("cards") + R"(,
        "created": "{{created}}",
        "default_card": "{{field default_card}}",
        "description": "{{field description}}",
        "email": "{{field email}}",
        "id": "{{id}}",
        "livemode": false,
        "metadata": "{{map metadata|null}}",
        "object": "customer",
        "subscriptions": )" +
                  detail::payjp_list_of("subscriptions") + "}",
      .refusals =
          {
              {Case::invalid_value, error(400, "invalid_param", "Invalid value: {{param}}.")},
              {Case::missing_field, error(400, "no_param", "There is no parameter.")},
              {Case::too_long,
               error(400, "invalid_metadata_value", "Invalid metadata value: {{param}}.")},
              {Case::too_many_entries,
               error(400, "too_many_metadata_keys", "There are too many metadata keys.")},
              {Case::invalid_key,
               error(400, "invalid_metadata_key", "Invalid metadata key: {{param}}.")},
              {Case::unknown_parameter,
               error(400, "invalid_param_key", "Invalid parameter: {{param}}.")},
              {Case::unauthorized,
               error(401, "invalid_api_key", "Invalid API Key: sk_test_********", "auth_error")},
              {Case::no_credentials,
               error(401, "no_api_key", "There is no API Key.", "auth_error")},
              {Case::not_found,
               error(missing_status, std::move(missing_code), "No such customer: {{value}}")},
              {Case::no_route, error(404, "not_found", "No such path.")},
              {Case::wrong_method,
               error(405, "not_allowed_method", "No such method.", "not_allowed_method_error")},
              {Case::duplicate_customer,
               error(400, "already_exist_id", "The specified id already exists.")},
              {Case::rate_limited, error(429, "over_capacity", "Too many requests.")},
              {Case::server_error,
               error(500, "payjp_wrong", "Something went wrong.", "server_error")},
          },
  };
}

}  // namespace florin::testing
