// SPDX-License-Identifier: Apache-2.0
// Creates Stripe customers at a server on this machine, for tests against servers and proxies that
// others wrote. One JSON object per line in, `{"key":...,"async":...,"request":{...}}`, and one
// out.
//
// usage: create_customers BASE_URL API_KEY [OPTIONS]
//   OPTIONS   a JSON object, see `set`; without it the client's defaults are used
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

namespace json = boost::json;

std::string text(const json::value& value) {
  return std::string{value.as_string()};
}

std::string text(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr ? text(*value) : std::string{};
}

std::chrono::milliseconds milliseconds(const json::value& value) {
  return std::chrono::milliseconds{value.to_number<std::int64_t>()};
}

florin::net::Proxy proxy(const json::object& object) {
  return {.host = text(object, "host"),
          .port = object.at("port").to_number<std::uint16_t>(),
          .user = text(object, "user"),
          .password = text(object, "password")};
}

/// Durations are in milliseconds.
void set(florin::ClientOptions& client, std::string_view name, const json::value& value) {
  if (name == "ca_file") {
    client.tls.ca_file = text(value);
  } else if (name == "certificate_file") {
    client.tls.certificate_file = text(value);
  } else if (name == "private_key_file") {
    client.tls.private_key_file = text(value);
  } else if (name == "ciphers") {
    client.tls.ciphers = text(value);
  } else if (name == "only_tls_1_3") {
    if (value.as_bool()) client.tls.minimum_version = florin::net::TlsVersion::tls_1_3;
  } else if (name == "proxy") {
    client.proxy = proxy(value.as_object());
  } else if (name == "deadline") {
    client.deadline = milliseconds(value);
  } else if (name == "connect_timeout") {
    client.connect_timeout = milliseconds(value);
  } else if (name == "attempt_delay") {
    client.connect.attempt_delay = milliseconds(value);
  } else if (name == "retries") {
    client.retry.retries = value.to_number<int>();
  } else {
    throw std::invalid_argument{"unknown option: " + std::string{name}};
  }
}

florin::CreateRequest read_request(const json::object& object) {
  florin::CreateRequest request{.merchant_customer_id = text(object, "merchant_customer_id"),
                                .email = text(object, "email"),
                                .name = text(object, "name"),
                                .phone = text(object, "phone"),
                                .description = text(object, "description")};
  if (const auto* const metadata = object.if_contains("metadata"))
    for (const auto& [key, value] : metadata->as_object())
      request.metadata.set(std::string{key}, text(value));
  return request;
}

json::object describe(const florin::Timings& timings) {
  json::object all;
  for (std::size_t i = 0; i < florin::phase_count; ++i) {
    const auto phase = static_cast<florin::Phase>(i);
    all[florin::to_string(phase)] =
        std::chrono::duration<double, std::milli>{timings[phase]}.count();
  }
  return all;
}

json::object describe(const florin::Result<florin::CreateResponse>& answer) {
  if (answer) {
    return {{"ok", true},
            {"id", answer->connector_customer_id.str()},
            {"origin", florin::to_string(answer->origin)},
            {"request_id", answer->request_id.str()},
            {"attempts", answer->attempts},
            {"milliseconds", describe(answer->timings)}};
  }
  const auto error = answer.error();
  return {{"ok", false},
          {"code", florin::to_string(error.code)},
          {"outcome", florin::to_string(error.outcome)},
          {"status_code", error.status_code},
          {"http_status", error.http_status},
          {"proxy_status", error.proxy_status},
          {"phase", error.phase ? florin::to_string(*error.phase) : ""},
          {"cause", error.cause ? error.cause.message() : ""},
          {"reason", error.reason},
          {"transient", error.transient},
          {"attempts", error.attempts},
          {"what", error.what()},
          {"milliseconds", describe(error.timings)}};
}

void serve(const char* base_url, const char* api_key, std::string_view options) {
  florin::ClientOptions settings;
  settings.base_url = base_url;
  settings.insecure_plain_http = true;
  const auto wanted = json::parse(options);
  for (const auto& [name, value] : wanted.as_object()) set(settings, name, value);
  florin::Client<florin::StripePolicy> client{{.api_key = api_key}, settings};
  for (std::string line; std::getline(std::cin, line);) {
    const auto task = json::parse(line).as_object();
    const auto key = text(task, "key");
    const auto request = read_request(task.at("request").as_object());
    const florin::CallOptions<florin::StripePolicy> call{.idempotency_key = key};
    const auto* const async = task.if_contains("async");
    const auto answer = async != nullptr && async->as_bool()
                            ? client.async_create(request, call, boost::asio::use_future).get()
                            : client.create(request, call);
    std::cout << json::serialize(describe(answer)) << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3 && argc != 4) {
    std::cerr << "usage: create_customers BASE_URL API_KEY [OPTIONS]\n";
    return 2;
  }
  serve(argv[1], argv[2], argc == 4 ? argv[3] : "{}");
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 2;
}
