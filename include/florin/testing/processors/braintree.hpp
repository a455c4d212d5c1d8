// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline bool braintree_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The GraphQL document of a request with one blank between tokens, commas left out; empty when
/// there is none or its brackets do not match.
inline std::string braintree_document(std::span<const Parameter> parameters) {
  std::string out(" ");
  std::string open;
  for (const Parameter& parameter : parameters) {
    if (parameter.name != "query" || !parameter.is_string) continue;
    bool within = false;
    for (const char c : parameter.value) {
      if (c == '(' || c == '{' || c == '[') open += c == '(' ? ')' : c == '{' ? '}' : ']';
      if (c == ')' || c == '}' || c == ']') {
        if (open.empty() || open.back() != c) return {};
        open.pop_back();
      }
      const bool word = braintree_word(c) || c == '$';
      if (within && !word) out += ' ';
      within = word;
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',') continue;
      out += c;
      if (!word) out += ' ';
    }
    if (within) out += ' ';
  }
  return open.empty() ? out : std::string();
}

/// Applies to documents that use this member of `Mutation` or `Query`.
inline std::function<bool(std::span<const Parameter>)> braintree_uses(std::string member) {
  return [call = " " + std::move(member) + " ( "](std::span<const Parameter> parameters) {
    return braintree_document(parameters).find(call) != std::string::npos;
  };
}

/// Asks that the document hands the variable `input` of this type to this mutation, asks for this
/// result, and that the variable is there.
inline std::function<std::optional<std::pair<Case, std::string>>(std::span<const Parameter>)>
braintree_mutation(std::string member, std::string type, std::string result) {
  return [=](std::span<const Parameter> parameters) -> std::optional<std::pair<Case, std::string>> {
    const std::string document = braintree_document(parameters);
    const std::size_t start = document.find(" " + member + " ( input : $input ) { ");
    if (!document.starts_with(" mutation ") ||
        document.find(" $input : " + type + " ! ") == std::string::npos ||
        start == std::string::npos || document.find(result, start) == std::string::npos)
      return std::pair(Case::malformed_body, std::string("query"));
    if (std::none_of(parameters.begin(), parameters.end(), [](const Parameter& parameter) {
          return parameter.name.starts_with("variables.input");
        }))
      return std::pair(Case::missing_field, std::string("input"));
    return std::nullopt;
  };
}

/// Asks that the document searches with the variable `input`, declares the others that are sent,
/// and asks for the customers found.
inline std::optional<std::pair<Case, std::string>> braintree_search(
    std::span<const Parameter> parameters) {
  const std::string document = braintree_document(parameters);
  const auto has = [&](const std::string& text) {
    return document.find(text) != std::string::npos;
  };
  bool usable = document.starts_with(" query ") && has(" $input : CustomerSearchInput ! ") &&
                has(" search { customers ( input : $input ") && has(" edges { ") && has(" node { ");
  for (const auto& [name, type] : {std::pair("first", "Int"), std::pair("after", "String")})
    if (find(parameters, std::string("variables.") + name))
      usable = usable && has(std::string(" $") + name + " : " + type + ' ') &&
               has(std::string(" ") + name + " : $" + name + ' ');
  if (!usable) return std::pair(Case::malformed_body, std::string("query"));
  if (std::none_of(parameters.begin(), parameters.end(), [](const Parameter& parameter) {
        return parameter.name.starts_with("variables.input");
      }))
    return std::pair(Case::missing_field, std::string("input"));
  return std::nullopt;
}

inline Listing braintree_listing() {
  using Match = Filter::Match;
  Listing listing{.limit_name = "variables.first",
                  .default_limit = 50,
                  .cut_limit = true,
                  .after_name = "variables.after",
                  .cursor_prefix = "FAKEcursor_",
                  .ignore_empty = true,
                  .item = R"({"cursor":"{{cursor}}","node":"{{customer}}"})"};
  const auto add = [&](const std::string& name, std::string field, Match match = Match::exact) {
    listing.filters.push_back(
        {.name = "variables.input." + name, .field = std::move(field), .match = match});
  };
  add("id.is", "{id}");
  for (const std::string name : {"email", "firstName", "lastName", "company", "phoneNumber"}) {
    const std::string field = "variables.input.customer." + name;
    add(name + ".is", field);
    add(name + ".isNot", field, Match::differs);
    add(name + ".startsWith", field, Match::starts_with);
    add(name + ".endsWith", field, Match::ends_with);
    add(name + ".contains", field, Match::contains);
  }
  add("createdAt.greaterThanOrEqualTo", {}, Match::created_from);
  add("createdAt.lessThanOrEqualTo", {}, Match::created_until);
  return listing;
}

