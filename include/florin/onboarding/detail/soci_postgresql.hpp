// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/detail/soci_backend.hpp>

#include <cstddef>
#include <memory>
#include <soci/soci.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace florin::onboarding::detail {

inline constexpr char postgresql_backend[] = "postgresql";

/// A URL for libpq in which a server that is gone is noticed, unless the caller has said when.
[[nodiscard]] inline std::string postgresql_url(std::string_view url) {
  std::string all{url};
  // A password may have a question mark.
  const std::size_t slashes = url.find("//");
  const std::size_t start = slashes == url.npos ? 0 : slashes + 2;
  const std::size_t at = url.find_first_of("@/", start);
  const std::size_t options = url.find('?', at != url.npos && url[at] == '@' ? at : start);
  const std::string_view given = options == url.npos ? std::string_view{} : url.substr(options);
  bool first = given.empty();
  for (const std::string_view each :
       {"connect_timeout=10", "keepalives_idle=10", "keepalives_interval=5", "keepalives_count=3",
        "tcp_user_timeout=20000", "application_name=florin"}) {
    if (given.find(each.substr(0, each.find('=') + 1)) != given.npos) continue;
    if (first)
      all += '?';
    else if (all.back() != '?' && all.back() != '&')
      all += '&';
    all += each;
    first = false;
  }
  return all;
}

/// How a session is used. Errors: `std::exception`: it is of no use, for it cannot write.
inline void set_up_postgresql(soci::session& sql) {
  std::string read_only;
  // In one message.
  sql << "SET client_encoding = 'UTF8'; "
         "SET statement_timeout = '30s'; "
         // One that is stopped in the middle does not keep its rows from the others.
         "SET idle_in_transaction_session_timeout = '30s'; "
         // libpq would write what is less to the standard error.
         "SET client_min_messages = error; "
         // A plan that was made while the table was small reads all of it when it is large.
         "SET enable_hashjoin = off; "
         "SET enable_mergejoin = off; "
         "SET enable_seqscan = off; "
         // Every other value has it on the disk, and some elsewhere too.
         "SELECT set_config('synchronous_commit', 'on', false) WHERE "
         "current_setting('synchronous_commit') = 'off'; "
         "SELECT current_setting('transaction_read_only')",
      soci::into(read_only);
  if (read_only == "on") throw std::runtime_error{"the database is read-only"};
}

/// Errors: those of `SociBackend::connect` and of `set_up_postgresql`.
[[nodiscard]] inline std::unique_ptr<soci::session> connect_postgresql(const std::string& to) {
  auto sql = connect_to<postgresql_backend>(to);
  set_up_postgresql(*sql);
  return sql;
}

}  // namespace florin::onboarding::detail
