// SPDX-License-Identifier: Apache-2.0
#include <florin/net/detail/fork_hold.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "forked_child.hpp"
#include "support/skipped.hpp"

/// Who forks waits for those that hold forks up.
BOOST_AUTO_TEST_SUITE(net_fork_hold, *florin_test::not_under_tsan(florin_test::forks))
namespace {

using namespace std::chrono_literals;
using florin::net::detail::ForkHold;
using florin_test::ForkedChild;
using std::string;

/// A thread that does something, and has begun.
class Beside {
 public:
  template <class Work>
  explicit Beside(Work work)
      : thread_{[this, work] {
          work([this] { begun_ = true; });
          ended_ = true;
        }} {
    while (!begun_) std::this_thread::sleep_for(1ms);
  }
  ~Beside() { thread_.join(); }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::atomic<bool> begun_{false};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

/// Whether `work`, which would wait for a second if it waited, does so forty times without waiting:
/// in a child, which has less time than that.
template <class Work>
bool never_waits(Work work) {
  ForkedChild child{[&] {
                      for (int i = 0; i < 40; ++i) work();
                      return string{"done"};
                    },
                    30s};
  return child.words() == "done";
}
void fork_once() {
  ForkedChild{[] { return string{}; }};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_fork_waits_for_those_of_other_threads) {
  const Beside other{[](auto begun) {
    const ForkHold hold;
    const ForkHold again;
    begun();
    std::this_thread::sleep_for(50ms);
  }};
  ForkedChild child{[&] { return string{other.ended() ? "after" : "before"}; }};
  BOOST_TEST(child.words() == "after");
}

BOOST_AUTO_TEST_CASE(its_own_thread_may_fork_and_its_child_may_have_more) {
  const auto hold_and_fork = [] {
    const ForkHold more;
    fork_once();
  };
  BOOST_TEST(never_waits(hold_and_fork));
  const ForkHold hold;
  BOOST_TEST(never_waits(hold_and_fork));
}

BOOST_AUTO_TEST_CASE(behind_a_fork_parent_and_child_may_have_more) {
  BOOST_TEST(never_waits([] {
    fork_once();
    const ForkHold of_the_parent;
  }));
  BOOST_TEST(never_waits([] {
    ForkedChild{[] {
      const ForkHold of_the_child;
      return string{};
    }};
  }));
}

BOOST_AUTO_TEST_CASE(no_fork_waits_for_one_that_has_a_break) {
  BOOST_TEST(never_waits([] {
    std::atomic<bool> stop{false};
    const Beside other{[&](auto begun) {
      const ForkHold hold;
      const ForkHold::Break waits;
      begun();
      while (!stop) std::this_thread::sleep_for(1ms);
    }};
    fork_once();
    stop = true;
  }));
}

BOOST_AUTO_TEST_CASE(behind_a_break_it_holds_forks_up_again) {
  const Beside other{[](auto begun) {
    const ForkHold hold;
    { const ForkHold::Break waits; }
    begun();
    std::this_thread::sleep_for(50ms);
  }};
  ForkedChild child{[&] { return string{other.ended() ? "after" : "before"}; }};
  BOOST_TEST(child.words() == "after");
  // Without one there is nothing to break.
  const ForkHold::Break nothing;
  ForkedChild later{[] { return string{"forked"}; }};
  BOOST_TEST(later.words() == "forked");
}

BOOST_AUTO_TEST_CASE(a_fork_does_not_wait_for_ever) {
  std::atomic<bool> stop{false};
  const Beside other{[&](auto begun) {
    const ForkHold hold;
    begun();
    while (!stop) std::this_thread::sleep_for(1ms);
  }};
  // What the parent's thread has, its children have not.
  BOOST_TEST(never_waits(fork_once));
  stop = true;
}

BOOST_AUTO_TEST_CASE(threads_that_fork_and_threads_that_hold_do_not_stop_each_other) {
  std::atomic<bool> stop{false};
  std::atomic<int> held{0};
  const auto holding = [&](auto begun) {
    begun();
    while (!stop) {
      const ForkHold hold;
      ++held;
    }
  };
  const auto forking = [](auto begun) {
    begun();
    for (int i = 0; i < 20; ++i) {
      ForkedChild child{[] { return string{"forked"}; }};
      if (child.words() != "forked") std::abort();
    }
  };
  {
    const Beside one{holding};
    const Beside two{holding};
    {
      const Beside three{forking};
      const Beside four{forking};
    }
    stop = true;
  }
  BOOST_TEST(held > 0);
}

BOOST_AUTO_TEST_SUITE_END()
