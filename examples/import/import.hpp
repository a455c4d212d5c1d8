// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>
#include <florin/onboarding.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "count.hpp"
#include "csv_file.hpp"
#include "customers.hpp"
#include "fault.hpp"
#include "gate.hpp"
#include "input.hpp"
#include "options.hpp"
#include "pacer.hpp"
#include "progress.hpp"
#include "references.hpp"
#include "tally.hpp"
#include "verdict.hpp"

namespace florin_import {

/// The second reading of the input: every customer is brought about. Lanes side by side take line
/// after line; a line that has to be asked for again waits, and is taken before a new one.
///
/// Thread safety: all on the context's one thread.
class Import {
 public:
  using Clock = std::chrono::steady_clock;

  /// What it works with; all outlives it.
  struct Parts {
    boost::asio::io_context& context;
    const Input& input;
    const Options& options;
    florin::AnyClient& client;
    florin::onboarding::Directory* directory;  ///< null: nothing is stored
    const References& references;
    Tally& tally;
    Progress& progress;
  };

  /// Errors: `Stop`.
  explicit Import(const Parts& parts)
      : parts_(parts),
        customers_(parts.input, parts.options, parts.client),
        open_(parts.options.report + ".open.csv",
              {"line", "merchant_customer_id", "state", "reason", "what_to_do"}),
        pacer_(parts.options.rate) {}

  /// Begins.
  /// \param end is told when no lane is at work any more.
  void begin(std::function<void()> end) {
    end_ = std::move(end);
    std::size_t lanes = parts_.options.concurrency;
    if (parts_.directory != nullptr) lanes = std::max(lanes * 2, most_lanes);
    if (parts_.options.rate > 0)
      lanes = std::min(lanes, static_cast<std::size_t>(parts_.options.rate * 2) + 1);
    // Enough at first that some wait for the directory while others are at the processor.
    const std::size_t used = parts_.options.concurrency * 2;
    for (lanes_ = 0; lanes_ < lanes; ++lanes_)
      boost::asio::co_spawn(parts_.context, lane(lanes_ < used),
                            [this](const std::exception_ptr& problem) {
                              if (problem && !problem_) problem_ = problem;
                              if (problem) stop();
                              if (--lanes_ == 0) end_();
                            });
  }
  /// No line is begun any more; what is under way ends.
  void stop() noexcept {
    stopping_ = true;
    use_lanes(parked_.size());
  }
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  /// Errors: `Stop`: why it ended early, if it did.
  void finish() {
    if (problem_) std::rethrow_exception(problem_);
  }
  /// What is to be said beside the figures.
  [[nodiscard]] std::string state() const {
    if (stopping_) return "stopping";
    if (parts_.directory != nullptr && !parts_.directory->trouble().empty())
      return "waiting for the directory";
    if (gate_.closed()) return "paused";
    const auto pause = std::chrono::ceil<std::chrono::seconds>(pacer_.pause(Clock::now()));
    if (pause > std::chrono::seconds{1})
      return "asked to wait " + in_words(static_cast<std::uint64_t>(pause.count()));
    if (pacer_.slowed())
      return "slowed down to " + grouped(static_cast<std::uint64_t>(pacer_.rate())) + "/s";
    return {};
  }
  [[nodiscard]] const std::string& open_file() const noexcept { return open_.path(); }
  /// How many customers are left who can be known by nobody but the dashboard.
  [[nodiscard]] std::uint64_t doubtful() const noexcept { return doubtful_; }

 private:
  using Answer = florin::Result<florin::onboarding::Onboarded>;

  static constexpr std::size_t most_lanes = 1024;
  static constexpr std::size_t most_waiting = 1000;
  static constexpr int most_tries = 5;

  struct Work {
    Customer customer{};
    int tries = 0;
    std::chrono::milliseconds pause{0};
    std::chrono::milliseconds delay{0};  ///< until its time had come
    bool failed = false;                 ///< the processor did not answer once
    std::uint64_t answers = 0;           ///< to others, until then
  };

