// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/accepts.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline bool bluesnap_only(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [others](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

inline std::vector<Field> bluesnap_shopper_fields() {
  const auto two = [](std::string_view text) { return text.size() >= 2; };
  return {
      {.name = "merchantShopperId", .max_length = 50},
      {.name = "firstName", .max_length = 100, .required = true},
      {.name = "lastName", .max_length = 100, .required = true},
      {.name = "email", .format = Format::email},
      {.name = "phone",
       .max_length = 36,
       .check =
           [](std::string_view text) {
             return text.size() >= 2 && bluesnap_only(text, "+.*#/\\()-");
           }},
      {.name = "address", .max_length = 100},
      {.name = "address2", .max_length = 100},
      {.name = "city", .max_length = 42, .check = two},
      {.name = "state"},
      {.name = "zip", .max_length = 20},
      {.name = "country",
       .check = [](std::string_view text) { return text.size() == 2 && bluesnap_only(text, ""); }},
      {.name = "companyName", .max_length = 100},
      {.name = "shopperCurrency"},
      {.name = "personalIdentificationNumber"},
      {.name = "softDescriptor", .max_length = 20},
      {.name = "descriptorPhoneNumber", .max_length = 20},
  };
}

/// A state is for the countries that have them.
inline std::optional<std::pair<Case, std::string>> bluesnap_state(std::span<const Parameter> all) {
  const Parameter* const country = find(all, "country");
  if (country == nullptr || find(all, "state") == nullptr) return std::nullopt;
  const std::string code = lower_case(country->value);
  if (code == "us" || code == "ca" || code == "br") return std::nullopt;
  return std::pair(Case::invalid_state, std::string("state"));
}

inline Action bluesnap_write(Operation operation, std::string method, std::string path) {
  return {.operation = operation,
          .method = std::move(method),
          .path = std::move(path),
          .body = Body::json,
          .content_types = {"application/json"},
          .fields = bluesnap_shopper_fields(),
          .unchecked = {"paymentSources", "shippingContactInfo", "transactionFraudInfo"},
          .check = bluesnap_state,
          .answer = {.body = R"("{{customer}}")"}};
}

}  // namespace detail

