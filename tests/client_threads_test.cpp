// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "net/tls_peer.hpp"

/// One client, many threads. Meant for ThreadSanitizer, too.
BOOST_AUTO_TEST_SUITE(client_threads)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using Kind = Fault::Kind;
using std::string;

/// Counts from several threads at once, as observers have to.
struct Counters {
  std::atomic<int>* phases;
  std::atomic<int>* calls;
  void on_phase(const florin::PhaseEvent&) const { ++*phases; }
  void on_call(const florin::CallEvent&) const { ++*calls; }
};

using Counted = Client<StripePolicy, Counters>;

constexpr int threads = 8;
constexpr int calls_each = 25;

/// Blocking and asynchronous calls from eight threads over few connections, with faults.
void storm(Counted client, Sandbox& sandbox) {
  sandbox.random_faults({{{.probability = 0.05, .fault = {.kind = Kind::reset_before_read}},
                          {.probability = 0.05, .fault = {.kind = Kind::truncate, .store = true}},
                          {.probability = 0.05, .fault = {.kind = Kind::server_error}},
                          {.probability = 0.05, .fault = {.kind = Kind::rate_limited}},
                          {.probability = 0.05, .fault = {.kind = Kind::close_after}}}},
                        7);
  std::atomic<int> ended{0};
  std::atomic<int> succeeded{0};
  const auto note = [&](const Answer& answer) {
    if (answer) ++succeeded;
    ++ended;
  };
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      std::vector<std::future<Answer>> pending;
      for (int i = 0; i < calls_each; ++i) {
        const string id = std::to_string(t) + '-' + std::to_string(i);
        switch ((i + t) % 4) {
          case 0:
            note(client.create(buyer(id)));
            break;
          case 1:
            note(client.create(buyer(id), {.deadline = 1ms}));
            break;
          case 2:
            client.async_create(buyer(id), {.deadline = 2ms}, note);
            break;
          default:
            pending.push_back(client.async_create(buyer(id), asio::use_future));
        }
        if (i % 10 == 0) static_cast<void>(client.pool());
        if (i == 20 && t == 0) static_cast<void>(client.warm_up(2));
      }
      for (auto& future : pending) note(take(std::move(future)));
    });
  }
  for (auto& worker : workers) worker.join();
  const auto limit = std::chrono::steady_clock::now() + hang_guard;
  while (ended < threads * calls_each && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(1ms);
  BOOST_TEST_REQUIRE(ended == threads * calls_each);
  BOOST_TEST(client.pool().busy == 0u);
  BOOST_TEST(client.pool().queued == 0u);
  BOOST_TEST(succeeded > threads * calls_each / 3);
  for (const auto& customer : sandbox.customers())
    BOOST_TEST(sandbox.count(customer.merchant_customer_id) == 1u);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_call_may_come_from_what_ends_with_a_thread) {
  StripeFixture f;
  struct Late {
    Client<StripePolicy>* client = nullptr;
    std::string* words = nullptr;
    ~Late() {
      if (client == nullptr) return;
      const auto answer = client->create(buyer("late"));
      *words = answer ? std::string{to_string(answer->origin)} : answer.error().what();
    }
  };
  std::string words;
  std::thread{[&] {
    // Made before anything of the library's is, so that it goes after that.
    static thread_local Late late;
    late.words = &words;
    late.client = &f.client;
    BOOST_TEST(f.client.create(buyer("early")).has_value());
  }}.join();
  BOOST_TEST(words == "created");
  BOOST_TEST(f.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(on_the_default_executor) {
  StripeFixture f{{.threads = 2}};
  auto options = f.options();
  options.pool.max_connections = 3;
  options.retry.retries = 4;
  std::atomic<int> phases{0};
  std::atomic<int> calls{0};
  storm(Counted{f.credentials(), options, Counters{&phases, &calls}}, f.sandbox);
  BOOST_TEST(calls == threads * calls_each);
  BOOST_TEST(phases > calls);
}

BOOST_AUTO_TEST_CASE(on_a_context_with_several_threads) {
  StripeFixture f{{.threads = 2}};
  auto options = f.options();
  options.pool.max_connections = 5;
  asio::io_context context;
  auto work = asio::make_work_guard(context);
  std::vector<std::thread> runners;
  for (int i = 0; i < 3; ++i) runners.emplace_back([&] { context.run(); });
  std::atomic<int> phases{0};
  std::atomic<int> calls{0};
  storm(Counted{context.get_executor(), f.credentials(), options, Counters{&phases, &calls}},
        f.sandbox);
  work.reset();
  for (auto& runner : runners) runner.join();
  BOOST_TEST(calls == threads * calls_each);
}

BOOST_AUTO_TEST_CASE(waiting_ends_at_once_on_other_threads) {
  florin::net::test::Peer peer{[](auto& socket) {
    char byte = 0;
    boost::system::error_code ec;
    while (!ec) socket.read_some(asio::buffer(&byte, 1), ec);
  }};
  asio::io_context context;
  auto work = asio::make_work_guard(context);
  std::vector<std::thread> runners;
  for (int i = 0; i < 4; ++i) runners.emplace_back([&] { context.run(); });
  ClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(peer.port());
  options.insecure_plain_http = true;
  options.pool.max_connections = 1;
  options.retry.retries = 0;
  Client<StripePolicy> client{context.get_executor(), {.api_key = "sk_test_EXAMPLE"}, options};
  asio::cancellation_signal signal;
  std::promise<void> ended;
  client.async_create(buyer("first"), asio::bind_cancellation_slot(
                                          signal.slot(), [&](Answer) { ended.set_value(); }));
  while (client.pool().busy == 0) std::this_thread::yield();
  for (int round = 0; round < 30; ++round) {
    std::atomic<int> left{100};
    for (int i = 0; i < 100; ++i)
      client.async_create(buyer("m-1"), {.deadline = 0ms}, [&](const Answer&) { --left; });
    while (left != 0) std::this_thread::yield();
  }
  BOOST_TEST(client.pool().queued == 0u);
  client.close();
  // The signal belongs to the threads of the context, which are many: emit it when they are gone.
  context.stop();
  for (auto& runner : runners) runner.join();
  runners.clear();
  signal.emit(asio::cancellation_type::terminal);
  work.reset();
  context.restart();
  context.run();
  BOOST_TEST((ended.get_future().wait_for(0ms) == std::future_status::ready));
}

BOOST_AUTO_TEST_SUITE_END()
