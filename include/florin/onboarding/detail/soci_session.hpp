// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/detail/soci_backend.hpp>
#include <florin/onboarding/detail/soci_batches.hpp>
#include <florin/onboarding/row.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <soci/soci.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace florin::onboarding::detail {

/// How long SQLite waits for what others have locked.
inline constexpr std::chrono::milliseconds sqlite_patience{10'000};

/// What the two databases spell differently.
struct SociDialect {
  std::unique_ptr<soci::session> (*connect)(const std::string& to);
  std::string_view begin;
  std::string_view now;
  std::string_view lock_free;  ///< at the end of a select, of rows that nobody has locked
};

inline constexpr char sqlite_backend[] = "sqlite3";
inline constexpr SociDialect sqlite_dialect{
    .connect = connect_to<sqlite_backend>,
    .begin = "BEGIN IMMEDIATE",
    .now = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    .lock_free = ""};

inline constexpr char postgresql_backend[] = "postgresql";
inline constexpr SociDialect postgresql_dialect{
    .connect = connect_to<postgresql_backend>,
    .begin = "BEGIN",
    .now = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
    .lock_free = " FOR UPDATE SKIP LOCKED"};

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

/// A connection, and the statements that are prepared on it.
class SociSession {
 public:
  /// \param schema_version the newest form of the tables.
  SociSession(std::string_view url, int schema_version) : schema_version_(schema_version) {
    constexpr std::string_view sqlite = "sqlite:";
    if (url.starts_with(sqlite)) {
      dialect_ = &sqlite_dialect;
      // Its path in quotes, since it may have blanks.
      url_ = "db=\"" + std::string{url.substr(sqlite.size())} + "\"";
    } else if (url.starts_with("postgresql:") || url.starts_with("postgres:")) {
      dialect_ = &postgresql_dialect;
      url_ = url;
      // A server that is gone is noticed, unless the caller has said when.
      for (const std::string_view each :
           {"connect_timeout=10", "keepalives_idle=10", "keepalives_interval=5",
            "keepalives_count=3", "tcp_user_timeout=20000", "application_name=florin"}) {
        if (url_.find(each.substr(0, each.find('=') + 1)) != std::string::npos) continue;
        url_ += url_.find('?') == std::string::npos ? '?' : '&';
        url_ += each;
      }
    } else {
      throw std::runtime_error{"a directory's URL begins with sqlite: or postgresql:"};
    }
    connect();
  }

  void connect() {
    batches_.reset();
    sql_.reset();
    auto fresh = dialect_->connect(url_);
    if (dialect_ == &sqlite_dialect) {
      int timeout = 0;
      *fresh << "PRAGMA busy_timeout = " << sqlite_patience.count(), soci::into(timeout);
      write_ahead(*fresh);
      *fresh << "PRAGMA synchronous = FULL";
      // What is erased does not stay in the file.
      *fresh << "PRAGMA secure_delete = ON", soci::into(timeout);
    } else {
      *fresh << "SET statement_timeout = '30s'";
      // One that is stopped in the middle does not keep its rows from the others.
      *fresh << "SET idle_in_transaction_session_timeout = '30s'";
      // libpq would write what is less to the standard error.
      *fresh << "SET client_min_messages = error";
      // A plan that was made while the table was small reads it from end to end when it is large.
      *fresh << "SET enable_hashjoin = off";
      *fresh << "SET enable_mergejoin = off";
      *fresh << "SET enable_seqscan = off";
    }
    migrate(*fresh);
    sql_ = std::move(fresh);
  }
  /// SQLite does not wait by itself for this, where several make the file at the same time.
  static void write_ahead(soci::session& sql) {
    const auto until = std::chrono::steady_clock::now() + sqlite_patience;
    while (true) {
      try {
        std::string mode;
        sql << "PRAGMA journal_mode = WAL", soci::into(mode);
        return;
      } catch (const soci::soci_error& problem) {
        const bool locked = problem.get_error_message().find("locked") != std::string::npos;
        if (!locked || std::chrono::steady_clock::now() >= until) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
  void migrate(soci::session& sql) const {
    sql << std::string{dialect_->begin};
    if (dialect_ == &postgresql_dialect) {
      // Two that start at the same time: one makes the tables.
      int locked = 0;
      sql << "SELECT 1 FROM (SELECT pg_advisory_xact_lock(7105641290)) AS l", soci::into(locked);
    }
    sql << "CREATE TABLE IF NOT EXISTS florin_schema (version integer NOT NULL)";
    int version = 0;
    sql << "SELECT coalesce(max(version), 0) FROM florin_schema", soci::into(version);
    if (version > schema_version_)
      throw std::runtime_error{"the directory was made by a newer version of florin"};
    if (version < 1)
      for (const std::string_view statement : schema_1) sql << std::string{statement};
    if (version < schema_version_) {
      sql << "DELETE FROM florin_schema";
      sql << "INSERT INTO florin_schema (version) VALUES (" << schema_version_ << ")";
    }
    sql << "COMMIT";
  }

  void begin() {
    began_.reset();
    if (dialect_ == &sqlite_dialect) {
      sql() << std::string{dialect_->begin};
    } else {
      // In one message, for what follows asks for the time.
      long long time = 0;
      sql() << std::string{dialect_->begin}.append("; ").append(dialect_->now), soci::into(time);
      began_ = time;
    }
  }
  void commit() {
    began_.reset();
    sql() << "COMMIT";
  }
  void recover() {
    began_.reset();
    if (sql_) {
      try {
        *sql_ << "ROLLBACK";
        return;
      } catch (const std::exception&) {
        // There is no transaction, or no connection: a new one is sure.
      }
    }
    connect();
  }
  DatabaseTime now() {
    if (began_) return *std::exchange(began_, std::nullopt);
    long long time = 0;
    sql() << std::string{dialect_->now}, soci::into(time);
    return time;
  }

  /// Errors: `std::runtime_error`: it could not be connected to again.
  [[nodiscard]] soci::session& sql() {
    if (!sql_) throw std::runtime_error{"there is no connection to the database"};
    return *sql_;
  }
  [[nodiscard]] SociBatches& batches() {
    if (!batches_) {
      if (dialect_ == &sqlite_dialect) {
        batches_ = std::make_unique<SociRowByRow>(sql());
      } else {
        batches_ = std::make_unique<SociInArrays>(sql());
      }
    }
    return *batches_;
  }
  [[nodiscard]] const SociDialect& dialect() const noexcept { return *dialect_; }

 private:
  const int schema_version_;
  const SociDialect* dialect_ = nullptr;
  std::string url_;
  std::unique_ptr<soci::session> sql_;    // null while it cannot be connected to
  std::optional<DatabaseTime> began_;     // when the transaction did, until it is asked for
  std::unique_ptr<SociBatches> batches_;  // null until something is asked of them
};

}  // namespace florin::onboarding::detail
