// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace florin_bench {

/// The whole of a file that is not empty. Errors: `std::runtime_error`.
[[nodiscard]] inline std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file || text.empty()) throw std::runtime_error("cannot read " + path);
  return text;
}

}  // namespace florin_bench
