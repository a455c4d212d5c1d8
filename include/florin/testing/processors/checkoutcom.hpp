// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/accepts.hpp>
#include <florin/testing/processor.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline std::vector<Field> checkoutcom_customer_fields(bool creates) {
  const auto between = [](std::size_t least, std::string_view others) {
    return [=](std::string_view text) {
      return text.size() >= least &&
             text.find_first_not_of(std::string("0123456789") + std::string(others)) ==
                 std::string_view::npos;
    };
  };
  return {
      {.name = "email",
       .max_length = 255,
       .required = creates,
       .format = Format::email,
       .complaints = {{Case::invalid_value, "email_invalid", {}},
                      {Case::too_long, "email_invalid", {}},
                      {Case::empty_value, creates ? "email_required" : "email_invalid", {}},
                      {Case::missing_field, "email_required", {}}}},
      {.name = "name",
       .max_length = 255,
       .complaints = {{Case::invalid_value, "name_invalid", {}},
                      {Case::too_long, "name_length_invalid", {}},
                      {Case::empty_value, "name_invalid", {}}}},
      {.name = "phone.country_code",
       .max_length = 7,
       .check = between(1, "+"),
       .complaints = {{Case::invalid_value, "country_phone_code_invalid", {}},
                      {Case::too_long, "country_phone_code_length_invalid", {}},
                      {Case::empty_value, "country_phone_code_length_invalid", {}}}},
      {.name = "phone.number",
       .max_length = 25,
       .check = between(6, " -"),
       .complaints = {{Case::invalid_value, "phone_number_invalid", {}},
                      {Case::too_long, "phone_number_length_invalid", {}},
                      {Case::empty_value, "phone_number_length_invalid", {}}}},
  };
}

inline Action checkoutcom_write(Operation operation, std::string method, std::string path) {
  return {.operation = operation,
          .method = std::move(method),
          .path = std::move(path),
          .body = Body::json,
          .content_types = {"application/json"},
          .fields = checkoutcom_customer_fields(operation == Operation::create),
          .maps = {{.prefix = "metadata", .max_entries = 10, .max_key = 100, .max_value = 100}},
          .unchecked = {"default", "instruments"}};
}

/// `vault`, or the part of it that is about customers, among words with blanks between.
inline bool checkoutcom_scope(std::string_view text) {
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (word == "vault" || word == "vault:customers") return true;
    text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
  }
  return false;
}

inline Action checkoutcom_token() {
  const auto denied = [](const std::string& error) {
    return Answer{.status = 400, .body = R"({"error":")" + error + "\"}"};
  };
  return {.operation = Operation::token,
          .method = "POST",
          .path = "/connect/token",
          .body = Body::form,
          .content_types = {"application/x-www-form-urlencoded"},
          .fields = {{.name = "grant_type", .required = true, .one_of = {"client_credentials"}},
                     {.name = "scope",
                      .required = true,
                      .check = checkoutcom_scope,
                      .complaints = {{Case::invalid_value, "invalid_scope", {}}}},
                     {.name = "client_id"},
                     {.name = "client_secret"}},
          .answer = {.body = R"({"access_token":"{{token}}","token_type":"Bearer",)"
                             R"("expires_in":3600})"},
          .authentication = Authentication{.schemes = {Scheme::basic_pair, Scheme::members},
                                           .names = {"client_id", "client_secret"}},
          .refusals = {
              {Case::unauthorized, denied("invalid_client")},
              {Case::no_credentials, denied("invalid_client")},
              {Case::invalid_value,
               {.status = 400, .body = R"({"error":"{{code}}"})", .code = "invalid_request"}}}};
}

}  // namespace detail

/// What the documents leave open of Checkout.com.
struct CheckoutcomOptions {
  /// Tokens for a client id and a secret, in place of secret keys.
  bool tokens = false;
  /// The status that refuses an e-mail address that is taken, 422 or 409; 0: it is not refused.
  int duplicate_status = 422;
  /// The code that refuses it: `customer_already_exists` or `email_in_use`.
  std::string duplicate_code = "customer_already_exists";
  /// An update adds entries to `metadata`, in place of replacing it as a whole.
  bool merges = false;
};

