// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/detail/pending_calls.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

/// Those that are under way, and who ends them.
BOOST_AUTO_TEST_SUITE(detail_pending_calls)
namespace {

using florin::detail::PendingCalls;

struct Member : PendingCalls::Member {};

}  // namespace

BOOST_AUTO_TEST_CASE(all_know_before_any_ends) {
  PendingCalls pending;
  Member first;
  Member second;
  int told = 0;
  const auto watch = [&](Member& one, Member& other) {
    one.watch()->establishment.slot().assign([&](boost::asio::cancellation_type) {
      BOOST_TEST(other.watch()->cancelled);
      ++told;
    });
    BOOST_TEST((pending.enter(one, one.watch()->enter(), nullptr) == PendingCalls::Entry::begun));
  };
  watch(first, second);
  watch(second, first);
  pending.cancel_all();
  BOOST_TEST(told == 2);
  pending.leave(first);
  pending.leave(second);
}

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
  for (int i = 0; i < 200'000; ++i) pending.cancel_all();
  stop = true;
  calls.join();
  BOOST_TEST(pending.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
