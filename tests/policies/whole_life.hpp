// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/operations.hpp"

/// Updates, finds and deletes at layer 0, as text, for the test that holds all of one processor.
namespace florin_test {

using HeaderList = std::vector<florin::wire::HeaderView>;

/// What goes out for an operation on one customer.
template <class P, class Operation>
Sent by_id(std::string_view id, const typename P::Credentials& credentials) {
  florin::EncodedRequest out;
  auto result = florin::encode<P, Operation>(typename Operation::Request{id}, credentials, {}, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// A customer as a retrieve reads it.
template <class P>
florin::Customer customer_of(std::string_view id, std::string_view body) {
  return read<P, florin::Retrieve>(id, 200, body).value();
}

/// What goes out for a change.
/// \param current the record as it is; null: it was not read.
template <class P>
Sent send_change(std::string_view id, const florin::UpdateRequest& changes,
                 const typename P::Credentials& credentials,
                 const florin::Customer* current = nullptr) {
  florin::UpdateRequestView view = changes;
  view.connector_customer_id = id;
  view.current = current;
  florin::EncodedRequest out;
  auto result =
      florin::encode<P, florin::Update>(view, credentials, {.idempotency_key = "key-1"}, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// What the answer to a change of this customer means.
template <class P>
florin::Result<florin::Customer> read_change(std::string_view id, int status,
                                             std::string_view body) {
  florin::UpdateRequestView view;
  view.connector_customer_id = id;
  const HeaderList headers;
  return florin::decode<P, florin::Update>(
      florin::wire::ResponseView<HeaderList>{status, headers, body}, view);
}

/// `code/outcome`, or `success`.
template <class T>
std::string short_verdict(const florin::Result<T>& answer) {
  if (answer) return "success";
  const auto error = answer.error();
  return std::string{to_string(error.code)} + '/' + std::string{to_string(error.outcome)};
}

/// `deleted`, `already gone`, or `code/outcome`.
template <class P>
std::string removed(std::string_view id, int status, std::string_view body) {
  const auto answer = read<P, florin::Delete>(id, status, body);
  if (!answer) return short_verdict(answer);
  return answer->already_gone ? "already gone" : "deleted";
}

/// What is asked to find customers.
/// \tparam Operation `FindByEmail` or `FindByReference`.
template <class P, class Operation>
Sent search(const florin::FindRequest& request, const typename P::Credentials& credentials) {
  florin::EncodedRequest out;
  auto result = florin::encode<P, Operation>(request, credentials, {}, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// As `found`, with `code/outcome` of a refusal.
template <class P, class Operation>
std::string found_ids(const florin::FindRequest& request, int status, std::string_view body) {
  const auto page = answer_to<P, Operation>(request, status, body);
  return page ? found<P, Operation>(request, status, body) : short_verdict(page);
}

}  // namespace florin_test
