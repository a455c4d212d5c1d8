// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"

/// What the tests of one policy need beside `exchange.hpp`: all operations at layer 0, as text.
namespace florin_test {

/// `code/outcome/status_code` of a refusal, or `success`.
template <class T>
std::string verdict(const florin::Result<T>& answer) {
  if (answer) return "success";
  const auto error = answer.error();
  return std::string{to_string(error.code)} + '/' + std::string{to_string(error.outcome)} + '/' +
         std::to_string(error.status_code);
}

/// A request of `Operation` as it goes out.
template <class P, class Operation>
Sent request_of(const typename Operation::Request& request,
                const typename P::Credentials& credentials) {
  florin::EncodedRequest out;
  auto result = florin::encode<P, Operation>(request, credentials,
                                             {.idempotency_key = "key-1",
                                              .access_token = "FAKEtoken0001",
                                              .salt = "a1B2c3D4e5F6",
                                              .timestamp = 1700000000},
                                             out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// Invented credentials, without the optional ones.
template <class P>
typename P::Credentials fake_credentials() {
  typename P::Credentials credentials{};
  P::CredentialNames::describe([&]<class Part>() {
    if constexpr (!Part::optional) credentials.*Part::member = "FAKE";
  });
  return credentials;
}

/// The same with invented credentials.
template <class P, class Operation>
Sent request_of(const typename Operation::Request& request) {
  return request_of<P, Operation>(request, fake_credentials<P>());
}

/// What is asked to find customers.
/// \param page empty: the first one.
template <class P>
Sent by_email(std::string_view email, std::string_view page = {}) {
  return request_of<P, florin::FindByEmail>({.email = email, .page = page});
}
template <class P>
Sent by_reference(std::string_view reference, std::string_view page = {}) {
  return request_of<P, florin::FindByReference>({.merchant_customer_id = reference, .page = page});
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

/// What a policy sends for an operation on one customer.
template <class P, class Operation>
Sent ask(std::string_view id) {
  return request_of<P, Operation>({id});
}

/// What an answer to that means.
template <class P, class Operation>
florin::Result<typename Operation::Response> read(std::string_view id, int status,
                                                  std::string_view body) {
  return answer_to<P, Operation>({id}, status, body);
}

/// Within a test case.
inline void compare(const std::string& read, std::string_view expected, std::string_view body) {
  BOOST_TEST(read == expected, read << " instead of " << expected << " was read of " << body);
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

/// The same of a customer that was read.
inline florin::UpdateRequestView change_of(const florin::Customer& current,
                                           const florin::UpdateRequest& changes) {
  return change_of(current.connector_customer_id(), changes, &current);
}

/// The body of a change, or why there is none.
template <class P>
std::string changed_body(std::string_view id, const florin::UpdateRequest& changes,
                         const florin::Customer* current = nullptr) {
  const auto sent = request_of<P, florin::Update>(change_of(id, changes, current));
  return sent.result ? sent.body : sent.refusal();
}

template <class P>
std::string changed_body(const florin::Customer& current, const florin::UpdateRequest& changes) {
  return changed_body<P>(current.connector_customer_id(), changes, &current);
}

/// The parts of a record that are there, in one line.
inline std::string shown(const florin::Customer& customer) {
  std::string text{to_string(customer.status)};
  for (const florin::Field field : florin::FieldSet::all())
    if (const auto part = customer.get(field))
      text.append("|").append(to_string(field)).append("=").append(*part);
  for (std::size_t i = 0; i < customer.metadata_size(); ++i) {
    const auto entry = customer.metadata(i);
    text.append("|").append(entry.key).append(":").append(entry.value);
  }
  if (customer.created())
    text.append("|created ").append(std::to_string(customer.created()->time_since_epoch().count()));
  return text;
}
inline std::string shown(const florin::CreateResponse& response) {
  return "success:" + response.connector_customer_id.str();
}
inline std::string shown(const florin::DeleteResponse&) {
  return "success";
}
inline std::string shown(const florin::CustomerPage& page) {
  std::string text;
  for (const florin::Customer& customer : page)
    text.append(text.empty() ? "" : ",").append(customer.connector_customer_id());
  if (!page.next().empty()) text.append(">").append(page.next());
  return text;
}

/// The same, or what an error says.
template <class T>
std::string shown(const florin::Result<T>& answer) {
  return answer ? shown(*answer) : answer.error().what();
}

/// The ids of a page and where the next one is: `id,id>next`; or the code of the error. Within a
/// test case.
template <class P, class Operation>
std::string found(const florin::FindRequest& request, int status, std::string_view body) {
  const auto page = answer_to<P, Operation>(request, status, body);
  if (page) {
    BOOST_TEST(page->http_status == status);
    return shown(*page);
  }
  BOOST_TEST((page.error().outcome == florin::Outcome::no_effect));
  return std::string{to_string(page.error().code)};
}
/// The same of what the request asks for.
template <class P>
std::string found(const florin::FindRequest& request, int status, std::string_view body) {
  if constexpr (florin::offers<P, florin::FindByReference>)
    if (!request.merchant_customer_id.empty())
      return found<P, florin::FindByReference>(request, status, body);
  if constexpr (florin::offers<P, florin::FindByEmail>)
    return found<P, florin::FindByEmail>(request, status, body);
  return "not offered";
}

/// Tries that an answer to a request of `Operation` is read like this: as `shown`, or as the
/// `verdict` of an error with the processor's code and text, `|` between them. Within a test case.
template <class P, class Operation>
void reads_as(const typename Operation::Request& request, int status, std::string_view body,
              std::string_view expected) {
  const auto answer = answer_to<P, Operation>(request, status, body);
  if (answer) return compare(shown(*answer), expected, body);
  const florin::Error error = answer.error();
  std::string text = verdict(answer) + '|' + error.connector_code;
  compare(text.append("|").append(error.connector_message), expected, body);
}

/// What goes out for an operation on one customer.
template <class P, class Operation>
Sent by_id(std::string_view id, const typename P::Credentials& credentials) {
  return request_of<P, Operation>({id}, credentials);
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
  return request_of<P, florin::Update>(change_of(id, changes, current), credentials);
}

/// What the answer to a change of this customer means.
template <class P>
florin::Result<florin::Customer> read_change(std::string_view id, int status,
                                             std::string_view body) {
  return answer_to<P, florin::Update>({.connector_customer_id = id}, status, body);
}

/// `code/outcome`, or `success`.
template <class T>
std::string short_verdict(const florin::Result<T>& answer) {
  if (answer) return "success";
  const auto error = answer.error();
  return std::string{to_string(error.code)} + '/' + std::string{to_string(error.outcome)};
}

/// `deleted`, `already gone`, or `code/outcome`. Within a test case.
template <class P>
std::string removed(std::string_view id, int status, std::string_view body) {
  const auto answer = read<P, florin::Delete>(id, status, body);
  if (!answer) return short_verdict(answer);
  BOOST_TEST(answer->connector_customer_id == id);
  BOOST_TEST((answer->status == florin::CustomerStatus::deleted));
  return answer->already_gone ? "already gone" : "deleted";
}

/// What is asked to find customers.
/// \tparam Operation `FindByEmail` or `FindByReference`.
template <class P, class Operation>
Sent search(const florin::FindRequest& request, const typename P::Credentials& credentials) {
  return request_of<P, Operation>(request, credentials);
}

/// As `found`, with `code/outcome` of a refusal.
template <class P, class Operation>
std::string found_ids(const florin::FindRequest& request, int status, std::string_view body) {
  const auto page = answer_to<P, Operation>(request, status, body);
  return page ? found<P, Operation>(request, status, body) : short_verdict(page);
}

}  // namespace florin_test
