// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/secret_search.hpp>
#include <florin/detail/sent_secrets.hpp>
#include <florin/wire/json_reader.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace florin::detail {

FLORIN_DECL void SentSecrets::mask(Error& error, const EncodedRequest& request,
                                   std::string_view sent) const {
  std::array<std::string_view, 3 * (most + tokens) + 2> secrets;
  std::size_t used = 0;
  std::string_view held = request.held();
  for (std::size_t i = 0; i < count_; ++i) {
    const std::string_view secret = held.substr(0, sizes_[i]);
    held.remove_prefix(secret.size());
    secrets[used++] = secret;
    // A user name and a password in one, of which either may be quoted alone.
    if (const auto colon = secret.find(':'); colon != std::string_view::npos) {
      secrets[used++] = secret.substr(0, colon);
      secrets[used++] = secret.substr(colon + 1);
    }
  }
  secrets[used++] = authorization(sent);
  const std::string_view head = request.head();
  const std::size_t behind = signature_size_ + std::string_view{"\r\n\r\n"}.size();
  if (signature_size_ != 0 && head.size() > behind)
    secrets[used++] = head.substr(head.size() - behind, signature_size_);
  // The longest first: a secret may stand inside another one.
  const auto end = secrets.begin() + static_cast<std::ptrdiff_t>(used);
  std::sort(secrets.begin(), end,
            [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
  for (auto secret = secrets.begin(); secret != end && secret->size() >= shortest; ++secret) {
    for (std::string* text :
         {&error.connector_code, &error.connector_type, &error.connector_message, &error.param})
      mask(*text, *secret);
    for (Text* id : {&error.existing_customer_id, &error.request_id})
      if (SecretSearch{id->view(), *secret, false}.next(0)) *id = {};
  }
}

FLORIN_DECL std::string_view SentSecrets::authorization(std::string_view sent) noexcept {
  constexpr std::string_view name = "\r\nAuthorization: ";
  const std::string_view head = sent.substr(0, sent.find("\r\n\r\n"));
  const std::size_t at = head.find(name);
  if (at == std::string_view::npos) return {};
  std::string_view value = head.substr(at + name.size());
  value = value.substr(0, value.find('\r'));
  return value.substr(value.find(' ') + 1);
}

FLORIN_DECL void SentSecrets::mask(std::string& text, std::string_view secret) {
  constexpr std::string_view stand_in = "[secret]";
  const bool cut = text.size() >= wire::JsonReader::max_capture;
  for (std::size_t from = 0;;) {
    const auto found = SecretSearch{text, secret, cut}.next(from);
    if (!found) return;
    text.replace(found->from, found->to - found->from, stand_in);
    from = found->from + stand_in.size();
  }
}

}  // namespace florin::detail
