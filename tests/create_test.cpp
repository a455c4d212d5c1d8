// SPDX-License-Identifier: Apache-2.0
#include <florin/create.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <exception>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plain_policy.hpp"

BOOST_AUTO_TEST_SUITE(create_over_a_stream)
namespace {

namespace asio = boost::asio;
using florin::Errc;
using florin::Outcome;
using florin::Phase;
using florin::StripePolicy;
using florin::testing::ScriptedStream;
using florin_test::PlainPolicy;
using Answer = florin::Result<florin::CreateResponse>;
using Code = boost::system::error_code;
using std::string;

const florin::CreateRequest buyer{.merchant_customer_id = "m-1", .email = "ana@example.com"};
const StripePolicy::Credentials stripe_key{.api_key = "sk_test_EXAMPLE"};
const PlainPolicy::Credentials plain_token{.token = "plain-token"};

string answer_of(int status, const string& body, const string& headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
const string success = answer_of(200, R"({"id":"cus_1"})", "Request-Id: req_1\r\n");

/// A peer that gives `answer` to a request and then stops sending.
std::vector<ScriptedStream::Step> peer(const string& answer) {
  return {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()};
}

/// One call with its stream.
template <class P>
struct Trial {
  asio::io_context context;
  ScriptedStream stream;
  typename P::Credentials credentials;
  florin::ExchangeOptions options{};
  florin::CreateRequest request = buyer;

  Trial(const typename P::Credentials& who, std::vector<ScriptedStream::Step> script)
      : stream(context.get_executor(), std::move(script)), credentials(who) {}

  Answer run(bool async) {
    if (!async) return florin::create<P>(stream, request, credentials, options);
    std::optional<Answer> result;
    int calls = 0;
    florin::async_create<P>(stream, request, credentials, options, [&](Answer answer) {
      ++calls;
      result.emplace(std::move(answer));
    });
    BOOST_TEST(calls == 0);
    context.run();
    BOOST_TEST(calls == 1);
    return result.value();
  }
};

struct StripeTrial : Trial<StripePolicy> {
  explicit StripeTrial(const string& answer = success) : Trial(stripe_key, peer(answer)) {}
  explicit StripeTrial(std::vector<ScriptedStream::Step> script)
      : Trial(stripe_key, std::move(script)) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(writes_the_encoded_request_and_reads_the_answer) {
  florin::EncodedRequest encoded;
  const florin::Text key = florin::derive_idempotency_key<StripePolicy>("m-1");
  BOOST_TEST(florin::encode<StripePolicy>(buyer, stripe_key, {.idempotency_key = key}, encoded)
                 .has_value());
  for (const bool async : {false, true}) {
    for (const std::size_t chunk : {1U, 7U, 100'000U}) {
      StripeTrial trial;
      trial.stream.write_chunk(chunk);
      trial.stream.read_chunk(chunk);
      const auto answer = trial.run(async);
      BOOST_TEST_REQUIRE(answer.has_value());
      BOOST_TEST(trial.stream.written() == encoded.bytes());
      BOOST_TEST(answer->merchant_customer_id == "m-1");
      BOOST_TEST(answer->connector_customer_id == "cus_1");
      BOOST_TEST(answer->request_id == "req_1");
      BOOST_TEST(answer->idempotency_key == key);
      BOOST_TEST(answer->status_code == 200);
      BOOST_TEST(answer->http_status == 200);
      BOOST_TEST(answer->attempts == 1);
      BOOST_TEST(answer->dropped.empty());
      BOOST_TEST((answer->origin == florin::Origin::created));
      BOOST_TEST((answer->timings.total() ==
                  answer->timings[Phase::write] + answer->timings[Phase::read]));
    }
  }
}

BOOST_AUTO_TEST_CASE(options_are_heeded) {
  for (const bool async : {false, true}) {
    StripeTrial trial{answer_of(200, R"({"id":"cus_1"})", "Idempotent-Replayed: true\r\n")};
    trial.options = {.host = "localhost:1", .idempotency_key = "my-key"};
    const auto answer = trial.run(async);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->idempotency_key == "my-key");
    BOOST_TEST((answer->origin == florin::Origin::replayed));
    const string& written = trial.stream.written();
    BOOST_TEST((written.find("\r\nHost: localhost:1\r\n") != string::npos));
    BOOST_TEST((written.find("\r\nIdempotency-Key: my-key\r\n") != string::npos));
  }
}

BOOST_AUTO_TEST_CASE(an_existing_customer_can_be_used) {
  const string exists = answer_of(409, R"({"code":"duplicate","existing":"P7"})");
  for (const bool async : {false, true}) {
    Trial<PlainPolicy> strict{plain_token, peer(exists)};
    const auto refused = strict.run(async);
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == Errc::customer_exists));
    BOOST_TEST((refused.error().outcome == Outcome::in_effect));
    BOOST_TEST(refused.error().existing_customer_id == "P7");
    BOOST_TEST(refused.error().idempotency_key.view().empty());

    Trial<PlainPolicy> lenient{plain_token, peer(exists)};
    lenient.options.on_exists = florin::OnExists::use_existing;
    lenient.request.name = "Ana Example";
    const auto used = lenient.run(async);
    BOOST_TEST_REQUIRE(used.has_value());
    BOOST_TEST(used->connector_customer_id == "P7");
    BOOST_TEST((used->origin == florin::Origin::already_existed));
    BOOST_TEST(used->http_status == 409);
    BOOST_TEST(used->dropped.contains(florin::Field::name));

    Trial<PlainPolicy> nameless{plain_token, peer(answer_of(409, R"({"code":"duplicate"})"))};
    nameless.options.on_exists = florin::OnExists::use_existing;
    BOOST_TEST((nameless.run(async).error().code == Errc::customer_exists));
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_is_reported_once_and_not_retried) {
  for (const bool async : {false, true}) {
    StripeTrial trial{
        answer_of(429, R"({"error":{"code":"rate_limit","type":"x","message":"slow down"}})",
                  "Retry-After: 2\r\nRequest-Id: req_9\r\n")};
    const auto answer = trial.run(async);
    BOOST_TEST_REQUIRE(answer.has_error());
    const auto& error = answer.error();
    BOOST_TEST((error.code == Errc::rate_limited));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.retry_after == std::chrono::seconds{2}));
    BOOST_TEST(error.request_id == "req_9");
    BOOST_TEST(error.connector_code == "rate_limit");
    BOOST_TEST(error.attempts == 1);
    BOOST_TEST(error.idempotency_key == florin::derive_idempotency_key<StripePolicy>("m-1"));
    BOOST_TEST(trial.stream.operations() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(every_operation_fails_in_turn) {
  struct Failure {
    Code ec;
    Errc code;
  };
  for (const Failure& failure : {Failure{asio::error::connection_reset, Errc::connection_lost},
                                 Failure{asio::error::eof, Errc::connection_lost},
                                 Failure{boost::beast::error::timeout, Errc::deadline_exceeded}}) {
    for (const bool async : {false, true}) {
      std::size_t writes = 0;
      for (std::size_t n = 1;; ++n) {
        StripeTrial trial;
        trial.stream.write_chunk(60);
        trial.stream.read_chunk(9);
        trial.stream.fail_at(n, failure.ec);
        const auto answer = trial.run(async);
        if (trial.stream.operations() < n) {
          BOOST_TEST(answer.has_value());
          BOOST_TEST(writes > 3u);
          BOOST_TEST(n > writes + 4);
          break;
        }
        BOOST_TEST(trial.stream.operations() == n);
        BOOST_TEST_REQUIRE(answer.has_error());
        const auto& error = answer.error();
        BOOST_TEST((error.code == failure.code));
        BOOST_TEST(error.cause == failure.ec);
        BOOST_TEST((error.outcome == Outcome::unknown));
        BOOST_TEST(error.connector == "stripe");
        BOOST_TEST(error.status_code == florin::unified_status(failure.code, 0));
        BOOST_TEST(error.http_status == 0);
        const bool in_write = trial.stream.written().find("m-1") == string::npos;
        BOOST_TEST((error.phase == (in_write ? Phase::write : Phase::read)));
        if (in_write) writes = n;
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_read_leaves_the_outcome_open) {
  for (const bool async : {false, true}) {
    for (const string& answer :
         {answer_of(200, "{\"id\": \"cus_"), answer_of(200, "{}"), answer_of(200, "<html>"),
          answer_of(200, R"({"id":"acct_1"})"), string{"220 mail.example.test ready\r\n\r\n"},
          "HTTP/1.1 200 OK\r\nX: " + string(20'000, 'x')}) {
      StripeTrial trial{answer};
      const auto result = trial.run(async);
      BOOST_TEST_REQUIRE(result.has_error());
      BOOST_TEST((result.error().code == Errc::unreadable_reply));
      BOOST_TEST((result.error().outcome == Outcome::unknown));
      BOOST_TEST(!result.error().reason.empty());
      BOOST_TEST(result.error().status_code == 502);
    }
    for (std::size_t cut = 0; cut < success.size(); cut += 7) {
      StripeTrial trial{success.substr(0, cut)};
      const auto result = trial.run(async);
      BOOST_TEST_REQUIRE(result.has_error());
      BOOST_TEST((result.error().code == Errc::connection_lost));
      BOOST_TEST((result.error().outcome == Outcome::unknown));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_never_touches_the_stream) {
  for (const bool async : {false, true}) {
    const auto refused = [async](auto change) {
      StripeTrial trial;
      change(trial);
      const auto answer = trial.run(async);
      BOOST_TEST(trial.stream.operations() == 0u);
      BOOST_TEST_REQUIRE(answer.has_error());
      BOOST_TEST((answer.error().outcome == Outcome::no_effect));
      BOOST_TEST(answer.error().idempotency_key.view().empty());  // none was sent
      return answer.error().code;
    };
    BOOST_TEST(
        (refused([](auto& t) { t.request.merchant_customer_id = ""; }) == Errc::missing_field));
    BOOST_TEST((refused([](auto& t) { t.request.email = "no address"; }) == Errc::invalid_field));
    BOOST_TEST((refused([](auto& t) { t.credentials.api_key = ""; }) == Errc::invalid_credentials));
    BOOST_TEST((refused([](auto& t) { t.options.idempotency_key = "a b"; }) ==
                Errc::invalid_idempotency_key));
  }
}

BOOST_AUTO_TEST_CASE(cancellation_at_every_step) {
  using Type = asio::cancellation_type;
  for (const Type type : {Type::terminal, Type::partial, Type::total}) {
    std::size_t handlers = 0;
    for (bool cut_short = true; cut_short; ++handlers) {
      // The last step stalls, so that a call which overlooks its cancellation is seen to hang.
      StripeTrial trial{{ScriptedStream::expect(),
                         ScriptedStream::give(success.substr(0, success.size() - 1), 20),
                         ScriptedStream::stall()}};
      trial.stream.write_chunk(100);
      asio::cancellation_signal signal;
      std::optional<Answer> result;
      florin::async_create<StripePolicy>(
          trial.stream, buyer, stripe_key, {},
          asio::bind_cancellation_slot(signal.slot(), [&](Answer answer) {
            BOOST_TEST(!result.has_value());
            result.emplace(std::move(answer));
          }));
      std::size_t run = 0;
      while (run < handlers && trial.context.poll_one() != 0) ++run;
      cut_short = run == handlers;
      BOOST_TEST_REQUIRE(!result.has_value());
      signal.emit(type);
      trial.context.restart();
      trial.context.poll();
      BOOST_TEST_REQUIRE(result.has_value());
      BOOST_TEST_REQUIRE(result->has_error());
      BOOST_TEST((result->error().code == Errc::cancelled));
      BOOST_TEST((result->error().outcome == Outcome::unknown));
      BOOST_TEST(result->error().status_code == 499);
    }
    BOOST_TEST(handlers > 8u);
  }
}

BOOST_AUTO_TEST_CASE(any_completion_token) {
  {
    StripeTrial trial;
    std::future<Answer> future =
        florin::async_create<StripePolicy>(trial.stream, buyer, stripe_key, {}, asio::use_future);
    trial.context.run();
    BOOST_TEST(future.get().value().connector_customer_id == "cus_1");
  }
  {
    StripeTrial trial;
    std::optional<Answer> result;
    asio::co_spawn(
        trial.context,
        [&]() -> asio::awaitable<void> {
          result.emplace(co_await florin::async_create<StripePolicy>(
              trial.stream, buyer, stripe_key, {}, asio::use_awaitable));
        },
        [](std::exception_ptr failure) { BOOST_TEST(!failure); });
    trial.context.run();
    BOOST_TEST_REQUIRE(result.has_value());
    BOOST_TEST(result->value().connector_customer_id == "cus_1");
  }
  {
    StripeTrial trial;
    std::optional<Answer> result;
    {
      auto later = florin::async_create<StripePolicy>(trial.stream, florin::CreateRequest{buyer},
                                                      StripePolicy::Credentials{stripe_key}, {},
                                                      asio::deferred);
      BOOST_TEST(trial.stream.operations() == 0u);
      std::move(later)([&](Answer answer) { result.emplace(std::move(answer)); });
    }
    trial.context.run();
    BOOST_TEST(result.value().value().connector_customer_id == "cus_1");
  }
}

BOOST_AUTO_TEST_CASE(completes_on_the_executor_of_the_handler) {
  for (const bool valid : {true, false}) {
    StripeTrial trial;
    if (!valid) trial.request.email = "no address";
    asio::io_context elsewhere;
    bool called = false;
    florin::async_create<StripePolicy>(
        trial.stream, trial.request, stripe_key, {},
        asio::bind_executor(elsewhere.get_executor(), [&](const Answer& answer) {
          called = true;
          BOOST_TEST(answer.has_value() == valid);
          BOOST_TEST(elsewhere.get_executor().running_in_this_thread());
        }));
    for (int i = 0; i < 100 && !called; ++i) {
      trial.context.poll();
      trial.context.restart();
      BOOST_TEST(!called);
      elsewhere.poll_one();
      elsewhere.restart();
    }
    BOOST_TEST(called);
  }
}

BOOST_AUTO_TEST_SUITE_END()
