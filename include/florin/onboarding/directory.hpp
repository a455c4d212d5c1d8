// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/onboarding/detail/directory_core.hpp>
#include <florin/onboarding/directory_options.hpp>
#include <florin/onboarding/row.hpp>
#include <florin/onboarding/store.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::onboarding {

/// A table of customers, in a database: which of yours is which at which processor, and what is not
/// settled yet. `onboard` and `settle` read and write it.
///
/// A `Directory` is a handle: copies share one connection to the database, which a thread of the
/// library's own talks to; what many calls want at the same time is written together. A failure of
/// the database is waited for until the deadline of who needs it: `directory_failed` then, with the
/// database's own words in `Error::connector_message`. The last handle to go waits until what was
/// asked for is done.
///
/// Personal data: a row has the request as long as it may have to be repeated, and after that a
/// digest of it (SHA-256, cut to 122 bits: whoever has the data of a customer can tell whether they
/// are his). `merchant_customer_id` and `connector_customer_id` stay until `remove`.
///
/// A row is of at most 2,000 bytes of `merchant_customer_id`, processor and account together:
/// PostgreSQL indexes no more. `onboard` of a longer one is `invalid_field`, where the account
/// alone is too long `invalid_options`, and nothing is written.
///
/// Thread safety: all members may be called from any thread. After `fork` calls with the parent's
/// are `directory_failed`. The child opens one of its own with PostgreSQL; with SQLite, which
/// takes the parent's locks for its own there, it has to `exec` first, or the parent opens its
/// directory after it has forked.
class Directory {
 public:
  /// A directory in a database of yours.
  /// \param store is given up to the directory's own thread.
  /// \param options how it is used. Errors: `std::bad_alloc`.
  template <class Store>
  requires(!std::same_as<Store, Directory>) &&
      CustomerStore<Store> explicit Directory(Store store, const DirectoryOptions& options = {})
      : Directory(std::make_unique<detail::AnyStoreOf<Store>>(std::move(store)), options) {}
  /// Says what a store lacks.
  template <class Store>
  requires(!std::same_as<Store, Directory>) && (!CustomerStore<Store>)&&requires(Store& store) {
    store.begin();
    store.commit();
  }
  explicit Directory(Store, const DirectoryOptions& = {}) {
    static_assert(diagnose_store<Store>());
  }

  /// The row of a customer; nothing: there is none. Blocking, at most `patience` of the options, as
  /// all that follow.
  [[nodiscard]] FLORIN_DECL Result<std::optional<Row>> find(const CustomerKey& key) const;
  /// The rows of a state, for who looks after them. `invalid_options`: `after` is not UTF-8 text
  /// without NUL.
  [[nodiscard]] FLORIN_DECL Result<std::vector<Row>> list(const Listing& listing) const;
  /// How many rows there are of each state.
  [[nodiscard]] FLORIN_DECL Result<Counts> count(const Scope& scope) const;
  /// Says which customer a row is about, after a look into the processor's dashboard.
  /// \param key of the row.
  /// \param connector_customer_id the processor's id; empty: there is none, and whoever asks next
  /// may create it.
  /// \return whether there is such a row; `claimed_elsewhere`: somebody is at work on it;
  /// `invalid_field`: a processor has no such id.
  [[nodiscard]] FLORIN_DECL Result<bool> resolve(const CustomerKey& key,
                                                 std::string_view connector_customer_id);
  /// Forgets a customer. The processor is not told.
  /// \return whether there was such a row.
  [[nodiscard]] FLORIN_DECL Result<bool> remove(const CustomerKey& key);

  /// What the database said when it failed last; empty: it has done something since, or never
  /// failed, which is what a service's health wants to know; in a child that was forked: that it is
  /// one. What hangs says nothing; calls that
  /// wait for it end by their deadline. `SociStore` leaves values out of what it throws; what
  /// another store throws may echo personal data, as `Error::connector_message` may: do not log it
  /// blindly. Errors: `std::bad_alloc`.
  [[nodiscard]] std::string trouble() const { return core_->trouble(); }

  /// How it is used.
  [[nodiscard]] const DirectoryOptions& options() const noexcept { return core_->options(); }

  /// What `onboard` and `settle` use.
  [[nodiscard]] detail::DirectoryCore& core() const noexcept { return *core_; }

 private:
  FLORIN_DECL Directory(std::unique_ptr<detail::AnyStore> store, const DirectoryOptions& options);

  std::shared_ptr<detail::DirectoryCore> core_;  // closed when the last handle goes
};

}  // namespace florin::onboarding

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/directory.ipp>
#endif
