// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/attempt.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/establish_error.hpp>
#include <florin/detail/judged.hpp>
#include <florin/detail/observer_ref.hpp>
#include <florin/detail/renewal.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/exchange.hpp>
#include <florin/net/pool.hpp>
#include <florin/observer.hpp>
#include <florin/retry.hpp>
#include <florin/secret.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace florin::detail {

/// Decides what happens in a call through a `Client`, from the encoded request to the answer. Does
/// no I/O and reads no clock: a driver performs the step it is shown and reports how that ended.
/// The blocking and the asynchronous driver run the same machine.
///
/// Where memory has run out, the call ends with `Errc::out_of_resources` and what is known about
/// the customer; no member throws `std::bad_alloc`.
class CallMachine {
 public:
  using Code = boost::system::error_code;
  using TimePoint = net::TimePoint;

  enum class Step : unsigned char {
    seek_token,   ///< call `seek_token`
    await_token,  ///< wait to be woken by another call that fetches one, then `token_awaited`
    acquire,      ///< get a connection from the pool, as `wanted()`, then `acquired`
    establish,    ///< establish its stream, then `established`
    probe,        ///< ask whether its stream is alive, then `probed`
    write,        ///< write some of `unsent()`, then `written`
    read,         ///< read some into `room()`, then `received`
    release,      ///< give the connection back as `reusable()`, then `released`
    wait,         ///< wait until `wake_time()`, then `waited`
    done,         ///< take what came of it, see `take_failure`
  };

  /// \param attempt what is sent and how it is answered; has to outlive the machine.
  /// \param tokens those of the client.
  CallMachine(Attempt& attempt, TokenCache& tokens) noexcept
      : attempt_(&attempt), renewal_(attempt, tokens) {}
  CallMachine(const CallMachine&) = delete;
  CallMachine& operator=(const CallMachine&) = delete;

  /// Encodes the request, unless it cannot be sent; then `launch` it.
  /// \param encode encodes the attempt's request, with this access token as far as there is one
  /// yet; returns `Result<void>`.
  template <class Encode>
  void begin(Encode encode, const RetryOptions& retry, std::uint32_t seed,
             const ObserverRef& observer) {
    reset(observer);
    random_ = seed;
    retry_ = RetryMachine{retry, attempt_->facts().recognises_key};
    guarded([&] {
      // A request for which there is no token yet is checked all the same.
      begin_encoded(encode(attempt_->facts().uses_token ? std::string_view{"-"} : ""));
    });
  }
  /// The call's time runs from `now`, to `deadline` at most.
  /// \param delay before anything is sent.
  void launch(TimePoint deadline, TimePoint now, TimePoint::duration delay = {}) noexcept {
    deadline_ = deadline;
    since_ = now;
    retry_.expires_at(deadline);
    if (step_ != Step::done && delay > delay.zero()) [[unlikely]]
      put_off(deadline, now, delay);
  }

  /// Ends a call that cannot even be begun.
  [[gnu::cold]] void refuse(Error error, const ObserverRef& observer) {
    reset(observer);
    call_off(std::move(error));
  }
  /// Ends a call that is launched when its client was shut down.
  [[gnu::cold]] void shut_out() { call_off(shut_down_error(attempt_->facts().connector)); }
  /// Ends a call that cannot be launched any more.
  [[gnu::cold]] void call_off(Error error) {
    retry_ = {};
    attempt_->clear();
    finish(std::move(error));
  }
  /// Ends a call that is launched when it was cancelled before.
  [[gnu::cold]] void call_off() { call_off(cancelled_error(attempt_->facts().connector)); }
  /// Ends the call because its driver could not have memory, descriptors or threads. Its
  /// connection, if it has one, is closed.
  [[gnu::cold]] void exhausted() {
    Error error;
    error.code = Errc::out_of_resources;
    error.outcome = sent_ ? Outcome::unknown : Outcome::no_effect;
    error.status_code = unified_status(error.code, 0);
    error.connector = attempt_->facts().connector;
    error.transient = true;
    finish(std::move(error));
    if (!holds_) return;
    reusable_ = false;
    after_release_ = std::exchange(step_, Step::release);
  }

