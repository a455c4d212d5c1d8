// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/judged.hpp>
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/detail/row_changes.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace florin::onboarding::detail {

/// Whether a refusal is about these data, so that repeating them is of no use.
[[nodiscard]] inline bool about_the_data(Errc code) noexcept {
  return code == Errc::missing_field || code == Errc::invalid_field || code == Errc::invalid_data ||
         code == Errc::rejected;
}

/// How long `settle` leaves a row alone that has failed so often.
[[nodiscard]] inline std::chrono::milliseconds pause_after(int attempts) noexcept {
  return std::chrono::seconds{1 << std::clamp(attempts, 1, 12)};
}

/// Who takes up a row with such a request.
[[nodiscard]] inline Recovery how_to_go_on(const Row& row, const Worker& worker, DatabaseTime now) {
  bool has_email = false;
  if (const auto request = row.doubt ? request_of(row.request) : std::nullopt)
    has_email = !request->email.empty();
  return recovery_of(row, *worker.facts, worker.recovery, has_email, now);
}

/// What the processor calls a failure, as far as that is no personal data.
[[nodiscard]] inline std::string detail_of(const Error& error) {
  std::string detail{error.plain_code()};
  if (error.field) {
    if (!detail.empty()) detail += ' ';
    detail += to_string(*error.field);
  }
  return detail;
}

FLORIN_DECL bool is_text(const CustomerKey& key) noexcept {
  return wire::is_text(key.merchant_customer_id) && wire::is_text(key.connector) &&
         wire::is_text(key.account);
}

FLORIN_DECL std::optional<Error> fault_of_account(std::string_view connector,
                                                  std::string_view account) {
  if (wire::is_text(account)) return std::nullopt;
  return florin::detail::local_error(
      connector,
      {Errc::invalid_options, std::nullopt, "the account's name is not UTF-8 text without NUL"});
}

FLORIN_DECL std::optional<Error> fault_of_key(const CustomerKey& key) {
  const std::size_t others = key.connector.size() + key.account.size();
  for (const std::string* name : {&key.connector, &key.account})
    if (auto fault = fault_of_account({}, *name)) return fault;
  if (others > max_key)
    return florin::detail::local_error(
        {}, {Errc::invalid_options, std::nullopt, "the account's name is too long"});
  if (!wire::is_text(key.merchant_customer_id))
    return florin::detail::local_error(
        {}, {Errc::invalid_field, Field::merchant_customer_id, "is not UTF-8 text without NUL"});
  if (key.merchant_customer_id.size() > max_key - others)
    return florin::detail::local_error(
        {}, {Errc::invalid_field, Field::merchant_customer_id,
             "is longer than 2000 bytes, together with the names of processor and account"});
  return std::nullopt;
}

FLORIN_DECL Error worked_at_elsewhere(std::chrono::milliseconds wait) {
  Error error = florin::detail::local_error(
      {}, {Errc::claimed_elsewhere, std::nullopt, "another call is at work on this customer"});
  error.outcome = Outcome::unknown;
  error.transient = true;
  if (wait > std::chrono::milliseconds{0}) error.retry_after = wait;
  return error;
}

FLORIN_DECL void begin(Row& row, const Worker& worker, DatabaseTime now) {
  row.lease = worker.lease;
  row.lease_until = now + worker.term.count();
  row.asked = now;
  row.changed = now;
  row.due = now;
  ++row.attempts;
}

FLORIN_DECL Claimed take_up(Row row, const Row* asked, const Worker& worker, DatabaseTime now) {
  Claimed claimed;
  if (row.state == State::active) {
    claimed.what = Claimed::What::known;
  } else if (!row.lease.empty() && row.lease != worker.lease && row.lease_until > now) {
    claimed.what = Claimed::What::taken;
    claimed.wait = std::chrono::milliseconds{row.lease_until - now};
  } else {
    if (!row.lease.empty() && row.lease != worker.lease) {
      // Whoever had it may have asked the processor, at the latest at the end of the lease.
      row.doubt = true;
      row.doubted = row.lease_until;
      row.state = State::unknown;
    }
    claimed.how = how_to_go_on(row, worker, now);
    if (!claimed.how.ask) {
      claimed.what = Claimed::What::report;
      row.state = State::unknown;
      give_back(row, never, now);
    } else {
      if (!row.doubt) {
        row.state = State::pending;
        if (asked != nullptr) {
          row.request = asked->request;
          row.digest = asked->digest;
        }
      }
      if (row.lease == worker.lease) --row.attempts;  // it was written, and is so again
      begin(row, worker, now);
    }
  }
  claimed.row = std::move(row);
  return claimed;
}

FLORIN_DECL void conclude(Row& row, const Result<CreateResponse>& answer, const Worker& worker,
                          DatabaseTime now) {
  if (answer) {
    row.state = State::active;
    row.connector_customer_id = answer->connector_customer_id.str();
    row.error.clear();
    row.detail.clear();
    row.request.clear();
    row.doubt = false;
    return give_back(row, never, now);
  }
  const Error error = answer.error();
  row.error = to_string(error.code);
  row.detail = detail_of(error);
  const auto pause = now + std::max(pause_after(row.attempts),
                                    error.retry_after.value_or(std::chrono::milliseconds{0}))
                               .count();
  if (error.outcome == Outcome::in_effect && !error.transient) {
    // It is there, and not known to be this one: to be looked at, not to be asked for again.
    row.state = State::unknown;
    return give_back(row, never, now);
  }
  if (error.outcome != Outcome::no_effect) {
    // Nobody was found is no news: what is in doubt has been so since before.
    if (!row.doubt || error.code != Errc::not_found) row.doubted = now;
    row.doubt = true;
  }
  if (row.doubt) {
    row.state = State::unknown;
    return give_back(row, how_to_go_on(row, worker, now).ask ? pause : never, now);
  }
  if (about_the_data(error.code)) {
    row.state = State::refused;
    row.request.clear();
    return give_back(row, never, now);
  }
  row.state = State::pending;
  give_back(row, pause, now);
}

FLORIN_DECL void settle_by_hand(Row& row, std::string_view id, DatabaseTime now) {
  row.doubt = false;
  row.error.clear();
  row.detail.clear();
  row.connector_customer_id = id;
  if (!id.empty()) {
    row.state = State::active;
    row.request.clear();
    return give_back(row, never, now);
  }
  // Without its request it waits for who asks again.
  row.state = row.request.empty() ? State::refused : State::pending;
  row.first_asked = now;  // what was sent under the key so far has made nobody
  give_back(row, row.request.empty() ? never : now, now);
}

FLORIN_DECL void give_back(Row& row, DatabaseTime due, DatabaseTime now) {
  row.lease.clear();
  row.lease_until = 0;
  row.changed = now;
  row.due = due;
}

}  // namespace florin::onboarding::detail
