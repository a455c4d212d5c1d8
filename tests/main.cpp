// SPDX-License-Identifier: Apache-2.0
// The test program: plain Boost.Test with all its options. tests/support/run_unit.py drives it by
// environment variables, so that it can show each case as it happens and go on after a crash:
//   FLORIN_TEST_EVENTS  set: one `@florin EVENT NAME` line on standard output per event
//   FLORIN_TEST_FILTER  a glob; only cases whose full name (`suite/case`) matches are run
//   FLORIN_TEST_EXCEPT  a file; the cases whose full names stand in it, one a line, are not run
//   FLORIN_TEST_PART    `I/N`: only every Nth case, from the Ith one on; such parts share the work
#include <boost/test/results_collector.hpp>
#include <boost/test/tree/observer.hpp>
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fnmatch.h>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

#include "support/allocations.hpp"

#if FLORIN_TEST_TSAN
/// OpenSSL is not instrumented: the atomics that guard what its certificates cache are not seen,
/// but the memory functions that it calls are.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libcrypto.so\ncalled_from_lib:libssl.so\n";
}
#endif

namespace {

namespace ut = boost::unit_test;

// Calls a function with each case that is to run.
template <class F>
void for_each_case(ut::test_unit_id root, F f) {
  struct Visitor : ut::test_tree_visitor {
    explicit Visitor(F& function) : f{function} {}
    void visit(const ut::test_case& unit) override {
      f(ut::framework::get<ut::test_case>(unit.p_id));
    }
    F& f;
  };
  Visitor visitor{f};
  ut::traverse_test_tree(root, visitor);
}

// Its priority, the lowest of all, makes it the last to be told that a case has finished.
class Events : public ut::test_observer {
 public:
  Events() {
    if (const char* file = std::getenv("FLORIN_TEST_EXCEPT")) {
      std::ifstream lines{file};
      for (std::string name; std::getline(lines, name);) except_.insert(name);
    }
    if (const char* glob = std::getenv("FLORIN_TEST_FILTER")) filter_ = glob;
    if (const char* part = std::getenv("FLORIN_TEST_PART")) {
      char slash = 0;
      std::istringstream{part} >> part_ >> slash >> parts_;
    }
    tell_ = std::getenv("FLORIN_TEST_EVENTS") != nullptr;
  }

  // Data-driven cases exist only from here on, which is why they are not chosen any earlier.
  void test_start(ut::counter_t, ut::test_unit_id root) override {
    std::size_t count = 0;
    std::size_t number = 0;
    for_each_case(root, [&](ut::test_case& unit) {
      if (number++ % parts_ == part_ && chosen(unit.full_name())) {
        ++count;
      } else {
        unit.p_run_status.value = ut::test_unit::RS_DISABLED;
      }
    });
    say("plan", std::to_string(count));
  }

  void test_unit_start(const ut::test_unit& unit) override {
    if (unit.p_type != ut::TUT_CASE) return;
#if FLORIN_TEST_TSAN
    florin_test::lacks_allocations = false;
#endif
    say("start", unit.full_name());
  }

  void test_unit_finish(const ut::test_unit& unit, unsigned long) override {
    if (unit.p_type != ut::TUT_CASE) return;
    const auto& results = ut::results_collector.results(unit.p_id);
    const bool idle = results.p_assertions_passed + results.p_assertions_failed == 0;
    if (idle && results.passed()) std::cout << "the case checked nothing\n";
#if FLORIN_TEST_TSAN
    if (florin_test::lacks_allocations && results.passed() && !idle)
      return say("skip", unit.full_name() + "\tThreadSanitizer: allocations are not counted");
#endif
    say(results.passed() && !idle ? "pass" : "fail", unit.full_name());
  }

  void test_unit_skipped(const ut::test_unit& unit, ut::const_string reason) override {
    for_each_case(unit.p_id, [&](const ut::test_case& skipped) {
      say("skip", skipped.full_name() + "\t" + std::string{reason.begin(), reason.end()});
    });
  }

 private:
  bool chosen(const std::string& name) const {
    return !except_.contains(name) &&
           (filter_.empty() || ::fnmatch(filter_.c_str(), name.c_str(), 0) == 0);
  }

  void say(const char* event, const std::string& name) const {
    if (tell_) std::cout << "@florin " << event << ' ' << name << std::endl;
  }

  std::set<std::string> except_;
  std::string filter_;
  std::size_t part_ = 0;
  std::size_t parts_ = 1;
  bool tell_ = false;
};

bool set_up() {
  static Events events;
  ut::framework::master_test_suite().p_name.value = "florin";
  ut::framework::register_observer(events);
  return true;
}

}  // namespace

int main(int argc, char* argv[]) {
  return ut::unit_test_main(&set_up, argc, argv);
}
