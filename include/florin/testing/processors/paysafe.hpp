// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/accepts.hpp>
#include <florin/testing/processor.hpp>

#include <string>
#include <vector>

namespace florin::testing {

/// Paysafe's customer vault: profiles are created, retrieved, replaced and deleted, and, through
/// the Payments API, found by `merchantCustomerId`.
///
/// Credentials, a user name and a password for HTTP Basic: `1001FAKE:B-tst1-0-FAKEKEY0001` may do
/// everything, `1002FAKE:B-tst1-0-FAKEKEY0002` may only read. There is no idempotency key; a
/// `merchantCustomerId` that is taken gives error 7505 with the first profile's address. Of
/// `dateOfBirth`, `card` and `addresses` nothing is checked. A deleted profile is as if it had
/// never been, and its `merchantCustomerId` is free again (not from the documents).
///
/// Addresses, which need calls of their own, are left out. An update is the whole profile: what it
/// does not send is cleared, and a `merchantCustomerId` that is taken is refused as in a create
/// (neither is from the documents). A `merchantCustomerId` is found when it is the same to the
/// letter (not from the documents).
///
/// Not from the documents: the bodies of the answers to a rate limit and a server error; that a
/// profile is created with 201 and a duplicate refused with 409 (third parties have seen it); the
/// texts of `fieldErrors` but that of the locale; that parameters which the documents do not name
/// are refused. Names and `merchantCustomerId` have no limit here, since theirs is not certain.
///
/// Source:
/// https://developer.paysafe.com/en/api-docs/customer-vault/create-a-profile-for-a-customer/ and
/// https://developer.paysafe.com/en/api-docs/customer-vault/customer-vault-errors/.
inline Processor paysafe() {
  const std::string profiles = "/customervault/v1/profiles";
  const std::string manual =
      "https://developer.paysafe.com/en/rest-api/vault/test-and-go-live/vault-errors/#ErrorCode";
  const std::string invalid =
      R"({"error":{"code":"{{code}}","message":"Either you submitted a request that is missing a )"
      R"(mandatory field or the value of a field does not match the format expected.",)"
      R"("fieldErrors":[{"field":"{{param}}","error":"{{message}}"}],)"
      R"("links":[{"rel":"errorinfo","href":")" +
      manual + R"({{code}}"}]}})";
  const std::string plain = R"({"error":{"code":"{{code}}","message":"{{message}}"}})";
  const std::vector<Field> fields{{.name = "merchantCustomerId", .max_length = 100},
                                  {.name = "locale",
                                   .required = true,
                                   .one_of = {"en_US", "fr_CA", "en_GB", "en_CA"},
                                   .complaints = {{Case::invalid_value, "5068", "Invalid Locale"}}},
                                  {.name = "firstName"},
                                  {.name = "middleName"},
                                  {.name = "lastName"},
                                  {.name = "email", .max_length = 255, .format = Format::email},
                                  {.name = "phone"},
                                  {.name = "cellPhone"},
                                  {.name = "gender", .one_of = {"M", "F"}},
                                  {.name = "nationality"},
                                  {.name = "ip"}};
  std::vector<std::string> names{"dateOfBirth"};
  for (const Field& field : fields) names.push_back(field.name);
  const std::vector<Header> status_code{{"X-Application-Status-Code", "{{code}}"}};
  const auto detailed = [](const std::string& details) {
    return R"({"error":{"code":"{{code}}","message":"{{message}}","details":[")" + details +
           R"("]}})";
  };

  return {
      .name = "paysafe",
      .credentials = {{.text = "1001FAKE:B-tst1-0-FAKEKEY0001"},
                      {.text = "1002FAKE:B-tst1-0-FAKEKEY0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_pair}},
      .headers = {{.name = "Accept",
                   .check = detail::accepts({"application/json"}),
                   .refusal = {.status = 406}}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = profiles,
               .body = Body::json,
               .content_types = {"application/json"},
               .fields = fields,
               .unchecked = {"dateOfBirth", "card", "addresses"},
               .any_of = {{"merchantCustomerId"}, {"locale"}},
               .refuse_empty = false,
               .answer = {.status = 201, .body = R"("{{customer}}")"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = profiles + "/{id}",
               .fields = {{.name = "fields"}},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "PUT",
               .path = profiles + "/{id}",
               .body = Body::json,
               .content_types = {"application/json"},
               .fields = fields,
               .unchecked = {"dateOfBirth"},
               .any_of = {{"merchantCustomerId"}, {"locale"}},
               .refuse_empty = false,
               .forgotten = names,
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::remove, .method = "DELETE", .path = profiles + "/{id}"},
              {.operation = Operation::find,
               .method = "GET",
               .path = "/paymenthub/v1/customers",
               .fields = {{.name = "merchantCustomerId", .required = true}, {.name = "fields"}},
               .answer = {.body = R"("{{customer}}")"},
               .listing = Listing{.filters = {{"merchantCustomerId", "merchantCustomerId"}},
                                  .limit_name = {}},
               .refusals = {{Case::not_found,
                             {.status = 404,
                              .body = detailed("The id in the URL is not known."),
                              .headers = status_code,
                              .code = "5269",
                              .message = "Entity not found"}}}},
          },
      .uniques = {{.fields = {"merchantCustomerId"}}},
      .merchant_customer_id = "merchantCustomerId",
      .id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .request_id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .customer = R"({
        "id": "{{id}}",
        "status": "ACTIVE",
        "merchantCustomerId": "{{field merchantCustomerId}}",
        "locale": "{{field locale}}",
        "firstName": "{{field firstName}}",
        "middleName": "{{field middleName}}",
        "lastName": "{{field lastName}}",
        "email": "{{field email}}",
        "phone": "{{field phone}}",
        "cellPhone": "{{field cellPhone}}",
        "gender": "{{field gender}}",
        "nationality": "{{field nationality}}",
        "ip": "{{field ip}}",
        "paymentToken": "P{{id}}",
        "addresses": [],
        "cards": [],
        "links": [{"rel": "self", "href": "{{base}}/customervault/v1/profiles/{{id}}"}]
      })",
      .refusals =
          {
              {Case::invalid_value,
               {.status = 400,
                .body = invalid,
                .headers = status_code,
                .code = "5068",
                .message = "Invalid value"}},
              {Case::missing_field,
               {.status = 400,
                .body = invalid,
                .headers = status_code,
                .code = "5068",
                .message = "may not be empty"}},
              {Case::malformed_body,
               {.status = 400,
                .body = plain,
                .code = "5023",
                .message = "The request cannot be parsed."}},
              {Case::unsupported_media_type, {.status = 415}},
              {Case::wrong_method,
               {.status = 400,
                .body = plain,
                .code = "5023",
                .message = "The method is not allowed."}},
              {Case::unauthorized,
               {.status = 401,
                .body = detailed("The authentication credentials are invalid."),
                .code = "5279",
                .message = "Invalid credentials"}},
              {Case::forbidden,
               {.status = 403,
                .body = detailed(
                    "The credentials do not have permission to access the requested data."),
                .code = "5270",
                .message = "Unauthorized access"}},
              {Case::not_found,
               {.status = 404,
                .body = R"({"error":{"code":"{{code}}","message":"{{message}}",)"
                        R"("links":[{"rel":"errorinfo","href":")" +
                        manual + R"({{code}}"}]}})",
                .headers = status_code,
                .code = "5269",
                .message = "The id in the URL is not known: {{value}}"}},
              {Case::duplicate_customer,
               {.status = 409,
                .body = R"({"links":[{"rel":"existing_entity",)"
                        R"("href":"{{base}}/customervault/v1/profiles/{{existing_id}}"}],)"
                        R"("error":{"code":"{{code}}","message":"{{message}}",)"
                        R"("links":[{"rel":"errorinfo","href":")" +
                        manual + R"({{code}}"}]}})",
                .code = "7505",
                .message = "The merchantCustomerId provided for this profile has already been used "
                           "for another profile - {{existing_id}}"}},
              {Case::rate_limited, {.status = 429, .body = plain, .message = "Too many requests."}},
              {Case::server_error, {.status = 500, .body = plain, .message = "Internal error."}},
          },
      .absent = Processor::Absent::omitted,
      .answer_headers = {{"X-Internal-Correlation-Id", "{{request_id}}"}},
  };
}

}  // namespace florin::testing
