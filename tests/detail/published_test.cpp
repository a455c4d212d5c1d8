// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/published.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(detail_published)
namespace {

using florin::detail::Published;

/// Counts those that there are.
struct Counted {
  explicit Counted(std::atomic<int>& there, int number) : count(&there), value(number) { ++*count; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    value = -1;
    --*count;
  }
  std::atomic<int>* count;
  int value;
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_replaced_goes_with_its_last_reader) {
  std::atomic<int> there{0};
  {
    Published<Counted> published{std::make_shared<const Counted>(there, 1)};
    auto held = published.get();
    BOOST_TEST(held->value == 1);
    published.set(std::make_shared<const Counted>(there, 2));
    BOOST_TEST(published.get()->value == 2);
    BOOST_TEST(held->value == 1);
    BOOST_TEST(there == 2);
    held.reset();
    BOOST_TEST(there == 1);
  }
  BOOST_TEST(there == 0);
}

BOOST_AUTO_TEST_CASE(without_memory_all_is_as_before) {
  std::atomic<int> there{0};
  Published<Counted> published{std::make_shared<const Counted>(there, 1)};
  auto next = std::make_shared<const Counted>(there, 2);
  bool thrown = false;
  florin_test::AllocationFailure failure{0};
  try {
    published.set(next);
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  failure.stop();
  BOOST_TEST(thrown == failure.happened());
  BOOST_TEST(published.get()->value == (thrown ? 1 : 2));
  published.set(std::move(next));
  BOOST_TEST(published.get()->value == 2);
}

BOOST_AUTO_TEST_CASE(readers_and_writers_wait_for_nobody) {
  std::atomic<int> there{0};
  std::atomic<int> wrong{0};
  {
    Published<Counted> published{std::make_shared<const Counted>(there, 0)};
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        while (!over) wrong += published.get()->value < 0 ? 1 : 0;
      });
      threads.emplace_back([&] {
        for (int i = 1; i < 2000; ++i) published.set(std::make_shared<const Counted>(there, i));
        over = true;
      });
    }
    for (auto& thread : threads) thread.join();
  }
  BOOST_TEST(wrong == 0);
  BOOST_TEST(there == 0);
}

BOOST_AUTO_TEST_SUITE_END()
