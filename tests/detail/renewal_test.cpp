// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/detail/call_facts.hpp>
#include <florin/detail/renewal.hpp>
#include <florin/policies/airwallex.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <optional>
#include <utility>

#include "support/process_memory.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(detail_renewal)
namespace {

using florin::AirwallexPolicy;
using florin::Create;
using florin::EncodedRequest;
using florin::Error;
using florin_test::VeiledText;

/// Has a secret in its request for a token, and no other copy of it.
class Planted final : public florin::detail::Attempt {
 public:
  explicit Planted(const VeiledText& secret)
      : Attempt(florin::detail::call_facts<AirwallexPolicy, Create>,
                florin::reply_facts<AirwallexPolicy, Create>),
        secret_(secret) {}

  void encode_token_request(EncodedRequest& out) override {
    auto& buffer = out.begin("POST /token HTTP/1.1\r\nHost: ", "api.example");
    buffer.append("x-api-key: ");
    char* const to = buffer.room(secret_.size());
    secret_.reveal(to);
    buffer.end_at(to + secret_.size());
    buffer.append("\r\n");
    out.end_head();
    out.end_body({});
  }
  florin::wire::ReplyReader* token_reader() noexcept override { return &token_reader_; }
  std::optional<Error> judge() override { return Error{}; }
  void stand_in(const Error&) override {}
  int complete(int, const florin::Timings&) noexcept override { return 0; }

 private:
  const VeiledText& secret_;
  florin::wire::ReplyReader token_reader_{florin::reply_facts<AirwallexPolicy, florin::FetchToken>};
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_cache_alone_keeps_the_request_for_a_token,
                     *florin_test::skipped_if(!FLORIN_TEST_SEARCHES_MEMORY,
                                              florin_test::searches)) {
  // Longer than what the processor's registers, which may be saved on the stack, hold in a row.
  const VeiledText secret{200, [](std::size_t i) {
                            static volatile unsigned seed = 12'345;
                            return static_cast<char>('a' + (seed + i * 104'729U) % 26U);
                          }};
  std::optional<florin::detail::TokenCache> tokens{std::in_place};
  Planted attempt{secret};
  florin::detail::Renewal renewal{attempt, *tokens};
  renewal.begin();
  BOOST_TEST(secret.copies_in_memory() == 1U);
  renewal.clear();
  tokens.reset();
  BOOST_TEST(secret.copies_in_memory() == 0U);
}

BOOST_AUTO_TEST_CASE(what_was_given_up_is_somebody_elses) {
  struct Sleeper final : florin::detail::TokenCache::Waiter {
    void wake() noexcept override {}
  };
  using Found = florin::detail::TokenCache::Found;
  const VeiledText secret{8, [](std::size_t) { return 'k'; }};
  florin::detail::TokenCache tokens;
  Planted attempts[]{Planted{secret}, Planted{secret}, Planted{secret}};
  florin::detail::Renewal renewals[]{
      {attempts[0], tokens}, {attempts[1], tokens}, {attempts[2], tokens}};
  for (auto& renewal : renewals) renewal.begin();
  Sleeper sleeper;
  const auto now = florin::net::Clock::now();
  BOOST_TEST((renewals[0].seek(sleeper, now) == Found::fetch));
  renewals[0].abandon();
  BOOST_TEST((renewals[1].seek(sleeper, now) == Found::fetch));
  renewals[0].abandon();
  BOOST_TEST((renewals[2].seek(sleeper, now) == Found::wait));
  renewals[2].abandon();
  renewals[1].abandon();
}

BOOST_AUTO_TEST_SUITE_END()
