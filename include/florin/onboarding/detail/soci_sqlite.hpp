// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork.hpp>
#include <florin/onboarding/detail/soci_backend.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <soci/soci.h>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/stat.h>

namespace florin::onboarding::detail {

/// How long SQLite waits for what others have locked.
inline constexpr std::chrono::milliseconds sqlite_patience{10'000};

inline constexpr char sqlite_backend[] = "sqlite3";

/// The `process_number` of who has used SQLite; 0: nobody has.
inline constinit std::atomic<unsigned> sqlite_process{0};

/// Before anything is done with SQLite. A child inherits what SQLite knows of the locks that its
/// parent has, but not the locks: it would lose rows.
///
/// Errors: `std::runtime_error`: this is such a child.
///
/// Thread safety: may be called from any thread.
inline void enter_sqlite() {
  const unsigned process = net::detail::process_number();
  unsigned first = 0;
  if (!sqlite_process.compare_exchange_strong(first, process) && first != process)
    throw std::runtime_error{
        "this process was forked from one that has used SQLite, which it may not use any more: "
        "fork before the first directory is opened, or exec"};
}

/// Has a database that is not there yet be its owner's alone, as its other files will be: there are
/// whole requests in it.
///
/// Errors: those of `enter_sqlite`.
inline void create_private(const std::filesystem::path& file) {
  enter_sqlite();
  // Never opened here: closing it would end the locks that another thread's SQLite has on it. Where
  // it cannot be made SQLite says why.
  static_cast<void>(::mknod(file.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0));
}

/// A session that has written nothing yet. Errors: those of `SociBackend::connect` and of
/// `enter_sqlite`.
[[nodiscard]] inline std::unique_ptr<soci::session> connect_sqlite(const std::string& to) {
  enter_sqlite();
  auto sql = connect_to<sqlite_backend>(to);
  int timeout = 0;
  *sql << "PRAGMA busy_timeout = " << sqlite_patience.count(), soci::into(timeout);
  return sql;
}

/// SQLite does not wait by itself for this, where several make the file at the same time.
inline void write_ahead(soci::session& sql) {
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

/// How it writes. Errors: `soci::soci_error`.
inline void set_up_sqlite(soci::session& sql) {
  write_ahead(sql);
  sql << "PRAGMA synchronous = FULL";
  // What is erased does not stay in the file.
  int on = 0;
  sql << "PRAGMA secure_delete = ON", soci::into(on);
}

}  // namespace florin::onboarding::detail
