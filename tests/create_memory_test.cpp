// SPDX-License-Identifier: Apache-2.0
#include <florin/create.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// Each allocation of a call over a caller's stream fails in turn.
BOOST_AUTO_TEST_SUITE(create_memory, *florin_test::not_under_tsan(florin_test::allocates))
namespace {

namespace asio = boost::asio;
using florin::Errc;
using florin::Outcome;
using florin::StripePolicy;
using florin::testing::ScriptedStream;
using florin_test::AllocationFailure;
using std::string;

const StripePolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};
const florin::CreateRequest buyer{.merchant_customer_id = "a-reference-of-the-merchant-1",
                                  .email = "ana@example.com"};
const string id = "cus_that_needs_memory_of_its_own";

string answer_of(int status, const string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nRequest-Id: req_that_needs_memory_of_its_own\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}
const string success = answer_of(
    200, R"({"id":")" + id +
             R"(","object":"customer","email":"ana@example.com","name":"Ana Example the Elder"})");
const string deleted = answer_of(200, R"({"id":")" + id + R"(","deleted":true})");
const string refusal = answer_of(
    400, R"({"error":{"code":"a_code_that_needs_memory_of_its_own","type":"invalid_request_error",)"
         R"("message":"A message that needs memory of its own.","param":"a parameter as well"}})");

/// A stream that tells whether it was itself at work when an exception passed.
class TellingStream : public ScriptedStream {
 public:
  using ScriptedStream::ScriptedStream;

  template <class Buffers, class Token>
  void async_write_some(const Buffers& buffers, Token&& token) {
    starting_ = true;
    ScriptedStream::async_write_some(buffers, std::forward<Token>(token));
    starting_ = false;
  }
  template <class Buffers, class Token>
  void async_read_some(const Buffers& buffers, Token&& token) {
    starting_ = true;
    ScriptedStream::async_read_some(buffers, std::forward<Token>(token));
    starting_ = false;
  }
  [[nodiscard]] bool starting() const noexcept { return starting_; }

 private:
  bool starting_ = false;
};

/// What came of one call.
template <class Response>
struct Ended {
  std::optional<florin::Result<Response>> answer;
  string written;
  bool failed = false;  ///< there were so many allocations
};

/// Makes a call of which the allocation number `n` fails.
/// \param call `call(stream)` blocks; `call(stream, handler)` does not.
template <class Response, class Call>
Ended<Response> starve(std::size_t n, bool async, const string& answer, Call call) {
  Ended<Response> ended;
  asio::io_context context;
  TellingStream stream{
      context.get_executor(),
      {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()}};
  stream.read_chunk(50);
  int calls = 0;
  bool begun = false;
  bool thrown = false;
  {
    AllocationFailure failure{n};
    try {
      if (async) {
        call(stream, [&](florin::Result<Response> result) {
          failure.stop();
          ++calls;
          ended.answer.emplace(std::move(result));
        });
        begun = true;
        context.run();
      } else {
        ended.answer.emplace(call(stream));
        ++calls;
      }
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    failure.stop();
    ended.failed = failure.happened();
  }
  ended.written = stream.written();
  BOOST_TEST(calls == (thrown ? 0 : 1));
  if (thrown && !stream.starting()) {
    BOOST_TEST(!begun);
    BOOST_TEST(ended.written.empty());
  }
  return ended;
}

/// Makes a call until none of its allocations fails, blocking and not.
/// \param expected what comes of it then; nothing: success.
/// \param starved the outcome where memory runs out after the request may have been sent.
/// \return how often memory ran out after the request may have been sent.
template <class Response, class Call>
std::size_t starve_each(const string& answer, std::optional<Errc> expected, Outcome starved,
                        Call call) {
  std::size_t exhausted = 0;
  for (const bool async : {false, true}) {
    bool failed = true;
    std::size_t n = 0;
    for (; failed && n < 500; ++n) {
      BOOST_TEST_INFO_SCOPE((async ? "async, allocation " : "blocking, allocation ") << n);
      const auto ended = starve<Response>(n, async, answer, call);
      failed = ended.failed;
      if (!ended.answer) continue;
      if (ended.answer->has_value()) {
        BOOST_TEST(!expected.has_value());
        continue;
      }
      const florin::Error error = ended.answer->error();
      if (expected && error.code == *expected) continue;
      ++exhausted;
      BOOST_TEST((error.outcome == starved));
      BOOST_TEST((error.code == Errc::out_of_resources), error.what());
      BOOST_TEST(error.status_code == 503);
      BOOST_TEST(error.connector == StripePolicy::name);
      BOOST_TEST(error.attempts == 1);
      BOOST_TEST(error.transient);
      BOOST_TEST(error.connector_message.empty());
    }
    BOOST_TEST(n > 3U);
    BOOST_TEST(n < 500U);
  }
  return exhausted;
}

/// Both forms of a call.
template <class Blocking, class Async>
struct Call : Blocking, Async {
  using Blocking::operator();
  using Async::operator();
};
template <class Blocking, class Async>
Call(Blocking, Async) -> Call<Blocking, Async>;

const Call create_buyer{
    [](TellingStream& stream) { return florin::create<StripePolicy>(stream, buyer, key); },
    [](TellingStream& stream, auto handler) {
      florin::async_create<StripePolicy>(stream, buyer, key, {}, std::move(handler));
    }};

}  // namespace

