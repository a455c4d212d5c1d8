// SPDX-License-Identifier: Apache-2.0
// Far more calls at once than a client has connections for.
#include <florin/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "client_fixture.hpp"
#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(overload)
namespace {

using namespace florin_test;
using florin::Phase;
using Kind = Fault::Kind;
using Clock = std::chrono::steady_clock;
using std::string;

constexpr std::size_t crowd = 10'000;
constexpr std::size_t connections = 64;
/// For calls that are to succeed, however slow the machine is.
constexpr std::chrono::milliseconds ample = 300s;
/// So much later than its deadline a call may end: a machine is busy, but nothing waits for more.
constexpr auto slack = hang_guard / 2;

/// The descriptors of this process, but for a server's that listens on `port`.
std::size_t descriptors_besides(std::uint16_t port) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    ::sockaddr_in local{};
    ::socklen_t size = sizeof local;
    const int descriptor = std::stoi(entry.path().filename());
    if (::getsockname(descriptor, reinterpret_cast<::sockaddr*>(&local), &size) != 0) {
      if (errno == EBADF) continue;  // the server has closed it meanwhile
    } else if (local.sin_family == AF_INET && ntohs(local.sin_port) == port) {
      continue;
    }
    ++count;
  }
  return count;
}

/// What became of a call.
struct Ending {
  std::size_t number = 0;
  int times = 0;          ///< how often its handler was called
  std::size_t place = 0;  ///< how many had ended before it
  std::optional<Errc> error{};
  Outcome outcome = Outcome::unknown;
  Clock::time_point deadline{};
  Clock::time_point end{};
};

/// Notes which calls have a connection, in the order in which they get it.
struct Starts {
  std::vector<std::size_t>* order;

  void on_phase(const florin::PhaseEvent& event) const noexcept {
    if (event.phase == Phase::queue && !event.failed && event.attempt == 1)
      order->push_back(static_cast<const Ending*>(event.user_data)->number);
  }
  void on_call(const florin::CallEvent&) const noexcept {}
};

/// A client and calls that are all begun before the first one can go on.
class Crowd {
 public:
  explicit Crowd(std::size_t max_queued = florin::net::PoolOptions{}.max_queued)
      : before_(descriptors_besides(sandbox.port())),
        client(context_.get_executor(), {.api_key = sandbox.credential()}, options(max_queued),
               Starts{&order}) {
    order.reserve(2 * crowd);
    endings.reserve(crowd);
  }

  /// \param limit `limit(number)`: the deadline of a call.
  template <class Limit>
  void call(const string& prefix, Limit limit) {
    order.clear();
    endings.assign(crowd, {});
    most_descriptors = most_queued = ended_ = 0;
    for (std::size_t number = 0; number < crowd; ++number) {
      Ending& ending = endings[number];
      ending.number = number;
      const std::chrono::milliseconds patience = limit(number);
      ending.deadline = Clock::now() + patience;
      client.async_create(buyer(prefix + std::to_string(number)),
                          {.deadline = patience, .retries = 0, .user_data = &ending},
                          [this, &ending](const Answer& answer) { end(ending, answer); });
    }
    look();
    context_.restart();
    context_.run();
    look();
  }

