// SPDX-License-Identifier: Apache-2.0
// A service that does everything a client can do, at several processors at once, for as long as it
// is told to: customers are created or ensured, read, changed, found, deleted and read again, by
// blocking calls and by asynchronous ones. What each call says is compared with what the earlier
// ones left possible.
//
// Every line in is a number of milliseconds and the number of the first customer, with a space
// between them: for so long lives are begun. When all have ended one line of JSON is the answer:
//
//   next             the number of the next customer
//   calls, attempts  those that have ended since the beginning
//   failed           attempts that gave no answer of use, since the beginning
//   operations       calls since the beginning, by operation
//   contradictions   lines of text; there should be none
//   lives            for each connector {number: [id, may_be_there, may_be_gone, [phone's last ten
//   digits, ...]]}
//
// The end of input ends it.
//
// usage: soak_driver CONFIGURATION
// CONFIGURATION is a file with {"sandboxes": [...]}, see peers/sandbox_connection.hpp.
#include <florin/any_client.hpp>
#include <florin/ensure.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/prctl.h>

#include "life.hpp"
#include "peers/sandbox_connection.hpp"

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using florin::AnyClient;
using florin::Outcome;

/// Connections are fewer than calls at once, so that some queue, and none grows old.
constexpr std::size_t most_connections = 2;
constexpr auto oldest_connection = 2s;
constexpr auto longest_idle = 300ms;
constexpr std::size_t blocking_threads = 1;
constexpr std::size_t waiting_threads = 2;

/// What all clients are told of their calls.
struct Figures {
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> attempts{0};
  std::atomic<std::uint64_t> failed{0};
  std::mutex mutex;
  std::map<std::string_view, std::uint64_t> operations{};
};

/// Counts calls as they end.
struct Counting {
  Figures* figures;

  void on_phase(const florin::PhaseEvent&) const noexcept {}
  void on_call(const florin::CallEvent& event) const noexcept {
    ++figures->calls;
    figures->attempts += static_cast<std::uint64_t>(event.attempts);
    // That a customer was deleted is an answer as good as any.
    const bool answered = !event.error || event.error == florin::Errc::not_found;
    figures->failed += static_cast<std::uint64_t>(event.attempts - (answered ? 1 : 0));
    const std::scoped_lock lock{figures->mutex};
    ++figures->operations[event.operation];
  }
};

/// The last ten digits: processors write the same phone in their own ways.
std::string number_of(std::string_view phone) {
  std::string digits;
  for (const char each : phone)
    if (each >= '0' && each <= '9') digits += each;
  return digits.substr(digits.size() - std::min<std::size_t>(digits.size(), 10));
}

/// A customer, and which phones it may have.
struct Kept : florin_test::Life {
  std::set<std::string> phones;
  bool created_twice = false;  ///< a create that was lost may be executed when it is deleted again
};

/// The lives at one processor.
class Processor {
 public:
  /// \param context of the asynchronous calls; null: the library's own threads.
  Processor(asio::io_context* context, const json::object& config, Figures& figures)
      : name_(florin_test::text_of(config, "connector")),
        knows_(florin_test::connector_named(name_)),
        client_(connect(context, config, figures)) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Begins the threads of a season.
  /// \param next the number of the next customer, of all processors.
  void begin(std::atomic<std::size_t>& next, std::chrono::steady_clock::time_point end) {
    lives_.clear();
    for (std::size_t i = 0; i < blocking_threads; ++i)
      threads_.emplace_back([this, &next, end] { live<false>(next, end); });
    for (std::size_t i = 0; i < waiting_threads; ++i)
      threads_.emplace_back([this, &next, end] { live<true>(next, end); });
  }
  /// Waits for them.
  /// \param contradictions gets those that there are.
  [[nodiscard]] json::object end(json::array& contradictions) {
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    json::object all;
    for (const auto& [number, life] : lives_) {
      json::array phones;
      for (const auto& phone : life.phones) phones.emplace_back(phone);
      // What is executed late may have made the customer anew.
      all[std::to_string(number)] =
          json::array{life.late ? std::string{} : life.id, life.may_be_there, life.may_be_gone,
                      life.late ? json::array{} : std::move(phones)};
      for (const auto& contradiction : life.contradictions)
        contradictions.emplace_back(name_ + ": " + std::to_string(number) + ": " + contradiction +
                                    life.history);
    }
    lives_.clear();
    return all;
  }

 private:
  static AnyClient connect(asio::io_context* context, const json::object& config,
                           Figures& figures) {
    auto options = florin_test::sandbox_options(config);
    options.pool.max_connections = most_connections;
    options.pool.max_age = oldest_connection;
    options.pool.idle_timeout = longest_idle;
    const AnyClient::executor_type executor =
        context == nullptr ? AnyClient::executor_type{} : context->get_executor();
    auto client = AnyClient::make<florin_test::ServedPolicies>(
        executor, florin_test::text_of(config, "connector"), florin_test::named_credentials(config),
        options, Counting{&figures});
    client.value().ready().value();
    return client.value();
  }

  /// A call with one driver or the other.
  /// \param start begins it and gives its future.
  template <bool async, class Block, class Start>
  static auto call(Block block, Start start) {
    if constexpr (async) {
      return start().get();
    } else {
      return block();
    }
  }
  /// Writes down how a call has ended.
  template <class Answer>
  static void note(Kept& life, std::string_view operation, const Answer& answer) {
    life.history.append("; ").append(operation).append(answer ? " succeeds"
                                                              : " fails: " + answer.error().what());
    if constexpr (requires { answer->attempts; })
      if (answer) life.history.append(" by request ").append(std::to_string(answer->attempts));
  }

