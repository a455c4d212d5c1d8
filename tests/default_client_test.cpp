// SPDX-License-Identifier: Apache-2.0
#include <florin/default_client.hpp>
#include <florin/static_request.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>

#include "client_fixture.hpp"
#include "scoped_file.hpp"
#include "scoped_variable.hpp"

BOOST_AUTO_TEST_SUITE(default_client)
namespace {

using namespace florin_test;

/// Runs on a thread of its own, which has a default client of its own.
template <class Function>
void on_a_new_thread(Function function) {
  std::thread{function}.join();
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_line_creates_a_customer) {
  const Sandbox sandbox{florin::testing::stripe()};
  const ScopedFile roots{sandbox.ca_pem()};
  const ScopedVariable key{"STRIPE_API_KEY", sandbox.credential().c_str()};
  const ScopedVariable url{"STRIPE_BASE_URL", sandbox.base_url().c_str()};
  const ScopedVariable file{"STRIPE_CA_FILE", roots.path()};
  on_a_new_thread([&] {
    std::optional<Answer> answer{florin::create<StripePolicy>(buyer("m-1"))};
    BOOST_TEST_REQUIRE(answer->has_value());
    BOOST_TEST(answer->value().connector_customer_id.view().starts_with("cus_"));
    const CreateRequest owner = buyer("m-2");
    answer.emplace(florin::create<StripePolicy>(static_cast<florin::CreateRequestView>(owner)));
    BOOST_TEST(answer->has_value());
    using namespace florin::fields;
    answer.emplace(florin::create<StripePolicy>(
        florin::customer(merchant_customer_id = "m-3", email = "ana@example.com")));
    BOOST_TEST(answer->has_value());
    auto& client = florin::default_client<StripePolicy>();
    BOOST_TEST(&client == &florin::default_client<StripePolicy>());
    BOOST_TEST(client.pool().reused == 2u);
  });
  // Every thread has its own.
  on_a_new_thread([&] { BOOST_TEST(florin::create<StripePolicy>(buyer("m-4")).has_value()); });
  BOOST_TEST(sandbox.count() == 4u);
  BOOST_TEST(sandbox.connection_count() == 2u);
}

BOOST_AUTO_TEST_CASE(what_asks_at_the_end_of_a_thread_shares_one) {
  const Sandbox sandbox{florin::testing::stripe()};
  const ScopedFile roots{sandbox.ca_pem()};
  const ScopedVariable key{"STRIPE_API_KEY", sandbox.credential().c_str()};
  const ScopedVariable url{"STRIPE_BASE_URL", sandbox.base_url().c_str()};
  const ScopedVariable file{"STRIPE_CA_FILE", roots.path()};
  struct Shared : StripePolicy {};
  struct Late {
    florin::Client<Shared>** asked = nullptr;
    std::size_t* created = nullptr;
    ~Late() {
      if (asked == nullptr) return;
      *asked = &florin::default_client<Shared>();
      if (florin::create<Shared>(buyer("late"))) ++*created;
    }
  };
  std::array<florin::Client<Shared>*, 2> asked{};
  std::size_t created = 0;
  for (auto*& one : asked)
    on_a_new_thread([&] {
      // Made before anything of the library's is, so that it goes after that.
      static thread_local Late late;
      late.asked = &one;
      late.created = &created;
      BOOST_TEST(florin::create<Shared>(buyer("early")).has_value());
    });
  BOOST_TEST(asked[0] != nullptr);
  BOOST_TEST(asked[0] == asked[1]);
  BOOST_TEST(created == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_told) {
  const Sandbox sandbox{florin::testing::stripe()};
  const ScopedVariable key{"STRIPE_API_KEY", nullptr};
  const ScopedVariable url{"STRIPE_BASE_URL", sandbox.base_url().c_str()};
  on_a_new_thread([&] {
    const auto error = error_of(florin::create<StripePolicy>(buyer("m-1")));
    BOOST_TEST((error.code == Errc::invalid_credentials));
    BOOST_TEST((error.outcome == Outcome::no_effect));
  });
  const ScopedVariable bad{"STRIPE_BASE_URL", "localhost"};
  on_a_new_thread([&] {
    BOOST_TEST(
        (error_of(florin::create<StripePolicy>(buyer("m-1"))).code == Errc::invalid_options));
  });
  BOOST_TEST(sandbox.connection_count() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