  /// What holds whatever the calls have come to.
  void check() {
    BOOST_TEST(ended_ == crowd);
    BOOST_TEST(std::all_of(endings.begin(), endings.end(),
                           [](const Ending& each) { return each.times == 1; }));
    BOOST_TEST(std::all_of(endings.begin(), endings.end(),
                           [](const Ending& each) { return each.end < each.deadline + slack; }));
    // First come, first served. Whose deadline passes just then is not served.
    std::erase_if(order, [this](std::size_t number) { return endings[number].error.has_value(); });
    BOOST_TEST(std::is_sorted(order.begin(), order.end()));
    BOOST_TEST((std::adjacent_find(order.begin(), order.end()) == order.end()));
    BOOST_TEST(most_descriptors <= before_ + loop_descriptors + connections);
    BOOST_TEST(client.pool().busy == 0u);
    BOOST_TEST(client.pool().queued == 0u);
  }
  /// How many calls came to this; nothing: a success.
  [[nodiscard]] std::size_t count(std::optional<Errc> error) const {
    return static_cast<std::size_t>(std::count_if(
        endings.begin(), endings.end(), [&](const Ending& each) { return each.error == error; }));
  }
  /// The processor has the customers of the calls that have succeeded, each once, and no others.
  void check_ledger(const string& prefix) const {
    std::map<string, int> stored;
    for (const auto& customer : sandbox.customers()) ++stored[customer.merchant_customer_id];
    std::size_t wrong = 0;
    std::size_t succeeded = 0;
    for (const Ending& each : endings) {
      const auto found = stored.find(prefix + std::to_string(each.number));
      const int times = found == stored.end() ? 0 : found->second;
      if (!each.error) ++succeeded;
      if (!each.error ? times != 1 : each.outcome == Outcome::no_effect ? times != 0 : times > 1)
        ++wrong;
    }
    BOOST_TEST(wrong == 0u);
    BOOST_TEST(stored.size() >= succeeded);
  }
  [[nodiscard]] std::size_t descriptors() const { return descriptors_besides(sandbox.port()); }

  Sandbox sandbox{florin::testing::stripe(), {.threads = 2}};

 private:
  /// An io_context's own: for its events, its timers and to be woken.
  static constexpr std::size_t loop_descriptors = 3;

  boost::asio::io_context context_;
  std::size_t before_;
  std::size_t ended_ = 0;

 public:
  std::vector<std::size_t> order;
  std::vector<Ending> endings;
  std::size_t most_descriptors = 0;
  std::size_t most_queued = 0;
  std::function<void(std::size_t)> when_ended{};  ///< is told how many have
  Client<StripePolicy, Starts> client;

 private:
  [[nodiscard]] ClientOptions options(std::size_t max_queued) const {
    auto options = options_for(sandbox);
    options.base_url = "https://127.0.0.1:" + std::to_string(sandbox.port());  // no resolver
    options.connect_timeout = ample;
    options.pool.max_connections = connections;
    options.pool.max_queued = max_queued;
    options.pool.idle_timeout = ample;
    return options;
  }
  void end(Ending& ending, const Answer& answer) {
    ++ending.times;
    ending.place = ended_++;
    ending.end = Clock::now();
    ending.outcome = Outcome::in_effect;
    if (!answer) {
      ending.error = answer.error().code;
      ending.outcome = answer.error().outcome;
    }
    if (ended_ % 100 == 0) look();
    if (when_ended) when_ended(ended_);
  }
  void look() {
    most_descriptors = std::max(most_descriptors, descriptors());
    most_queued = std::max(most_queued, client.pool().queued);
  }
};

/// The names of rounds with one client.
const std::array<string, 3> rounds{"first-", "second-", "third-"};

/// What is held after each round with one client. The first one makes connections, and keeps some
/// calls for reuse.
class Growth {
 public:
  Growth() {
    descriptors_.reserve(rounds.size());
    allocations_.reserve(rounds.size());
  }
  void look(const Crowd& f) {
    descriptors_.push_back(static_cast<std::ptrdiff_t>(f.descriptors()));
    allocations_.push_back(count_.kept());
  }
  void check() const {
    for (const auto& each : {descriptors_, allocations_}) {
      for (std::size_t i = 1; i < each.size(); ++i) BOOST_TEST(each[i] <= each[0] + few);
    }
  }

 private:
  static constexpr std::ptrdiff_t few = 20;

  AllocationCount count_;
  std::vector<std::ptrdiff_t> descriptors_;
  std::vector<std::ptrdiff_t> allocations_;  // of this thread, which does all that the client does
};

}  // namespace

BOOST_AUTO_TEST_CASE(who_comes_first_is_served_first) {
  Crowd f;
  f.call("all-", [](std::size_t) { return ample; });
  f.check();
  BOOST_TEST(f.count(std::nullopt) == crowd);
  BOOST_TEST(f.order.size() == crowd);
  BOOST_TEST(f.most_queued == crowd - connections);
  BOOST_TEST(f.client.pool().opened == connections);
  f.check_ledger("all-");
}

