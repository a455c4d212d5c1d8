// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/test/tools/assertion_result.hpp>
#include <boost/test/tree/decorator.hpp>
#include <boost/test/tree/test_unit.hpp>

#include "support/sanitizers.hpp"

namespace florin_test {

/// What a case or a suite is skipped by, which is told with the reason:
/// `BOOST_AUTO_TEST_CASE(name, *florin_test::skipped_if(condition, "..."))`.
inline boost::unit_test::decorator::precondition skipped_if(bool condition, const char* reason) {
  return boost::unit_test::decorator::precondition{
      [condition, reason](boost::unit_test::test_unit_id) {
        boost::test_tools::assertion_result runs{!condition};
        runs.message() << reason;
        return runs;
      }};
}
/// The same under ThreadSanitizer.
inline boost::unit_test::decorator::precondition not_under_tsan(const char* reason) {
  return skipped_if(FLORIN_TEST_TSAN == 1, reason);
}

/// Why a case that forks is skipped.
inline constexpr const char* forks =
    "ThreadSanitizer lets no child of a process with threads start any";
/// Why a case that counts allocations, or has them fail, is skipped.
inline constexpr const char* allocates = "ThreadSanitizer's operator new cannot be replaced";
/// Why a case that searches the memory of the process is skipped.
inline constexpr const char* searches = "the sanitizers keep copies of their own";

}  // namespace florin_test