inline std::vector<Field> braintree_fields() {
  const auto empty = [](std::string_view text) { return text == "{}"; };
  const auto limited = [](const std::string& name, std::string code, const std::string& title) {
    return Field{.name = "variables.input.customer." + name,
                 .max_length = 255,
                 .complaints = {{Case::too_long, std::move(code), title + " is too long."}}};
  };
  std::vector<Field> fields{
      {.name = "query", .required = true},
      {.name = "operationName"},
      {.name = "variables.input", .type = Type::any, .check = empty},
      {.name = "variables.input.customer", .type = Type::any, .check = empty},
      {.name = "variables.input.clientMutationId", .max_length = 255},
      limited("firstName", "81608", "First name"),
      limited("lastName", "81613", "Last name"),
      limited("company", "81601", "Company"),
      limited("phoneNumber", "81614", "Phone number"),
      limited("fax", "81607", "Fax"),
      limited("website", "81615", "Website"),
      limited("email", "81605", "Email"),
  };
  fields.back().format = Format::email;
  fields.back().check = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  };
  fields.back().complaints.push_back({Case::invalid_value, "81604", "Email is an invalid format."});
  return fields;
}

inline Action braintree_action(Operation operation, const std::string& member) {
  return {.operation = operation,
          .method = "POST",
          .path = "/graphql",
          .body = Body::json,
          .content_types = {"application/json"},
          .selects = braintree_uses(member)};
}

}  // namespace detail

