// SPDX-License-Identifier: Apache-2.0
#include <florin/net/detail/lookups.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/sanitizers.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(net_detail_lookups)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using net::detail::Lookups;
using namespace std::chrono_literals;
using Code = boost::system::error_code;

/// The system's resolver as a test wants it: a name that begins with "dead" is not answered before
/// `release`, "full" finds no memory, all others are at 192.0.2.1.
class System {
 public:
  Lookups::Endpoints ask(const std::string& host, Code& ec) {
    std::unique_lock lock{mutex_};
    ++asked_[host];
    changed_.notify_all();
    if (host.starts_with("dead")) changed_.wait(lock, [this] { return released_; });
    if (host == "full") throw std::bad_alloc{};
    ec.clear();
    if (host.starts_with("dead")) ec = asio::error::host_not_found;
    return {{asio::ip::make_address("192.0.2.1"), 443}};
  }
  void wait_for(const std::string& host, std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return asked_[host] >= count; });
  }
  std::size_t asked(const std::string& host) {
    const std::scoped_lock lock{mutex_};
    return asked_[host];
  }
  void begin() {
    const std::scoped_lock lock{mutex_};
    asked_.clear();
    released_ = false;
  }
  void release() {
    const std::scoped_lock lock{mutex_};
    released_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::size_t> asked_;
  bool released_ = false;
};

const Code timed_out = boost::beast::error::timeout;

System& the_system() {
  static auto* const system = new System;  // its threads may be there at the end
  return *system;
}

}  // namespace

/// Lookups of a test's own, with no thread left at its end.
class Fixture {
 public:
  Fixture() { the_system().begin(); }
  ~Fixture() {
    the_system().release();
    while (lookups->threads() != 0) std::this_thread::sleep_for(1ms);
  }
  [[nodiscard]] Code resolve(const std::string& host, net::Clock::duration limit = 60s) const {
    Code ec;
    (void)lookups->resolve(host, "443", net::Clock::now() + limit, ec);
    return ec;
  }
  std::unique_ptr<Lookups> lookups =
      std::make_unique<Lookups>([](const std::string& host, const std::string&,
                                   Code& ec) { return the_system().ask(host, ec); },
                                1ms);
};

BOOST_FIXTURE_TEST_CASE(finds_and_does_not_find, Fixture) {
  Code ec;
  const auto found = lookups->resolve("healthy", "443", net::never, ec);
  BOOST_TEST(!ec);
  BOOST_TEST(found.size() == 1U);
  the_system().release();
  BOOST_TEST(resolve("dead") == Code{asio::error::host_not_found});
}

BOOST_FIXTURE_TEST_CASE(who_asks_for_the_same_name_at_the_same_time_shares_one_lookup, Fixture) {
  std::vector<std::future<Code>> answers;
  for (int i = 0; i < 20; ++i)
    answers.push_back(std::async(std::launch::async, [this] { return resolve("dead"); }));
  the_system().wait_for("dead", 1);
  BOOST_TEST(resolve("dead", 10ms) == timed_out);
  BOOST_TEST(lookups->threads() == 1U);
  the_system().release();
  for (auto& answer : answers) BOOST_TEST(answer.get() == Code{asio::error::host_not_found});
  BOOST_TEST(resolve("healthy") == Code{});
}

BOOST_FIXTURE_TEST_CASE(dead_names_do_not_keep_a_healthy_one_waiting, Fixture) {
  std::vector<std::future<Code>> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(std::async(std::launch::async,
                                 [this, i] { return resolve("dead" + std::to_string(i), 100ms); }));
  }
  for (auto& answer : answers) BOOST_TEST(answer.get() == timed_out);
  BOOST_TEST(resolve("healthy") == Code{});
  std::size_t begun = 0;
  for (int i = 0; i < 20; ++i) begun += the_system().asked("dead" + std::to_string(i));
  BOOST_TEST(begun <= Lookups::most_threads);
  BOOST_TEST(lookups->threads() <= Lookups::most_threads);
}

BOOST_FIXTURE_TEST_CASE(what_everybody_has_walked_away_from_is_skipped, Fixture) {
  std::vector<std::future<Code>> busy;
  for (std::size_t i = 0; i < Lookups::most_awaited; ++i) {
    const auto name = "dead" + std::to_string(i);
    busy.push_back(std::async(std::launch::async, [this, name] { return resolve(name); }));
    the_system().wait_for(name, 1);
  }
  BOOST_TEST(resolve("abandoned", 20ms) == timed_out);
  auto waiting = std::async(std::launch::async, [this] { return resolve("healthy"); });
  the_system().release();
  BOOST_TEST(waiting.get() == Code{});
  for (auto& answer : busy) (void)answer.get();
  BOOST_TEST(the_system().asked("abandoned") == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_exception_is_an_error_of_those_who_wait, Fixture) {
  BOOST_TEST(resolve("full") == Code{asio::error::no_memory});
  BOOST_TEST(net::is_out_of_resources(resolve("full")));
  BOOST_TEST(resolve("healthy") == Code{});
}

BOOST_FIXTURE_TEST_CASE(a_child_has_lookups_of_its_own_and_leaves_the_parents_alone, Fixture) {
  struct Parents final : Lookups::Waiter {
    void wake() noexcept override {}
  } waiter;
  lookups->join(waiter, "dead", "443", nullptr);
  auto& ours = net::detail::lookups();
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    lookups->leave(waiter);  // a thread that is not here might hold the lock
    Code ec;
    Lookups::Endpoints found(1);
    if (!FLORIN_TEST_TSAN)
      found = net::detail::lookups().resolve("localhost", "443", net::never, ec);
    ::_exit(&net::detail::lookups() == &ours ? 1 : ec || found.empty() ? 2 : 0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  lookups->leave(waiter);
  BOOST_TEST(!waiter.done());
}

#if !FLORIN_TEST_UBSAN
BOOST_AUTO_TEST_CASE(a_lookup_without_descriptors_does_not_call_the_name_unknown,
                     *florin_test::not_under_tsan(florin_test::forks)) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    const ::rlimit none{0, 0};
    if (::setrlimit(RLIMIT_NOFILE, &none) != 0) ::_exit(3);
    Code ec;
    (void)net::detail::lookups().resolve("a-name.test", "443", net::never, ec);
    ::_exit(ec == Code{EMFILE, boost::system::system_category()} ? 0 : ec ? 1 : 2);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
}
#endif

#if defined(__GLIBC__)
BOOST_AUTO_TEST_CASE(is_an_error_when_no_thread_can_be_had,
                     *florin_test::not_under_tsan(florin_test::forks)) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    ::pthread_attr_t attributes;  // of threads with more stack than there are addresses
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, std::size_t{1} << 50U);
    if (::pthread_setattr_default_np(&attributes) != 0) ::_exit(2);
    Code ec;
    (void)net::detail::lookups().resolve("localhost", "443", net::never, ec);
    ::_exit(net::is_out_of_resources(ec) ? 0 : 1);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
