// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

/// What an update can change.
inline std::vector<Field> xendit_customer_fields() {
  const std::string person = "individual_detail.";
  const std::string address = "addresses[0].";
  const auto phone = [](std::string_view text) { return text.size() >= 7; };
  return {
      {.name = person + "given_names", .max_length = 50, .required_with = person},
      {.name = person + "surname", .max_length = 50},
      {.name = person + "nationality", .format = Format::country_alpha2},
      {.name = person + "place_of_birth"},
      {.name = person + "date_of_birth"},
      {.name = person + "gender"},
      {.name = "business_detail.business_name", .max_length = 50},
      {.name = "email", .max_length = 50, .format = Format::email},
      {.name = "mobile_number", .max_length = 15, .check = phone},
      {.name = "phone_number", .max_length = 15, .check = phone},
      {.name = "description",
       .max_length = 500,
       .check = [](std::string_view text) { return text.size() >= 2; }},
      {.name = address + "street_line1", .max_length = 255},
      {.name = address + "street_line2", .max_length = 255},
      {.name = address + "city", .max_length = 255},
      {.name = address + "province_state", .max_length = 255},
      {.name = address + "postal_code", .max_length = 255},
      {.name = address + "country", .format = Format::country_alpha2, .required_with = address},
      {.name = address + "category", .one_of = {"HOME", "WORK", "PROVINCIAL"}},
      {.name = address + "is_primary", .type = Type::boolean},
  };
}

/// A person has given names, a business has its own.
inline std::optional<std::pair<Case, std::string>> xendit_name(std::span<const Parameter> all) {
  const Parameter* const type = find(all, "type");
  const std::string needed = type != nullptr && type->value == "BUSINESS"
                                 ? "business_detail.business_name"
                                 : "individual_detail.given_names";
  if (find(all, needed) != nullptr) return std::nullopt;
  return std::pair(Case::missing_field, needed);
}

inline Action xendit_write(Operation operation, std::string method, std::string path) {
  return {.operation = operation,
          .method = std::move(method),
          .path = std::move(path),
          .body = Body::json,
          .content_types = {"application/json"},
          .fields = xendit_customer_fields(),
          .maps = {{.prefix = "metadata", .max_entries = 50, .max_key = 40, .max_value = 500}},
          .unchecked = {"identity_accounts", "kyc_documents"},
          .null_clears = true,
          .clearable = {"individual_detail", "business_detail", "addresses", "metadata"},
          .replaced = {"individual_detail", "business_detail", "addresses", "metadata"},
          .answer = {.body = R"("{{customer}}")"}};
}

}  // namespace detail

