// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/call_machine.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "machine_of.hpp"
#include "plain_policy.hpp"

/// The machine of a call, walked through every step with every way in which each can end: all
/// combinations, checked against what a small model of the processor knows.
BOOST_AUTO_TEST_SUITE(detail_call_machine)
namespace {

namespace net = florin::net;
using namespace std::chrono_literals;
using florin::Errc;
using florin::Outcome;
using florin::Phase;
using florin::StripePolicy;
using florin_test::PlainPolicy;
using Code = boost::system::error_code;
using std::string;
using std::string_view;

const Code reset = boost::asio::error::connection_reset;
const Code end_of_stream = boost::asio::error::eof;
const Code timed_out = boost::beast::error::timeout;
const Code aborted = boost::asio::error::operation_aborted;

/// All sequences of choices, one after the other: `choose(n)` takes every value below `n` in turn.
class Choices {
 public:
  std::size_t choose(std::size_t count) {
    if (at_ == made_.size()) made_.push_back({0, count});
    BOOST_REQUIRE(made_[at_].second == count);
    return made_[at_++].first;
  }
  /// The next sequence.
  /// \return false when there is none.
  bool next() {
    at_ = 0;
    while (!made_.empty() && ++made_.back().first == made_.back().second) made_.pop_back();
    return !made_.empty();
  }
  string text() const {
    string all;
    for (const auto& choice : made_) all += std::to_string(choice.first) + ' ';
    return all;
  }

 private:
  std::vector<std::pair<std::size_t, std::size_t>> made_;
  std::size_t at_ = 0;
};

struct Observer {
  std::vector<florin::PhaseEvent> phases;
  std::vector<florin::CallEvent> calls;
  void on_phase(const florin::PhaseEvent& event) { phases.push_back(event); }
  void on_call(const florin::CallEvent& event) { calls.push_back(event); }
};

string answer_of(int status, string_view body, string_view headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + string{body};
}

/// What both processors could say; a bare status could be anybody's.
constexpr string_view own_failure =
    R"({"error":{"code":"parameter_invalid_empty","message":"m"},"code":"bad_value"})";

/// What an answer tells about the customer.
enum class Tells { created, no_effect, nothing };
/// How an exchange over an established connection can end.
struct End {
  string answer{};  ///< bytes that come
  Code ec{};        ///< what comes after them
  Tells tells = Tells::nothing;
  bool final = false;  ///< what it tells covers earlier requests with the same key
  Errc code{};         ///< of the attempt; unused for a success
};

const std::vector<End>& ends() {
  using enum Errc;
  static const std::vector<End> all{
      {answer_of(200, R"({"id":"cus_1"})"), {}, Tells::created, true, {}},
      {answer_of(200, R"({"id":"cus_1"})", "Connection: close\r\n"), {}, Tells::created, true, {}},
      {answer_of(400, own_failure), {}, Tells::no_effect, true, invalid_data},
      {answer_of(400, "{}"), {}, Tells::no_effect, false, invalid_data},
      {answer_of(401, "{}"), {}, Tells::no_effect, false, unauthorized},
      {answer_of(429, "{}"), {}, Tells::no_effect, false, rate_limited},
      {answer_of(429, "{}", "Retry-After: 3600\r\n"), {}, Tells::no_effect, false, rate_limited},
      {answer_of(500, "{}"), {}, Tells::nothing, false, connector_unavailable},
      {answer_of(200, "{"), {}, Tells::nothing, false, unreadable_reply},
      {"220 ready\r\n\r\n", {}, Tells::nothing, false, unreadable_reply},
      {"HTTP/1.1 200", end_of_stream, Tells::nothing, false, connection_lost},
      {"", reset, Tells::nothing, false, connection_lost},
      {"", timed_out, Tells::nothing, false, deadline_exceeded},
      {"HTTP/1.1 200", aborted, Tells::nothing, false, cancelled},
  };
  return all;
}

/// One walk of a machine through the choices, with the model that judges it.
template <class P>
class Walk {
 public:
  using Machine = florin_test::MachineOf<P>;
  using Step = florin::detail::CallMachine::Step;

  Walk(Machine& machine, Choices& choices, int retries)
      : machine_(machine), choices_(choices), retries_(retries) {}

