// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.hpp"

namespace florin_import {

/// The bytes of the input, which are read twice: once to check them, once to create customers. What
/// cannot be read twice, such as a pipe, is copied first into a file without a name, of which
/// nothing stays whatever ends the program.
class Input {
 public:
  /// \param path a file; `-`: standard input. Errors: `Stop`.
  explicit Input(const std::string& path) : name_(path == "-" ? "standard input" : path) {
    const int file = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail("cannot be opened");
    file_ = file;
    struct stat facts {};
    if (::fstat(file_, &facts) != 0) fail("cannot be read");
    if (S_ISREG(facts.st_mode)) {
      // Of standard input somebody may have read a part.
      base_ = std::max<::off_t>(path == "-" ? ::lseek(file_, 0, SEEK_CUR) : 0, 0);
      size_ = static_cast<std::uint64_t>(std::max<::off_t>(facts.st_size - base_, 0));
      facts_ = facts;
    } else {
      copy();
    }
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { ::close(file_); }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Bytes in all.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Whether a path names it.
  [[nodiscard]] bool is(const std::string& path) const noexcept {
    struct stat other {};
    return facts_ && ::stat(path.c_str(), &other) == 0 && other.st_dev == facts_->st_dev &&
           other.st_ino == facts_->st_ino;
  }
  /// Whether somebody has written into it since. Errors: `Stop`.
  [[nodiscard]] bool changed() const {
    if (!facts_) return false;
    struct stat now {};
    if (::fstat(file_, &now) != 0) fail("cannot be read");
    return now.st_size != facts_->st_size || now.st_mtim.tv_sec != facts_->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != facts_->st_mtim.tv_nsec;
  }
  /// Bytes at a place. Errors: `Stop`.
  /// \return how many were read; 0: that is the end.
  [[nodiscard]] std::size_t read(std::uint64_t place, std::span<char> into) const {
    into = into.first(static_cast<std::size_t>(
        std::min<std::uint64_t>(into.size(), size_ - std::min(place, size_))));
    while (true) {
      const auto count =
          ::pread(file_, into.data(), into.size(), base_ + static_cast<::off_t>(place));
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) fail("cannot be read");
    }
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw Stop{name_ + " " + what + ": " + std::strerror(errno)};
  }
  void copy() {
    const char* const chosen = std::getenv("TMPDIR");
    const std::string folder = chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
    const int copy = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (copy < 0)
      throw Stop{name_ + " cannot be copied into " + folder + " (TMPDIR): " + std::strerror(errno)};
    const int from = std::exchange(file_, copy);
    std::string buffer(std::size_t{1} << 16U, '\0');
    while (true) {
      const auto count = ::read(from, buffer.data(), buffer.size());
      if (count == 0) break;
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) {
        ::pollfd more{from, POLLIN, 0};
        static_cast<void>(::poll(&more, 1, -1));  // whatever it is, the next read says it
        continue;
      }
      if (count < 0) fail("cannot be read");
      const char* at = buffer.data();
      for (auto left = count; left > 0;) {
        const auto written = ::write(copy, at, static_cast<std::size_t>(left));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
          throw Stop{name_ + " cannot be copied into " + folder +
                     " (TMPDIR): " + std::strerror(errno)};
        at += written;
        left -= written;
      }
      size_ += static_cast<std::uint64_t>(count);
    }
    ::close(from);
  }

  std::string name_;
  int file_ = -1;
  ::off_t base_ = 0;
  std::uint64_t size_ = 0;
  std::optional<struct stat> facts_{};  // nothing: it is a copy
};

}  // namespace florin_import
