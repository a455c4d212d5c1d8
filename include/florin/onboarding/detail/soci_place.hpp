// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/detail/soci_postgresql.hpp>
#include <florin/onboarding/detail/soci_sqlite.hpp>

#include <filesystem>
#include <memory>
#include <soci/soci.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace florin::onboarding::detail {

/// What the two databases spell differently.
struct SociDialect {
  std::unique_ptr<soci::session> (*connect)(const std::string& to);
  std::string_view begin;
  std::string_view now;
  std::string_view lock_free;  ///< at the end of a select, of rows that nobody has locked
  std::string_view has_schema;
};

inline constexpr SociDialect sqlite_dialect{
    .connect = connect_sqlite,
    .begin = "BEGIN IMMEDIATE",
    .now = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    .lock_free = "",
    .has_schema = "SELECT count(*) FROM sqlite_master WHERE name = 'florin_schema'"};

inline constexpr SociDialect postgresql_dialect{
    .connect = connect_postgresql,
    .begin = "BEGIN",
    .now = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
    .lock_free = " FOR UPDATE SKIP LOCKED",
    .has_schema = "SELECT count(to_regclass('florin_schema'))"};

/// Where a database is.
struct SociPlace {
  const SociDialect* dialect;
  std::string to;                ///< what SOCI is told
  std::filesystem::path file{};  ///< SQLite's; empty: there is none, or SQLite alone knows
  bool in_memory = false;        ///< it goes with its connection
};

/// The place that a URL says. Errors: `std::exception`: it says none.
[[nodiscard]] inline SociPlace place_of(std::string_view url) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with("postgresql:") || url.starts_with("postgres:"))
    return {.dialect = &postgresql_dialect, .to = postgresql_url(url)};
  if (!url.starts_with(sqlite))
    throw std::runtime_error{"a directory's URL begins with sqlite: or postgresql:"};
  std::string path{url.substr(sqlite.size())};
  // SQLite would make one that nobody finds again; SOCI would cut the other.
  if (path.empty() || path.find('"') != std::string::npos)
    throw std::runtime_error{"a directory's URL has a path behind sqlite:, without quotes"};
  SociPlace place{.dialect = &sqlite_dialect, .to = {}};
  place.in_memory = path == ":memory:";
  if (!place.in_memory && !path.starts_with("file:")) {
    // The program may go to another folder.
    place.file = std::filesystem::absolute(path);
    path = place.file.string();
  }
  // In quotes, since it may have blanks.
  place.to = "db=\"" + path + "\"";
  return place;
}

}  // namespace florin::onboarding::detail