  /// Ends a call that this process has inherited: its parent goes on with it.
  /// \param launched whether it was under way.
  [[gnu::cold]] void orphan(bool launched) {
    renewal_.forget();
    Error error = transport_error(attempt_->facts().connector, Errc::connection_lost, launched,
                                  boost::asio::error::connection_aborted, Phase::queue);
    error.transient = false;
    error.reason = "the process was forked while the call was pending";
    finish(std::move(error));
  }

  [[nodiscard]] Step step() const noexcept { return step_; }
  [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }
  [[nodiscard]] std::string_view unsent() noexcept { return exchange_.unsent(); }
  [[nodiscard]] boost::asio::mutable_buffer room() noexcept { return exchange_.room(); }
  [[nodiscard]] bool reusable() const noexcept { return reusable_; }
  [[nodiscard]] net::Pool::Wanted wanted() const noexcept { return wanted_; }
  [[nodiscard]] TimePoint wake_time() const noexcept { return wake_time_; }
  /// Where tokens are fetched from now on.
  /// \param apart at another host than all else.
  void fetch_apart(bool apart) noexcept { apart_ = apart; }
  /// Whether a connection is wanted to the other host, where a token is fetched.
  [[nodiscard]] bool fetches_apart() const noexcept { return apart_ && renewal_.fetching(); }
  /// \return why the call has failed; nothing: the attempt has the success.
  [[nodiscard]] std::optional<Error> take_failure() noexcept {
    attempt_->clear();
    exchange_.clear();
    renewal_.clear();
    if (retry_.attempts() > 1) [[unlikely]]
      forget_failures();
    if (!failure_) [[likely]]
      return std::nullopt;
    return std::exchange(failure_, std::nullopt);
  }
  /// The call is dropped before its end.
  void abandon() noexcept { renewal_.abandon(); }

  /// Finds the token to send.
  /// \param waiter is woken when it is worth seeking again.
  void seek_token(TokenCache::Waiter& waiter, TimePoint now) {
    guarded([&] {
      switch (renewal_.seek(waiter, now)) {
        case TokenCache::Found::token:
          if (encode_again()) step_ = Step::acquire;
          break;
        case TokenCache::Found::fetch:
          step_ = Step::acquire;
          break;
        case TokenCache::Found::wait:
          step_ = Step::await_token;
          break;
      }
    });
  }
  /// \param ec why the wait ended without being woken: `timeout` or `operation_aborted`.
  void token_awaited(Code ec, TimePoint now) {
    lap(Phase::token, now, ec.failed());
    if (const auto failure = renewal_.leave()) {
      guarded([&] { step_ = retry_or_finish(*failure, false, false, now); });
    } else if (ec) {
      finish(transport_error(attempt_->facts().connector, Errc::connection_lost, false, ec,
                             Phase::token));
    } else {
      step_ = Step::seek_token;
    }
  }

