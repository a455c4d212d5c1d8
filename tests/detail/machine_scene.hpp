// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_machine.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine_of.hpp"

namespace florin_test {

namespace net = florin::net;
using namespace std::chrono_literals;
using boost::system::error_code;
using florin::Errc;
using florin::Origin;
using florin::Outcome;
using florin::Phase;

inline std::string http_text(int status, std::string_view body, std::string_view headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

/// A machine in the hands of a test, which is its driver.
template <class P>
struct MachineScene {
  struct Observer {
    std::vector<florin::PhaseEvent> phases;
    std::vector<florin::CallEvent> calls;
    void on_phase(const florin::PhaseEvent& event) { phases.push_back(event); }
    void on_call(const florin::CallEvent& event) { calls.push_back(event); }
  };
  struct Waiter final : florin::detail::TokenCache::Waiter {
    int woken = 0;
    void wake() noexcept override { ++woken; }
  };
  using Machine = MachineOf<P>;
  using Step = florin::detail::CallMachine::Step;

  Observer observer;
  Machine machine;
  Waiter waiter;
  net::TimePoint now{1000h};
  std::string sent;  ///< the last request

  explicit MachineScene(typename P::Credentials whose, florin::detail::TokenCache* shared = nullptr)
      : machine(std::move(whose), shared) {}

  void begin(florin::RetryOptions retry = {}, std::uint32_t seed = 1) {
    const florin::CreateRequest request{
        .merchant_customer_id = "m-1", .email = "a@b.test", .name = "Ana Example"};
    machine.begin(request, retry, observer, seed);
    machine.launch(net::saturated(now, 100s), now);
  }
  void expect(Step step) {
    BOOST_TEST_REQUIRE(static_cast<int>(machine.step()) == static_cast<int>(step));
  }
  void seek() {
    expect(Step::seek_token);
    machine.seek_token(waiter, now);
  }
  /// Gets a connection: an idle one, or one that is established now.
  void acquire(bool pooled = true) {
    expect(Step::acquire);
    machine.acquired(pooled, now);
    if (pooled) return;
    expect(Step::establish);
    net::EstablishResult result;
    machine.established(result, now);
  }
  void write() {
    sent.clear();
    while (machine.step() == Step::write) {
      sent += machine.unsent();
      machine.written({}, machine.unsent().size(), now);
    }
  }
  /// Sends the request and gets `answer`, then `ec`.
  void exchange(std::string_view answer, error_code ec = {}) {
    write();
    expect(Step::read);
    const auto room = machine.room();
    std::memcpy(room.data(), answer.data(), answer.size());
    machine.received(ec, answer.size(), now);
  }
  /// Sends the request and loses the connection.
  void lose() { exchange("", boost::asio::error::connection_reset); }
  void release(bool reusable) {
    expect(Step::release);
    BOOST_TEST(machine.reusable() == reusable);
    machine.released();
  }
  void wait() {
    expect(Step::wait);
    now = std::max(now, machine.wake_time());
    machine.waited({}, now);
  }
  florin::Result<florin::CreateResponse> answer() {
    expect(Step::done);
    return machine.answer();
  }
  florin::Error error() {
    const auto result = answer();
    BOOST_TEST_REQUIRE(result.has_error());
    return result.error();
  }
  [[nodiscard]] auto told(Phase phase) const {
    return std::count_if(observer.phases.begin(), observer.phases.end(),
                         [phase](const auto& event) { return event.phase == phase; });
  }
};

}  // namespace florin_test
