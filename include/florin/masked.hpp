// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/sent_secrets.hpp>
#include <florin/diagnosis.hpp>
#include <florin/encode.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/policy.hpp>
#include <florin/wire/encoded_request.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace florin {

/// What stands in place of a secret.
inline constexpr std::string_view mask = "********";

/// The request that `encode` makes, as text for a screen or a log, with every secret masked: API
/// keys and the like wherever they stand, both tokens, the signature. Names that are no
/// secrets, such as account ids, stay. It holds personal data all the same.
///
/// Content-Length counts the masked body.
/// \param request, credentials, options as of `encode`; an access token need not be given.
/// \return the text, or the errors of `encode`.
///
/// Thread safety: reentrant.
template <class P, class Operation = Create, class Request>
[[nodiscard]] Result<std::string> masked_request(const Request& request,
                                                 const CredentialsOf<P>& credentials,
                                                 EncodeOptions options = {}) {
  if constexpr (diagnose_call<P, Operation, Request>()) {
    options.access_token = mask;
    EncodedRequest out;
    // What is put in their place would hide what is wrong with them, or be refused itself.
    if (auto encoded = encode<P, Operation>(request, credentials, options, out); !encoded)
      return std::move(encoded).error();
    CredentialsOf<P> masked = credentials;
    P::CredentialNames::describe([&]<class Part>() {
      auto& member = masked.*Part::member;
      if constexpr (detail::SecretMember<std::remove_cvref_t<decltype(member)>>)
        if (!wire::reveal(member).empty()) member = Secret{mask};
    });
    if (!options.payment_token.empty()) options.payment_token = mask;
    auto view = static_cast<typename Operation::Request>(request);
    const FieldSet given = detail::normalise(view);
    wire::HostText room;
    std::string_view host;
    if (const auto fault = detail::find_host<P, Operation>(options, credentials, room, host))
      return detail::local_error(P::name, fault);
    detail::write_request<P, Operation>(
        detail::context_of<P, Operation>(view, given, masked, options), given, host, out);
    std::fill_n(out.signature_place(), out.signature().size(), '*');
    return std::string{out.bytes()};
  } else {
    return Error{};
  }
}

}  // namespace florin
