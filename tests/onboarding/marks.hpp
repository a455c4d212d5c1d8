// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/observer.hpp>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace florin_test {

/// What a call of the driver is at. A driver that has not come so far has left zeros.
enum class Mark : char {
  idle = '-',
  beginning = 'b',  ///< its row is being written, or waited for
  calling = 'c',    ///< a connection is being made; over a kept one, the request is being sent
  secured = 's',    ///< the request is being sent
  sent = 'a',       ///< the answer is awaited
  answered = 'r',   ///< the answer is there, its row is not
  waiting = 'w',    ///< an attempt has failed
  storing = 'd',    ///< the processor has said what it says; the row is being written
};

/// One mark a call, in a file that outlives the process: whoever kills it reads there at what.
class Marks {
 public:
  /// \throws std::runtime_error when the file cannot be mapped.
  Marks(const std::string& path, std::size_t calls) : calls_(calls) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    void* const memory = file < 0 || ::ftruncate(file, static_cast<off_t>(calls)) != 0
                             ? MAP_FAILED
                             : ::mmap(nullptr, calls, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) ::close(file);
    if (memory == MAP_FAILED) throw std::runtime_error{"the marks cannot be mapped"};
    marks_ = static_cast<char*>(memory);
    std::memset(marks_, static_cast<char>(Mark::idle), calls);
  }
  Marks(const Marks&) = delete;
  Marks& operator=(const Marks&) = delete;
  ~Marks() { ::munmap(marks_, calls_); }

  /// Where the mark of a call is kept, for `CallOptions::user_data`.
  [[nodiscard]] char* of(std::size_t call) const noexcept { return marks_ + call; }
  static void set(void* where, Mark mark) noexcept {
    std::atomic_ref{*static_cast<char*>(where)}.store(static_cast<char>(mark));
  }

 private:
  char* marks_;
  std::size_t calls_;
};

/// Marks calls as their phases end.
struct PhaseMarks {
  void on_phase(const florin::PhaseEvent& event) const noexcept {
    Marks::set(event.user_data, event.failed ? Mark::waiting : after(event.phase));
  }
  void on_call(const florin::CallEvent& event) const noexcept {
    Marks::set(event.user_data, Mark::storing);
  }

  /// What a call is at when a phase has ended well.
  [[nodiscard]] static Mark after(florin::Phase phase) noexcept {
    using florin::Phase;
    switch (phase) {
      case Phase::handshake:
      case Phase::token:
        return Mark::secured;
      case Phase::write:
        return Mark::sent;
      case Phase::read:
        return Mark::answered;
      default:
        return Mark::calling;
    }
  }
};

}  // namespace florin_test
