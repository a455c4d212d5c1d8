// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/render.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {

inline std::string authorizedotnet_message(const std::string& result, const std::string& code,
                                           const std::string& text) {
  return R"("messages":{"resultCode":")" + result + R"(","message":[{"code":")" + code +
         R"(","text":")" + text + R"("}]})";
}

inline Answer authorizedotnet_error(std::string code, std::string text) {
  return {.body = "{" + authorizedotnet_message("Error", "{{code}}", "{{message}}") + "}",
          .code = std::move(code),
          .message = std::move(text)};
}

/// An answer with these members before `messages`.
inline Answer authorizedotnet_success(const std::string& members) {
  return {.body = "{" + members + authorizedotnet_message("Ok", "I00001", "Successful.") + "}"};
}

/// Every operation has the same URL; the only member of the root tells which it is.
inline Action authorizedotnet_action(Operation operation, const std::string& name) {
  const std::string login = name + ".merchantAuthentication.";
  return {.operation = operation,
          .method = "POST",
          .path = "/xml/v1/request.api",
          .body = Body::json,
          .content_types = {"application/json", "text/json"},
          .selector = name + ".",
          .fields = {{.name = login + "name", .max_length = 25},
                     {.name = login + "transactionKey", .max_length = 16},
                     {.name = name + ".clientId", .max_length = 30},
                     {.name = name + ".refId", .max_length = 20}},
          .ordered = true,
          .refuse_empty = false,
          .authentication = Authentication{.schemes = {Scheme::members},
                                           .names = {login + "name", login + "transactionKey"}}};
}

/// So many shipping addresses a profile can have.
constexpr int authorizedotnet_addresses = 10;

constexpr std::pair<const char*, std::size_t> authorizedotnet_address_members[] = {
    {"firstName", 50},   {"lastName", 50},  {"company", 50}, {"address", 60},
    {"city", 40},        {"state", 40},     {"zip", 20},     {"country", 60},
    {"phoneNumber", 25}, {"faxNumber", 25}, {"email", 255}};

/// The pattern of the address' id.
inline std::string authorizedotnet_address_id(int index) {
  return "9#######" + std::to_string(index);
}

inline Field authorizedotnet_needed(std::string name) {
  return {.name = std::move(name),
          .required = true,
          .complaints = {{Case::missing_field, "E00014", "{{param_leaf}} is a required field."}}};
}

/// Adds a shipping address to a profile, or replaces one.
/// \param profile  what the names of a profile's parameters begin with
inline Action authorizedotnet_address(Operation operation, const std::string& profile) {
  const bool added = operation == Operation::create;
  Action action =
      authorizedotnet_action(Operation::update, added ? "createCustomerShippingAddressRequest"
                                                      : "updateCustomerShippingAddressRequest");
  const std::string address = action.selector + "address.";
  const std::string address_id = address + "customerAddressId";
  action.id_member = action.selector + "customerProfileId";
  action.fields.push_back(authorizedotnet_needed(action.id_member));
  action.any_of.resize(1);
  for (const auto& [name, limit] : authorizedotnet_address_members) {
    action.fields.push_back({.name = address + name, .max_length = limit});
    action.any_of.front().push_back(address + name);
  }
  if (!added) action.fields.push_back(authorizedotnet_needed(address_id));
  const std::string is_default = action.selector + "defaultShippingAddress";
  action.fields.push_back({.name = is_default, .type = Type::boolean});
  action.stored_as = {{is_default, profile + "defaultShippingAddress"}};
  action.settle = [=](const Change& change) -> std::optional<std::pair<Case, std::string>> {
    const Parameter* const wanted = find(change.sent, address_id);
    for (int i = 0; i < authorizedotnet_addresses; ++i) {
      const std::string entry = profile + "shipToList[" + std::to_string(i) + ']';
      const std::string id = fixed_text(change.id, authorizedotnet_address_id(i));
      const bool taken =
          std::any_of(change.before.begin(), change.before.end(),
                      [&](const Parameter& field) { return is_within(field.name, entry); });
      if (added ? taken : !taken || wanted == nullptr || wanted->value != id) continue;
      std::erase_if(change.after, [&](const Parameter& field) {
        return is_within(field.name, entry) || field.name == address_id;
      });
      for (const Parameter& part : change.sent)
        if (part.name.starts_with(address) && part.name != address_id && !is_nothing(part))
          change.after.push_back({entry + '.' + part.name.substr(address.size()), part.value});
      if (added) change.after.push_back({address_id, id});
      return std::nullopt;
    }
    return std::pair(added ? Case::invalid_value : Case::not_found, address_id);
  };
  action.refusals = {{Case::missing_field,
                      authorizedotnet_error("E00014", "{{param_leaf}} is a required field.")}};
  action.answer = authorizedotnet_success(
      (added ? R"("customerProfileId":"{{id}}","customerAddressId":"{{field )" + address_id +
                   R"(}}",)"
             : std::string()) +
      R"("refId":"{{sent )" + action.selector + R"(refId}}",)");
  return action;
}

}  // namespace detail

