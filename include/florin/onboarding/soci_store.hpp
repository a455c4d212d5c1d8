// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A directory over SOCI: SQLite for one machine, PostgreSQL for a fleet.

#if !__has_include(<soci/soci.h>)
#error \
    "florin: SOCI is needed (Debian: libsoci-dev): install it, or give Directory a store of yours"
#endif

#include <florin/detail/config.hpp>
#include <florin/error.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/row.hpp>
#include <florin/onboarding/store.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace florin::onboarding {

namespace detail {
class SociSession;
}

/// The table `florin_customers` of a database, over SOCI. A `CustomerStore`; see there.
///
/// `recover` connects again when nothing was committed since the last time, and makes nothing then:
/// where the tables are not there any more it fails until they are, rather than forget customers.
/// `sqlite::memory:` stays with its one connection.
///
/// SQLite: a new file is readable for its owner alone. A process that was forked from one that has
/// used SQLite may not use it: fork before, or `exec`.
///
/// Links with `soci_core`; the part for the database is loaded when it is connected to.
class SociStore {
 public:
  /// The newest form of the tables.
  static constexpr int schema_version = 1;

  /// Connects, and makes or changes the tables where they are not there or older.
  /// \param url `sqlite:PATH`, or what libpq takes, `postgresql://HOST/DATABASE?...`; a password
  /// rather stands in PGPASSWORD or in a password file. Errors: `std::exception`: it cannot be
  /// connected to, or not be written to; the tables are of a newer version.
  FLORIN_DECL explicit SociStore(std::string_view url);
  FLORIN_DECL SociStore(SociStore&& other) noexcept;
  FLORIN_DECL SociStore& operator=(SociStore&& other) noexcept;
  FLORIN_DECL ~SociStore();

  /// What `CustomerStore` says of them.
  FLORIN_DECL void begin();
  /// \copydoc begin
  FLORIN_DECL void commit();
  /// \copydoc begin
  FLORIN_DECL void recover();
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL DatabaseTime now();
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL std::vector<bool> insert(std::span<const Row> rows);
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL std::vector<Row> lock(std::span<const CustomerKey> keys);
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL std::vector<Row> lock_open(const Scope& scope, DatabaseTime due,
                                                       DatabaseTime now, std::size_t limit);
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL std::vector<bool> update(std::span<const Row> rows,
                                                     std::span<const std::string> leases);
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL std::optional<Row> find(const CustomerKey& key);
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL std::vector<Row> list(const Listing& listing);
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL Counts count(const Scope& scope);
  /// \copydoc begin
  [[nodiscard]] FLORIN_DECL bool remove(const CustomerKey& key);

 private:
  std::unique_ptr<detail::SociSession> session_;
};

/// Opens the directory in a database. See `SociStore`.
/// \return `directory_failed`: it cannot be connected to; the database's words are in
/// `Error::connector_message`.
[[nodiscard]] FLORIN_DECL Result<Directory> open_directory(std::string_view url,
                                                           const DirectoryOptions& options = {});

}  // namespace florin::onboarding

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/soci_store.ipp>
#endif
