// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <string>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace florin_test {

/// A child that runs a function, which says something in few words, and ends.
class ForkedChild {
 public:
  template <class Work>
  explicit ForkedChild(Work work) {
    std::array<int, 2> ends{};
    BOOST_TEST_REQUIRE(::pipe(ends.data()) == 0);
    process_ = ::fork();
    if (process_ == 0) {
      ::alarm(30);  // what hangs is seen below
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
