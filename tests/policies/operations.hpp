// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/by_id.hpp"
#include "policies/exchange.hpp"

/// What the tests of one policy need for changes and finds at layer 0, beside `by_id.hpp`.
namespace florin_test {

/// `code/outcome/status_code` of a refusal, or `success`.
template <class T>
std::string verdict(const florin::Result<T>& answer) {
  if (answer) return "success";
  const auto error = answer.error();
  return std::string{to_string(error.code)} + '/' + std::string{to_string(error.outcome)} + '/' +
         std::to_string(error.status_code);
}

/// A request of `Operation` as it goes out, with invented credentials.
template <class P, class Operation>
Sent request_of(const typename Operation::Request& request) {
  typename P::Credentials credentials{};
  P::CredentialNames::describe([&]<class Part>() {
    if constexpr (!Part::optional) credentials.*Part::member = "FAKE";
  });
  florin::EncodedRequest out;
  auto result =
      florin::encode<P, Operation>(request, credentials, {.idempotency_key = "key-1"}, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// What an answer to a request of `Operation` means.
template <class P, class Operation>
florin::Result<typename Operation::Response> answer_to(const typename Operation::Request& request,
                                                       int status, std::string_view body) {
  const std::vector<florin::wire::HeaderView> headers;
  return florin::decode<P, Operation>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      request);
}

/// The request of a change.
/// \param current the customer as it is; null: it was not read.
inline florin::UpdateRequestView change_of(std::string_view id,
                                           const florin::UpdateRequest& changes,
                                           const florin::Customer* current = nullptr) {
  florin::UpdateRequestView view = changes;
  view.connector_customer_id = id;
  view.current = current;
  return view;
}

/// The body of a change, or why there is none.
template <class P>
std::string changed_body(std::string_view id, const florin::UpdateRequest& changes,
                         const florin::Customer* current = nullptr) {
  const auto sent = request_of<P, florin::Update>(change_of(id, changes, current));
  return sent.result ? sent.body : sent.refusal();
}

/// The ids of a page and where the next one is: `id,id>next`; or the code of the error.
template <class P, class Operation>
std::string found(const florin::FindRequest& request, int status, std::string_view body) {
  const auto page = answer_to<P, Operation>(request, status, body);
  if (!page) return std::string{to_string(page.error().code)};
  std::string text;
  for (const florin::Customer& customer : *page)
    text.append(text.empty() ? "" : ",").append(customer.connector_customer_id());
  if (!page->next().empty()) text.append(">").append(page->next());
  return text;
}

}  // namespace florin_test
