// SPDX-License-Identifier: Apache-2.0
#include <florin/net/detail/thread.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <future>
#include <memory>
#include <pthread.h>
#include <signal.h>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(net_detail_thread)
namespace {

using florin::net::detail::start_thread;

::sigset_t mask_of_this_thread() {
  ::sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return mask;
}

}  // namespace

BOOST_AUTO_TEST_CASE(runs_with_every_signal_blocked_but_those_of_faults) {
  const auto before = mask_of_this_thread();
  std::promise<::sigset_t> inside;
  BOOST_REQUIRE(start_thread([&inside] { inside.set_value(mask_of_this_thread()); }));
  const auto mask = inside.get_future().get();
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2, SIGCHLD, SIGPIPE,
                           SIGPROF, SIGIO, SIGABRT})
    BOOST_TEST(::sigismember(&mask, signal) == 1);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    BOOST_TEST(::sigismember(&mask, fault) == 0);
  const auto after = mask_of_this_thread();
  for (int signal = 1; signal < 32; ++signal)
    BOOST_TEST(::sigismember(&before, signal) == ::sigismember(&after, signal));
}

BOOST_AUTO_TEST_CASE(takes_what_can_only_be_moved_and_destroys_it) {
  const auto watched = std::make_shared<std::promise<int>>();
  auto answer = watched->get_future();
  BOOST_REQUIRE(start_thread(
      [mine = watched, value = std::make_unique<int>(7)] { mine->set_value(*value); }));
  BOOST_TEST(answer.get() == 7);
}

#if defined(__GLIBC__)
BOOST_AUTO_TEST_CASE(says_so_when_no_thread_can_be_had,
                     *florin_test::not_under_tsan(florin_test::forks)) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::pthread_attr_t attributes;  // of threads with more stack than there are addresses
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, std::size_t{1} << 50U);
    if (::pthread_setattr_default_np(&attributes) != 0) ::_exit(2);
    const auto before = mask_of_this_thread();
    if (start_thread([] {})) ::_exit(1);
    const auto after = mask_of_this_thread();
    ::_exit(::sigismember(&before, SIGTERM) == ::sigismember(&after, SIGTERM) ? 0 : 3);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 0);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
