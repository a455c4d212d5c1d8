// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <string>
#include <system_error>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace florin_test {

/// A child that runs a function, which says something in few words, and ends.
class ForkedChild {
 public:
  /// \param limit a child that takes longer hangs: SIGALRM ends it, which is seen in `words`.
  template <class Work>
  explicit ForkedChild(Work work, std::chrono::seconds limit = std::chrono::seconds{30}) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    process_ = ::fork();
    if (process_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
    if (process_ == 0) {
      ::alarm(static_cast<unsigned>(limit.count()));
      std::signal(SIGALRM, SIG_DFL);
      const std::string words = work();
      static_cast<void>(!::write(ends[1], words.data(), words.size()));
      ::_exit(0);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }
  ForkedChild(const ForkedChild&) = delete;
  ForkedChild& operator=(const ForkedChild&) = delete;
  ~ForkedChild() {
    if (process_ > 0) static_cast<void>(words());
  }
  /// What it said, or how it ended.
  std::string words() {
    std::string all;
    std::array<char, 256> buffer;
    for (;;) {
      const auto count = ::read(pipe_, buffer.data(), buffer.size());
      if (count <= 0) break;
      all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(pipe_);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return all;
  }

 private:
  ::pid_t process_ = 0;
  int pipe_ = -1;
};

}  // namespace florin_test
