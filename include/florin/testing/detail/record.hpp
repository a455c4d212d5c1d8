// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace florin::testing::detail {

/// A stored customer.
struct Record {
  /// What it was before a change.
  struct Past {
    std::vector<Parameter> fields;
    std::chrono::system_clock::time_point updated;
    std::chrono::steady_clock::time_point since;
  };

  std::string id;
  std::string account;
  std::vector<Parameter> fields;
  std::chrono::system_clock::time_point created;
  Body body = Body::none;
  std::chrono::system_clock::time_point updated = created;
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  bool removed = false;
  /// Oldest first.
  std::vector<Past> past{};

  const Parameter* find(std::string_view name) const { return detail::find(fields, name); }
};

/// The customer as it was at that time; null when it was not there. A copy, where one is needed,
/// is put among `copies`.
inline const Record* as_of(const Record& record, std::chrono::steady_clock::time_point when,
                           std::deque<Record>& copies) {
  if (record.since <= when) return &record;
  for (auto past = record.past.rbegin(); past != record.past.rend(); ++past) {
    if (past->since > when) continue;
    return &copies.emplace_back(Record{.id = record.id,
                                       .account = record.account,
                                       .fields = past->fields,
                                       .created = record.created,
                                       .body = record.body,
                                       .updated = past->updated,
                                       .since = past->since});
  }
  return nullptr;
}

}  // namespace florin::testing::detail
