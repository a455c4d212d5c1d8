// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/access.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace florin::testing {

namespace detail {

/// The signature of a request: base64 of the hexadecimal HMAC-SHA256.
/// \param method  in lower case
/// \param target  path and query, as sent
inline std::string rapyd_signature(std::string_view method, std::string_view target,
                                   std::string_view salt, std::string_view timestamp,
                                   std::string_view access_key, std::string_view secret_key,
                                   std::string_view body) {
  std::string text;
  for (const std::string_view part :
       {method, target, salt, timestamp, access_key, secret_key, body})
    text += part;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret_key.data(), static_cast<int>(secret_key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return base64(hex);
}

/// Whether a JSON text is as the processor writes it again before it verifies the signature: no
/// blanks between tokens, no needless escapes, no zeros at the end of a fraction.
inline bool rapyd_canonical(std::string_view json) {
  bool quoted = false;
  bool fraction = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '"') quoted = false;
      if (c != '\\') continue;
      const std::string_view escape = json.substr(++i, 3);
      if (escape.empty() ||
          std::string_view("\"\\bfnrtu").find(escape[0]) == std::string_view::npos)
        return false;
      if (escape[0] == 'u' && escape != "u00") return false;
      if (escape[0] == 'u' && json.substr(i + 3, 1) != "0" && json.substr(i + 3, 1) != "1")
        return false;
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return false;
    const bool ends = c == ',' || c == '}' || c == ']';
    if (fraction && ends && json[i - 1] == '0') return false;
    if (c == '.') fraction = true;
    if (ends) fraction = false;
    if (c == '"') quoted = true;
  }
  return true;
}

/// Which credential has signed the request; none unless signature, salt and time are right.
inline std::optional<std::size_t> rapyd_signer(const ReceivedRequest& request,
                                               std::span<const Credential> credentials,
                                               std::int64_t now) {
  const auto header = [&](const char* name) {
    return request.header(name).value_or(std::string_view());
  };
  const std::string_view salt = header("salt");
  const std::string_view timestamp = header("timestamp");
  std::int64_t signed_at = 0;
  const char* const end = timestamp.data() + timestamp.size();
  const auto read = std::from_chars(timestamp.data(), end, signed_at);
  if (read.ec != std::errc() || read.ptr != end || signed_at > now || signed_at < now - 60)
    return std::nullopt;
  if (salt.size() < 8 || salt.size() > 16 || !rapyd_canonical(request.body)) return std::nullopt;
  const std::string method = lower_case(request.method);
  for (std::size_t i = 0; i < credentials.size(); ++i) {
    const std::string_view text = credentials[i].text;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || header("access_key") != text.substr(0, colon)) continue;
    const std::string right =
        rapyd_signature(method, request.target, salt, timestamp, text.substr(0, colon),
                        text.substr(colon + 1), request.body);
    if (header("signature") == right) return i;
  }
  return std::nullopt;
}

inline Action rapyd_write(Operation operation, std::string path) {
  Action action{.operation = operation,
                .method = "POST",
                .path = std::move(path),
                .body = Body::json,
                .content_types = {"application/json"},
                .fields = {{.name = "name", .required = operation == Operation::create},
                           {.name = "email", .max_length = 512, .format = Format::email},
                           {.name = "phone_number",
                            .check =
                                [](std::string_view text) {
                                  if (text.starts_with('+')) text.remove_prefix(1);
                                  return !text.empty() && text.size() <= 15 &&
                                         text.find_first_not_of("0123456789") ==
                                             std::string_view::npos;
                                }},
                           {.name = "description"},
                           {.name = "invoice_prefix"},
                           {.name = "business_vat_id"},
                           {.name = "addresses[0].name", .required_with = "addresses[0]."},
                           {.name = "addresses[0].line_1", .required_with = "addresses[0]."},
                           {.name = "addresses[0].country", .format = Format::country_alpha2}},
                .maps = {{.prefix = "metadata"}},
                .answer = {}};
  for (const char* part :
       {"line_2", "line_3", "city", "state", "zip", "phone_number", "canton", "district"})
    action.fields.push_back({.name = std::string("addresses[0].") + part});
  if (operation == Operation::create) return action;
  for (Field& field : action.fields) {
    if (field.name == "email")
      field.complaints = {{Case::invalid_value, "INVALID_CUSTOMER_EMAIL", {}}};
    if (field.name == "phone_number")
      field.complaints = {{Case::invalid_value, "INVALID_CUSTOMER_PHONE_NUMBER", {}}};
  }
  action.fields.push_back({.name = "addresses[0].id"});
  action.refuse_empty = false;
  action.clearable = {"addresses", "metadata"};
  action.replaced = {"addresses", "metadata"};
  action.check =
      [](std::span<const Parameter> parameters) -> std::optional<std::pair<Case, std::string>> {
    const Parameter* const name = find(parameters, "name");
    if (name == nullptr || !name->value.empty()) return std::nullopt;
    return std::pair(Case::empty_value, name->name);
  };
  return action;
}

}  // namespace detail

