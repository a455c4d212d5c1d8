// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/detail/pending_calls.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

/// Those that are under way, and who ends them.
BOOST_AUTO_TEST_SUITE(detail_pending_calls)
namespace {

using florin::detail::PendingCalls;

struct Member : PendingCalls::Member {};

}  // namespace

BOOST_AUTO_TEST_CASE(calls_may_end_while_all_are_cancelled) {
  PendingCalls pending;
  std::atomic<bool> stop{false};
  std::thread calls{[&] {
    Member member;
    while (!stop) {
      static_cast<void>(pending.enter(member, member.watch()->enter(), nullptr));
      pending.leave(member);
    }
  }};
  for (int i = 0; i < 20'000; ++i) pending.cancel_all();
  stop = true;
  calls.join();
  BOOST_TEST(pending.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
