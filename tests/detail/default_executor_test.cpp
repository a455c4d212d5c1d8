// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/default_executor.hpp>
#include <florin/net/error.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <future>
#include <mutex>
#include <pthread.h>
#include <set>
#include <signal.h>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/sanitizers.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(detail_default_executor)
namespace {

namespace asio = boost::asio;
using florin::detail::default_executor;
using Code = boost::system::error_code;

/// How the child ends in which `body` is run; 0: well.
template <class Body>
int in_a_child(Body body) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    ::_exit(body());
  }
  int status = 0;
  BOOST_TEST_REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

BOOST_AUTO_TEST_CASE(runs_on_a_few_threads_with_their_signals_blocked) {
  Code ec;
  const auto executor = default_executor(ec);
  BOOST_TEST_REQUIRE(!ec);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  bool blocked = true;
  std::vector<std::future<void>> runs;
  for (int i = 0; i < 200; ++i) {
    runs.push_back(asio::post(executor, asio::use_future([&] {
                                ::sigset_t mask;
                                ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
                                const std::scoped_lock lock{mutex};
                                threads.insert(std::this_thread::get_id());
                                for (const int signal : {SIGTERM, SIGALRM, SIGUSR1})
                                  blocked = blocked && ::sigismember(&mask, signal) == 1;
                              })));
  }
  for (auto& run : runs) run.get();
  BOOST_TEST(threads.size() <= 2U);
  BOOST_TEST(blocked);
  BOOST_TEST((default_executor(ec) == executor));
}

BOOST_AUTO_TEST_CASE(a_child_has_its_own, *florin_test::not_under_tsan(florin_test::forks)) {
  Code ec;
  const auto parents = default_executor(ec);
  BOOST_TEST_REQUIRE(!ec);
  BOOST_TEST(in_a_child([&] {
               const auto executor = default_executor(ec);
               if (ec || executor == parents) return 1;
               return asio::post(executor, asio::use_future([] { return 0; })).get();
             }) == 0);
}

#if !FLORIN_TEST_UBSAN
BOOST_AUTO_TEST_CASE(want_of_descriptors_is_an_error_and_may_pass,
                     *florin_test::not_under_tsan(florin_test::forks)) {
  BOOST_TEST(in_a_child([] {
               ::rlimit limit{};
               ::getrlimit(RLIMIT_NOFILE, &limit);
               const auto usual = limit.rlim_cur;
               limit.rlim_cur = 0;
               ::setrlimit(RLIMIT_NOFILE, &limit);
               Code ec;
               if (default_executor(ec) || !florin::net::is_out_of_resources(ec)) return 1;
               limit.rlim_cur = usual;
               ::setrlimit(RLIMIT_NOFILE, &limit);
               return default_executor(ec) && !ec ? 0 : 2;
             }) == 0);
}
#endif

#if defined(__GLIBC__)
BOOST_AUTO_TEST_CASE(want_of_threads_is_an_error,
                     *florin_test::not_under_tsan(florin_test::forks)) {
  BOOST_TEST(in_a_child([] {
               ::pthread_attr_t attributes;  // of threads with more stack than there are addresses
               ::pthread_attr_init(&attributes);
               ::pthread_attr_setstacksize(&attributes, std::size_t{1} << 50U);
               if (::pthread_setattr_default_np(&attributes) != 0) return 2;
               Code ec;
               return !default_executor(ec) && florin::net::is_out_of_resources(ec) ? 0 : 1;
             }) == 0);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
