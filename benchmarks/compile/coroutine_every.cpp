// SPDX-License-Identifier: Apache-2.0
// A translation unit that creates a customer at any processor in a coroutine.
#include <florin/client.hpp>
#include <florin/policies.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>
#include <string_view>
#include <tuple>

namespace {

template <class P>
boost::asio::awaitable<void> create(florin::Client<P> client, std::string id, std::string email,
                                    std::string& made) {
  const florin::CreateRequest request{.merchant_customer_id = id, .email = email};
  const auto answer = co_await client.async_create(request, boost::asio::use_awaitable);
  if (answer) made = answer->connector_customer_id.view();
}

template <class P>
bool spawn(boost::asio::io_context& context, const std::string& id, const std::string& email,
           std::string& made) {
  florin::Client<P> client{context.get_executor(), florin::CredentialsOf<P>{}};
  boost::asio::co_spawn(context, create(client, id, email, made), boost::asio::detached);
  return true;
}

template <class... P>
void spawn_at(std::tuple<P...>*, boost::asio::io_context& context, std::string_view connector,
              const std::string& id, const std::string& email, std::string& made) {
  (void)((connector == P::name && spawn<P>(context, id, email, made)) || ...);
}

}  // namespace

std::string create_customer(std::string_view connector, const std::string& id,
                            const std::string& email) {
  boost::asio::io_context context;
  std::string made;
  spawn_at(static_cast<florin::AllPolicies*>(nullptr), context, connector, id, email, made);
  context.run();
  return made;
}
