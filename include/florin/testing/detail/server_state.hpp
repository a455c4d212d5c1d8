// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/engine.hpp>
#include <florin/testing/detail/tls_channel.hpp>
#include <florin/testing/fault.hpp>
#include <florin/testing/received_request.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <unordered_set>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// Decides which request meets which fault. Safe from several threads.
class FaultPlan {
 public:
  void add(Fault fault) {
    if (fault.times < 1) return;
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(fault));
  }

  void random(FaultMix mix, std::uint64_t seed) {
    double sum = 0;
    for (const FaultMix::Share& share : mix.shares) {
      if (!(share.probability >= 0))
        throw std::invalid_argument("florin::testing: a probability is negative");
      sum += share.probability;
    }
    if (!(sum <= 1.0 + 1e-9))
      throw std::invalid_argument("florin::testing: the probabilities sum up to more than 1");
    const std::lock_guard lock(mutex_);
    mix_ = std::move(mix);
    randomness_ = Randomness(seed);
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    queue_.clear();
    mix_ = {};
  }

  Fault draw() {
    const std::lock_guard lock(mutex_);
    if (!queue_.empty()) {
      Fault fault = queue_.front();
      if (--queue_.front().times == 0) queue_.pop_front();
      return fault;
    }
    if (mix_.shares.empty()) return {};
    double point = randomness_.fraction();
    for (const FaultMix::Share& share : mix_.shares) {
      if (point < share.probability) return share.fault;
      point -= share.probability;
    }
    return {};
  }

 private:
  std::mutex mutex_;
  std::deque<Fault> queue_;
  FaultMix mix_;
  Randomness randomness_{0};
};

class Connection;

/// What all connections of a sandbox share.
struct ServerState {
  explicit ServerState(Processor processor) : engine(std::move(processor)) {}

  void log(ReceivedRequest request) {
    {
      const std::lock_guard lock(mutex);
      ++requests;
      if (received.size() == log_limit && log_limit != 0) received.pop_front();
      if (log_limit != 0) received.push_back(std::move(request));
    }
    arrived.notify_all();
  }

  Engine engine;
  FaultPlan faults;
  TlsContextPointer tls;
  std::chrono::seconds keep_alive{60};
  std::size_t max_body = 1 << 20;
  std::size_t log_limit = 256;
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> handshakes{0};
  std::atomic<std::uint64_t> resumptions{0};
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<ReceivedRequest> received;
  std::unordered_set<Connection*> connections;
};

}  // namespace florin::testing::detail
