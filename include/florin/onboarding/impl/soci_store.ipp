// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/judged.hpp>
#include <florin/onboarding/detail/soci_batches.hpp>
#include <florin/onboarding/detail/soci_session.hpp>
#include <florin/onboarding/detail/soci_statement.hpp>
#include <florin/onboarding/soci_store.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <soci/soci.h>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::onboarding {

namespace detail {

/// Does something with a database. What it throws says what the database said, in one line: SOCI
/// adds the values that were bound, and PostgreSQL adds lines with those of rows, which are whole
/// requests.
template <class Work>
decltype(auto) discreetly(Work work) {
  try {
    return work();
  } catch (const soci::soci_error& problem) {
    const std::string said = problem.get_error_message();
    throw std::runtime_error{said.substr(0, said.find('\n'))};
  }
}

/// Most rows that are returned, as databases take it.
[[nodiscard]] inline long long most_rows(std::size_t limit) noexcept {
  constexpr long long most = std::numeric_limits<long long>::max();
  return static_cast<long long>(std::min<unsigned long long>(limit, most));
}

/// The rows for which a condition holds.
/// \param use binds what stands in it to a statement.
template <class Use>
[[nodiscard]] std::vector<Row> selected(SociSession& session, const std::string& condition,
                                        Use use) {
  BoundRow found;
  SociStatement statement{session.sql()};
  use(statement);
  statement.into_row(found);
  statement.prepare("SELECT " + all_columns("") + " FROM florin_customers WHERE " + condition);
  return statement.read(found);
}

}  // namespace detail

FLORIN_DECL SociStore::SociStore(std::string_view url)
    : session_(detail::discreetly(
          [url] { return std::make_unique<detail::SociSession>(url, schema_version); })) {}
FLORIN_DECL SociStore::SociStore(SociStore&& other) noexcept = default;
FLORIN_DECL SociStore& SociStore::operator=(SociStore&& other) noexcept = default;
FLORIN_DECL SociStore::~SociStore() = default;

FLORIN_DECL void SociStore::begin() {
  detail::discreetly([&] { session_->begin(); });
}
FLORIN_DECL void SociStore::commit() {
  detail::discreetly([&] { session_->commit(); });
}
FLORIN_DECL void SociStore::recover() {
  detail::discreetly([&] { session_->recover(); });
}
FLORIN_DECL DatabaseTime SociStore::now() {
  return detail::discreetly([&] { return session_->now(); });
}

FLORIN_DECL std::vector<bool> SociStore::insert(std::span<const Row> rows) {
  return detail::discreetly([&] { return session_->batches().insert(rows); });
}
FLORIN_DECL std::vector<bool> SociStore::update(std::span<const Row> rows,
                                                std::span<const std::string> leases) {
  return detail::discreetly([&] { return session_->batches().update(rows, leases); });
}
FLORIN_DECL std::vector<Row> SociStore::lock(std::span<const CustomerKey> keys) {
  return detail::discreetly([&] { return session_->batches().lock(keys); });
}

FLORIN_DECL std::vector<Row> SociStore::lock_open(const Scope& scope, DatabaseTime due,
                                                  DatabaseTime now, std::size_t limit) {
  return detail::discreetly([&] {
    Scope of = scope;
    auto most = detail::most_rows(limit);
    return detail::selected(
        *session_,
        "connector = :connector AND account = :account AND state IN ('pending', 'unknown') AND due "
        "<= :due AND (lease = '' OR lease_until <= :time) ORDER BY asked LIMIT :most" +
            std::string{session_->dialect().lock_free},
        [&](detail::SociStatement& statement) {
          statement.use("connector", of.connector);
          statement.use("account", of.account);
          statement.use("due", due);
          statement.use("time", now);
          statement.use("most", most);
        });
  });
}

FLORIN_DECL std::optional<Row> SociStore::find(const CustomerKey& key) {
  return detail::discreetly([&]() -> std::optional<Row> {
    CustomerKey of = key;
    auto rows =
        detail::selected(*session_, detail::same_key("", ":"),
                         [&of](detail::SociStatement& statement) { statement.use_key(of); });
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  });
}

FLORIN_DECL std::vector<Row> SociStore::list(const Listing& listing) {
  return detail::discreetly([&] {
    Listing of = listing;
    std::string state{to_string(listing.state)};
    auto most = detail::most_rows(listing.limit);
    return detail::selected(
        *session_,
        "connector = :connector AND account = :account AND state = :state AND merchant_customer_id "
        "> :after ORDER BY merchant_customer_id LIMIT :most",
        [&](detail::SociStatement& statement) {
          statement.use("connector", of.scope.connector);
          statement.use("account", of.scope.account);
          statement.use("state", state);
          statement.use("after", of.after);
          statement.use("most", most);
        });
  });
}

FLORIN_DECL Counts SociStore::count(const Scope& scope) {
  return detail::discreetly(
      [&] {
        std::string state;
        long long count = 0;
        Counts counts;
        soci::statement statement =
            (session_->sql().prepare
                 << "SELECT state, count(*) FROM florin_customers WHERE connector = :connector AND "
                    "account = :account GROUP BY state",
             soci::use(scope.connector, "connector"), soci::use(scope.account, "account"),
             soci::into(state), soci::into(count));
        statement.execute();
        while (statement.fetch()) {
          const auto number = static_cast<std::size_t>(count);
          switch (state_named(state).value()) {
            case State::pending:
              counts.pending = number;
              break;
            case State::active:
              counts.active = number;
              break;
            case State::unknown:
              counts.unknown = number;
              break;
            case State::refused:
              counts.refused = number;
              break;
          }
        }
        return counts;
      });
}

FLORIN_DECL bool SociStore::remove(const CustomerKey& key) {
  return detail::discreetly([&] {
    CustomerKey of = key;
    detail::SociStatement statement{session_->sql()};
    statement.use_key(of);
    statement.prepare("DELETE FROM florin_customers WHERE " + detail::same_key("", ":"));
    return statement.write() == 1;
  });
}

FLORIN_DECL Result<Directory> open_directory(std::string_view url,
                                             const DirectoryOptions& options) {
  try {
    return Directory{SociStore{url}, options};
  } catch (const std::exception& problem) {
    Error error = florin::detail::local_error(
        {}, {Errc::directory_failed, std::nullopt, "the directory could not be opened"});
    error.connector_message = problem.what();
    return error;
  }
}

}  // namespace florin::onboarding
