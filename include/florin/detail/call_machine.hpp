// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/create.hpp>
#include <florin/detail/renewal.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/pool.hpp>
#include <florin/observer.hpp>
#include <florin/retry.hpp>
#include <florin/secret.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <concepts>
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
template <class P, class Operation, class Observer>
class CallMachine {
 public:
  using Answer = Result<typename Operation::Response>;
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
    done,         ///< take `answer()`
  };

  /// What all calls of a client share. Has to be told once where attempts are encoded anew.
  void share(TokenCache& tokens, const CredentialsOf<P>& credentials) noexcept {
    renewal_.share(tokens, credentials);
  }

  /// Encodes the request, unless it cannot be sent; then `launch` it.
  template <class Request>
  void begin(const Request& request, const CredentialsOf<P>& credentials,
             const ExchangeOptions& options, const RetryOptions& retry, std::uint32_t seed,
             Observer& observer) {
    reset(observer);
    random_.seed(seed);
    retry_ = RetryMachine{retry, has_idempotency<P>};
    guarded([&] {
      auto encoded = attempt_.encode(request, credentials, renewal_.begin(options));
      if (!encoded) return finish(std::move(encoded).error());
      renewal_.hold(request, credentials, options);
      begin_attempt();
    });
  }
  /// The call's time runs from `now`, to `deadline` at most.
  void launch(TimePoint deadline, TimePoint now) noexcept {
    deadline_ = deadline;
    since_ = now;
    retry_.expires_at(deadline);
  }

  /// Ends a call that cannot even be begun.
  void refuse(Error error, Observer& observer) {
    reset(observer);
    retry_ = {};
    attempt_.clear();
    finish(std::move(error));
  }
  /// Ends the call because its driver could not have memory, descriptors or threads. Its
  /// connection, if it has one, is closed.
  void exhausted() {
    Error error;
    error.code = Errc::out_of_resources;
    error.outcome = sent_ ? Outcome::unknown : Outcome::not_created;
    error.status_code = unified_status(error.code, 0);
    error.connector = P::name;
    error.transient = true;
    finish(std::move(error));
    if (!holds_) return;
    reusable_ = false;
    after_release_ = std::exchange(step_, Step::release);
  }

  /// Ends a call that this process has inherited: its parent goes on with it.
  /// \param launched whether it was under way.
  void orphan(bool launched) {
    renewal_.forget();
    Error error = transport_error(P::name, Errc::connection_lost, launched,
                                  boost::asio::error::connection_aborted, Phase::queue);
    error.transient = false;
    error.reason = "the process was forked while the call was pending";
    finish(std::move(error));
  }

  [[nodiscard]] Step step() const noexcept { return step_; }
  [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }
  [[nodiscard]] std::string_view unsent() noexcept { return exchange().unsent(); }
  [[nodiscard]] boost::asio::mutable_buffer room() noexcept { return exchange().room(); }
  [[nodiscard]] bool reusable() const noexcept { return reusable_; }
  [[nodiscard]] net::Pool::Wanted wanted() const noexcept { return wanted_; }
  [[nodiscard]] TimePoint wake_time() const noexcept { return wake_time_; }
  [[nodiscard]] Answer answer() {
    attempt_.clear();
    renewal_.clear();
    if (retry_.attempts() > 1) {
      forget(pending_);
      if (lost_) forget(*lost_);
    }
    Answer answer = *std::move(answer_);
    answer_.reset();
    return answer;
  }
  /// The call is dropped before its end.
  void abandon() noexcept { renewal_.abandon(); }

  /// Finds the token to send. \param waiter is woken when it is worth seeking again.
  void seek_token(TokenCache::Waiter& waiter, TimePoint now) {
    if constexpr (ExchangesToken<P>) {
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
  }
  /// \param ec why the wait ended without being woken: `timeout` or `operation_aborted`.
  void token_awaited(Code ec, TimePoint now) {
    if constexpr (ExchangesToken<P>) {
      lap(Phase::token, now, ec.failed());
      if (const auto failure = renewal_.leave()) {
        guarded([&] { step_ = retry_or_finish(*failure, false, false, now); });
      } else if (ec) {
        finish(transport_error(P::name, Errc::connection_lost, false, ec, Phase::token));
      } else {
        step_ = Step::seek_token;
      }
    }
  }

  /// The pool gave a connection. \param open whether its stream is established.
  void acquired(bool open, TimePoint now) {
    holds_ = true;
    lap(Phase::queue, now, false);
    pooled_ = open;
    wanted_ = net::Pool::Wanted::any;
    if (open) {
      guarded([&] { send(Phase::queue, now); });
    } else {
      step_ = Step::establish;
    }
  }
  /// No connection was to be had.
  void not_acquired(Code ec, TimePoint now) {
    lap(Phase::queue, now, true);
    Error error = transport_error(P::name, Errc::connect_failed, false, ec, Phase::queue);
    error.transient = true;
    finish(std::move(error));
  }
  void established(const net::EstablishResult& result, TimePoint now) {
    for (std::size_t i = 0; i < phase_count; ++i) {
      const auto phase = static_cast<Phase>(i);
      if (result.timings[phase] != TimePoint::duration{})
        note(phase, result.timings[phase], !result.ok() && phase == result.phase);
    }
    since_ = now;
    reusable_ = false;
    guarded([&] {
      if (result.ok()) return send(result.phase, now);
      fail(establish_error(result, now, deadline_), false, now);
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
    exchange().written(ec, count);
    guarded([&] { progressed(Phase::write, Step::write, now); });
  }
  void received(Code ec, std::size_t count, TimePoint now) {
    guarded([&] {
      exchange().received(ec, count);
      progressed(Phase::read, Step::read, now);
    });
  }
  void released() noexcept {
    holds_ = false;
    step_ = after_release_;
  }
  /// \param ec why the wait ended early: `timeout` or `operation_aborted`.
  void waited(Code ec, TimePoint now) {
    lap(Phase::backoff, now, ec.failed());
    if (!ec) return guarded([&] { begin_attempt(); });
    pending_.code = ec == boost::beast::error::timeout ? Errc::deadline_exceeded : Errc::cancelled;
    pending_.status_code = unified_status(pending_.code, 0);
    finish(std::move(pending_));
  }

  /// A failed establishment as an `Error`. The connect timeout alone is not the call's deadline.
  [[nodiscard]] static Error establish_error(const net::EstablishResult& result, TimePoint now,
                                             TimePoint deadline) {
    Errc code = Errc::connect_failed;
    if (result.phase == Phase::resolve) code = Errc::resolve_failed;
    if (result.phase == Phase::proxy) code = Errc::proxy_failed;
    if (result.phase == Phase::handshake) code = Errc::tls_failed;
    Error error = transport_error(P::name, code, false, result.error, result.phase);
    const bool slow = error.code == Errc::deadline_exceeded && now < deadline;
    if (slow) {
      error.code = code;
      error.status_code = unified_status(code, 0);
    }
    error.reason = result.detail;
    if (result.phase == Phase::proxy) error.proxy_status = static_cast<int>(result.proxy_status);
    if (error.code == code) error.transient = may_pass(result.error);
    return error;
  }

 private:
  /// What a processor says may repeat what it was sent.
  static void forget(Error& error) noexcept {
    for (std::string* text :
         {&error.connector_code, &error.connector_type, &error.connector_message, &error.param}) {
      wipe(text->data(), text->size());
      text->clear();
    }
  }
  [[nodiscard]] net::Exchange& exchange() noexcept { return attempt_.exchange(); }

  void begin_attempt() {
    retry_.begin();
    if constexpr (ExchangesToken<P>) {
      step_ = Step::seek_token;
    } else if (!SignsRequests<P> || retry_.attempts() == 1 || encode_again()) {
      step_ = Step::acquire;
    }
  }
  /// Encodes the request for this attempt. \return false when the call has ended.
  bool encode_again() {
    if constexpr (Renews<P>) {
      auto encoded = renewal_.encode(attempt_);
      if (!encoded) finish(std::move(encoded).error());
      return encoded.has_value();
    } else {
      return true;
    }
  }
  /// \param before the phase that has just ended.
  void send(Phase before, TimePoint now) {
    if (now >= deadline_) {
      reusable_ = true;
      return fail(transport_error(P::name, Errc::connect_failed, false,
                                  boost::beast::error::timeout, before),
                  false, now);
    }
    if (renewal_.fetching()) {
      renewal_.begin_fetch(attempt_, now);
    } else {
      attempt_.begin();
    }
    step_ = Step::write;
  }
  void progressed(Phase phase, Step here, TimePoint now) {
    using Inner = net::Exchange::Step;
    const auto inner = exchange().step();
    const Step next = inner == Inner::write  ? Step::write
                      : inner == Inner::read ? Step::read
                                             : Step::release;
    if (next == here) return;
    step_ = next;
    const bool fetching = renewal_.fetching();
    if (fetching && next != Step::release) return;  // all of it is one phase
    lap(fetching ? Phase::token : phase, now, inner == Inner::failed);
    if (next != Step::release) return;
    reusable_ = exchange().reusable();
    if (fetching) return fetched(now);
    auto answer = attempt_.answer(phase);
    if (answer) {
      finish(*std::move(answer));
    } else if (!refused(std::move(answer).error(), now)) {
      return;
    }
    after_release_ = std::exchange(step_, Step::release);
  }
  /// The attempt gave no success. \return whether the call has ended.
  bool refused(Error error, TimePoint now) {
    if (error.code == Errc::unauthorized && renewal_.refused()) {
      retry_.begin_renewed();
      sent_ = false;
      after_release_ = Step::seek_token;
      return false;
    }
    if (is_own(error)) {
      finish(*attempt_.first_one(error));
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
  /// The token exchange has ended; the call itself follows on the same connection if it can.
  void fetched(TimePoint now) {
    if constexpr (ExchangesToken<P>) {
      if (auto error = renewal_.fetched(attempt_)) return fail(*std::move(error), false, now);
      if (!encode_again()) {
        after_release_ = std::exchange(step_, Step::release);
      } else if (reusable_) {
        step_ = Step::probe;
      } else {
        after_release_ = Step::acquire;
      }
    }
  }
  /// Whether the customer that is said to exist is known to be the one of a lost attempt of this
  /// call: its key has made it. The same reference alone does not tell: the customer may be older
  /// and hold other data.
  [[nodiscard]] bool is_own(const Error& error) const noexcept {
    return P::Idempotency::names_first && P::Idempotency::takes_key && retry_.in_doubt() &&
           error.code == Errc::customer_exists && !error.existing_customer_id.empty();
  }
  /// Whether the refusal says only that the key of a lost attempt has been seen.
  [[nodiscard]] bool tells_nothing(const Error& error) const noexcept {
    return P::Idempotency::names_first && lost_ && error.code == Errc::idempotency_conflict;
  }
  /// An attempt with a connection failed: release it, then wait or give up.
  void fail(Error error, bool sent, TimePoint now) {
    const bool stale = pooled_ && error.code == Errc::connection_lost && !exchange().received_any();
    // An unreadable answer may be one to another request: what else comes would be, too.
    const bool unreadable = error.code == Errc::unreadable_reply;
    if (unreadable) reusable_ = false;
    if (stale || unreadable) wanted_ = net::Pool::Wanted::fresh;
    if (renewal_.fetch_failed(error, now)) {
      after_release_ = encode_again() ? Step::acquire : Step::done;
    } else {
      after_release_ = retry_or_finish(std::move(error), sent, stale, now);
    }
    step_ = Step::release;
  }
  /// \return the step that follows: `wait`, or `done` after `finish`.
  Step retry_or_finish(Error error, bool sent, bool stale, TimePoint now) {
    const double jitter = static_cast<double>(random_()) / 2147483648.0;
    if (const auto again = retry_.failed(error, sent, stale, now, jitter)) {
      if (error.outcome == Outcome::unknown && !lost_) lost_ = error;
      wake_time_ = *again;
      pending_ = std::move(error);
      return Step::wait;
    }
    finish(std::move(error));
    return step_;
  }
  void finish(Error error) {
    retry_.correct(error);
    end(std::move(error), error.code, error.outcome);
  }
  void finish(typename Operation::Response&& response) {
    end(std::move(response), std::nullopt, Outcome::created);
  }
  /// \param result the response or the error.
  template <class T>
  void end(T&& result, std::optional<Errc> error, Outcome outcome) {
    renewal_.abandon();
    attempt_.complete(result, retry_.attempts(), timings_);
    if constexpr (!std::same_as<Observer, NoObserver>)
      observer_->on_call({P::name, Operation::name, error, outcome, result.http_status,
                          retry_.attempts(), timings_});
    answer_.emplace(std::forward<T>(result));
    step_ = Step::done;
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
  void reset(Observer& observer) noexcept {
    observer_ = &observer;
    timings_ = {};
    answer_.reset();
    lost_.reset();
    wanted_ = net::Pool::Wanted::any;
    holds_ = false;
    sent_ = false;
  }
  void lap(Phase phase, TimePoint now, bool failed) {
    note(phase, now - since_, failed);
    since_ = now;
  }
  void note(Phase phase, TimePoint::duration duration, bool failed) {
    timings_.add(phase, duration);
    if constexpr (!std::same_as<Observer, NoObserver>)
      observer_->on_phase({P::name, Operation::name, phase, duration, retry_.attempts(), failed});
  }

  Attempt<P, Operation> attempt_;
  [[no_unique_address]] Renewal<P, Operation> renewal_;
  RetryMachine retry_;
  std::minstd_rand random_;
  Timings timings_;
  TimePoint deadline_{};
  TimePoint since_{};
  TimePoint wake_time_{};
  Error pending_;
  std::optional<Error> lost_;  // the first failure that left the outcome open
  std::optional<Answer> answer_;
  Observer* observer_ = nullptr;
  net::Pool::Wanted wanted_ = net::Pool::Wanted::any;
  bool holds_ = false;   // a connection
  bool sent_ = false;    // some of the request, and no answer has been judged
  bool pooled_ = false;  // the connection was idle before this call
  bool reusable_ = false;
  Step step_ = Step::done;
  Step after_release_ = Step::done;
};

}  // namespace florin::detail
