// SPDX-License-Identifier: Apache-2.0
#include "support/allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using florin_test::AllocationCount;
using florin_test::FreedMemoryWatch;

BOOST_AUTO_TEST_SUITE(allocations)

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

BOOST_AUTO_TEST_SUITE_END()
