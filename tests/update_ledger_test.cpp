// SPDX-License-Identifier: Apache-2.0
// Thousands of updates by two clients in turn, with lost answers: what the processor has is the
// last value that was acknowledged for each field, or one of those of which a call said that it
// does not know.
#include <florin/client.hpp>
#include <florin/policies.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/processors/rapyd.hpp>
#include <florin/testing/processors/shift4.hpp>
#include <florin/testing/processors/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "client_faults.hpp"
#include "client_fixture.hpp"
#include "fault_mix.hpp"
#include "numbered_customer.hpp"

BOOST_AUTO_TEST_SUITE(update_ledger)
namespace {

using namespace florin_test;
using florin::testing::FaultMix;
using florin::testing::Processor;
using Kind = Fault::Kind;
using std::string;

constexpr std::size_t updates = slowed_down ? 200 : 2'000;

FaultMix losses() {
  FaultMix mix;
  const auto add = [&mix](double probability, Fault fault) {
    mix.shares.push_back({probability, std::move(fault)});
  };
  for (const bool store : {false, true}) {
    add(0.04, {.kind = Kind::reset_after, .store = store, .bytes = 40});
    add(0.03, {.kind = Kind::truncate, .store = store, .bytes = 100});
    add(0.03, {.kind = Kind::server_error, .store = store});
    add(0.02, {.kind = Kind::garbage, .store = store});
  }
  add(0.04, {.kind = Kind::reset_before_read});
  add(0.03, {.kind = Kind::rate_limited});
  return mix;
}

/// Where the two fields that are changed stand on the wire.
struct Places {
  std::string_view email;
  std::string_view other;
};

/// \param change gives the request another value for the field that is no email.
template <class P>
void keeps_what_was_acknowledged(const Processor& processor, const Places& places,
                                 void (*change)(florin::UpdateRequest&, string)) {
  Sandbox sandbox{processor};
  auto options = options_for(sandbox);
  options.retry.longest_backoff = 2ms;
  const auto credentials = florin::testing::detail::credentials_from_text<P>(sandbox.credential());
  std::array clients{Client<P>{credentials, options}, Client<P>{credentials, options}};
  const auto made = clients[0].create(numbered_customer(1));
  BOOST_TEST_REQUIRE(made.has_value());
  const string id = made->connector_customer_id.str();

  // The values that each field may have.
  std::map<std::string_view, std::set<string>> possible;
  for (const auto place : {places.email, places.other})
    possible[place] = {sandbox.customers().front().field(place).value_or("")};
  const auto compare = [&](std::size_t number) {
    const auto stored = sandbox.customers();
    BOOST_TEST_REQUIRE(stored.size() == 1U);
    for (const auto& [place, values] : possible) {
      const string value = stored.front().field(place).value_or("");
      BOOST_TEST(values.contains(value),
                 P::name << ", " << place << " after " << number << ": " << value);
    }
  };

  std::map<string, std::size_t> counts;
  sandbox.random_faults(losses(), fault_seed);
  for (std::size_t number = 0; number < updates; ++number) {
    florin::UpdateRequest request{.connector_customer_id = id};
    std::map<std::string_view, string> changed;
    if (number % 3 != 1) {
      request.email = "ana-" + std::to_string(number) + "@example.com";
      changed[places.email] = request.email;
    }
    if (number % 3 != 0) {
      const string value = std::to_string(2'000'000'000 + number);
      change(request, value);
      changed[places.other] = value;
    }
    const auto answer = clients[number % 2].update(request);
    ++counts[answer ? "changed" : string{to_string(answer.error().outcome)}];
    for (auto& [place, value] : changed) {
      if (answer) {
        possible[place] = {value};
      } else if (answer.error().outcome != Outcome::no_effect) {
        possible[place].insert(value);
      }
    }
    if (number % 50 == 0) compare(number);
  }
  sandbox.clear_faults();
  compare(updates);
  for (const auto& [what, count] : counts)
    BOOST_TEST_MESSAGE(P::name << ": " << what << ": " << count);
  BOOST_TEST(counts["changed"] > updates / 2);
  if constexpr (florin::IdempotencyOf<P, florin::Update>::offered) {
    BOOST_TEST(counts["unknown"] < updates / 8);
  } else {
    BOOST_TEST(counts["unknown"] > 0U);
  }
}

void change_phone(florin::UpdateRequest& request, string value) {
  request.phone = std::move(value);
}
void change_description(florin::UpdateRequest& request, string value) {
  request.description = std::move(value);
}
void change_metadata(florin::UpdateRequest& request, string value) {
  request.metadata.set("number", std::move(value));
}

}  // namespace

BOOST_AUTO_TEST_CASE(with_keys_part_by_part) {
  keeps_what_was_acknowledged<florin::StripePolicy>(florin::testing::stripe(),
                                                    {"email", "metadata[number]"}, change_metadata);
}

BOOST_AUTO_TEST_CASE(with_keys) {
  keeps_what_was_acknowledged<florin::Shift4Policy>(florin::testing::shift4(),
                                                    {"email", "description"}, change_description);
}

BOOST_AUTO_TEST_CASE(with_metadata_that_are_replaced) {
  keeps_what_was_acknowledged<florin::GocardlessPolicy>(
      florin::testing::gocardless(), {"customers.email", "customers.metadata.number"},
      change_metadata);
}

BOOST_AUTO_TEST_CASE(with_a_record_that_is_replaced) {
  keeps_what_was_acknowledged<florin::PaysafePolicy>(florin::testing::paysafe(), {"email", "phone"},
                                                     change_phone);
}

BOOST_AUTO_TEST_CASE(without_keys) {
  keeps_what_was_acknowledged<florin::RapydPolicy>(florin::testing::rapyd(),
                                                   {"email", "description"}, change_description);
}

BOOST_AUTO_TEST_SUITE_END()
