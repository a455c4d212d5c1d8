// SPDX-License-Identifier: Apache-2.0
// What the benchmark of all processors does, once: it is run too seldom to be relied on to work.
#include "benchmarks/support/example.hpp"

#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(benchmarks_example)

BOOST_AUTO_TEST_CASE(every_policy_has_one_that_allocates_nothing) {
  const auto check = []<class P>(const P*) {
    BOOST_TEST_CONTEXT(P::name) {
      florin_bench::Example<P> example;
      for (int i = 0; i < 3; ++i)
        BOOST_TEST((example.encode().has_value() && example.decode().has_value()));
      const florin_test::AllocationCount count;
      const bool encoded = example.encode().has_value();
      const bool decoded = example.decode().has_value();
      const std::size_t allocations = count.value();
      BOOST_TEST(encoded);
      BOOST_TEST(decoded);
      BOOST_TEST(allocations == 0U);
    }
  };
  [&]<class... P>(const std::tuple<P...>*) {
    (check(static_cast<const P*>(nullptr)), ...);
  }(static_cast<const florin::AllPolicies*>(nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
