// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the tests of policies share: requests and answers at layer 0, as text.
namespace florin_test {

/// The customer of the fact sheets' examples, with everything given.
inline florin::CreateRequest full_request() {
  return {.merchant_customer_id = "m-1001",
          .email = "ana@example.com",
          .name = "Ana Example",
          .phone = "+15555550100",
          .description = "Example buyer",
          .metadata = {{"tier", "gold"}},
          .address = {.line1 = "1 Example Street",
                      .line2 = "Apt 2",
                      .city = "Springfield",
                      .state = "IL",
                      .zip = "62701",
                      .country = "US"}};
}

/// The documentation's customer.
inline florin::CreateRequest documented_request() {
  return {.merchant_customer_id = "cust_user_12345",
          .email = "john.doe@example.com",
          .name = "John Doe",
          .phone = "+1-555-123-4567",
          .description = "Premium plan subscriber"};
}

/// A request as it goes out, or the error instead.
struct Sent {
  florin::Result<void> result;
  std::string head;
  std::string body;
  florin::FieldSet dropped;

  /// Whether the head has exactly this line.
  [[nodiscard]] bool has_line(std::string_view line) const {
    return head.find("\r\n" + std::string{line} + "\r\n") != std::string::npos ||
           head.starts_with(std::string{line} + "\r\n");
  }
  /// `code:field`, or empty when it was encoded.
  [[nodiscard]] std::string refusal() const {
    if (result) return {};
    const auto error = result.error();
    return std::string{to_string(error.code)} + ':' +
           std::string{error.field ? to_string(*error.field) : std::string_view{}};
  }
};

template <class P>
Sent send(const florin::CreateRequest& request, const typename P::Credentials& credentials,
          florin::EncodeOptions options = {.idempotency_key = "key-1"}) {
  florin::EncodedRequest out;
  auto result = florin::encode<P>(request, credentials, options, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// Reads an answer to the documentation's customer.
template <class P>
florin::Result<florin::CreateResponse> receive(
    int status, std::string_view body, const std::vector<florin::wire::HeaderView>& headers = {},
    florin::OnExists on_exists = florin::OnExists::fail) {
  return florin::decode<P>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      documented_request(), on_exists);
}

/// `code/outcome/status_code`, for short comparisons.
inline std::string summary(const florin::Result<florin::CreateResponse>& answer) {
  if (answer) return "success:" + answer->connector_customer_id.str();
  const auto error = answer.error();
  return std::string{to_string(error.code)} + '/' + std::string{to_string(error.outcome)} + '/' +
         std::to_string(error.status_code);
}

}  // namespace florin_test
