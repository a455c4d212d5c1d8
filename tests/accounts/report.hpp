// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace florin_test {

/// How a call failed, for a line of the report. The library puts no secret into an error.
inline std::string words_of(const florin::Error& error) {
  std::string text = error.what();
  if (!error.connector_code.empty()) text.append(", code ").append(error.connector_code);
  if (!error.connector_message.empty()) text.append(": ").append(error.connector_message);
  return text;
}

/// What the steps came to, a line each, told as it happens.
class Report {
 public:
  void connector(std::string_view name, std::string_view detail) {
    connector_ = name;
    std::cout << name << ": " << detail << std::endl;
  }
  void passed(std::string_view step, std::string_view detail) {
    ++passed_;
    line("ok", step, detail);
  }
  void failed(std::string_view step, std::string_view detail) {
    ++failed_;
    line("FAILED", step, detail);
  }
  void skipped(std::string_view step, std::string_view detail) { line("skipped", step, detail); }
  /// What stays at the processor.
  void left(std::string_view what) {
    line("left", "there", what);
    left_.push_back(connector_ + ": " + std::string{what});
  }
  /// Prints the sum.
  /// \return whether nothing failed.
  bool finish() const {
    for (const auto& each : left_) std::cout << "left at " << each << '\n';
    std::cout << passed_ << " passed, " << failed_ << " failed" << std::endl;
    return failed_ == 0;
  }

 private:
  static void line(std::string_view result, std::string_view step, std::string_view detail) {
    std::cout << "  " << result << "  " << step << "  " << detail << std::endl;
  }

  std::string connector_;
  std::vector<std::string> left_;
  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace florin_test
