// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

/// A field whose refusals have a code of their own.
inline Field mercadopago_field(std::string name, const std::string& code,
                               const std::string& message, Field field = {}) {
  field.name = std::move(name);
  for (const Case cause : {Case::invalid_value, Case::missing_field, Case::empty_value})
    field.complaints.push_back({cause, code, message});
  return field;
}

inline bool is_mercadopago_test_email(std::string_view text) {
  const std::string_view before = "test_payer_";
  const std::string_view behind = "@testuser.com";
  if (!text.starts_with(before) || !text.ends_with(behind)) return false;
  text.remove_prefix(before.size());
  if (text.size() < behind.size()) return false;
  text.remove_suffix(behind.size());
  return text.size() <= 10 && has_format(Format::digits, text);
}

/// A number, a hyphen, letters and digits.
inline bool is_mercadopago_id(std::string_view text) {
  const std::string_view number = text.substr(0, text.find('-'));
  if (!has_format(Format::digits, number) || number.size() + 1 >= text.size()) return false;
  text.remove_prefix(number.size() + 1);
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

/// What an update can change.
inline std::vector<Field> mercadopago_fields() {
  return {
      mercadopago_field("first_name", "107", "the first_name is invalid."),
      mercadopago_field("last_name", "108", "the last_name is invalid."),
      mercadopago_field("phone.area_code", "109", "the phone.area_code is invalid."),
      mercadopago_field("phone.number", "110", "the phone.number is invalid."),
      mercadopago_field("identification.type", "111", "the identification.type is invalid."),
      mercadopago_field("identification.number", "112", "the identification.number is invalid."),
      mercadopago_field("address.zip_code", "113", "the address.zip_code is invalid."),
      mercadopago_field("address.street_name", "114", "the address.street_name is invalid."),
      {.name = "address.street_number", .type = Type::any},
      {.name = "address.city.name"},
      {.name = "address.id"},
      mercadopago_field("date_registered", "115", "the date_registered is invalid."),
      mercadopago_field("description", "116", "the description is invalid."),
  };
}

inline std::string mercadopago_customer(bool live) {
  const std::string address = R"("id": "{{fixed 116####### if address.}}",
      "zip_code": "{{field address.zip_code}}",
      "street_name": "{{field address.street_name}}",
      "street_number": "{{field address.street_number}}")";
  return R"({
    "id": "{{id}}",
    "email": "{{field email}}",
    "first_name": "{{field first_name}}",
    "last_name": "{{field last_name}}",
    "phone": {"area_code": "{{field phone.area_code}}", "number": "{{field phone.number}}"},
    "identification": {
      "type": "{{field identification.type}}",
      "number": "{{field identification.number}}"
    },
    "address": {)" +
         address + R"(},
    "date_registered": "{{field date_registered}}",
    "description": "{{field description}}",
    "date_created": "{{created_time %Y-%m-%dT%H:%M:%S.000+00:00}}",
    "date_last_updated": "{{updated_time %Y-%m-%dT%H:%M:%S.000+00:00}}",
    "metadata": "{{map metadata}}",
    "default_card": null,
    "default_address": "{{fixed 116####### if address.}}",
    "cards": [],
    "addresses": [{)" +
         address + R"(, "city": {"name": "{{field address.city.name}}"}}],
    "live_mode": )" +
         (live ? "true" : "false") + "}";
}

}  // namespace detail

/// Mercado Pago's customers: create, retrieve, update, delete and search.
///
/// Credentials, bearer tokens: `APP_USR-FAKEfakeFAKE0001` may do everything,
/// `APP_USR-FAKEfakeFAKE0002` may only read. No two customers may share an `email`, and none can
/// change it. A city is shown in `addresses` alone.
///
/// Not from the documents: that the case of an `email` matters, and that deleting the customer
/// frees it; that a key in `X-Idempotency-Key` is not recognised, for which nothing is promised
/// (the refusals of a used key are described, and never given); that an update replaces `phone`,
/// `address` and `metadata` as wholes and refuses what is null or empty; that a deleted customer is
/// unknown; that a search has 100 customers at most; that parameters which the documents do not
/// name are refused; the wordings, except those of a taken or malformed e-mail address and an
/// unknown customer; the answers to a wrong or weak token, too many requests and server errors but
/// for their status. Names are taken with any characters, where the documents speak of letters.
///
/// \param test_mode the credentials are
/// `TEST-0000000000000000-010100-fakefakefakefakefakefakefakefake-000000000` alone, with which an
/// `email` has to be like `test_payer_0001@testuser.com`.
///
/// Source: https://www.mercadopago.com.br/developers/pt/reference/customers/_customers/post/, its
/// neighbours, and Mercado Pago's client libraries.
inline Processor mercadopago(bool test_mode = false) {
  const std::vector<std::string> json{"application/json"};
  const std::vector<MapField> metadata{{.prefix = "metadata"}};
  const std::vector<std::string> cards{"default_card", "default_address"};
  const auto error = [](int status, const std::string& type, const std::string& message,
                        const std::string& cause = "[]") {
    return Answer{.status = status,
                  .body = R"({"message":"{{message}}","error":")" + type + R"(","status":)" +
                          std::to_string(status) + R"(,"cause":)" + cause + "}",
                  .message = message};
  };
  const auto invalid = [](const std::string& code, const std::string& message) {
    return Answer{.status = 400,
                  .body = R"({"message":"invalid parameters","error":"bad_request","status":400,)"
                          R"("cause":[{"code":"{{code}}","description":"{{message}}"}]})",
                  .code = code,
                  .message = message};
  };
  Answer taken = error(400, "bad_request", "the customer already exist.",
                       R"([{"code":"{{code}}","description":"{{message}}"}])");
  taken.code = "101";

  std::vector<Field> created{detail::mercadopago_field(
      "email", "106", "the email format is invalid.", {.required = true, .format = Format::email})};
  if (test_mode)
    created.front() =
        detail::mercadopago_field("email", "128", "the email is not one of a test user.",
                                  {.required = true, .check = detail::is_mercadopago_test_email});
  std::vector<Field> changed{
      detail::mercadopago_field("email", "126", "the email of a customer is fixed.",
                                {.check = [](std::string_view) { return false; }})};
  for (std::vector<Field>* const fields : {&created, &changed}) {
    auto rest = detail::mercadopago_fields();
    std::move(rest.begin(), rest.end(), std::back_inserter(*fields));
  }

  return {
      .name = "mercadopago",
      .credentials =
          test_mode
              ? std::vector<Credential>{{.text = "TEST-0000000000000000-010100-"
                                                 "fakefakefakefakefakefakefakefake-000000000"}}
              : std::vector<Credential>{{.text = "APP_USR-FAKEfakeFAKE0001"},
                                        {.text = "APP_USR-FAKEfakeFAKE0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/v1/customers",
               .body = Body::json,
               .content_types = json,
               .fields = created,
               .maps = metadata,
               .unchecked = cards,
               .answer = {.status = 201, .body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/v1/customers/search",
               .fields = {detail::mercadopago_field("email", "106", "the email format is invalid.",
                                                    {.required = true, .format = Format::email})},
               .answer = {.body = R"({"paging":{"limit":"{{limit}}",)"
                                  R"("offset":"{{offset}}","total":"{{total}}"},)"
                                  R"("results":"{{customers}}"})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/v1/customers/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "PUT",
               .path = "/v1/customers/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = changed,
               .maps = metadata,
               .unchecked = cards,
               .replaced = {"phone", "address", "metadata"},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/v1/customers/{id}",
               .answer = {.body = R"("{{customer}}")"}},
          },
      .uniques = {{.fields = {"email"}}},
      .listing = {.filters = {{"email", "email"}}, .cut_limit = true, .offset_name = "offset"},
      .merchant_customer_id = "metadata.merchant_customer_id",
      .id = "#########-**************",
      .id_check = detail::is_mercadopago_id,
      .customer = detail::mercadopago_customer(!test_mode),
      .refusals =
          {
              {Case::invalid_value, invalid("125", "the parameter {{param}} is invalid.")},
              {Case::invalid_key, invalid("117", "the metadata is invalid.")},
              {Case::malformed_body, invalid("118", "the body is not a JSON object.")},
              {Case::unauthorized, error(401, "unauthorized", "invalid access token")},
              {Case::no_credentials, invalid("100", "the credentials are required.")},
              {Case::forbidden, error(403, "forbidden", "the token may not do this")},
              {Case::not_found, error(404, "not_found", "customer not found", "[[]]")},
              {Case::invalid_id, invalid("105", "the customer id is invalid.")},
              {Case::no_route, error(404, "not_found", "resource not found")},
              {Case::wrong_method, error(405, "method_not_allowed", "method not allowed")},
              {Case::duplicate_customer, taken},
              {Case::idempotency_mismatch, error(409, "conflict", "the key was used before")},
              {Case::idempotency_in_use, error(423, "locked", "the key is in use")},
              {Case::rate_limited, error(429, "too_many_requests", "too many requests")},
              {Case::server_error, error(500, "internal_server_error", "internal error")},
          },
  };
}

}  // namespace florin::testing
