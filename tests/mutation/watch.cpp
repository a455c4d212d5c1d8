// SPDX-License-Identifier: Apache-2.0
// What the unit test program has in addition when it holds mutants:
//   FLORIN_MUTANT        the number of the one that is switched on; the first failure then ends the
//   program FLORIN_MUTANT_CASES  a file; only the cases whose full names stand in it, one a line,
//   are run FLORIN_MUTANT_TRACE  a file; gets a line for each case: its name, `pass` or `fail`, its
//                        duration in microseconds and the mutants that it reaches
#include <boost/test/results_collector.hpp>
#include <boost/test/tree/observer.hpp>
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutation/switch.hpp>
#include <set>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace mutation {

unsigned chosen = 0;
alignas(1U << 16) unsigned char reached[most_mutants];

namespace {

// Children that a case forks reach mutants for it.
[[gnu::constructor(101)]] void set_up() {
  if (::mmap(reached, most_mutants, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
             -1, 0) == MAP_FAILED)
    std::abort();
  if (const char* number = std::getenv("FLORIN_MUTANT"))
    chosen = static_cast<unsigned>(std::atoi(number));
}

namespace ut = boost::unit_test;

class Watch : public ut::test_observer {
 public:
  Watch() {
    if (const char* file = std::getenv("FLORIN_MUTANT_TRACE")) trace_.open(file);
    ut::framework::register_observer(*this);
  }

  void test_start(ut::counter_t, ut::test_unit_id root) override {
    const char* const file = std::getenv("FLORIN_MUTANT_CASES");
    if (file == nullptr) return;
    struct Visitor : ut::test_tree_visitor {
      void visit(const ut::test_case& unit) override {
        if (!names.contains(unit.full_name()))
          ut::framework::get<ut::test_case>(unit.p_id).p_run_status.value =
              ut::test_unit::RS_DISABLED;
      }
      std::set<std::string> names;
    } visitor;
    std::ifstream lines{file};
    for (std::string name; std::getline(lines, name);) visitor.names.insert(name);
    ut::traverse_test_tree(root, visitor);
  }
  void test_unit_start(const ut::test_unit& unit) override {
    if (unit.p_type != ut::TUT_CASE) return;
    std::memset(reached, 0, sizeof reached);
    begun_ = std::chrono::steady_clock::now();
  }
  void test_unit_finish(const ut::test_unit& unit, unsigned long) override {
    if (unit.p_type != ut::TUT_CASE) return;
    using std::chrono::microseconds;
    const auto lasted = std::chrono::steady_clock::now() - begun_;
    const auto& results = ut::results_collector.results(unit.p_id);
    const bool passed =
        results.passed() && results.p_assertions_passed + results.p_assertions_failed != 0;
    if (trace_.is_open()) {
      trace_ << unit.full_name() << '\t' << (passed ? "pass" : "fail") << '\t'
             << std::chrono::duration_cast<microseconds>(lasted).count() << '\t';
      for (unsigned i = 0; i < most_mutants; ++i)
        if (reached[i] != 0) trace_ << i << ' ';
      trace_ << std::endl;
    }
    if (passed || chosen == 0) return;
    std::printf("@killed %s\n", unit.full_name().c_str());
    std::fflush(stdout);
    ::_exit(99);
  }

 private:
  std::ofstream trace_;
  std::chrono::steady_clock::time_point begun_;
} watch;

}  // namespace
}  // namespace mutation
