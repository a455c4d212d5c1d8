// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/encode.hpp>
#include <florin/wire/check.hpp>
#include <florin/wire/normal_form.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace florin::detail {

FLORIN_DECL FieldSet normalise(CreateRequestView& request) noexcept {
  return wire::normalise(request);
}

FLORIN_DECL wire::Fault check_request(const CreateRequestView& request, FieldSet given) noexcept {
  return wire::check_request(request, given);
}

FLORIN_DECL FieldSet normalise(UpdateRequestView& request) noexcept {
  return wire::normalise(request);
}

FLORIN_DECL wire::Fault check_request(const UpdateRequestView& request) noexcept {
  if (const auto fault = check_id(request.connector_customer_id)) return fault;
  return wire::check_request(request);
}

FLORIN_DECL wire::Fault check_id(std::string_view id) noexcept {
  const auto fault = [](Errc code, std::string_view reason) {
    return wire::Fault{code, std::nullopt, reason, "connector_customer_id"};
  };
  if (id.empty()) return fault(Errc::missing_field, "the connector_customer_id is missing");
  if (id.size() > max_connector_customer_id)
    return fault(Errc::invalid_field, "the connector_customer_id is longer than 255 bytes");
  if (!is_customer_id(id))
    return fault(Errc::invalid_field, "the connector_customer_id is not one of a customer");
  return {};
}

inline wire::Fault not_a_page() noexcept {
  return {Errc::invalid_field, std::nullopt, "the page is not one that an answer named", "page"};
}

FLORIN_DECL wire::Fault check_request(const FindRequest& request) noexcept {
  const bool by_email = !request.email.empty();
  const bool by_reference = !request.merchant_customer_id.empty();
  if (!by_email && !by_reference)
    return {Errc::missing_field, std::nullopt, "no filter is given", "find"};
  if (by_email && by_reference)
    return {Errc::invalid_field, std::nullopt, "two filters are given: one at a time", "find"};
  const Field field = by_email ? Field::email : Field::merchant_customer_id;
  const std::string_view filter = by_email ? request.email : request.merchant_customer_id;
  if (!wire::is_text(filter) || wire::trim(filter).empty())
    return {Errc::invalid_field, field, "is blank, or not UTF-8 without NUL"};
  if (wire::count_characters(filter) > max_filter)
    return {Errc::invalid_field, field, "is longer than 1024 characters"};
  if (!is_page(request.page)) return not_a_page();
  return {};
}

FLORIN_DECL wire::Fault check_link(std::string_view page) noexcept {
  return is_query(page) ? wire::Fault{} : not_a_page();
}

FLORIN_DECL wire::Fault check_in_path(std::string_view before, std::string_view filter,
                                      std::string_view behind, Field field) noexcept {
  if (filter.empty()) return {Errc::invalid_field, field, "is empty, but stands in the path"};
  // Whoever decodes the path on the way may see segments where slashes are encoded.
  std::string_view ahead = before.substr(before.rfind('/') + 1);
  const std::string_view last = behind.substr(0, behind.find('/'));
  const auto are_dots = [](std::string_view text) {
    return text.find_first_not_of('.') == std::string_view::npos;
  };
  for (std::string_view rest = filter;;) {
    const std::size_t end = rest.find_first_of("/\\");
    const std::string_view part = rest.substr(0, end);
    const std::string_view after = end == std::string_view::npos ? last : std::string_view{};
    const std::size_t size = ahead.size() + part.size() + after.size();
    if ((size == 1 || size == 2) && are_dots(ahead) && are_dots(part) && are_dots(after))
      return {Errc::invalid_field, field, "would change the path that it stands in"};
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
    ahead = {};
  }
}

FLORIN_DECL wire::Fault check_access_token(std::string_view access_token) noexcept {
  if (access_token.empty())
    return {Errc::invalid_credentials, std::nullopt,
            "no access token is given: fetch one with FetchToken, or use a Client"};
  if (!wire::detail::is_header_text(access_token) ||
      access_token.find(' ') != std::string_view::npos)
    return {Errc::invalid_credentials, std::nullopt,
            "the access token has a character that is not visible ASCII"};
  return {};
}

FLORIN_DECL wire::Fault check_signing(const EncodeOptions& options) noexcept {
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (options.salt.size() < 8 || options.salt.size() > 16 ||
      !std::all_of(options.salt.begin(), options.salt.end(), is_plain))
    return {Errc::invalid_options, std::nullopt, "the salt is not 8 to 16 letters and digits"};
  if (options.timestamp <= 0)
    return {Errc::invalid_options, std::nullopt, "no timestamp is given to sign with"};
  return {};
}

FLORIN_DECL wire::Fault check_payment_token(std::string_view payment_token, bool taken,
                                            bool needed) noexcept {
  const auto fault = [](std::string_view reason) {
    return wire::Fault{Errc::invalid_options, std::nullopt, reason, wire::payment_token_param};
  };
  if (payment_token.empty()) [[likely]] {
    if (!needed) return {};
    return fault(
        "this processor creates no customer without a payment method: give "
        "`payment_token`");
  }
  if (!taken)
    return fault("this processor takes no `payment_token` with this operation: leave it out");
  if (!wire::detail::is_header_text(payment_token) ||
      payment_token.find(' ') != std::string_view::npos)
    return fault("the payment_token has a character that is not visible ASCII");
  return {};
}

FLORIN_DECL wire::Fault check_host(std::string_view host) noexcept {
  if (!wire::detail::is_header_text(host) || host.find(' ') != std::string_view::npos) [[unlikely]]
    return {Errc::invalid_options, std::nullopt, "the host cannot be put into a header"};
  return {};
}

FLORIN_DECL Error local_error(std::string_view connector, const wire::Fault& fault) {
  Error error;
  error.code = fault.code;
  error.outcome = Outcome::no_effect;
  error.status_code = unified_status(fault.code, 0);
  error.connector = connector;
  error.field = fault.field;
  error.reason = fault.reason;
  error.param.assign(fault.field && fault.param.empty() ? to_string(*fault.field) : fault.param);
  return error;
}

}  // namespace florin::detail
