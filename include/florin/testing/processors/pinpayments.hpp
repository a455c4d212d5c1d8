// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

/// A field with a code and a word for itself in what the processor says of it.
inline Field pinpayments_field(std::string name, const std::string& label, Field field = {}) {
  const std::string code = name + "_invalid";
  const std::string error = "invalid_resource";
  field.name = std::move(name);
  field.complaints = {{Case::invalid_value, error, label + " is not valid", code},
                      {Case::empty_value, error, label + " can't be blank", code},
                      {Case::missing_field, error, R"(["is required"])", code}};
  return field;
}

inline std::vector<Field> pinpayments_fields(bool creates) {
  std::vector<Field> fields{
      pinpayments_field("email", "Email", {.required = creates, .format = Format::email}),
      pinpayments_field("first_name", "First name"),
      pinpayments_field("last_name", "Last name"),
      pinpayments_field("phone_number", "Phone number"),
      pinpayments_field("company", "Company"),
      pinpayments_field("notes", "Notes"),
      pinpayments_field("card_token", "Card token")};
  if (!creates) fields.push_back(pinpayments_field("primary_card_token", "Primary card token"));
  return fields;
}

/// A card that is named becomes the primary one; at most one can be named.
inline std::optional<std::pair<Case, std::string>> pinpayments_settle(const Change& change) {
  const Parameter* const stored = find(change.sent, "primary_card_token");
  if (stored == nullptr) return std::nullopt;
  if (find(change.sent, "card_token") != nullptr)
    return std::pair(Case::invalid_value, stored->name);
  std::erase_if(change.after, [](const Parameter& each) {
    return each.name == "card_token" || each.name == "primary_card_token";
  });
  change.after.push_back({"card_token", stored->value});
  return std::nullopt;
}

/// The action for bodies of this kind, of which Pin Payments takes two.
inline Action pinpayments_action(Operation operation, Body body) {
  const bool creates = operation == Operation::create;
  const std::string number = body == Body::json ? "card.number" : "card[number]";
  Action action{
      .operation = operation,
      .method = creates ? "POST" : "PUT",
      .path = creates ? "/1/customers" : "/1/customers/{id}",
      .body = body,
      .content_types = {body == Body::json ? "application/json"
                                           : "application/x-www-form-urlencoded"},
      .fields = pinpayments_fields(creates),
      .unchecked = {"card"},
      .answer = {.status = creates ? 201 : 200, .body = R"({"response":"{{customer}}"})"}};
  if (creates)
    action.any_of = {{"card_token", number}};
  else
    action.settle = pinpayments_settle;
  return action;
}

}  // namespace detail

/// Pin Payments' customers: create, retrieve, update, delete and list.
///
/// Credential: `FakePinSecretKey0001`, the user name of HTTP Basic. Bodies are JSON or forms. There
/// is no customer without a card: `card_token`, or a whole `card`, which is not looked at, and
/// whose address is shown when it came as JSON. A token can be used more than once here. Repeated
/// requests are not recognised, equal customers are no duplicates, and there is no place for the
/// caller's own reference, nor for metadata: `StoredCustomer::merchant_customer_id` is always
/// empty. The list, of 25 customers a page, has no filters.
///
/// Not from the documents: that an update leaves what it does not send, and refuses what is null or
/// empty (of an `email` that is known); that a deleted customer is unknown; the list's order,
/// newest first; the answers to too many requests and to a server error; that parameters which the
/// documents do not name are refused; the wordings, except those of a blank `email`, a wrong key
/// and an unknown customer.
///
/// Source: https://pinpayments.com/developers/api-reference/customers and recorded answers in
/// client libraries.
inline Processor pinpayments() {
  const auto error = [](int status, const std::string& code, const std::string& message) {
    return Answer{.status = status,
                  .body = R"({"error":"{{code}}","error_description":"{{message}}"})",
                  .code = code,
                  .message = message};
  };
  const auto invalid = [](const std::string& description, const std::string& message) {
    return Answer{.status = 422,
                  .body = R"({"error":"{{code}}","error_description":")" + description +
                          R"(","messages":[{"param":"{{param}}","code":"{{reason}}",)"
                          R"("message":"{{message}}"}]})",
                  .code = "invalid_resource",
                  .message = message,
                  .reason = "parameter_invalid"};
  };
  const std::string blank = "One or more parameters were missing or invalid.";

  return {
      .name = "pinpayments",
      .credentials = {{.text = "FakePinSecretKey0001"}},
      .authentication = {.schemes = {Scheme::basic_user}},
      .actions =
          {
              detail::pinpayments_action(Operation::create, Body::json),
              detail::pinpayments_action(Operation::create, Body::form),
              {.operation = Operation::list,
               .method = "GET",
               .path = "/1/customers",
               .answer = {.body = R"({"response":"{{customers}}","pagination":{)"
                                  R"("current":"{{page}}","previous":"{{previous_page}}",)"
                                  R"("next":"{{next_page}}","per_page":"{{limit}}",)"
                                  R"("pages":"{{pages}}","count":"{{total}}"}})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/1/customers/{id}",
               .answer = {.body = R"({"response":"{{customer}}"})"}},
              detail::pinpayments_action(Operation::update, Body::json),
              detail::pinpayments_action(Operation::update, Body::form),
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/1/customers/{id}",
               .answer = {.status = 204}},
          },
      .listing = {.limit_name = {}, .default_limit = 25, .page_name = "page"},
      .id = "cus_***-****_*************",
      .customer = R"({
        "token": "{{id}}",
        "email": "{{field email}}",
        "first_name": "{{field first_name}}",
        "last_name": "{{field last_name}}",
        "phone_number": "{{field phone_number}}",
        "company": "{{field company}}",
        "notes": "{{field notes}}",
        "created_at": "{{created_time %Y-%m-%dT%H:%M:%SZ}}",
        "card": {
          "token": "{{field card_token|card_FAKEfakeFAKEfakeFAKEfa}}",
          "scheme": "master",
          "display_number": "XXXX-XXXX-XXXX-0000",
          "issuing_country": "AU",
          "expiry_month": 5,
          "expiry_year": 2030,
          "name": "{{field card.name}}",
          "address_line1": "{{field card.address_line1}}",
          "address_line2": "{{field card.address_line2}}",
          "address_city": "{{field card.address_city}}",
          "address_postcode": "{{field card.address_postcode}}",
          "address_state": "{{field card.address_state}}",
          "address_country": "{{field card.address_country}}",
          "customer_token": "{{id}}",
          "primary": true
        }
      })",
      .refusals =
          {
              {Case::invalid_value,
               invalid("The current resource was deemed invalid.", "{{param_leaf}} is not valid")},
              {Case::missing_field, invalid(blank, R"(["is required"])")},
              {Case::empty_value, invalid(blank, "{{param_leaf}} can't be blank")},
              {Case::malformed_body, error(400, "bad_request", "The body cannot be read.")},
              {Case::unauthorized,
               error(401, "unauthenticated", "Not authorised. (Check API Key).")},
              {Case::not_found,
               error(404, "not_found", "The requested resource could not be found.")},
              {Case::rate_limited, error(429, "too_many_requests", "Too many requests.")},
              {Case::server_error, error(500, "internal_error", "An internal error occurred.")},
          },
  };
}

}  // namespace florin::testing
