// SPDX-License-Identifier: Apache-2.0
// A service that onboards customers, may be killed at any time, and is not alone: others work on
// the same ones.
//
// The configuration is a file with an object:
//
//   connector, ...        the sandbox: see peers/sandbox_connection.hpp
//   directory             see florin::onboarding::SociStore
//   marks, pace, answers  files: see onboarding/marks.hpp, onboarding/work.hpp
//   calls                 0: blocking, else so many coroutines at once
//   place, first, tries   see onboarding/work.hpp
//   waits                 see florin::onboarding::OnboardOptions
//   task                  "work": onboards without end, and settles when there is nothing else to
//                         do; "onboard": each customer, and ends; "even": likewise, but leaves the
//                         odd ones that have a row to who settles; "settle": settles, and ends
//   deadline_ms           of a call
//   absence_ms            see florin::onboarding::RecoveryOptions::absence_proven_after
//
// The first line out is an object, guarantee and finds, when the directory is open. The last one,
// where it ends: answered, errors (how often each), trouble (the database's last words),
// longest_ms (of a call of onboard), settled and open (rows) and unsettled (their references).
//
// usage: onboarding_driver CONFIGURATION
#include <florin/any_client.hpp>
#include <florin/onboarding.hpp>
#include <florin/onboarding/soci_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/prctl.h>

#include "onboarding/marks.hpp"
#include "onboarding/work.hpp"
#include "peers/sandbox_connection.hpp"

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using florin::AnyClient;
using florin::Result;
using florin::onboarding::Directory;
using florin::onboarding::OnboardOptions;
using florin::onboarding::Row;
using florin::onboarding::Settled;
using florin::onboarding::SettleOptions;
using florin_test::connector_named;
using florin_test::Mark;
using florin_test::Marks;
using florin_test::named_credentials;
using florin_test::numbered_customer_of;
using florin_test::sandbox_options;
using florin_test::text_of;
using florin_test::Work;
using Clock = std::chrono::steady_clock;

/// How long a driver waits that has nothing to do.
constexpr auto idle_time = 2ms;

struct Driver {
  AnyClient client;
  Directory directory;
  Work& work;
  std::string task;
  bool waits;
  std::size_t settled = 0;
  std::size_t open = 0;
  std::vector<Row> unsettled{};

  [[nodiscard]] OnboardOptions<AnyClient> options(char* mark) const {
    return {.call = {.user_data = mark}, .waits = waits};
  }
  [[nodiscard]] bool settles(std::size_t call) const { return task == "work" && call == 0; }
  /// Whether a customer is left to who settles.
  [[nodiscard]] bool left(const florin::CreateRequest& request, std::size_t number) const {
    if (task != "even" || number % 2 == 0) return false;
    while (true) {
      const auto row =
          directory.find({request.merchant_customer_id, std::string{client.connector()}, {}});
      if (row) return row->has_value();
      // The database is busy.
    }
  }
  /// What is asked for next; nothing: it is left to who settles.
  [[nodiscard]] std::optional<florin::CreateRequest> begin(std::size_t number, char* mark) {
    auto request = numbered_customer_of(client, number);
    if (left(request, number)) {
      work.leave(number);
      return std::nullopt;
    }
    Marks::set(mark, Mark::beginning);
    return request;
  }
  [[nodiscard]] SettleOptions<AnyClient> settle_options(char* mark) {
    return {.call = {.user_data = mark}, .on_row = [this](const Row&, const auto& answer) {
              if (answer) ++settled;
            }};
  }
  /// \return whether it has come to its end.
  bool took(const Result<Settled>& all) {
    if (!all) return false;
    open = all->open;
    unsettled = all->unsettled;
    return true;
  }
};

void block(Driver& driver, char* mark) {
  while (!driver.work.ended()) {
    const auto number = driver.work.take();
    if (!number) {
      if (driver.settles(0)) {
        driver.took(settle(driver.client, driver.directory, driver.settle_options(mark)));
        Marks::set(mark, Mark::idle);
      }
      std::this_thread::sleep_for(idle_time);
      continue;
    }
    const auto request = driver.begin(*number, mark);
    if (!request) continue;
    const auto begun = Clock::now();
    const auto answer = onboard(driver.client, driver.directory, *request, driver.options(mark));
    driver.work.put(*number, answer, Clock::now() - begun);
    Marks::set(mark, Mark::idle);
  }
}

