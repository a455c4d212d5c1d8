// SPDX-License-Identifier: Apache-2.0
// Creates Stripe customers at a server on this machine, over plain HTTP, for tests against servers
// that others wrote. One JSON object per line in, `{"key":...,"request":{...}}`, and one out.
//
// usage: create_over_http BASE_URL API_KEY
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <string>

namespace {

std::string text(const boost::json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr ? std::string{value->as_string()} : std::string{};
}

florin::CreateRequest read_request(const boost::json::object& object) {
  florin::CreateRequest request{.merchant_customer_id = text(object, "merchant_customer_id"),
                                .email = text(object, "email"),
                                .name = text(object, "name"),
                                .phone = text(object, "phone"),
                                .description = text(object, "description")};
  if (const auto* const metadata = object.if_contains("metadata"))
    for (const auto& [key, value] : metadata->as_object())
      request.metadata.set(std::string{key}, std::string{value.as_string()});
  return request;
}

boost::json::object describe(const florin::Result<florin::CreateResponse>& answer) {
  if (answer) {
    return {{"ok", true},
            {"id", answer->connector_customer_id.str()},
            {"origin", florin::to_string(answer->origin)},
            {"request_id", answer->request_id.str()}};
  }
  const auto error = answer.error();
  return {{"ok", false},
          {"code", florin::to_string(error.code)},
          {"outcome", florin::to_string(error.outcome)},
          {"http_status", error.http_status}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: create_over_http BASE_URL API_KEY\n";
    return 2;
  }
  florin::ClientOptions options;
  options.base_url = argv[1];
  options.insecure_plain_http = true;
  florin::Client<florin::StripePolicy> client{{.api_key = argv[2]}, options};
  for (std::string line; std::getline(std::cin, line);) {
    const auto task = boost::json::parse(line).as_object();
    const auto key = text(task, "key");
    const auto answer = client.create(read_request(task.at("request").as_object()),
                                      {.idempotency_key = key});
    std::cout << boost::json::serialize(describe(answer)) << std::endl;
  }
}
