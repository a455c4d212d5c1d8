// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How the program ends. `--help` says what each means.
namespace florin_import::exit_code {

inline constexpr int good = 0;
inline constexpr int stopped = 1;
inline constexpr int wrong_usage = 2;
inline constexpr int refused = 3;
inline constexpr int open = 4;
inline constexpr int bad_credentials = 5;
inline constexpr int interrupted = 130;

}  // namespace florin_import::exit_code
