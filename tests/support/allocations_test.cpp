// SPDX-License-Identifier: Apache-2.0
#include "support/allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(allocations, *florin_test::not_under_tsan(florin_test::allocates))

using florin_test::AllocationCount;
using florin_test::AllocationFailure;
using florin_test::Allocations;
using florin_test::FreedMemoryWatch;

BOOST_AUTO_TEST_CASE(counts_every_kind_of_allocation) {
  struct alignas(64) Aligned {
    char bytes[64];
  };
  const AllocationCount count;
  const auto object = std::make_unique<std::vector<int>>(7);
  BOOST_TEST(count.value() == 2U);
  const auto array = std::make_unique<char[]>(100);
  BOOST_TEST(count.value() == 3U);
  const auto aligned = std::make_unique<Aligned>();
  BOOST_TEST(count.value() == 4U);
  BOOST_TEST(object->size() + static_cast<std::size_t>(array[0] + aligned->bytes[0]) == 7U);
}

BOOST_AUTO_TEST_CASE(sees_what_freed_memory_held) {
  constexpr std::string_view marker = "a marker that nothing else has";
  const FreedMemoryWatch watch{marker};
  { const std::string other{"something else, long enough for the heap"}; }
  BOOST_TEST(!watch.seen());
  { const std::string held = "before " + std::string{marker} + " behind"; }
  BOOST_TEST(watch.seen());
}

BOOST_AUTO_TEST_CASE(fails_when_it_is_told_to) {
  const auto allocate = [] { return std::make_unique<int>(1) != nullptr; };
  {
    AllocationFailure failure{1, Allocations::of_this_thread, 2};
    const bool first = allocate();
    bool second = false;
    bool third = false;
    try {
      second = allocate();
    } catch (const std::bad_alloc&) {
    }
    const auto no_third = std::unique_ptr<int>{new (std::nothrow) int{3}};
    third = no_third != nullptr;
    const bool fourth = allocate();
    failure.stop();
    BOOST_TEST(first);
    BOOST_TEST(!second);
    BOOST_TEST(!third);
    BOOST_TEST(fourth);
    BOOST_TEST(failure.happened());
  }
  BOOST_TEST(allocate());
}

BOOST_AUTO_TEST_CASE(fails_for_the_threads_that_are_meant) {
  const auto elsewhere = [](Allocations whose) {
    bool failed = false;
    std::promise<void> ready;
    std::promise<void> go;
    std::thread other{[&] {
      ready.set_value();
      go.get_future().wait();
      const auto none = std::unique_ptr<int>{new (std::nothrow) int{3}};
      failed = none == nullptr;
    }};
    ready.get_future().wait();
    auto release = [&go] { go.set_value(); };
    AllocationFailure failure{0, whose, static_cast<std::size_t>(-1)};
    release();
    other.join();
    failure.stop();
    return failed;
  };
  BOOST_TEST(!elsewhere(Allocations::of_this_thread));
  BOOST_TEST(elsewhere(Allocations::of_every_thread));
}

BOOST_AUTO_TEST_SUITE_END()
