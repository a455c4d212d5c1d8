// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline bool conekta_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline bool conekta_city(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i)
    if (conekta_letter(text[i - 1]) && conekta_letter(text[i])) return true;
  return false;
}

inline std::vector<Field> conekta_customer_fields(bool required) {
  const std::string contact = "shipping_contacts[0].";
  const std::string address = contact + "address.";
  const std::string email_code = "conekta.errors.parameter_validation.email";
  return {
      {.name = "name", .required = required},
      {.name = "email",
       .required = required,
       .format = Format::email,
       .complaints = {{Case::invalid_value, email_code, "The email is invalid."}}},
      {.name = "phone", .required = required},
      {.name = "custom_reference"},
      {.name = "corporate", .type = Type::boolean},
      {.name = "date_of_birth"},
      {.name = "national_id"},
      {.name = contact + "receiver"},
      {.name = contact + "phone"},
      {.name = contact + "between_streets"},
      {.name = address + "street1",
       .max_length = 249,
       .required_with = contact,
       .check = [](std::string_view text) { return text.size() >= 2; }},
      {.name = address + "street2", .max_length = 249},
      {.name = address + "city", .max_length = 249, .check = conekta_city},
      {.name = address + "state", .max_length = 249},
      {.name = address + "postal_code", .max_length = 250, .required_with = contact},
      {.name = address + "country",
       .required_with = contact,
       .check =
           [](std::string_view text) {
             return text.size() == 2 && conekta_letter(text[0]) && conekta_letter(text[1]);
           }},
  };
}

/// A postal code in Mexico has five digits.
inline std::optional<std::pair<Case, std::string>> conekta_postal_code(
    std::span<const Parameter> all) {
  const std::string address = "shipping_contacts[0].address.";
  const Parameter* const country = find(all, address + "country");
  const Parameter* const code = find(all, address + "postal_code");
  if (country == nullptr || code == nullptr || lower_case(country->value) != "mx" ||
      (code->value.size() == 5 && code->value.find_first_not_of("0123456789") == std::string::npos))
    return std::nullopt;
  return std::pair(Case::invalid_value, code->name);
}

/// For `Listing::query`: customers with this text in their name, email, phone or reference.
inline std::optional<Condition> conekta_search(std::string_view text) {
  return [wanted = lower_case(text)](std::span<const Parameter> all) {
    return std::any_of(all.begin(), all.end(), [&](const Parameter& each) {
      return (each.name == "name" || each.name == "email" || each.name == "phone" ||
              each.name == "custom_reference") &&
             contains_in_any_case(each.value, wanted);
    });
  };
}

inline Action conekta_write(Operation operation, std::string method, std::string path,
                            bool merges) {
  const bool creates = operation == Operation::create;
  return {.operation = operation,
          .method = std::move(method),
          .path = std::move(path),
          .body = Body::json,
          .content_types = {"application/json"},
          .fields = conekta_customer_fields(creates),
          .maps = {{.prefix = "metadata", .max_entries = 100}},
          .unchecked = {"antifraud_info", "fiscal_entities", "payment_sources", "plan_id",
                        "subscription"},
          .clearable = {"metadata"},
          .replaced = merges ? std::vector<std::string>{"shipping_contacts"}
                             : std::vector<std::string>{"shipping_contacts", "metadata"},
          .check = conekta_postal_code,
          .answer = {.body = R"("{{customer}}")"}};
}

/// The list in which a customer's only contact comes back.
inline std::string conekta_contacts() {
  return R"({
    "object": "{{fixed list if shipping_contacts}}",
    "has_more": "{{field -|false if shipping_contacts}}",
    "total": "{{field -|1 if shipping_contacts}}",
    "data": [{
      "id": "{{fixed ship_cont_***************** if shipping_contacts}}",
      "object": "{{fixed shipping_contact if shipping_contacts}}",
      "created_at": "{{created if shipping_contacts}}",
      "parent_id": "{{id if shipping_contacts}}",
      "default": "{{field -|true if shipping_contacts}}",
      "receiver": "{{field shipping_contacts[0].receiver}}",
      "phone": "{{field shipping_contacts[0].phone}}",
      "between_streets": "{{field shipping_contacts[0].between_streets}}",
      "address": {
        "object": "{{fixed shipping_address if shipping_contacts}}",
        "street1": "{{field shipping_contacts[0].address.street1}}",
        "street2": "{{field shipping_contacts[0].address.street2}}",
        "city": "{{field shipping_contacts[0].address.city}}",
        "state": "{{field shipping_contacts[0].address.state}}",
        "country": "{{lower shipping_contacts[0].address.country}}",
        "postal_code": "{{field shipping_contacts[0].address.postal_code}}",
        "residential": "{{field -|true if shipping_contacts}}"
      }
    }]
  })";
}

}  // namespace detail

