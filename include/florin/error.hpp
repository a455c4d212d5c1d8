// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/field.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace florin {

/// What went wrong. Portable across processors; the processor's own code stands beside it.
enum class Errc : std::uint8_t {
  // Before anything was sent.
  missing_field,        ///< a required field is absent: `Error::field` says which
  invalid_field,        ///< a field breaks a documented limit or form: `Error::field` says which
  invalid_credentials,  ///< a credential is missing or cannot be put into a header
  invalid_idempotency_key,  ///< the caller's key is too long or has forbidden characters
  invalid_options,          ///< an option contradicts another or cannot be used
  resolve_failed,           ///< the host name has no address
  connect_failed,           ///< no address of the host accepts a connection
  proxy_failed,             ///< the proxy refused or garbled the tunnel
  tls_failed,               ///< no trusted TLS connection: see `Error::cause`
  // Local, before or after sending: the outcome tells which.
  out_of_resources,   ///< memory, descriptors or threads could not be had
  queue_full,         ///< as many calls wait for a connection as `max_queued` allows
  deadline_exceeded,  ///< the call's deadline passed
  cancelled,          ///< the caller cancelled
  directory_failed,   ///< `onboarding`: the directory could not be read or written
  claimed_elsewhere,  ///< `onboarding`: another call is at work on this customer
  in_doubt,  ///< `onboarding`: an earlier call may have made it, which cannot be settled now
  // Sent, and no usable answer.
  connection_lost,   ///< the connection broke
  unreadable_reply,  ///< the answer is truncated, too large or not what the API documents
  // The processor said no.
  customer_exists,        ///< use the existing customer (`existing_customer_id`) or update it
  invalid_data,           ///< the processor refused a value: `param` names it where known
  unauthorized,           ///< the credentials are wrong or expired
  forbidden,              ///< the credentials lack a permission
  not_found,              ///< no such resource or URL
  idempotency_conflict,   ///< the key is in use, or was used with other data
  rate_limited,           ///< too many requests: `retry_after` where the processor tells
  connector_unavailable,  ///< the processor failed (5xx and the like)
  rejected,               ///< any other refusal: see `http_status` and `connector_code`
};

/// Is it so at the processor what the call was to bring about, as far as this call can know? The
/// same for all operations: what a create was for is that the customer exists, what a delete was
/// for is that it does not.
enum class Outcome : std::uint8_t {
  no_effect,  ///< this call has changed nothing: it made, changed or deleted no customer
  in_effect,  ///< it is so: the customer exists, although this call has failed
  unknown,    ///< it may be so: `ensure` the customer, or look it up, before creating it again
};

/// The snake_case name, e.g. `"missing_field"`.
constexpr std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::missing_field:
      return "missing_field";
    case Errc::invalid_field:
      return "invalid_field";
    case Errc::invalid_credentials:
      return "invalid_credentials";
    case Errc::invalid_idempotency_key:
      return "invalid_idempotency_key";
    case Errc::invalid_options:
      return "invalid_options";
    case Errc::resolve_failed:
      return "resolve_failed";
    case Errc::connect_failed:
      return "connect_failed";
    case Errc::proxy_failed:
      return "proxy_failed";
    case Errc::tls_failed:
      return "tls_failed";
    case Errc::out_of_resources:
      return "out_of_resources";
    case Errc::queue_full:
      return "queue_full";
    case Errc::deadline_exceeded:
      return "deadline_exceeded";
    case Errc::cancelled:
      return "cancelled";
    case Errc::directory_failed:
      return "directory_failed";
    case Errc::claimed_elsewhere:
      return "claimed_elsewhere";
    case Errc::in_doubt:
      return "in_doubt";
    case Errc::connection_lost:
      return "connection_lost";
    case Errc::unreadable_reply:
      return "unreadable_reply";
    case Errc::customer_exists:
      return "customer_exists";
    case Errc::invalid_data:
      return "invalid_data";
    case Errc::unauthorized:
      return "unauthorized";
    case Errc::forbidden:
      return "forbidden";
    case Errc::not_found:
      return "not_found";
    case Errc::idempotency_conflict:
      return "idempotency_conflict";
    case Errc::rate_limited:
      return "rate_limited";
    case Errc::connector_unavailable:
      return "connector_unavailable";
    case Errc::rejected:
      return "rejected";
  }
  return "unknown";
}

/// The snake_case name, e.g. `"no_effect"`.
constexpr std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::no_effect:
      return "no_effect";
    case Outcome::in_effect:
      return "in_effect";
    case Outcome::unknown:
      return "unknown";
  }
  return "unknown";
}

/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, Errc code) {
  return detail::put(out, to_string(code));
}
/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, Outcome outcome) {
  return detail::put(out, to_string(outcome));
}

