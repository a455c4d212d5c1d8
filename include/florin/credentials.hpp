// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/encode.hpp>
#include <florin/error.hpp>
#include <florin/policy.hpp>

#include <optional>
#include <string_view>

namespace florin {

/// The credentials of a policy by their names, as its documentation and `CredentialNames` have
/// them: from a configuration, a vault or the environment.
/// \tparam P the connector policy.
/// \param find is called with each name; returns a `std::optional<std::string_view>`: nothing where
/// there is no such credential.
/// \return the credentials; `invalid_credentials` where one that is not optional is missing or
/// empty, which is in `param`. Exceptions: what `find` throws.
///
/// Thread safety: reentrant.
template <class P, class Find>
[[nodiscard]] Result<CredentialsOf<P>> credentials_by_name(Find&& find) {
  CredentialsOf<P> credentials{};
  std::string_view name;
  std::string_view reason;
  P::CredentialNames::describe([&]<class Part>() {
    const std::optional<std::string_view> text = find(Part::name);
    if (text && !text->empty()) {
      credentials.*Part::member = *text;
    } else if (!Part::optional && reason.empty()) {
      name = Part::name;
      reason = Part::missing.view();
    }
  });
  if (reason.empty()) return credentials;
  auto error = detail::local_error(P::name, {Errc::invalid_credentials, std::nullopt, reason});
  error.param.assign(name);
  return error;
}

}  // namespace florin
