// SPDX-License-Identifier: Apache-2.0
// A translation unit that creates a customer in a coroutine.
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace {

using Client = florin::Client<florin::StripePolicy>;

boost::asio::awaitable<void> create(Client client, std::string id, std::string email,
                                    std::string& made) {
  const florin::CreateRequest request{.merchant_customer_id = id, .email = email};
  const auto answer = co_await client.async_create(request, boost::asio::use_awaitable);
  if (answer) made = answer->connector_customer_id.view();
}

}  // namespace

std::string create_customer(const std::string& key, const std::string& id,
                            const std::string& email) {
  boost::asio::io_context context;
  std::string made;
  boost::asio::co_spawn(context,
                        create(Client{context.get_executor(), {.api_key = key}}, id, email, made),
                        boost::asio::detached);
  context.run();
  return made;
}