/// Conekta's customers: create, retrieve, update, delete and list.
///
/// Credentials, bearer tokens: `key_FAKE0001` may do everything, `key_FAKE0002` may only read.
/// There is no idempotency key and equal customers are no duplicates. A request whose `Accept` does
/// not name the version is refused, where Conekta would speak the version of the account.
///
/// Of shipping contacts one is taken and no second; the calls that change one are left out. Of
/// payment sources, fiscal entities and subscriptions nothing is checked and nothing comes back.
///
/// Not from the documents: that an update replaces the shipping contact, does not clear by null or
/// an empty text, and gives 404 for an unknown customer; that a deleted customer is unknown; that
/// `search` finds part of a name, e-mail address, phone number or reference, whatever the case, and
/// lists are newest first; the codes of refusals but those of a missing key, an unknown customer
/// and a server error; the type of a missing permission; the answers to a rate limit and a wrong
/// `Accept`; that a body which is no JSON is refused with 422; that what the documents do not name
/// is refused. The wordings are the sandbox's own, and English in `message`, too.
///
/// \param merges   an update adds entries to `metadata`, in place of replacing it as a whole
///                 (neither is from the documents).
/// \param version  the only one that is spoken.
///
/// Source: Conekta's OpenAPI description and https://developers.conekta.com/reference.
inline Processor conekta(bool merges = false, const std::string& version = "2.2.0") {
  const std::string media_type = "application/vnd.conekta-v" + version + "+json";
  const auto error = [](int status, const std::string& type, const std::string& code,
                        std::string message, const std::string& param = "null") {
    return Answer{.status = status,
                  .body = R"({"details":[{"message":"{{message}}","param":)" + param +
                          R"(,"code":"{{code}}","debug_message":"{{message}}"}],)"
                          R"("log_id":"{{request_id}}","object":"error","type":")" +
                          type + R"("})",
                  .code = "conekta.errors." + code,
                  .message = std::move(message)};
  };
  const auto invalid = [&](const std::string& code, std::string message) {
    return error(422, "parameter_validation_error", "parameter_validation." + code,
                 std::move(message), R"("{{param}}")");
  };
  const Answer whole{.body = R"("{{customer}}")"};
  Action update = detail::conekta_write(Operation::update, "PUT", "/customers/{id}", merges);
  update.fields.push_back({.name = "default_shipping_contact_id"});
  update.fields.push_back({.name = "default_payment_source_id"});

  return {
      .name = "conekta",
      .credentials = {{.text = "key_FAKE0001"}, {.text = "key_FAKE0002", .can_write = false}},
      .authentication = {.schemes = {Scheme::bearer}, .account_header = "X-Child-Company-Id"},
      .headers = {{.name = "Accept",
                   .required = true,
                   .one_of = {media_type},
                   .refusal =
                       error(406, "parameter_validation_error", "parameter_validation.accept",
                             "Accept does not name the version.")},
                  {.name = "Accept-Language",
                   .one_of = {"en", "es"},
                   .refusal = error(406, "parameter_validation_error",
                                    "parameter_validation.language", "No such language.")}},
      .actions =
          {
              detail::conekta_write(Operation::create, "POST", "/customers", merges),
              {.operation = Operation::list,
               .method = "GET",
               .path = "/customers",
               .answer = {.body = R"({"next_page_url":"{{next_link}}",)"
                                  R"("previous_page_url":"{{previous_link}}",)"
                                  R"("has_more":"{{has_more}}","object":"list",)"
                                  R"("data":"{{customers}}"})"}},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customers/{id}",
               .answer = whole},
              update,
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/customers/{id}",
               .answer = whole},
          },
      .listing = {.query_name = "search",
                  .query = detail::conekta_search,
                  .default_limit = 20,
                  .max_limit = 250,
                  .after_name = "next",
                  .before_name = "previous"},
      .merchant_customer_id = "custom_reference",
      .id = "cus_*****************",
      .request_id = "%%%%%%%%%%%%%%%%%%%%%%%%",
      .customer = R"({
        "livemode": false,
        "name": "{{field name}}",
        "email": "{{field email}}",
        "phone": "{{field phone}}",
        "default_shipping_contact_id":
            "{{fixed ship_cont_***************** if shipping_contacts}}",
        "id": "{{id}}",
        "object": "customer",
        "created_at": "{{created}}",
        "corporate": "{{field corporate|false}}",
        "custom_reference": "{{field custom_reference|}}",
        "metadata": "{{map metadata if metadata}}",
        "payment_sources": null,
        "fiscal_entities": null,
        "subscription": null,
        "shipping_contacts": )" +
                  detail::conekta_contacts() + "}",
      .refusals =
          {
              {Case::invalid_value, invalid("invalid", "{{param}} is invalid.")},
              {Case::missing_field, invalid("missing", "{{param}} is required.")},
              {Case::empty_value, invalid("empty", "{{param}} is empty.")},
              {Case::too_long, invalid("length", "{{param}} is too long.")},
              {Case::too_many_entries, invalid("length", "{{param}} is one too many.")},
              {Case::unknown_parameter, invalid("unknown", "{{param}} is unknown.")},
              {Case::malformed_body,
               error(422, "parameter_validation_error", "parameter_validation.body",
                     "The body is not a JSON object.")},
              {Case::unauthorized, error(401, "authentication_error", "authentication.invalid_key",
                                         "The access key is not known.")},
              {Case::no_credentials,
               error(401, "authentication_error", "authentication.missing_key",
                     "Please include your access key in your request.")},
              {Case::forbidden,
               error(403, "forbidden_error", "forbidden.key", "The access key may not do this.")},
              {Case::not_found, error(404, "resource_not_found_error", "resource_not_found.entity",
                                      "Object Customer {{value}} does not exist.")},
              {Case::no_route,
               error(404, "resource_not_found_error", "resource_not_found.path", "No such path.")},
              {Case::rate_limited, {.status = 429}},
              {Case::server_error, error(500, "api_error", "api.system.general_failure",
                                         "An internal error occurred.")},
          },
      .content_type = media_type,
      .answer_headers = {{"Conekta-Media-Type",
                          "conekta-v" + version + "; format=application/json"}},
  };
}

}  // namespace florin::testing