BOOST_AUTO_TEST_CASE(a_create_that_may_have_made_the_customer_says_so) {
  BOOST_TEST(starve_each<florin::CreateResponse>(success, std::nullopt, Outcome::unknown,
                                                 create_buyer) > 2U);
}

BOOST_AUTO_TEST_CASE(a_refusal_that_cannot_be_read_leaves_the_outcome_open) {
  BOOST_TEST(starve_each<florin::CreateResponse>(refusal, Errc::invalid_data, Outcome::unknown,
                                                 create_buyer) > 2U);
}

BOOST_AUTO_TEST_CASE(an_update_and_a_delete_may_have_been_done) {
  const florin::UpdateRequest change{.connector_customer_id = id, .name = "Ana Example"};
  BOOST_TEST(starve_each<florin::Customer>(success, std::nullopt, Outcome::unknown,
                                           Call{[&](TellingStream& stream) {
                                                  return florin::update<StripePolicy>(stream,
                                                                                      change, key);
                                                },
                                                [&](TellingStream& stream, auto handler) {
                                                  florin::async_update<StripePolicy>(
                                                      stream, change, key, {}, std::move(handler));
                                                }}) > 2U);
  BOOST_TEST(
      starve_each<florin::DeleteResponse>(
          deleted, std::nullopt, Outcome::unknown,
          Call{[](TellingStream& stream) { return florin::remove<StripePolicy>(stream, id, key); },
               [](TellingStream& stream, auto handler) {
                 florin::async_remove<StripePolicy>(stream, id, key, {}, std::move(handler));
               }}) > 2U);
}

BOOST_AUTO_TEST_CASE(what_only_reads_has_no_effect) {
  BOOST_TEST(starve_each<florin::Customer>(success, std::nullopt, Outcome::no_effect,
                                           Call{[](TellingStream& stream) {
                                                  return florin::retrieve<StripePolicy>(stream, id,
                                                                                        key);
                                                },
                                                [](TellingStream& stream, auto handler) {
                                                  florin::async_retrieve<StripePolicy>(
                                                      stream, id, key, {}, std::move(handler));
                                                }}) > 2U);
}

BOOST_AUTO_TEST_CASE(a_request_that_cannot_be_sent_is_refused_or_the_call_is_not_begun) {
  const florin::CreateRequest nobody;
  bool failed = true;
  std::size_t n = 0;
  for (; failed && n < 100; ++n) {
    BOOST_TEST_INFO_SCOPE("allocation " << n);
    const auto ended = starve<florin::CreateResponse>(
        n, true, success,
        Call{[](TellingStream&) -> florin::Result<florin::CreateResponse> {
               return florin::Error{};
             },
             [&](TellingStream& stream, auto handler) {
               florin::async_create<StripePolicy>(stream, nobody, key, {}, std::move(handler));
             }});
    failed = ended.failed;
    BOOST_TEST(ended.written.empty());
    if (!ended.answer) continue;
    BOOST_TEST((ended.answer->error().code == Errc::missing_field));
    BOOST_TEST(ended.answer->error().param == "merchant_customer_id");
  }
  BOOST_TEST(n > 1U);
  BOOST_TEST(n < 100U);
}

BOOST_AUTO_TEST_CASE(what_the_handler_throws_is_the_callers) {
  asio::io_context context;
  ScriptedStream stream{
      context.get_executor(),
      {ScriptedStream::expect(), ScriptedStream::give(success), ScriptedStream::eof()}};
  int calls = 0;
  florin::async_create<StripePolicy>(stream, buyer, key, {},
                                     [&](const florin::Result<florin::CreateResponse>& answer) {
                                       ++calls;
                                       BOOST_TEST(answer.has_value());
                                       throw std::bad_alloc{};
                                     });
  BOOST_CHECK_THROW(context.run(), std::bad_alloc);
  context.restart();
  context.run();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
