// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/diagnosis.hpp>
#include <florin/testing/conformance_report.hpp>
#include <florin/testing/detail/conformance_subject.hpp>
#include <florin/testing/processor.hpp>
#include <florin/testing/sandbox.hpp>

#include <optional>
#include <utility>

/// Whether a connector policy keeps what florin promises of every policy, tried against a sandbox
/// of its processor over real TLS. Needs no test framework.
namespace florin::testing {

namespace detail {

/// Makes all checks of `subject`, whose processor `sandbox` is.
FLORIN_DECL ConformanceReport run_conformance(const Subject& subject, const Processor& processor,
                                              const ConformanceSettings& settings,
                                              Sandbox& sandbox);

}  // namespace detail

/// What a check of conformance cannot find out by itself.
template <class P>
struct ConformanceOptions : ConformanceSettings {
  /// Credentials that may create customers. Empty: made of the description's first credential, cut
  /// at its colons when the policy needs several parts.
  std::optional<CredentialsOf<P>> credentials{};
};

/// Runs a policy through `encode`, `decode` and a `Client` against a `Sandbox`, and tells for each
/// promise whether it is kept.
///
/// A check that cannot be made, because the description lacks something or because an earlier check
/// failed that it is built on, is skipped and says why. One fault of a policy therefore shows as
/// one failed check wherever that is possible.
///
/// \code
/// const auto report = florin::testing::check_conformance<AcmePolicy>(acmepay());
/// std::cout << report;
/// return report.ok() ? 0 : 1;
/// \endcode
///
/// \tparam P the policy; an incomplete one is a compile error that names what to add.
/// \param processor the server side, as its documents describe it.
/// \param options what cannot be found out from the description.
/// \throws what the constructor of `Sandbox` throws: the description is not usable, or there is no
/// socket or thread. Takes about a second; uses 127.0.0.1 only.
///
/// Thread safety: reentrant.
template <class P>
[[nodiscard]] ConformanceReport check_conformance(const Processor& processor,
                                                  const ConformanceOptions<P>& options = {}) {
  if constexpr (diagnose<P, Create>()) {
    Sandbox sandbox{processor};
    const auto credentials = options.credentials
                                 ? *options.credentials
                                 : detail::credentials_from_text<P>(sandbox.credential());
    const auto subject = detail::make_subject<P>(sandbox, credentials, options.payment_token);
    return detail::run_conformance(subject, processor, options, sandbox);
  } else {
    return {};
  }
}

}  // namespace florin::testing

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/testing/impl/conformance.ipp>
#endif