  void run() {
    const florin::CreateRequest request{.merchant_customer_id = "m-1", .email = "a@b.test"};
    machine_.begin(request, {.retries = retries_}, observer_);
    machine_.launch(deadline, now_);
    for (int steps = 0; machine_.step() != Step::done; ++steps) {
      BOOST_TEST_REQUIRE(steps < 100);
      now_ += 1ms;
      take_step();
    }
    BOOST_TEST(!held_);
    judge(machine_.answer());
  }

 private:
  static constexpr net::TimePoint start{1000s};
  static constexpr net::TimePoint deadline = start + 60s;

  void take_step() {
    switch (machine_.step()) {
      case Step::acquire:
        return acquire();
      case Step::establish:
        BOOST_TEST(held_);
        return establish();
      case Step::write:
        BOOST_TEST(held_);
        return write();
      case Step::read:
        BOOST_TEST(held_);
        return read();
      case Step::release:
        BOOST_TEST(held_);
        held_ = false;
        released_ = now_ - 1ms;
        // Only after a whole answer of a peer that keeps the connection open.
        BOOST_TEST(machine_.reusable() == keeps_);
        return machine_.released();
      case Step::wait:
        return wait();
      case Step::seek_token:
      case Step::await_token:
      case Step::probe:
        BOOST_FAIL("these policies need no token");
        break;
      case Step::done:
        break;
    }
  }

  void acquire() {
    BOOST_TEST(!held_);
    ++acquired_;
    keeps_ = false;
    // Nothing is repeated that the processor would not recognise.
    if (wrote_) BOOST_TEST(florin::has_idempotency<P>);
    got_ = pooled_ = false;
    const bool fresh = machine_.wanted() == net::Pool::Wanted::fresh;
    BOOST_TEST(fresh == fresh_wanted_);
    fresh_wanted_ = false;
    switch (fresh ? std::array<std::size_t, 3>{1, 2, 4}[choices_.choose(3)] : choices_.choose(5)) {
      case 0:
        held_ = pooled_ = true;
        return machine_.acquired(true, now_);
      case 1:
        held_ = true;
        return machine_.acquired(false, now_);
      case 2:
        last_ = Errc::deadline_exceeded;
        return machine_.not_acquired(timed_out, now_);
      case 3:  // an open one, but too late: nothing may be sent any more
        held_ = keeps_ = true;
        last_ = Errc::deadline_exceeded;
        now_ = deadline;
        machine_.acquired(true, now_);
        BOOST_TEST((machine_.step() == Step::release));
        return;
      default:
        last_ = Errc::cancelled;
        return machine_.not_acquired(aborted, now_);
    }
  }

  void establish() {
    struct How {
      Code ec;
      Phase phase;
      Errc code;
    };
    const How ways[] = {
        {{}, Phase::handshake, {}},
        {{}, Phase::handshake, Errc::deadline_exceeded},
        {boost::asio::error::host_not_found, Phase::resolve, Errc::resolve_failed},
        {boost::asio::error::connection_refused, Phase::connect, Errc::connect_failed},
        {timed_out, Phase::connect, Errc::connect_failed},
        {net::ProxyError::refused, Phase::proxy, Errc::proxy_failed},
        {net::ProxyError::unavailable, Phase::proxy, Errc::proxy_failed},
        {net::TlsError::expired, Phase::handshake, Errc::tls_failed},
        {net::TlsError::protocol, Phase::handshake, Errc::tls_failed},
        {aborted, Phase::handshake, Errc::cancelled},
        {timed_out, Phase::handshake, Errc::deadline_exceeded},
    };
    const auto& way = ways[choices_.choose(std::size(ways))];
    net::EstablishResult result;
    result.error = way.ec;
    result.phase = way.phase;
    result.timings.add(Phase::connect, 1ms);
    result.timings.add(way.phase, 1ms);
    // The connect timeout is not the deadline: only past the deadline is it called so.
    if (way.code == Errc::deadline_exceeded) now_ = deadline;
    if (way.ec || now_ == deadline) last_ = way.code;
    keeps_ = now_ == deadline && !way.ec;
    permanent_ = way.ec == net::ProxyError::refused || way.ec == net::TlsError::expired;
    machine_.established(result, now_);
    if (permanent_) expect_no_repetition();
  }