  /// The pool gave a connection.
  /// \param open whether its stream is established.
  void acquired(bool open, TimePoint now) {
    holds_ = true;
    lap(Phase::queue, now, false);
    pooled_ = open;
    wanted_ = net::Pool::Wanted::any;
    if (open) [[likely]] {
      guarded([&] { send(Phase::queue, now); });
    } else {
      step_ = Step::establish;
    }
  }
  /// The pool refused to queue the call.
  [[gnu::cold]] void refused(TimePoint now) {
    lap(Phase::queue, now, true);
    Error error =
        transport_error(attempt_->facts().connector, Errc::queue_full, false, {}, Phase::queue);
    finish(std::move(error));
  }
  /// No connection was to be had.
  [[gnu::cold]] void not_acquired(Code ec, TimePoint now) {
    lap(Phase::queue, now, true);
    Error error =
        transport_error(attempt_->facts().connector, Errc::connect_failed, false, ec, Phase::queue);
    error.transient = true;
    finish(std::move(error));
  }
  [[gnu::cold]] void established(const net::EstablishResult& result, TimePoint now) {
    for (std::size_t i = 0; i < phase_count; ++i) {
      const auto phase = static_cast<Phase>(i);
      if (result.timings[phase] != TimePoint::duration{})
        note(phase, result.timings[phase], !result.ok() && phase == result.phase);
    }
    since_ = now;
    reusable_ = false;
    guarded([&] {
      if (result.ok()) return send(result.phase, now);
      Error error = establish_error(attempt_->facts().connector, result, now, deadline_);
      if (fetches_apart() && error.reason.empty()) error.reason = "at the host that gives tokens";
      fail(std::move(error), false, now);
    });
  }
  /// \param alive whether the connection can carry the request after the token exchange: what
  /// nobody has asked for would be taken for the answer.
  void probed(bool alive, TimePoint now) {
    if (alive) return guarded([&] { send(Phase::token, now); });
    reusable_ = false;
    step_ = Step::release;
    after_release_ = Step::acquire;
  }
  void written(Code ec, std::size_t count, TimePoint now) {
    sent_ = !renewal_.fetching();
    exchange_.written(ec, count);
    guarded([&] { progressed(Phase::write, Step::write, now); });
  }
  void received(Code ec, std::size_t count, TimePoint now) {
    guarded([&] {
      exchange_.received(ec, count);
      progressed(Phase::read, Step::read, now);
    });
  }
  void released() noexcept {
    holds_ = false;
    step_ = after_release_;
  }
  /// \param ec why the wait ended early: `timeout` or `operation_aborted`.
  [[gnu::cold]] void waited(Code ec, TimePoint now) {
    lap(Phase::backoff, now, ec.failed());
    if (const auto next = std::exchange(after_delay_, std::nullopt)) {
      if (!ec && now >= deadline_) ec = boost::beast::error::timeout;
      if (!ec) {
        step_ = *next;
        return;
      }
      pending_ = transport_error(attempt_->facts().connector, Errc::connect_failed, false, ec,
                                 Phase::backoff);
    }
    if (!ec) return guarded([&] { begin_attempt(); });
    pending_.code = ec == boost::beast::error::timeout ? Errc::deadline_exceeded : Errc::cancelled;
    pending_.status_code = unified_status(pending_.code, 0);
    finish(std::move(pending_));
  }

 private:
  /// Waits before anything is sent.
  [[gnu::cold]] void put_off(TimePoint deadline, TimePoint now,
                             TimePoint::duration delay) noexcept {
    wake_time_ = std::min(net::saturated(now, delay), deadline);
    after_delay_ = std::exchange(step_, Step::wait);
  }
  [[gnu::cold]] void forget_failures() noexcept {
    forget(pending_);
    if (lost_) forget(*lost_);
  }
  /// What a processor says may repeat what it was sent.
  [[gnu::cold]] static void forget(Error& error) noexcept {
    for (std::string* text :
         {&error.connector_code, &error.connector_type, &error.connector_message, &error.param}) {
      wipe(text->data(), text->size());
      text->clear();
    }
  }