/// Xendit's customers in version 2020-10-31: create, retrieve, update, and get by `reference_id`.
/// There is no deletion and no other list.
///
/// Credentials, user names of HTTP Basic: `xnd_development_FAKEKEY0001` may do everything,
/// `xnd_development_FAKEKEY0002` may only read. The sub-account of `for-user-id` has customers of
/// its own. A `reference_id` that is taken is refused; the answer does not tell whose it is. An
/// update replaces what it sends as a whole and clears by null.
///
/// A request without `api-version` is refused, where Xendit would speak another version. The check
/// of characters in names and descriptions is left out, as the set is not known.
///
/// Not from the documents: that one address is taken and no second; that neither an e-mail address
/// nor a number is required; that a key comes with its first answer for ever, and with other data
/// gives 409 and `IDEMPOTENCY_ERROR`; that a `reference_id` is compared to the letter; the codes of
/// wrong credentials, of a missing permission and of a server error, which are those of other
/// products; what stands in `errors`; the wordings but that of a validation error; that what the
/// documents do not name is refused.
///
/// \param replays         false: a repeated request is refused with 409 and `DUPLICATE_ERROR` in
///                        place of the first answer again.
/// \param missing_is_400  an unknown customer gives 400 and `END_CUSTOMER_NOT_FOUND_ERROR`, as
///                        client libraries expect for an update and for finding, in place of 404
///                        and `DATA_NOT_FOUND`; finding nobody gives it, too, in place of no data.
///
/// Source: https://docs.xendit.co/apidocs/create-customer-request and Xendit's client libraries.
inline Processor xendit(bool replays = true, bool missing_is_400 = false) {
  const std::string plain = R"({"error_code":"{{code}}","message":"{{message}}"})";
  const auto refusal = [&](int status, std::string code, std::string message) {
    return Answer{
        .status = status, .body = plain, .code = std::move(code), .message = std::move(message)};
  };
  const auto invalid = [](const std::string& what) {
    return Answer{
        .status = 400,
        .body = R"({"error_code":"{{code}}","message":"{{message}}","errors":[")" + what + R"("]})",
        .code = "API_VALIDATION_ERROR",
        .message = "There was an error with the format submitted to the server."};
  };
  const Answer missing =
      missing_is_400 ? refusal(400, "END_CUSTOMER_NOT_FOUND_ERROR", "Customer was not found")
                     : refusal(404, "DATA_NOT_FOUND", "Customer was not found");
  Action create = detail::xendit_write(Operation::create, "POST", "/customers");
  create.check = detail::xendit_name;
  create.fields.insert(create.fields.begin(),
                       {{.name = "reference_id", .max_length = 255, .required = true},
                        {.name = "type", .required = true, .one_of = {"INDIVIDUAL", "BUSINESS"}}});

  return {
      .name = "xendit",
      .credentials = {{.text = "xnd_development_FAKEKEY0001"},
                      {.text = "xnd_development_FAKEKEY0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_user}, .account_header = "for-user-id"},
      .headers = {{.name = "api-version",
                   .required = true,
                   .one_of = {"2020-10-31"},
                   .refusal = invalid("api-version must be 2020-10-31")}},
      .actions =
          {
              create,
              {.operation = missing_is_400 ? Operation::find : Operation::list,
               .method = "GET",
               .path = "/customers",
               .fields = {{.name = "reference_id", .max_length = 255, .required = true}},
               .answer = {.body = missing_is_400
                                      ? R"({"data":["{{customer}}"],"has_more":false})"
                                      : R"({"data":"{{customers}}","has_more":"{{has_more}}"})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customers/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              detail::xendit_write(Operation::update, "PATCH", "/customers/{id}"),
          },
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "idempotency-key",
                      .max_length = 100,
                      .repeat =
                          replays ? Idempotency::Repeat::replay : Idempotency::Repeat::refuse},
      .uniques = {{.fields = {"reference_id"}}},
      .listing = {.filters = {{"reference_id", "reference_id"}}, .limit_name = {}},
      .merchant_customer_id = "reference_id",
      .id = "cust-%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .customer = R"({
        "id": "{{id}}",
        "reference_id": "{{field reference_id}}",
        "type": "{{field type}}",
        "individual_detail": {
          "given_names": "{{field individual_detail.given_names}}",
          "surname": "{{field individual_detail.surname}}",
          "nationality": "{{field individual_detail.nationality}}",
          "place_of_birth": "{{field individual_detail.place_of_birth}}",
          "date_of_birth": "{{field individual_detail.date_of_birth}}",
          "gender": "{{field individual_detail.gender}}",
          "employment": "{{field individual_detail.employment}}"
        },
        "business_detail": {"business_name": "{{field business_detail.business_name}}"},
        "email": "{{field email}}",
        "mobile_number": "{{field mobile_number}}",
        "phone_number": "{{field phone_number}}",
        "hashed_phone_number": null,
        "addresses": [{
          "street_line1": "{{field addresses[0].street_line1}}",
          "street_line2": "{{field addresses[0].street_line2}}",
          "city": "{{field addresses[0].city}}",
          "province_state": "{{field addresses[0].province_state}}",
          "postal_code": "{{field addresses[0].postal_code}}",
          "country": "{{field addresses[0].country}}",
          "category": "{{field addresses[0].category}}",
          "is_primary": "{{field addresses[0].is_primary}}"
        }],
        "identity_accounts": [],
        "kyc_documents": [],
        "description": "{{field description}}",
        "metadata": "{{map metadata if metadata}}",
        "created": "{{created_time}}",
        "updated": "{{updated_time}}"
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("{{param}} is not valid")},
              {Case::missing_field, invalid("{{param}} is required")},
              {Case::empty_value, invalid("{{param}} is not allowed to be empty")},
              {Case::too_long, invalid("{{param}} is too long")},
              {Case::unknown_parameter, invalid("{{param}} is not allowed")},
              {Case::malformed_body, invalid("the body is not a JSON object")},
              {Case::unauthorized, refusal(401, "INVALID_API_KEY", "API key is invalid")},
              {Case::forbidden,
               refusal(403, "REQUEST_FORBIDDEN_ERROR", "The API key lacks a permission")},
              {Case::not_found, missing},
              {Case::no_route, refusal(404, "DATA_NOT_FOUND", "No such path")},
              {Case::duplicate_customer, refusal(400, "DUPLICATE_END_CUSTOMER_ERROR",
                                                 "Customer with this reference_id already exists")},
              {Case::idempotency_mismatch,
               refusal(409, "IDEMPOTENCY_ERROR", "The key was used with other data")},
              {Case::idempotency_repeated,
               refusal(409, "DUPLICATE_ERROR", "The key was used before")},
              {Case::idempotency_invalid, invalid("idempotency-key has 1 to 100 characters")},
              {Case::rate_limited, refusal(429, "RATE_LIMIT_EXCEEDED", "Too many requests")},
              {Case::server_error, refusal(500, "SERVER_ERROR", "An internal error occurred")},
          },
      .answer_headers = {{"Rate-Limit-Limit", "60"},
                         {"Rate-Limit-Remaining", "59"},
                         {"Rate-Limit-Reset", "0.5"}},
  };
}

}  // namespace florin::testing
