// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::testing {

namespace detail {

/// Whether what was searched for stands somewhere in what can be searched.
inline Condition omise_search(std::string_view query) {
  return [wanted = lower_case(query)](std::span<const Parameter> customer) {
    return std::any_of(customer.begin(), customer.end(), [&](const Parameter& each) {
      const bool searched =
          each.name == "email" || each.name == "description" || each.name.starts_with("metadata.");
      return searched && lower_case(each.value).find(wanted) != std::string::npos;
    });
  };
}

inline std::string omise_customer() {
  const std::string list =
      R"({"object":"list","data":[],"limit":20,"offset":0,"total":0,"order":"chronological",)"
      R"("from":"1970-01-01T00:00:00Z","to":"{{updated_time %Y-%m-%dT%H:%M:%SZ}}",)"
      R"("location":"/customers/{{id}}/)";
  return R"({
    "object": "customer",
    "id": "{{id}}",
    "livemode": false,
    "location": "/customers/{{id}}",
    "deleted": "{{removed|false}}",
    "default_card": null,
    "email": "{{field email}}",
    "description": "{{field description}}",
    "metadata": "{{map metadata}}",
    "created_at": "{{created_time %Y-%m-%dT%H:%M:%SZ}}",
    "cards": )" +
         list + R"(cards"}, "linked_accounts": )" + list + R"(linked_accounts"}})";
}

}  // namespace detail

/// Omise's customers, in version 2019-05-29: create, retrieve, update, delete, list and search.
///
/// Credential: `skey_test_FAKEKEY0001`, the user name of HTTP Basic. Nothing is required, repeated
/// requests are not recognised and equal customers are no duplicates. `Omise-Version` may be left
/// out; another version is refused, since the sandbox does not speak it. Bodies are JSON; forms,
/// which Omise takes as well, are refused. Cards and linked accounts are taken and forgotten.
///
/// A search takes `scope`, `query`, `order`, `page` and `per_page`, no `filters`. Not from the
/// documents: that it finds a part of an address, a description or a value of `metadata`, whatever
/// the case (a client has to compare the hits); that it is newest first without an `order`; its 100
/// hits a page at most. Neither are: that an update replaces `metadata` as a whole and refuses
/// what is null or empty; that a deleted customer is neither listed nor found nor deleted again;
/// that parameters which the documents do not name are refused; the answers to too many requests
/// and to a server error; the wordings, except those of a wrong key and an unknown customer. What
/// the documents say uncertainly of a greatest length of `metadata` is left out.
///
/// \param shows_deleted whether a deleted customer is read with `"deleted": true`; else it is
/// unknown. The documents do not say which.
///
/// Source: https://docs.omise.co/customers-api, https://docs.omise.co/search-api and Omise's client
/// libraries.
inline Processor omise(bool shows_deleted = true) {
  const std::vector<std::string> json{"application/json"};
  const std::vector<Field> fields{{.name = "email", .format = Format::email},
                                  {.name = "description"}};
  const std::vector<MapField> metadata{{.prefix = "metadata"}};
  const auto error = [](int status, const std::string& code, const std::string& message) {
    return Answer{.status = status,
                  .body = R"({"object":"error",)"
                          R"("location":"https://docs.omise.co/api/errors#{{code_dashed}}",)"
                          R"("code":"{{code}}","message":"{{message}}"})",
                  .code = code,
                  .message = message};
  };
  const Listing all{.filters = {{.name = "from", .match = Filter::Match::created_from},
                                {.name = "to", .match = Filter::Match::created_until}},
                    .default_limit = 20,
                    .offset_name = "offset",
                    .newest_first = false,
                    .direction_name = "order",
                    .ascending = "chronological",
                    .descending = "reverse_chronological"};
  const Listing searched{.query_name = "query",
                         .query = detail::omise_search,
                         .limit_name = "per_page",
                         .default_limit = 30,
                         .page_name = "page",
                         .direction_name = "order",
                         .ascending = "chronological",
                         .descending = "reverse_chronological"};

  Processor processor{
      .name = "omise",
      .credentials = {{.text = "skey_test_FAKEKEY0001"}},
      .authentication = {.schemes = {Scheme::basic_user}},
      .headers = {{.name = "Omise-Version",
                   .one_of = {"2019-05-29"},
                   .refusal = error(400, "bad_request", "only version 2019-05-29 is served")}},
      .actions =
          {
              {.operation = Operation::create,
               .method = "POST",
               .path = "/customers",
               .body = Body::json,
               .content_types = json,
               .fields = fields,
               .maps = metadata,
               .unchecked = {"card", "linked_account"},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/customers",
               .answer = {.body = R"({"object":"list","limit":"{{limit}}",)"
                                  R"("offset":"{{offset}}","total":"{{total}}",)"
                                  R"("location":"/customers",)"
                                  R"("order":"{{sent order|chronological}}",)"
                                  R"("from":"{{sent from|1970-01-01T00:00:00Z}}",)"
                                  R"("to":"{{created_time %Y-%m-%dT%H:%M:%SZ}}",)"
                                  R"("data":"{{customers}}"})"},
               .listing = all},
              {.operation = Operation::list,
               .method = "GET",
               .path = "/search",
               .fields = {{.name = "scope", .required = true, .one_of = {"customer"}}},
               .answer = {.body = R"({"object":"search","scope":"customer",)"
                                  R"("query":"{{sent query}}","filters":{},"page":"{{page}}",)"
                                  R"("per_page":"{{limit}}","total":"{{total}}",)"
                                  R"("total_pages":"{{pages}}",)"
                                  R"("order":"{{sent order|reverse_chronological}}",)"
                                  R"("location":"/search","export":null,)"
                                  R"("aggregate_level":null,"data":"{{customers}}"})"},
               .listing = searched},
              {.operation = Operation::retrieve,
               .method = "GET",
               .path = "/customers/{id}",
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::update,
               .method = "PATCH",
               .path = "/customers/{id}",
               .body = Body::json,
               .content_types = json,
               .fields = fields,
               .maps = metadata,
               .unchecked = {"card", "default_card", "linked_account"},
               .replaced = {"metadata"},
               .answer = {.body = R"("{{customer}}")"}},
              {.operation = Operation::remove,
               .method = "DELETE",
               .path = "/customers/{id}",
               .answer = {.body = R"("{{customer}}")"}},
          },
      .merchant_customer_id = "metadata.merchant_customer_id",
      .id = "cust_test_%%%%%%%%%%%%%%%%%%%",
      .customer = detail::omise_customer(),
      .refusals =
          {
              {Case::invalid_value, error(400, "bad_request", "{{param}} is not valid")},
              {Case::malformed_body, error(400, "bad_request", "the body is not a JSON object")},
              {Case::unauthorized, error(401, "authentication_failure", "authentication failed")},
              {Case::not_found, error(404, "not_found", "customer {{value}} was not found")},
              {Case::no_route, error(404, "not_found", "the requested path was not found")},
              {Case::rate_limited, error(429, "too_many_requests", "too many requests")},
              {Case::server_error, error(500, "internal_error", "an internal error occurred")},
          },
  };
  if (shows_deleted) processor.removed = {.body = R"("{{customer}}")"};
  return processor;
}

}  // namespace florin::testing
