// SPDX-License-Identifier: Apache-2.0
#include "trials/lives.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "life.hpp"

namespace florin_test {
namespace lives {

using florin::Errc;
using florin::Outcome;
using florin::testing::Sandbox;
using namespace std::chrono_literals;
using std::string;

constexpr std::size_t blocking_threads = 2;
constexpr std::size_t waiting_threads = 2;

/// All lives at one processor.
class Lives {
 public:
  explicit Lives(const Trial& trial)
      : trial_(trial),
        lives_(wanted_customers(living_customers)),
        sandbox_(trial_.processor, {.threads = 2}),
        client_(trial.connect(context_.get_executor(),
                              fault_options(sandbox_, slowed_down ? 2s : 500ms))) {}

  void run() {
    sandbox_.random_faults(fault_mix(false), fault_seed);
    auto work = boost::asio::make_work_guard(context_);
    std::thread runs{[this] { context_.run(); }};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < blocking_threads; ++i)
      threads.emplace_back([this] { live<false>(); });
    for (std::size_t i = 0; i < waiting_threads; ++i)
      threads.emplace_back([this] { live<true>(); });
    for (auto& thread : threads) thread.join();
    work.reset();
    runs.join();
    sandbox_.clear_faults();
    compare();
  }

 private:
  void count(string what) {
    const std::lock_guard lock{mutex_};
    ++counts_[std::move(what)];
  }
  /// Counts what a call has said, and keeps that its error confides nothing.
  template <class Answer>
  void note(Life& life, const CreateRequest& request, std::string_view operation,
            const Answer& answer) {
    life.history.append("; ").append(operation);
    if (answer) {
      life.history.append(" succeeds");
      if constexpr (requires { answer->attempts; })
        life.history.append(" by request ").append(std::to_string(answer->attempts));
      if constexpr (requires { answer->already_gone; })
        life.history.append(answer->already_gone ? ", gone before" : "");
      return count(string{operation} + ": success");
    }
    const florin::Error error = answer.error();
    life.history.append(" fails: ").append(error.what());
    life.history.append(", requests ").append(std::to_string(error.attempts));
    count(string{operation} + ": " + string{to_string(error.outcome)});
    if (error.outcome == Outcome::unknown && error.code == Errc::deadline_exceeded)
      life.late = true;
    if (tells_on(error, request, sandbox_))
      life.contradictions.push_back("confides: " + error.what());
  }

  /// A call with one driver or the other.
  /// \param start begins it and gives its future.
  template <bool async, class Block, class Start>
  static auto call(Block block, Start start) {
    if constexpr (async) {
      return take(start());
    } else {
      return block();
    }
  }
  template <bool async>
  void live() {
    for (std::size_t number = next_++; number < lives_.size(); number = next_++) {
      disturb(sandbox_, number, lives_.size());
      Life& life = lives_[number];
      const CreateRequest request = trial_.customer(number);
      create<async>(life, request);
      if (life.id.empty()) continue;
      read<async>(life, request);
      find<async>(life, request);
      if (number % 4 == 3) continue;  // they stay
      remove<async>(life, request);
      read<async>(life, request);
      remove<async>(life, request);
      find<async>(life, request);
    }
  }
  template <bool async>
  void create(Life& life, const CreateRequest& request) {
    const auto answer = call<async>(
        [&] { return client_.create(request, {.payment_token = trial_.payment_token}); },
        [&] {
          return client_.async_create(request, {.payment_token = trial_.payment_token},
                                      boost::asio::use_future);
        });
    note(life, request, "create", answer);
    life.created(answer);
  }
  template <bool async>
  void read(Life& life, const CreateRequest& request) {
    if (trial_.retrieves) {
      const auto answer =
          call<async>([&] { return client_.retrieve(life.id); },
                      [&] { return client_.async_retrieve(life.id, boost::asio::use_future); });
      note(life, request, "retrieve", answer);
      life.retrieved(answer);
    }
  }
  template <bool async>
  void remove(Life& life, const CreateRequest& request) {
    if (trial_.removes) {
      const auto answer =
          call<async>([&] { return client_.remove(life.id); },
                      [&] { return client_.async_remove(life.id, boost::asio::use_future); });
      note(life, request, "delete", answer);
      life.removed(answer, !trial_.deactivates);
    }
  }
  template <bool async>
  void find(Life& life, const CreateRequest& request) {
    if (trial_.finds_reference) {
      find_by<async>(life, request, florin::by_reference(request.merchant_customer_id));
    } else if (trial_.finds_email) {
      find_by<async>(life, request, florin::by_email(request.email));
    }
  }
  template <bool async, class Filter>
  void find_by(Life& life, const CreateRequest& request, const Filter& filter) {
    auto finder = client_.find(filter);
    std::set<string> found;
    while (finder.has_next()) {
      auto page = call<async>([&] { return finder.next(); },
                                    [&] { return finder.async_next(boost::asio::use_future); });
      if (async && page) finder.advance(*page);
      note(life, request, "find", page);
      if (!page) return life.check_reading(page.error(), "find");
      for (const auto& customer : *page) found.emplace(customer.connector_customer_id());
    }
    if (found.size() > 1) life.contradictions.push_back("is found twice");
    life.told(found.contains(life.id), "find");
  }

  void compare() {
    std::map<string, std::size_t> stored;
    for (const auto& customer : sandbox_.customers()) {
      if (customer.field(trial_.inactive.first) != trial_.inactive.second)
        ++stored[key_of(customer)];
    }
    std::size_t open = 0;
    for (std::size_t number = 0; number < lives_.size(); ++number) {
      const Life& life = lives_[number];
      const CreateRequest request = trial_.customer(number);
      for (const auto& contradiction : life.contradictions)
        BOOST_ERROR(trial_.name << ": " << request.merchant_customer_id << ": " << contradiction
                                << life.history);
      const std::size_t count = stored[request.merchant_customer_id] + stored[request.email];
      BOOST_TEST(count <= 1U,
                 trial_.name << ": " << request.merchant_customer_id << " exists twice");
      BOOST_TEST((count != 0 ? life.may_be_there : life.may_be_gone),
                 trial_.name << ": " << request.merchant_customer_id
                             << (count != 0 ? " is there" : " is gone") << life.history);
      if (life.may_be_there && life.may_be_gone) ++open;
    }
    BOOST_TEST_MESSAGE(trial_.name << ": " << lives_.size() << " lives, " << open << " left open");
    for (const auto& [what, count] : counts_) BOOST_TEST_MESSAGE("  " << what << ": " << count);
    BOOST_TEST(open < lives_.size() / 4);
    BOOST_TEST(client_.pool().busy == 0U);
  }

  Trial trial_;
  std::vector<Life> lives_;
  Sandbox sandbox_;
  boost::asio::io_context context_;
  florin::AnyClient client_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::map<string, std::size_t> counts_;
};

}  // namespace lives

void lives_under_faults(const Trial& trial) {
  lives::Lives{trial}.run();
}

}  // namespace florin_test
