// SPDX-License-Identifier: Apache-2.0
//
// C++20 coroutines: several customers at once, a deadline, a cancellation, and what to do when the
// outcome is unknown. Runs against a sandbox within this program.

#include <florin/florin.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Client = florin::Client<florin::StripePolicy>;
using Answer = florin::Result<florin::CreateResponse>;

florin::CreateRequest customer(std::string id) {
  return {.merchant_customer_id = std::move(id), .name = "John Doe"};
}

bool print(std::string_view what, const Answer& answer) {
  std::cout << what << ": ";
  if (answer) {
    std::cout << answer->connector_customer_id << ' ' << to_string(answer->origin) << '\n';
  } else {
    std::cout << answer.error() << '\n';
  }
  return answer.has_value();
}

asio::awaitable<Answer> create(Client client, std::string id) {
  // A `Client` is a handle: the copy shares the connections. The request is read before the first
  // suspension, so it may be a temporary.
  co_return co_await client.async_create(customer(std::move(id)), asio::use_awaitable);
}

asio::awaitable<bool> run(Client client, florin::testing::Sandbox& sandbox) {
  using namespace asio::experimental::awaitable_operators;
  using Kind = florin::testing::Fault::Kind;
  bool good = true;

  // Three at once, each over a connection of its own.
  const auto [first, second, third] =
      co_await (create(client, "first") && create(client, "second") && create(client, "third"));
  good = print("first", first) && good;
  good = print("second", second) && good;
  good = print("third", third) && good;

  // A processor that stores the customer and never answers. The deadline spans everything: queue,
  // connect, handshake, I/O and retries.
  sandbox.fault({.kind = Kind::silent, .store = true});
  const auto late =
      co_await client.async_create(customer("late"), {.deadline = 200ms}, asio::use_awaitable);
  good = !print("late", late) && late.error().outcome == florin::Outcome::unknown && good;

  // The outcome is unknown, so the same request is sent again. Its idempotency key is derived from
  // merchant_customer_id, also after a restart of the program: no second customer is made.
  const auto settled = co_await client.async_create(customer("late"), asio::use_awaitable);
  good = print("late, again", settled) && settled->origin == florin::Origin::replayed && good;

  // Cancellation through a slot, here after 100 ms.
  sandbox.fault({.kind = Kind::silent});
  asio::cancellation_signal cancel;
  asio::steady_timer timer{co_await asio::this_coro::executor, 100ms};
  timer.async_wait([&cancel](boost::system::error_code error) {
    if (!error) cancel.emit(asio::cancellation_type::all);
  });
  const auto stopped = co_await client.async_create(
      customer("stopped"), asio::bind_cancellation_slot(cancel.slot(), asio::use_awaitable));
  timer.cancel();
  good = !print("stopped", stopped) && stopped.error().code == florin::Errc::cancelled && good;

  co_return good&& sandbox.count("late") == 1;
}

}  // namespace

int main() {
  florin::testing::Sandbox sandbox{florin::testing::stripe()};
  std::cout << "Stripe is played by a sandbox at " << sandbox.base_url() << "\n\n";

  florin::ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();

  asio::io_context context;
  const Client client{context.get_executor(), {.api_key = sandbox.credential()}, options};
  bool good = false;
  asio::co_spawn(context, run(client, sandbox), [&good](std::exception_ptr failure, bool result) {
    if (failure) std::rethrow_exception(failure);
    good = result;
  });
  context.run();
  return good ? 0 : 1;
}
