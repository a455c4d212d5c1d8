// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/diagnosis.hpp>
#include <florin/error.hpp>
#include <florin/policy.hpp>
#include <florin/wire/reply_reader.hpp>

#include <optional>
#include <string_view>
#include <utility>

/// Layer 0, answer: bytes to the unified schema. Memory only.
namespace florin {

namespace detail {

/// A failure of an operation that makes no customer, whatever its answer leaves open.
inline Error without_customer(Error error) {
  error.outcome = Outcome::not_created;
  if (error.code == Errc::invalid_data || error.code == Errc::customer_exists ||
      error.code == Errc::idempotency_conflict || error.code == Errc::not_found) {
    error.code = Errc::rejected;
    error.status_code = unified_status(error.code, error.http_status);
  }
  return error;
}

}  // namespace detail

/// Reads the answers of one policy's operation, piece by piece as they arrive.
///
/// Feed it with `reset`, `status`, `header`, `body` and `finish` (see `wire::ReplyReader`), then
/// call `take`. Reuse one object: nothing is allocated for a success. Thread safety: one thread at
/// a time.
template <class P, class Operation = Create>
class Decoder : public wire::ReplyReader {
 public:
  Decoder() : wire::ReplyReader(reply_facts<P, Operation>) {}

  /// What the answer means.
  /// \param kept what `Operation::keep` made of the request that was answered.
  /// \param on_exists whether an existing customer counts as a success.
  [[nodiscard]] Result<typename Operation::Response> take(const typename Operation::Kept& kept,
                                                          OnExists on_exists = OnExists::fail) {
    std::string_view found = id();
    [[maybe_unused]] Origin origin = replayed() ? Origin::replayed : Origin::created;
    std::optional<Error> failed = failure();
    if constexpr (!Operation::creates) {
      if (failed) return detail::without_customer(*std::move(failed));
    } else if (!failed) {
      if (auto other = stranger(kept.merchant_customer_id, kept.email)) return *std::move(other);
    } else {
      found = failed->existing_customer_id;
      origin = Origin::already_existed;
      if (on_exists != OnExists::use_existing || failed->code != Errc::customer_exists ||
          found.empty())
        return *std::move(failed);
    }
    auto response = [&] {
      if constexpr (requires { Operation::respond(kept, found, origin); }) {
        return Operation::respond(kept, found, origin);
      } else {
        return Operation::respond(kept, found, *this);
      }
    }();
    response.http_status = http_status();
    response.request_id.assign(request_id());
    return response;
  }
};

/// Reads a whole response that is already in memory.
///
/// \tparam P the connector policy. \tparam Operation what was done; `Create`.
/// \param response status, headers and body.
/// \param request the request that was answered; its `merchant_customer_id` is echoed.
/// \param on_exists whether an existing customer counts as a success.
/// \return the unified answer, or what the processor said, or `unreadable_reply`.
/// Thread safety: reentrant.
template <class P, class Operation = Create, class HeaderRange, class Request>
[[nodiscard]] Result<typename Operation::Response> decode(
    const wire::ResponseView<HeaderRange>& response, const Request& request,
    OnExists on_exists = OnExists::fail) {
  if constexpr (diagnose<P, Operation>()) {
    Decoder<P, Operation> decoder;
    decoder.status(response.status);
    for (const auto& header : response.headers) decoder.header(header.name, header.value);
    decoder.body(response.body, true);
    return decoder.take(Operation::keep(request), on_exists);
  } else {
    return Error{};
  }
}

}  // namespace florin
