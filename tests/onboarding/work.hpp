// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/onboarding.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace florin_test {

/// How far a driver may go: a number of eight octets in a file, that whoever watches it raises.
class Pace {
 public:
  /// \throws std::runtime_error when the file cannot be mapped.
  explicit Pace(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    void* const memory =
        file < 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) ::close(file);
    if (memory == MAP_FAILED) throw std::runtime_error{"the pace cannot be mapped"};
    until_ = static_cast<std::uint64_t*>(memory);
  }
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;
  ~Pace() { ::munmap(until_, size); }

  /// No customer from this number on is asked for.
  [[nodiscard]] std::size_t until() const noexcept { return std::atomic_ref{*until_}.load(); }

 private:
  static constexpr std::size_t size = sizeof(std::uint64_t);
  std::uint64_t* until_;
};

/// What was said of customers, for good: a file that all drivers append to, a line `NUMBER ID`
/// each.
class Answers {
 public:
  /// \throws std::runtime_error when the file cannot be opened.
  explicit Answers(const std::string& path)
      : file_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::runtime_error{"the answers cannot be opened"};
  }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;
  ~Answers() { ::close(file_); }

  /// \throws std::runtime_error when it was not written.
  void add(std::size_t number, const std::string& id) const {
    const std::string line = std::to_string(number) + ' ' + id + '\n';
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      throw std::runtime_error{"the answers cannot be written"};
  }

 private:
  int file_;
};

/// Which customer is next: all numbers that the pace allows, and again those that failed. Drivers
/// of different places begin each block at different numbers, and so both have customers of their
/// own and meet at others'. One thread.
class Work {
 public:
  struct Options {
    std::size_t first = 0;  ///< the number that it begins with, the first of a block
    std::size_t place = 0;  ///< which of the drivers this is
    bool ends = false;      ///< when all is done; else it waits for the pace to be raised
    int tries = 30;         ///< where it ends: how often a customer is tried at most
  };
  static constexpr std::size_t block = 20;
  static constexpr auto pause = std::chrono::milliseconds{100};  ///< between two tries

  Work(const Pace& pace, const Answers& answers, const Options& options)
      : pace_(pace), answers_(answers), options_(options) {}

  /// The next customer; nothing: there is none now.
  [[nodiscard]] std::optional<std::size_t> take() {
    const auto now = Clock::now();
    const auto due = std::find_if(again_.begin(), again_.end(),
                                  [now](const auto& each) { return each.second <= now; });
    std::optional<std::size_t> number;
    if (due != again_.end()) {
      number = due->first;
      again_.erase(due);
    } else if (more()) {
      const std::size_t place = options_.first + done_;
      number = place - place % block + (place + options_.place * block / 4) % block;
      ++done_;
    } else {
      return std::nullopt;
    }
    ++under_way_;
    return number;
  }
  /// Whether there will be no more.
  [[nodiscard]] bool ended() const noexcept {
    return options_.ends && under_way_ == 0 && again_.empty() && !more();
  }

  /// Passes a customer over that `take` has given.
  void leave(std::size_t) { --under_way_; }
  /// \throws std::runtime_error when it cannot be written down, or the answer is about other data.
  void put(std::size_t number, const florin::Result<florin::onboarding::Onboarded>& answer,
           std::chrono::steady_clock::duration took) {
    --under_way_;
    longest_ = std::max(longest_, took);
    if (answer) {
      if (answer->other_request) throw std::runtime_error{"the request was no other"};
      ++answered_;
      return answers_.add(number, answer->connector_customer_id.str());
    }
    const florin::Error error = answer.error();
    ++errors_[std::string{to_string(error.code)}];
    if (error.code == florin::Errc::directory_failed) trouble_ = error.connector_message;
    if (may_be_repeated(error) && (!options_.ends || ++tries_[number] < options_.tries))
      again_[number] = Clock::now() + pause;
  }

  [[nodiscard]] std::size_t answered() const noexcept { return answered_; }
  /// How often each error was seen.
  [[nodiscard]] const std::map<std::string, std::size_t>& errors() const noexcept {
    return errors_;
  }
  /// What the database has said last.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
  /// The longest call.
  [[nodiscard]] std::chrono::steady_clock::duration longest() const noexcept { return longest_; }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool more() const noexcept {
    const std::size_t place = options_.first + done_;
    return place - place % block + block <= pace_.until();
  }
  /// Whether another call may come to something else, without anybody's help.
  static bool may_be_repeated(const florin::Error& error) {
    return error.transient ||
           (error.code != florin::Errc::in_doubt && error.outcome != florin::Outcome::in_effect);
  }

  const Pace& pace_;
  const Answers& answers_;
  Options options_;
  std::size_t done_ = 0;
  std::size_t under_way_ = 0;
  std::size_t answered_ = 0;
  Clock::duration longest_{0};
  std::map<std::size_t, Clock::time_point> again_{};
  std::map<std::size_t, int> tries_{};
  std::map<std::string, std::size_t> errors_{};
  std::string trouble_{};
};

}  // namespace florin_test
