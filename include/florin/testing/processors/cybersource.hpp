// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/access.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <iomanip>
#include <locale>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace florin::testing {

namespace detail {

/// A credential of three parts, with colons between.
struct CybersourceKey {
  std::string_view merchant{};
  std::string_view id{};
  /// Not base64 any more.
  std::string secret{};
};

/// The bytes of base64 or base64url, with padding or without.
inline std::optional<std::string> cybersource_decoded(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.ends_with('=')) text.pop_back();
  const std::size_t size = text.size() * 3 / 4;
  text.append((4 - text.size() % 4) % 4, '=');
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size())) < 0)
    return std::nullopt;
  out.resize(size);
  return out;
}

inline std::string cybersource_digest(std::string_view body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(body.data(), body.size(), digest, &size, EVP_sha256(), nullptr);
  return base64({reinterpret_cast<const char*>(digest), size});
}

/// The base64 of an HMAC.
inline std::string cybersource_hmac(const EVP_MD* hash, std::string_view secret,
                                    std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(hash, secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return base64({reinterpret_cast<const char*>(digest), size});
}

/// The signature of the text that the headers of a request make.
/// \param host  the value of `Host`
inline std::string cybersource_signature(const CybersourceKey& key, const ReceivedRequest& request,
                                         std::string_view host, std::string_view date) {
  std::string text = "host: ";
  text.append(host).append("\ndate: ").append(date).append("\nrequest-target: ");
  text.append(lower_case(request.method)).append(" ").append(request.target);
  if (!request.body.empty())
    text.append("\ndigest: SHA-256=").append(cybersource_digest(request.body));
  text.append("\nv-c-merchant-id: ").append(key.merchant);
  return cybersource_hmac(EVP_sha256(), key.secret, text);
}

/// Unix seconds of a date in a header; none unless it is written as the standard says.
inline std::optional<std::int64_t> cybersource_date(std::string_view text) {
  const std::string format = "%a, %d %b %Y %H:%M:%S GMT";
  std::tm parts{};
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  in >> std::get_time(&parts, format.c_str());
  const std::time_t when = timegm(&parts);
  if (in.fail() || utc_time(std::chrono::system_clock::from_time_t(when), format) != text)
    return std::nullopt;
  return when;
}

/// Whether the key has signed the request by headers.
inline bool cybersource_signed_headers(const CybersourceKey& key, const ReceivedRequest& request,
                                       std::int64_t now) {
  const auto header = [&](const char* name) {
    return request.header(name).value_or(std::string_view());
  };
  const auto date = cybersource_date(header("Date"));
  if (!date || *date > now || *date < now - 300 || header("v-c-merchant-id") != key.merchant)
    return false;
  if (header("Digest") !=
      (request.body.empty() ? std::string() : "SHA-256=" + cybersource_digest(request.body)))
    return false;
  const std::string_view host = header("Host");
  const std::string names = request.body.empty()
                                ? "host date request-target v-c-merchant-id"
                                : "host date request-target digest v-c-merchant-id";
  const auto expected = [&](std::string_view name) {
    return "keyid=\"" + std::string(key.id) + "\", algorithm=\"HmacSHA256\", headers=\"" + names +
           "\", signature=\"" + cybersource_signature(key, request, name, header("Date")) + '"';
  };
  return header("Signature") == expected(host) ||
         header("Signature") == expected(host.substr(0, host.find(':')));
}

/// Whether the key has signed a token for the request.
inline bool cybersource_signed_token(const CybersourceKey& key, const ReceivedRequest& request,
                                     std::string_view token, std::int64_t now) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return false;
  const auto members = [](std::string_view part) {
    const auto text = cybersource_decoded(std::string(part));
    return text ? decode_json(*text) : std::nullopt;
  };
  const auto head = members(token.substr(0, first));
  const auto claims = members(token.substr(first + 1, second - first - 1));
  if (!head || !claims) return false;
  const auto text_of = [](const std::vector<Parameter>& all, std::string_view name) {
    const Parameter* const member = find(all, name);
    return member != nullptr && member->is_string ? std::string_view(member->value)
                                                  : std::string_view();
  };
  const auto time_of = [&](std::string_view name) -> std::int64_t {
    const Parameter* const member = find(*claims, name);
    if (member == nullptr || member->is_string || member->value.size() > 12 ||
        member->value.find_first_not_of("0123456789") != std::string::npos)
      return -1;
    return std::stoll(member->value);
  };
  const std::string_view algorithm = text_of(*head, "alg");
  const EVP_MD* const hash = algorithm == "HS256"   ? EVP_sha256()
                             : algorithm == "HS384" ? EVP_sha384()
                             : algorithm == "HS512" ? EVP_sha512()
                                                    : nullptr;
  if (hash == nullptr || text_of(*head, "typ") != "JWT" || text_of(*head, "kid") != key.id)
    return false;
  const auto signature = cybersource_decoded(std::string(token.substr(second + 1)));
  if (!signature ||
      base64(*signature) != cybersource_hmac(hash, key.secret, token.substr(0, second)))
    return false;
  const std::int64_t issued = time_of("iat");
  const std::int64_t expires = time_of("exp");
  if (issued < 0 || issued > now || expires <= now || expires > issued + 120) return false;
  const std::string_view host = request.header("Host").value_or(std::string_view());
  const std::string_view target = request.target;
  const bool digested = text_of(*claims, "digestAlgorithm") == "SHA-256" &&
                        text_of(*claims, "digest") == cybersource_digest(request.body);
  const bool digests = find(*claims, "digest") != nullptr;
  return text_of(*claims, "iss") == key.merchant &&
         text_of(*claims, "v-c-merchant-id") == key.merchant &&
         text_of(*claims, "v-c-jwt-version") == "2" && text_of(*claims, "jti").size() == 36 &&
         text_of(*claims, "request-method") == request.method &&
         text_of(*claims, "request-host") == host.substr(0, host.find(':')) &&
         text_of(*claims, "request-resource-path") == target.substr(0, target.find('?')) &&
         (request.body.empty() ? !digests : digested);
}

