// SPDX-License-Identifier: Apache-2.0
#include <florin/retry.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <vector>

BOOST_AUTO_TEST_SUITE(retry)
namespace {

using namespace std::chrono_literals;
using florin::Errc;
using florin::Error;
using florin::Outcome;
using florin::RetryMachine;
using florin::RetryOptions;
using Clock = RetryMachine::Clock;
using Time = Clock::time_point;

const Time start{100s};
const Time far = start + 1h;

Error failure(Errc code, Outcome outcome, bool transient) {
  Error error;
  error.code = code;
  error.outcome = outcome;
  error.transient = transient;
  return error;
}
Error lost() {
  return failure(Errc::connection_lost, Outcome::unknown, true);
}
Error refused() {
  return failure(Errc::connect_failed, Outcome::no_effect, true);
}
Error busy() {
  return failure(Errc::rate_limited, Outcome::no_effect, true);
}

/// What the machine decides on the `attempt`-th failure of one kind.
std::optional<Time> decide(const RetryOptions& options, bool idempotent, Error error, bool sent,
                           int attempt = 1, double jitter = 0, bool stale = false,
                           Time deadline = far) {
  RetryMachine machine{options, idempotent, deadline};
  std::optional<Time> again;
  for (int i = 0; i < attempt; ++i) {
    machine.begin();
    Error copy = error;
    again = machine.failed(copy, sent, stale, start, jitter);
  }
  BOOST_TEST(machine.attempts() == attempt);
  return again;
}

}  // namespace

BOOST_AUTO_TEST_CASE(repeats_only_what_cannot_make_a_second_customer) {
  struct Row {
    bool idempotent, sent, transient, repeated;
  };
  for (const Row& row : std::vector<Row>{{false, false, false, false},
                                         {false, false, true, true},
                                         {false, true, false, false},
                                         {false, true, true, false},
                                         {true, false, false, false},
                                         {true, false, true, true},
                                         {true, true, false, false},
                                         {true, true, true, true}}) {
    BOOST_TEST_INFO_SCOPE("idempotent " << row.idempotent << " sent " << row.sent << " transient "
                                        << row.transient);
    Error error = lost();
    error.transient = row.transient;
    BOOST_TEST(decide({}, row.idempotent, error, row.sent).has_value() == row.repeated);
    error.code = Errc::rate_limited;
    error.outcome = Outcome::no_effect;
    BOOST_TEST(decide({}, row.idempotent, error, row.sent).has_value() == row.repeated);
  }
}

BOOST_AUTO_TEST_CASE(counts_the_repetitions) {
  for (const int retries : {-1, 0, 1, 2, 5}) {
    for (int attempt = 1; attempt < 8; ++attempt)
      BOOST_TEST(decide({.retries = retries}, true, busy(), true, attempt).has_value() ==
                 (attempt <= retries));
  }
}

BOOST_AUTO_TEST_CASE(backs_off_exponentially_with_jitter) {
  const RetryOptions options{.retries = 100, .first_backoff = 100ms, .longest_backoff = 1000ms};
  const std::vector<Clock::duration> full{100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms, 1000ms};
  for (int attempt = 1; attempt <= 7; ++attempt) {
    const auto wait = full[static_cast<std::size_t>(attempt - 1)];
    BOOST_TEST((decide(options, true, busy(), true, attempt, 0.0) == start + wait / 2));
    BOOST_TEST((decide(options, true, busy(), true, attempt, 0.5) == start + wait * 3 / 4));
    const auto most = decide(options, true, busy(), true, attempt, 0.999'999'999);
    BOOST_TEST((most > start + wait * 99 / 100));
    BOOST_TEST((most <= start + wait));
  }
  BOOST_TEST((decide(options, true, busy(), true, 60, 0.0) == start + 500ms));
  const RetryOptions odd{.retries = 9, .first_backoff = 700ms, .longest_backoff = 300ms};
  BOOST_TEST((decide(odd, true, busy(), true, 1, 0.0) == start + 150ms));
  const RetryOptions at_once{.retries = 9, .first_backoff = 0ms, .longest_backoff = 0ms};
  BOOST_TEST((decide(at_once, true, busy(), true, 3, 0.5) == start));
}