  boost::asio::awaitable<void> sleep(Clock::time_point until) {
    boost::asio::steady_timer timer{parts_.context, until};
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  /// Whether a lane has nothing to do any more.
  [[nodiscard]] bool over() const noexcept { return stopping_ || (exhausted_ && again_.empty()); }
  /// Whether enough wait for the processor. The directory writes together what many want, so that
  /// more lanes make it quicker; but what is begun is in doubt after a power cut.
  [[nodiscard]] bool crowded() const {
    return parts_.directory != nullptr && parts_.client.pool().queued >= parts_.options.concurrency;
  }
  /// Waits as long as the lane is not used.
  boost::asio::awaitable<void> park() {
    boost::asio::steady_timer timer{parts_.context, Clock::time_point::max()};
    parked_.push_back(&timer);
    boost::system::error_code cancelled;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  }
  /// Has some more lanes used.
  void use_lanes(std::size_t count) noexcept {
    for (; count > 0 && !parked_.empty(); --count) {
      parked_.front()->cancel();
      parked_.pop_front();
    }
  }
  /// \param used from the beginning.
  boost::asio::awaitable<void> lane(bool used) {
    using namespace std::chrono_literals;
    if (!used && !over()) co_await park();
    while (!over()) {
      if (crowded()) {
        co_await park();
        continue;
      }
      auto work = take();
      if (!work) {
        if (!over()) co_await sleep(Clock::now() + 20ms);
        continue;
      }
      while (!stopping_ && !gate_.pass(Clock::now())) co_await sleep(Clock::now() + 50ms);
      const auto time = pacer_.take(Clock::now());
      while (!stopping_ && time > Clock::now() + 1s)
        co_await sleep(std::min(time, Clock::now() + 1s));
      if (stopping_) break;
      const auto delay = std::max(time - Clock::now(), Clock::duration{0});
      auto answer =
          co_await ask(work->customer.request, std::chrono::ceil<std::chrono::milliseconds>(delay));
      took(*std::move(work), time, std::move(answer));
      if (!crowded()) use_lanes(1);
    }
    use_lanes(parked_.size());
  }
  /// The next line; nothing: none is due.
  std::optional<Work> take() {
    if (!again_.empty() && again_.begin()->first <= Clock::now()) {
      auto node = again_.extract(again_.begin());
      return std::move(node.mapped());
    }
    if (again_.size() >= most_waiting) return std::nullopt;
    while (!exhausted_) {
      auto next = customers_.next();
      if (!next) {
        exhausted_ = true;
        break;
      }
      auto* const customer = std::get_if<Customer>(&*next);
      if (customer == nullptr || parts_.references.ambiguous(customer->line)) continue;
      const std::string_view reference = customer->request.merchant_customer_id;
      if (parts_.options.part.of != 1 &&
          !References::belongs(References::hash_of(reference), parts_.options.part))
        continue;
      // Nothing but the directory would know of the earlier line.
      if (parts_.directory != nullptr || !parts_.references.repeats(customer->line))
        return Work{.customer = std::move(*customer)};
      ++parts_.tally.known;
    }
    return std::nullopt;
  }
  boost::asio::awaitable<Answer> ask(const florin::CreateRequest& request,
                                     std::chrono::milliseconds delay) {
    florin::AnyCallOptions call{.delay = delay};
    if (parts_.directory != nullptr) {
      // Whose customer another process has at work is come back to.
      const florin::onboarding::OnboardOptions<florin::AnyClient> options{
          .call = call, .account = parts_.options.account, .waits = false};
      co_return co_await florin::onboarding::async_onboard(
          parts_.client, *parts_.directory, request, options, boost::asio::use_awaitable);
    }
    auto answer = co_await parts_.client.async_ensure(request, call, boost::asio::use_awaitable);
    if (!answer) co_return answer.error();
    florin::onboarding::Onboarded onboarded;
    static_cast<florin::CreateResponse&>(onboarded) = *std::move(answer);
    co_return onboarded;
  }

  /// Counts an answer, or has the line asked for again.
  void took(Work work, Clock::time_point time, Answer answer) {
    if (answer) {
      if (!answer->known) ++answers_;
      answered(answer->known ? Gate::Side::directory : Gate::Side::processor);
      if (answer->known) pacer_.give_back(time);
      slow_down(*answer, work.delay);
      return count(*answer);
    }
    const florin::Error error = answer.error();
    slow_down(error, work.delay);
    const auto verdict = verdict_of(error, parts_.client.guarantee());
    switch (verdict) {
      case Verdict::refused:
        ++answers_;
        answered(Gate::Side::processor);
        return give_up(work, error, verdict);
      case Verdict::doubtful:
        give_up(work, error, verdict);
        if (error.code == florin::Errc::in_doubt) return answered(Gate::Side::directory);
        if (error.code == florin::Errc::customer_exists) return answered(Gate::Side::processor);
        if (is_away(error)) pause(Gate::Side::processor, reason_of(error));
        return;
      case Verdict::again:
        answered(Gate::Side::directory);
        return try_again(std::move(work), error);
      case Verdict::late:
      case Verdict::busy:
        answered(Gate::Side::directory);
        pacer_.give_back(time);
        return wait(std::move(work));
      case Verdict::slower:
        answered(Gate::Side::processor);
        strain(error.retry_after.value_or(std::chrono::seconds{1}));
        return wait(std::move(work));
      case Verdict::directory_away:
        pause(Gate::Side::directory, error.connector_message);
        return wait(std::move(work));
      case Verdict::processor_away: {
        if (!std::exchange(work.failed, true)) work.answers = answers_;
        const bool alone = work.answers != answers_ && is_reached(error);
        if (!is_away(error) || alone) return try_again(std::move(work), error);
        pause(Gate::Side::processor, reason_of(error));
        return wait(std::move(work));
      }
      case Verdict::bad_credentials:
        throw Refused{"the processor refuses the credentials: " + error.what()};
      case Verdict::bad_setup:
        throw Stop{error.what()};
    }
  }
  void answered(Gate::Side side) {
    if (!gate_.answered(side)) return;
    pacer_.forget();
    parts_.progress.say("goes on");
  }
  /// Whether the processor is away, and has not just stumbled over one customer.
  [[nodiscard]] bool is_away(const florin::Error& error) noexcept {
    const std::size_t enough = std::min<std::size_t>(parts_.options.concurrency, 8);
    return gate_.failed() >= enough || gate_.closed() || !is_reached(error);
  }
  [[nodiscard]] static bool is_reached(const florin::Error& error) noexcept {
    return error.code != florin::Errc::resolve_failed &&
           error.code != florin::Errc::connect_failed && error.code != florin::Errc::proxy_failed;
  }
  /// A call that had to wait before it was repeated was asked to.
  /// \param answer or an error.
  /// \param delay for which it has waited on its own.
  template <class SomeAnswer>
  void slow_down(const SomeAnswer& answer, std::chrono::milliseconds delay) {
    const auto waited = answer.timings[florin::Phase::backoff];
    if (answer.attempts < 2 || waited < 2 * delay + std::chrono::milliseconds{80}) return;
    strain(std::chrono::milliseconds{0});
  }
  void strain(std::chrono::milliseconds pause) {
    if (pacer_.strain(Clock::now(), parts_.progress.rate(), pause)) ++parts_.tally.slowed;
  }
  void pause(Gate::Side side, const std::string& why) {
    if (!gate_.close(side, Clock::now())) return;
    std::string reason = side == Gate::Side::directory ? "the directory" : "the processor";
    reason += " does not answer";
    if (!why.empty()) reason.append(" (").append(why).append(")");
    for (char& c : reason)
      if (c == '\n' || c == '\r') c = ' ';
    parts_.progress.say("paused: " + reason);
  }
  void wait(Work work) {
    work.pause = std::clamp<std::chrono::milliseconds>(
        work.pause * 2, std::chrono::milliseconds{250}, std::chrono::seconds{4});
    const auto due = Clock::now() + work.pause;
    again_.emplace(due, std::move(work));
  }
  void try_again(Work work, const florin::Error& error) {
    if (++work.tries == most_tries) return give_up(work, error, Verdict::again);
    const auto due = Clock::now() + std::chrono::seconds{1 << (work.tries - 1)};
    again_.emplace(due, std::move(work));
  }
  void count(const florin::onboarding::Onboarded& customer) {
    Tally& tally = parts_.tally;
    tally.dropped |= customer.dropped;
    if (customer.other_request) ++tally.other_data;
    if (customer.known) {
      ++tally.known;
    } else if (customer.origin == florin::Origin::created) {
      ++tally.created;
    } else if (customer.origin == florin::Origin::replayed) {
      ++tally.replayed;
    } else {
      ++tally.existed;
    }
  }
  void give_up(const Work& work, const florin::Error& error, Verdict verdict) {
    const std::string reason = reason_of(error);
    std::string_view state = "failed";
    std::string_view advice = "run the same command again";
    Tally::Reasons* reasons = &parts_.tally.failed;
    if (verdict == Verdict::refused) {
      state = "refused";
      advice = "correct the data";
      reasons = &parts_.tally.refused;
    } else if (verdict == Verdict::doubtful || error.outcome != florin::Outcome::no_effect) {
      state = "unknown";
      reasons = &parts_.tally.unknown;
      if (verdict == Verdict::doubtful) {
        ++doubtful_;
        advice = "look into the processor's dashboard, and say --resolve";
      }
    }
    // So many different reasons are none.
    const bool room = reasons->size() < 1000 || reasons->contains(reason);
    ++(*reasons)[room ? reason : "other"];
    open_.row({std::to_string(work.customer.line), work.customer.request.merchant_customer_id,
               state, reason, advice});
  }

  Parts parts_;
  Customers customers_;
  CsvFile open_;
  Pacer pacer_;
  Gate gate_{};
  std::multimap<Clock::time_point, Work> again_{};
  std::size_t lanes_ = 0;
  std::deque<boost::asio::steady_timer*> parked_{};
  std::uint64_t doubtful_ = 0;
  std::uint64_t answers_ = 0;  // of the processor, about customers
  bool exhausted_ = false;
  bool stopping_ = false;
  std::exception_ptr problem_{};
  std::function<void()> end_{};
};

}  // namespace florin_import