/// Which credential has signed the request, in one of both ways.
inline std::optional<std::size_t> cybersource_signer(const ReceivedRequest& request,
                                                     std::span<const Credential> credentials,
                                                     std::int64_t now) {
  constexpr std::string_view bearer = "Bearer ";
  const std::string_view shown = request.header("Authorization").value_or(std::string_view());
  for (std::size_t i = 0; i < credentials.size(); ++i) {
    const std::string_view text = credentials[i].text;
    const std::size_t first = text.find(':');
    const std::size_t second = text.find(':', first + 1);
    const CybersourceKey key{
        text.substr(0, first), text.substr(first + 1, second - first - 1),
        cybersource_decoded(std::string(text.substr(second + 1))).value_or("")};
    if (shown.starts_with(bearer)
            ? cybersource_signed_token(key, request, shown.substr(bearer.size()), now)
            : cybersource_signed_headers(key, request, now))
      return i;
  }
  return std::nullopt;
}

/// The members of an address, with this before each.
inline std::string cybersource_address(const std::string& stored) {
  std::string members;
  for (const char* const part :
       {"firstName", "lastName", "company", "address1", "address2", "locality",
        "administrativeArea", "postalCode", "country", "email", "phoneNumber"})
    members.append(members.empty() ? "\"" : ",\"")
        .append(part)
        .append(R"(":"{{field )")
        .append(stored)
        .append(part)
        .append("}}\"");
  return "{" + members + "}";
}

inline Action cybersource_write(Operation operation, std::string method, std::string path) {
  return {.operation = operation,
          .method = std::move(method),
          .path = std::move(path),
          .body = Body::json,
          .content_types = {"application/json"},
          .fields = {{.name = "objectInformation.title"},
                     {.name = "objectInformation.comment"},
                     {.name = "buyerInformation.merchantCustomerID"},
                     {.name = "buyerInformation.email",
                      .check =
                          [](std::string_view text) {
                            return text.find('@') != std::string_view::npos;
                          }},
                     {.name = "clientReferenceInformation.code"}},
          .maps = {{.prefix = "merchantDefinedInformation",
                    .key_check =
                        [](std::string_view name) {
                          if (name.empty() || name.back() < '1' || name.back() > '4') return false;
                          name.remove_suffix(1);
                          return name == "data" || name == "sensitive";
                        },
                    .pair_name = "name",
                    .pair_value = "value"}},
          .unchecked = {"buyerInformation.merchantCustomerId"},
          .answer = {.body = R"("{{customer}}")"}};
}

}  // namespace detail