BOOST_AUTO_TEST_CASE(negative_backoffs_are_none) {
  for (const auto odd : {-1ms, std::chrono::milliseconds::min()})
    for (const int attempt : {1, 2, 60})
      BOOST_TEST((decide({.retries = 100, .first_backoff = odd, .longest_backoff = 100ms}, true,
                         busy(), true, attempt, 0.5) == start));
}

BOOST_AUTO_TEST_CASE(unlimited_backoffs_do_not_overflow) {
  constexpr auto ever = std::chrono::milliseconds::max();
  const RetryOptions options{.retries = 100, .first_backoff = 1000ms, .longest_backoff = ever};
  for (int attempt = 1; attempt <= 100; ++attempt) {
    const auto again = decide(options, true, busy(), true, attempt, 0.5);
    BOOST_TEST((!again || *again > start));
  }
  BOOST_TEST((decide({.first_backoff = ever, .longest_backoff = ever}, true, busy(), true) ==
              std::nullopt));
}

BOOST_AUTO_TEST_CASE(heeds_the_wait_that_was_asked_for) {
  const RetryOptions options{.first_backoff = 200ms, .longest_backoff = 5000ms};
  Error error = busy();
  error.retry_after = 3s;
  BOOST_TEST((decide(options, true, error, true) == start + 3s));
  error.retry_after = 10s;  // longer than the longest backoff: the processor's word counts
  BOOST_TEST((decide(options, true, error, true) == start + 10s));
  error.retry_after = 1ms;
  BOOST_TEST((decide(options, true, error, true) == start + 100ms));
  error.retry_after = 0ms;
  BOOST_TEST((decide(options, true, error, true) == start + 100ms));
}

BOOST_AUTO_TEST_CASE(gives_up_at_once_when_the_deadline_leaves_no_room) {
  const RetryOptions options{.first_backoff = 200ms};
  const auto at = [&](Time deadline, std::optional<std::chrono::milliseconds> asked = {}) {
    Error error = busy();
    error.retry_after = asked;
    return decide(options, true, error, true, 1, 0.0, false, deadline);
  };
  BOOST_TEST((at(start + 100ms) == std::nullopt));
  BOOST_TEST((at(start + 101ms) == start + 100ms));
  BOOST_TEST((at(start + 5s, 5s) == std::nullopt));
  BOOST_TEST((at(start + 6s, 5s) == start + 5s));
  BOOST_TEST((at(start - 1s) == std::nullopt));
  BOOST_TEST((at(Time::max(), 24h) == start + 24h));
}