/// Rapyd's customers: create, retrieve, update, delete and list. Every request is signed; bodies
/// have to be written the way the processor writes them again to verify the signature.
///
/// One address is taken, and text in metadata. Nothing is recognised as a duplicate or, for
/// customers, as a repetition. A path that does not exist and a permission that is missing
/// have the same answer, `UNAUTHORIZED_API_CALL`. What was deleted cannot be read (not from the
/// documents), and deleting it again has an answer of its own.
///
/// An update replaces `addresses` and `metadata` as a whole, and a `name` cannot be cleared (not
/// from the documents).
///
/// The list is oldest first, as what the documents say of `starting_after` suggests, and reaches
/// back to the beginning, not 90 days. The code of a refused `limit` is not from the documents.
///
/// Credentials, as `access key:secret key`: `FAKEACCESSKEY0000000` with
/// `fakesecretkey000000000000000000000000` may do everything, `FAKEACCESSKEYREADER0` with
/// `fakesecretkey000000000000000000000001` may only read.
///
/// \param clock  the time in Unix seconds against which signatures are checked; empty: the
///               system's. Called from the sandbox's threads, one call at a time.
///
/// Source: https://docs.rapyd.net/en/request-signatures.html,
/// https://docs.rapyd.net/en/create-customer.html and
/// https://docs.rapyd.net/en/error-messages.html. Codes and wordings are the sandbox's own where
/// the documents give none.
inline Processor rapyd(std::function<std::int64_t()> clock = {}) {
  const std::string path = "/v1/customers";
  const auto answer = [](const std::string& data) {
    return Answer{.body = R"({"status":{"error_code":"","status":"SUCCESS","message":"",)"
                          R"("response_code":"","operation_id":"{{request_id}}"},"data":)" +
                          data + "}"};
  };
  const auto failure = [](int status, const std::string& code, const std::string& message) {
    return Answer{.status = status,
                  .body = R"({"status":{"error_code":")" + code +
                          R"(","status":"ERROR","message":")" + message + R"(","response_code":")" +
                          code + R"(","operation_id":"{{request_id}}"}})",
                  .code = code};
  };
  const Answer unsigned_call =
      failure(400, "MISSING_AUTHENTICATION_HEADERS", "The header {{param}} is missing or wrong.");
  const auto number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };

  Processor processor{
      .name = "rapyd",
      .credentials = {{.text = "FAKEACCESSKEY0000000:fakesecretkey000000000000000000000000"},
                      {.text = "FAKEACCESSKEYREADER0:fakesecretkey000000000000000000000001",
                       .can_write = false}},
      .authentication = {.identify =
                             [clock = std::move(clock)](const ReceivedRequest& request,
                                                        std::span<const Credential> credentials) {
                               const auto now = std::chrono::system_clock::now().time_since_epoch();
                               return detail::rapyd_signer(
                                   request, credentials,
                                   clock ? clock()
                                         : std::chrono::duration_cast<std::chrono::seconds>(now)
                                               .count());
                             }},
      .headers =
          {{.name = "access_key", .required = true, .refusal = unsigned_call},
           {.name = "salt", .required = true, .refusal = unsigned_call},
           {.name = "timestamp", .required = true, .check = number, .refusal = unsigned_call},
           {.name = "signature", .required = true, .refusal = unsigned_call}},
      .actions = {detail::rapyd_write(Operation::create, path),
                  {.operation = Operation::list,
                   .method = "GET",
                   .path = path,
                   .refusals = {{Case::invalid_value,
                                 failure(400, "INVALID_TOKENS_LIMIT", "{{param}} is not valid.")}}},
                  {.operation = Operation::retrieve, .method = "GET", .path = path + "/{id}"},
                  detail::rapyd_write(Operation::update, path + "/{id}"),
                  {.operation = Operation::remove,
                   .method = "DELETE",
                   .path = path + "/{id}",
                   .refusals = {{Case::removed, failure(400, "ERROR_DELETE_CUSTOMER",
                                                        "The customer was deleted before.")}}}},
      .listing = {.after_name = "starting_after",
                  .before_name = "ending_before",
                  .newest_first = false},
      .merchant_customer_id = "metadata.merchant_customer_id",
      .id = "cus_%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%",
      .request_id = "%%%%%%%%-%%%%-4%%%-8%%%-%%%%%%%%%%%%",
      .customer = R"({
        "id": "{{id}}",
        "delinquent": false,
        "discount": null,
        "name": "{{field name}}",
        "default_payment_method": "",
        "description": "{{field description}}",
        "email": "{{field email}}",
        "phone_number": "{{field phone_number}}",
        "invoice_prefix": "{{field invoice_prefix}}",
        "addresses": [{
          "id": "{{fixed address_%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%% if addresses}}",
          "name": "{{field addresses[0].name}}",
          "line_1": "{{field addresses[0].line_1}}",
          "line_2": "{{field addresses[0].line_2}}",
          "line_3": "{{field addresses[0].line_3}}",
          "city": "{{field addresses[0].city}}",
          "state": "{{field addresses[0].state}}",
          "country": "{{field addresses[0].country}}",
          "zip": "{{field addresses[0].zip}}",
          "phone_number": "{{field addresses[0].phone_number}}",
          "canton": "{{field addresses[0].canton}}",
          "district": "{{field addresses[0].district}}",
          "metadata": "{{map addresses[0].metadata if addresses}}",
          "created_at": "{{created if addresses}}"
        }],
        "payment_methods": {"data": [], "has_more": false, "total_count": 0,
                            "url": "/v1/customers/{{id}}/payment_methods"},
        "subscriptions": null,
        "created_at": "{{created}}",
        "metadata": "{{map metadata}}",
        "business_vat_id": "{{field business_vat_id}}",
        "ewallet": ""
      })",
      .refusals =
          {
              {Case::invalid_value,
               failure(400, "ERROR_CREATE_CUSTOMER", "{{param}} is not valid.")},
              {Case::missing_field, failure(400, "ERROR_CUSTOMER_DATA_MISSING - [{{param}}]", {})},
              {Case::malformed_body,
               failure(400, "ERROR_CREATE_CUSTOMER", "The body is not a JSON object.")},
              {Case::unauthorized,
               failure(401, "UNAUTHENTICATED_API_CALL",
                       "The signature does not match. Strip blanks and trailing zeros.")},
              {Case::forbidden, failure(401, "UNAUTHORIZED_API_CALL", {})},
              {Case::not_found, failure(400, "ERROR_GET_CUSTOMER", "The customer was not found.")},
              {Case::no_route, failure(401, "UNAUTHORIZED_API_CALL", {})},
              {Case::rate_limited, failure(429, "TOO_MANY_REQUESTS", {})},
              {Case::server_error, failure(500, "GENERAL_ERROR", {})},
          },
      .absent = Processor::Absent::empty,
  };
  processor.actions[3].refusals = {
      {Case::invalid_value,
       {.status = 400,
        .body = R"({"status":{"error_code":"{{code}}","status":"ERROR",)"
                R"("message":"{{param}} is not valid.","response_code":"{{code}}",)"
                R"("operation_id":"{{request_id}}"}})",
        .code = "ERROR_CREATE_CUSTOMER"}},
      {Case::empty_value, failure(400, "INVALID_CUSTOMER_NAME", "The name must not be empty.")}};
  for (Action& action : processor.actions)
    action.answer =
        answer(action.operation == Operation::list     ? R"("{{customers}}")"
               : action.operation == Operation::remove ? R"({"deleted":true,"id":"{{id}}"})"
                                                       : R"("{{customer}}")");
  return processor;
}

}  // namespace florin::testing
