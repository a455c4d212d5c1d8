// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/accepts.hpp>
#include <florin/testing/processor.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace florin::testing {

namespace detail {

/// What an update can change.
inline std::vector<Field> finix_entity_fields() {
  const std::string address = "entity.personal_address.";
  return {
      {.name = "entity.first_name", .max_length = 20},
      {.name = "entity.last_name", .max_length = 20},
      {.name = "entity.email", .max_length = 100, .format = Format::email},
      {.name = "entity.phone"},
      {.name = address + "line1", .max_length = 35, .required_with = address},
      {.name = address + "line2", .max_length = 35},
      {.name = address + "city", .max_length = 20, .required_with = address},
      {.name = address + "region",
       .max_length = 2,
       .required_with = address,
       .check = [](std::string_view text) { return text.size() == 2; }},
      {.name = address + "postal_code", .max_length = 7, .required_with = address},
      {.name = address + "country", .format = Format::country_alpha3, .required_with = address},
  };
}

inline std::vector<Field> finix_identity_fields() {
  std::vector<Field> fields = finix_entity_fields();
  fields.insert(fields.begin(),
                {{.name = "identity_roles[0]", .one_of = {"BUYER"}}, {.name = "type"}});
  return fields;
}

}  // namespace detail

/// Finix's identities with the role of a buyer: create, retrieve, update and list, in version
/// 2022-02-01. There is no deletion.
///
/// Credentials, a user name and a password for HTTP Basic: `USfakeusername:fake-password-0000` may
/// do everything, `USfakereader:fake-password-0001` may only read. Repeated requests are not
/// recognised and equal identities are no duplicates. An address has to be whole, as the schema
/// demands. What makes a seller of an identity, such as `entity.business_type`, is refused.
///
/// A request without `Finix-Version` is refused, where Finix would speak the version of 2018, which
/// the sandbox does not.
///
/// The list is filtered by `tags.key` with `tags.value`, `email` (an address or a domain), names,
/// `id` and times; filters that concern sellers are refused.
///
/// Not from the documents: that an update leaves members that it does not send, but replaces `tags`
/// and an address as a whole, and clears by null or an empty text; that a tag's key and value are
/// those of one tag, whose case matters, while that of an address does not; that a list has 10
/// identities without a `limit` and 100 at most, newest first, and `_embedded` also when it is
/// empty; the wordings, except that of wrong credentials; that invalid fields give 422 and not 400,
/// and are named with their path; that parameters which the documents do not name for a buyer are
/// refused.
///
/// Source: https://docs.finix.com/api/identities and Finix's OpenAPI schema.
inline Processor finix() {
  const std::vector<std::string> json{"application/json", "application/vnd.json+api",
                                      "application/hal+json"};
  const std::vector<MapField> tags{
      {.prefix = "tags", .max_entries = 50, .max_key = 40, .max_value = 500}};
  const auto error = [](const std::string& field, const std::string& link) {
    return R"({"total":1,"_embedded":{"errors":[{"logref":"{{random %%%%%%%%%%%%%%%%%%%%}}",)"
           R"("message":"{{message}}","code":"{{code}}",)" +
           field + R"("_links":{")" + link + R"(":{"href":"{{base}}/identities"}}}]}})";
  };
  const std::string invalid = error(R"("field":"{{param}}",)", "source");
  const std::string problem = error("", "self");

  return {
      .name = "finix",
      .credentials = {{.text = "USfakeusername:fake-password-0000"},
                      {.text = "USfakereader:fake-password-0001", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_pair}},
      .headers = {{.name = "Finix-Version",
                   .required = true,
                   .one_of = {"2022-02-01"},
                   .refusal = {.status = 400,
                               .body = problem,
                               .code = "BAD_REQUEST",
                               .message = "Only Finix-Version 2022-02-01 is served."}},
                  {.name = "Accept",
                   .check = detail::accepts({"application/hal+json", "application/json"}),
                   .refusal = {.status = 406,
                               .body = problem,
                               .code = "NOT_ACCEPTABLE",
                               .message = "Not acceptable."}}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/identities",
               .body = Body::json,
               .content_types = json,
               .fields = detail::finix_identity_fields(),
               .maps = tags,
               .refuse_empty = false,
               .answer = {.status = 201, .body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/identities",
               .answer = {.body = R"({"_embedded":{"identities":"{{customers}}"},)"
                                  R"("_links":{"self":{"href":"{{self_link}}"}},)"
                                  R"("page":{"limit":"{{limit}}",)"
                                  R"("next_cursor":"{{next_cursor}}"}})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/identities/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "PUT",
               .path = "/identities/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = detail::finix_entity_fields(),
               .maps = tags,
               .refuse_empty = false,
               .null_clears = true,
               .clearable = {"tags", "entity.personal_address"},
               .replaced = {"tags", "entity.personal_address"},
               .answer = {.body = R"("{{customer}}")"}},
          },
      .listing = {.filters = {{.name = "tags.value", .field = "tags", .key_name = "tags.key"},
                              {.name = "email",
                               .field = "entity.email",
                               .match = Filter::Match::email_or_domain},
                              {"first_name", "entity.first_name"},
                              {"last_name", "entity.last_name"},
                              {"id", "{id}"},
                              {.name = "created_at.gte", .match = Filter::Match::created_from},
                              {.name = "created_at.lte", .match = Filter::Match::created_until}},
                  .cut_limit = true,
                  .after_name = "after_cursor",
                  .before_name = "before_cursor"},
      .merchant_customer_id = "tags.merchant_customer_id",
      .id = "ID**********************",
      .request_id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .customer = R"({
        "id": "{{id}}",
        "created_at": "{{created_time %Y-%m-%dT%H:%M:%S.00Z}}",
        "updated_at": "{{updated_time %Y-%m-%dT%H:%M:%S.00Z}}",
        "application": "APfAkEfAkEfAkEfAkEfAkE01",
        "entity": {
          "amex_mid": null,
          "annual_card_volume": 0,
          "business_address": null,
          "business_name": null,
          "business_phone": null,
          "business_tax_id_provided": false,
          "business_type": null,
          "default_statement_descriptor": null,
          "discover_mid": null,
          "dob": null,
          "doing_business_as": null,
          "email": "{{field entity.email}}",
          "first_name": "{{field entity.first_name}}",
          "has_accepted_credit_cards_previously": false,
          "incorporation_date": null,
          "last_name": "{{field entity.last_name}}",
          "max_transaction_amount": 0,
          "mcc": null,
          "ownership_type": null,
          "personal_address": {
            "line1": "{{field entity.personal_address.line1}}",
            "line2": "{{field entity.personal_address.line2}}",
            "city": "{{field entity.personal_address.city}}",
            "region": "{{field entity.personal_address.region}}",
            "postal_code": "{{field entity.personal_address.postal_code}}",
            "country": "{{field entity.personal_address.country}}"
          },
          "phone": "{{field entity.phone}}",
          "principal_percentage_ownership": null,
          "short_business_name": null,
          "tax_authority": null,
          "tax_id_provided": false,
          "title": null,
          "url": null
        },
        "identity_roles": ["{{field identity_roles[0]|BUYER}}"],
        "type": "{{field type|PERSONAL}}",
        "tags": "{{map tags}}",
        "_links": {
          "self": {"href": "{{base}}/identities/{{id}}"},
          "verifications": {"href": "{{base}}/identities/{{id}}/verifications"},
          "merchants": {"href": "{{base}}/identities/{{id}}/merchants"},
          "settlements": {"href": "{{base}}/identities/{{id}}/settlements"},
          "authorizations": {"href": "{{base}}/identities/{{id}}/authorizations"},
          "transfers": {"href": "{{base}}/identities/{{id}}/transfers"},
          "payment_instruments": {"href": "{{base}}/identities/{{id}}/payment_instruments"},
          "associated_identities": {"href": "{{base}}/identities/{{id}}/associated_identities"},
          "disputes": {"href": "{{base}}/identities/{{id}}/disputes"},
          "application": {"href": "{{base}}/applications/APfAkEfAkEfAkEfAkEfAkE01"}
        }
      })",
      .refusals =
          {
              {Case::invalid_value,
               {.status = 422,
                .body = invalid,
                .code = "INVALID_FIELD",
                .message = "Invalid value for {{param_leaf}}"}},
              {Case::missing_field,
               {.status = 422,
                .body = invalid,
                .code = "INVALID_FIELD",
                .message = "Missing value for {{param_leaf}}"}},
              {Case::malformed_body,
               {.status = 400,
                .body = problem,
                .code = "BAD_REQUEST",
                .message = "The body cannot be parsed."}},
              {Case::unauthorized,
               {.status = 401, .body = problem, .code = "UNKNOWN", .message = "Unauthorized"}},
              {Case::forbidden,
               {.status = 403, .body = problem, .code = "FORBIDDEN", .message = "Forbidden"}},
              {Case::not_found,
               {.status = 404, .body = problem, .code = "NOT_FOUND", .message = "Not found"}},
              {Case::wrong_method,
               {.status = 405,
                .body = problem,
                .code = "METHOD_NOT_ALLOWED",
                .message = "Method not allowed"}},
              {Case::rate_limited,
               {.status = 429,
                .body = problem,
                .code = "TOO_MANY_REQUESTS",
                .message = "Too many requests"}},
              {Case::server_error,
               {.status = 500,
                .body = problem,
                .code = "SERVER_ERROR",
                .message = "Internal server error"}},
          },
      .content_type = "application/hal+json",
      .answer_headers = {{"x-request-id", "{{request_id}}"}, {"finix-apiuser-role", "MERCHANT"}},
  };
}

}  // namespace florin::testing
