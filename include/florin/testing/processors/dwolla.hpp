// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/accepts.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline bool dwolla_name(std::string_view text) {
  return text.find_first_of("<>=\"`!?%~${}\\") == std::string_view::npos;
}

inline bool dwolla_reference(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

inline bool dwolla_postal_code(std::string_view text) {
  if (text.size() == 10 && text[5] == '-')
    return has_format(Format::digits, text.substr(6)) &&
           has_format(Format::digits, text.substr(0, 5));
  return text.size() == 5 && has_format(Format::digits, text);
}

/// An update requires nothing: what it leaves out stays as it is.
inline std::vector<Field> dwolla_person(bool required) {
  const auto wordings = [](std::string name) -> std::vector<Complaint> {
    return {
        {Case::missing_field, "Required", name + " required."},
        {Case::empty_value, "Required", name + " required."},
        {Case::too_long, "Invalid", name + " is too long."},
        {Case::invalid_value, name == "Email" ? "InvalidFormat" : "Invalid", name + " invalid."}};
  };
  return {{.name = "firstName",
           .max_length = 50,
           .required = required,
           .check = dwolla_name,
           .complaints = wordings("FirstName")},
          {.name = "lastName",
           .max_length = 50,
           .required = required,
           .check = dwolla_name,
           .complaints = wordings("LastName")},
          {.name = "email",
           .required = required,
           .format = Format::email,
           .complaints = wordings("Email")},
          {.name = "type", .one_of = {"unverified", "receive-only", "personal", "business"}},
          {.name = "businessName", .max_length = 255},
          {.name = "ipAddress"},
          {.name = "phone",
           .format = Format::digits,
           .check = [](std::string_view text) { return text.size() == 10; }},
          {.name = "correlationId", .max_length = 255, .check = dwolla_reference}};
}

inline std::vector<Field> dwolla_address(bool required) {
  return {{.name = "address1", .max_length = 50, .required = required},
          {.name = "address2", .max_length = 50},
          {.name = "city", .max_length = 50, .required = required},
          {.name = "state", .required = required, .format = Format::country_alpha2},
          {.name = "postalCode", .required = required, .check = dwolla_postal_code},
          {.name = "dateOfBirth", .required = required},
          {.name = "ssn", .required = required}};
}

inline std::vector<Field> dwolla_joined(std::vector<Field> first, std::vector<Field> second) {
  std::move(second.begin(), second.end(), std::back_inserter(first));
  return first;
}

inline bool dwolla_is(std::span<const Parameter> parameters, std::string_view type) {
  return std::any_of(parameters.begin(), parameters.end(), [type](const Parameter& each) {
    return each.name == "type" && each.value == type;
  });
}

inline Action dwolla_update() {
  Action action{.operation = Operation::update,
                .method = "POST",
                .path = "/customers/{id}",
                .body = Body::json,
                .fields = dwolla_joined(dwolla_person(false), dwolla_address(false))};
  for (Field& field : action.fields) {
    if (field.name == "businessName") field.may_be_empty = true;
    if (field.name == "correlationId") {
      field.check = [](std::string_view) { return false; };
      field.complaints = {{Case::invalid_value, "ReadOnly", "CorrelationId cannot be changed."}};
    }
  }
  action.fields.push_back(
      {.name = "status", .one_of = {"deactivated", "suspended", "reactivated"}});
  action.settle = [](const Change& change) -> std::optional<std::pair<Case, std::string>> {
    const bool verified =
        dwolla_is(change.before, "personal") || dwolla_is(change.before, "business");
    static constexpr std::string_view plain[] = {"firstName", "lastName", "email", "businessName",
                                                 "status"};
    static constexpr std::string_view checked[] = {"email",      "ipAddress", "address1",
                                                   "address2",   "city",      "state",
                                                   "postalCode", "phone",     "status"};
    const std::span<const std::string_view> allowed =
        verified ? std::span<const std::string_view>(checked) : plain;
    for (const Parameter& parameter : change.sent)
      if (std::find(allowed.begin(), allowed.end(), parameter.name) == allowed.end())
        return std::pair(Case::unknown_parameter, parameter.name);
    const Parameter* const now = find(change.before, "status");
    const Parameter* const wanted = find(change.sent, "status");
    const bool suspended = now != nullptr && now->value == "suspended";
    const bool back = wanted != nullptr && wanted->value == "reactivated";
    if (suspended || (back && now == nullptr))
      return std::pair(Case::invalid_state, std::string("status"));
    if (back)
      std::erase_if(change.after, [](const Parameter& each) { return each.name == "status"; });
    return std::nullopt;
  };
  return action;
}

}  // namespace detail