asio::awaitable<void> await(Driver& driver, std::size_t call, char* mark) {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  while (!driver.work.ended()) {
    const auto number = driver.work.take();
    if (!number) {
      if (driver.settles(call)) {
        const auto options = driver.settle_options(mark);
        const auto all =
            co_await async_settle(driver.client, driver.directory, options, asio::use_awaitable);
        driver.took(all);
        Marks::set(mark, Mark::idle);
      }
      timer.expires_after(idle_time);
      co_await timer.async_wait(asio::use_awaitable);
      continue;
    }
    const auto request = driver.begin(*number, mark);
    if (!request) continue;
    const auto begun = Clock::now();
    const auto answer = co_await async_onboard(driver.client, driver.directory, *request,
                                               driver.options(mark), asio::use_awaitable);
    driver.work.put(*number, answer, Clock::now() - begun);
    Marks::set(mark, Mark::idle);
  }
}

void block_settling(Driver& driver, char* mark) {
  while (!driver.took(settle(driver.client, driver.directory, driver.settle_options(mark)))) {
  }
}

asio::awaitable<void> settling(Driver& driver, char* mark) {
  // In variables: GCC 12 ends temporaries twice that a coroutine awaits with.
  const auto options = driver.settle_options(mark);
  for (bool ended = false; !ended;) {
    const auto all =
        co_await async_settle(driver.client, driver.directory, options, asio::use_awaitable);
    ended = driver.took(all);
  }
}

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

json::object report(const Driver& driver) {
  const Work& work = driver.work;
  json::object errors;
  for (const auto& [code, count] : work.errors()) errors[code] = count;
  json::array unsettled;
  for (const Row& row : driver.unsettled) unsettled.emplace_back(row.key.merchant_customer_id);
  return {{"answered", work.answered()},
          {"errors", std::move(errors)},
          {"trouble", work.trouble()},
          {"longest_ms", std::chrono::round<std::chrono::milliseconds>(work.longest()).count()},
          {"settled", driver.settled},
          {"open", driver.open},
          {"unsettled", std::move(unsettled)}};
}

int run(const json::object& config) {
  const auto calls = config.at("calls").to_number<std::size_t>();
  const Marks marks{text_of(config, "marks"), calls == 0 ? 1 : calls};
  const florin_test::Pace pace{text_of(config, "pace")};
  const florin_test::Answers answers{text_of(config, "answers")};
  const std::string task = text_of(config, "task");
  Work work{pace,
            answers,
            {.first = config.at("first").to_number<std::size_t>(),
             .place = config.at("place").to_number<std::size_t>(),
             .ends = task != "work",
             .tries = config.at("tries").to_number<int>()}};
  asio::io_context context;
  auto options = sandbox_options(config);
  options.deadline = std::chrono::milliseconds{config.at("deadline_ms").to_number<int>()};
  auto client = AnyClient::make<florin_test::ServedPolicies>(
      context.get_executor(), text_of(config, "connector"), named_credentials(config), options,
      florin_test::PhaseMarks{});
  client.value().ready().value();
  auto directory = florin::onboarding::open_directory(
      text_of(config, "directory"),
      {.recovery = {.absence_proven_after =
                        std::chrono::milliseconds{config.at("absence_ms").to_number<int>()}},
       .lease_margin = 300ms,
       .patience = 1s});
  if (!directory) throw std::runtime_error{directory.error().connector_message};
  Driver driver{client.value(), *directory, work, task, config.at("waits").as_bool()};
  std::cout << json::serialize(
                   json::object{{"guarantee", to_string(driver.client.guarantee())},
                                {"finds", connector_named(driver.client.connector()).finds}})
            << std::endl;
  if (task == "settle" && calls == 0) {
    block_settling(driver, marks.of(0));
  } else if (task == "settle") {
    asio::co_spawn(context, settling(driver, marks.of(0)), rethrow);
  } else if (calls == 0) {
    block(driver, marks.of(0));
  } else {
    for (std::size_t call = 0; call < calls; ++call)
      asio::co_spawn(context, await(driver, call, marks.of(call)), rethrow);
  }
  context.run();
  std::cout << json::serialize(report(driver)) << std::endl;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: onboarding_driver CONFIGURATION\n";
    return 2;
  }
  // A driver does not outlive the one who is to kill it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    return run(florin_test::read_object(argv[1]));
  } catch (const std::exception& error) {
    std::cerr << "onboarding_driver: " << error.what() << '\n';
    return 1;
  }
}
