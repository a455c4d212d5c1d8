// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::testing {

namespace detail {

/// A customer, between members that come first and last in some answers.
inline std::string paystack_customer(const std::string& first = {}, const std::string& last = {}) {
  return "{" + first + R"(
    "integration": 100001,
    "first_name": "{{field first_name}}",
    "last_name": "{{field last_name}}",
    "email": "{{field email}}",
    "phone": "{{field phone}}",
    "metadata": "{{map metadata|null}}",
    "domain": "test",
    "customer_code": "{{id}}",
    "risk_action": "{{field risk_action|default}}",
    "id": 90000001,
    "createdAt": "{{created_time}}",
    "updatedAt": "{{updated_time}}")" +
         last + "}";
}

}  // namespace detail

/// Paystack's customers: create, retrieve (by code or e-mail address), update and list. There is no
/// deletion; `POST /customer/set_risk_action` denies a customer instead, which stays as it is.
///
/// Credential: the bearer token `sk_test_FAKEKEY0001`. `metadata` has to be an object; its values
/// are texts. The number in `id` is the same for all, `customer_code` is what tells them apart.
/// Repeated requests are not recognised. Bodies are JSON; forms, which the description of the
/// interface allows, are refused.
///
/// Not from the documents: that a customer is read by its e-mail address (clients say so), the last
/// one where there are several; that an update leaves what it does not send, replaces `metadata` as
/// a whole and refuses what is null or empty; that a list is newest first and has 100 customers at
/// most; the answers to too many requests and to a server error; the wordings, except those of a
/// wrong key, a missing key, an unknown customer and `metadata` that is a text; that parameters
/// which the documents do not name are refused. `use_cursor` is not served.
///
/// \param upserts whether a create with a known e-mail address is answered with the customer that
/// has it, which stays as it is, as several clients say; else it makes a second customer. The
/// documents are silent.
///
/// Source: https://paystack.com/docs/api/customer and Paystack's OpenAPI description.
inline Processor paystack(bool upserts = false) {
  const std::vector<std::string> json{"application/json"};
  const std::vector<MapField> metadata{{.prefix = "metadata"}};
  const auto fields = []() -> std::vector<Field> {
    return {{.name = "first_name"},
            {.name = "last_name"},
            {.name = "phone"},
            {.name = "metadata",
             .type = Type::any,
             .check = [](std::string_view text) { return text == "{}"; },
             .complaints = {{Case::invalid_value, "", R"("metadata" must be of type object)"},
                            {Case::empty_value, "", R"("metadata" must be of type object)"}}}};
  };
  std::vector<Field> created = fields();
  const std::string wrong_email = "Customer email is invalid";
  const std::string hint = "Provide a valid email";
  created.insert(created.begin(),
                 {.name = "email",
                  .required = true,
                  .format = Format::email,
                  .complaints = {{Case::invalid_value, "invalid_params", wrong_email, hint},
                                 {Case::missing_field, "invalid_params", wrong_email, hint},
                                 {Case::empty_value, "invalid_params", wrong_email, hint}}});
  const auto plain = [](int status, const std::string& message) {
    return Answer{.status = status,
                  .body = R"({"status":false,"message":"{{message}}"})",
                  .message = message};
  };
  const auto invalid = [](int status, const std::string& message, const std::string& next_step) {
    return Answer{.status = status,
                  .body = R"({"status":false,"message":"{{message}}","meta":{"nextStep":)"
                          R"("{{reason}}"},"type":"validation_error","code":"{{code}}"})",
                  .code = "invalid_params",
                  .message = message,
                  .reason = next_step};
  };
  const auto success = [](const std::string& message, const std::string& data) {
    return Answer{.body = R"({"status":true,"message":")" + message + R"(","data":)" + data + "}"};
  };
  const std::string identified = R"(, "identified": false, "identifications": null)";
  const std::string lists = R"("transactions": [], "subscriptions": [], "authorizations": [],)";
  const Answer whole = success("Customer retrieved", detail::paystack_customer(lists, R"(,
    "created_at": "{{created_time}}",
    "updated_at": "{{updated_time}}",
    "total_transactions": 0,
    "total_transaction_value": [],
    "dedicated_account": null,
    "dedicated_accounts": [])" + identified));
  const Answer updated = success("Customer updated", detail::paystack_customer({}, identified));

  Processor processor{
      .name = "paystack",
      .credentials = {{.text = "sk_test_FAKEKEY0001"}},
      .authentication = {.schemes = {Scheme::bearer}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customer",
               .body = Body::json,
               .content_types = json,
               .fields = created,
               .maps = metadata,
               .answer = success("Customer created", detail::paystack_customer(lists, identified))},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/customer",
               .answer = {.body = R"({"status":true,"message":"Customers retrieved",)"
                                  R"("data":"{{customers}}","meta":{"total":"{{total}}",)"
                                  R"("skipped":"{{offset}}","perPage":"{{sent perPage|50}}",)"
                                  R"("page":"{{page}}","pageCount":"{{pages}}"}})"}},
              {.operation = Operation::update,
               .method = "POST",
               .path = "/customer/set_risk_action",
               .body = Body::json,
               .content_types = json,
               .fields = {{.name = "customer", .required = true},
                          {.name = "risk_action",
                           .required = true,
                           .one_of = {"default", "allow", "deny"}}},
               .id_member = "customer",
               .stored_as = {{"risk_action", "risk_action"}},
               .answer = updated},
              {.operation = Operation::find,
               .method = "GET",
               .path = "/customer/{email}",
               .selects =
                   [](std::span<const Parameter> all) {
                     return all.back().value.find('@') != std::string::npos;
                   },
               .answer = whole},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customer/{id}",
               .answer = whole},
              {.operation = Operation::update,
               .method = "PUT",
               .path = "/customer/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = fields(),
               .maps = metadata,
               .replaced = {"metadata"},
               .answer = updated,
               .refusals = {{Case::not_found, plain(404, "Entity not found")}}},
          },
      .listing = {.filters = {{"email", "email"},
                              {.name = "from", .match = Filter::Match::created_from},
                              {.name = "to", .match = Filter::Match::created_until}},
                  .limit_name = "perPage",
                  .default_limit = 50,
                  .cut_limit = true,
                  .page_name = "page",
                  .item = detail::paystack_customer()},
      .merchant_customer_id = "metadata.merchant_customer_id",
      .id = "CUS_%%%%%%%%%%%%%%%",
      .refusals =
          {
              {Case::invalid_value,
               invalid(400, "{{param_leaf}} is not valid", "Check the value.")},
              {Case::malformed_body, plain(400, "The body is not a JSON object")},
              {Case::unauthorized, plain(401, "Invalid key")},
              {Case::no_credentials, plain(401, "No Authorization Header was found")},
              {Case::not_found,
               invalid(404, "Customer code/email specified is invalid", "Check the value.")},
              {Case::no_route, plain(404, "Entity not found")},
              {Case::rate_limited, plain(429, "Too many requests")},
              {Case::server_error, plain(500, "An error occurred")},
          },
  };
  if (upserts) {
    processor.uniques = {{.fields = {"email"}}};
    processor.actions.front().reuses = {"email", ""};
  }
  return processor;
}

}  // namespace florin::testing
