// SPDX-License-Identifier: Apache-2.0
#include <florin/net/detail/fork.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>

#include <sys/wait.h>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(net_fork)
namespace {

using florin::net::detail::PerProcess;
using florin::net::detail::process_number;

/// The exit code of a child that runs `work`.
template <class Work>
int in_child(Work work) {
  const auto child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct Counted {
  int number;
  int* destroyed;
  ~Counted() { ++*destroyed; }
};

BOOST_AUTO_TEST_CASE(a_child_and_its_child_have_other_numbers) {
  const unsigned mine = process_number();
  BOOST_TEST(process_number() == mine);
  BOOST_TEST(in_child([&] {
               const unsigned child = process_number();
               if (child == mine) return 1;
               return in_child(
                   [&] { return process_number() == mine || process_number() == child ? 1 : 0; });
             }) == 0);
  BOOST_TEST(process_number() == mine);
}

BOOST_AUTO_TEST_CASE(one_is_made_and_kept) {
  int destroyed = 0;
  int made = 0;
  {
    PerProcess<Counted> held;
    BOOST_TEST((held.find() == nullptr));
    const auto make = [&](Counted* inherited) {
      BOOST_TEST((inherited == nullptr));
      return std::make_unique<Counted>(++made, &destroyed);
    };
    BOOST_TEST(held.get(make).number == 1);
    BOOST_TEST(held.get(make).number == 1);
    BOOST_TEST((held.find() != nullptr));
  }
  BOOST_TEST(made == 1);
  BOOST_TEST(destroyed == 1);
}

BOOST_AUTO_TEST_CASE(a_child_makes_its_own_and_leaves_the_inherited_one_alone) {
  int destroyed = 0;
  auto held = std::make_unique<PerProcess<Counted>>();
  const auto first = [&](Counted*) { return std::make_unique<Counted>(1, &destroyed); };
  Counted* const mine = &held->get(first);
  BOOST_TEST(in_child([&] {
               if (held->find() != nullptr) return 1;
               const auto own = [&](Counted* inherited) {
                 return std::make_unique<Counted>(inherited == mine ? 2 : 3, &destroyed);
               };
               if (held->get(own).number != 2) return 2;
               if (held->find() == mine) return 3;
               held.reset();
               return destroyed == 1 ? 0 : 4;  // the child's alone
             }) == 0);
  BOOST_TEST(held->find() == mine);
  BOOST_TEST(destroyed == 0);
}

BOOST_AUTO_TEST_CASE(a_child_that_made_none_destroys_none) {
  int destroyed = 0;
  auto held = std::make_unique<PerProcess<Counted>>();
  (void)held->get([&](Counted*) { return std::make_unique<Counted>(1, &destroyed); });
  BOOST_TEST(in_child([&] {
               held.reset();
               return destroyed;
             }) == 0);
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