/// Braintree's customers over GraphQL: `createCustomer`, `updateCustomer`, `deleteCustomer`, `node`
/// and the search for `customers`. Variables are named `input` (for `node`: `id`; in a search
/// `first` and `after`, too). Answers hold all fields that the sandbox knows, whichever the
/// document asks for.
///
/// Nothing is required, nothing is recognised as a duplicate or a repetition, and whatever is
/// refused is refused with HTTP 200. What was deleted is as unknown as what never was (the
/// documents do not say so).
///
/// In an update null clears a field, and removes the custom field whose value it is. Not from the
/// documents: that custom fields it does not name are kept, and that an empty text clears as well.
///
/// A search has all the filters of the documents but a list of ids. Not from the documents: that
/// case matters in them, that the newest come first, that a page has 50 customers without `first`
/// and 100 at most.
///
/// Credentials, as `public key:private key`: `pubFAKEKEY0001:privFAKEKEY0001` may do everything,
/// `pubFAKEREADER1:privFAKEREADER1` may only read.
///
/// \param custom_fields  the custom fields that the merchant has set up; others are refused. Empty:
///                       all whose names are letters, digits and underscores.
///
/// Source: https://developer.paypal.com/braintree/graphql/guides/customers, the schema that
/// Braintree publishes, and
/// https://developer.paypal.com/braintree/docs/reference/general/validation-errors/all#customer.
/// Wordings, and the answer to a request without `Braintree-Version`, are the sandbox's own where
/// the documents give none.
inline Processor braintree(std::vector<std::string> custom_fields = {"merchant_customer_id"}) {
  const std::string extensions = R"("extensions":{"requestId":"{{request_id}}"})";
  const std::string schema =
      R"({"errors":[{"message":"{{message}}","locations":[{"line":1,"column":25}]}],)" +
      extensions + "}";
  const auto refused = [&](const std::string& member, const std::string& error_class,
                           const std::string& input_path, std::string code, std::string message) {
    return Answer{.body = R"({"errors":[{"message":"{{message}}",)"
                          R"("locations":[{"line":1,"column":56}],"path":[")" +
                          member + R"("],"extensions":{"errorClass":")" + error_class +
                          R"(","errorType":"user_error","inputPath":[)" + input_path +
                          R"(],"legacyCode":"{{code}}"}}],"data":{")" + member + R"(":null},)" +
                          extensions + "}",
                  .code = std::move(code),
                  .message = std::move(message)};
  };
  const auto invalid = [&](const std::string& member) {
    const auto at = [&](const std::string& name, std::string code, std::string message) {
      return refused(member, "VALIDATION", R"("input","customer",")" + name + '"', std::move(code),
                     std::move(message));
    };
    return std::map<Case, Answer>{
        {Case::invalid_value, at("{{param_leaf}}", {}, "{{param_leaf}} is invalid.")},
        {Case::too_long, at("{{param_leaf}}", "81603", "Custom field {{param_leaf}} is too long.")},
        {Case::invalid_key,
         at("customFields", "91602", "Custom field is invalid: {{param_leaf}}.")}};
  };
  const auto unknown = [&](const std::string& member, const std::string& input_path) {
    return std::pair<const Case, Answer>(
        Case::not_found,
        refused(member, "NOT_FOUND", input_path, {}, "An object with this ID was not found."));
  };
  const auto failure = [&](const std::string& error_class, std::string message) {
    return Answer{.body = R"({"errors":[{"message":"{{message}}","extensions":{"errorClass":")" +
                          error_class + R"(","errorType":"developer_error"}}],"data":null,)" +
                          extensions + "}",
                  .message = std::move(message)};
  };
  const auto success = [&](const std::string& data) {
    return Answer{.body = R"({"data":)" + data + "," + extensions + "}"};
  };
  const std::string members = R"(
        "id": "{{id}}",
        "legacyId": "{{fixed FAKE####}}",
        "firstName": "{{field variables.input.customer.firstName}}",
        "lastName": "{{field variables.input.customer.lastName}}",
        "company": "{{field variables.input.customer.company}}",
        "email": "{{field variables.input.customer.email}}",
        "phoneNumber": "{{field variables.input.customer.phoneNumber}}",
        "createdAt": "{{created_time %Y-%m-%dT%H:%M:%S.000000Z}}",
        "customFields": "{{pairs variables.input.customer.customFields}}")";
  const std::string mutation_id = "{{nullable variables.input.clientMutationId}}";
  const std::vector<MapField> fields{
      {.prefix = "variables.input.customer.customFields",
       .max_value = 255,
       .key_check =
           [names = std::move(custom_fields)](std::string_view name) {
             return names.empty() ? std::all_of(name.begin(), name.end(), detail::braintree_word)
                                  : std::find(names.begin(), names.end(), name) != names.end();
           },
       .pair_name = "name",
       .pair_value = "value"}};

  Action create = detail::braintree_action(Operation::create, "createCustomer");
  create.fields = detail::braintree_fields();
  create.maps = fields;
  create.refuse_empty = false;
  create.null_clears = true;
  create.check = detail::braintree_mutation("createCustomer", "CreateCustomerInput", " id ");
  create.answer = success(R"({"createCustomer":{"clientMutationId":")" + mutation_id +
                          R"(","customer":"{{customer}}"}})");

  Action update = detail::braintree_action(Operation::update, "updateCustomer");
  update.fields = detail::braintree_fields();
  update.fields.push_back({.name = "variables.input.customerId", .required = true});
  update.maps = fields;
  update.refuse_empty = false;
  update.null_clears = true;
  update.clearable = {"variables.input.customer.customFields"};
  update.stored_as = {{"variables.input.customer.", "variables.input.customer."}};
  update.id_member = "variables.input.customerId";
  update.check = detail::braintree_mutation("updateCustomer", "UpdateCustomerInput", " id ");
  update.refusals = invalid("updateCustomer");
  update.refusals.insert(unknown("updateCustomer", R"("input","customerId")"));
  update.answer = success(R"({"updateCustomer":{"clientMutationId":")" + mutation_id +
                          R"(","customer":"{{customer}}"}})");

  Action remove = detail::braintree_action(Operation::remove, "deleteCustomer");
  remove.fields = {{.name = "query", .required = true},
                   {.name = "operationName"},
                   {.name = "variables.input.clientMutationId"},
                   {.name = "variables.input.customerId", .required = true}};
  remove.null_clears = true;
  remove.id_member = "variables.input.customerId";
  remove.check =
      detail::braintree_mutation("deleteCustomer", "DeleteCustomerInput", " clientMutationId ");
  remove.refusals = {unknown("deleteCustomer", R"("input","customerId")")};
  remove.answer = success(R"({"deleteCustomer":{"clientMutationId":")" + mutation_id + R"("}})");

  Action node = detail::braintree_action(Operation::retrieve, "node");
  node.fields = {{.name = "query", .required = true},
                 {.name = "operationName"},
                 {.name = "variables.id", .required = true}};
  node.id_member = "variables.id";
  const std::pair<const Case, Answer> misfit(
      Case::invalid_value,
      {.body = schema, .message = "Variable '{{param_leaf}}' has an invalid value."});
  node.refusals = {unknown("node", R"("id")"), misfit};
  node.answer = success(R"({"node":{"__typename":"Customer",)" + members + "}}");

  Action search = detail::braintree_action(Operation::list, "customers");
  search.fields = {{.name = "query", .required = true}, {.name = "operationName"}};
  for (const char* const name :
       {"", ".id", ".email", ".firstName", ".lastName", ".company", ".phoneNumber", ".createdAt"})
    search.fields.push_back({.name = std::string("variables.input") + name,
                             .type = Type::any,
                             .one_of = {"{}", "null"}});
  search.check = detail::braintree_search;
  search.refusals = {misfit};
  search.answer =
      success(R"({"search":{"customers":{"edges":"{{customers}}","pageInfo":)"
              R"({"hasNextPage":"{{has_more}}","endCursor":"{{last_cursor|null}}"}}}})");

  Action other = detail::braintree_action(Operation::retrieve, {});
  other.selects = nullptr;
  other.refuse_unknown = false;
  other.check = [](std::span<const Parameter>) {
    return std::optional(std::pair(Case::malformed_body, std::string("query")));
  };

  auto refusals = invalid("createCustomer");
  refusals.insert({
      {Case::missing_field,
       {.body = schema, .message = "Variable '{{param_leaf}}' has an invalid value."}},
      {Case::unknown_parameter,
       {.body = schema,
        .message = "Variable 'input' has an invalid value: it has no '{{param_leaf}}'."}},
      {Case::malformed_body, {.body = schema, .message = "The body or its document is invalid."}},
      {Case::unauthorized, failure("AUTHENTICATION", "Authentication credentials are invalid.")},
      {Case::forbidden, failure("AUTHORIZATION", "The key lacks the permission.")},
      {Case::not_found, failure("NOT_FOUND", "There is no such customer.")},
      {Case::no_route, {.status = 404, .body = schema, .message = "There is no such path."}},
      {Case::rate_limited, failure("RESOURCE_LIMIT", "There are too many requests.")},
      {Case::server_error, failure("INTERNAL", "An internal error occurred.")},
  });
  return {
      .name = "braintree",
      .credentials = {{.text = "pubFAKEKEY0001:privFAKEKEY0001"},
                      {.text = "pubFAKEREADER1:privFAKEREADER1", .can_write = false}},
      .authentication = {.schemes = {Scheme::basic_pair}},
      .headers = {{.name = "Braintree-Version",
                   .required = true,
                   .check =
                       [](std::string_view text) {
                         return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                                text.find_first_not_of("0123456789-") == std::string_view::npos;
                       },
                   .refusal = failure("UNSUPPORTED_CLIENT", "{{param}} must be YYYY-MM-DD.")}},
      .actions = {create, update, remove, node, search, other},
      .listing = detail::braintree_listing(),
      .merchant_customer_id = "variables.input.customer.customFields.merchant_customer_id",
      .id = "Y3VzdG9tZXJf***********=",
      .request_id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .customer = '{' + members + '}',
      .refusals = std::move(refusals),
  };
}

}  // namespace florin::testing
