// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

/// What one would write by hand for Stripe, without florin.
namespace florin_bench {

inline void append_percent(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += hex[byte >> 4U];
      out += hex[byte & 15U];
    }
  }
}

/// The form body of a create.
[[nodiscard]] inline std::string form_body(const florin::CreateRequest& request) {
  std::string body;
  const auto add = [&body](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!body.empty()) body += '&';
    body += name;
    body += '=';
    append_percent(body, value);
  };
  add("email", request.email);
  add("name", request.name);
  add("phone", request.phone);
  add("description", request.description);
  add("address[line1]", request.address.line1);
  add("address[line2]", request.address.line2);
  add("address[city]", request.address.city);
  add("address[state]", request.address.state);
  add("address[postal_code]", request.address.zip);
  add("address[country]", request.address.country);
  for (const auto& [key, value] : request.metadata) {
    std::string name = "metadata[";
    append_percent(name, key);
    add(name + "]", value);
  }
  add("metadata[merchant_customer_id]", request.merchant_customer_id);
  return body;
}

/// The whole HTTP request.
[[nodiscard]] inline std::string http_request(const florin::CreateRequest& request,
                                              std::string_view host, std::string_view api_key,
                                              std::string_view idempotency_key) {
  const std::string body = form_body(request);
  std::string text = "POST /v1/customers HTTP/1.1\r\nHost: ";
  text.append(host)
      .append("\r\nContent-Length: ")
      .append(std::to_string(body.size()))
      .append("\r\nContent-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n")
      .append("User-Agent: peer/1.0\r\nStripe-Version: 2026-06-24.dahlia\r\n")
      .append("Authorization: Bearer ")
      .append(api_key)
      .append("\r\nIdempotency-Key: ")
      .append(idempotency_key)
      .append("\r\n\r\n")
      .append(body);
  return text;
}

/// The customer's id of an answer, by nlohmann/json.
[[nodiscard]] inline std::string id_by_nlohmann(std::string_view body) {
  auto id = nlohmann::json::parse(body).at("id").get<std::string>();
  if (!id.starts_with("cus_")) throw std::runtime_error("a wrong answer");
  return id;
}

}  // namespace florin_bench
