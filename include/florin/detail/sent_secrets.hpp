// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/text.hpp>
#include <florin/wire/json_reader.hpp>
#include <florin/wire/source.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::detail {

/// Satisfied by a member of `Credentials` that is a secret, be it optional or not.
template <class Member>
concept SecretMember = std::same_as<Member, Secret> || std::same_as<Member, std::optional<Secret>>;

/// The secrets of a request whose body holds them, so that a processor that quotes the body in an
/// error does not bring them into a log. Holds nothing for other policies.
template <class P, class Operation>
class SentSecrets {
 public:
  static void hold(const CredentialsOf<P>&) noexcept {}
  static void mask(const Error&) noexcept {}
  static void clear() noexcept {}
};

template <class P, class Operation>
requires(DeclarationOf<P, Operation>::Body::confidential) class SentSecrets<P, Operation> {
 public:
  void hold(const CredentialsOf<P>& credentials) {
    secrets_.clear();
    P::CredentialNames::describe([&]<class Part>() {
      const auto& member = credentials.*Part::member;
      if constexpr (SecretMember<std::remove_cvref_t<decltype(member)>>)
        secrets_.emplace_back(wire::reveal(member));
    });
    // The longest first: a secret may stand inside another one.
    std::sort(secrets_.begin(), secrets_.end(), [](const Secret& a, const Secret& b) {
      return a.reveal().size() > b.reveal().size();
    });
  }
  /// Replaces the secrets in what the processor says by `[secret]`.
  void mask(Error& error) const {
    for (std::string* text :
         {&error.connector_code, &error.connector_type, &error.connector_message, &error.param})
      mask(*text);
    for (Text* id : {&error.existing_customer_id, &error.request_id})
      for (const Secret& secret : secrets_)
        if (!secret.empty() && id->view().find(secret.reveal()) != std::string_view::npos) *id = {};
  }
  void clear() noexcept { secrets_.clear(); }

 private:
  void mask(std::string& text) const {
    constexpr std::string_view stand_in = "[secret]";
    // A text that was cut may end in the beginning of a secret.
    const bool cut = text.size() >= wire::JsonReader::max_capture;
    for (const Secret& held : secrets_) {
      const std::string_view secret = held.reveal();
      if (secret.empty()) continue;
      for (std::size_t at = text.find(secret); at != std::string::npos;
           at = text.find(secret, at + stand_in.size()))
        text.replace(at, secret.size(), stand_in);
      std::size_t part = cut ? secret.size() - 1 : 0;
      while (part != 0 && !text.ends_with(secret.substr(0, part))) --part;
      if (part != 0) text.replace(text.size() - part, part, stand_in);
    }
  }

  std::vector<Secret> secrets_;
};

}  // namespace florin::detail
