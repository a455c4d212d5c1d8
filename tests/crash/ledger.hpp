// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace florin_test {

/// Milliseconds since 1970.
using Time = std::chrono::milliseconds;

/// What a service knows of one customer.
struct Row {
  enum class State {
    begun,     ///< a call was begun; what has become of it is not known
    failed,    ///< no customer was made
    doubtful,  ///< one may have been made
    exists,    ///< it is there, but which one it is was not told
    done,      ///< its id is stored
  };
  State state = State::begun;
  /// Whether a call was left open. That a later one has made no customer says nothing of it.
  bool doubted = false;
  Time first{};  ///< when it was begun first
  Time last{};   ///< when it was begun or doubted last
};

/// The table in which a service keeps both ids: a file that is only appended to, one line a change,
/// each on the disk before anything else happens. `7 begun TIME`, `7 done ID ORIGIN`, `7 failed
/// CODE`, `7 doubtful CODE TIME` or `7 exists CODE`.
class Ledger {
 public:
  /// Reads what was written before. A last line without an end was never committed.
  /// \throws std::runtime_error when the file cannot be used.
  explicit Ledger(const std::string& path)
      : file_(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::runtime_error{"the ledger cannot be opened"};
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const std::size_t end = text.rfind('\n') + 1;  // npos + 1 is 0
    if (end != text.size() && ::ftruncate(file_, static_cast<off_t>(end)) != 0)
      throw std::runtime_error{"the ledger cannot be repaired"};
    std::istringstream lines{text.substr(0, end)};
    for (std::string line; std::getline(lines, line);) take(line);
  }
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger() { ::close(file_); }

  [[nodiscard]] const std::map<std::size_t, Row>& rows() const noexcept { return rows_; }

  void begun(std::size_t number, Time now) { append(number, "begun " + text_of(now)); }
  void done(std::size_t number, std::string_view id, std::string_view origin) {
    append(number, "done " + std::string{id} + ' ' + std::string{origin});
  }
  void failed(std::size_t number, std::string_view code) {
    append(number, "failed " + std::string{code});
  }
  void doubtful(std::size_t number, std::string_view code, Time now) {
    append(number, "doubtful " + std::string{code} + ' ' + text_of(now));
  }
  void exists(std::size_t number, std::string_view code) {
    append(number, "exists " + std::string{code});
  }

 private:
  static std::string text_of(Time time) { return std::to_string(time.count()); }
  static Time time_of(std::string_view text) {
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return Time{count};
  }

  /// \throws std::runtime_error when the line is not on the disk.
  void append(std::size_t number, const std::string& change) {
    const std::string line = std::to_string(number) + ' ' + change;
    const std::string whole = line + '\n';
    if (::write(file_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size()) ||
        ::fsync(file_) != 0)
      throw std::runtime_error{"the ledger cannot be written"};
    take(line);
  }

  void take(const std::string& line) {
    std::istringstream words{line};
    std::size_t number = 0;
    std::string state;
    std::string detail;
    std::string time;
    words >> number >> state >> detail >> time;
    const bool known = rows_.contains(number);
    Row& row = rows_[number];
    if (state == "begun") {
      if (known && row.state == Row::State::begun) row.doubted = true;
      row.state = Row::State::begun;
      row.last = time_of(detail);
      if (!known) row.first = row.last;
    } else if (state == "done") {
      row.state = Row::State::done;
    } else if (state == "failed") {
      row.state = Row::State::failed;
    } else if (state == "doubtful") {
      row.state = Row::State::doubtful;
      row.doubted = true;
      row.last = time_of(time);
    } else if (state == "exists") {
      row.state = Row::State::exists;
    } else {
      throw std::runtime_error{"the ledger has a line that is none: " + line};
    }
  }

  int file_;
  std::map<std::size_t, Row> rows_;
};

}  // namespace florin_test
