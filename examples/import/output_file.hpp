// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.hpp"

namespace florin_import {

/// A file that is written from its beginning, and of which it is known that it was: what was
/// written stays, whatever ends the program. Readable for its owner alone, and written by one
/// process at a time.
class OutputFile {
 public:
  /// Errors: `Stop`, as of all others.
  explicit OutputFile(std::string path) : path_(std::move(path)), file_(opened(path_)) {}
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { ::close(file_); }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  void write(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::write(file_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(path_, "cannot be written");
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

 private:
  [[nodiscard]] static int opened(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) fail(path, "cannot be written");
    try {
      struct stat facts {};
      if (::fstat(file, &facts) != 0) fail(path, "cannot be written");
      if (S_ISREG(facts.st_mode)) prepare(file, path);
    } catch (...) {
      ::close(file);
      throw;
    }
    return file;
  }
  static void prepare(int file, const std::string& path) {
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) fail(path, "is written by another import");
    // It may have been there before, readable for others.
    if (::fchmod(file, S_IRUSR | S_IWUSR) != 0) fail(path, "cannot be kept from others");
    if (::ftruncate(file, 0) != 0) fail(path, "cannot be written");
  }
  [[noreturn]] static void fail(const std::string& path, const char* what) {
    const int reason = errno;
    throw Stop{path + " " + what + ": " + std::strerror(reason)};
  }

  std::string path_;
  int file_;
};

}  // namespace florin_import
