// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace florin::testing {

namespace detail {

inline std::vector<Field> stax_customer_fields() {
  return {
      {.name = "firstname", .max_length = 255},
      {.name = "lastname", .max_length = 255},
      {.name = "company", .max_length = 255},
      {.name = "email",
       .max_length = 255,
       .format = Format::email,
       .complaints = {{Case::invalid_value, "", "The email must be a valid email address."}}},
      {.name = "phone",
       .format = Format::digits,
       .check = [](std::string_view text) { return text.size() >= 10 && text.size() <= 15; }},
      {.name = "address_1", .max_length = 255},
      {.name = "address_2", .max_length = 255},
      {.name = "address_city", .max_length = 255},
      {.name = "address_state", .max_length = 2},
      {.name = "address_zip", .max_length = 16},
      {.name = "address_country", .max_length = 3},
      {.name = "notes", .max_length = 21844},
      {.name = "reference", .max_length = 255},
      {.name = "allow_invoice_credit_card_payments", .type = Type::boolean},
  };
}

inline std::vector<Filter> stax_filters() {
  std::vector<Filter> filters;
  for (const Field& field : stax_customer_fields()) filters.push_back({field.name, field.name});
  return filters;
}

}  // namespace detail

/// Stax's (Fattmerchant's) customers: create, retrieve, update, delete and list.
///
/// Credentials, bearer tokens: `eyFAKE.eyFAKE.FAKESIG` may do everything,
/// `eyFAKE.eyREAD.FAKESIG` may only read. Repeated requests are not recognised and equal customers
/// are no duplicates. Of `options`, `cc_emails`, `cc_sms` and `files` nothing is checked, and the
/// answer has `null` in their place; its `gravatar`, `has_address` and `missing_address_components`
/// are always the same.
///
/// A deleted customer is kept and can still be read, with its `deleted_at`; it cannot be changed,
/// and deleting it again is answered as if it had never been (the documents say none of this).
///
/// An update needs one of the four names of a customer again. That it leaves what it does not send,
/// and clears by null or an empty text, is not from the documents.
///
/// The list takes any field of a customer as a filter, but not `keywords[]`. Not from the
/// documents: that filters are exact and heed the case, that deleted customers are not listed, that
/// a page has 100 customers at most.
///
/// Not from the documents: the bodies of the answers to a wrong key, a rate limit, a server error
/// and a body that is not JSON (their status is); the wordings for all but an invalid e-mail
/// address and the missing fields; that parameters which the documents do not name are refused.
///
/// Source: https://docs.staxpayments.com/reference/overview and
/// https://api-docs.staxpayments.com/reference/customers.
inline Processor stax() {
  const std::vector<std::string> json{"application/json"};
  const std::vector<std::string> unchecked{"cc_emails", "cc_sms", "files", "options"};
  const std::string problem = R"({"{{param}}":["{{message}}"]})";
  const std::string plain = R"({"error":["{{message}}"]})";
  const std::string unknown = R"({"id":"customer not found"})";

  return {
      .name = "stax",
      .credentials = {{.text = "eyFAKE.eyFAKE.FAKESIG"},
                      {.text = "eyFAKE.eyREAD.FAKESIG", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customer",
               .body = Body::json,
               .content_types = json,
               .fields = detail::stax_customer_fields(),
               .unchecked = unchecked,
               .any_of = {{"firstname", "lastname", "email", "company"}},
               .refuse_empty = false,
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/customer",
               .fields = {{.name = "sort", .one_of = {"created_at"}}},
               .answer = {.body = R"({"total":"{{total}}","per_page":"{{limit}}",)"
                                  R"("current_page":"{{page}}","last_page":"{{last_page}}",)"
                                  R"("next_page_url":"{{next_link}}",)"
                                  R"("prev_page_url":"{{previous_link}}",)"
                                  R"("from":"{{from}}","to":"{{to}}","data":"{{customers}}"})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customer/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "PUT",
               .path = "/customer/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = detail::stax_customer_fields(),
               .unchecked = unchecked,
               .any_of = {{"firstname", "lastname", "email", "company"}},
               .refuse_empty = false,
               .null_clears = true,
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/customer/{id}",
               .answer = {.body = R"("{{customer}}")"},
               .refusals = {{Case::not_found, {.status = 422, .body = unknown}}}},
          },
      .listing = {.filters = detail::stax_filters(),
                  .limit_name = "per_page",
                  .default_limit = 50,
                  .cut_limit = true,
                  .page_name = "page",
                  .direction_name = "order"},
      .merchant_customer_id = "reference",
      .id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .customer = R"({
        "id": "{{id}}",
        "firstname": "{{field firstname}}",
        "lastname": "{{field lastname}}",
        "company": "{{field company}}",
        "email": "{{field email}}",
        "cc_emails": null,
        "cc_sms": null,
        "phone": "{{field phone}}",
        "address_1": "{{field address_1}}",
        "address_2": "{{field address_2}}",
        "address_city": "{{field address_city}}",
        "address_state": "{{field address_state}}",
        "address_zip": "{{field address_zip}}",
        "address_country": "{{field address_country}}",
        "notes": "{{field notes}}",
        "reference": "{{field reference}}",
        "options": null,
        "created_at": "{{created_time %Y-%m-%d %H:%M:%S}}",
        "updated_at": "{{updated_time %Y-%m-%d %H:%M:%S}}",
        "deleted_at": "{{removed_time %Y-%m-%d %H:%M:%S}}",
        "allow_invoice_credit_card_payments": "{{field allow_invoice_credit_card_payments|true}}",
        "gravatar": "//www.gravatar.com/avatar/00000000000000000000000000000000",
        "has_address": true,
        "missing_address_components": []
      })",
      .removed = {.body = R"("{{customer}}")"},
      .refusals =
          {
              {Case::invalid_value,
               {.status = 422, .body = problem, .message = "The {{param}} is invalid."}},
              {Case::missing_field, {.status = 422, .body = R"({
                 "firstname": ["The firstname field is required when none of lastname / email / company are present."],
                 "lastname": ["The lastname field is required when none of firstname / email / company are present."],
                 "email": ["The email field is required when none of firstname / lastname / company are present."],
                 "company": ["The company field is required when none of firstname / lastname / email are present."]
               })"}},
              {Case::too_long,
               {.status = 422, .body = problem, .message = "The {{param}} is too long."}},
              {Case::malformed_body,
               {.status = 400, .body = plain, .message = "The body is not a JSON object."}},
              {Case::unauthorized, {.status = 401, .body = plain, .message = "Unauthorized."}},
              {Case::forbidden, {.status = 401, .body = R"(["not team admin"])"}},
              {Case::not_found, {.status = 404, .body = unknown}},
              {Case::no_route, {.status = 404, .body = plain, .message = "No such path."}},
              {Case::rate_limited, {.status = 429, .body = plain, .message = "Too many requests."}},
              {Case::server_error, {.status = 500, .body = plain, .message = "Server error."}},
          },
  };
}

}  // namespace florin::testing