/// Checkout.com's customers: create, retrieve, update and delete, by id, and get by e-mail address.
///
/// Credentials, bearer tokens: `sk_sbox_fakefakefakefakefake0000` may do everything,
/// `sk_sbox_fakefakefakefakefake0001` may only read. With `CheckoutcomOptions::tokens`, as
/// `client id:client secret`: `fake_client_id:fake_client_secret` and
/// `fake_client_reader:fake_client_secret`, for tokens that are got at `/connect/token` of the same
/// host. Keys without `Bearer`, which old accounts have, are refused. There is no idempotency key.
///
/// A create is answered with the id alone, an update and a deletion with nothing, and so are
/// refusals with 401, 403 and 404. A calling code comes back without its plus. Of instruments
/// nothing is checked and nothing comes back.
///
/// Not from the documents: that two customers of one e-mail address are refused, and an address is
/// the same to the letter, also where it finds; that an update replaces `metadata` and `phone`, and
/// does not clear by null or an empty text; that `phone` is digits with blanks and hyphens; the
/// codes for a wrong name, too long an e-mail address, too many or too long metadata, and what the
/// documents do not name, which is refused; that a broken body gives 422; the `error_type` of a
/// rate limit; the text of a server error; the answer to a token request without a grant.
///
/// Source: Checkout.com's client libraries,
/// https://api-reference.cko-prod.ckotech.co/tag/Customers and
/// https://checkout.com/docs/payments/store-and-manage-credentials/store-credentials/customers.
inline Processor checkoutcom(const CheckoutcomOptions& options = {}) {
  const auto error = [](int status, std::string code, const std::string& type = "request_invalid") {
    return Answer{.status = status,
                  .body = R"({"request_id":"{{request_id}}","error_type":")" + type +
                          R"(","error_codes":["{{code}}"]})",
                  .code = std::move(code)};
  };
  const Answer whole{.body = R"("{{customer}}")"};
  Action create = detail::checkoutcom_write(Operation::create, "POST", "/customers");
  create.answer = {.status = 201, .body = R"({"id":"{{id}}"})"};
  Action update = detail::checkoutcom_write(Operation::update, "PATCH", "/customers/{id}");
  update.answer = {.status = 204};
  update.replaced = {"phone"};
  update.clearable = {"metadata"};
  if (!options.merges) update.replaced.push_back("metadata");

  Processor processor{
      .name = "checkoutcom",
      .credentials = {{.text = "sk_sbox_fakefakefakefakefake0000"},
                      {.text = "sk_sbox_fakefakefakefakefake0001", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .headers = {{.name = "Accept",
                   .check = detail::accepts({"application/json"}),
                   .refusal = {.status = 406}}},
      .actions = {create,
                  {.operation = Operation::find,
                   .method = "GET",
                   .path = "/customers/{email}",
                   .selects =
                       [](std::span<const Parameter> all) {
                         return all.back().value.find('@') != std::string::npos;
                       },
                   .answer = whole},
                  {.operation = Operation::retrieve,
                   .method = "GET",
                   .path = "/customers/{id}",
                   .answer = whole},
                  update,
                  {.operation = Operation::remove,
                   .method = "DELETE",
                   .path = "/customers/{id}",
                   .answer = {.status = 204}}},
      .listing = {.filters = {{"email", "email"}}, .limit_name = {}},
      .merchant_customer_id = "metadata.merchant_customer_id",
      .id = "cus_fake%%%%%%%%%%%%%%%%%%%%%%",
      .request_id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .token = "eyFAKE************************",
      .customer = R"({
        "id": "{{id}}",
        "email": "{{field email}}",
        "name": "{{field name}}",
        "phone": {
          "country_code": "{{digits phone.country_code}}",
          "number": "{{field phone.number}}"
        },
        "metadata": "{{map metadata}}",
        "instruments": []
      })",
      .refusals =
          {
              {Case::invalid_value, error(422, "request_body_invalid")},
              {Case::too_long, error(422, "metadata_value_invalid")},
              {Case::too_many_entries, error(422, "metadata_invalid")},
              {Case::invalid_key, error(422, "metadata_key_invalid")},
              {Case::malformed_body, error(422, "request_json_invalid")},
              {Case::unauthorized, {.status = 401}},
              {Case::forbidden, {.status = 403}},
              {Case::not_found, {.status = 404}},
              {Case::wrong_method, {.status = 405}},
              {Case::rate_limited, error(429, "api_calls_quota_exceeded", "too_many_requests")},
              {Case::server_error,
               {.status = 500, .body = "Internal Server Error", .content_type = "text/plain"}},
          },
      .absent = Processor::Absent::omitted,
      .answer_headers = {{"Cko-Request-Id", "{{request_id}}"}, {"Cko-Version", "1.0"}},
  };
  if (options.duplicate_status != 0) {
    processor.uniques = {{.fields = {"email"}}};
    processor.refusals[Case::duplicate_customer] =
        error(options.duplicate_status, options.duplicate_code);
  }
  if (options.tokens) {
    processor.credentials = {{.text = "fake_client_id:fake_client_secret"},
                             {.text = "fake_client_reader:fake_client_secret", .can_write = false}};
    processor.authentication = {.schemes = {Scheme::token}};
    processor.actions.push_back(detail::checkoutcom_token());
  }
  return processor;
}

}  // namespace florin::testing
