// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace florin_import {

/// What has become of the lines so far. By reasons: of the failures.
struct Tally {
  using Reasons = std::map<std::string, std::uint64_t>;

  std::uint64_t lines = 0;       ///< customers of the input, of this process's part
  std::uint64_t bad = 0;         ///< lines that the check found fault with
  std::uint64_t repeated = 0;    ///< lines that repeat an earlier one
  std::uint64_t created = 0;     ///< customers who were made now
  std::uint64_t replayed = 0;    ///< likewise, or by an earlier call whose answer was lost
  std::uint64_t existed = 0;     ///< whom the processor had already
  std::uint64_t known = 0;       ///< whom the directory had already, or without one an earlier line
  std::uint64_t other_data = 0;  ///< of all these, who were first asked for with other data
  std::uint64_t slowed = 0;      ///< times that it went slower, since requests had to be repeated
  Reasons refused{};             ///< whom the processor refuses
  Reasons unknown{};             ///< of whom it is not known whether they exist
  Reasons failed{};              ///< who do not exist, and may be asked for again
  florin::FieldSet dropped{};    ///< given fields that the processor has no place for

  [[nodiscard]] static std::uint64_t sum(const Reasons& reasons) {
    std::uint64_t all = 0;
    for (const auto& [_, count] : reasons) all += count;
    return all;
  }
  /// Lines whose customer is active.
  [[nodiscard]] std::uint64_t active() const { return created + replayed + existed + known; }
  /// Lines that are settled, in whatever way.
  [[nodiscard]] std::uint64_t done() const {
    return active() + sum(refused) + sum(unknown) + sum(failed);
  }
};

}  // namespace florin_import
