// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fault.hpp"

namespace florin_import {

/// What a line of the input says: values by the input's own names.
struct Record {
  std::uint64_t line = 0;  ///< where it begins, from 1
  std::vector<std::pair<std::string_view, std::string>> values{};
  /// What is there and no text, and what is wrong with it.
  std::vector<std::pair<std::string_view, std::string_view>> unusable{};
};

/// The records of an input, one after the other.
class Records {
 public:
  using Next = std::optional<std::variant<Record, LineFault>>;

  Records() = default;
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;
  virtual ~Records() = default;

  /// The next record, or what is wrong with its line; nothing: that was all. Errors: `Stop`: from
  /// here on nobody can tell the lines apart.
  [[nodiscard]] virtual Next next() = 0;
  /// How many bytes of the input have been read.
  [[nodiscard]] virtual std::uint64_t place() const noexcept = 0;
  /// The names of all columns, where the input says them first.
  [[nodiscard]] virtual const std::vector<std::string>* columns() const noexcept = 0;
};

/// What is said of a line that is too long.
[[nodiscard]] inline std::string too_long(std::uint64_t last) {
  return "has more than 1 MiB (it ends on line " + std::to_string(last) + ")";
}
/// What is said of a text that is none.
inline constexpr std::string_view no_utf8 =
    "is not UTF-8 (or has a NUL): convert the file first, e.g. iconv -f WINDOWS-1252 -t UTF-8";

}  // namespace florin_import
