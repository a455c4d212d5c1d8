// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/detail/soci_batches.hpp>
#include <florin/onboarding/detail/soci_place.hpp>
#include <florin/onboarding/detail/soci_tables.hpp>
#include <florin/onboarding/row.hpp>

#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <soci/soci.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace florin::onboarding::detail {

/// A connection, and the statements that are prepared on it.
class SociSession {
 public:
  /// \param schema_version the newest form of the tables.
  SociSession(std::string_view url, int schema_version)
      : schema_version_(schema_version), place_(place_of(url)) {
    if (!place_.file.empty()) create_private(place_.file);
    auto fresh = dialect().connect(place_.to);
    if (is_sqlite()) set_up_sqlite(*fresh);
    make_tables(*fresh, dialect(), schema_version_);
    sql_ = std::move(fresh);
  }

  void begin() {
    began_.reset();
    if (is_sqlite()) {
      sql() << std::string{dialect().begin};
    } else {
      // In one message, for what follows asks for the time.
      long long time = 0;
      sql() << std::string{dialect().begin}.append("; ").append(dialect().now), soci::into(time);
      began_ = time;
    }
  }
  void commit() {
    began_.reset();
    sql() << "COMMIT";
    works_ = true;
  }
  void recover() {
    began_.reset();
    // One that has not committed anything since the last time may itself be what is bad.
    if (sql_ && (std::exchange(works_, false) || place_.in_memory)) {
      try {
        *sql_ << "ROLLBACK";
        // Nor may a statement or a setting be what is.
        batches_.reset();
        if (!is_sqlite()) set_up_postgresql(*sql_);
        return;
      } catch (const std::exception&) {
        // There is no transaction, or no connection: a new one is sure.
        if (place_.in_memory) return;
      }
    }
    connect_again();
  }
  DatabaseTime now() {
    if (began_) return *std::exchange(began_, std::nullopt);
    long long time = 0;
    sql() << std::string{dialect().now}, soci::into(time);
    return time;
  }

  /// Errors: `std::runtime_error`: it could not be connected to again.
  [[nodiscard]] soci::session& sql() {
    if (!sql_) throw std::runtime_error{"there is no connection to the database"};
    return *sql_;
  }
  [[nodiscard]] SociBatches& batches() {
    if (!batches_) {
      if (is_sqlite()) {
        batches_ = std::make_unique<SociRowByRow>(sql());
      } else {
        batches_ = std::make_unique<SociInArrays>(sql());
      }
    }
    return *batches_;
  }
  [[nodiscard]] const SociDialect& dialect() const noexcept { return *place_.dialect; }

 private:
  [[nodiscard]] bool is_sqlite() const noexcept { return place_.dialect == &sqlite_dialect; }

  /// Makes nothing: what was there is there, or it is an error and not forgotten.
  void connect_again() {
    if (is_sqlite()) enter_sqlite();  // before the parent's connection is touched
    batches_.reset();
    sql_.reset();
    if (!place_.file.empty() && !std::filesystem::exists(place_.file))
      throw std::runtime_error{"the directory is gone: there is no " + place_.file.string()};
    auto fresh = dialect().connect(place_.to);
    check_tables(*fresh, dialect(), schema_version_);
    if (is_sqlite()) set_up_sqlite(*fresh);
    sql_ = std::move(fresh);
  }

  const int schema_version_;
  const SociPlace place_;
  std::unique_ptr<soci::session> sql_;    // null while it cannot be connected to
  std::optional<DatabaseTime> began_;     // when the transaction did, until it is asked for
  std::unique_ptr<SociBatches> batches_;  // null until something is asked of them
  bool works_ = false;                    // something was committed since it was last mended
};

}  // namespace florin::onboarding::detail