BOOST_AUTO_TEST_CASE(a_stale_connection_is_replaced_without_waiting_once) {
  BOOST_TEST((decide({}, true, lost(), true, 1, 0.5, true) == start));
  BOOST_TEST((decide({}, false, lost(), true, 1, 0.5, true) == std::nullopt));
  // Twice in a row it is no longer the connection's age.
  BOOST_TEST((decide({}, true, lost(), true, 2, 0.5, true) > start));
  BOOST_TEST((decide({}, true, lost(), true, 1, 0.5, true, start) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(replacing_a_stale_connection_takes_no_repetition) {
  RetryMachine machine{{.retries = 1, .first_backoff = 100ms}, true, far};
  const auto fails = [&](bool stale) {
    machine.begin();
    Error error = lost();
    return machine.failed(error, true, stale, start, 0);
  };
  BOOST_TEST((fails(true) == start));
  BOOST_TEST((fails(false) == start + 50ms));  // the first that counts
  BOOST_TEST((fails(true) == start));
  BOOST_TEST((fails(false) == std::nullopt));
  BOOST_TEST(machine.attempts() == 4);
  RetryMachine none{{.retries = 0}, true, far};
  none.begin();
  Error error = lost();
  BOOST_TEST((none.failed(error, true, true, start, 0) == start));
  none.begin();
  BOOST_TEST((none.failed(error, true, false, start, 0) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_lost_attempt_leaves_later_refusals_in_doubt) {
  struct Row {
    bool idempotent;
    Error first;
    Errc code;
    Outcome second, final;
    bool own = true;
  };
  using enum Outcome;
  const auto no_answer = failure(Errc::unreadable_reply, unknown, true);
  const auto server = failure(Errc::connector_unavailable, unknown, true);
  for (const Row& row : std::vector<Row>{
           {true, lost(), Errc::unauthorized, no_effect, unknown},
           {true, lost(), Errc::rate_limited, no_effect, unknown},
           {true, lost(), Errc::connector_unavailable, unknown, unknown},
           {true, lost(), Errc::connect_failed, no_effect, unknown},
           {true, lost(), Errc::deadline_exceeded, no_effect, unknown},
           {true, lost(), Errc::cancelled, no_effect, unknown},
           {true, lost(), Errc::forbidden, no_effect, unknown},
           {true, no_answer, Errc::rejected, no_effect, unknown},
           {true, server, Errc::rate_limited, no_effect, unknown},
           // The same key would have given the first attempt's success again.
           {true, lost(), Errc::invalid_data, no_effect, no_effect},
           {true, server, Errc::invalid_data, no_effect, no_effect},
           // Unless somebody else refuses it: a bare status, a page of HTML, a gateway.
           {true, lost(), Errc::invalid_data, no_effect, unknown, false},
           {true, server, Errc::invalid_data, no_effect, unknown, false},
           {true, lost(), Errc::customer_exists, in_effect, in_effect},
           {false, lost(), Errc::customer_exists, in_effect, in_effect},
           {false, lost(), Errc::invalid_data, no_effect, unknown},
           {true, busy(), Errc::unauthorized, no_effect, no_effect},
           {true, refused(), Errc::connect_failed, no_effect, no_effect},
           {false, refused(), Errc::invalid_data, no_effect, no_effect},
           {true, refused(), Errc::connection_lost, unknown, unknown},
       }) {
    BOOST_TEST_INFO_SCOPE(to_string(row.first.code) << " then " << to_string(row.code));
    RetryMachine machine{{}, row.idempotent, far};
    machine.begin();
    Error first = row.first;
    static_cast<void>(machine.failed(first, true, false, start, 0.5));
    BOOST_TEST((first.outcome == row.first.outcome));
    machine.begin();
    Error second = failure(row.code, row.second, false);
    second.from_processor = row.own;
    BOOST_TEST(!machine.failed(second, true, false, start, 0.5).has_value());
    BOOST_TEST((second.outcome == row.final));
    // What ends a call without another attempt is corrected alike.
    RetryMachine other{{}, row.idempotent, far};
    other.begin();
    first = row.first;
    other.correct(first);
    second = failure(row.code, row.second, false);
    second.from_processor = row.own;
    other.correct(second);
    BOOST_TEST((second.outcome == row.final));
  }
}

BOOST_AUTO_TEST_CASE(doubt_lasts_over_several_attempts) {
  RetryMachine machine{{.retries = 9}, true, far};
  Error error = lost();
  machine.begin();
  BOOST_TEST(machine.failed(error, true, false, start, 0).has_value());
  for (int i = 0; i < 3; ++i) {
    machine.begin();
    error = busy();
    BOOST_TEST(machine.failed(error, true, false, start, 0).has_value());
    BOOST_TEST((error.outcome == Outcome::unknown));
    error = refused();
    machine.begin();
    BOOST_TEST(machine.failed(error, false, false, start, 0).has_value());
    BOOST_TEST((error.outcome == Outcome::unknown));
  }
  BOOST_TEST(machine.attempts() == 7);
}

BOOST_AUTO_TEST_CASE(a_renewed_token_takes_no_repetition) {
  RetryMachine machine{{.retries = 1}, true, start + 60s};
  machine.begin();
  machine.begin_renewed();
  Error first = lost();
  BOOST_TEST(machine.failed(first, true, false, start, 0).has_value());
  machine.begin();
  BOOST_TEST(machine.attempts() == 3);
  Error second = lost();
  BOOST_TEST(!machine.failed(second, true, false, start, 0).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