  void write() {
    const auto unsent = machine_.unsent();
    BOOST_TEST_REQUIRE(!unsent.empty());
    if (fresh_) {
      if (!request_.empty()) BOOST_TEST(unsent == request_);
      request_ = unsent;
      fresh_ = false;
    }
    wrote_ = true;
    struct How {
      Code ec;
      std::size_t count;
      Errc code;
    };
    // In two parts the first time, so that each failure is met before and after a part.
    const bool part = unsent.size() == request_.size();
    const How ways[] = {{{}, part ? unsent.size() / 2 : unsent.size(), {}},
                        {reset, 0, Errc::connection_lost},
                        {timed_out, 0, Errc::deadline_exceeded},
                        {aborted, 0, Errc::cancelled}};
    const auto& way = ways[choices_.choose(std::size(ways))];
    if (way.ec) {
      lost(way.code);
      last_ = way.code;
      doubt_ = true;
      fresh_ = true;
    }
    machine_.written(way.ec, way.count, now_);
  }

  void read() {
    const auto& end = ends()[choices_.choose(ends().size())];
    BOOST_TEST_REQUIRE(machine_.room().size() >= end.answer.size());
    std::memcpy(machine_.room().data(), end.answer.data(), end.answer.size());
    fresh_ = true;
    success_ = end.tells == Tells::created;
    if (!success_) {
      got_ = !end.answer.empty();
      lost(end.code);
      last_ = end.code;
    }
    settled_ = end.final && (success_ || florin::has_idempotency<P>);
    if (end.tells == Tells::nothing) doubt_ = true;
    keeps_ = !end.ec && end.answer.starts_with("HTTP") &&
             end.answer.find("close") == string::npos &&
             (success_ || end.code != Errc::unreadable_reply);
    machine_.received(end.ec, end.answer.size(), now_);
    if (end.answer.find("3600") != string::npos) expect_no_repetition();
  }

  void wait() {
    BOOST_TEST(!held_);
    BOOST_TEST((machine_.wake_time() >= released_));
    BOOST_TEST((machine_.wake_time() < deadline));
    BOOST_TEST(acquired_ - free_ <= retries_);
    settled_ = false;
    switch (choices_.choose(3)) {
      case 0:
        now_ = machine_.wake_time();
        return machine_.waited({}, now_);
      case 1:
        last_ = Errc::deadline_exceeded;
        return machine_.waited(timed_out, now_);
      default:
        last_ = Errc::cancelled;
        return machine_.waited(aborted, now_);
    }
  }

  /// An attempt whose request may have arrived ends without an answer that could be used.
  void lost(Errc code) {
    const bool stale = pooled_ && code == Errc::connection_lost && !got_;
    if (stale) ++free_;
    fresh_wanted_ = stale || code == Errc::unreadable_reply;
  }

  void expect_no_repetition() {
    BOOST_TEST((machine_.step() == Step::release));
    held_ = false;
    machine_.released();
    BOOST_TEST((machine_.step() == Step::done));
  }

  void judge(const florin::Result<florin::CreateResponse>& answer) {
    BOOST_TEST(acquired_ <= 1 + retries_ + free_);
    BOOST_TEST_REQUIRE(answer.has_value() == success_);
    BOOST_TEST_REQUIRE(observer_.calls.size() == 1u);
    const auto& event = observer_.calls.front();
    BOOST_TEST(event.connector == P::name);
    BOOST_TEST(event.operation == "create");
    BOOST_TEST(event.attempts == acquired_);
    florin::Timings told;
    for (const auto& phase : observer_.phases) {
      told.add(phase.phase, phase.duration);
      BOOST_TEST(phase.attempt <= acquired_);
      BOOST_TEST((phase.duration >= 0ns));
    }
    BOOST_TEST((told.total() == event.timings.total()));
    if (answer) {
      BOOST_TEST(answer->attempts == acquired_);
      BOOST_TEST(answer->connector_customer_id == "cus_1");
      BOOST_TEST(!event.error.has_value());
      BOOST_TEST(event.http_status == 200);
      return;
    }
    const auto& error = answer.error();
    BOOST_TEST((error.code == last_));
    BOOST_TEST(error.attempts == acquired_);
    BOOST_TEST(error.status_code == florin::unified_status(last_, error.http_status));
    BOOST_TEST((event.error == error.code));
    BOOST_TEST((event.outcome == error.outcome));
    const bool open = doubt_ && !settled_;
    BOOST_TEST((error.outcome == (open ? Outcome::unknown : Outcome::no_effect)));
  }

