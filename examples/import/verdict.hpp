// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/error.hpp>

#include <string>
#include <string_view>

namespace florin_import {

/// What an error means for the line, and for the import.
enum class Verdict {
  refused,          ///< the processor refuses these data
  doubtful,         ///< the customer may exist; nothing but a look into the dashboard settles it
  again,            ///< to be asked for again, some times
  late,             ///< its time was over before the processor was asked
  busy,             ///< another process is at work on it: to be come back to
  slower,           ///< the processor wants fewer requests
  directory_away,   ///< the database does not answer
  processor_away,   ///< the processor cannot be reached, or does not work
  bad_credentials,  ///< the processor refuses the credentials
  bad_setup,        ///< nothing can be sent as this is set up
};

[[nodiscard]] inline Verdict verdict_of(const florin::Error& error,
                                        florin::EnsureGuarantee guarantee) {
  using florin::Errc;
  const bool blind = guarantee == florin::EnsureGuarantee::only_reported;
  const bool open = error.outcome != florin::Outcome::no_effect;
  switch (error.code) {
    case Errc::directory_failed:
      return error.transient ? Verdict::directory_away : Verdict::again;
    case Errc::claimed_elsewhere:
      return Verdict::busy;
    case Errc::in_doubt:
      return error.transient ? Verdict::again : Verdict::doubtful;
    case Errc::customer_exists:
      return Verdict::doubtful;
    case Errc::rate_limited:
      return Verdict::slower;
    case Errc::unauthorized:
    case Errc::forbidden:
    case Errc::invalid_credentials:
      return Verdict::bad_credentials;
    case Errc::invalid_options:
    case Errc::invalid_idempotency_key:
      return Verdict::bad_setup;
    case Errc::tls_failed:
      return error.transient ? Verdict::processor_away : Verdict::bad_setup;
    case Errc::resolve_failed:
    case Errc::connect_failed:
    case Errc::proxy_failed:
    case Errc::connection_lost:
    case Errc::connector_unavailable:
    case Errc::unreadable_reply:
    case Errc::out_of_resources:
    case Errc::queue_full:
      return blind && open ? Verdict::doubtful : Verdict::processor_away;
    case Errc::deadline_exceeded:
      if (error.attempts == 0 && !open) return Verdict::late;
      return blind && open ? Verdict::doubtful : Verdict::processor_away;
    case Errc::missing_field:
    case Errc::invalid_field:
    case Errc::invalid_data:
    case Errc::rejected:
      return open ? (blind ? Verdict::doubtful : Verdict::again) : Verdict::refused;
    case Errc::not_found:
    case Errc::idempotency_conflict:
    case Errc::cancelled:
      return blind && open ? Verdict::doubtful : Verdict::again;
  }
  return Verdict::again;
}

/// The reason of a failure in a few words, without data of the customer.
[[nodiscard]] inline std::string reason_of(const florin::Error& error) {
  std::string reason{to_string(error.code)};
  if (error.field) reason.append(" ").append(to_string(*error.field));
  if (const auto code = error.plain_code(); !code.empty())
    reason.append(" (").append(code).append(")");
  return reason;
}

}  // namespace florin_import
