// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

/// Letters, digits and a few signs, at the ends fewer. Whatever is not ASCII passes for a letter.
inline bool razorpay_name(std::string_view text) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == ')';
  };
  return utf8_length(text).value_or(0) >= 3 && plain(text.front()) && plain(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return plain(c) || std::string_view(" '-_(@/").find(c) != std::string_view::npos;
         });
}

inline bool razorpay_contact(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return text.size() >= 8 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What an update can change.
inline std::vector<Field> razorpay_customer_fields() {
  const std::string code = "BAD_REQUEST_ERROR";
  const std::string reason = "invalid_contact_number";
  return {
      {.name = "name",
       .max_length = 50,
       .check = razorpay_name,
       .complaints = {{Case::invalid_value, code, "The name format is invalid."}}},
      {.name = "email",
       .max_length = 64,
       .format = Format::email,
       .complaints = {{Case::invalid_value, code, "The email must be a valid email address."}}},
      {.name = "contact",
       .max_length = 15,
       .check = razorpay_contact,
       .complaints = {{Case::invalid_value, code,
                       "Contact number should be at least 8 digits, including country code",
                       reason},
                      {Case::too_long, code,
                       "Contact number should not be greater than 15 digits, including country "
                       "code",
                       reason}}},
  };
}

}  // namespace detail

/// Razorpay's customers: create, retrieve, update and list. There is no deletion.
///
/// Credentials, a key id and a secret for HTTP Basic: `rzp_test_FAKEKEYID0001:fakesecret0001` may
/// do everything, `rzp_test_FAKEKEYID0002:fakesecret0002` may only read. There is no idempotency
/// key. A customer whose `email` and `contact` together are those of another is refused, in an
/// update, too; a create with `fail_existing` as the text `0` is answered with the other one.
///
/// `notes` are taken by a create only, with at most 256 characters in a value, and are `[]` when
/// there are none. Whatever is unknown is refused with 400, never with 404.
///
/// Not from the documents: that letters outside ASCII are good for a name; that a customer without
/// `email` and `contact` is like no other; that an update leaves what it does not send, and clears
/// nothing; that lists are newest first; the statuses of wrong credentials (401) and of a missing
/// permission (403), the answers to a rate limit and a server error; `source`, `step` and `reason`
/// but those of a wrong `contact` and of a duplicate; the wordings of empty and long values and of
/// a broken body; that a request with nothing makes a customer.
///
/// \param either  an `email` or a `contact` that is taken is enough for a refusal, as one of the
///                documents says.
///
/// Source: https://razorpay.com/docs/api/customers and Razorpay's client libraries.
inline Processor razorpay(bool either = false) {
  const std::vector<std::string> json{"application/json"};
  const std::string customers = "/v1/customers";
  const auto error = [](int status, std::string message, const std::string& source,
                        std::string reason, const std::string& field = {}) {
    return Answer{.status = status,
                  .body = R"({"error":{"code":"{{code}}","description":"{{message}}","source":")" +
                          source + R"(","step":"NA","reason":"{{reason}}","metadata":{})" + field +
                          "}}",
                  .code = "BAD_REQUEST_ERROR",
                  .message = std::move(message),
                  .reason = std::move(reason)};
  };
  const auto invalid = [&](std::string message) {
    return error(400, std::move(message), "business", "input_validation_failed",
                 R"(,"field":"{{param}}")");
  };
  const auto plain = [&](int status, std::string message) {
    return error(status, std::move(message), "NA", "NA");
  };
  Answer broken = plain(500, "We are facing some trouble completing your request.");
  broken.code = "SERVER_ERROR";
  const Answer customer{.body = R"("{{customer}}")"};
  std::vector<Field> fields = detail::razorpay_customer_fields();
  fields.push_back({.name = "fail_existing", .type = Type::any});
  fields.push_back(
      {.name = "gstin", .check = [](std::string_view text) { return text.size() == 15; }});
  const std::vector<Unique> pair{{.fields = {"email", "contact"}}};
  const std::vector<Unique> each{{.fields = {"email"}}, {.fields = {"contact"}}};

  return {
      .name = "razorpay",
      .credentials = {{.text = "rzp_test_FAKEKEYID0001:fakesecret0001"},
                      {.text = "rzp_test_FAKEKEYID0002:fakesecret0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_pair}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = customers,
               .body = Body::json,
               .content_types = json,
               .fields = fields,
               .maps = {{.prefix = "notes", .max_entries = 15, .max_value = 256}},
               .reuses = {"fail_existing", "0"},
               .answer = customer},
              {.operation = Operation::list,
               .method = "GET",
               .path = customers,
               .answer = {.body = R"({"entity":"collection","count":"{{count}}",)"
                                  R"("items":"{{customers}}"})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = customers + "/{id}",
               .answer = customer},
              {.operation = Operation::update,
               .method = "PUT",
               .path = customers + "/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = detail::razorpay_customer_fields(),
               .answer = customer},
          },
      .uniques = either ? each : pair,
      .listing = {.limit_name = "count", .offset_name = "skip"},
      .merchant_customer_id = "notes.merchant_customer_id",
      .id = "cust_**************",
      .id_prefix = "cust_",
      .customer = R"({
        "id": "{{id}}",
        "entity": "customer",
        "name": "{{field name}}",
        "email": "{{field email}}",
        "contact": "{{field contact}}",
        "gstin": "{{field gstin}}",
        "notes": "{{map notes|[]}}",
        "created_at": "{{created}}"
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("The {{param_leaf}} is invalid.")},
              {Case::empty_value, invalid("The {{param_leaf}} must not be empty.")},
              {Case::too_long, invalid("The {{param_leaf}} is too long.")},
              {Case::too_many_entries, invalid("Notes should not have more than 15 keys.")},
              {Case::unknown_parameter,
               plain(400, "{{param}} is/are not required and should not be sent")},
              {Case::malformed_body, plain(400, "The body is not a JSON object.")},
              {Case::unauthorized, plain(401, "The api key provided is invalid")},
              {Case::forbidden, plain(403, "Access Denied")},
              {Case::not_found,
               error(400, "The id provided does not exist", "business", "input_validation_failed")},
              {Case::invalid_id,
               error(400, "{{value}} is not a valid id", "business", "input_validation_failed")},
              {Case::no_route, plain(400, "The requested URL was not found on the server.")},
              {Case::duplicate_customer, plain(400, "Customer already exists for the merchant")},
              {Case::rate_limited, plain(429, "Too many requests")},
              {Case::server_error, broken},
          },
  };
}

}  // namespace florin::testing
