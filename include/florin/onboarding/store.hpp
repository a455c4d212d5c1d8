// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/row.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace florin::onboarding {

/// Which rows are listed: those of a state, in the order of their `merchant_customer_id`.
struct Listing {
  Scope scope{};                 ///< of which account
  State state = State::unknown;  ///< what is known of the customers
  std::string after{};  ///< those with a greater `merchant_customer_id`; empty: from the first one
  std::size_t limit = 1000;  ///< most rows that are returned
};

/// A database of customers, for a `Directory`: rows are read and written, nothing is decided. All
/// functions block and throw what is derived from `std::exception` when they cannot do it; the
/// message is shown to operators. `Directory` calls them on a thread of its own, one at a time.
///
/// What is done between `begin` and `commit` is done as a whole or not at all, and is on the disk
/// when `commit` returns. Rows that `lock` and `lock_open` return are not changed by anybody else
/// until then: who wants them too waits, or with `lock_open` gets others.
///
/// - `begin()`, `commit()`: a transaction.
/// - `recover()`: after a failure: ends the transaction, and connects again where that is needed.
/// - `now()`: the time by the database's clock, the same for all that use the database.
/// - `insert(rows)`: writes those whose key is not there yet. Returns for each whether it was
///   written.
/// - `lock(keys)`: the rows of those keys that are there, in any order.
/// - `lock_open(scope, due, now, limit)`: rows that are pending or unknown, whose `due` is not
///   after `due`, and that nobody has a lease of, or one that ended before `now`; those asked
///   first come first.
/// - `update(rows, leases)`: writes each row over the one with its key, if that has the lease of
///   the same place in `leases`. Returns for each whether it was written.
/// - `find(key)`, `list(listing)`, `count(scope)`, `remove(key)`: for who looks after it; outside
/// of
///   transactions. `remove` returns whether there was such a row.
template <class S>
concept CustomerStore = std::movable<S> &&
    requires(S& store, std::span<const Row> rows, std::span<const std::string> leases,
             std::span<const CustomerKey> keys, const CustomerKey& key, const Scope& scope,
             const Listing& listing, DatabaseTime time, std::size_t limit) {
  store.begin();
  store.commit();
  store.recover();
  { store.now() } -> std::convertible_to<DatabaseTime>;
  { store.insert(rows) } -> std::same_as<std::vector<bool>>;
  { store.lock(keys) } -> std::same_as<std::vector<Row>>;
  { store.lock_open(scope, time, time, limit) } -> std::same_as<std::vector<Row>>;
  { store.update(rows, leases) } -> std::same_as<std::vector<bool>>;
  { store.find(key) } -> std::same_as<std::optional<Row>>;
  { store.list(listing) } -> std::same_as<std::vector<Row>>;
  { store.count(scope) } -> std::same_as<Counts>;
  { store.remove(key) } -> std::same_as<bool>;
};

/// Says in a sentence what a type lacks that is to be a `CustomerStore`: copy
/// `static_assert(florin::onboarding::diagnose_store<YourStore>());` beside yours.
template <class S>
consteval bool diagnose_store() {
  static_assert(std::movable<S>, "florin: a store is movable: it is given to its directory");
  static_assert(
      requires(S & store) {
        store.begin();
        store.commit();
        store.recover();
      },
      "florin: a store has `begin()`, `commit()` and `recover()`: see CustomerStore");
  static_assert(
      requires(S & store) {
        { store.now() } -> std::convertible_to<DatabaseTime>;
      },
      "florin: a store has `DatabaseTime now()`, the database's own time: see CustomerStore");
  static_assert(
      requires(S & store, std::span<const Row> rows) {
        { store.insert(rows) } -> std::same_as<std::vector<bool>>;
      },
      "florin: a store has `std::vector<bool> insert(std::span<const Row> rows)`: see "
      "CustomerStore");
  static_assert(
      requires(S & store, std::span<const CustomerKey> keys) {
        { store.lock(keys) } -> std::same_as<std::vector<Row>>;
      },
      "florin: a store has `std::vector<Row> lock(std::span<const CustomerKey> keys)`: see "
      "CustomerStore");
  static_assert(
      requires(S & store, const Scope& scope, DatabaseTime time, std::size_t limit) {
        { store.lock_open(scope, time, time, limit) } -> std::same_as<std::vector<Row>>;
      },
      "florin: a store has `std::vector<Row> lock_open(const Scope& scope, DatabaseTime due, "
      "DatabaseTime now, std::size_t limit)`: see CustomerStore");
  static_assert(
      requires(S & store, std::span<const Row> rows, std::span<const std::string> leases) {
        { store.update(rows, leases) } -> std::same_as<std::vector<bool>>;
      },
      "florin: a store has `std::vector<bool> update(std::span<const Row> rows, std::span<const "
      "std::string> leases)`: see CustomerStore");
  static_assert(
      requires(S & store, const CustomerKey& key, const Scope& scope, const Listing& listing) {
        { store.find(key) } -> std::same_as<std::optional<Row>>;
        { store.list(listing) } -> std::same_as<std::vector<Row>>;
        { store.count(scope) } -> std::same_as<Counts>;
        { store.remove(key) } -> std::same_as<bool>;
      },
      "florin: a store has `std::optional<Row> find(const CustomerKey&)`, `std::vector<Row> "
      "list(const Listing&)`, `Counts count(const Scope&)` and `bool remove(const CustomerKey&)`: "
      "see CustomerStore");
  return CustomerStore<S>;
}

}  // namespace florin::onboarding
