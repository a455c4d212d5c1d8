// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace florin_import {

/// One of several shares of an input, for as many processes.
struct Part {
  std::uint32_t number = 1;  ///< from 1
  std::uint32_t of = 1;
};

/// What the command line says.
struct Options {
  enum class Format { csv, json_lines };

  std::string input = "-";
  Format format = Format::csv;
  char separator = ',';
  std::vector<std::string> map{};       ///< `FIELD=COLUMN`
  std::vector<std::string> metadata{};  ///< `COLUMN` or `KEY=COLUMN`
  std::string connector{};
  std::string account{};
  std::string credentials_file{};
  bool sandbox = false;
  std::string directory{};  ///< empty with `no_directory` alone
  bool no_directory = false;
  std::vector<std::string> resolve{};  ///< `REFERENCE=ID`; else customers are created
  bool check_only = false;
  bool skip_bad = false;
  std::size_t concurrency = 32;
  double rate = 0;  ///< customers per second; 0: as fast as it goes
  std::chrono::milliseconds deadline{20'000};
  Part part{};
  std::string report = "florin-import";  ///< what the names of the reports begin with
};

/// Reads the command line. Ends the program where that says so: for `--help`, and with exit code 2
/// where it is wrong. Errors: `Stop`.
[[nodiscard]] Options read_options(int argc, char** argv);

}  // namespace florin_import
