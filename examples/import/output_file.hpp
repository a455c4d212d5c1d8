// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include "fault.hpp"

namespace florin_import {

/// A file that is written, and of which it is known that it was. Readable for its owner alone.
class OutputFile {
 public:
  /// Errors: `Stop`, as of all others.
  explicit OutputFile(std::string path) : path_(std::move(path)) {
    const auto mask = ::umask(S_IRWXG | S_IRWXO);
    out_.open(path_, std::ios::binary | std::ios::trunc);
    ::umask(mask);
    check();
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  void write(std::string_view text) {
    out_ << text;
    check();
  }
  /// Has it all in the file.
  void flush() {
    out_.flush();
    check();
  }

 private:
  void check() const {
    if (!out_) throw Stop{path_ + " cannot be written: " + std::strerror(errno)};
  }

  std::string path_;
  std::ofstream out_{};
};

}  // namespace florin_import