/// Dwolla's customers: get a token, create, retrieve, update (deactivation is an update) and list.
///
/// `type` decides what else is asked for: `unverified` (also without a `type`) and `receive-only`
/// take no address, `personal` and `business` need one; further members of a `business` are not
/// looked at. The customer's id is found in `Location` only. No two customers of an account may
/// share an `email` or a `correlationId`; the refusal links to the first. A key that comes with
/// another body is executed: the documents promise nothing else.
///
/// An update changes what the documents name for the customer's kind. Nothing is ever deleted:
/// `deactivated` is a status, and frees the `email` but not the `correlationId`; `reactivated`
/// brings back the status before; what is `suspended` stays so. Not from the documents: that
/// deactivating again changes nothing, that a `correlationId` in an update is refused as
/// `ReadOnly`, and that a `type` in an update, which would make another kind of the customer, is
/// refused.
///
/// The list is filtered by `email` and `status`, `search` is left out. Not from the documents: that
/// it is newest first, that a `limit` above 200 is cut, that case matters in an `email`.
///
/// A token is given for HTTP Basic or, as Dwolla's own Node client asks for it, for `client_id` and
/// `client_secret` in the body.
///
/// Credentials, as `client id:client secret`: `fake_client_id:fake_client_secret` may do
/// everything, `fake_client_reader:fake_client_secret` may only read.
///
/// Source: https://developers.dwolla.com/docs/balance/api-reference and the OpenAPI description
/// that Dwolla publishes. Wordings are the sandbox's own where the documents give none.
inline Processor dwolla() {
  const std::string hal = "application/vnd.dwolla.v1.hal+json";
  const std::string error_type =
      hal + R"(; profile="http://nocarrier.co.uk/profiles/vnd.error/"; charset=UTF-8)";
  const std::vector<std::string> json{hal, "application/json"};
  const std::string plain = R"({"code":"{{code}}","message":"{{message}}"})";
  const auto invalid = [&](std::string links, std::string code, std::string message) {
    return Answer{
        .status = 400,
        .body = R"({"code":"ValidationError","message":"Validation error(s) present. See )"
                R"(embedded errors list for more details.","_embedded":{"errors":[{)"
                R"("code":"{{code}}","message":"{{message}}","path":"{{param_pointer}}",)"
                R"("_links":)" +
                links + "}]}}",
        .code = std::move(code),
        .message = std::move(message),
        .content_type = error_type};
  };
  const auto simple = [&](int status, std::string code, std::string message) {
    return Answer{.status = status,
                  .body = plain,
                  .code = std::move(code),
                  .message = std::move(message),
                  .content_type = error_type};
  };
  const auto denied = [](int status, const std::string& error) {
    return Answer{.status = status,
                  .body = R"({"error":")" + error + "\"}",
                  .content_type = "application/json"};
  };
  const std::vector<HeaderRule> version{
      {.name = "Accept",
       .required = true,
       .check = detail::accepts({hal}),
       .refusal = simple(406, "InvalidVersion", "Accept does not name a version of the API.")}};
  Action update = detail::dwolla_update();
  update.content_types = json;
  update.answer = {.body = R"("{{customer}}")"};
  update.headers = version;
  update.refusals = {{Case::invalid_state, simple(403, "InvalidResourceState",
                                                  "The customer's status does not allow this.")}};
  const Answer created{.status = 201, .headers = {{"Location", "{{base}}/customers/{{id}}"}}};

  return {
      .name = "dwolla",
      .credentials = {{.text = "fake_client_id:fake_client_secret"},
                      {.text = "fake_client_reader:fake_client_secret", .can_write = false}},
      .authentication = {.schemes = {Scheme::token}},
      .actions =
          {
              {.operation = Operation::token,
               .method = "POST",
               .path = "/token",
               .body = Body::form,
               .content_types = {"application/x-www-form-urlencoded"},
               .fields =
                   {{.name = "grant_type", .required = true, .one_of = {"client_credentials"}},
                    {.name = "client_id"},
                    {.name = "client_secret"}},
               .answer = {.body = R"({"access_token":"{{token}}","token_type":"bearer",)"
                                  R"("expires_in":3600})",
                          .content_type = "application/json"},
               .authentication = Authentication{.schemes = {Scheme::basic_pair, Scheme::members},
                                                .names = {"client_id", "client_secret"}},
               .refusals = {{Case::unauthorized, denied(401, "invalid_client")},
                            {Case::no_credentials, denied(401, "invalid_client")},
                            {Case::invalid_value, denied(400, "invalid_request")},
                            {Case::missing_field, denied(400, "invalid_request")}}},
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customers",
               .body = Body::json,
               .content_types = json,
               .selects =
                   [](std::span<const Parameter> all) {
                     return !detail::dwolla_is(all, "personal") &&
                            !detail::dwolla_is(all, "business");
                   },
               .fields = detail::dwolla_person(true),
               .answer = created,
               .headers = version},
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customers",
               .body = Body::json,
               .content_types = json,
               .selects =
                   [](std::span<const Parameter> all) {
                     return detail::dwolla_is(all, "personal");
                   },
               .fields =
                   detail::dwolla_joined(detail::dwolla_person(true), detail::dwolla_address(true)),
               .answer = created,
               .headers = version},
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customers",
               .body = Body::json,
               .content_types = json,
               .fields = detail::dwolla_joined(detail::dwolla_person(true),
                                               detail::dwolla_address(false)),
               .refuse_unknown = false,
               .answer = created,
               .headers = version},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/customers",
               .answer = {.body = R"({"_links":{"self":{"href":"{{self_link}}"},)"
                                  R"("first":{"href":"{{first_link}}"},)"
                                  R"("last":{"href":"{{last_link}}"},)"
                                  R"("next":{"href":"{{next_link}}"},)"
                                  R"("prev":{"href":"{{previous_link}}"}},)"
                                  R"("_embedded":{"customers":"{{customers}}"},)"
                                  R"("total":"{{total}}"})"},
               .headers = version},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customers/{id}",
               .answer = {.body = R"("{{customer}}")"},
               .headers = version},
              update,
          },
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .repeat = Idempotency::Repeat::replay,
                      .mismatch = Idempotency::Mismatch::execute},
      .uniques = {{.fields = {"email"},
                   .released_by = {{"status", "deactivated"}, {"status", "suspended"}}},
                  {.fields = {"correlationId"}}},
      .listing = {.filters = {{"email", "email"},
                              {.name = "status",
                               .field = "status",
                               .otherwise = "unverified",
                               .repeatable = true}},
                  .default_limit = 25,
                  .max_limit = 200,
                  .cut_limit = true,
                  .offset_name = "offset"},
      .merchant_customer_id = "correlationId",
      .id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .request_id = "%%%%%%%%-%%%%-4%%%-b%%%-%%%%%%%%%%%%",
      .token = "FAKEtoken************************",
      .token_lifetime = std::chrono::hours(1),
      .customer = R"({
        "_links": {"self": {"href": "{{base}}/customers/{{id}}", "resource-type": "customer"}},
        "id": "{{id}}",
        "firstName": "{{field firstName}}",
        "lastName": "{{field lastName}}",
        "email": "{{field email}}",
        "phone": "{{field phone}}",
        "type": "{{field type|unverified}}",
        "status": "{{field status|unverified}}",
        "created": "{{created_time}}",
        "businessName": "{{field businessName}}",
        "correlationId": "{{field correlationId}}",
        "address1": "{{field address1}}",
        "address2": "{{field address2}}",
        "city": "{{field city}}",
        "state": "{{field state}}",
        "postalCode": "{{field postalCode}}"
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("{}", "Invalid", "{{param_leaf}} invalid.")},
              {Case::missing_field, invalid("{}", "Required", "{{param_leaf}} required.")},
              {Case::empty_value, invalid("{}", "Invalid", "{{param_leaf}} is empty.")},
              {Case::too_long, invalid("{}", "Invalid", "{{param_leaf}} is too long.")},
              {Case::unknown_parameter,
               invalid("{}", "NotAllowed", "{{param_leaf}} is not allowed.")},
              {Case::duplicate_customer,
               invalid(R"({"about":{"href":"{{base}}/customers/{{existing_id}}"}})", "Duplicate",
                       "A customer with the specified {{param}} already exists.")},
              {Case::malformed_body,
               simple(400, "BadRequest", "The request body contains bad syntax.")},
              {Case::unauthorized,
               simple(401, "InvalidAccessToken", "The access token is invalid.")},
              {Case::no_credentials,
               simple(401, "InvalidCredentials", "The Authorization header is missing.")},
              {Case::expired_token,
               simple(401, "ExpiredAccessToken",
                      "Generate a new access token using your client credentials.")},
              {Case::forbidden, simple(403, "Forbidden", "Not authorized to create customers.")},
              {Case::not_found, simple(404, "NotFound", "Customer not found.")},
              {Case::no_route, simple(404, "NotFound", "The requested resource was not found.")},
              {Case::wrong_method,
               simple(405, "MethodNotAllowed", "This method is not allowed here.")},
              {Case::idempotency_mismatch,
               simple(409, "Conflict", "A request with this key is in progress.")},
              {Case::rate_limited,
               simple(429, "Too Many Requests",
                      "Please wait a short period of time before re-attempting the request.")},
              {Case::server_error, simple(500, "ServerError", "A server error occurred.")},
          },
      .content_type = hal,
      .absent = Processor::Absent::omitted,
      .answer_headers = {{"X-Request-Id", "{{request_id}}"}},
  };
}

}  // namespace florin::testing
