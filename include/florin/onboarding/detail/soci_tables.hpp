// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/detail/soci_place.hpp>

#include <array>
#include <soci/soci.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace florin::onboarding::detail {

/// The tables, version by version.
inline constexpr std::array<std::string_view, 2> schema_1{
    "CREATE TABLE florin_customers (merchant_customer_id text NOT NULL, connector text NOT NULL, "
    "account text NOT NULL, state text NOT NULL, connector_customer_id text NOT NULL, error text "
    "NOT NULL, detail text NOT NULL, request text NOT NULL, digest text NOT NULL, doubt integer "
    "NOT NULL, attempts integer NOT NULL, lease text NOT NULL, lease_until bigint NOT NULL, "
    "first_asked bigint NOT NULL, asked bigint NOT NULL, doubted bigint NOT NULL, changed bigint "
    "NOT NULL, due bigint NOT NULL, PRIMARY KEY (merchant_customer_id, connector, account), CHECK "
    "(state IN ('pending', 'active', 'unknown', 'refused')))",
    "CREATE INDEX florin_customers_open ON florin_customers (connector, account, asked) WHERE "
    "state IN ('pending', 'unknown')"};

/// The version of the tables; 0: there are none. Errors: `std::exception`: it is a newer one, or
/// the database does not say.
/// \param newest the newest one that is known.
[[nodiscard]] inline int version_of_tables(soci::session& sql, const SociDialect& dialect,
                                           int newest) {
  int there = 0;
  sql << std::string{dialect.has_schema}, soci::into(there);
  int version = 0;
  if (there != 0) sql << "SELECT coalesce(max(version), 0) FROM florin_schema", soci::into(version);
  if (version > newest)
    throw std::runtime_error{"the directory was made by a newer version of florin"};
  return version;
}

/// Makes or changes the tables where they are not there or older. Errors: as those of
/// `version_of_tables`.
inline void make_tables(soci::session& sql, const SociDialect& dialect, int newest) {
  sql << std::string{dialect.begin};
  if (&dialect == &postgresql_dialect) {
    // Two that start at the same time: one makes the tables.
    int locked = 0;
    sql << "SELECT 1 FROM (SELECT pg_advisory_xact_lock(7105641290)) AS l", soci::into(locked);
  }
  // Only where it is needed: who uses the tables need not be allowed to make some.
  if (const int version = version_of_tables(sql, dialect, newest); version < newest) {
    sql << "CREATE TABLE IF NOT EXISTS florin_schema (version integer NOT NULL)";
    if (version < 1)
      for (const std::string_view statement : schema_1) sql << std::string{statement};
    sql << "DELETE FROM florin_schema";
    sql << "INSERT INTO florin_schema (version) VALUES (" << newest << ")";
  }
  sql << "COMMIT";
}

/// That the tables are still there. Errors: `std::exception`: they are not; nothing was written.
inline void check_tables(soci::session& sql, const SociDialect& dialect, int newest) {
  if (version_of_tables(sql, dialect, newest) != newest)
    throw std::runtime_error{"the directory is gone: another database without it is in its place"};
}

}  // namespace florin::onboarding::detail
