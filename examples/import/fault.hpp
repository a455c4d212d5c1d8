// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace florin_import {

/// What is wrong with one line of the input: it is no customer, or one that the processor would
/// refuse. Holds no value of the line.
struct LineFault {
  std::uint64_t line = 0;  ///< where it begins, from 1
  std::string field{};     ///< the unified field, e.g. `"email"`; empty: none
  std::string column{};    ///< the input's name of it; empty: none
  std::string code{};      ///< e.g. `"invalid_field"`
  std::string reason{};    ///< in words
};

/// The program cannot go on, and what is to be done about it. Exit code 1.
struct Stop : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The same: the processor refuses the credentials, or one is missing. Exit code 5.
struct Refused : Stop {
  using Stop::Stop;
};

}  // namespace florin_import