/// BlueSnap's vaulted shoppers, version 3.0, in JSON: create, retrieve, update, delete, and get by
/// `merchantShopperId`.
///
/// Credentials, a user name and a password for HTTP Basic: `API_FAKE_USER_0001:FakePassw0rd0001`
/// may do everything, `API_FAKE_USER_0002:FakePassw0rd0002` may only read. A key in
/// `idempotency-key` gives the first answer again. Equal shoppers are no duplicates. A shopper that
/// does not exist is answered with 403 and a text; so is what the user may not do, with another.
///
/// A request without `bluesnap-version` or `Accept` is refused, where BlueSnap would speak another
/// version or XML. Only reading is done by `merchantShopperId`; an update and a deletion take the
/// number. Of payment sources nothing is checked and nothing comes back.
///
/// Not from the documents: that a deleted shopper is unknown at once; that of several shoppers with
/// one `merchantShopperId` the newest is found; that Brazil has states, too, as others have seen;
/// that a state goes without a country; that null and empty texts are refused; the bodies of the
/// answers to wrong credentials and to a server error; the status 400 of an unusable key and of a
/// refused deletion; the JSON form of `invalidProperty`; that what the documents do not name is
/// refused; the wordings but those of the two answers with 403.
///
/// \param partial  an update leaves what it does not send, in place of clearing it (neither is from
///                 the documents).
/// \param queued   a deleted shopper can still be read, and deleting it again is refused with
///                 14110, as it is until the deletion is done.
///
/// Source: https://developers.bluesnap.com/v8976-JSON/reference/vaulted-shopper and BlueSnap's XML
/// schemas.
inline Processor bluesnap(bool partial = false, bool queued = false) {
  const std::string shoppers = "/services/2/vaulted-shoppers";
  const auto error = [](int status, const std::string& name, std::string code, std::string text,
                        const std::string& property = {}) {
    return Answer{.status = status,
                  .body = R"({"message":[{"errorName":")" + name +
                          R"(","code":"{{code}}","description":"{{message}}")" + property + "}]}",
                  .code = std::move(code),
                  .message = std::move(text)};
  };
  const auto invalid = [&](std::string text) {
    return error(400, "VALIDATION_GENERAL_FAILURE", "10001", std::move(text),
                 R"(,"invalidProperty":{"name":"{{param}}","messageValue":"{{value}}"})");
  };
  const auto text = [](int status, std::string body, std::string type) {
    return Answer{.status = status, .body = std::move(body), .content_type = std::move(type)};
  };
  const Answer whole{.body = R"("{{customer}}")"};
  Action create = detail::bluesnap_write(Operation::create, "POST", shoppers);
  create.headers = {{.name = "idempotency-key",
                     .check = [](std::string_view key) { return detail::bluesnap_only(key, "-"); },
                     .refusal = error(400, "IDEMPOTENCY_KEY_INVALID_CHARACTERS", "60104",
                                      "The idempotency key has invalid characters.")}};
  Action update = detail::bluesnap_write(Operation::update, "PUT", shoppers + "/{id}");
  update.unchecked.insert(update.unchecked.end(), {"chosenPaymentMethod", "threeDSecure"});
  if (!partial)
    for (const Field& field : update.fields) update.forgotten.push_back(field.name);
  const std::string refused = "DELETE_SHOPPER_VALIDATION_FAILURE";
  Action remove{.operation = Operation::remove,
                .method = "DELETE",
                .path = shoppers + "/{id}",
                .answer = {.body = R"({"description":"Delete of shopper {{id}} is queued."})"}};
  if (queued)
    remove.refusals = {{Case::removed, error(400, refused, "14110", "Shopper is deleted.")}};

  return {
      .name = "bluesnap",
      .credentials = {{.text = "API_FAKE_USER_0001:FakePassw0rd0001"},
                      {.text = "API_FAKE_USER_0002:FakePassw0rd0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_pair}},
      .headers = {{.name = "bluesnap-version",
                   .required = true,
                   .one_of = {"3.0"},
                   .refusal = error(400, "VALIDATION_GENERAL_FAILURE", "10001",
                                    "bluesnap-version is not 3.0.")},
                  {.name = "Accept",
                   .required = true,
                   .check = detail::accepts({"application/json"}),
                   .refusal = text(406, "<xml>Only JSON is served.</xml>", "text/xml")}},
      .actions = {create,
                  {.operation = Operation::find,
                   .method = "GET",
                   .path = shoppers + "/merchant/{merchantShopperId}",
                   .answer = whole},
                  {.operation = Operation::retrieve,
                   .method = "GET",
                   .path = shoppers + "/{id}",
                   .answer = whole},
                  update,
                  remove},
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "idempotency-key",
                      .max_length = 64,
                      .echo_header = "idempotency-key"},
      .listing = {.filters = {{"merchantShopperId", "merchantShopperId"}}, .limit_name = {}},
      .merchant_customer_id = "merchantShopperId",
      .id = "2#######",
      .customer = R"({
        "vaultedShopperId": "{{numeric_id}}",
        "merchantShopperId": "{{field merchantShopperId}}",
        "firstName": "{{field firstName}}",
        "lastName": "{{field lastName}}",
        "email": "{{field email}}",
        "phone": "{{field phone}}",
        "address": "{{field address}}",
        "address2": "{{field address2}}",
        "city": "{{field city}}",
        "state": "{{field state}}",
        "zip": "{{field zip}}",
        "country": "{{field country}}",
        "companyName": "{{field companyName}}",
        "personalIdentificationNumber": "{{field personalIdentificationNumber}}",
        "softDescriptor": "{{field softDescriptor}}",
        "descriptorPhoneNumber": "{{field descriptorPhoneNumber}}",
        "shopperCurrency": "{{field shopperCurrency|USD}}",
        "paymentSources": {}
      })",
      .removed = queued ? whole : Answer{},
      .refusals =
          {
              {Case::invalid_value, invalid("{{param}} is not valid.")},
              {Case::missing_field, invalid("{{param}} is missing.")},
              {Case::empty_value, invalid("{{param}} is empty.")},
              {Case::too_long, invalid("{{param}} is too long.")},
              {Case::unknown_parameter, invalid("{{param}} is not known.")},
              {Case::invalid_state,
               invalid("State should be left empty for countries other than US and Canada.")},
              {Case::malformed_body,
               error(400, "VALIDATION_GENERAL_FAILURE", "10001", "The body is not a JSON object.")},
              {Case::unauthorized, {.status = 401}},
              {Case::forbidden,
               text(403,
                    "<xml>You are not authorized to perform this request due to inappropriate "
                    "role permissions.</xml>",
                    "text/xml")},
              {Case::not_found,
               text(403, "User: API_FAKE_USER_0001 is not authorized to view shopper: {{value}}.",
                    "text/plain")},
              {Case::no_route, {.status = 404}},
              {Case::wrong_method, {.status = 405}},
              {Case::idempotency_mismatch,
               error(422, "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST",
                     "60101", "The idempotency key was already used with a different request.")},
              {Case::idempotency_in_use,
               error(409, "REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS", "60102",
                     "A request with this idempotency key is in progress.")},
              {Case::idempotency_invalid,
               error(400, "IDEMPOTENCY_KEY_TOO_LONG", "60103", "The idempotency key is too long.")},
              {Case::rate_limited,
               text(429, "<xml>Client request rate is too high</xml>", "text/xml")},
              {Case::server_error, {.status = 500}},
          },
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace florin::testing
