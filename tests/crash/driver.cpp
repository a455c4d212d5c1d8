// SPDX-License-Identifier: Apache-2.0
// A service that makes customers and may be killed at any time: it keeps both ids in a ledger, as
// the guide's "Storing both ids safely" says, and goes on with that where an earlier life has left
// off.
//
// The configuration is a file with an object:
//
//   connector, ...     the sandbox: see peers/sandbox_connection.hpp
//   ledger, marks      files: see crash/ledger.hpp, crash/marks.hpp
//   calls              0: blocking, else so many coroutines at once
//   until              how many customers there are in all; null: there is no end
//   settling_ms        see crash/recipe.hpp
//   days               by how many days the clock is ahead
//
// The first line out is an object: guarantee and finds. Ends with 0 when all is done that may be
// done, with 3 when customers are left that may be asked again.
//
// usage: crash_driver CONFIGURATION
#include <florin/any_client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <iostream>
#include <thread>

#include <sys/prctl.h>

#include "crash/ledger.hpp"
#include "crash/marks.hpp"
#include "crash/recipe.hpp"
#include "crash/work.hpp"
#include "peers/sandbox_connection.hpp"

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using florin::AnyClient;
using florin_test::connector_named;
using florin_test::Marks;
using florin_test::named_credentials;
using florin_test::numbered_customer_of;
using florin_test::sandbox_options;
using florin_test::text_of;
using florin_test::Work;

/// How long a driver waits that has nothing to do until something is due.
constexpr auto idle_time = 2ms;

AnyClient connect(asio::io_context& context, const json::object& config) {
  auto client = AnyClient::make<florin_test::ServedPolicies>(
      context.get_executor(), text_of(config, "connector"), named_credentials(config),
      sandbox_options(config), florin_test::PhaseMarks{});
  client.value().ready().value();
  return client.value();
}

void block(AnyClient client, Work& work, char* mark) {
  while (!work.ended()) {
    if (const auto job = work.take(mark)) {
      work.put(*job,
               client.ensure(numbered_customer_of(client, job->number),
                             {.look_first = job->look_first, .user_data = mark}),
               mark);
    } else {
      std::this_thread::sleep_for(idle_time);
    }
  }
}

asio::awaitable<void> await(AnyClient client, Work& work, char* mark) {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  while (!work.ended()) {
    if (const auto job = work.take(mark)) {
      const auto answer = co_await client.async_ensure(
          numbered_customer_of(client, job->number),
          {.look_first = job->look_first, .user_data = mark}, asio::use_awaitable);
      work.put(*job, answer, mark);
    } else {
      timer.expires_after(idle_time);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }
}

int run(const json::object& config) {
  const auto calls = config.at("calls").to_number<std::size_t>();
  const Marks marks{text_of(config, "marks"), calls == 0 ? 1 : calls};
  asio::io_context context;
  const AnyClient client = connect(context, config);
  const florin_test::Recipe recipe{
      .guarantee = client.guarantee(),
      .finds = connector_named(client.connector()).finds,
      .keys_kept = 24h,
      .settling = std::chrono::milliseconds{config.at("settling_ms").to_number<int>()}};
  std::cout << json::serialize(json::object{{"guarantee", to_string(recipe.guarantee)},
                                            {"finds", recipe.finds}})
            << std::endl;
  Work::Options options{.shift = 24h * config.at("days").to_number<int>()};
  if (!config.at("until").is_null()) options.until = config.at("until").to_number<std::size_t>();
  florin_test::Ledger ledger{text_of(config, "ledger")};
  Work work{ledger, recipe, options};
  if (calls == 0) {
    block(client, work, marks.of(0));
  } else {
    for (std::size_t call = 0; call < calls; ++call) {
      asio::co_spawn(context, await(client, work, marks.of(call)),
                     [](const std::exception_ptr& error) {
                       if (error) std::rethrow_exception(error);
                     });
    }
    context.run();
  }
  return work.gave_up() ? 3 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: crash_driver CONFIGURATION\n";
    return 2;
  }
  // A driver does not outlive the one who is to kill it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    return run(florin_test::read_object(argv[1]));
  } catch (const std::exception& error) {
    std::cerr << "crash_driver: " << error.what() << '\n';
    return 1;
  }
}