/// Authorize.Net's customer profiles: `createCustomerProfileRequest`, `getCustomerProfileRequest`
/// by `customerProfileId`, `merchantCustomerId` or `email`, `getCustomerProfileIdsRequest`,
/// `updateCustomerProfileRequest`, `createCustomerShippingAddressRequest`,
/// `updateCustomerShippingAddressRequest` and `deleteCustomerProfileRequest`.
///
/// An update clears what it does not send, of a shipping address the whole address (others have
/// seen this; the documents are silent).
///
/// Not from the documents: that a profile is found by values that are the same to the letter, the
/// oldest of several; that two ways to name it are refused with E00013; that the list of ids is
/// oldest first and, when there are none, empty; that an update is refused what makes a profile
/// equal to another, and the answer to a new shipping address.
///
/// Everything is in the body: the operation, the credentials, and members in the order of the
/// schema. Refusals come with HTTP 200 and a byte order mark before the JSON. A profile with the
/// `merchantCustomerId`, `description` and `email` of another is a duplicate; the text of the
/// refusal tells the other's id. Up to ten shipping addresses are taken, payment profiles are not.
/// Paths that do not exist and rates that are exceeded are answered by what stands before the
/// processor, with a status and no body.
///
/// Credentials, as `login id:transaction key`: `FAKE_LOGIN:FAKE_TXN_KEY` may do everything,
/// `FAKE_READER:FAKE_TXN_KEY` may only read.
///
/// Source: https://developer.authorize.net/api/reference/features/customer_profiles.html and the
/// schema and the list of codes published there. Wordings are the sandbox's own where the documents
/// give none.
inline Processor authorizedotnet() {
  const std::string root = "createCustomerProfileRequest.";
  const std::string profile = root + "profile.";
  const std::string schema = "AnetApi/xml/v1/schema/AnetApiSchema.xsd";
  const auto error = [](const std::string& code, const std::string& text) {
    return detail::authorizedotnet_error(code, text);
  };
  const auto echo = [](const Action& action) {
    return R"("refId":"{{sent )" + action.selector + R"(refId}}",)";
  };
  const std::string lists =
      R"("customerPaymentProfileIdList":[],"customerShippingAddressIdList":[)";
  const std::string rest = R"(],"validationDirectResponseList":[],)";

  Action create = detail::authorizedotnet_action(Operation::create, "createCustomerProfileRequest");
  const auto add = [&create](std::string name, std::size_t limit,
                             std::vector<std::string> values = {}) {
    create.fields.push_back(
        {.name = std::move(name), .max_length = limit, .one_of = std::move(values)});
  };
  create.fields.push_back({.name = root + "profile",
                           .type = Type::any,
                           .check = [](std::string_view text) { return text == "{}"; }});
  add(profile + "merchantCustomerId", 20);
  add(profile + "description", 255);
  add(profile + "email", 255);
  std::string address_ids;
  std::string addresses;
  for (int i = 0; i < detail::authorizedotnet_addresses; ++i) {
    const std::string entry = profile + "shipToList[" + std::to_string(i) + "].";
    const std::string id =
        R"("{{fixed )" + detail::authorizedotnet_address_id(i) + " if " + entry + R"(}}")";
    address_ids += (i == 0 ? "" : ",") + id;
    addresses += (i == 0 ? "{" : ",{");
    for (const auto& [name, limit] : detail::authorizedotnet_address_members) {
      add(entry + name, limit);
      addresses.append("\"").append(name).append(R"(":"{{field )" + entry + name + R"(}}",)");
    }
    addresses += R"("customerAddressId":)" + id + "}";
  }
  add(profile + "profileType", 0, {"regular", "guest"});
  add(root + "validationMode", 0, {"none", "testMode", "liveMode"});
  create.any_of = {{profile + "merchantCustomerId", profile + "description", profile + "email"}};
  create.answer = detail::authorizedotnet_success(R"("customerProfileId":"{{id}}",)" + lists +
                                                  address_ids + rest + echo(create));

  Action get = detail::authorizedotnet_action(Operation::retrieve, "getCustomerProfileRequest");
  get.id_member = "getCustomerProfileRequest.customerProfileId";
  get.fields.push_back({.name = get.id_member});
  for (const char* const name : {"merchantCustomerId", "email"})
    get.fields.push_back({.name = get.selector + name});
  for (const char* const name : {"unmaskExpirationDate", "includeIssuerInfo"})
    get.fields.push_back({.name = get.selector + name, .type = Type::boolean});
  get.refuse_empty = true;
  get.any_of = {{get.id_member, get.selector + "merchantCustomerId", get.selector + "email"}};
  get.check =
      [prefix = get.selector](
          std::span<const Parameter> parameters) -> std::optional<std::pair<Case, std::string>> {
    int ways = 0;
    for (const char* const name : {"customerProfileId", "merchantCustomerId", "email"})
      if (detail::find(parameters, prefix + name)) ++ways;
    if (ways < 2) return std::nullopt;
    return std::pair(Case::invalid_state, prefix + "customerProfileId");
  };
  get.refusals = {{Case::missing_field, error("E00014", "{{param_leaf}} is a required field.")},
                  {Case::empty_value, error("E00014", "{{param_leaf}} is a required field.")},
                  {Case::invalid_state, error("E00013", "{{param_leaf}} is invalid.")}};
  get.answer = detail::authorizedotnet_success(R"("profile":"{{customer}}",)" + echo(get));

  Action find = get;
  find.operation = Operation::find;
  find.selects = [prefix = get.selector](std::span<const Parameter> parameters) {
    return !detail::find(parameters, prefix + "customerProfileId") &&
           (detail::find(parameters, prefix + "merchantCustomerId") ||
            detail::find(parameters, prefix + "email"));
  };
  find.id_member.clear();
  find.listing =
      Listing{.filters = {{get.selector + "merchantCustomerId", profile + "merchantCustomerId"},
                          {get.selector + "email", profile + "email"}},
              .limit_name = {},
              .newest_first = false};

  Action ids = detail::authorizedotnet_action(Operation::list, "getCustomerProfileIdsRequest");
  ids.answer = detail::authorizedotnet_success(R"("ids":"{{customers}}",)" + echo(ids));
  ids.listing = Listing{.limit_name = {},
                        .default_limit = std::numeric_limits<std::size_t>::max(),
                        .max_limit = std::numeric_limits<std::size_t>::max(),
                        .newest_first = false,
                        .item = R"("{{id}}")"};

  Action update = detail::authorizedotnet_action(Operation::update, "updateCustomerProfileRequest");
  const std::string changed = update.selector + "profile.";
  update.id_member = changed + "customerProfileId";
  for (const auto& [name, limit] : {std::pair("merchantCustomerId", 20u),
                                    std::pair("description", 255u), std::pair("email", 255u)}) {
    update.fields.push_back({.name = changed + name, .max_length = limit});
    update.stored_as.emplace_back(changed + name, profile + name);
    update.forgotten.push_back(profile + name);
    update.any_of.resize(1);
    update.any_of.front().push_back(changed + name);
  }
  update.fields.push_back(detail::authorizedotnet_needed(update.id_member));
  update.fields.push_back({.name = changed + "profileType", .one_of = {"regular", "guest"}});
  update.stored_as.emplace_back(changed + "profileType", profile + "profileType");
  update.refusals = {
      {Case::duplicate_customer,
       error("E00039", "A duplicate record with ID {{existing_id}} already exists.")}};
  update.answer = detail::authorizedotnet_success(echo(update));

  Action remove = detail::authorizedotnet_action(Operation::remove, "deleteCustomerProfileRequest");
  remove.id_member = "deleteCustomerProfileRequest.customerProfileId";
  remove.fields.push_back({.name = remove.id_member, .required = true});
  remove.refusals = {{Case::missing_field, get.refusals.at(Case::missing_field)}};
  remove.answer = detail::authorizedotnet_success(echo(remove));

  Action other = detail::authorizedotnet_action(Operation::retrieve, {});
  other.selector.clear();
  other.authentication =
      Authentication{.identify = [](const ReceivedRequest&, std::span<const Credential>) {
        return std::optional<std::size_t>(0);
      }};
  other.refuse_unknown = false;
  other.check = [](std::span<const Parameter>) {
    return std::optional(std::pair(Case::invalid_value, std::string()));
  };
  other.refusals = {
      {Case::invalid_value, error("E00004", "The name of the requested API method is invalid.")}};

  const Answer wrong_member = error(
      "E00003", "The element '{{param_parent}}' in namespace '" + schema +
                    "' has invalid child element '{{param_leaf}}' in namespace '" + schema + "'.");
  return {
      .name = "authorizedotnet",
      .credentials = {{.text = "FAKE_LOGIN:FAKE_TXN_KEY"},
                      {.text = "FAKE_READER:FAKE_TXN_KEY", .can_write = false}},
      .actions = {create, find, get, ids, update,
                  detail::authorizedotnet_address(Operation::create, profile),
                  detail::authorizedotnet_address(Operation::update, profile), remove, other},
      .uniques = {{.fields = {profile + "merchantCustomerId", profile + "description",
                              profile + "email"}}},
      .merchant_customer_id = profile + "merchantCustomerId",
      .id = "9########",
      .customer = R"({
        "merchantCustomerId": "{{field )" +
                  profile + R"(merchantCustomerId}}",
        "description": "{{field )" +
                  profile + R"(description}}",
        "email": "{{field )" +
                  profile + R"(email}}",
        "customerProfileId": "{{id}}",
        "shipToList": [)" +
                  addresses + R"(],
        "profileType": "{{field )" +
                  profile + R"(profileType|regular}}"
      })",
      .refusals =
          {
              {Case::invalid_value,
               error("E00003", "The '" + schema +
                                   ":{{param_leaf}}' element is invalid - The value "
                                   "'{{value}}' is invalid according to its datatype 'String'.")},
              {Case::too_long,
               error("E00003",
                     "The '" + schema +
                         ":{{param_leaf}}' element is invalid - The value "
                         "'{{value}}' is invalid according to its datatype 'String' - The "
                         "actual length is greater than the MaxLength value.")},
              {Case::wrong_order, wrong_member},
              {Case::unknown_parameter, wrong_member},
              {Case::repeated_parameter, wrong_member},
              {Case::missing_field,
               error("E00041", "One or more fields in the profile must contain a value.")},
              {Case::malformed_body, error("E00003", "The body is not a JSON object.")},
              {Case::unsupported_media_type,
               error("E00002", "The content type of the request is not supported.")},
              {Case::unauthorized,
               error("E00007", "User authentication failed due to invalid authentication values.")},
              {Case::forbidden,
               error("E00011", "Access denied. You do not have the appropriate permissions.")},
              {Case::not_found, error("E00040", "The record cannot be found.")},
              {Case::no_route, {.status = 404}},
              {Case::duplicate_customer,
               {.body = "{" + lists + rest +
                        detail::authorizedotnet_message("Error", "{{code}}", "{{message}}") + "}",
                .code = "E00039",
                .message = "A duplicate record with ID {{existing_id}} already exists."}},
              {Case::rate_limited, {.status = 429}},
              {Case::server_error,
               error("E00001", "An error occurred during processing. Please try again.")},
          },
      .content_type = "application/json; charset=utf-8",
      .absent = Processor::Absent::omitted,
      .byte_order_mark = true,
  };
}

}  // namespace florin::testing