/// The unified HTTP-style status of an error: 409 for an existing customer, 422 for invalid data,
/// and so on, whatever the processor's own status was.
/// \param code what went wrong.
/// \param http_status the processor's status, 0 when there was no answer.
constexpr int unified_status(Errc code, int http_status) noexcept {
  switch (code) {
    case Errc::missing_field:
    case Errc::invalid_field:
    case Errc::invalid_idempotency_key:
    case Errc::invalid_options:
    case Errc::invalid_data:
      return 422;
    case Errc::invalid_credentials:
    case Errc::unauthorized:
      return 401;
    case Errc::forbidden:
      return 403;
    case Errc::not_found:
      return 404;
    case Errc::customer_exists:
    case Errc::idempotency_conflict:
    case Errc::claimed_elsewhere:
    case Errc::in_doubt:
      return 409;
    case Errc::rate_limited:
      return 429;
    case Errc::cancelled:
      return 499;
    case Errc::resolve_failed:
    case Errc::connect_failed:
    case Errc::proxy_failed:
    case Errc::tls_failed:
    case Errc::out_of_resources:
    case Errc::queue_full:
    case Errc::directory_failed:
      return 503;
    case Errc::connection_lost:
    case Errc::unreadable_reply:
      return 502;
    case Errc::deadline_exceeded:
      return 504;
    case Errc::connector_unavailable:
      return http_status >= 500 && http_status <= 599 ? http_status : 503;
    case Errc::rejected:
      return http_status >= 300 ? http_status : 502;
  }
  return 500;
}

/// A failed call: what went wrong, whether the customer exists, and what the processor said.
///
/// `what()` and streaming print only text of this library, the processor's status, and its code
/// where that is an identifier. They never contain a secret or personal data. The members that come
/// from the processor (`connector_message`, `param`) may echo what the caller sent: do not log them
/// blindly.
///
/// Thread safety: as a plain struct.
struct Error {
  Errc code = Errc::invalid_options;     ///< what went wrong
  Outcome outcome = Outcome::no_effect;  ///< whether what was asked for is so now
  int status_code = 0;                   ///< unified HTTP-style status
  int http_status = 0;                   ///< the processor's HTTP status; 0: no answer
  std::string_view connector{};          ///< the policy's name
  /// Local checks: the field at fault. `customer_exists`: the one that the existing customer has
  /// another value of, where that is seen.
  std::optional<Field> field{};
  std::string_view reason{};     ///< what is wrong in detail: static text, or empty
  std::string connector_code{};  ///< the processor's error code, as it stands
  std::string connector_type{};  ///< the processor's error type, as it stands
  /// The processor's text, or of `directory_failed` the database's; may echo personal data.
  std::string connector_message{};
  /// The parameter that the processor names; local checks: the field, or of metadata the key of the
  /// entry at fault, where one is.
  std::string param{};
  Text existing_customer_id{};  ///< `customer_exists`: the id, where the answer has it
  Text request_id{};            ///< the processor's id of the request
  Text idempotency_key{};       ///< the key that was sent; empty: none
  std::optional<std::chrono::milliseconds>
      retry_after{};                  ///< the wait that the processor asked for
  boost::system::error_code cause{};  ///< the system's error, for transport failures
  std::optional<Phase> phase{};       ///< transport failures: where
  int proxy_status = 0;               ///< `proxy_failed`: the proxy's HTTP status; 0: no answer
  bool transient = false;             ///< the same call may succeed later
  /// The answer is recognisably the processor's own: it stands as the API documents its failures,
  /// unlike a bare status, a page of HTML or what a gateway on the way says.
  bool from_processor = false;
  FieldSet dropped{};  ///< given fields that this processor cannot carry
  int attempts = 0;    ///< requests begun
  Timings timings{};   ///< time by phase, all attempts

  /// The processor's code where it is an identifier of at most 48 characters; empty: there is none,
  /// or a sentence that could hold anything.
  [[nodiscard]] FLORIN_DECL std::string_view plain_code() const noexcept;
  /// One line for logs, free of secrets and personal data.
  [[nodiscard]] FLORIN_DECL std::string what() const;

  friend std::ostream& operator<<(std::ostream& out, const Error& error) {
    return detail::put(out, error.what());
  }
};

/// Thrown by `Result::value()`. `what()` is `Error::what()`; `error()` is the whole error.
class Exception : public std::runtime_error {
 public:
  /// Carries `error`; `what()` is its text, which has no personal data.
  FLORIN_DECL explicit Exception(Error error);
  /// What has failed, and how.
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// Found by `boost::system::result::value()`.
[[noreturn]] FLORIN_DECL void throw_exception_from_error(const Error& error,
                                                         const boost::source_location& location);

/// Either a `T` or an `Error`. `.value()` throws `florin::Exception`; `.error()` is a copy of the
/// error: keep it in a variable before viewing its members.
/// Functions that return it are `[[nodiscard]]`.
template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/error.ipp>
#endif