  void begin_encoded(Result<void> encoded) {
    if (!encoded) [[unlikely]]
      return finish(std::move(encoded).error());
    if (attempt_->facts().uses_token) [[unlikely]]
      renewal_.begin();
    begin_attempt();
  }
  void begin_attempt() {
    retry_.begin();
    if (attempt_->facts().uses_token) [[unlikely]] {
      step_ = Step::seek_token;
    } else if (!attempt_->facts().signs || retry_.attempts() == 1 || encode_again()) [[likely]] {
      step_ = Step::acquire;
    }
  }
  /// Encodes the request for this attempt.
  /// \return false when the call has ended.
  [[gnu::cold]] bool encode_again() {
    auto encoded = attempt_->encode_again(renewal_.token());
    if (!encoded) finish(std::move(encoded).error());
    return encoded.has_value();
  }
  /// \param before the phase that has just ended.
  void send(Phase before, TimePoint now) {
    if (now >= deadline_) [[unlikely]]
      return late(before, now);
    if (renewal_.fetching()) [[unlikely]] {
      renewal_.begin_fetch(exchange_, now);
    } else {
      exchange_.begin(attempt_->bytes(), attempt_->reader());
    }
    step_ = Step::write;
  }
  [[gnu::cold]] void late(Phase before, TimePoint now) {
    reusable_ = true;
    fail(transport_error(attempt_->facts().connector, Errc::connect_failed, false,
                         boost::beast::error::timeout, before),
         false, now);
  }
  [[gnu::aligned(code_line)]] void progressed(Phase phase, Step here, TimePoint now) {
    using Inner = net::Exchange::Step;
    const auto inner = exchange_.step();
    const Step next = inner == Inner::write  ? Step::write
                      : inner == Inner::read ? Step::read
                                             : Step::release;
    if (next == here) return;
    step_ = next;
    if (renewal_.fetching()) [[unlikely]]
      return fetch_progressed(next, now, inner == Inner::failed);
    lap(phase, now, inner == Inner::failed);
    if (next != Step::release) return;
    reusable_ = exchange_.reusable();
    auto failed = judged(*attempt_, exchange_, phase);
    if (!failed) [[likely]] {
      succeed();
    } else if (!refused(*std::move(failed), now)) {
      return;
    }
    after_release_ = std::exchange(step_, Step::release);
  }
  /// The token exchange goes on, all of it in one phase, or has ended.
  [[gnu::cold]] void fetch_progressed(Step next, TimePoint now, bool failed) {
    if (next != Step::release) return;
    lap(Phase::token, now, failed);
    reusable_ = exchange_.reusable();
    fetched(now);
  }
  /// The attempt gave no success.
  /// \return whether the call has ended.
  [[gnu::cold]] bool refused(Error error, TimePoint now) {
    if (error.code == Errc::unauthorized && renewal_.refused()) {
      retry_.begin_renewed();
      sent_ = false;
      after_release_ = Step::seek_token;
      return false;
    }
    if (is_own(error) || is_gone(error)) {
      attempt_->stand_in(error);
      succeed();
      return true;
    }
    if (tells_nothing(error)) {
      Error first = *std::move(lost_);
      first.transient = false;
      first.reason = "a repetition got only that the key has been seen";
      finish(std::move(first));
      return true;
    }
    fail(std::move(error), std::exchange(sent_, false), now);
    return false;
  }
  /// The token exchange has ended; the call itself follows on the same connection if it can and
  /// that leads there.
  [[gnu::cold]] void fetched(TimePoint now) {
    if (auto error = renewal_.fetched(exchange_)) return fail(*std::move(error), false, now);
    if (!encode_again()) {
      after_release_ = std::exchange(step_, Step::release);
    } else if (reusable_ && !apart_) {
      step_ = Step::probe;
    } else {
      after_release_ = Step::acquire;
    }
  }
  /// Whether the customer that is said to exist is known to be the one of a lost attempt of this
  /// call: its key has made it. The same reference alone does not tell: the customer may be older
  /// and hold other data.
  [[nodiscard]] bool is_own(const Error& error) const noexcept {
    return attempt_->facts().makes_customer && attempt_->facts().names_first &&
           attempt_->facts().takes_key && retry_.in_doubt() &&
           error.code == Errc::customer_exists && !error.existing_customer_id.empty() &&
           !error.field;  // with a field it is another customer
  }
  /// Whether a lost attempt of this call may be why there is no such customer, as was wanted.
  [[nodiscard]] bool is_gone(const Error& error) const noexcept {
    return attempt_->facts().wants_absence && retry_.in_doubt() && error.from_processor &&
           error.code == Errc::not_found;
  }
  /// Whether the refusal says only that the key of a lost attempt has been seen.
  [[nodiscard]] bool tells_nothing(const Error& error) const noexcept {
    return attempt_->facts().names_first && lost_ && error.code == Errc::idempotency_conflict;
  }
  /// An attempt with a connection failed: release it, then wait or give up.
  [[gnu::cold]] void fail(Error error, bool sent, TimePoint now) {
    const bool stale = pooled_ && error.code == Errc::connection_lost && !exchange_.received_any();
    // An unreadable answer may be one to another request: what else comes would be, too.
    const bool unreadable = error.code == Errc::unreadable_reply;
    if (unreadable) reusable_ = false;
    if (stale || unreadable) wanted_ = net::Pool::Wanted::fresh;
    if (renewal_.fetch_failed(error, now)) {
      if (apart_) wanted_ = net::Pool::Wanted::any;  // it was another host's connection
      after_release_ = encode_again() ? Step::acquire : Step::done;
    } else {
      after_release_ = retry_or_finish(std::move(error), sent, stale, now);
    }
    step_ = Step::release;
  }
  /// \return the step that follows: `wait`, or `done` after `finish`.
  [[gnu::cold]] Step retry_or_finish(Error error, bool sent, bool stale, TimePoint now) {
    random_ = static_cast<std::uint32_t>(std::minstd_rand{random_}());
    const double jitter = static_cast<double>(random_) / 2147483648.0;
    if (const auto again = retry_.failed(error, sent, stale, now, jitter)) {
      if (error.outcome == Outcome::unknown && !lost_) lost_ = error;
      wake_time_ = *again;
      pending_ = std::move(error);
      return Step::wait;
    }
    finish(std::move(error));
    return step_;
  }
  [[gnu::cold]] void finish(Error error) {
    retry_.correct(error);
    if (!attempt_->facts().changes) error.outcome = Outcome::no_effect;  // whatever was sent
    renewal_.abandon();
    attempt_->complete(error, retry_.attempts(), timings_);
    if (observer_) tell_end(error.code, error.outcome, error.http_status);
    failure_.emplace(std::move(error));
    step_ = Step::done;
  }
  /// The attempt has the success.
  void succeed() {
    renewal_.abandon();
    const int http_status = attempt_->complete(retry_.attempts(), timings_);
    if (observer_) [[unlikely]]
      tell_end(std::nullopt, Outcome::in_effect, http_status);
    failure_.reset();
    step_ = Step::done;
  }
  [[gnu::cold]] void tell_end(std::optional<Errc> error, Outcome outcome, int http_status) {
    observer_.on_call({attempt_->facts().connector, attempt_->facts().operation, error, outcome,
                       http_status, retry_.attempts(), timings_, observer_.user_data()});
  }
  /// Ends the call where memory runs out.
  template <class Action>
  void guarded(Action action) {
    try {
      action();
    } catch (const std::bad_alloc&) {
      exhausted();
    }
  }
  void reset(const ObserverRef& observer) noexcept {
    observer_ = observer;
    timings_ = {};
    failure_.reset();
    lost_.reset();
    wanted_ = net::Pool::Wanted::any;
    holds_ = false;
    sent_ = false;
    after_delay_.reset();
  }
  void lap(Phase phase, TimePoint now, bool failed) {
    note(phase, now - since_, failed);
    since_ = now;
  }
  void note(Phase phase, TimePoint::duration duration, bool failed) {
    timings_.add(phase, duration);
    if (observer_) [[unlikely]]
      tell(phase, duration, failed);
  }
  [[gnu::cold]] void tell(Phase phase, TimePoint::duration duration, bool failed) {
    observer_.on_phase({attempt_->facts().connector, attempt_->facts().operation, phase, duration,
                        retry_.attempts(), failed, observer_.user_data()});
  }

  Attempt* attempt_;
  net::Exchange exchange_;
  Renewal renewal_;
  RetryMachine retry_;
  std::uint32_t random_ = 0;  // the last number
  Timings timings_;
  TimePoint deadline_{};
  TimePoint since_{};
  TimePoint wake_time_{};
  ObserverRef observer_;
  net::Pool::Wanted wanted_ = net::Pool::Wanted::any;
  bool holds_ = false;   // a connection
  bool sent_ = false;    // some of the request, and no answer has been judged
  bool pooled_ = false;  // the connection was idle before this call
  bool reusable_ = false;
  bool apart_ = false;               // tokens are fetched at another host
  std::optional<Step> after_delay_;  // what a call does that waits before it begins
  Step step_ = Step::done;
  Step after_release_ = Step::done;
  std::optional<Error> failure_;
  std::optional<Error> lost_;  // the first failure that left the outcome open
  Error pending_;
};

}  // namespace florin::detail
