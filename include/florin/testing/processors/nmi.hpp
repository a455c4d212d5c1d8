// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

/// What NMI's documents leave open.
struct NmiVariant {
  /// `email`, `last_name` and fields of the merchant's own do not narrow a query for customers.
  bool ignores_filters = false;
  /// Nor do `result_limit` and `page_number`.
  bool ignores_pages = false;
  /// Words of an answer's `responsetext` have `+` between them; else blanks.
  bool encodes_blanks = false;
  /// A `customer_vault_id` has to be at most 36 letters and digits; else it may be any text.
  bool plain_ids = false;
};

namespace detail {

/// So many fields of the merchant's own there are.
constexpr int nmi_fields = 20;

inline std::string nmi_field(int number) {
  return "merchant_defined_field_" + std::to_string(number);
}

inline bool nmi_has(std::span<const Parameter> parameters, std::string_view name) {
  const Parameter* const parameter = find(parameters, name);
  return parameter != nullptr && !parameter->value.empty();
}

inline std::function<bool(std::span<const Parameter>)> nmi_asks_for(std::string name,
                                                                    std::string value) {
  return [name = std::move(name), value = std::move(value)](std::span<const Parameter> all) {
    const Parameter* const parameter = find(all, name);
    return parameter != nullptr && parameter->value == value;
  };
}

inline bool nmi_plain(std::string_view text) {
  return text.size() <= 36 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

inline bool nmi_card_number(std::string_view text) {
  return text.size() >= 12 && text.size() <= 19 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// An answer of the side that writes.
/// \param behind  the words of `responsetext`
/// \param more  the members at the end
inline Answer nmi_answer(const NmiVariant& variant, char response, const std::string& code,
                         std::string words, const std::string& behind, const std::string& more) {
  if (variant.encodes_blanks) std::replace(words.begin(), words.end(), ' ', '+');
  return {.body = std::string("response=") + response + "&responsetext=" + words + behind +
                  "&authcode=&transactionid=&avsresponse=&cvvresponse=&orderid={{sent orderid}}"
                  "&type=&response_code=" +
                  code + more};
}

inline Answer nmi_refusal(const NmiVariant& variant, const std::string& words,
                          const std::string& more = {}) {
  Answer answer =
      nmi_answer(variant, '3', "{{code}}", words + " REFID:", "{{random 3#########}}", more);
  answer.code = "300";
  return answer;
}

/// An answer of the side that reads.
inline Answer nmi_xml(const std::string& content) {
  return {.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response>" + content +
                  "</nm_response>",
          .content_type = "text/xml; charset=UTF-8"};
}

inline Answer nmi_unread(const std::string& text) {
  return nmi_xml("<error_response>" + text + "</error_response>");
}

/// What is common to all calls that write.
inline Action nmi_write(const NmiVariant& variant, Operation operation, const std::string& name) {
  Action action{.operation = operation,
                .path = "/api/transact.php",
                .body = Body::form,
                .content_types = {"application/x-www-form-urlencoded"},
                .selects = nmi_asks_for("customer_vault", name),
                .fields = {{.name = "security_key"},
                           {.name = "customer_vault", .required = true, .one_of = {name}},
                           {.name = "orderid", .check = nmi_plain}}};
  if (operation != Operation::create) action.id_member = "customer_vault_id";
  action.fields.push_back(
      {.name = "customer_vault_id", .required = operation != Operation::create});
  if (variant.plain_ids) action.fields.back().check = nmi_plain;
  if (operation == Operation::remove) return action;
  for (const std::string field : {"payment_token",
                                  "cvv",
                                  "payment",
                                  "checkname",
                                  "checkaba",
                                  "checkaccount",
                                  "account_holder_type",
                                  "account_type",
                                  "first_name",
                                  "last_name",
                                  "phone",
                                  "company",
                                  "fax",
                                  "order_description",
                                  "address1",
                                  "address2",
                                  "city",
                                  "state",
                                  "zip",
                                  "shipping_firstname",
                                  "shipping_lastname",
                                  "shipping_company",
                                  "shipping_address1",
                                  "shipping_address2",
                                  "shipping_city",
                                  "shipping_state",
                                  "shipping_zip",
                                  "billing_id",
                                  "currency"})
    action.fields.push_back({.name = field});
  for (const std::string field : {"email", "shipping_email"})
    action.fields.push_back({.name = field, .check = [](std::string_view text) {
                               return text.find('@') != std::string_view::npos;
                             }});
  for (const std::string field : {"country", "shipping_country"})
    action.fields.push_back({.name = field, .format = Format::country_alpha2});
  action.fields.push_back(
      {.name = "ccnumber",
       .check = nmi_card_number,
       .complaints = {{Case::invalid_value, "300", "Invalid Credit Card Number"}}});
  action.fields.push_back({.name = "ccexp", .format = Format::digits, .required_with = "ccnumber"});
  for (int i = 1; i <= nmi_fields; ++i) action.fields.push_back({.name = nmi_field(i)});
  return action;
}

/// What is common to all calls that read.
inline Action nmi_read(Operation operation) {
  return {.operation = operation,
          .path = "/api/query.php",
          .body = Body::form,
          .content_types = {"application/x-www-form-urlencoded"},
          .fields = {{.name = "security_key"},
                     {.name = "report_type", .required = true, .one_of = {"customer_vault"}}},
          .answer =
              nmi_xml("<customer_vault>" +
                      std::string(operation == Operation::list ? "{{customers}}" : "{{customer}}") +
                      "</customer_vault>"),
          .refusals = {{Case::unauthorized, nmi_unread("Invalid Security Key")},
                       {Case::not_found, nmi_xml("")},
                       {Case::invalid_value, nmi_unread("{{param}} is invalid")},
                       {Case::missing_field, nmi_unread("{{param}} is missing")}}};
}

inline std::string nmi_customer() {
  std::string members;
  for (const auto& [element, name] : std::vector<std::pair<const char*, const char*>>{
           {"first_name", "first_name"},
           {"last_name", "last_name"},
           {"company", "company"},
           {"address_1", "address1"},
           {"address_2", "address2"},
           {"city", "city"},
           {"state", "state"},
           {"postal_code", "zip"},
           {"country", "country"},
           {"email", "email"},
           {"phone", "phone"},
           {"fax", "fax"},
           {"shipping_first_name", "shipping_firstname"},
           {"shipping_last_name", "shipping_lastname"},
           {"shipping_company", "shipping_company"},
           {"shipping_address_1", "shipping_address1"},
           {"shipping_address_2", "shipping_address2"},
           {"shipping_city", "shipping_city"},
           {"shipping_state", "shipping_state"},
           {"shipping_postal_code", "shipping_zip"},
           {"shipping_country", "shipping_country"},
           {"shipping_email", "shipping_email"}})
    members.append("<")
        .append(element)
        .append(">{{field ")
        .append(name)
        .append("}}</")
        .append(element)
        .append(">");
  for (int i = 1; i <= nmi_fields; ++i)
    members += "<merchant_defined_field id=\"" + std::to_string(i) + "\">{{field " + nmi_field(i) +
               "}}</merchant_defined_field>";
  return "<customer id=\"{{id}}\">" + members +
         "<cc_number>4xxxxxxxxxxx1111</cc_number><cc_exp>1230</cc_exp>"
         "<created>{{created_time %Y%m%d%H%M%S}}</created>"
         "<updated>{{updated_time %Y%m%d%H%M%S}}</updated>"
         "<customer_vault_id>{{id}}</customer_vault_id></customer>";
}

}  // namespace detail

/// NMI's Customer Vault, by the classic interface: `add_customer`, `update_customer` and
/// `delete_customer` at `/api/transact.php`, and the query `customer_vault` at `/api/query.php`.
///
/// Credentials, `security_key` in the body: `FAKE_SECURITY_KEY` may do everything,
/// `FAKE_READER_KEY` may only read. Requests are forms; the side that writes answers with text like
/// a form, with raw blanks, the side that reads with XML; refusals have the status 200, and nearly
/// all of them the code 300. A customer needs a payment method: a `payment_token`, a card or an
/// account, none of which is checked further than the form of a card's number; every customer is
/// read with the same masked card. A `customer_vault_id` that is sent becomes the customer's, and a
/// taken one is refused. An update is partial.
///
/// A query without an id, also an empty one, gives all customers that agree with `email`,
/// `last_name` and the fields of the merchant's own, all of which are set up here. The queries by
/// time and `ver` are not served.
///
/// Not from the documents: that `orderid` is at most 36 letters and digits; that values of an
/// answer are not encoded; that an email needs an `@`, and nothing else; that a filter matches the
/// same text, the same case, that customers are listed oldest first, and that pages act at all;
/// that an empty value is refused by the side that writes; that the id of a deleted customer is
/// free again; that parameters which are not known are refused; the elements of shipping addresses,
/// with underscores like the others; the media type of XML; what too many requests are answered
/// with; the wordings, except those of a wrong key, a taken, an unknown id, missing payment data
/// and a wrong card. `order_description` is taken, and not read back.
///
/// \param variant  what the documents leave open, to be tried both ways
///
/// Source: https://docs.nmi.com/docs/customer-vault and its neighbours, and
/// https://docs.nmi.com/reference/query.
inline Processor nmi(const NmiVariant& variant = {}) {
  const auto success = [&](const std::string& text, const std::string& more = {}) {
    return detail::nmi_answer(variant, '1', "100", text, {}, more);
  };
  const auto refusal = [&](const std::string& text, const std::string& more = {}) {
    return detail::nmi_refusal(variant, text, more);
  };
  const auto edge = [](int status, const std::string& text) {
    return Answer{.status = status,
                  .body = "<html><body><h1>" + text + "</h1></body></html>",
                  .content_type = "text/html"};
  };
  const std::string id = "&customer_vault_id={{id}}";
  Action update = detail::nmi_write(variant, Operation::update, "update_customer");
  update.answer = success("Customer Update Successful", id);
  Action remove = detail::nmi_write(variant, Operation::remove, "delete_customer");
  remove.answer = success("Customer Deleted");
  for (Action* const action : {&update, &remove})
    action->refusals = {
        {Case::not_found, refusal("Invalid Customer Vault Id", "&customer_vault_id={{value}}")}};
  Action create = detail::nmi_write(variant, Operation::create, "add_customer");
  create.selects = nullptr;
  create.any_of = {{"payment_token", "ccnumber", "checkaccount"}};
  create.answer = success("Customer Added", id);
  create.refusals = {{Case::missing_field, refusal("Billing Information missing")}};

  Action retrieve = detail::nmi_read(Operation::retrieve);
  retrieve.id_member = "customer_vault_id";
  retrieve.fields.push_back({.name = retrieve.id_member});
  retrieve.selects = [](std::span<const Parameter> all) {
    return detail::nmi_has(all, "customer_vault_id") && !detail::nmi_has(all, "email");
  };
  Action list = detail::nmi_read(Operation::list);
  list.listing = Listing{.filters = {{.name = "customer_vault_id", .field = "{id}"}},
                         .limit_name = "result_limit",
                         .default_limit = 1'000'000,
                         .max_limit = 1'000'000,
                         .page_name = "page_number",
                         .newest_first = false,
                         .ignore_empty = true};
  const auto narrow = [&](const std::string& name) {
    if (variant.ignores_filters) {
      list.fields.push_back({.name = name});
    } else {
      list.listing->filters.push_back({.name = name, .field = name});
    }
  };
  narrow("email");
  narrow("last_name");
  for (int i = 1; i <= detail::nmi_fields; ++i) narrow(detail::nmi_field(i));
  if (variant.ignores_pages) {
    list.listing->limit_name.clear();
    list.listing->page_name.clear();
    list.fields.push_back({.name = "result_limit", .type = Type::integer});
    list.fields.push_back({.name = "page_number", .type = Type::integer});
  }

  Answer wrong = refusal("{{message}}");
  wrong.message = "{{param}} is invalid";
  return {
      .name = "nmi",
      .credentials = {{.text = "FAKE_SECURITY_KEY"},
                      {.text = "FAKE_READER_KEY", .can_write = false}},
      .authentication = {.schemes = {Scheme::members}, .names = {"security_key"}},
      .actions = {update, remove, create, retrieve, list},
      .uniques = {{.fields = {"customer_vault_id"}}},
      .merchant_customer_id = "customer_vault_id",
      .id = "9########",
      .chosen_id = "customer_vault_id",
      .customer = detail::nmi_customer(),
      .refusals =
          {
              {Case::invalid_value, wrong},
              {Case::missing_field, refusal("Required Field {{param}} is Missing or Empty")},
              {Case::empty_value, refusal("Required Field {{param}} is Missing or Empty")},
              {Case::malformed_body, refusal("Invalid request")},
              {Case::unauthorized,
               {.body = "response=3&responsetext=Authentication" +
                        std::string(variant.encodes_blanks ? "+" : " ") +
                        "Failed&authcode=&transactionid=0&avsresponse=&cvvresponse=&orderid="
                        "&type=&response_code={{code}}",
                .code = "300"}},
              {Case::duplicate_customer, refusal("Duplicate Customer Vault Id")},
              {Case::not_found, edge(404, "Not Found")},
              {Case::rate_limited, edge(429, "Too Many Requests")},
              {Case::server_error, edge(500, "Internal Server Error")},
          },
      .content_type = "text/html; charset=UTF-8",
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace florin::testing