  template <bool async>
  void live(std::atomic<std::size_t>& next, std::chrono::steady_clock::time_point end) {
    while (std::chrono::steady_clock::now() < end) {
      const std::size_t number = next++;
      Kept life;
      pass<async>(life, number);
      const std::scoped_lock lock{mutex_};
      lives_.emplace(number, std::move(life));
    }
  }
  template <bool async>
  void pass(Kept& life, std::size_t number) {
    const auto request = florin_test::numbered_customer_of(client_, number);
    life.phones = {number_of(request.phone)};
    create<async>(life, request, number % 2 == 0);
    if (life.id.empty()) return;
    read<async>(life);
    change<async>(life, number);
    read<async>(life);
    find<async>(life, request);
    if (number % 4 == 3) return;  // they stay
    remove<async>(life);
    read<async>(life);
    remove<async>(life);
  }
  template <bool async>
  void create(Kept& life, const florin::CreateRequest& request, bool ensures) {
    const auto answer =
        ensures ? call<async>([&] { return client_.ensure(request); },
                              [&] { return client_.async_ensure(request, asio::use_future); })
                : call<async>([&] { return client_.create(request); },
                              [&] { return client_.async_create(request, asio::use_future); });
    note(life, ensures ? "ensure" : "create", answer);
    life.created(answer);
    life.created_twice = answer && answer->attempts > 1;
  }
  template <bool async>
  void read(Kept& life) {
    if (!knows_.retrieves) return;
    const auto answer =
        call<async>([&] { return client_.retrieve(life.id); },
                    [&] { return client_.async_retrieve(life.id, asio::use_future); });
    note(life, "retrieve", answer);
    life.retrieved(answer);
    if (!answer || !knows_.changes_phone || !answer->phone() || life.late) return;
    if (!life.phones.contains(number_of(*answer->phone())))
      life.contradictions.push_back("another phone is read");
  }
  template <bool async>
  void change(Kept& life, std::size_t number) {
    if (!knows_.changes_phone) return;
    const florin::UpdateRequest request{.connector_customer_id = life.id,
                                        .phone = "+1" + std::to_string(2'000'000'000 + number)};
    const auto answer =
        call<async>([&] { return client_.update(request); },
                    [&] { return client_.async_update(request, asio::use_future); });
    note(life, "update", answer);
    if (answer) {
      life.phones = {number_of(request.phone)};
    } else if (answer.error().outcome != Outcome::no_effect) {
      life.phones.insert(number_of(request.phone));
    }
  }
  template <bool async>
  void remove(Kept& life) {
    if (!knows_.removes) return;
    const auto answer =
        call<async>([&] { return client_.remove(life.id); },
                    [&] { return client_.async_remove(life.id, asio::use_future); });
    note(life, "delete", answer);
    if (life.created_twice || (!answer && answer.error().outcome == Outcome::unknown))
      life.late = true;
    life.removed(answer, name_ != "dwolla");
  }
  template <bool async>
  void find(Kept& life, const florin::CreateRequest& request) {
    if (knows_.finds_by_reference) {
      find_by<async>(life, florin::by_reference(request.merchant_customer_id));
    } else if (knows_.finds) {
      find_by<async>(life, florin::by_email(request.email));
    }
  }
  template <bool async, class Filter>
  void find_by(Kept& life, const Filter& filter) {
    auto finder = client_.find(filter);
    std::set<std::string> found;
    while (finder.has_next()) {
      auto page = call<async>([&] { return finder.next(); },
                                    [&] { return finder.async_next(asio::use_future); });
      if (async && page) finder.advance(*page);
      note(life, "find", page);
      if (!page) return life.check_reading(page.error(), "find");
      for (const auto& customer : *page) found.emplace(customer.connector_customer_id());
    }
    if (found.size() > 1) life.contradictions.emplace_back("is found twice");
    life.told(found.contains(life.id), "find");
  }

  std::string name_;
  florin_test::Connector knows_;
  AnyClient client_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::map<std::size_t, Kept> lives_;
};

int run(const json::object& config) {
  asio::io_context context;
  auto work = asio::make_work_guard(context);
  std::thread runs{[&context] { context.run(); }};
  Figures figures;
  std::vector<std::unique_ptr<Processor>> all;
  for (const auto& sandbox : config.at("sandboxes").as_array())
    all.push_back(std::make_unique<Processor>(all.size() % 2 == 0 ? &context : nullptr,
                                              sandbox.as_object(), figures));
  int milliseconds = 0;
  for (std::size_t first = 0; std::cin >> milliseconds >> first;) {
    std::atomic<std::size_t> next{first};
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{milliseconds};
    for (const auto& processor : all) processor->begin(next, end);
    json::array contradictions;
    json::object lives;
    for (const auto& processor : all) lives[processor->name()] = processor->end(contradictions);
    json::object operations;
    for (const auto& [name, count] : figures.operations) operations[name] = count;
    std::cout << json::serialize(json::object{{"next", next.load()},
                                              {"calls", figures.calls.load()},
                                              {"attempts", figures.attempts.load()},
                                              {"failed", figures.failed.load()},
                                              {"operations", std::move(operations)},
                                              {"contradictions", std::move(contradictions)},
                                              {"lives", std::move(lives)}})
              << std::endl;
  }
  all.clear();
  work.reset();
  runs.join();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: soak_driver CONFIGURATION\n";
    return 2;
  }
  // A driver does not outlive the one who measures it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    return run(florin_test::read_object(argv[1]));
  } catch (const std::exception& error) {
    std::cerr << "soak_driver: " << error.what() << '\n';
    return 1;
  }
}