BOOST_AUTO_TEST_CASE(each_ends_by_its_deadline_and_nothing_grows) {
  // Until the impatient ones have gone all connections are busy.
  static constexpr auto impatience = 300ms;
  constexpr auto pause = 600ms;
  const auto limit = [](std::size_t number) {
    return number < connections || number % 10 == 0 ? ample : impatience;
  };
  constexpr std::size_t patient = connections + (crowd - connections) / 10;
  Crowd f;
  Growth growth;
  for (const string& round : rounds) {
    f.sandbox.fault({.kind = Kind::delay, .delay = pause, .times = connections});
    f.call(round, limit);
    f.check();
    BOOST_TEST(f.count(std::nullopt) == patient);
    BOOST_TEST(f.count(Errc::deadline_exceeded) == crowd - patient);
    BOOST_TEST(f.most_queued == crowd - connections);
    BOOST_TEST(f.client.pool().opened == connections);
    for (const Ending& each : f.endings) {
      if (!each.error) continue;
      BOOST_REQUIRE((each.outcome == Outcome::no_effect));
      BOOST_REQUIRE((each.end >= each.deadline));
    }
    growth.look(f);
    f.check_ledger(round);
    f.sandbox.clear();
  }
  growth.check();
}

BOOST_AUTO_TEST_CASE(who_waits_ends_by_its_deadline_though_no_connection_comes_free) {
  Crowd f;
  f.sandbox.fault({.kind = Kind::silent, .times = connections});
  f.when_ended = [&f](std::size_t ended) {
    if (ended == crowd - connections) f.client.cancel_all();
  };
  f.call("held-", [](std::size_t number) -> std::chrono::milliseconds {
    return number < connections ? hang_guard : 500ms;
  });
  f.check();
  BOOST_TEST(f.count(Errc::deadline_exceeded) == crowd - connections);
  for (const Ending& each : f.endings) {
    const bool waits = each.number >= connections;
    BOOST_REQUIRE((each.error == (waits ? Errc::deadline_exceeded : Errc::cancelled)));
    if (waits) BOOST_REQUIRE((each.outcome == Outcome::no_effect));
  }
  BOOST_TEST(f.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(each_ends_by_its_deadline_though_nobody_answers) {
  Crowd f;
  f.sandbox.fault({.kind = Kind::silent, .times = static_cast<int>(crowd)});
  const auto end = Clock::now() + 1s;
  f.call("lost-", [end](std::size_t) {
    return std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  });
  f.check();
  BOOST_TEST(f.count(Errc::deadline_exceeded) == crowd);
  const auto unknown = std::count_if(f.endings.begin(), f.endings.end(), [](const Ending& each) {
    return each.outcome == Outcome::unknown;
  });
  BOOST_TEST(static_cast<std::uint64_t>(unknown) >= f.sandbox.request_count());
  BOOST_TEST(f.sandbox.count() == 0u);
  f.sandbox.clear_faults();
  f.call("found-", [](std::size_t number) { return number < 1'000 ? ample : 0ms; });
  f.check();
  BOOST_TEST(f.count(std::nullopt) == 1'000u);
  f.check_ledger("found-");
}

BOOST_AUTO_TEST_CASE(who_finds_the_queue_full_is_refused_at_once_and_nothing_grows) {
  constexpr std::size_t most_queued = 1'000;
  Crowd f{most_queued};
  Growth growth;
  for (const string& round : rounds) {
    f.call(round, [](std::size_t) { return ample; });
    f.check();
    BOOST_TEST(f.count(std::nullopt) == connections + most_queued);
    BOOST_TEST(f.count(Errc::queue_full) == crowd - connections - most_queued);
    BOOST_TEST(f.most_queued == most_queued);
    // Those who came first are served; the others wait for none of them.
    for (const Ending& each : f.endings) {
      BOOST_REQUIRE(each.error.has_value() == (each.number >= connections + most_queued));
      if (!each.error) continue;
      BOOST_REQUIRE((each.outcome == Outcome::no_effect));
      BOOST_REQUIRE(each.place < crowd - connections - most_queued);
    }
    growth.look(f);
    f.check_ledger(round);
    f.sandbox.clear();
  }
  growth.check();
}

BOOST_AUTO_TEST_SUITE_END()
