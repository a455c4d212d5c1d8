// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <future>
#include <new>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "client_fixture.hpp"
#include "forked_child.hpp"
#include "support/sanitizers.hpp"
#include "support/skipped.hpp"

// AddressSanitizer needs address space of its own.
#if !FLORIN_TEST_ASAN
/// Calls to a host by its name in processes that may have few threads or little memory.
BOOST_AUTO_TEST_SUITE(client_limits, *florin_test::not_under_tsan(florin_test::forks))
namespace {

using namespace florin_test;
using std::string;

void limit(int what, rlim_t most) {
  const rlimit both{most, most};
  if (::setrlimit(static_cast<__rlimit_resource>(what), &both) != 0) ::_exit(9);
}

/// Bytes of address space in use.
std::size_t address_space() {
  std::size_t pages = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%zu", &pages) != 1) ::_exit(8);
  std::fclose(file);
  return pages * static_cast<std::size_t>(::getpagesize());
}

/// What a call came to; it must not throw.
string told(const Answer& answer) {
  if (answer) return "made ";
  const auto error = answer.error();
  return string{to_string(error.code)} + '/' + string{to_string(error.outcome)} + ' ';
}

/// A blocking and an asynchronous call of a client that was made in the child.
string calls(const ClientOptions& options, const string& credential, const string& id) {
  string all;
  try {
    Client<StripePolicy> client{{.api_key = credential}, options};
    all += told(client.create(buyer(id + "-blocking")));
    std::promise<Answer> ended;  // Asio's use_future wants threads of its own
    auto future = ended.get_future();
    client.async_create(buyer(id + "-async"),
                        [&](Answer answer) { ended.set_value(std::move(answer)); });
    if (future.wait_for(hang_guard / 4) != std::future_status::ready) return all + "hangs";
    all += told(future.get());
  } catch (const std::bad_alloc&) {
    all += "no memory for the test itself or an operation of Asio's";
  } catch (const std::exception& error) {
    all += string{"throws "} + error.what();
  }
  return all;
}

/// The outcome has to be true, and nothing may hang, throw or crash.
void check(const Sandbox& sandbox, const string& words, const string& id) {
  BOOST_TEST_CONTEXT(id << ": " << words) {
    BOOST_TEST(words.find("hangs") == string::npos);
    BOOST_TEST(words.find("throws") == string::npos);
    BOOST_TEST(words.find("signal") == string::npos);
    BOOST_TEST(!words.empty());
    if (words.starts_with("made ")) BOOST_TEST(sandbox.count(id + "-blocking") == 1u);
    if (words.find("/no_effect") != string::npos && words.find("made ") == string::npos &&
        words.find("/unknown") == string::npos)
      BOOST_TEST(sandbox.count(id + "-blocking") + sandbox.count(id + "-async") == 0u);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_further_thread) {
  StripeFixture f;
  auto options = f.options();
  options.deadline = 10s;
  const string credential = f.sandbox.credential();
  for (const rlim_t most : {rlim_t{0}, rlim_t{1}, rlim_t{2}, rlim_t{3}, rlim_t{4}}) {
    const string id = "threads-" + std::to_string(most);
    ForkedChild child{[&] {
      // The limit is no limit to root, nor does it count what others run.
      if (::getuid() == 0 && ::setuid(static_cast<::uid_t>(50'000 + most)) != 0) return string{"-"};
      limit(RLIMIT_NPROC, most);
      return calls(options, credential, id);
    }};
    const string words = child.words();
    check(f.sandbox, words, id);
    if (most == 0 && words != "-")
      BOOST_TEST(words == "out_of_resources/no_effect out_of_resources/no_effect ");
  }
}

BOOST_AUTO_TEST_CASE(little_memory) {
  StripeFixture f;
  auto options = f.options();
  options.deadline = 10s;
  const string credential = f.sandbox.credential();
  for (const std::size_t more : {0U, 1U, 2U, 4U, 8U, 12U, 16U, 24U, 32U, 40U, 64U, 160U}) {
    const string id = "memory-" + std::to_string(more);
    ForkedChild child{[&] {
      limit(RLIMIT_AS, address_space() + more * 1024 * 1024);
      return calls(options, credential, id);
    }};
    const string words = child.words();
    check(f.sandbox, words, id);
    if (more == 160) BOOST_TEST(words == "made made ");
  }
}

BOOST_AUTO_TEST_CASE(few_descriptors) {
  StripeFixture f;
  auto options = f.options();
  options.deadline = 10s;
  const string credential = f.sandbox.credential();
  for (rlim_t more = 0; more < 8; ++more) {
    const string id = "descriptors-" + std::to_string(more);
    ForkedChild child{[&] {
      const int next = ::dup(0);
      limit(RLIMIT_NOFILE, static_cast<rlim_t>(next) + more);
      ::close(next);
      return calls(options, credential, id);
    }};
    check(f.sandbox, child.words(), id);
  }
}

BOOST_AUTO_TEST_CASE(no_descriptor_for_the_context_of_an_asynchronous_call) {
  StripeFixture f;
  const auto options = f.options();
  ForkedChild child{[&] {
    boost::asio::io_context context;
    Client<StripePolicy> client{context.get_executor(), f.credentials(), options};
    const int next = ::dup(0);
    limit(RLIMIT_NOFILE, static_cast<rlim_t>(next));
    string words;
    try {
      client.async_create(buyer("m-1"), [&](const Answer& answer) { words += told(answer); });
      words += "begun ";
      context.run();
      context.restart();
      client.async_drain(1s, [&](std::size_t left) { words += std::to_string(left) + " left"; });
      context.run();
    } catch (const std::exception& error) {
      words += string{"throws "} + error.what();
    }
    return words;
  }};
  BOOST_TEST(child.words() == "begun out_of_resources/no_effect 0 left");
}

BOOST_AUTO_TEST_SUITE_END()
#endif
