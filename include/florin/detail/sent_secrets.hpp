// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/error.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/text.hpp>
#include <florin/wire/encoded_request.hpp>
#include <florin/wire/source.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace florin::detail {

/// Satisfied by a member of `Credentials` that is a secret, be it optional or not.
template <class Member>
concept SecretMember = std::same_as<Member, Secret> || std::same_as<Member, std::optional<Secret>>;

/// How many secrets are among the credentials of a policy.
template <class P>
consteval std::size_t secret_count() noexcept {
  std::size_t members = 0;
  P::CredentialNames::describe([&members]<class Part>() {
    using Member = std::remove_cvref_t<decltype(std::declval<CredentialsOf<P>>().*Part::member)>;
    if (SecretMember<Member>) ++members;
  });
  return members;
}

/// The secrets that a request was sent with, so that a processor, or an edge on the way, that
/// quotes the request in an error does not bring them into a log. They stand behind the request
/// that holds them: nothing is allocated for a success.
class SentSecrets {
 public:
  /// Shorter ones stand in any text by chance.
  static constexpr std::size_t shortest = 4;
  /// Most secrets among the credentials of a policy.
  static constexpr std::size_t most = 7;

  /// Keeps the credentials' secrets and both tokens with `request`, once it is encoded.
  /// \tparam P the policy. Errors: `std::bad_alloc`.
  template <class P>
  void hold(const CredentialsOf<P>& credentials, std::string_view access_token,
            std::string_view payment_token, EncodedRequest& request) {
    static_assert(secret_count<P>() <= most, "a policy's Credentials have at most seven secrets");
    count_ = 0;
    const auto keep = [&](std::string_view secret) {
      request.hold(secret);
      sizes_[count_++] = secret.size();
    };
    P::CredentialNames::describe([&]<class Part>() {
      const auto& member = credentials.*Part::member;
      if constexpr (SecretMember<std::remove_cvref_t<decltype(member)>>) keep(wire::reveal(member));
    });
    keep(access_token);
    keep(payment_token);
  }
  /// Replaces the secrets in what the processor says by `[secret]`.
  /// \param request what `hold` was given.
  /// \param sent the bytes that were answered: `request`'s own, or those of a token exchange.
  FLORIN_DECL void mask(Error& error, const EncodedRequest& request, std::string_view sent) const;

 private:
  /// What stands behind the scheme of `Authorization`, such as the base64 form of two credentials.
  FLORIN_DECL static std::string_view authorization(std::string_view sent) noexcept;
  FLORIN_DECL static void mask(std::string& text, std::string_view secret);

  static constexpr std::size_t tokens = 2;

  std::array<std::size_t, most + tokens> sizes_{};
  std::size_t count_ = 0;
};

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/sent_secrets.ipp>
#endif
