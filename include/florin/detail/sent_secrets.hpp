// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/wire/source.hpp>

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
  }
  /// Replaces the secrets in what the processor says by `[secret]`.
  void mask(Error& error) const {
    for (const Secret& secret : secrets_) {
      mask(error.connector_code, secret.reveal());
      mask(error.connector_type, secret.reveal());
      mask(error.connector_message, secret.reveal());
      mask(error.param, secret.reveal());
    }
  }
  void clear() noexcept { secrets_.clear(); }

 private:
  static void mask(std::string& text, std::string_view secret) {
    constexpr std::string_view stand_in = "[secret]";
    if (secret.empty()) return;
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + stand_in.size()))
      text.replace(at, secret.size(), stand_in);
  }

  std::vector<Secret> secrets_;
};

}  // namespace florin::detail