  Machine& machine_;
  Choices& choices_;
  int retries_;
  Observer observer_;
  net::TimePoint now_ = start;
  net::TimePoint released_{};
  string request_;
  int acquired_ = 0;
  Errc last_{};
  int free_ = 0;         ///< attempts over connections that had gone stale
  bool pooled_ = false;  ///< the connection was open when it was got
  bool got_ = false;     ///< something of an answer came
  bool fresh_wanted_ = false;
  bool held_ = false;     ///< a connection is out of the pool
  bool fresh_ = true;     ///< no byte of this attempt's request was written
  bool wrote_ = false;    ///< a write was attempted in some attempt
  bool keeps_ = false;    ///< the connection can carry another exchange
  bool doubt_ = false;    ///< a request of this call may have made a customer
  bool settled_ = false;  ///< the last answer tells about all of them
  bool success_ = false;
  bool permanent_ = false;
};

/// \return how many walks there were.
template <class P>
std::size_t walk_all(int retries) {
  typename P::Credentials credentials;
  if constexpr (std::is_same_v<P, StripePolicy>) {
    credentials.api_key = "sk_test_EXAMPLE";
  } else {
    credentials.token = "plain-token";
  }
  typename Walk<P>::Machine machine{credentials};  // one for all, as a client recycles its own
  Choices choices;
  std::size_t count = 0;
  do {
    Walk<P> walk{machine, choices, retries};
    const auto before = boost::unit_test::results_collector
                            .results(boost::unit_test::framework::current_test_case_id())
                            .p_assertions_failed;
    walk.run();
    ++count;
    if (boost::unit_test::results_collector
            .results(boost::unit_test::framework::current_test_case_id())
            .p_assertions_failed != before)
      BOOST_FAIL("at the choices " << choices.text());
  } while (choices.next());
  return count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_way_without_repetition) {
  BOOST_TEST(walk_all<StripePolicy>(0) > 40u);
  BOOST_TEST(walk_all<PlainPolicy>(0) > 40u);
}

BOOST_AUTO_TEST_CASE(every_way_with_one_repetition) {
  BOOST_TEST(walk_all<StripePolicy>(1) > 1000u);
  BOOST_TEST(walk_all<PlainPolicy>(1) > 100u);
}

BOOST_AUTO_TEST_CASE(a_request_that_cannot_be_sent_ends_at_once) {
  using Machine = florin::detail::CallMachine;
  florin_test::MachineOf<StripePolicy> machine{{.api_key = "sk_test_EXAMPLE"}};
  Observer observer;
  machine.begin(florin::CreateRequest{}, {}, observer);
  BOOST_TEST((machine.step() == Machine::Step::done));
  const auto answer = machine.answer();
  BOOST_TEST_REQUIRE(answer.has_error());
  BOOST_TEST((answer.error().code == Errc::missing_field));
  BOOST_TEST((answer.error().outcome == Outcome::no_effect));
  BOOST_TEST(answer.error().attempts == 0);
  BOOST_TEST(observer.calls.size() == 1u);
  BOOST_TEST(observer.phases.empty());
}

BOOST_AUTO_TEST_CASE(a_call_that_cannot_begin_is_refused) {
  using Machine = florin::detail::CallMachine;
  florin_test::MachineOf<StripePolicy> machine{{.api_key = "sk_test_EXAMPLE"}};
  Observer observer;
  florin::Error error;
  error.code = Errc::invalid_options;
  machine.refuse(error, florin::detail::ObserverRef{observer});
  BOOST_TEST((machine.step() == Machine::Step::done));
  BOOST_TEST((machine.answer().error().code == Errc::invalid_options));
  BOOST_TEST(observer.calls.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stale_connection_is_replaced_at_once) {
  using Machine = florin::detail::CallMachine;
  florin_test::MachineOf<StripePolicy> machine{{.api_key = "sk_test_EXAMPLE"}};
  Observer observer;
  net::TimePoint now{5s};
  const florin::CreateRequest request{.merchant_customer_id = "m-1"};
  for (const bool pooled : {true, false}) {
    machine.begin(request, {}, observer);
    machine.launch(net::never, now);
    machine.acquired(pooled, now);
    if (!pooled) machine.established({}, now);
    machine.written({}, machine.unsent().size(), now);
    machine.received(end_of_stream, 0, now);
    BOOST_TEST((machine.step() == Machine::Step::release));
    machine.released();
    BOOST_TEST((machine.step() == Machine::Step::wait));
    BOOST_TEST((machine.wake_time() == now) == pooled);
    BOOST_TEST((machine.wanted() == net::Pool::Wanted::fresh) == pooled);
    machine.waited(aborted, now);
    BOOST_TEST((machine.answer().error().outcome == Outcome::unknown));
  }
}

BOOST_AUTO_TEST_SUITE_END()
