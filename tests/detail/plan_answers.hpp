// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>
#include <florin/detail/series.hpp>
#include <florin/policies/stripe.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace florin_test {

/// The call that a plan asks for.
struct Planned {
  std::string operation{};
  std::string text{};    ///< the reference or the email, and behind a blank the page; or the id
  std::string before{};  ///< see `FindRequest::before`
  florin::detail::SeriesCall how{};
};

template <class Plan>
Planned planned(Plan& plan) {
  Planned call;
  plan.next([&call]<class Operation>(const typename Operation::Request& request,
                                     const florin::detail::SeriesCall& how) {
    call.operation = Operation::name;
    call.how = how;
    if constexpr (std::is_same_v<typename Operation::Request, florin::FindRequest>) {
      call.text.assign(request.email).append(request.merchant_customer_id);
      if (!request.page.empty()) call.text.append(" ").append(request.page);
      call.before.assign(request.before);
    } else if constexpr (std::is_same_v<Operation, florin::Create>) {
      call.text.assign(request.merchant_customer_id);
    } else {
      call.text.assign(request.connector_customer_id);
    }
  });
  return call;
}

/// Time that a call has taken.
inline florin::Timings spent(int seconds) {
  florin::Timings timings;
  timings.add(florin::Phase::read, std::chrono::seconds{seconds});
  return timings;
}

/// What a call has come to, in one attempt and one second.
template <class Answer>
Answer after_one(Answer answer) {
  answer.attempts = 1;
  answer.timings = spent(1);
  return answer;
}

inline florin::Error failed_with(florin::Errc code, florin::Outcome outcome,
                                 std::string_view existing = {}) {
  florin::Error error;
  error.code = code;
  error.outcome = outcome;
  error.existing_customer_id.assign(existing);
  error.http_status = 409;
  error.request_id = florin::Text{"req_failed"};
  error.idempotency_key = florin::Text{"key"};
  error.dropped = {florin::Field::phone};
  return after_one(error);
}

using NoHeaders = std::vector<florin::wire::HeaderView>;

/// A record of Stripe's.
/// \param rest members behind the id, with a comma before each.
inline florin::Customer record_of(std::string_view id, std::string_view rest = {}) {
  const NoHeaders headers{{"Request-Id", "req_read"}};
  const std::string body = R"({"id":")" + std::string{id} + '"' + std::string{rest} + "}";
  return after_one(
      florin::decode<florin::StripePolicy, florin::Retrieve>(
          florin::wire::ResponseView<NoHeaders>{200, headers, body}, florin::RetrieveRequest{id})
          .value());
}

/// A page of customers with the email `a@b.example`.
/// \param records each as its id and what follows.
/// \param more whether the last of them names a next page.
inline florin::CustomerPage page_of(const std::vector<std::string>& records, bool more = false) {
  std::string body = R"({"data":[)";
  for (const std::string& record : records) {
    if (body.back() == '}') body += ',';
    body += R"({"email":"a@b.example","id":)" + record + "}";
  }
  body += std::string{R"(],"has_more":)"} + (more ? "true" : "false") + "}";
  const NoHeaders headers;
  return after_one(florin::decode<florin::StripePolicy, florin::FindByEmail>(
                       florin::wire::ResponseView<NoHeaders>{200, headers, body},
                       florin::FindRequest{.email = "a@b.example"})
                       .value());
}

}  // namespace florin_test