/// CyberSource's customer tokens: create, retrieve, update, delete, and the default shipping
/// address. There is no list and no search.
///
/// Credentials, as `merchant id:key id:secret`, the secret as base64: `fakemerchant` with
/// `00000000-fake-4000-8000-000000000001` and the secret of `fake-secret-for-test-vectors-001` may
/// do everything, with `...0002` and that of `fake-secret-for-test-vectors-002` only read. A
/// request is signed by a token (JWT; HS256, HS384 or HS512) or, as long as CyberSource takes that,
/// by the headers of HTTP Signature. A host is compared with and without its port.
///
/// Nothing is recognised as a repetition or a duplicate. A token that was deleted is answered with
/// 410, one that never was with 404. `merchantCustomerId`, which is not spelt right, is ignored. An
/// update changes what it sends. A new shipping address has to be the default one and takes the
/// place of the last; addresses are neither changed nor listed.
///
/// Not from the documents: that a date in a header may be five minutes old; that a token without a
/// body must have no digest; that an email needs an `@`, and nothing else; that other members which
/// are not known are refused, and null and empty texts are; that a customer may be empty; what a
/// wrong body, a path that does not exist and too many requests are answered with; the wordings.
/// Texts may have any length, as no limit is certain. `ETag` and `If-Match`, `profile-id`,
/// encrypted bodies and `default...` members of an update are left out.
///
/// \param merges  an update merges `merchantDefinedInformation` into what is stored, by name; else
///                it replaces it. The documents tell neither.
/// \param clock  the time in Unix seconds against which signatures are checked; empty: the
///               system's. Called from the sandbox's threads, one call at a time.
///
/// Source:
/// https://developer.cybersource.com/docs/cybs/en-us/tms/developer/ctv/rest/tms/tms-cust-tkn.html,
/// CyberSource's pages on signatures and tokens, and its client libraries.
inline Processor cybersource(bool merges = false, std::function<std::int64_t()> clock = {}) {
  const std::string customers = "/tms/v2/customers";
  const std::string self = customers + "/{{id}}";
  const std::string address_id = "{{fixed FAKE############################";
  const std::string has_address = " if defaultShippingAddress.}}";
  const std::string ship_to = detail::cybersource_address("defaultShippingAddress.shipTo.");
  const auto error = [](int status, std::string type, std::string message,
                        const std::string& details = {}) {
    return Answer{
        .status = status,
        .body = R"({"errors":[{"type":"{{code}}","message":"{{message}}")" + details + "}]}",
        .code = std::move(type),
        .message = std::move(message)};
  };
  const auto invalid = [&](std::string type, std::string message) {
    return error(400, std::move(type), std::move(message),
                 R"(,"details":[{"name":"{{param_leaf}}","location":"{{param_parent}}"}])");
  };
  Action create = detail::cybersource_write(Operation::create, "POST", customers);
  create.answer.status = 201;
  Action update = detail::cybersource_write(Operation::update, "PATCH", customers + "/{id}");
  if (!merges) update.replaced = {"merchantDefinedInformation"};
  Action ship{
      .operation = Operation::update,
      .method = "POST",
      .path = customers + "/{id}/shipping-addresses",
      .body = Body::json,
      .content_types = {"application/json"},
      .fields = {{.name = "default", .required = true, .type = Type::boolean, .one_of = {"true"}},
                 {.name = "shipTo.country", .format = Format::country_alpha2},
                 {.name = "shipTo.email"}},
      .replaced = {"defaultShippingAddress"},
      .stored_as = {{"shipTo.", "defaultShippingAddress.shipTo."}},
      .answer = {
          .status = 201,
          .body = R"({"id":")" + address_id + R"(}}","default":true,"shipTo":)" + ship_to + "}"}};
  for (const char* const part : {"firstName", "lastName", "company", "address1", "address2",
                                 "locality", "administrativeArea", "postalCode", "phoneNumber"})
    ship.fields.push_back({.name = std::string("shipTo.") + part});

  return {
      .name = "cybersource",
      .credentials = {{.text = "fakemerchant:00000000-fake-4000-8000-000000000001:"
                               "ZmFrZS1zZWNyZXQtZm9yLXRlc3QtdmVjdG9ycy0wMDE="},
                      {.text = "fakemerchant:00000000-fake-4000-8000-000000000002:"
                               "ZmFrZS1zZWNyZXQtZm9yLXRlc3QtdmVjdG9ycy0wMDI=",
                       .can_write = false}},
      .authentication = {.identify =
                             [clock = std::move(clock)](const ReceivedRequest& request,
                                                        std::span<const Credential> credentials) {
                               const auto now = std::chrono::system_clock::now().time_since_epoch();
                               return detail::cybersource_signer(
                                   request, credentials,
                                   clock ? clock()
                                         : std::chrono::duration_cast<std::chrono::seconds>(now)
                                               .count());
                             }},
      .actions = {create,
                  {.operation = Operation::retrieve,
                   .method = "GET",
                   .path = customers + "/{id}",
                   .answer = {.body = R"("{{customer}}")"}},
                  update,
                  {.operation = Operation::remove,
                   .method = "DELETE",
                   .path = customers + "/{id}",
                   .answer = {.status = 204}},
                  ship},
      .merchant_customer_id = "buyerInformation.merchantCustomerID",
      .id = "FAKE############################",
      .request_id = "%%%%%%%%-%%%%-4%%%-8%%%-%%%%%%%%%%%%",
      .customer = R"({
        "_links": {
          "self": {"href": ")" +
                  self + R"("},
          "paymentInstruments": {"href": ")" +
                  self + R"(/payment-instruments"},
          "shippingAddress": {"href": ")" +
                  self + R"(/shipping-addresses"}
        },
        "id": "{{id}}",
        "objectInformation": {
          "title": "{{field objectInformation.title}}",
          "comment": "{{field objectInformation.comment}}"
        },
        "buyerInformation": {
          "merchantCustomerID": "{{field buyerInformation.merchantCustomerID}}",
          "email": "{{field buyerInformation.email}}"
        },
        "clientReferenceInformation": {"code": "{{field clientReferenceInformation.code}}"},
        "merchantDefinedInformation":
          "{{pairs merchantDefinedInformation if merchantDefinedInformation.}}",
        "defaultShippingAddress": {"id": ")" +
                  address_id + has_address + R"("},
        "metadata": {"creator": "fakemerchant"},
        "_embedded": {"defaultShippingAddress": {
          "id": ")" +
                  address_id + has_address + R"(",
          "default": "{{sent none|true)" +
                  has_address + R"(",
          "shipTo": )" +
                  ship_to + R"(
        }}
      })",
      .refusals =
          {
              {Case::invalid_value, invalid("invalidFields", "Invalid field(s) in request")},
              {Case::missing_field, invalid("missingFields", "Missing field(s) in request")},
              {Case::malformed_body, error(400, "invalidFields", "The body is not a JSON object")},
              {Case::unsupported_media_type,
               error(400, "invalidHeaders", "Invalid header",
                     R"(,"details":[{"name":"Content-Type","location":"header"}])")},
              {Case::unauthorized,
               {.status = 401, .body = R"({"response":{"rmsg":"Authentication Failed"}})"}},
              {Case::forbidden, error(403, "forbidden", "Request not permitted")},
              {Case::not_found, error(404, "notFound", "Token not found")},
              {Case::no_route, error(404, "notFound", "Resource not found")},
              {Case::removed, error(410, "notAvailable", "Token not available.")},
              {Case::rate_limited, {.status = 429}},
              {Case::server_error, error(500, "internalError", "Internal error")},
          },
      .content_type = "application/json;charset=utf-8",
      .absent = Processor::Absent::omitted,
      .answer_headers = {{"v-c-correlation-id", "{{request_id}}"}},
  };
}

}  // namespace florin::testing
