// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/row.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "tally.hpp"

namespace florin_import {

/// What an import has come to.
struct Report {
  std::string input{};
  std::string connector{};
  std::string account{};
  std::string server{};
  Part part{};
  std::chrono::system_clock::time_point began{};
  std::chrono::milliseconds took{0};
  bool interrupted = false;
  std::string stopped{};  ///< why it ended early; empty: it did not
  Tally tally{};
  std::uint64_t doubtful = 0;                             ///< see `Import::doubtful`
  std::optional<florin::onboarding::Counts> directory{};  ///< its rows now
  bool no_directory = false;                              ///< nothing was stored
  std::vector<std::string> unused{};                      ///< columns
  std::string problems_file{};
  std::string open_file{};

  /// For programs. One JSON object.
  [[nodiscard]] std::string as_json() const;
  /// For people.
  [[nodiscard]] std::string as_text() const;

 private:
  [[nodiscard]] std::vector<std::string> what_to_do() const;
};

}  // namespace florin_import
