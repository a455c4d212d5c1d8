// SPDX-License-Identifier: Apache-2.0
#include <florin/net/deadline.hpp>
#include <florin/net/detail/fetched.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/janitor.hpp>
#include <florin/net/detail/openssl.hpp>
#include <florin/net/detail/tls_session.hpp>
#include <florin/net/tls.hpp>
#include <florin/wire/signature.hpp>

#include <boost/system/error_code.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <iterator>
#include <memory>
#include <pthread.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "forked_child.hpp"
#include "own_program.hpp"
#include "support/skipped.hpp"

/// Functions of others that this program calls through here, so that a thread can be held before
/// one for as long as a case likes.
namespace florin_test::first_use_fork {

using AtFork = void (*)();

/// The name of the function before which the next thread is held; null: none.
inline std::atomic<const char*> holds{nullptr};
inline std::atomic<bool> is_held{false};
inline std::atomic<bool> released{false};
inline std::atomic<bool> refuses_handlers{false};
inline std::atomic<int> freed_methods{0};
inline std::atomic<int> freed_algorithms{0};

inline void pass(const char* name) {
  const char* wanted = holds.load();
  if (wanted == nullptr || std::strcmp(wanted, name) != 0) return;
  if (!holds.compare_exchange_strong(wanted, nullptr)) return;
  is_held = true;
  while (!released) std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

/// The function that the one of the same name in this file stands before.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace florin_test::first_use_fork

extern "C" int OPENSSL_init_ssl(std::uint64_t options, const OPENSSL_INIT_SETTINGS* settings) {
  using namespace florin_test::first_use_fork;
  pass("OPENSSL_init_ssl");
  return real<decltype(OPENSSL_init_ssl)>("OPENSSL_init_ssl")(options, settings);
}

extern "C" EVP_MAC* EVP_MAC_fetch(OSSL_LIB_CTX* library, const char* name, const char* wanted) {
  using namespace florin_test::first_use_fork;
  pass("EVP_MAC_fetch");
  return real<decltype(EVP_MAC_fetch)>("EVP_MAC_fetch")(library, name, wanted);
}

extern "C" void EVP_MAC_free(EVP_MAC* algorithm) {
  using namespace florin_test::first_use_fork;
  ++freed_algorithms;
  real<decltype(EVP_MAC_free)>("EVP_MAC_free")(algorithm);
}

extern "C" BIO_METHOD* BIO_meth_new(int type, const char* name) {
  using namespace florin_test::first_use_fork;
  pass("BIO_meth_new");
  return real<decltype(BIO_meth_new)>("BIO_meth_new")(type, name);
}

extern "C" void BIO_meth_free(BIO_METHOD* method) {
  using namespace florin_test::first_use_fork;
  ++freed_methods;
  real<decltype(BIO_meth_free)>("BIO_meth_free")(method);
}

#ifdef __GLIBC__
extern "C" int pthread_atfork(florin_test::first_use_fork::AtFork prepare,
                              florin_test::first_use_fork::AtFork parent,
                              florin_test::first_use_fork::AtFork child) noexcept {
  using namespace florin_test::first_use_fork;
  if (refuses_handlers) return ENOMEM;
  pass("pthread_atfork");
  // What glibc's own, which is not in the shared library, calls.
  return real<int(AtFork, AtFork, AtFork, void*)>("__register_atfork")(prepare, parent, child,
                                                                       nullptr);
}
#endif

BOOST_AUTO_TEST_SUITE(net_first_use_fork, *florin_test::not_under_tsan(florin_test::forks))
namespace {

using namespace florin_test;
using namespace florin_test::first_use_fork;
using namespace std::chrono_literals;
using florin::net::TlsContext;
using florin::net::detail::initialise_openssl;
using florin::net::detail::openssl_is_initialised;
using florin::net::detail::process_number;
using florin::net::detail::TlsSession;
using std::string;

/// Runs the calling case in a program where nothing has been used, and sees whether it succeeds.
bool succeeds_in_own_program() {
  if (is_own_program()) return false;
  const int status = run_own_program();
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == own_program_ended);
  return true;
}

[[noreturn]] void end(bool good) {
  std::_Exit(good ? own_program_ended : 1);
}

/// A thread that uses something first, held before `function` until `join`.
class HeldThread {
 public:
  template <class Use>
  HeldThread(const char* function, Use use) {
    holds = function;
    thread_ = std::thread{std::move(use)};
    while (!is_held) std::this_thread::sleep_for(1ms);
  }
  void join() {
    released = true;
    thread_.join();
  }
  /// Lets it go on after a while.
  void release_in(std::chrono::milliseconds pause) {
    releasing_ = std::thread{[pause] {
      std::this_thread::sleep_for(pause);
      released = true;
    }};
  }
  ~HeldThread() {
    if (releasing_.joinable()) releasing_.join();
  }

 private:
  std::thread thread_;
  std::thread releasing_;
};

/// The number of the type of a fresh session's BIO; 0: there is none.
int type_of_session(const std::shared_ptr<TlsContext>& context) {
  boost::system::error_code ec;
  const TlsSession session{context, -1, "localhost", 443, ec};
  return ec ? 0 : BIO_method_type(SSL_get_rbio(session.ssl()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_child_initialises_openssl_while_a_thread_of_its_parents_does) {
  if (succeeds_in_own_program()) return;
  HeldThread thread{"OPENSSL_init_ssl", [] { initialise_openssl(); }};
  ForkedChild child{[] {
                      initialise_openssl();
                      return string{TlsContext::make_without_verification() ? "made" : "failed"};
                    },
                    10s};
  const bool good = child.words() == "made";
  if (good) thread.join();
  end(good && TlsContext::make_without_verification());
}

BOOST_AUTO_TEST_CASE(a_fork_waits_until_a_thread_has_initialised_openssl) {
  if (succeeds_in_own_program()) return;
  HeldThread thread{"OPENSSL_init_ssl", [] { initialise_openssl(); }};
  thread.release_in(50ms);
  // A child of an earlier fork would wait for ever for a lock of OpenSSL's, if not always.
  ForkedChild child{[] { return string{openssl_is_initialised ? "initialised" : "forked early"}; }};
  const bool good = child.words() == "initialised";
  thread.join();
  end(good);
}

BOOST_AUTO_TEST_CASE(a_child_signs_while_a_thread_of_its_parents_looks_the_algorithm_up) {
  if (succeeds_in_own_program()) return;
  const auto sign = [] {
    florin::wire::detail::HmacSha256 signature{"key"};
    signature.add("text");
    return signature.finish();
  };
  HeldThread thread{"EVP_MAC_fetch", [&] { sign(); }};
  ForkedChild child{[&] { return std::to_string(sign()[0]); }, 10s};
  const string words = child.words();
  thread.join();
  end(words == std::to_string(sign()[0]));
}

BOOST_AUTO_TEST_CASE(two_threads_that_look_an_algorithm_up_have_the_same) {
  if (succeeds_in_own_program()) return;
  using florin::net::detail::HmacAlgorithm;
  std::atomic<const EVP_MAC*> theirs{nullptr};
  HeldThread thread{"EVP_MAC_fetch", [&] { theirs = HmacAlgorithm::get(); }};
  const EVP_MAC* const mine = HmacAlgorithm::get();
  thread.join();
  end(mine != nullptr && mine == theirs && mine == HmacAlgorithm::get() && freed_algorithms == 1);
}

BOOST_AUTO_TEST_CASE(a_child_makes_a_tls_session_while_a_thread_of_its_parents_does) {
  if (succeeds_in_own_program()) return;
  const auto context = TlsContext::make_without_verification().value();
  std::atomic<int> type{0};
  HeldThread thread{"BIO_meth_new", [&] { type = type_of_session(context); }};
  ForkedChild child{[&] { return string{type_of_session(context) != 0 ? "made" : "failed"}; }, 10s};
  const bool good = child.words() == "made";
  if (good) thread.join();
  end(good && type != 0 && freed_methods == 0);
}

BOOST_AUTO_TEST_CASE(two_threads_that_make_the_first_tls_sessions_share_what_sessions_share) {
  if (succeeds_in_own_program()) return;
  ::alarm(10);
  const auto context = TlsContext::make_without_verification().value();
  std::atomic<int> type{0};
  HeldThread thread{"BIO_meth_new", [&] { type = type_of_session(context); }};
  const int mine = type_of_session(context);
  thread.join();
  end(mine != 0 && mine == type && mine == type_of_session(context) && freed_methods == 1);
}

namespace {

/// Is tidied all the time, and counts how often.
struct Busy final : florin::net::detail::Janitor::Charge {
  std::atomic<int> visits{0};
  florin::net::TimePoint tidy(florin::net::TimePoint now) noexcept override {
    ++visits;
    return now + 1ms;
  }
};
Busy busy[4];

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_looked_after_at_exit_whoever_came_first) {
  if (succeeds_in_own_program()) return;
  // What was registered before the first use runs after the janitor's end.
  std::atexit([] {
    const int before = busy[0].visits;
    std::this_thread::sleep_for(100ms);
    end(before != 0 && before == busy[0].visits);
  });
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> threads;
  for (Busy& one : busy) {
    threads.emplace_back([&ready, &one] {
      for (++ready; ready != std::size(busy);) continue;
      florin::net::detail::Janitor::watch(one, florin::net::Clock::now());
    });
  }
  for (auto& thread : threads) thread.join();
  for (const Busy& one : busy)
    while (one.visits == 0) std::this_thread::sleep_for(1ms);
  std::exit(1);
}

#ifdef __GLIBC__

BOOST_AUTO_TEST_CASE(a_child_gets_its_number_while_a_thread_of_its_parents_gets_the_first_one) {
  if (succeeds_in_own_program()) return;
  std::atomic<unsigned> theirs{0};
  HeldThread thread{"pthread_atfork", [&] { theirs = process_number(); }};
  ForkedChild child{[] { return string{process_number() != 0 ? "numbered" : "failed"}; }, 10s};
  bool good = child.words() == "numbered";
  if (!good) end(false);
  // This thread registers once and the other one again: a fork that counts twice is noticed, too.
  const unsigned mine = process_number();
  thread.join();
  ForkedChild later{[mine] {
    const unsigned childs = process_number();
    ForkedChild grandchild{[mine, childs] {
      const unsigned number = process_number();
      return string{number != mine && number != childs ? "others" : "same"};
    }};
    return childs != mine ? grandchild.words() : string{"same"};
  }};
  good = later.words() == "others";
  end(good && mine == theirs && mine == process_number());
}

BOOST_AUTO_TEST_CASE(a_process_whose_forks_go_unnoticed_keeps_its_number) {
  if (succeeds_in_own_program()) return;
  refuses_handlers = true;
  const unsigned mine = process_number();
  refuses_handlers = false;
  ForkedChild child{[mine] { return string{process_number() != mine ? "another" : "the same"}; }};
  const bool good = child.words() == "another";
  end(good && mine == static_cast<unsigned>(::getpid()) && mine == process_number());
}

#endif

BOOST_AUTO_TEST_SUITE_END()
