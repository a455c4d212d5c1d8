// SPDX-License-Identifier: Apache-2.0
// A service that makes customers and may be killed at any time: it keeps both ids in a ledger, as
// the README's "Storing both ids safely" says, and goes on with that where an earlier life has left
// off.
//
// The configuration is a file with an object:
//
//   connector          the processor, by its name
//   credential         the sandbox's text, with a colon between two credentials
//   optional           an object of further credentials, by their names
//   base_url, ca_pem   the server
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
#include <florin/policies.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

#include <sys/prctl.h>

#include "crash/ledger.hpp"
#include "crash/marks.hpp"
#include "crash/recipe.hpp"
#include "crash/work.hpp"
#include "numbered_customer.hpp"

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using florin::AnyClient;
using florin_test::Marks;
using florin_test::Work;

/// How long a driver waits that has nothing to do until something is due.
constexpr auto idle_time = 2ms;

json::object read(const char* path) {
  std::ifstream in{path, std::ios::binary};
  return json::parse(std::string{std::istreambuf_iterator<char>{in}, {}}).as_object();
}

std::string text(const json::object& config, std::string_view name) {
  return std::string{config.at(name).as_string()};
}

/// What the driver has to know of its connector beside what `AnyClient` knows.
struct Connector {
  bool finds = false;                           ///< it has a search
  std::vector<std::string_view> credentials{};  ///< the names of those that are required
};

Connector connector(std::string_view name) {
  Connector known;
  const auto look = [&]<class P>(std::type_identity<P>) {
    if (name != P::name) return;
    known.finds = florin::offers<P, florin::Find>;
    P::CredentialNames::describe([&]<class Part>() {
      if (!Part::optional) known.credentials.push_back(Part::name);
    });
  };
  [&]<class... P>(std::type_identity<std::tuple<P...>>) {
    (look(std::type_identity<P>{}), ...);
  }(std::type_identity<florin::AllPolicies>{});
  return known;
}

florin::NamedCredentials credentials(const json::object& config) {
  florin::NamedCredentials all;
  for (const auto& [name, value] : config.at("optional").as_object())
    all.emplace(name, florin::Secret{std::string{value.as_string()}});
  std::string rest = text(config, "credential");
  const auto required = connector(text(config, "connector")).credentials;
  for (const std::string_view name : required) {
    // The last one has the rest, with its colons.
    const auto end = name == required.back() ? rest.size() : std::min(rest.find(':'), rest.size());
    all.emplace(name, florin::Secret{rest.substr(0, end)});
    rest.erase(0, end + 1);
  }
  return all;
}

AnyClient connect(asio::io_context& context, const json::object& config) {
  florin::ClientOptions options;
  options.base_url = text(config, "base_url");
  options.tls.ca_pem = text(config, "ca_pem");
  options.deadline = 1s;
  options.retry = {.retries = 2, .first_backoff = 1ms, .longest_backoff = 2ms};
  auto client = AnyClient::make(context.get_executor(), text(config, "connector"),
                                credentials(config), options, florin_test::PhaseMarks{});
  client.value().ready().value();
  return client.value();
}

/// The customer of a number, with an address where the processor requires one.
florin::CreateRequest customer(const AnyClient& client, std::size_t number) {
  auto plain = florin_test::numbered_customer(number);
  return client.validate(plain) ? plain : florin_test::numbered_resident(number);
}

void block(AnyClient client, Work& work, char* mark) {
  while (!work.ended()) {
    if (const auto job = work.take(mark)) {
      work.put(*job,
               client.ensure(customer(client, job->number),
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
          customer(client, job->number), {.look_first = job->look_first, .user_data = mark},
          asio::use_awaitable);
      work.put(*job, answer, mark);
    } else {
      timer.expires_after(idle_time);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }
}

int run(const json::object& config) {
  const auto calls = config.at("calls").to_number<std::size_t>();
  const Marks marks{text(config, "marks"), calls == 0 ? 1 : calls};
  asio::io_context context;
  const AnyClient client = connect(context, config);
  const florin_test::Recipe recipe{
      .guarantee = client.guarantee(),
      .finds = connector(client.connector()).finds,
      .keys_kept = 24h,
      .settling = std::chrono::milliseconds{config.at("settling_ms").to_number<int>()}};
  std::cout << json::serialize(json::object{{"guarantee", to_string(recipe.guarantee)},
                                            {"finds", recipe.finds}})
            << std::endl;
  Work::Options options{.shift = 24h * config.at("days").to_number<int>()};
  if (!config.at("until").is_null()) options.until = config.at("until").to_number<std::size_t>();
  florin_test::Ledger ledger{text(config, "ledger")};
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
    return run(read(argv[1]));
  } catch (const std::exception& error) {
    std::cerr << "crash_driver: " << error.what() << '\n';
    return 1;
  }
}
