// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/idempotency.hpp>
#include <florin/policy.hpp>
#include <florin/testing/detail/engine.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "documented.hpp"
#include "testing/all_processors.hpp"

namespace florin_bench {

/// Gives `field`, which the documentation's example lacks and a processor requires.
inline void supply(florin::CreateRequest& request, florin::Field field) {
  florin::Address& address = request.address;
  switch (field) {
    case florin::Field::address_line1:
      address.line1 = "1 Example Street";
      return;
    case florin::Field::address_city:
      address.city = "Springfield";
      return;
    case florin::Field::address_state:
      address.state = "IL";
      return;
    case florin::Field::address_zip:
      address.zip = "62701";
      return;
    case florin::Field::address_country:
      address.country = "US";
      return;
    default:
      throw std::runtime_error("the example lacks " + std::string{to_string(field)});
  }
}

/// One policy's example: the documented request with what the processor requires beside it, and the
/// answer to it, which the processor's description (florin/testing/processors/) renders.
template <class P>
class Example {
 public:
  Example() {
    const auto processor = description();
    assign_credentials(processor.credentials.front().text);
    if (florin::takes_payment_token<P, florin::Create>) options.payment_token = "EXAMPLE_token";
    for (;;) {
      const auto encoded = encode();
      if (encoded) break;
      const florin::Error error = encoded.error();
      if (error.code != florin::Errc::missing_field || !error.field)
        throw std::runtime_error(error.what());
      supply(request, *error.field);
    }
    florin::testing::detail::Engine engine{processor};
    answer(engine.serve(received()).reply);
  }
  Example(const Example&) = delete;
  Example& operator=(const Example&) = delete;

  [[nodiscard]] florin::Result<void> encode() {
    return florin::encode<P>(request, credentials, options, encoded_request);
  }
  [[nodiscard]] florin::Result<florin::CreateResponse> decode() const {
    return florin::decode<P>(
        florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
        request);
  }
  /// Takes another answer of the same processor.
  void answer(florin::testing::detail::Reply reply) {
    kept_ = std::move(reply);
    status = kept_.status;
    body = kept_.body;
    headers.assign({{"Content-Type", kept_.content_type}});
    for (const auto& [name, value] : kept_.headers) headers.push_back({name, value});
    const auto read = decode();
    if (!read) throw std::runtime_error(read.error().what() + ": " + body);
    if (read->connector_customer_id.empty() || read->origin != florin::Origin::created)
      throw std::runtime_error(std::string{P::name} + ": a wrong answer");
  }

  florin::CreateRequest request = documented_request();

 private:
  /// What a client sends where it is given no key.
  florin::Text key_ = florin::derive_idempotency_key<P>(request.merchant_customer_id);

 public:
  florin::CredentialsOf<P> credentials{};
  florin::EncodeOptions options{
      .idempotency_key = key_.view(),
      .access_token = "EXAMPLE_access_token_of_forty_characters",
      .salt = "EXAMPLEsalt1",
      .timestamp = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count()};
  florin::EncodedRequest encoded_request;
  int status = 0;
  std::vector<florin::wire::HeaderView> headers;
  std::string body;

 private:
  /// The processor's description, made to take any credential.
  static florin::testing::Processor description() {
    auto processor = florin_test::processor_named(P::name).value();
    processor.authentication = {};
    processor.authentication.identify = [](const auto&, auto) { return std::size_t{0}; };
    for (auto& action : processor.actions) action.authentication.reset();
    return processor;
  }
  void assign_credentials(std::string_view text) {
    std::size_t left = 0;
    P::CredentialNames::describe([&]<class Part>() { left += Part::optional ? 0 : 1; });
    P::CredentialNames::describe([&]<class Part>() {
      if constexpr (!Part::optional) {
        const std::size_t end = --left == 0 ? text.size() : text.find(':');
        credentials.*Part::member = std::string{text.substr(0, end)};
        text.remove_prefix(std::min(end, text.size()));
        if (text.starts_with(':')) text.remove_prefix(1);
      }
    });
  }
  /// The encoded request as a server reads it.
  [[nodiscard]] florin::testing::ReceivedRequest received() const {
    std::string_view head = encoded_request.head();
    const auto line = [&head] {
      const std::size_t end = head.find("\r\n");
      const std::string_view found = head.substr(0, end);
      head.remove_prefix(end + 2);
      return found;
    };
    florin::testing::ReceivedRequest request_read;
    const std::string_view first = line();
    const std::size_t method = first.find(' ');
    request_read.method = first.substr(0, method);
    request_read.target = first.substr(method + 1, first.rfind(' ') - method - 1);
    for (auto header = line(); !header.empty(); header = line()) {
      const std::size_t colon = header.find(": ");
      request_read.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
    }
    request_read.body = encoded_request.body();
    return request_read;
  }

  florin::testing::detail::Reply kept_;
};

}  // namespace florin_bench
